//! Not here yet.
use crate::{Appraisal, Case, Kind, Rejection, Verifier};
/// The verifier.
#[derive(Clone, Copy, Debug)]
pub struct Tdx;
impl Verifier for Tdx {
    fn kind(&self) -> Kind {
        Kind::Tdx
    }
    fn verify(&self, _: &[u8], _: &Case<'_>) -> Result<Appraisal, Rejection> {
        Err(Rejection::format("not here yet"))
    }
}
