//! What of a verdict a placement turns on.

use std::sync::Arc;

use lightcone::names::VerdictName;
use lightcone_core::Borders;
use lightcone_policy::Countries;
use lightcone_store::PlacedVerdict;

use crate::wire::places;

/// What the latest verdict of an agent leaves possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sight {
    /// The verdict's name.
    pub(crate) verdict: String,
    /// Its place in the order of commits.
    pub(crate) revision: i64,
    /// The moment that it speaks of, in verdict time.
    pub(crate) seen_ns: i64,
    /// Destinations that are still possible; none: the verdict bounds nothing.
    pub(crate) possible: Countries,
    /// Its owner's claim was found IMPOSSIBLE.
    pub(crate) is_elsewhere: bool,
}

impl Sight {
    /// Reads what was kept of an agent's verdict: the short form, or, of a verdict that is older than that, the whole.
    pub(crate) fn read(borders: &Borders, agent: &str, kept: &PlacedVerdict) -> Arc<Self> {
        let whole = kept.wire.as_ref().map(|wire| places::of_kept(borders, wire));
        let (possible, is_elsewhere) =
            places::kept(whole.as_ref().unwrap_or(&kept.places)).unwrap_or_default();
        let name = VerdictName { agent: agent.to_owned(), verdict: kept.id.clone() };
        Arc::new(Self {
            verdict: name.to_string(),
            revision: kept.revision,
            seen_ns: kept.story_time.unwrap_or(kept.as_of),
            possible,
            is_elsewhere,
        })
    }
}
