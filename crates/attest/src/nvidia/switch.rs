//! `nvidia-switch`.

use super::chip::Chip;
use super::report::Report;
use super::verify::{genuine, measured};
use super::{Evidence, switch_name};
use crate::appraisal::Appraisal;
use crate::case::Case;
use crate::check::Check;
use crate::kind::Kind;
use crate::references::FirmwarePart;
use crate::rejection::Rejection;
use crate::verifier::Verifier;

/// The verifier of `nvidia-switch`. The evidence is that of [`Evidence`], as JSON. A switch computes nothing, so that it
/// has no mode that would close it to its host.
#[derive(Clone, Copy, Debug)]
pub struct NvidiaSwitch;

impl Verifier for NvidiaSwitch {
    fn kind(&self) -> Kind {
        Kind::NvidiaSwitch
    }

    fn verify(&self, evidence: &[u8], case: &Case<'_>) -> Result<Appraisal, Rejection> {
        let evidence = Evidence::from_json(evidence)?;
        let report = Report::parse(&evidence.report)?;
        let (chip, mut appraisal) = genuine(self.kind(), &evidence, &report, case)?;
        measured(&mut appraisal, &chip, &report, &[FirmwarePart::Vbios], case.references);
        itself(&mut appraisal, &chip, &report)?;
        Ok(appraisal)
    }
}

/// Names the switch as GPUs name it. What its certificate says and what it reports must agree.
fn itself(appraisal: &mut Appraisal, chip: &Chip, report: &Report<'_>) -> Result<(), Rejection> {
    let reported = report.opaque.pdis();
    if let Some(other) = reported.iter().find(|reported| chip.pdi != Some(**reported)) {
        let (other, serial) = (hex::encode(other), hex::encode(&chip.serial));
        let why = format!("the switch reports PDI {other}, and its certificate has serial number {serial}");
        return Err(Rejection::new(Check::Statement, why));
    }
    if let Some(pdi) = chip.pdi {
        appraisal.claim("pdi", pdi.as_slice());
        appraisal.wired_to.insert(switch_name(&pdi));
    }
    Ok(())
}
