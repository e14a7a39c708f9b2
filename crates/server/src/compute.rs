//! What all services share to compute with: the borders, the pool and what it learned about time.

use std::sync::Arc;
use std::time::Duration;

use lightcone_core::Borders;
use lightcone_pool::{Cost, Lane, Lost, Pool, Tenant, Ticket, Token};
use tonic::Status;

use crate::deadline::Limit;
use crate::pace::Pace;
use crate::status;
use crate::tables::Tables;
use crate::wire::Violation;

/// What all services share to compute with.
#[derive(Debug)]
pub(crate) struct Compute {
    /// The map.
    pub(crate) borders: Borders,
    /// The only threads that compute.
    pub(crate) pool: Arc<Pool>,
    /// Slots of the pool that bulk work may hold.
    pub(crate) bulk_slots: usize,
    /// How long locating takes.
    pub(crate) pace: Pace,
    /// The tables of open batches.
    pub(crate) tables: Tables,
    /// How long a batch may be open with nothing to do.
    pub(crate) stream_idle: Duration,
}

/// Why work that was admitted gave no answer.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The request is wrong.
    Violation(Violation),
    /// It was told to stop; the pool knows why.
    Stopped,
    /// A fault of our own.
    Own(String),
}

impl From<Violation> for Fault {
    fn from(violation: Violation) -> Self {
        Self::Violation(violation)
    }
}

impl From<lightcone_core::Stopped> for Fault {
    fn from(_: lightcone_core::Stopped) -> Self {
        Self::Stopped
    }
}

/// On whose behalf and until when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Errand {
    /// The lane to wait in.
    pub(crate) lane: Lane,
    /// Who shares the lane.
    pub(crate) tenant: Tenant,
    /// When the answer stops being of use.
    pub(crate) deadline: Option<Limit>,
}

impl Errand {
    /// What the pool is told.
    pub(crate) fn ticket(self, cost: Cost) -> Ticket {
        let ticket = Ticket::new(self.lane, self.tenant, cost);
        match self.deadline {
            Some(deadline) => ticket.by(deadline.at),
            None => ticket,
        }
    }

    /// Why work of this errand has no answer.
    pub(crate) fn lost(self, lost: Lost) -> Status {
        match lost {
            Lost::DeadlineExceeded => self.late(),
            lost => status::lost(lost),
        }
    }

    /// The deadline passed.
    pub(crate) fn late(self) -> Status {
        status::deadline_exceeded(self.deadline.map(|deadline| deadline.allowed))
    }
}

impl Compute {
    /// Runs work in the pool; dropping the future cancels it.
    pub(crate) async fn run<T, F>(&self, errand: Errand, cost: Cost, work: F) -> Result<T, Status>
    where
        T: Send + 'static,
        F: FnOnce(&Token) -> Result<T, Fault> + Send + 'static,
    {
        let pending =
            self.pool.submit(errand.ticket(cost), work).map_err(|refused| status::refused(&refused))?;
        match pending.await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(Fault::Violation(violation))) => Err(violation.into()),
            Ok(Err(Fault::Own(fault))) => Err(status::internal(&fault)),
            Ok(Err(Fault::Stopped)) => Err(errand.lost(Lost::Cancelled)),
            Err(lost) => Err(errand.lost(lost)),
        }
    }
}
