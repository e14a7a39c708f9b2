//! Which handshakes are old: labels of one key only rise.

use std::collections::{BTreeMap, VecDeque};

use crate::tai64n::Tai64n;

/// Keys remembered; beyond it the one admitted first is forgotten.
const KEYS_MAX: usize = 65_536;

/// The last label of each agent key.
#[derive(Default)]
pub(crate) struct ReplayGuard {
    last: BTreeMap<[u8; 32], Tai64n>,
    order: VecDeque<[u8; 32]>,
}

impl ReplayGuard {
    /// Whether a label is younger than every one before of this key; from now on it is the last.
    pub(crate) fn admit(&mut self, key: &[u8; 32], stamp: Tai64n) -> bool {
        match self.last.get_mut(key) {
            Some(last) if *last >= stamp => return false,
            Some(last) => *last = stamp,
            None => self.insert(*key, stamp),
        }
        true
    }

    fn insert(&mut self, key: [u8; 32], stamp: Tai64n) {
        if self.order.len() >= KEYS_MAX {
            self.order.pop_front().and_then(|eldest| self.last.remove(&eldest));
        }
        self.order.push_back(key);
        self.last.insert(key, stamp);
    }
}
