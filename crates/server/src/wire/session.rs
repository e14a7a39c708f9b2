//! Sessions at the door: what agents are told and what they answer.

use ed25519_dalek::VerifyingKey;
use lightcone::names::{AgentName, InvalidName, MeshSessionName, SessionName, VerdictName};
use lightcone::v1;
use lightcone_attest::inventory_signed;
use lightcone_probe::Signature;
use lightcone_probe::plan::{Plan, PlannedLandmark, Window};
use lightcone_store::{Session, SessionState, SubjectKind};
use prost::Message as _;

use super::Violation;
use super::attestation;
use super::inventory;
use super::moment::timestamp;
use crate::attesting::Shown;
use crate::measuring::{Summons, name_of};

/// What stands for every agent where one is asked for.
const ALL_AGENTS: &str = "agents/-";
/// The largest transcript, in bytes.
pub(crate) const TRANSCRIPT_BYTES_MAX: usize = 16_384;

/// Evidence for a session's keys, with every part as long as it must be.
#[derive(Debug)]
pub(crate) struct Attest {
    /// The session's identifier and its agent's.
    pub(crate) session: SessionName,
    /// The nonce that is said to have been summoned with.
    pub(crate) nonce: [u8; 32],
    /// The session's X25519 key.
    pub(crate) exchange_key: [u8; 32],
    /// The session's Ed25519 key.
    pub(crate) signing_key: [u8; 32],
    /// The evidence.
    pub(crate) evidence: Vec<Shown>,
    /// The session key's signature of that list; empty: it was not signed.
    pub(crate) evidence_signature: Vec<u8>,
    /// What the host says of itself; empty: nothing.
    pub(crate) inventory: Vec<u8>,
    /// The session key's signature of that.
    pub(crate) inventory_signature: Vec<u8>,
}

impl Attest {
    /// Whether the session's key signed what the host says of itself, if it says anything.
    pub(crate) fn inventory_is_signed(
        &self,
        key: &VerifyingKey,
        binding: &[u8; 32],
    ) -> Result<(), Violation> {
        if self.inventory.is_empty() {
            return Ok(());
        }
        let signed = inventory_signed(binding, &self.inventory);
        let signature = ed25519_dalek::Signature::from_slice(&self.inventory_signature);
        if signature.is_ok_and(|signature| key.verify_strict(&signed, &signature).is_ok()) {
            return Ok(());
        }
        let session = self.session.to_string();
        Err(Violation::evidence_refused(
            &session,
            "inventory",
            "the session's key did not sign the inventory",
        ))
    }
}

/// The end of a session, with every part as long as it may be.
#[derive(Debug)]
pub(crate) struct Close {
    /// The session.
    pub(crate) session: Wanted,
    /// The transcript.
    pub(crate) transcript: Vec<u8>,
    /// Its signature.
    pub(crate) signature: [u8; 64],
    /// Evidence after measuring.
    pub(crate) evidence: Vec<Shown>,
    /// The session key's signature of that list; empty: it was not signed.
    pub(crate) evidence_signature: Vec<u8>,
}

/// Reads an AttestRequest.
pub(crate) fn attest(wire: v1::AttestRequest) -> Result<Attest, Violation> {
    Ok(Attest {
        session: SessionName::parse(&wire.session).map_err(|invalid| misnamed("session", &invalid))?,
        nonce: bytes("verifier_nonce", &wire.verifier_nonce)?,
        exchange_key: bytes("exchange_key", &wire.exchange_key)?,
        signing_key: bytes("signing_key", &wire.signing_key)?,
        evidence: attestation::evidence(wire.evidence)?,
        evidence_signature: signature("evidence_signature", wire.evidence_signature)?,
        inventory: inventory::read(wire.inventory)?,
        inventory_signature: wire.inventory_signature,
    })
}

/// Reads a CloseSessionRequest.
pub(crate) fn close(wire: v1::CloseSessionRequest) -> Result<Close, Violation> {
    if wire.transcript.len() > TRANSCRIPT_BYTES_MAX {
        return Err(Violation::too_long("transcript", wire.transcript.len(), TRANSCRIPT_BYTES_MAX));
    }
    Ok(Close {
        session: any_session("session", &wire.session)?,
        signature: bytes("signature", &wire.signature)?,
        transcript: wire.transcript,
        evidence: attestation::pieces(wire.evidence)?,
        evidence_signature: signature("evidence_signature", wire.evidence_signature)?,
    })
}

/// A signature, or none.
fn signature(field: &str, wire: Vec<u8>) -> Result<Vec<u8>, Violation> {
    if wire.is_empty() || wire.len() == 64 {
        return Ok(wire);
    }
    Err(Violation::invalid(field, format_args!("{} bytes", wire.len()), "64 bytes, or none"))
}

/// A session that is asked for by its name: an agent's, or one between landmarks.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// The name.
    pub(crate) name: String,
    /// Its own identifier.
    pub(crate) id: String,
    /// Whose session it is said to be.
    pub(crate) subject: String,
    /// What that is.
    pub(crate) kind: SubjectKind,
}

impl Wanted {
    /// Whether a record is the one that was asked for by its whole name.
    pub(crate) fn is(&self, record: &Session) -> Result<(), Violation> {
        if (record.subject_kind, &record.subject) == (self.kind, &self.subject) {
            return Ok(());
        }
        Err(Violation::nothing_named("name", &self.name))
    }
}

/// Reads the name of an agent's session, or of one between landmarks.
pub(crate) fn any_session(field: &str, name: &str) -> Result<Wanted, Violation> {
    let whole = name.to_owned();
    if let Ok(MeshSessionName { landmark, session }) = MeshSessionName::parse(name) {
        return Ok(Wanted { name: whole, id: session, subject: landmark, kind: SubjectKind::Landmark });
    }
    let SessionName { agent, session } =
        SessionName::parse(name).map_err(|invalid| misnamed(field, &invalid))?;
    Ok(Wanted { name: whole, id: session, subject: agent, kind: SubjectKind::Agent })
}

/// The identifier in an agent's name.
pub(crate) fn agent(field: &str, name: &str) -> Result<String, Violation> {
    AgentName::parse(name).map(|name| name.agent).map_err(|invalid| misnamed(field, &invalid))
}

/// The identifier in an agent's name; none for `agents/-`, which is all.
pub(crate) fn agent_or_all(field: &str, name: &str) -> Result<Option<String>, Violation> {
    if name == ALL_AGENTS { Ok(None) } else { agent(field, name).map(Some) }
}

/// The identifiers in a verdict's name.
pub(crate) fn verdict_name(field: &str, name: &str) -> Result<VerdictName, Violation> {
    VerdictName::parse(name).map_err(|invalid| misnamed(field, &invalid))
}

/// A name that is not of the form it must have.
pub(crate) fn misnamed(field: &str, invalid: &InvalidName) -> Violation {
    Violation::invalid(field, &invalid.name, &format!("a name of the form `{}`", invalid.pattern))
}

/// Bytes of a fixed length.
pub(crate) fn bytes<const N: usize>(field: &str, wire: &[u8]) -> Result<[u8; N], Violation> {
    wire.try_into()
        .map_err(|_| Violation::invalid(field, format_args!("{} bytes", wire.len()), &format!("{N} bytes")))
}

/// A summons for the wire.
pub(crate) fn summons(summons: &Summons) -> v1::AttendResponse {
    use v1::attend_response::Event;
    let summons = v1::Summons {
        session: summons.session.clone(),
        verifier_nonce: summons.verifier_nonce.to_vec(),
        verifier_key: summons.verifier_key.to_vec(),
        expire_time: Some(timestamp(summons.expire_ns)),
    };
    v1::AttendResponse { event: Some(Event::Summons(summons)) }
}

/// A sign of life to an agent.
pub(crate) fn agent_checkpoint(now_ns: i64) -> v1::AttendResponse {
    use v1::attend_response::Event;
    v1::AttendResponse { event: Some(Event::Checkpoint(checkpoint(now_ns))) }
}

pub(super) fn checkpoint(now_ns: i64) -> v1::Checkpoint {
    v1::Checkpoint { time: Some(timestamp(now_ns)) }
}

/// A session for the wire, with what its evidence shows.
pub(crate) fn whole_session(record: &Session) -> v1::Session {
    let read = |bytes: &[u8]| {
        let appraisal = v1::Appraisal::decode(bytes).ok();
        appraisal.filter(|_| !bytes.is_empty())
    };
    let appraisal = read(&record.appraisal);
    v1::Session {
        inventory: inventory::fields(&record.inventory, appraisal.as_ref()),
        appraisal,
        closing_appraisal: read(&record.closing_appraisal),
        ..session(record)
    }
}

/// A session for the wire, without what its evidence shows.
pub(crate) fn session(record: &Session) -> v1::Session {
    use v1::session::State;
    let (state, is_attested) = match record.state {
        SessionState::Summoned => (State::Summoned, false),
        SessionState::Attested => (State::Attested, true),
        SessionState::Closed => (State::Closed, true),
        SessionState::Judged => (State::Judged, true),
        SessionState::Missed => (State::Missed, record.binding.is_some()),
    };
    let is_judged = record.state == SessionState::Judged && record.subject_kind == SubjectKind::Agent;
    v1::Session {
        name: name_of(record),
        state: state as i32,
        begin_time: is_attested.then(|| timestamp(record.not_before)),
        end_time: is_attested.then(|| timestamp(record.not_after)),
        landmarks: record.landmarks.iter().map(|id| format!("landmarks/{id}")).collect(),
        residency: residency(&record.residency) as i32,
        evidence_format: record.evidence_format.clone(),
        create_time: Some(timestamp(record.create_time)),
        // A session's first verdict bears its name; what superseded it is named there.
        verdict: if is_judged {
            format!("agents/{}/verdicts/{}", record.subject, record.id)
        } else {
            String::new()
        },
        appraisal: None,
        closing_appraisal: None,
        inventory: Vec::new(),
    }
}

/// A residency that was kept, for the wire.
fn residency(text: &str) -> v1::Residency {
    lightcone_attest::Residency::named(text).map_or(v1::Residency::Unspecified, attestation::residency)
}

/// A signed plan for the wire.
pub(crate) fn plan(session: &str, plan: &Plan, signature: &Signature) -> v1::Plan {
    let Window { probes, not_before_ns, not_after_ns } = plan.window;
    v1::Plan {
        session: session.to_owned(),
        session_id: plan.session.0.to_vec(),
        binding: plan.binding.0.to_vec(),
        landmarks: plan.landmarks.iter().map(peer).collect(),
        probes: u32::from(probes),
        begin_time: Some(timestamp(not_before_ns)),
        end_time: Some(timestamp(not_after_ns)),
        signature: signature.0.to_vec(),
    }
}

fn peer(landmark: &PlannedLandmark) -> v1::plan::Peer {
    let v4 = landmark.v4.iter().map(ToString::to_string);
    let v6 = landmark.v6.iter().map(ToString::to_string);
    v1::plan::Peer { exchange_key: landmark.x25519.to_vec(), addresses: v4.chain(v6).collect() }
}
