//! The numbers that CWTs have for the names of claims (RFC 8392, RFC 9711, draft-ietf-rats-ear).

use super::claims::Form::{Each, Map, Number, Octets, Plain};

/// How a claim in JSON is written in CBOR.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// Alike.
    Plain,
    /// Base64url here, bytes there.
    Octets,
    /// A word here, a number there.
    Number(&'static [(&'static str, i64)]),
    /// An object whose members have numbers.
    Map(&'static [Named]),
    /// An object with labels of its own, each for such a map.
    Each(&'static [Named]),
}

/// A claim: its name in JSON, its key in CBOR, and how its value is written.
pub(super) type Named = (&'static str, i64, Form);

/// Of a result.
pub(super) const RESULT: &[Named] = &[
    ("exp", 4, Plain),
    ("iat", 6, Plain),
    ("eat_nonce", 10, Octets),
    ("eat_profile", 265, Plain),
    ("submods", 266, Each(SUBMOD)),
    ("ear.verifier-id", 1004, Map(&[("developer", 0, Plain), ("build", 1, Plain)])),
];

/// Of one device. Below -65536 each application chooses for itself (RFC 8392, section 9.1).
const SUBMOD: &[Named] = &[
    ("eat_nonce", 10, Octets),
    ("ueid", 256, Octets),
    ("hwmodel", 259, Octets),
    ("dbgstat", 263, Number(&[("disabled", 1)])),
    ("bootcount", 267, Plain),
    ("swname", 270, Plain),
    ("ear.status", 1000, Number(TIERS)),
    ("ear.trustworthiness-vector", 1001, Map(ASPECTS)),
    ("ear.appraisal-policy-id", 1003, Plain),
    ("ear.veraison.annotated-evidence", -70_000, Plain),
    ("lightcone.residency", -80_000, Plain),
    ("lightcone.binds-session-key", -80_001, Plain),
    ("lightcone.reasons", -80_002, Plain),
    ("lightcone.done", -80_003, Plain),
    ("lightcone.not-done", -80_004, Plain),
];

const TIERS: &[(&str, i64)] = &[("none", 0), ("affirming", 2), ("warning", 32), ("contraindicated", 96)];

const ASPECTS: &[Named] = &[
    ("instance-identity", 0, Plain),
    ("configuration", 1, Plain),
    ("executables", 2, Plain),
    ("file-system", 3, Plain),
    ("hardware", 4, Plain),
    ("runtime-opaque", 5, Plain),
    ("storage-opaque", 6, Plain),
    ("sourced-data", 7, Plain),
];
