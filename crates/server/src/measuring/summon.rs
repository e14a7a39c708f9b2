//! Summoning: a session begins by telling an agent so.

use std::sync::Arc;

use lightcone_store::{Agent, AgentState, Request, Session, SessionState, SubjectKind};

use super::clock::now_ns;
use super::desk::Open;
use super::switchboard::Listener;
use super::{Measuring, Summons, Trouble, chance};
use crate::wire::Violation;

impl Measuring {
    /// Opens a line to an agent. An open session's summons is told again.
    pub(crate) async fn attend(&self, agent: &str) -> Result<Listener<Summons>, Trouble> {
        let record = self.agent(agent).await?;
        if record.state == AgentState::Retired {
            let remedy = "retired agents are not summoned";
            return Err(Violation::state_forbids(&format!("agents/{agent}"), "RETIRED", remedy).into());
        }
        let line = self.agents.listen(agent);
        if let Some(open) = self.desk.of_agent(agent) {
            self.announce(&open);
        }
        if record.next_session_time.is_none() {
            self.schedule(agent, now_ns()).await?;
        }
        Ok(line)
    }

    /// Summons an agent because somebody asked for it.
    pub(crate) async fn summon_now(
        self: &Arc<Self>,
        agent: &str,
        request: Option<&Request>,
    ) -> Result<Session, Trouble> {
        let record = self.agent(agent).await?;
        let name = format!("agents/{agent}");
        if record.state == AgentState::Retired {
            return Err(Violation::state_forbids(&name, "RETIRED", "retired agents are not summoned").into());
        }
        let is_repeat = match request {
            Some(request) => self.store.is_answered(request).await?,
            None => false,
        };
        if !is_repeat && self.desk.of_agent(agent).is_some() {
            let remedy = "its session is open; ask again once that is over";
            return Err(Violation::state_forbids(&name, "IN_SESSION", remedy).into());
        }
        if !self.roster.in_use().await?.all().any(|known| known.measures()) {
            let remedy = "no landmark is in use; enter one first";
            return Err(Violation::state_forbids(&name, "UNMEASURABLE", remedy).into());
        }
        let at = now_ns().saturating_add(self.rules.lead_ns);
        Ok(self.summon(&record, at, request).await?.view().record.clone())
    }

    /// Summons an agent to a session that begins at a time.
    pub(super) async fn summon(
        self: &Arc<Self>,
        agent: &Agent,
        at_ns: i64,
        request: Option<&Request>,
    ) -> Result<Arc<Open>, Trouble> {
        let now = now_ns();
        let session = Session {
            id: chance::id_latest_first(now)?,
            etag: String::new(),
            create_time: now,
            update_time: now,
            state: SessionState::Summoned,
            wire_id: chance::bytes()?,
            subject_kind: SubjectKind::Agent,
            subject: agent.id.clone(),
            verifier_nonce: chance::bytes()?,
            binding: None,
            session_signing_key: None,
            session_exchange_key: None,
            evidence_format: String::new(),
            evidence: Vec::new(),
            residency: String::new(),
            landmarks: Vec::new(),
            not_before: now,
            not_after: at_ns,
            as_of: None,
            story_time: None,
            transcript: Vec::new(),
            transcript_signature: Vec::new(),
            appraisal: Vec::new(),
            attest_time: None,
            inventory: Vec::new(),
            closing_evidence: Vec::new(),
            closing_appraisal: Vec::new(),
            tenant: agent.tenant.clone(),
        };
        let wanted = session.id.clone();
        let kept = self.store.put_session(session, request).await?;
        let is_new = kept.id == wanted;
        if !is_new {
            return Ok(self.desk.recall(kept));
        }
        let open = self.desk.put(kept);
        self.keep(&open);
        self.announce(&open);
        Ok(open)
    }

    /// Tells an agent of its session, if it has not attested yet and listens.
    fn announce(&self, open: &Open) {
        let view = open.view();
        let record = &view.record;
        if record.state != SessionState::Summoned {
            return;
        }
        let summons = Summons {
            session: super::name_of(record),
            verifier_nonce: record.verifier_nonce,
            verifier_key: self.context.signer.public(),
            expire_ns: record.not_after,
        };
        if !self.agents.tell(&record.subject, summons) {
            tracing::debug!(agent = record.subject, "nobody attends; the session will be missed");
        }
    }

    /// An agent.
    pub(super) async fn agent(&self, id: &str) -> Result<Agent, Trouble> {
        Ok(self.store.get(id).await?)
    }

    /// Draws when an agent is summoned next, counted from a time.
    pub(super) async fn schedule(&self, agent: &str, from_ns: i64) -> Result<(), Trouble> {
        let Some(draw) = self.rules.draw else { return Ok(()) };
        let next = from_ns.saturating_add(draw.gap_ns(chance::word()?));
        Ok(self.store.schedule_next(&[(agent.to_owned(), next)]).await?)
    }

    /// A session that is known or can be read.
    pub(crate) async fn session(&self, id: &str) -> Result<Arc<Open>, Trouble> {
        match self.desk.find(id) {
            Some(open) => Ok(open),
            None => Ok(self.desk.recall(self.store.session(id).await?)),
        }
    }
}
