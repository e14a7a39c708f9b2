//! What a quote that holds shows.

use lightcone_core::Residency;

use super::endorsement::Endorsement;
use super::evidence::Evidence;
use super::key::AttestationKey;
use super::statement::Statement;
use crate::appraisal::{Appraisal, Code};
use crate::case::{Activated, Case};
use crate::check::Check;
use crate::kind::Kind;
use crate::reason::Reason;
use crate::trust::Tier;

/// What passed before evidence is appraised, in this order.
const PASSED: [Check; 10] = [
    Check::Size,
    Check::Format,
    Check::Chain,
    Check::Root,
    Check::Revoked,
    Check::KeyAttributes,
    Check::Signature,
    Check::Statement,
    Check::PcrSelection,
    Check::PcrDigest,
];
/// What a quote alone cannot show.
const LEFT: [Check; 4] = [Check::Revocation, Check::Counters, Check::Identity, Check::KeyCopy];

/// Appraises evidence all of whose parts hold together. An attestation key that nobody activated may be anyone's, in or out
/// of a TPM: nothing that it signed counts then, neither code nor counters.
pub(super) fn appraise(
    evidence: &Evidence,
    endorsement: &Endorsement,
    key: &AttestationKey,
    statement: &Statement<'_>,
    case: &Case<'_>,
) -> Appraisal {
    let tpm = endorsement.key_sha256();
    let mut appraisal = Appraisal::of(Kind::Tpm2Quote, format!("tpm:{}", hex::encode(tpm)));
    appraisal.model = endorsement.model();
    appraisal.nonce = statement.nonce.to_vec();
    PASSED.into_iter().for_each(|check| appraisal.pass(check));
    LEFT.into_iter().for_each(|check| appraisal.leave(check));
    claim(&mut appraisal, evidence, endorsement, key, statement);

    let is_activated = case.activated.contains(&Activated { name: key.name().to_vec(), endorsement: tpm });
    mark(&mut appraisal, Check::Activation, is_activated);
    mark(&mut appraisal, Check::Binding, case.binding.is_some());
    appraisal.binds_session_key = is_activated && case.binding.is_some();
    if !appraisal.binds_session_key {
        appraisal.reasons.insert(Reason::KeyUnbound);
    }
    if is_activated {
        appraisal.trust.hardware = Tier::Affirming;
        appraisal.counters = Some(statement.counters);
        appraise_code(&mut appraisal, evidence, case);
    } else {
        appraisal.leave(Check::Code);
    }
    appraisal
}

/// Looks for the image whose registers are exactly these.
fn appraise_code(appraisal: &mut Appraisal, evidence: &Evidence, case: &Case<'_>) {
    let measured = evidence.measured();
    let image = case.references.images().find(|image| image.measured == measured);
    mark(appraisal, Check::Code, image.is_some());
    let Some(image) = image else {
        appraisal.trust.executables = Tier::Warning;
        appraisal.reasons.insert(Reason::CodeUnknown);
        return;
    };
    appraisal.trust.executables = Tier::Affirming;
    appraisal.code = Some(Code { name: image.name.clone(), opens_accelerator: image.opens_accelerator });
    if appraisal.binds_session_key {
        appraisal.residency = Residency::R1;
    }
}

fn mark(appraisal: &mut Appraisal, check: Check, is_made: bool) {
    if is_made {
        appraisal.pass(check);
    } else {
        appraisal.leave(check);
    }
}

/// Says what was signed. The firmware's version stands as tools print it: two numbers of eight hexadecimal digits.
fn claim(
    appraisal: &mut Appraisal,
    evidence: &Evidence,
    endorsement: &Endorsement,
    key: &AttestationKey,
    statement: &Statement<'_>,
) {
    let (high, low) = (statement.firmware >> 32, statement.firmware & u64::from(u32::MAX));
    let pcrs = evidence.pcrs.iter().map(|(number, value)| format!("{number}={}", hex::encode(value)));
    appraisal.claim("ak-name", key.name());
    appraisal.claim("ek-serial", endorsement.serial());
    appraisal.claim("firmware-version", format!("{high:08x}.{low:08x}"));
    appraisal.claim("pcrs", pcrs.collect::<Vec<String>>());
}
