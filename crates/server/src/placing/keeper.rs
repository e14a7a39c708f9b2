//! Follows verdicts as they are committed, so that what is known in memory is never behind what was acknowledged for long.

use std::sync::Arc;
use std::time::Duration;

use lightcone_store::VerdictFilter;

use super::Placing;
use crate::limits::WATCHED_VERDICTS_MAX;
use crate::measuring::Trouble;

/// How long it waits before it asks a store again that had no answer, and the longest that another process's verdict goes
/// unseen.
const LOOK: Duration = Duration::from_secs(1);

impl Placing {
    /// Follows verdicts until the server drains.
    pub(super) fn follow(self: &Arc<Self>) {
        let placing = Arc::clone(self);
        tokio::spawn(async move {
            let (mut given, mut draining) = (placing.measuring.given(), placing.measuring.draining());
            loop {
                if let Err(error) = placing.take_up().await {
                    tracing::warn!(%error, "verdicts cannot be read; placements answer by those known");
                }
                tokio::select! {
                    biased;
                    _ = draining.wait_for(|draining| *draining) => return,
                    changed = given.changed() => if changed.is_err() { return },
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        });
    }

    /// Takes up every verdict since the last one that is known, and tells who watches.
    async fn take_up(&self) -> Result<(), Trouble> {
        loop {
            let since = self.view.revision();
            let verdicts = self.store().verdicts_since(None, since, WATCHED_VERDICTS_MAX).await?;
            for verdict in &verdicts {
                self.view.judged(verdict);
            }
            match verdicts.last() {
                Some(last) => drop(self.judged.send_replace(last.revision)),
                None => return Ok(()),
            }
        }
    }
}

/// The revision of the newest verdict; 0: there is none.
pub(super) async fn newest(store: &dyn lightcone_store::Store) -> Result<i64, Trouble> {
    let newest = VerdictFilter { size: 1, ..VerdictFilter::default() };
    Ok(store.list_verdicts(&newest).await?.first().map_or(0, |verdict| verdict.revision))
}
