//! Going down: no new calls, what is accepted is answered for a while, and then the rest is cut short.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lightcone_pool::{DrainReport, Pool};
use tokio::sync::watch;

use crate::beacon::Beacon;

/// How long connections may take to say goodbye once all work is over.
const GOODBYE: Duration = Duration::from_secs(1);
const CUT_SHORT: &str = "time to drain ran out; the rest was cut short";

/// What has to be told that the server goes down.
pub(crate) struct Drain {
    pub(crate) beacon: Arc<Beacon>,
    pub(crate) pool: Arc<Pool>,
    pub(crate) allowed: Duration,
    /// Set once: streams read no more, listeners accept no more.
    pub(crate) draining: watch::Sender<bool>,
}

impl Drain {
    /// Tells everyone, then waits for `calls`, which end when all connections have closed.
    pub(crate) async fn go_down(self, calls: impl Future<Output = ()>) {
        let deadline = Instant::now() + self.allowed;
        tracing::info!(allowed_ms = self.allowed.as_millis() as u64, "draining");
        self.beacon.go_down().await;
        self.draining.send_replace(true);
        let mut calls = std::pin::pin!(calls);
        let is_drained = tokio::time::timeout_at(deadline.into(), &mut calls).await.is_ok();
        // Both lanes are empty by now unless time ran out: this stops what is left and says what it was.
        let pool = self.pool;
        let report = tokio::task::spawn_blocking(move || pool.drain(deadline)).await;
        if !is_drained {
            let closed = tokio::time::timeout(GOODBYE, &mut calls).await.is_ok();
            match report {
                Ok(DrainReport { finished, lost, still_running }) => {
                    tracing::warn!(finished, lost, still_running, closed, "{CUT_SHORT}");
                }
                Err(_) => tracing::warn!(closed, "{CUT_SHORT}"),
            }
        } else {
            match report {
                Ok(DrainReport { finished, lost, still_running }) => {
                    tracing::info!(finished, lost, still_running, "drained");
                }
                Err(_) => tracing::info!("drained"),
            }
        }
    }
}
