//! What both formats check.

use super::chip::Chip;
use super::compare::{compare, version};
use super::fwid::fwid;
use super::opaque::Field;
use super::report::Report;
use super::{Evidence, claims};
use crate::appraisal::Appraisal;
use crate::case::Case;
use crate::check::Check;
use crate::kind::Kind;
use crate::reason::Reason;
use crate::references::{FirmwarePart, References};
use crate::rejection::Rejection;
use crate::signature::Scheme;
use crate::trust::Tier;
use crate::x509::{self, Certificate, Chain};

/// Appraises that a genuine chip made the report, for this case. The chip comes with the appraisal.
pub(super) fn genuine(
    kind: Kind,
    evidence: &Evidence,
    report: &Report<'_>,
    case: &Case<'_>,
) -> Result<(Chip, Appraisal), Rejection> {
    let chain = signed(evidence, report, case)?;
    pinned(kind, &chain, case.references)?;
    let chip = Chip::of(&chain)?;
    statement(kind, evidence, &chip)?;
    nonce(evidence, report, case)?;
    let mut appraisal = Appraisal::of(kind, chip.instance.as_str());
    claims::say(&mut appraisal, &chip, chain.leaf(), &report.opaque);
    appraisal.nonce = report.nonce.to_vec();
    appraisal.trust.hardware = Tier::Affirming;
    appraisal.reasons.insert(Reason::IdentityOnly);
    let passed = [Check::Format, Check::Size, Check::Chain, Check::Root, Check::Revoked, Check::Signature];
    for check in passed.into_iter().chain([Check::Statement]) {
        appraisal.pass(check);
    }
    match case.binding {
        Some(_) => appraisal.pass(Check::Nonce),
        None => appraisal.leave(Check::Nonce),
    }
    for check in [Check::Revocation, Check::LocalBus] {
        appraisal.leave(check);
    }
    firmware(&mut appraisal, chain.leaf(), report)?;
    Ok((chip, appraisal))
}

/// The chain, if its first key signed the report. That signature is checked first, being one where the chain has five.
fn signed(evidence: &Evidence, report: &Report<'_>, case: &Case<'_>) -> Result<Chain, Rejection> {
    let certificates = x509::certificates(&evidence.chain)?;
    let leaf = certificates.first().ok_or_else(|| Rejection::format("`certificate` holds no certificate"))?;
    if !Scheme::P384Sha384Raw.holds(leaf.key(), report.signed, report.signature) {
        let why = "the report is not signed by the key of the device's certificate";
        return Err(Rejection::new(Check::Signature, why));
    }
    Chain::verify(certificates, case.now)
}

/// Asks for a root that is known, and that we revoked no key of the chain.
fn pinned(kind: Kind, chain: &Chain, references: &References) -> Result<(), Rejection> {
    let root = chain.root();
    if references.root(kind, &root.sha256()).is_none() {
        let (subject, digest) = (root.subject(), hex::encode(root.sha256()));
        let why = format!("the chain ends in `{subject}`, SHA-256 {digest}, which is not pinned for {kind}");
        return Err(Rejection::new(Check::Root, why));
    }
    for certificate in chain.all() {
        if let Some(reason) = references.revoked(&certificate.key_sha256()) {
            let why = format!("the key of `{}` is revoked: {reason}", certificate.subject());
            return Err(Rejection::new(Check::Revoked, why));
        }
    }
    Ok(())
}

/// Asks that the chip is of the format, and of the architecture that the host names.
fn statement(kind: Kind, evidence: &Evidence, chip: &Chip) -> Result<(), Rejection> {
    let failed = |why: String| Err(Rejection::new(Check::Statement, why));
    if chip.kind != kind {
        return failed(format!("`{}` makes evidence of {}, not of {kind}", chip.name, chip.kind));
    }
    if !evidence.may_be_of(&chip.die()) {
        return failed(format!("`arch` is `{}`, and the chip is `{}`", evidence.arch, chip.name));
    }
    Ok(())
}

/// Asks that the report is for this session, and that the host says of its nonce what the device signed.
fn nonce(evidence: &Evidence, report: &Report<'_>, case: &Case<'_>) -> Result<(), Rejection> {
    let failed = |why: &str| Err(Rejection::new(Check::Nonce, why));
    if evidence.nonce != report.nonce {
        return failed("`nonce` is another than the report bears");
    }
    if case.binding.is_some_and(|binding| binding.as_slice() != report.nonce) {
        return failed("the report bears another nonce than this session's binding");
    }
    Ok(())
}

/// Asks that the device runs the firmware that its certificate is for. Older drivers do not say what runs.
fn firmware(appraisal: &mut Appraisal, leaf: &Certificate, report: &Report<'_>) -> Result<(), Rejection> {
    let Some(running) = report.opaque.bytes(Field::Fwid) else {
        appraisal.leave(Check::Firmware);
        return Ok(());
    };
    if fwid(leaf) != Some(running) {
        let why = "the device runs another firmware than its certificate is for";
        return Err(Rejection::new(Check::Firmware, why));
    }
    appraisal.pass(Check::Firmware);
    Ok(())
}

/// Holds the measurements of some parts against what is published of them.
pub(super) fn measured(
    appraisal: &mut Appraisal,
    chip: &Chip,
    report: &Report<'_>,
    parts: &[FirmwarePart],
    references: &References,
) {
    let (mut known, mut differing) = (0, 0);
    for part in parts {
        let firmware = references.firmware(appraisal.kind, *part);
        let comparison = version(&report.opaque, *part)
            .and_then(|version| compare(report, &chip.die(), &version, firmware));
        if let Some(comparison) = comparison {
            known += 1;
            differing += comparison.differing.len();
            appraisal.claim(claim(*part), comparison.told());
        }
    }
    if differing > 0 {
        appraisal.reasons.insert(Reason::MeasurementsDiffer);
        appraisal.trust.executables = Tier::Warning;
    }
    if known < parts.len() {
        appraisal.leave(Check::Measurements);
    } else if differing == 0 {
        appraisal.pass(Check::Measurements);
        appraisal.trust.executables = Tier::Affirming;
    }
}

/// The claim that says how many values of a part are as published.
const fn claim(part: FirmwarePart) -> &'static str {
    match part {
        FirmwarePart::Driver => "driver-measurements",
        FirmwarePart::Vbios => "vbios-measurements",
    }
}
