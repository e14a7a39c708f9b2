//! Datagrams under way, the next due first, in buffers that are used again.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use crate::DATAGRAM_MAX;
use crate::flow::{FlowId, Toward};

/// Room for one datagram and one byte more, by which a datagram that is too long shows.
pub(crate) type Buffer = Box<[u8; DATAGRAM_MAX + 1]>;

/// A datagram under way.
pub(crate) struct Pending {
    /// When it is due, by the WAN's clock.
    pub(crate) due_ns: u64,
    /// Among those due at once, the first to come goes first.
    order: u64,
    pub(crate) flow: FlowId,
    pub(crate) toward: Toward,
    pub(crate) buffer: Buffer,
    pub(crate) bytes: usize,
}

/// All that is under way, up to a limit.
pub(crate) struct Queue {
    heap: BinaryHeap<Reverse<Pending>>,
    spare: Vec<Buffer>,
    most: usize,
    order: u64,
}

impl Queue {
    pub(crate) fn new(most: usize) -> Self {
        Self { heap: BinaryHeap::new(), spare: Vec::new(), most, order: 0 }
    }

    /// A buffer with anything in it.
    pub(crate) fn buffer(&mut self) -> Buffer {
        self.spare.pop().unwrap_or_else(|| Box::new([0; DATAGRAM_MAX + 1]))
    }

    /// Takes a buffer back.
    pub(crate) fn give_back(&mut self, buffer: Buffer) {
        self.spare.push(buffer);
    }

    pub(crate) fn is_full(&self) -> bool {
        self.heap.len() >= self.most
    }

    /// Puts a datagram on its way. Whether there is room was asked before.
    pub(crate) fn push(&mut self, due_ns: u64, way: (FlowId, Toward), buffer: Buffer, bytes: usize) {
        let (flow, toward) = way;
        self.order += 1;
        self.heap.push(Reverse(Pending { due_ns, order: self.order, flow, toward, buffer, bytes }));
    }

    /// When the next is due.
    pub(crate) fn next_due_ns(&self) -> Option<u64> {
        self.heap.peek().map(|next| next.0.due_ns)
    }

    /// The next, if it is due by now: never early.
    pub(crate) fn pop_due(&mut self, now_ns: u64) -> Option<Pending> {
        if self.next_due_ns()? > now_ns {
            return None;
        }
        self.heap.pop().map(|next| next.0)
    }
}

impl Ord for Pending {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.due_ns, self.order).cmp(&(other.due_ns, other.order))
    }
}

impl PartialOrd for Pending {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Pending {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Pending {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_due_comes_first_and_equals_keep_their_order() {
        let mut queue = Queue::new(8);
        for (due_ns, flow) in [(30, 0), (10, 1), (20, 2), (10, 3)] {
            let buffer = queue.buffer();
            queue.push(due_ns, (flow, Toward::Client), buffer, 0);
        }
        let flows: Vec<FlowId> =
            std::iter::from_fn(|| queue.pop_due(u64::MAX)).map(|pending| pending.flow).collect();
        assert_eq!(flows, [1, 3, 2, 0]);
    }

    #[test]
    fn nothing_leaves_a_nanosecond_early() {
        let mut queue = Queue::new(8);
        let buffer = queue.buffer();
        queue.push(1_000, (0, Toward::Service), buffer, 5);
        assert!(queue.pop_due(999).is_none());
        assert_eq!(queue.pop_due(1_000).map(|pending| pending.bytes), Some(5));
    }
}
