//! Slices in the pool, and when it is worth waking up for them.
//!
//! Every wake-up costs more than locating a chip. While the workers have enough to do, finished slices are
//! left to gather; the conductor is woken when so few are left that more must be handed in.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use lightcone_pool::{Lost, Pending};

use super::slice::Done;
use crate::limits::FRAME_ITEMS_MAX;

/// Slices in the pool.
pub(super) struct Flight {
    slices: Vec<Running>,
    gathering: Arc<Gathering>,
}

struct Running {
    pending: Pending<Done>,
    len: usize,
}

/// What became of one slice: how many items it had, and their outcomes.
pub(super) type Landed = (usize, Result<Done, Lost>);

impl Flight {
    pub(super) fn new() -> Self {
        let gathering = Gathering {
            landed: AtomicUsize::new(0),
            enough: AtomicUsize::new(1),
            conductor: Mutex::new(None),
        };
        Self { slices: Vec::new(), gathering: Arc::new(gathering) }
    }

    pub(super) fn len(&self) -> usize {
        self.slices.len()
    }

    pub(super) fn push(&mut self, pending: Pending<Done>, len: usize) {
        self.slices.push(Running { pending, len });
    }

    /// Everything that has landed, or a wake-up once no more than `low` are left.
    pub(super) fn poll_landed(&mut self, low: usize, context: &Context<'_>) -> Poll<Vec<Landed>> {
        self.gathering.wait(self.slices.len().saturating_sub(low).max(1), context.waker());
        let waker = Waker::from(Arc::clone(&self.gathering));
        let context = &mut Context::from_waker(&waker);
        let (mut landed, mut items) = (Vec::new(), 0);
        self.slices.retain_mut(|slice| {
            // What does not fit one frame is seen the next time, which is at once.
            if items + slice.len > FRAME_ITEMS_MAX {
                return true;
            }
            let Poll::Ready(done) = Pin::new(&mut slice.pending).poll(context) else { return true };
            items += slice.len;
            landed.push((slice.len, done));
            false
        });
        if landed.is_empty() { Poll::Pending } else { Poll::Ready(landed) }
    }
}

/// Counts slices that land.
struct Gathering {
    landed: AtomicUsize,
    enough: AtomicUsize,
    conductor: Mutex<Option<Waker>>,
}

impl Gathering {
    /// Wakes the conductor when `enough` more have landed. Set before the slices are asked: one that lands
    /// in between is either seen or counted.
    fn wait(&self, enough: usize, conductor: &Waker) {
        let mut known = self.conductor.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.as_ref().is_some_and(|known| known.will_wake(conductor)) {
            *known = Some(conductor.clone());
        }
        drop(known);
        self.enough.store(enough, Ordering::SeqCst);
        self.landed.store(0, Ordering::SeqCst);
    }
}

impl Wake for Gathering {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let landed = self.landed.fetch_add(1, Ordering::SeqCst) + 1;
        if landed < self.enough.load(Ordering::SeqCst) {
            return;
        }
        if let Some(conductor) = &*self.conductor.lock().unwrap_or_else(PoisonError::into_inner) {
            conductor.wake_by_ref();
        }
    }
}
