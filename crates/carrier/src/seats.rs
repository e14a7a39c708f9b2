//! How many connections there are, in all and of each source.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::source::Source;

/// Seats to give out.
pub(crate) struct Seats {
    total: usize,
    per_source: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    total: usize,
    by_source: HashMap<Source, usize>,
}

/// A seat; free again when dropped.
pub(crate) struct Seat {
    seats: Arc<Seats>,
    source: Source,
}

impl Seats {
    pub(crate) fn new(total: usize, per_source: usize) -> Arc<Self> {
        Arc::new(Self { total, per_source, taken: Mutex::default() })
    }

    /// A seat, if there is one for this source.
    pub(crate) fn take(self: &Arc<Self>, source: Source) -> Option<Seat> {
        let mut taken = self.taken();
        let of_source = taken.by_source.get(&source).copied().unwrap_or_default();
        if taken.total >= self.total || of_source >= self.per_source {
            return None;
        }
        taken.total += 1;
        taken.by_source.insert(source, of_source + 1);
        Some(Seat { seats: Arc::clone(self), source })
    }

    /// The counts are whole at every point where a panic could be.
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        taken.total -= 1;
        match taken.by_source.get_mut(&self.source) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(taken.by_source.remove(&self.source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn seats_are_counted_in_all_and_for_each_source() {
        let seats = Seats::new(3, 2);
        let [a, b] = [1, 2].map(|last| Source::from(IpAddr::from([192, 0, 2, last])));
        let first = seats.take(a).unwrap();
        let second = seats.take(a).unwrap();
        assert!(seats.take(a).is_none(), "a has two");
        let third = seats.take(b).unwrap();
        assert!(seats.take(b).is_none(), "all three are taken");
        drop(second);
        let again = seats.take(a).unwrap();
        drop((first, third, again));
        assert!(seats.taken().by_source.is_empty());
        assert_eq!(seats.taken().total, 0);
    }
}
