//! Attestation at the door: evidence on its way in, what it shows on its way out.

use std::collections::BTreeSet;

use lightcone::v1;
use lightcone_attest::references::{BUILT_IN, FirmwarePart, References};
use lightcone_attest::{Appraisal, Attestation, Claim, Kind, PIECES_MAX, Reason, RefusedPiece, Residency};
use lightcone_store::{AttestationKey, Session};
use prost::Message as _;

use super::Violation;
use super::moment::{nanoseconds, timestamp};
use super::session::bytes;
use super::violation::some_of;
use crate::attesting::{Shown, Wanted};

/// The most bytes of one piece of evidence.
pub(crate) const EVIDENCE_BYTES_MAX: usize = lightcone_attest::EVIDENCE_BYTES_MAX;
/// The most bytes of all evidence of one attestation.
const EVIDENCE_SET_BYTES_MAX: usize = 1 << 20;
/// The longest claim that is shown, in characters.
const CLAIM_CHARS_MAX: usize = 512;
/// The most claims of one device that are shown.
const CLAIMS_MAX: usize = 64;
/// The most names of each sort that references are shown by.
const NAMES_MAX: usize = 1_000;
/// The most lines of what nobody checked.
pub(super) const NOT_CHECKED_MAX: usize = 64;

/// Reads evidence of which there must be some.
pub(crate) fn evidence(wire: Vec<v1::Evidence>) -> Result<Vec<Shown>, Violation> {
    let remedy = "give what binds the session's keys, in one of the known formats";
    some_of("evidence", wire.len(), PIECES_MAX, remedy)?;
    pieces(wire)
}

/// Reads evidence of which there may be none.
pub(crate) fn pieces(wire: Vec<v1::Evidence>) -> Result<Vec<Shown>, Violation> {
    super::violation::at_most("evidence", wire.len(), PIECES_MAX)?;
    let all: usize = wire.iter().map(|piece| piece.payload.len()).sum();
    if all > EVIDENCE_SET_BYTES_MAX {
        return Err(Violation::too_long("evidence", all, EVIDENCE_SET_BYTES_MAX));
    }
    let piece = |(place, piece): (usize, v1::Evidence)| {
        let bytes = piece.payload.len();
        if bytes > EVIDENCE_BYTES_MAX {
            return Err(Violation::too_long("payload", bytes, EVIDENCE_BYTES_MAX).at("evidence", place));
        }
        let kind = Kind::named(&piece.format).ok_or_else(|| {
            let known = Kind::ALL.map(Kind::name).join(", ");
            Violation::invalid("format", &piece.format, &known).at("evidence", place)
        })?;
        Ok(Shown { kind, payload: piece.payload })
    };
    wire.into_iter().enumerate().map(piece).collect()
}

/// Evidence as it is kept.
pub(crate) fn to_keep(shown: &[Shown], signature: &[u8]) -> Vec<u8> {
    if shown.is_empty() {
        return Vec::new();
    }
    let piece =
        |shown: &Shown| v1::Evidence { format: shown.kind.name().to_owned(), payload: shown.payload.clone() };
    let evidence = shown.iter().map(piece).collect();
    v1::EvidenceSet { evidence, signature: signature.to_vec() }.encode_to_vec()
}

/// The evidence that a session was opened with.
pub(crate) fn opened_with(session: &Session) -> (Vec<Shown>, Vec<u8>) {
    // Sessions from before appraisals were kept have one piece, bare.
    if session.appraisal.is_empty() {
        let kind = Kind::named(&session.evidence_format);
        let shown = kind.map(|kind| Shown { kind, payload: session.evidence.clone() });
        return (shown.into_iter().collect(), Vec::new());
    }
    kept(&session.evidence)
}

/// Evidence that was kept, and the session's signature of it; what cannot be read is not there.
pub(crate) fn kept(bytes: &[u8]) -> (Vec<Shown>, Vec<u8>) {
    let set = v1::EvidenceSet::decode(bytes).unwrap_or_default();
    (pieces(set.evidence).unwrap_or_default(), set.signature)
}

/// Evidence that is to be appraised by itself.
#[derive(Debug)]
pub(crate) struct Alone {
    /// The evidence.
    pub(crate) shown: Vec<Shown>,
    /// What it is held against; the agent's keys are not among it yet.
    pub(crate) wanted: Wanted,
    /// The agent whose activated keys are known.
    pub(crate) agent: Option<String>,
}

/// Reads an AppraiseEvidenceRequest.
pub(crate) fn appraise(wire: v1::AppraiseEvidenceRequest, now_ns: i64) -> Result<Alone, Violation> {
    let optional = |field, value: &[u8]| (!value.is_empty()).then(|| bytes(field, value)).transpose();
    let at_ns = match wire.appraise_time {
        Some(time) => nanoseconds("appraise_time", time)?,
        None => now_ns,
    };
    let wanted = Wanted {
        binding: optional("binding", &wire.binding)?,
        identity_key: optional("identity_key", &wire.identity_key)?,
        activated: Vec::new(),
        at_ns,
        today_ns: now_ns,
        signed: None,
    };
    let agent = match wire.agent.as_str() {
        "" => None,
        name => Some(super::agent("agent", name)?),
    };
    Ok(Alone { shown: evidence(wire.evidence)?, wanted, agent })
}

/// The most certificates of an endorsement chain.
const CHAIN_MAX: usize = 8;
/// The most bytes of one certificate.
const CERTIFICATE_BYTES_MAX: usize = 16_384;
/// The most bytes of an attestation key's public area.
const KEY_BYTES_MAX: usize = 1_024;

/// An attestation key, and the TPM that it is said to live in.
#[derive(Clone, Debug)]
pub(crate) struct Claimed {
    /// The agent's id.
    pub(crate) agent: String,
    /// The endorsement certificate and its chain, in DER.
    pub(crate) chain: Vec<Vec<u8>>,
    /// The key's public area.
    pub(crate) key: Vec<u8>,
}

/// The answer to a challenge.
#[derive(Debug)]
pub(crate) struct Activate {
    /// What was challenged.
    pub(crate) claimed: Claimed,
    /// When the challenge expires.
    pub(crate) expire_ns: i64,
    /// What the TPM read.
    pub(crate) secret: [u8; 32],
}

/// Reads a ChallengeAttestationKeyRequest.
pub(crate) fn challenge(wire: v1::ChallengeAttestationKeyRequest) -> Result<Claimed, Violation> {
    claimed(&wire.agent, wire.endorsement_chain, wire.attestation_key)
}

/// Reads an ActivateAttestationKeyRequest.
pub(crate) fn activate(wire: v1::ActivateAttestationKeyRequest) -> Result<Activate, Violation> {
    let expire = wire
        .expire_time
        .ok_or_else(|| Violation::missing("expire_time", "give the time that the challenge came with"))?;
    Ok(Activate {
        claimed: claimed(&wire.agent, wire.endorsement_chain, wire.attestation_key)?,
        expire_ns: nanoseconds("expire_time", expire)?,
        secret: bytes("secret", &wire.secret)?,
    })
}

fn claimed(agent: &str, chain: Vec<Vec<u8>>, key: Vec<u8>) -> Result<Claimed, Violation> {
    let remedy = "give the TPM's endorsement certificate first and its root last, each in DER";
    some_of("endorsement_chain", chain.len(), CHAIN_MAX, remedy)?;
    for (place, certificate) in chain.iter().enumerate() {
        if certificate.len() > CERTIFICATE_BYTES_MAX {
            let field = format!("endorsement_chain[{place}]");
            return Err(Violation::too_long(&field, certificate.len(), CERTIFICATE_BYTES_MAX));
        }
    }
    if key.len() > KEY_BYTES_MAX {
        return Err(Violation::too_long("attestation_key", key.len(), KEY_BYTES_MAX));
    }
    Ok(Claimed { agent: super::agent("agent", agent)?, chain, key })
}

/// An activated key, for the wire.
pub(crate) fn key(key: &AttestationKey) -> v1::AttestationKey {
    v1::AttestationKey {
        agent: format!("agents/{}", key.agent),
        key_name: key.key_name.clone(),
        endorsement_sha256: key.endorsement.to_vec(),
        create_time: Some(timestamp(key.create_time)),
    }
}

/// A piece of evidence that was refused.
pub(crate) fn refused(piece: &RefusedPiece) -> Violation {
    let rejection = &piece.rejection;
    let why = format!("{}: {}", piece.kind, rejection.why);
    Violation::evidence_unconvincing(&format!("evidence[{}]", piece.place), rejection.check.name(), &why)
}

/// The references in force, for the wire.
pub(crate) fn references(references: &References) -> v1::References {
    let document = references.document();
    let built_in = BUILT_IN.iter().map(|(_, name, _)| (*name).to_owned());
    let firmware = document.firmware.iter().map(|it| {
        let part = match it.part {
            FirmwarePart::Driver => "driver",
            FirmwarePart::Vbios => "vbios",
        };
        format!("{} {part} {}", it.kind, it.version)
    });
    let is_endless = document.expires_s == i64::MAX;
    v1::References {
        version: references.version(),
        expire_time: (!is_endless)
            .then_some(prost_types::Timestamp { seconds: document.expires_s, nanos: 0 }),
        images: document.images.iter().map(|image| image.name.clone()).take(NAMES_MAX).collect(),
        roots: built_in.chain(document.roots.iter().map(|root| root.name.clone())).take(NAMES_MAX).collect(),
        firmware: firmware.take(NAMES_MAX).collect(),
    }
}

/// What evidence shows, for the wire. `at_ns` is for when it was appraised.
pub(crate) fn appraisal(attestation: &Attestation, at_ns: i64) -> v1::Appraisal {
    let lead = attestation.lead().into_iter();
    let rest = attestation.devices.iter().enumerate().filter(|(place, _)| Some(*place) != attestation.lead);
    v1::Appraisal {
        residency: residency(attestation.residency) as i32,
        binds_session_key: attestation.binds_session_key(),
        reasons: reasons(&attestation.reasons),
        not_checked: not_checked(attestation),
        devices: lead.chain(rest.map(|(_, device)| device)).map(device).collect(),
        baseboards: baseboards(attestation),
        references: attestation.references.clone(),
        appraise_time: Some(timestamp(at_ns)),
    }
}

/// What nobody checked, for people: of what ties the key as it is, of chips and the rest with their format.
pub(crate) fn not_checked(attestation: &Attestation) -> Vec<String> {
    let lead = attestation.lead().map(|lead| lead.kind);
    let line = |(kind, check): (Kind, lightcone_attest::Check)| match lead {
        Some(lead) if lead == kind => check.leaves_open().to_owned(),
        _ => format!("{kind}: {}", check.leaves_open()),
    };
    attestation.not_done().into_iter().map(line).take(NOT_CHECKED_MAX).collect()
}

fn device(device: &Appraisal) -> v1::AttestedDevice {
    let names = |checks: &BTreeSet<lightcone_attest::Check>| {
        checks.iter().map(|check| check.name().to_owned()).collect()
    };
    let claims = device.claims.iter().take(CLAIMS_MAX);
    v1::AttestedDevice {
        format: device.kind.name().to_owned(),
        instance: device.instance.clone(),
        model: device.model.clone(),
        residency: residency(device.residency) as i32,
        code: device.code.as_ref().map(|code| code.name.clone()).unwrap_or_default(),
        done: names(&device.done),
        not_done: names(&device.not_done),
        reasons: reasons(&device.reasons),
        claims: claims.map(|(name, claim)| said(name, claim)).collect(),
    }
}

fn said(name: &str, claim: &Claim) -> v1::attested_device::Claim {
    let value = claim.to_string().chars().take(CLAIM_CHARS_MAX).collect();
    v1::attested_device::Claim { name: name.to_owned(), value }
}

fn baseboards(attestation: &Attestation) -> Vec<v1::Baseboard> {
    let boards = lightcone_attest::nvidia::baseboards(&attestation.devices).into_iter();
    let board = |board: lightcone_attest::nvidia::Baseboard| v1::Baseboard {
        chips: board.chips.into_iter().collect(),
        switches: board.switches.into_iter().collect(),
        system_type: board.system_type,
    };
    boards.map(board).collect()
}

/// A residency for the wire.
pub(crate) const fn residency(residency: Residency) -> v1::Residency {
    match residency {
        Residency::R0 => v1::Residency::R0,
        Residency::R1 => v1::Residency::R1,
        Residency::R2 => v1::Residency::R2,
        Residency::R3 => v1::Residency::R3,
        Residency::R4 => v1::Residency::R4,
    }
}

/// Reasons for the wire.
pub(crate) fn reasons(reasons: &BTreeSet<Reason>) -> Vec<i32> {
    reasons.iter().map(|reason| self::reason(*reason) as i32).collect()
}

const fn reason(reason: Reason) -> v1::AttestationReason {
    use v1::AttestationReason as Wire;
    match reason {
        Reason::Unattested => Wire::Unattested,
        Reason::CodeUnknown => Wire::CodeUnknown,
        Reason::IdentityOnly => Wire::IdentityOnly,
        Reason::MeasurementsDiffer => Wire::MeasurementsDiffer,
        Reason::TcbOutdated => Wire::TcbOutdated,
        Reason::KeyUnbound => Wire::KeyUnbound,
        Reason::HostDisagrees => Wire::HostDisagrees,
        Reason::BelowPolicy => Wire::BelowPolicy,
        Reason::NotClosed => Wire::NotClosed,
        Reason::Old => Wire::EvidenceOld,
        Reason::Refused => Wire::EvidenceRefused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_own_name_on_the_wire() {
        for it in Reason::ALL {
            let wire = reason(it).as_str_name();
            assert_eq!(wire, format!("ATTESTATION_REASON_{}", it.name()));
        }
    }

    #[test]
    fn evidence_of_a_session_comes_back_as_it_was() {
        let shown = vec![
            Shown { kind: Kind::Software, payload: vec![1; 64] },
            Shown { kind: Kind::NvidiaGpu, payload: vec![2; 9] },
        ];
        assert_eq!(kept(&to_keep(&shown, b"signed")), (shown, b"signed".to_vec()));
        assert_eq!(kept(b"\xff\xff"), (Vec::new(), Vec::new()));
        assert_eq!(to_keep(&[], b"signed"), b"");
    }
}
