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
/// x
#[derive(Debug)]
pub struct Endorsement;
/// x
#[derive(Debug)]
pub struct Credential {
    /// x
    pub id_object: Vec<u8>,
    /// x
    pub encrypted_secret: Vec<u8>,
}
impl Endorsement {
    /// x
    pub fn verify(
        _: &[Vec<u8>],
        _: &crate::references::References,
        _: crate::UnixTime,
    ) -> Result<Self, Rejection> {
        Err(Rejection::format("not here yet"))
    }
    /// x
    pub fn sha256(&self) -> [u8; 32] {
        [0; 32]
    }
    /// x
    pub fn make_credential(&self, _: &[u8], _: &[u8; 32], _: &[u8; 32]) -> Result<Credential, Rejection> {
        Err(Rejection::format("not here yet"))
    }
}
/// x
pub fn key_name(_: &[u8]) -> Result<Vec<u8>, Rejection> {
    Err(Rejection::format("not here yet"))
}
