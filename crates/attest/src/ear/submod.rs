//! What a result says of one device.

use std::collections::{BTreeMap, BTreeSet};

use lightcone_core::Residency;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Octets, names};
use crate::appraisal::{Appraisal, Claim};
use crate::check::Check;
use crate::reason::Reason;
use crate::trust::{Tier, TrustVector};

/// The lengths in bytes that RFC 9711, section 4.1, allows a nonce.
pub(super) const NONCE_BYTES: std::ops::RangeInclusive<usize> = 8..=64;
/// The most bytes of `hwmodel` (RFC 9711, section 4.2.4).
const MODEL_BYTES_MAX: usize = 32;
/// The first byte of a `ueid` that a hash made of what tells devices apart (RFC 9711, section 4.2.1.1, type RAND).
const UEID_RAND: u8 = 1;

/// What a result says of one device: claims of EAR and EAT where there are such, else our own, `lightcone.*`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submod {
    /// The worst of the vector.
    #[serde(rename = "ear.status", with = "names::tier")]
    pub status: Tier,
    /// All aspects; each is there, those of which nothing is claimed as well.
    #[serde(rename = "ear.trustworthiness-vector")]
    pub trust: TrustVector,
    /// The version of the reference values that the appraisal leaned on.
    #[serde(rename = "ear.appraisal-policy-id")]
    pub policy: String,
    /// What the device signed to be fresh. None where it is shorter or longer than the claim may be.
    #[serde(rename = "eat_nonce", default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<Octets>,
    /// Which device, 33 bytes: 1, then the instance's own 32 bytes, or SHA-256 of an instance that has not 32.
    pub ueid: Octets,
    /// The model in UTF-8. None where it is longer than the claim may be: the evidence below has it in full.
    #[serde(rename = "hwmodel", default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Octets>,
    /// Whether debugging is off; none where nobody checked.
    #[serde(rename = "dbgstat", default, skip_serializing_if = "Option::is_none")]
    pub debug: Option<DebugStatus>,
    /// Boots, as the device counts them.
    #[serde(rename = "bootcount", default, skip_serializing_if = "Option::is_none")]
    pub boots: Option<u32>,
    /// The image that the measured code is.
    #[serde(rename = "swname", default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// How well the session's key is tied to the device.
    #[serde(rename = "lightcone.residency", with = "names::residency")]
    pub residency: Residency,
    /// Whether the evidence bears the session's binding where only the key's own machine can put it.
    #[serde(rename = "lightcone.binds-session-key")]
    pub binds_session_key: bool,
    /// Names of [`Reason`]s; a later version may know more of them.
    #[serde(rename = "lightcone.reasons")]
    pub reasons: BTreeSet<String>,
    /// Names of the [`Check`]s that passed.
    #[serde(rename = "lightcone.done")]
    pub done: BTreeSet<String>,
    /// Names of the [`Check`]s that nobody made.
    #[serde(rename = "lightcone.not-done")]
    pub not_done: BTreeSet<String>,
    /// What the device signed beside, with its format (`kind`), `instance` and `model`. May be left out for privacy.
    #[serde(rename = "ear.veraison.annotated-evidence", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<String, Value>,
}

/// Whether a device can be debugged. One that can is refused before there is a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DebugStatus {
    /// Debugging is off.
    Disabled,
}

impl Submod {
    /// What an appraisal says, with the version of the reference values that it leaned on.
    pub(super) fn of(appraisal: &Appraisal, policy: &str) -> Self {
        let names = |checks: &BTreeSet<Check>| checks.iter().map(|check| check.name().to_owned()).collect();
        let octets = |bytes: &[u8]| Octets(bytes.to_vec());
        Self {
            status: appraisal.trust.status(),
            trust: appraisal.trust,
            policy: policy.to_owned(),
            nonce: NONCE_BYTES.contains(&appraisal.nonce.len()).then(|| octets(&appraisal.nonce)),
            ueid: ueid(&appraisal.instance),
            model: (1..=MODEL_BYTES_MAX)
                .contains(&appraisal.model.len())
                .then(|| octets(appraisal.model.as_bytes())),
            debug: appraisal.done.contains(&Check::Debug).then_some(DebugStatus::Disabled),
            boots: appraisal.counters.map(|counters| counters.resets),
            code: appraisal.code.as_ref().map(|code| code.name.clone()),
            residency: appraisal.residency,
            binds_session_key: appraisal.binds_session_key,
            reasons: appraisal.reasons.iter().copied().map(Reason::name).map(str::to_owned).collect(),
            done: names(&appraisal.done),
            not_done: names(&appraisal.not_done),
            evidence: evidence(appraisal),
        }
    }
}

fn evidence(appraisal: &Appraisal) -> BTreeMap<String, Value> {
    let claims = appraisal.claims.iter().map(|(name, claim)| ((*name).to_owned(), value(claim)));
    let device =
        [("kind", appraisal.kind.name()), ("instance", &appraisal.instance), ("model", &appraisal.model)];
    claims.chain(device.map(|(name, text)| (name.to_owned(), text.into()))).collect()
}

fn value(claim: &Claim) -> Value {
    match claim {
        Claim::Text(text) => text.as_str().into(),
        Claim::Bytes(bytes) => hex::encode(bytes).into(),
        Claim::Number(number) => (*number).into(),
        Claim::Flag(flag) => (*flag).into(),
        Claim::List(list) => list.clone().into(),
    }
}

fn ueid(instance: &str) -> Octets {
    let digits = instance.rsplit(':').next().unwrap_or_default();
    let own = hex::decode(digits).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let id = own.unwrap_or_else(|| Sha256::digest(instance).into());
    Octets([&[UEID_RAND][..], &id].concat())
}
