//! The tables of open batches, counted over all callers, so that idle streams cannot fill the memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::limits::{OPEN_LANDMARKS_MAX, STREAM_LANDMARKS_MIN};

/// Landmarks in the tables of all open batches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tables(Arc<AtomicUsize>);

/// One batch's part of the budget, given back on drop.
#[derive(Debug)]
pub(crate) struct Place {
    open: Arc<AtomicUsize>,
    landmarks: usize,
}

impl Tables {
    /// Room for a table of so many landmarks, if there is any.
    pub(crate) fn open(&self, landmarks: usize) -> Option<Place> {
        let landmarks = landmarks.max(STREAM_LANDMARKS_MIN);
        let more = |open: usize| open.checked_add(landmarks).filter(|open| *open <= OPEN_LANDMARKS_MAX);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Place { open: Arc::clone(&self.0), landmarks })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.fetch_sub(self.landmarks, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_is_free_again() {
        let tables = Tables::default();
        let all = tables.open(OPEN_LANDMARKS_MAX).unwrap();
        assert!(tables.open(1).is_none() && tables.open(usize::MAX).is_none());
        drop(all);
        let few: Vec<Place> = std::iter::from_fn(|| tables.open(1)).collect();
        assert_eq!(few.len(), OPEN_LANDMARKS_MAX / STREAM_LANDMARKS_MIN);
    }
}
