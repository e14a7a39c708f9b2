//! A slice of a batch: a few chips, located one after the other on one core in about a millisecond.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lightcone::v1;
use lightcone::v1::batch_outcome::Outcome;
use lightcone_core::locate::{Inquiry, locate};
use lightcone_core::{Observation, Stopped};
use lightcone_pool::Token;
use tonic::Status;

use crate::compute::Compute;
use crate::limits::CORRELATION_BYTES_MAX;
use crate::pace::Units;
use crate::status;
use crate::wire::{self, Brief, Detail, Sheet, Violation};

/// Items that wait to be located together. Clones share them, so that a slice that the pool refuses is not
/// lost with the closure that it was handed in.
#[derive(Clone, Debug)]
pub(crate) struct Slice {
    items: Arc<Mutex<Vec<v1::BatchItem>>>,
    /// How many items it has.
    pub(crate) len: usize,
    /// How much work they are.
    pub(crate) units: Units,
}

/// What became of a slice.
#[derive(Debug)]
pub(crate) struct Done {
    /// An outcome for each item.
    pub(crate) outcomes: Vec<v1::BatchOutcome>,
    /// How much work it was.
    pub(crate) units: Units,
    /// How long it took.
    pub(crate) took: Duration,
}

impl Slice {
    /// A slice of these items.
    pub(crate) fn new(items: Vec<v1::BatchItem>, units: Units) -> Self {
        Self { len: items.len(), items: Arc::new(Mutex::new(items)), units }
    }

    /// The items, once.
    pub(crate) fn take(&self) -> Vec<v1::BatchItem> {
        std::mem::take(&mut *self.items.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Locates every item. Cut short when the token says so; its outcomes are then dropped by the pool.
    pub(crate) fn run(&self, compute: &Compute, sheet: &Sheet, token: &Token) -> Done {
        let started = Instant::now();
        let mut work = Work { compute, sheet, token, observations: Vec::new() };
        let mut outcomes = Vec::with_capacity(self.len);
        for item in self.take() {
            match work.outcome(item) {
                Ok(outcome) => outcomes.push(outcome),
                Err(Stopped) => break,
            }
        }
        Done { outcomes, units: self.units, took: started.elapsed() }
    }
}

/// The same refusal for every item of a slice.
pub(crate) fn refused(slice: &Slice, status: &Status) -> Vec<v1::BatchOutcome> {
    let refused = |item: v1::BatchItem| failed(item.correlation_id, status);
    slice.take().into_iter().map(refused).collect()
}

/// An item's error. What is longer than an id may be is not repeated.
fn failed(mut correlation_id: String, status: &Status) -> v1::BatchOutcome {
    correlation_id.truncate(correlation_id.floor_char_boundary(CORRELATION_BYTES_MAX));
    v1::BatchOutcome { correlation_id, outcome: Some(Outcome::Error(Box::new(status::to_message(status)))) }
}

/// Why one item has no verdict.
enum Failed {
    Violation(Violation),
    Stopped,
}

struct Work<'a> {
    compute: &'a Compute,
    sheet: &'a Sheet,
    token: &'a Token,
    observations: Vec<Observation>,
}

impl Work<'_> {
    /// What becomes of an item; one that makes the engine panic takes no other with it.
    fn outcome(&mut self, mut item: v1::BatchItem) -> Result<v1::BatchOutcome, Stopped> {
        let correlation_id = std::mem::take(&mut item.correlation_id);
        if correlation_id.len() > CORRELATION_BYTES_MAX {
            let count = correlation_id.len();
            let violation = Violation::too_long("correlation_id", count, CORRELATION_BYTES_MAX);
            return Ok(failed(correlation_id, &violation.into()));
        }
        let located = catch_unwind(AssertUnwindSafe(|| self.locate(item)));
        match located {
            Ok(Ok(outcome)) => Ok(v1::BatchOutcome { correlation_id, outcome: Some(outcome) }),
            Ok(Err(Failed::Violation(violation))) => Ok(failed(correlation_id, &violation.into())),
            Ok(Err(Failed::Stopped)) => Err(Stopped),
            Err(_) => {
                Ok(failed(correlation_id, &status::internal("an item of a batch made the engine panic")))
            }
        }
    }

    fn locate(&mut self, item: v1::BatchItem) -> Result<Outcome, Failed> {
        let (compute, sheet) = (self.compute, self.sheet);
        sheet.table.observations(&item, &mut self.observations).map_err(Failed::Violation)?;
        let own = if item.questions.is_empty() {
            None
        } else {
            Some(wire::questions(&compute.borders, item.questions.clone()).map_err(Failed::Violation)?)
        };
        let inquiry = Inquiry {
            mesh: &sheet.table.mesh,
            observations: &self.observations,
            questions: own.as_deref().unwrap_or(&sheet.questions),
            settings: &sheet.settings,
        };
        let stop = || self.token.is_stopped();
        let located = locate(&compute.borders, &inquiry, &stop).map_err(|Stopped| Failed::Stopped)?;
        Ok(match sheet.detail {
            Detail::Brief => Outcome::Brief(Brief { sheet, own_questions: item.questions }.tell(&located)),
            detail => Outcome::Response(Box::new(wire::located(
                &compute.borders,
                &sheet.table.mesh,
                &located,
                detail == Detail::Full,
            ))),
        })
    }
}
