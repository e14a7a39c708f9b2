//! How often what is kept was changed by this process: whoever keeps a part of it in memory asks whether it is old.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

/// Counts of changes. What another process changes is not counted: who keeps anything in memory gives it an age too.
#[derive(Debug)]
pub(crate) struct Changes {
    registry: AtomicU64,
    papers: AtomicU64,
    told: watch::Sender<()>,
}

impl Default for Changes {
    fn default() -> Self {
        Self { registry: AtomicU64::new(0), papers: AtomicU64::new(0), told: watch::Sender::new(()) }
    }
}

impl Changes {
    /// A site, agent or chip was changed.
    pub(crate) fn of_registry(&self) {
        self.registry.fetch_add(1, Ordering::Release);
        self.told.send_replace(());
    }

    /// A party, transfer or SKU was changed.
    pub(crate) fn of_papers(&self) {
        self.papers.fetch_add(1, Ordering::Release);
        self.told.send_replace(());
    }

    /// How often sites, agents and chips were changed.
    pub(crate) fn registry(&self) -> u64 {
        self.registry.load(Ordering::Acquire)
    }

    /// How often parties, transfers and SKUs were changed.
    pub(crate) fn papers(&self) -> u64 {
        self.papers.load(Ordering::Acquire)
    }

    /// Told of every change.
    pub(crate) fn told(&self) -> watch::Receiver<()> {
        self.told.subscribe()
    }
}
