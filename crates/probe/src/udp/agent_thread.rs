//! An agent's thread.

use std::io;
use std::sync::mpsc::SyncSender;
use std::thread::Builder;

use super::courier::{Command, Handle, desk};
use super::runner::Runner;
use super::sockets::{Bound, Sockets};
use super::{Engagement, Event, Unavailable};
use crate::agent;

/// What an agent is.
#[derive(Debug)]
pub struct AgentSetup {
    /// How it answers. Which families there are is known from the sockets.
    pub settings: agent::Settings,
    /// 32 bytes from the system's generator, never used before.
    pub seed: [u8; 32],
    /// Look for challenges without end while a session is open, instead of being woken: the way to an answer is some
    /// 3 µs shorter, half a kilometre of bound, for a core that does nothing else meanwhile. Only where a core is to
    /// spare.
    pub busy_poll: bool,
}

/// An agent at work: answers the landmarks of the plans that it is given. Stops when dropped; sessions that are
/// open are then lost.
pub struct AgentThread {
    handle: Handle,
    bound: Bound,
}

impl AgentThread {
    /// Starts. Events go to `events`; while that is full they wait, and nothing timed waits for them.
    ///
    /// # Errors
    /// What the system says.
    pub fn start(sockets: Sockets, setup: AgentSetup, events: SyncSender<Event>) -> io::Result<Self> {
        let bound = sockets.bound()?;
        let (mut handle, desk) = desk(events)?;
        let runner = Runner::agent(sockets, setup.settings, &setup.seed, desk)?.polling(setup.busy_poll);
        handle.runs(Builder::new().name("lc-agent".into()).spawn(move || runner.run())?);
        Ok(Self { handle, bound })
    }

    /// Where it answers from.
    #[must_use]
    pub fn bound(&self) -> Bound {
        self.bound
    }

    /// Takes part in a session whose plan's signature was checked; ends with [`Event::Answered`] or
    /// [`Event::NotEngaged`].
    ///
    /// # Errors
    /// [`Unavailable`]: not taken up.
    pub fn engage(&self, engagement: Engagement) -> Result<(), Unavailable> {
        self.handle.give(Command::Engage(Box::new(engagement)))
    }

    /// Stops and waits for the thread.
    pub fn stop(self) {}
}
