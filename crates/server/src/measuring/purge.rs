//! Forgetting what is past its time.

use std::sync::Arc;

use lightcone_store::{Purged, Retention};

use super::clock::{S, now_ns};
use super::{Measuring, Trouble};

/// How long a report that comes again is known for one, at least.
const REPORTS_NS: i64 = 86_400 * S;

impl Measuring {
    /// Forgets, a bounded number of rows at a time, until nothing more is due.
    pub(super) async fn forget(self: Arc<Self>) -> Result<(), Trouble> {
        let retention = Retention {
            reports: REPORTS_NS.max(self.rules.samples_ns),
            verdicts: self.rules.verdicts_ns,
            ..Retention::default()
        };
        loop {
            let purged @ Purged { more, .. } = self.store.purge(now_ns(), &retention).await?;
            if purged != Purged::default() {
                tracing::info!(?purged, "forgotten");
            }
            if !more {
                return Ok(());
            }
        }
    }
}
