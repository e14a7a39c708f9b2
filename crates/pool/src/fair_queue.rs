//! One lane's queue: first in, first out for each tenant; deficit round robin between tenants.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::arena::{Arena, Key, List};
use crate::ticket::{Cost, Tenant};

/// What each tenant may spend in one turn: about one bulk slice, so that turns are short.
pub(crate) const QUANTUM_NS: u64 = 1_000_000;
/// A tenant may hold this many places for each one still free, so that a flood leaves room: alone it gets
/// three quarters of the queue, two floods get three sevenths each.
pub(crate) const SHARE_OF_FREE: usize = 3;

/// Places made ready at the start; more are made as needed.
const ROOM_AT_START: usize = 1_024;

/// A bounded queue that is fair between tenants by the cost of what they queue.
///
/// Deficit round robin (Shreedhar and Varghese, 1995): each turn adds [`QUANTUM_NS`] to a tenant's credit,
/// and its jobs run while the credit covers their cost. Tenants with nothing queued are forgotten, so there
/// are never more tenants than places.
#[derive(Debug)]
pub(crate) struct FairQueue<E> {
    jobs: Arena<Queued<E>>,
    tenants: Arena<TenantQueue>,
    /// Whose turn it is, in front.
    ring: List,
    index: HashMap<Tenant, Key, BuildHasherDefault<AlreadyHashed>>,
    backlog_ns: u64,
}

#[derive(Debug)]
struct Queued<E> {
    item: E,
    cost_ns: u64,
    tenant: Key,
}

#[derive(Debug)]
struct TenantQueue {
    tenant: Tenant,
    jobs: List,
    backlog_ns: u64,
    credit_ns: u64,
}

/// What a newcomer finds: see [`FairQueue::survey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Survey {
    /// Jobs of the tenant that are queued.
    pub(crate) tenant_depth: usize,
    /// The cost that will be served before the newcomer, at most.
    pub(crate) ahead_ns: u64,
}

impl<E> FairQueue<E> {
    pub(crate) fn new(queue_max: usize) -> Self {
        let room = queue_max.min(ROOM_AT_START);
        Self {
            jobs: Arena::with_room(room),
            tenants: Arena::with_room(room),
            ring: List::default(),
            index: HashMap::with_capacity_and_hasher(room, BuildHasherDefault::default()),
            backlog_ns: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.jobs.len()
    }

    pub(crate) fn tenants(&self) -> usize {
        self.ring.len()
    }

    /// The cost of all that is queued.
    pub(crate) fn backlog_ns(&self) -> u64 {
        self.backlog_ns
    }

    /// What a job of this tenant and cost would find ahead of it.
    ///
    /// Until a tenant has spent `n` on its own jobs, each other one spends about `n` too, or a turn if that is
    /// more, and no tenant spends more than it has queued.
    pub(crate) fn survey(&self, tenant: Tenant, cost: Cost) -> Survey {
        let own = self.index.get(&tenant).and_then(|&key| self.tenants.get(key));
        let (tenant_depth, own_ns) = own.map_or((0, 0), |own| (own.jobs.len(), own.backlog_ns));
        let others = (self.tenants() - usize::from(own.is_some())) as u64;
        let turn_ns = own_ns.saturating_add(cost.as_nanos()).max(QUANTUM_NS);
        let others_ns = (self.backlog_ns - own_ns).min(others.saturating_mul(turn_ns));
        Survey { tenant_depth, ahead_ns: own_ns.saturating_add(others_ns) }
    }

    /// Queues a job behind its tenant's others. The caller has checked that there is a place.
    pub(crate) fn push(&mut self, tenant: Tenant, cost: Cost, item: E) -> Key {
        let whose = match self.index.get(&tenant) {
            Some(&known) => known,
            None => self.enter(tenant),
        };
        let cost_ns = cost.as_nanos();
        let key = self.jobs.insert(Queued { item, cost_ns, tenant: whose });
        if let Some(queue) = self.tenants.get_mut(whose) {
            self.jobs.push_back(&mut queue.jobs, key);
            queue.backlog_ns += cost_ns;
        }
        self.backlog_ns += cost_ns;
        key
    }

    /// Takes the job whose turn it is.
    pub(crate) fn pop(&mut self) -> Option<E> {
        let key = self.next()?;
        let cost_ns = self.jobs.get(key)?.cost_ns;
        let whose = self.jobs.get(key)?.tenant;
        if let Some(queue) = self.tenants.get_mut(whose) {
            queue.credit_ns -= cost_ns;
        }
        self.remove(key)
    }

    /// Takes a job out of the middle; `None` when it is no longer queued.
    pub(crate) fn remove(&mut self, key: Key) -> Option<E> {
        let whose = self.jobs.get(key)?.tenant;
        let queue = self.tenants.get_mut(whose)?;
        self.jobs.unlink(&mut queue.jobs, key);
        let queued = self.jobs.remove(key)?;
        queue.backlog_ns -= queued.cost_ns;
        self.backlog_ns -= queued.cost_ns;
        if queue.jobs.is_empty() {
            self.leave(whose);
        }
        Some(queued.item)
    }

    /// The front job of the first tenant whose credit covers it, after as many turns as that takes.
    fn next(&mut self) -> Option<Key> {
        loop {
            for _ in 0..self.ring.len() {
                let front = self.tenants.get_mut(self.ring.front()?)?;
                let job = front.jobs.front()?;
                if self.jobs.get(job)?.cost_ns <= front.credit_ns {
                    return Some(job);
                }
                front.credit_ns += QUANTUM_NS;
                self.tenants.rotate(&mut self.ring);
            }
            if self.ring.is_empty() {
                return None;
            }
            self.skip_rounds();
        }
    }

    /// Gives every tenant the turns after which the first of them can run, at once: dear jobs would otherwise
    /// cost a round of the ring for each quantum.
    fn skip_rounds(&mut self) {
        let short_by = |queue: &TenantQueue| {
            let cost_ns = queue.jobs.front().and_then(|job| self.jobs.get(job)).map_or(0, |job| job.cost_ns);
            cost_ns.saturating_sub(queue.credit_ns)
        };
        let least_ns = self.tenants.values().map(short_by).min().unwrap_or(0);
        let gift_ns = least_ns.div_ceil(QUANTUM_NS) * QUANTUM_NS;
        self.tenants.values_mut().for_each(|queue| queue.credit_ns += gift_ns);
    }

    fn enter(&mut self, tenant: Tenant) -> Key {
        let newcomer = TenantQueue { tenant, jobs: List::default(), backlog_ns: 0, credit_ns: QUANTUM_NS };
        let key = self.tenants.insert(newcomer);
        self.tenants.push_back(&mut self.ring, key);
        self.index.insert(tenant, key);
        key
    }

    fn leave(&mut self, whose: Key) {
        self.tenants.unlink(&mut self.ring, whose);
        if let Some(gone) = self.tenants.remove(whose) {
            self.index.remove(&gone.tenant);
        }
    }
}

/// Passes a tenant's key through: it is a keyed hash already.
#[derive(Debug, Default)]
struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.0 = self.0.rotate_left(8) ^ u64::from(byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
