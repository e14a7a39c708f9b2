//! Sockets, kernel stamps and clocks: the only input and output of this crate. Linux only.
//!
//! [`LandmarkThread`] and [`AgentThread`] each own a thread that blocks until something arrives or falls due. Both
//! take their work from any thread, hand [`Event`]s to a bounded channel and stop when told to or dropped. A
//! landmark also answers other landmarks from the same port.

mod agent_thread;
pub mod clocks;
mod courier;
mod landmark_thread;
mod runner;
pub mod socket;
mod sockets;
pub mod steering;

use std::net::SocketAddr;

use lightcone_responder::SessionId;
use thiserror::Error;

use crate::agent::NotEngaged;
use crate::ids::LandmarkId;
use crate::landmark::NotAssigned;
use crate::report::Report;
use crate::transcript::Transcript;

pub use crate::agent::Engagement;
pub use agent_thread::{AgentSetup, AgentThread};
pub use landmark_thread::{LandmarkSetup, LandmarkThread};
pub use sockets::{Bound, Sockets};

/// What a thread has to say.
#[derive(Debug)]
pub enum Event {
    /// As a landmark: an agent proved its key.
    Entered {
        /// The session.
        session: SessionId,
        /// Where the agent is reached.
        agent: SocketAddr,
    },
    /// As a landmark: a session is over; to be signed and sent to the service. A session that no agent entered is
    /// reported without challenges.
    Reported(Report),
    /// As a landmark: an assignment was not taken.
    NotAssigned {
        /// The session.
        session: SessionId,
        /// Why not.
        why: NotAssigned,
    },
    /// As an agent: a landmark proved its key.
    Established {
        /// The session.
        session: SessionId,
        /// The landmark.
        landmark: LandmarkId,
    },
    /// As an agent: a session is over; to be signed with the session's key and sent to the service.
    Answered(Transcript),
    /// As an agent: a plan was not taken.
    NotEngaged {
        /// The session.
        session: SessionId,
        /// Why not.
        why: NotEngaged,
    },
    /// `REALTIME` was set or its tick is not nominal: sessions that are open fall back to the raw clock alone.
    Distrusted,
    /// The thread ends because a system call failed.
    Failed(std::io::Error),
}

/// Work that a thread does not take.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum Unavailable {
    /// Too much waits already; try again.
    #[error("the thread has not taken up the work it was given before")]
    Full,
    /// The thread has ended.
    #[error("the thread has ended")]
    Ended,
}
