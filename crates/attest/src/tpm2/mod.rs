//! Not here yet.
use crate::{Appraisal, Case, Kind, Rejection, Verifier};
/// The verifier.
#[derive(Clone, Copy, Debug)]
pub struct Tpm2Quote;
impl Verifier for Tpm2Quote {
    fn kind(&self) -> Kind {
        Kind::Tpm2Quote
    }
    fn verify(&self, _: &[u8], _: &Case<'_>) -> Result<Appraisal, Rejection> {
        Err(Rejection::format("not here yet"))
    }
}
