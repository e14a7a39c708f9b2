//! Closing: an agent says what it answered and reveals the keys of its proofs.

use std::time::Duration;

use ed25519_dalek::VerifyingKey;
use lightcone_attest::Attestation;
use lightcone_pool::Cost;
use lightcone_probe::transcript::{Disowned, Transcript};
use lightcone_probe::{Binding, SessionId, Signature};
use lightcone_store::{Closed, Session, SessionState, SubjectKind};
use prost::Message as _;

use super::clock::now_ns;
use super::desk::name_of;
use super::{Measuring, Trouble};
use crate::attesting::{Wanted, appraised, cost};
use crate::compute::{Errand, Fault};
use crate::wire::{Close, Violation, attestation as shown};

/// One scalar multiplication and a hash over the transcript.
const OPENING: Duration = Duration::from_micros(80);

impl Measuring {
    /// Takes the transcript of a session. The same one again has the same answer.
    pub(crate) async fn close(&self, errand: Errand, asked: Close) -> Result<Session, Trouble> {
        let open = self.session(&asked.session.id).await?;
        let _turn = open.turn.lock().await;
        let view = open.view();
        let record = &view.record;
        let name = name_of(record);
        asked.session.is(record)?;
        match record.state {
            SessionState::Attested => {}
            SessionState::Summoned => {
                let remedy = "attest its keys before it can end";
                return Err(Violation::state_forbids(&name, "SUMMONED", remedy).into());
            }
            SessionState::Closed | SessionState::Judged if record.transcript == asked.transcript => {
                return Ok(record.clone());
            }
            state => {
                let remedy = "no other transcript is taken; wait for the next summons";
                return Err(Violation::session_over(&name, state.as_str(), remedy).into());
            }
        }
        let asked = self.opened(errand, record, name, asked).await?;
        let closing = match self.closed_by(errand, record, &asked).await {
            Ok(closing) => closing,
            Err(trouble) => {
                self.refused(&record.subject, &trouble).await;
                return Err(trouble);
            }
        };
        let now = now_ns();
        let as_of = now.min(record.not_after);
        let closed = Closed {
            closing_evidence: shown::to_keep(&asked.evidence, &asked.evidence_signature),
            closing_appraisal: closing
                .map(|it| shown::appraisal(&it, now).encode_to_vec())
                .unwrap_or_default(),
            transcript: asked.transcript,
            transcript_signature: asked.signature.to_vec(),
            as_of,
            story_time: self.story.is_simulated().then(|| self.story.at(as_of)),
            time: now,
        };
        let record = self.store.close_session(&open.id, closed).await?;
        open.set(record.clone());
        Ok(record)
    }

    /// What evidence after measuring shows, if any was given: it must go on from what the session was opened with.
    async fn closed_by(
        &self,
        errand: Errand,
        record: &Session,
        asked: &Close,
    ) -> Result<Option<Attestation>, Trouble> {
        let Some(binding) = record.binding.filter(|_| !asked.evidence.is_empty()) else { return Ok(None) };
        if record.subject_kind != SubjectKind::Agent {
            return Err(Violation::too_many("evidence", asked.evidence.len(), 0).into());
        }
        let agent = self.agent(&record.subject).await?;
        let opening = self.tie(record, &agent).await?;
        let nonce = lightcone_probe::binding::closing_nonce(&Binding(binding), &asked.transcript);
        let key = record.session_signing_key;
        let wanted = Wanted {
            binding: Some(nonce),
            at_ns: now_ns(),
            signed: key.map(|key| (key, asked.evidence_signature.clone())),
            ..opening.wanted.clone()
        };
        let (evidence, name) = (asked.evidence.clone(), name_of(record));
        let cost = Cost::from(cost(&evidence) + cost(&opening.shown));
        let done = self.compute.run(errand, cost, move |_| {
            let refused = |check, why: &dyn std::fmt::Display| {
                Fault::from(Violation::evidence_refused(&name, check, why))
            };
            let closing = appraised(&evidence, &wanted, &opening.references)
                .map_err(|piece| refused(piece.rejection.check.name(), &piece))?;
            let before = opening.opening();
            before.goes_on(&closing).map_err(|why| refused(why.check.name(), &why.why))?;
            Ok(closing)
        });
        Ok(Some(done.await?))
    }

    /// Checks a transcript, in the pool.
    async fn opened(
        &self,
        errand: Errand,
        record: &Session,
        name: String,
        asked: Close,
    ) -> Result<Close, Trouble> {
        let Some((binding, key)) = record.binding.zip(record.session_signing_key) else {
            return Err(Trouble::Own(format!("session {} is attested without keys", record.id)));
        };
        let session = SessionId(record.wire_id);
        let opened = self.compute.run(errand, Cost::from(OPENING), move |_| {
            let refused = |check, why: &dyn std::fmt::Display| {
                Fault::from(Violation::measurement_refused(&name, check, why))
            };
            let key = VerifyingKey::from_bytes(&key)
                .map_err(|_| refused("signature", &"the session's key is none"))?;
            let signature = Signature(asked.signature);
            Transcript::open(&asked.transcript, &signature, &key, session, Binding(binding))
                .map_err(|why| refused(check(&why), &why))?;
            Ok(asked)
        });
        Ok(opened.await?)
    }
}

const fn check(disowned: &Disowned) -> &'static str {
    match disowned {
        Disowned::Malformed(_) => "format",
        Disowned::Session => "session",
        Disowned::Signature => "signature",
    }
}
