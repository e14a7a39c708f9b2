//! Chips with where they are: what a scan of all of them reads.

use crate::error::StoreError;
use crate::value::{Field as _, Kind, Value};

/// A chip, with its agent's latest verdict up to a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScannedChip {
    /// The chip's id.
    pub chip: String,
    /// The maker's part number.
    pub sku: String,
    /// Who entered it, by tenant.
    pub tenant: String,
    /// The tenant of the agent that it is tied to; empty: of none.
    pub holder: String,
    /// What its agent's latest verdict says; none: there is no verdict, or none that may be looked at.
    pub seen: Option<Seen>,
}

/// What a verdict says of a place, short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The agent's id.
    pub agent: String,
    /// The verdict's id.
    pub verdict: String,
    /// The time that it speaks of.
    pub as_of: i64,
    /// Where it can be, in the caller's encoding.
    pub places: Vec<u8>,
}

/// A verdict whose places are yet to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnplacedVerdict {
    /// Its revision.
    pub revision: i64,
    /// The answer in the caller's encoding.
    pub wire: Vec<u8>,
}

impl ScannedChip {
    /// The columns of the scan, in this order: chip, SKU, tenant, holder, agent, verdict, as of, places.
    pub(crate) const KINDS: [Kind; 8] =
        [Kind::Text, Kind::Text, Kind::Text, Kind::Text, Kind::Text, Kind::Text, Kind::Int, Kind::Blob];

    pub(crate) fn of_values(values: Vec<Value>) -> Result<Self, StoreError> {
        let mut values = values.into_iter();
        // A short row cannot be: the same list of columns was asked for.
        let mut next = || values.next().unwrap_or(Value::Null(Kind::Text));
        let [chip, sku, tenant, holder] = [
            String::of_value(next(), "id")?,
            String::of_value(next(), "sku")?,
            String::of_value(next(), "tenant")?,
            String::of_value(next(), "holder")?,
        ];
        let agent = Option::<String>::of_value(next(), "agent")?;
        let verdict = Option::<String>::of_value(next(), "id")?;
        let as_of = Option::<i64>::of_value(next(), "as_of")?;
        let places = Option::<Vec<u8>>::of_value(next(), "places")?;
        let seen = agent.zip(verdict).zip(as_of.zip(places));
        let seen = seen.map(|((agent, verdict), (as_of, places))| Seen { agent, verdict, as_of, places });
        Ok(Self { chip, sku, tenant, holder, seen })
    }
}
