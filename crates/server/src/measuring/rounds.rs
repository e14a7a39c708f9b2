//! What comes round: sessions that are due, the mesh, what is to be forgotten; and what a start takes up again.

use std::sync::Arc;
use std::time::Duration;

use lightcone_store::{
    Agent, Filter, LIST_MAX, PageRequest, Session, SessionState, Store, SubjectKind, VerdictFilter,
};

use super::clock::now_ns;
use super::story::Story;
use super::{Measuring, Trouble, chance};

/// Time between two looks at whose session is due.
const LOOK: Duration = Duration::from_millis(250);
/// Agents that are summoned between two looks at most.
const DUE_MAX: u32 = 512;
/// Time between two looks at who was suspended, who came and what was measured of the mesh.
const WATCH: Duration = Duration::from_millis(1_000);
/// Time between two looks at who was never drawn for: agents that were entered and never attended.
const DRAW: Duration = Duration::from_secs(300);
/// Time between two rounds of forgetting.
const FORGET: Duration = Duration::from_secs(60);
/// Time between two looks at the file of reference values.
const REFERENCES: Duration = Duration::from_secs(5);

/// Verdict time goes on where the newest verdict left it.
pub(super) async fn story(store: &dyn Store, now: i64, factor: u32) -> Result<Story, Trouble> {
    let newest = store.list_verdicts(&VerdictFilter { size: 1, ..VerdictFilter::default() }).await?;
    Ok(match newest.first() {
        Some(verdict) => Story::new(verdict.as_of, verdict.story_time.unwrap_or(verdict.as_of), factor),
        None => Story::new(now, now, factor),
    })
}

impl Measuring {
    /// Puts every open session back on the desk.
    pub(super) async fn resume(self: &Arc<Self>) -> Result<(), Trouble> {
        for state in [SessionState::Summoned, SessionState::Attested, SessionState::Closed] {
            let filter = Filter { state: Some(state.as_str().to_owned()), ..Filter::default() };
            let mut after = None;
            loop {
                let page = PageRequest { after: after.take(), size: LIST_MAX };
                let sessions = self.store.list_sessions(&filter, &page).await?;
                let is_last = sessions.len() < LIST_MAX as usize;
                after = sessions.last().map(|session| session.id.clone());
                // The mesh measures itself anew; only agents' sessions are announced and counted.
                for session in sessions.into_iter().filter(|it| it.subject_kind == SubjectKind::Agent) {
                    self.take_up(session).await?;
                }
                if is_last {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Puts a session back on the desk, with who has reported already.
    async fn take_up(self: &Arc<Self>, session: Session) -> Result<(), Trouble> {
        let is_measured = session.state != SessionState::Summoned;
        let open = self.desk.put(session);
        if is_measured {
            let waiting = self.store.pending_reports(&open.id).await?;
            let measured = self.store.measurements(&open.id).await?;
            waiting.iter().for_each(|report| open.arrive(&report.landmark));
            measured.iter().for_each(|seen| open.arrive(&seen.landmark));
        }
        self.keep(&open);
        Ok(())
    }

    async fn draw_missing(self: Arc<Self>) -> Result<(), Trouble> {
        let (Some(draw), now) = (self.rules.draw, now_ns()) else { return Ok(()) };
        let filter = Filter { state: Some("ACTIVE".to_owned()), ..Filter::default() };
        let mut after = None;
        loop {
            let page = PageRequest { after: after.take(), size: LIST_MAX };
            let agents: Vec<Agent> = self.store.list(&filter, &page).await?;
            let is_last = agents.len() < LIST_MAX as usize;
            after = agents.last().map(|agent| agent.id.clone());
            let mut times = Vec::new();
            for agent in agents.into_iter().filter(|agent| agent.next_session_time.is_none()) {
                times.push((agent.id, now.saturating_add(draw.gap_ns(chance::word()?))));
            }
            self.store.schedule_next(&times).await?;
            if is_last {
                return Ok(());
            }
        }
    }

    /// Starts everything that comes round. Each ends when the server drains.
    pub(super) fn begin_rounds(self: &Arc<Self>) {
        if self.rules.draw.is_some() {
            self.every(DRAW, |measuring| async move { measuring.draw_missing().await });
            self.every(LOOK, |measuring| async move { measuring.summon_due().await });
        }
        if let Some(interval) = self.rules.mesh_interval {
            self.every(interval, |measuring| async move { measuring.measure_mesh().await });
            self.every(WATCH, |measuring| async move { measuring.follow_mesh().await });
        }
        self.every(WATCH, |measuring| async move { measuring.follow_suspensions().await });
        self.every(WATCH, |measuring| async move { measuring.follow_groups().await });
        self.every(REFERENCES, |measuring| async move { measuring.follow_references().await });
        self.every(FORGET, |measuring| async move { measuring.forget().await });
    }

    fn every<F, W>(self: &Arc<Self>, interval: Duration, work: W)
    where
        F: Future<Output = Result<(), Trouble>> + Send + 'static,
        W: Fn(Arc<Self>) -> F + Send + Sync + 'static,
    {
        let measuring = Arc::clone(self);
        tokio::spawn(async move {
            let mut draining = measuring.draining();
            let rounds = async {
                let mut ticks = tokio::time::interval(interval);
                ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
                loop {
                    ticks.tick().await;
                    if let Err(trouble) = work(Arc::clone(&measuring)).await {
                        tracing::error!(%trouble, "a round was cut short; the next one tries again");
                    }
                }
            };
            tokio::select! {
                () = rounds => {}
                _ = draining.wait_for(|draining| *draining) => {}
            }
        });
    }

    /// Summons everybody whose time comes within the lead. Those that do not attend are summoned and miss.
    async fn summon_due(self: Arc<Self>) -> Result<(), Trouble> {
        let Some(draw) = self.rules.draw else { return Ok(()) };
        let now = now_ns();
        let due = self.store.due_agents(now.saturating_add(self.rules.lead_ns), DUE_MAX).await?;
        if due.is_empty() || !self.roster.all().await?.all().any(|known| known.measures()) {
            return Ok(());
        }
        let mut times = Vec::with_capacity(due.len());
        for agent in &due {
            // One that was due while the server was down is told in time too.
            let at = agent.next_session_time.unwrap_or(now).max(now.saturating_add(self.rules.lead_ns));
            times.push((agent.id.clone(), at.saturating_add(draw.gap_ns(chance::word()?))));
            if self.desk.of_agent(&agent.id).is_none() {
                self.summon(agent, at, None).await?;
            }
        }
        Ok(self.store.schedule_next(&times).await?)
    }
}
