//! A landmark's thread.

use std::io;
use std::sync::mpsc::SyncSender;
use std::thread::Builder;

use super::courier::{Command, Handle, desk};
use super::runner::Runner;
use super::sockets::{Bound, Sockets};
use super::{Engagement, Event, Unavailable};
use crate::assignment::Assignment;
use crate::handshake::StaticKey;
use crate::ids::LandmarkId;
use crate::{agent, landmark};

/// What a landmark is.
#[derive(Debug)]
pub struct LandmarkSetup {
    /// Its X25519 key.
    pub key: StaticKey,
    /// How it challenges.
    pub settings: landmark::Settings,
    /// How it answers other landmarks. Which families there are is known from the sockets.
    pub answers: agent::Settings,
    /// 32 bytes from the system's generator, never used before.
    pub seed: [u8; 32],
}

/// A landmark at work: challenges whom it is assigned and answers whom it is engaged with, from one port. Stops
/// when dropped; sessions that are open are then lost.
pub struct LandmarkThread {
    handle: Handle,
    bound: Bound,
    id: LandmarkId,
}

impl LandmarkThread {
    /// Starts. Events go to `events`; while that is full they wait, and nothing timed waits for them.
    ///
    /// # Errors
    /// What the system says.
    pub fn start(sockets: Sockets, setup: LandmarkSetup, events: SyncSender<Event>) -> io::Result<Self> {
        let bound = sockets.bound()?;
        let id = LandmarkId::of(&setup.key.public());
        let (mut handle, desk) = desk(events)?;
        let runner = Runner::landmark(sockets, setup, desk)?;
        handle.runs(Builder::new().name("lc-landmark".into()).spawn(move || runner.run())?);
        Ok(Self { handle, bound, id })
    }

    /// The landmark's name.
    #[must_use]
    pub fn id(&self) -> LandmarkId {
        self.id
    }

    /// Where it listens.
    #[must_use]
    pub fn bound(&self) -> Bound {
        self.bound
    }

    /// Takes an assignment whose signature was checked; ends with [`Event::Reported`] or [`Event::NotAssigned`].
    ///
    /// # Errors
    /// [`Unavailable`]: not taken up.
    pub fn assign(&self, assignment: Assignment) -> Result<(), Unavailable> {
        self.handle.give(Command::Assign(assignment))
    }

    /// Answers other landmarks by a plan whose signature was checked; ends with [`Event::Answered`] or
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
