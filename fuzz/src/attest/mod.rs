//! Attestation: evidence of every format, reference values, and results. What is in base64 within a document is made so
//! here, or else no change of an input would reach it.

mod devices;
mod documents;
#[expect(dead_code, reason = "the other entry points use the rest of it")]
#[path = "../input.rs"]
mod input;
#[expect(dead_code, reason = "the processor that the tests of evidence forge")]
#[path = "../../../crates/attest/tests/forge/snp.rs"]
mod processor;
mod signers;

pub use devices::{certificates, nvidia_report, snp_report, tdx_quote, tpm_parts};
pub use documents::{ear_open, evidence, inventory, manifest, nvidia_devices, references, tdx_collateral};

use lightcone_attest::ear::{Ear, Terms, VerifierId};
use lightcone_attest::references::References;
use lightcone_attest::{Appraisal, Case, Kind, Rejection, Residency, UnixTime, verifier};

/// An entry point.
pub type Target = fn(&[u8]);

/// Every entry point with its name, which is also that of its corpus.
pub const TARGETS: [(&str, Target); 12] = [
    ("certificates", certificates),
    ("ear_open", ear_open),
    ("evidence", evidence),
    ("inventory", inventory),
    ("manifest", manifest),
    ("nvidia_devices", nvidia_devices),
    ("nvidia_report", nvidia_report),
    ("references", references),
    ("snp_report", snp_report),
    ("tdx_collateral", tdx_collateral),
    ("tdx_quote", tdx_quote),
    ("tpm_parts", tpm_parts),
];

/// When the samples of all formats are good.
const NOW: UnixTime = UnixTime::from_s(1_750_414_563);
const BINDING: [u8; 32] = [0xB1; 32];

fn case(references: &References, is_bound: bool) -> Case<'_> {
    let binding = is_bound.then_some(&BINDING);
    Case { binding, identity_key: Some(&[1; 32]), activated: &[], references, collateral: None, now: NOW }
}

/// Appraises, and holds what is true of every appraisal.
fn appraise(kind: Kind, payload: &[u8], case: &Case<'_>) -> Result<Appraisal, Rejection> {
    let appraisal = verifier(kind).verify(payload, case)?;
    assert_eq!(appraisal.kind, kind);
    assert!(appraisal.done.is_disjoint(&appraisal.not_done), "a check both made and not");
    assert!(kind.can_bind() || !appraisal.binds_session_key, "{kind} cannot tie a key");
    assert!(case.binding.is_some() || !appraisal.binds_session_key, "tied to a key that there is not");
    assert!(appraisal.binds_session_key || appraisal.residency == Residency::R0, "tied to no key");
    let result =
        Ear::of(std::slice::from_ref(&appraisal), terms(&case.references.version())).expect("one appraisal");
    assert_eq!(result.submods.len(), 1);
    Ok(appraisal)
}

fn terms(policy: &str) -> Terms<'_> {
    let verifier = VerifierId { developer: "fuzz".to_owned(), build: "fuzz".to_owned() };
    let expires = UnixTime::from_s(NOW.as_s() + 60);
    Terms { issued: NOW, expires, verifier, nonce: None, policy }
}
