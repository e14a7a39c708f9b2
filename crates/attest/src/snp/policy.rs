//! What a machine must be like.

use super::report::Report;
use super::signer::Signer;
use crate::appraisal::{Appraisal, Code};
use crate::case::Case;
use crate::check::Check;
use crate::references::Measured;
use crate::rejection::Rejection;

/// The guest's policy lets a migration agent move it.
const MIGRATE: u64 = 1 << 18;
/// The guest's policy lets the host debug it.
const DEBUG: u64 = 1 << 19;
/// The privilege level of what the machine booted; more is less.
const HIGHEST_PRIVILEGE: u32 = 0;

/// Whether the machine is closed to its host and cannot be moved, and the measured code itself asked.
pub(super) fn is_closed(report: &Report, appraisal: &mut Appraisal) -> Result<(), Rejection> {
    let level = report.privilege_level;
    let demands = [
        (
            Check::Debug,
            report.policy & DEBUG == 0,
            "the host may debug the machine: start it without debugging",
        ),
        (
            Check::Migration,
            report.policy & MIGRATE == 0,
            "the machine may be moved with its key: start it without a migration agent",
        ),
        (
            Check::Privilege,
            level == HIGHEST_PRIVILEGE,
            "the report was not asked for at the highest privilege: ask at VMPL 0",
        ),
    ];
    for (check, holds, why) in demands {
        if !holds {
            return Err(Rejection::new(check, why));
        }
        appraisal.pass(check);
    }
    Ok(())
}

/// Whether the platform's firmware is at least at the floors of its product.
pub(super) fn is_new_enough(
    signer: &Signer,
    case: &Case<'_>,
    appraisal: &mut Appraisal,
) -> Result<(), Rejection> {
    let product = signer.product.name();
    let floors = case.references.document().snp_floors.iter().filter(|floor| floor.product == product);
    appraisal.leave(Check::Tcb);
    for floor in floors {
        if let Some((part, found, least)) = signer.tcb.below(floor) {
            let why = format!("{part} of {product} is {found}, older than {least}: update the platform");
            return Err(Rejection::new(Check::Tcb, why));
        }
        appraisal.pass(Check::Tcb);
    }
    Ok(())
}

/// The image whose measurement the machine booted with.
pub(super) fn code(report: &Report, case: &Case<'_>) -> Option<Code> {
    let measured = Measured::SevSnp { measurement: hex::encode(report.measurement) };
    let image = case.references.images().find(|image| image.measured == measured)?;
    Some(Code { name: image.name.clone(), opens_accelerator: image.opens_accelerator })
}
