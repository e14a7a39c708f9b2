//! Not here yet.
use crate::{Appraisal, Case, Kind, Rejection, Verifier};
/// The verifier.
#[derive(Clone, Copy, Debug)]
pub struct SevSnp;
impl Verifier for SevSnp {
    fn kind(&self) -> Kind {
        Kind::SevSnp
    }
    fn verify(&self, _: &[u8], _: &Case<'_>) -> Result<Appraisal, Rejection> {
        Err(Rejection::format("not here yet"))
    }
}
