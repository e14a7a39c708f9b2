//! Closing: an agent says what it answered and reveals the keys of its proofs.

use std::time::Duration;

use ed25519_dalek::VerifyingKey;
use lightcone_pool::Cost;
use lightcone_probe::transcript::{Disowned, Transcript};
use lightcone_probe::{Binding, SessionId, Signature};
use lightcone_store::{Closed, Session, SessionState};

use super::clock::now_ns;
use super::desk::name_of;
use super::{Measuring, Trouble};
use crate::compute::{Errand, Fault};
use crate::wire::{Close, Violation};

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
        let now = now_ns();
        let as_of = now.min(record.not_after);
        let closed = Closed {
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
