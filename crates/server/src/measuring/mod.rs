//! Measuring: sessions are drawn and announced, keys attested, landmarks told, reports checked and kept, verdicts
//! given.
//!
//! Decisions are in files that know no store and no clock ([`draw`], [`choose`], [`check`], [`motion`], [`story`],
//! [`pairs`]); the others carry questions to them and answers from them. A session's life is watched by one task
//! ([`keeper`]); everything that it must not forget is in the store.

mod activate;
mod alarm;
mod appraise;
mod attest;
mod audit;
mod chance;
mod check;
mod choose;
mod clock;
mod close;
mod desk;
mod draw;
mod identity;
mod ingest;
mod judge;
mod keeper;
mod mesh;
mod motion;
mod orders;
mod pairs;
mod purge;
mod rejudge;
mod roster;
mod rounds;
mod settle;
mod story;
mod summon;
mod switchboard;
mod trouble;
mod trust;

use std::sync::Arc;
use std::time::Duration;

use lightcone_pool::{Lane, Tenant};
use lightcone_probe::Signature;
use lightcone_probe::assignment::Assignment;
use lightcone_probe::plan::Plan;
use lightcone_store::{LandmarkVersion, Store};
use tokio::sync::watch;

use crate::compute::{Compute, Errand};
use crate::context::Context;
use crate::wire::Violation;

pub(crate) use check::CARRIED;
pub(crate) use desk::name_of;
pub(crate) use draw::Draw;
pub(crate) use motion::Whereabouts;
pub(crate) use switchboard::Listener;
pub(crate) use trouble::Trouble;

/// What measuring goes by.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    /// When sessions of an agent come; none: only when asked for.
    pub(crate) draw: Option<draw::Draw>,
    /// How long before it an agent is told of a session.
    pub(crate) lead_ns: i64,
    /// The most landmarks of a session.
    pub(crate) landmarks: usize,
    /// How long landmarks may challenge.
    pub(crate) window_ns: i64,
    /// How long after an agent attested measuring begins.
    pub(crate) notice_ns: i64,
    /// How long after that reports and transcript may come.
    pub(crate) grace_ns: i64,
    /// Challenges of one landmark.
    pub(crate) probes: u16,
    /// How many trust groups may lie.
    pub(crate) liars: u32,
    /// Time between two rounds of the mesh; none: there are none.
    pub(crate) mesh_interval: Option<Duration>,
    /// How many times as fast as clocks verdict time runs.
    pub(crate) time_factor: u32,
    /// How long full samples are kept after they were checked; 0: not at all.
    pub(crate) samples_ns: i64,
    /// How long verdicts are kept, and what they rest on.
    pub(crate) verdicts_ns: i64,
}

/// The beginning of a session, as an agent is told.
#[derive(Clone, Debug)]
pub(crate) struct Summons {
    /// The session's name.
    pub(crate) session: String,
    /// What its evidence must be about.
    pub(crate) verifier_nonce: [u8; 32],
    /// Who asks.
    pub(crate) verifier_key: [u8; 32],
    /// Until when to attest.
    pub(crate) expire_ns: i64,
}

/// What a landmark is told to do.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    /// To challenge somebody.
    Challenge(Assignment),
    /// To answer another landmark.
    Answer {
        /// The session's name.
        session: String,
        /// What to answer.
        plan: Plan,
        /// The service's signature over it.
        signature: Signature,
    },
}

/// A report as a landmark brought it.
#[derive(Debug)]
pub(crate) struct Brought {
    /// The landmark's count.
    pub(crate) sequence: i64,
    /// The report.
    pub(crate) body: Vec<u8>,
    /// Its signature, or what is wrong with its frame.
    pub(crate) signature: Result<[u8; 64], Violation>,
}

/// What became of a stream's reports.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Everything up to this number is kept, or refused for good.
    pub(crate) durable: i64,
    /// Kept by this call.
    pub(crate) accepted: u64,
    /// Kept before.
    pub(crate) duplicates: u64,
    /// Refused.
    pub(crate) rejections: Vec<(i64, Violation)>,
}

/// Where a landmark stood when it measured, and with whom it could lie.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    /// Place and errors.
    pub(crate) version: LandmarkVersion,
    /// Its trust group.
    pub(crate) group: String,
}

/// Everything that measuring needs. One for each server; its tasks and services share it.
pub(crate) struct Measuring {
    compute: Arc<Compute>,
    store: Arc<dyn Store>,
    context: Arc<Context>,
    rules: Rules,
    agents: switchboard::Switchboard<Summons>,
    landmarks: switchboard::Switchboard<Work>,
    desk: desk::Desk,
    roster: roster::Roster,
    story: story::Story,
    /// Told whenever a verdict is given.
    given: watch::Sender<()>,
    audits: audit::Audits,
}

impl Measuring {
    /// Takes up what the store knows: open sessions are open again.
    ///
    /// # Errors
    /// The store has no answer.
    pub(crate) async fn start(context: Arc<Context>, rules: Rules) -> Result<Arc<Self>, Trouble> {
        let (store, now) = (Arc::clone(&context.store), clock::now_ns());
        let story = rounds::story(&*store, now, rules.time_factor).await?;
        let measuring = Arc::new(Self {
            roster: roster::Roster::new(Arc::clone(&store)),
            compute: Arc::clone(&context.compute),
            store,
            context,
            rules,
            agents: switchboard::Switchboard::default(),
            landmarks: switchboard::Switchboard::default(),
            desk: desk::Desk::default(),
            story,
            given: watch::Sender::new(()),
            audits: audit::Audits::default(),
        });
        measuring.resume().await?;
        measuring.begin_rounds();
        Ok(measuring)
    }

    /// What is kept.
    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Told whenever a verdict is given.
    pub(crate) fn given(&self) -> watch::Receiver<()> {
        self.given.subscribe()
    }

    /// Verdict time at a clock's time.
    pub(crate) const fn verdict_time(&self, clock_ns: i64) -> i64 {
        self.story.at(clock_ns)
    }

    /// True once the server drains.
    pub(crate) fn draining(&self) -> watch::Receiver<bool> {
        self.context.draining.clone()
    }

    /// Work of the service itself, without a caller who waits.
    fn errand(&self) -> Errand {
        Errand { lane: Lane::Bulk, tenant: Tenant::named("the service itself"), deadline: None }
    }
}
