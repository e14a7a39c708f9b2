//! What of a verdict a placement turns on.

use std::sync::Arc;

use lightcone::names::VerdictName;
use lightcone::v1;
use lightcone_core::Borders;
use lightcone_policy::{Countries, Country};
use lightcone_store::PlacedVerdict;
use prost::Message as _;

use crate::measuring::Trouble;
use crate::wire;

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
    /// Reads what was kept of an agent's verdict.
    pub(crate) fn read(borders: &Borders, agent: &str, kept: &PlacedVerdict) -> Result<Arc<Self>, Trouble> {
        let record = v1::VerdictRecord::decode(kept.wire.as_slice())
            .map_err(|error| Trouble::Own(format!("verdict {}: {error}", kept.id)))?;
        let (found, is_elsewhere) = wire::standing::possible(borders, &record);
        let name = VerdictName { agent: agent.to_owned(), verdict: kept.id.clone() };
        Ok(Arc::new(Self {
            verdict: name.to_string(),
            revision: kept.revision,
            seen_ns: kept.story_time.unwrap_or(kept.as_of),
            possible: found.iter().filter_map(|code| code.parse::<Country>().ok()).collect(),
            is_elsewhere,
        }))
    }
}
