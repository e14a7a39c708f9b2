//! Standings: what outsiders are told of chips.
//!
//! `told` decides what may be told of a place over the weeks, `cell` how coarse the claim is, `epoch` how long an answer
//! stands, `answer` what is in it. This file asks the store: the first answer of an epoch is kept and given to all who
//! ask in it, so that what is measured meanwhile shows in nothing, not even in the time that an answer takes.

mod answer;
mod cell;
mod epoch;
mod told;

use std::fmt;
use std::sync::Arc;

use lightcone_store::{
    Agent, AgentState, Chip, Filter, LIST_MAX, PageRequest, Site, Standing, Store, StoreError, Verdict,
    VerdictFilter,
};

pub(crate) use answer::{Answer, Contact, Sight};
pub(crate) use epoch::{EPOCH_DAYS, Epoch};
pub(crate) use told::Jurisdictions;

use crate::clock::now_ns;
use crate::context::Context;
use crate::measuring::{Measuring, Trouble};
use crate::wire;
use epoch::is_fresh;
use told::{Declared, Found, Mark, SESSIONS_MIN, Told};

/// The most verdicts of an agent, and about so many of a site, that an answer is made of: a week of an agent alone.
const SAMPLES_EACH_MAX: u32 = 96;
const SAMPLES_MAX: usize = 1_024;

/// Tells how chips stand.
pub(crate) struct Teller {
    context: Arc<Context>,
    measuring: Arc<Measuring>,
}

impl Teller {
    /// By what is kept and measured.
    pub(crate) const fn new(context: Arc<Context>, measuring: Arc<Measuring>) -> Self {
        Self { context, measuring }
    }

    /// How a chip stands in this epoch.
    ///
    /// # Errors
    /// The store has no answer, or what it kept cannot be read.
    pub(crate) async fn of(&self, chip: &Chip) -> Result<Answer, Trouble> {
        let now_ns = self.measuring.verdict_time(now_ns());
        let epoch = Epoch::of(now_ns);
        let subject = format!("chips/{}", chip.id);
        let before = self.store().latest_standing(&subject).await?;
        if let Some(told) = before.as_ref().filter(|before| before.epoch >= epoch.number()) {
            return wire::standing::kept(&told.body).map_err(garbled);
        }
        let answer = self.first(chip, epoch, now_ns).await?;
        // Of what was never told a place there is nothing yet to hide by answering alike.
        if answer.jurisdictions.is_empty() && before.is_none() {
            return Ok(answer);
        }
        let body = wire::standing::to_keep(&answer);
        let kept = self.keep(subject, epoch, body).await?;
        wire::standing::kept(&kept.body).map_err(garbled)
    }

    /// The first answer of an epoch.
    async fn first(&self, chip: &Chip, epoch: Epoch, now_ns: i64) -> Result<Answer, Trouble> {
        let Some(id) = &chip.agent else { return Ok(Answer::new(chip, None, &Told::default(), epoch)) };
        let agent: Agent = self.store().get(id).await?;
        let site: Site = self.store().get(&agent.site).await?;
        let declared = Declared::of(&site);
        let told = self
            .told(&format!("sites/{}", site.id), epoch, &declared, || self.found_at(&site, now_ns))
            .await?;
        if let Some(mark) = told.mark(id) {
            return Ok(Answer::new(chip, Some(mark), &told, epoch));
        }
        let Some(sight) = self.sights(id, SAMPLES_EACH_MAX).await?.into_iter().next() else {
            return Ok(Answer::new(chip, None, &told, epoch));
        };
        let mark = Mark::of(&agent, &sight, now_ns);
        if !sight.is_elsewhere {
            // It came after its site was looked at; where it may be is told in the next epoch.
            return Ok(Answer::new(chip, Some(Mark { is_placed: false, ..mark }), &told, epoch));
        }
        // What cannot be at the site does not betray it, and must not be taken for being there.
        let found = found(&sight, now_ns);
        let agents = [(agent.id.clone(), mark)].into();
        let found = Found { latest: found.clone(), of_late: found, sessions: SESSIONS_MIN, agents };
        let alone = self.told(&format!("agents/{id}"), epoch, &declared, || async { Ok(found) }).await?;
        Ok(Answer::new(chip, alone.mark(id), &alone, epoch))
    }

    /// What is told of a place in an epoch: what was, or what follows from what is found now and was told before.
    async fn told<F>(
        &self,
        subject: &str,
        epoch: Epoch,
        declared: &Declared,
        find: impl FnOnce() -> F + Send,
    ) -> Result<Told, Trouble>
    where
        F: Future<Output = Result<Found, Trouble>> + Send,
    {
        let before = self.store().latest_standing(subject).await?;
        let read = |standing: &Standing| serde_json::from_slice::<Told>(&standing.body).map_err(garbled);
        if let Some(told) = before.as_ref().filter(|before| before.epoch >= epoch.number()) {
            return read(told);
        }
        let before = before.as_ref().map(read).transpose()?;
        let told = Told::next(before.as_ref(), find().await?, declared);
        // Of what was never told a place there is nothing yet to hide by answering alike.
        if told.jurisdictions.is_empty() && before.is_none() {
            return Ok(told);
        }
        let body = serde_json::to_vec(&told).map_err(garbled)?;
        read(&self.keep(subject.to_owned(), epoch, body).await?)
    }

    /// What measuring shows of the agents of a site that can be there at all.
    async fn found_at(&self, site: &Site, now_ns: i64) -> Result<Found, Trouble> {
        let agents = self.agents_of(site).await?;
        let each = u32::try_from(SAMPLES_MAX / agents.len().max(1)).unwrap_or(SAMPLES_EACH_MAX);
        let mut there = Found::default();
        for agent in agents {
            let sights = self.sights(&agent.id, each.clamp(1, SAMPLES_EACH_MAX)).await?;
            let Some(latest) = sights.first().filter(|latest| !latest.is_elsewhere) else { continue };
            there.latest.extend(found(latest, now_ns));
            for sight in sights.iter().filter(|sight| !sight.is_elsewhere && is_fresh(sight.seen_ns, now_ns))
            {
                there.of_late.extend(sight.found.iter().cloned());
                there.sessions += 1;
            }
            there.agents.insert(agent.id.clone(), Mark::of(&agent, latest, now_ns));
        }
        Ok(there)
    }

    async fn agents_of(&self, site: &Site) -> Result<Vec<Agent>, Trouble> {
        let filter = Filter {
            parent: Some(site.id.clone()),
            state: Some(AgentState::Active.as_str().to_owned()),
            tenant: None,
        };
        let mut page = PageRequest { after: None, size: LIST_MAX };
        let mut all: Vec<Agent> = Vec::new();
        loop {
            let agents: Vec<Agent> = self.store().list(&filter, &page).await?;
            let is_end = agents.len() < LIST_MAX as usize;
            all.extend(agents);
            if is_end {
                return Ok(all);
            }
            page.after = all.last().map(|last| last.id.clone());
        }
    }

    /// What the latest verdicts on an agent show that still stand, the latest first; none: it never answered.
    async fn sights(&self, agent: &str, size: u32) -> Result<Vec<Sight>, Trouble> {
        let filter = VerdictFilter { agent: Some(agent.to_owned()), size, ..VerdictFilter::default() };
        let verdicts = self.store().list_verdicts(&filter).await?;
        let standing = verdicts.iter().filter(|verdict| verdict.superseded_by.is_none());
        let sight = |verdict: &Verdict| wire::standing::sight(&self.context.compute.borders, verdict);
        standing.map(sight).collect::<Result<_, _>>().map_err(garbled)
    }

    async fn keep(&self, subject: String, epoch: Epoch, body: Vec<u8>) -> Result<Standing, StoreError> {
        let create_time = now_ns();
        let told = Standing { subject, epoch: epoch.number(), body, create_time };
        self.store().put_standing(told).await
    }

    fn store(&self) -> &dyn Store {
        &*self.context.store
    }
}

/// The destinations of a sight that is not too old.
fn found(sight: &Sight, now_ns: i64) -> Jurisdictions {
    if is_fresh(sight.seen_ns, now_ns) { sight.found.clone() } else { Jurisdictions::new() }
}

fn garbled(error: impl fmt::Display) -> Trouble {
    Trouble::Own(format!("what was told to outsiders cannot be read: {error}"))
}
