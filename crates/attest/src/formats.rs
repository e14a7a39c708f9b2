//! Which verifier reads which format.

use crate::kind::Kind;
use crate::verifier::Verifier;

/// The verifier of a format.
#[must_use]
pub fn verifier(kind: Kind) -> &'static dyn Verifier {
    match kind {
        Kind::Software => &crate::software::Software,
        Kind::Tpm2Quote => &crate::tpm2::Tpm2Quote,
        Kind::SevSnp => &crate::snp::SevSnp,
        Kind::Tdx => &crate::tdx::Tdx,
        Kind::NvidiaGpu => &crate::nvidia::NvidiaGpu,
        Kind::NvidiaSwitch => &crate::nvidia::NvidiaSwitch,
    }
}
