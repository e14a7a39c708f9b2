//! `nvidia-gpu`.

use super::opaque::{Field, Opaque};
use super::report::Report;
use super::verify::{genuine, measured};
use super::{Evidence, switch_name};
use crate::appraisal::{Appraisal, Claim};
use crate::case::Case;
use crate::check::Check;
use crate::kind::Kind;
use crate::references::FirmwarePart;
use crate::rejection::Rejection;
use crate::trust::Tier;
use crate::verifier::Verifier;

/// The verifier of `nvidia-gpu`. The evidence is that of [`Evidence`], as JSON.
#[derive(Clone, Copy, Debug)]
pub struct NvidiaGpu;

impl Verifier for NvidiaGpu {
    fn kind(&self) -> Kind {
        Kind::NvidiaGpu
    }

    fn verify(&self, evidence: &[u8], case: &Case<'_>) -> Result<Appraisal, Rejection> {
        let evidence = Evidence::from_json(evidence)?;
        let report = Report::parse(&evidence.report)?;
        let (chip, mut appraisal) = genuine(self.kind(), &evidence, &report, case)?;
        let parts = [FirmwarePart::Driver, FirmwarePart::Vbios];
        measured(&mut appraisal, &chip, &report, &parts, case.references);
        mode(&mut appraisal, &report.opaque);
        let pdis = report.opaque.pdis();
        if !pdis.is_empty() {
            appraisal.claim("switch-pdis", Claim::List(pdis.iter().map(hex::encode).collect()));
            appraisal.wired_to = pdis.iter().map(switch_name).collect();
        }
        Ok(appraisal)
    }
}

/// How the GPU is closed to its host. NVIDIA's SDKs agree on 2, protected PCIe; 0 and 1 are both a GPU passed through to
/// a confidential machine, alone or with others, and the SDKs disagree which is which.
fn mode(appraisal: &mut Appraisal, opaque: &Opaque<'_>) {
    let mode = match opaque.number(Field::FeatureFlag) {
        Some(0 | 1) => "passthrough",
        Some(2) => "protected-pcie",
        _ => return appraisal.leave(Check::Confidential),
    };
    appraisal.claim("confidential-mode", mode);
    appraisal.pass(Check::Confidential);
    appraisal.trust.runtime_opaque = Tier::Affirming;
}
