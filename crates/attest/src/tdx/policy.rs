//! What a trust domain must be like.

use dcap_qvl::quote::{TDAttributes, TDReport10};
use dcap_qvl::{QuoteClaims, TcbStatus};

use crate::appraisal::{Appraisal, Code};
use crate::case::Case;
use crate::check::Check;
use crate::reason::Reason;
use crate::references::Measured;
use crate::rejection::Rejection;
use crate::trust::Tier;

/// Whether nobody outside may debug the domain.
pub(super) fn is_closed(domain: &TDReport10, appraisal: &mut Appraisal) -> Result<(), Rejection> {
    // Any bit of the group makes the domain untrusted: debugging, and profiling by the host.
    let debug = TDAttributes::parse(domain.td_attributes).map_or(u8::MAX, |attributes| attributes.tud);
    if debug != 0 {
        let why = "the host may debug or profile the domain: start it without";
        return Err(Rejection::new(Check::Debug, why));
    }
    appraisal.pass(Check::Debug);
    Ok(())
}

/// Says how new the platform's firmware is. Firmware whose keys are known to be out was refused before.
pub(super) fn firmware(claims: &QuoteClaims, appraisal: &mut Appraisal) {
    appraisal.pass(Check::Tcb);
    appraisal.trust.hardware = Tier::Affirming;
    if claims.tcb.status != TcbStatus::UpToDate {
        appraisal.trust.hardware = Tier::Warning;
        appraisal.reasons.insert(Reason::TcbOutdated);
    }
}

/// The image whose measurements the domain has.
pub(super) fn code(domain: &TDReport10, case: &Case<'_>) -> Option<Code> {
    let image = case.references.images().find(|image| is_of(&image.measured, domain))?;
    Some(Code { name: image.name.clone(), opens_accelerator: image.opens_accelerator })
}

fn is_of(measured: &Measured, domain: &TDReport10) -> bool {
    let Measured::Tdx { mrtd, rtmrs } = measured else { return false };
    let found = registers(domain);
    let is = |number: &u8, value: &String| {
        found.get(usize::from(*number)).is_some_and(|register| hex::encode(register) == *value)
    };
    *mrtd == hex::encode(domain.mr_td) && rtmrs.iter().all(|(number, value)| is(number, value))
}

/// The registers that go on measuring while the domain runs.
pub(super) const fn registers(domain: &TDReport10) -> [&[u8; 48]; 4] {
    [&domain.rt_mr0, &domain.rt_mr1, &domain.rt_mr2, &domain.rt_mr3]
}
