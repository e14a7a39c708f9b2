//! Not here yet.
use crate::{Appraisal, Case, Kind, Rejection, Verifier};
/// The verifier.
#[derive(Clone, Copy, Debug)]
pub struct NvidiaGpu;
/// The verifier.
#[derive(Clone, Copy, Debug)]
pub struct NvidiaSwitch;
impl Verifier for NvidiaGpu {
    fn kind(&self) -> Kind {
        Kind::NvidiaGpu
    }
    fn verify(&self, _: &[u8], _: &Case<'_>) -> Result<Appraisal, Rejection> {
        Err(Rejection::format("not here yet"))
    }
}
impl Verifier for NvidiaSwitch {
    fn kind(&self) -> Kind {
        Kind::NvidiaSwitch
    }
    fn verify(&self, _: &[u8], _: &Case<'_>) -> Result<Appraisal, Rejection> {
        Err(Rejection::format("not here yet"))
    }
}
/// Chips on one board.
#[derive(Clone, Debug)]
pub struct Baseboard {
    /// c
    pub chips: Vec<String>,
    /// s
    pub switches: Vec<String>,
    /// t
    pub system_type: String,
}
/// Not here yet.
#[must_use]
pub fn baseboards(_: &[Appraisal]) -> Vec<Baseboard> {
    Vec::new()
}
