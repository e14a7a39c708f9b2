//! Placements: which chip is where, found by its id; and what ran.

use async_trait::async_trait;

use crate::error::StoreError;
use crate::filter::{UsageFilter, clamp};
use crate::record::{ChipState, PlacedChip, PlacedVerdict, Usage};
use crate::sql::Tx;
use crate::sql_store::SqlStore;
use crate::store::{PLACED_MAX, Placements, USAGES_MAX};
use crate::value::{Field, Kind, Value};

/// Chips, each with its agent's latest verdict that stands, up to where the keys follow.
const PLACED: &str = "SELECT c.id, c.sku, c.tenant, c.holder, c.parties, c.state, c.agent, v.id, v.revision, v.as_of, \
    v.story_time, v.places, CASE WHEN LENGTH(v.places) = 0 THEN v.wire END FROM chips AS c LEFT JOIN verdicts AS v \
    ON v.revision = (SELECT revision FROM verdicts WHERE agent = c.agent AND superseded_by IS NULL ORDER BY revision DESC LIMIT 1) WHERE c.id";
const PLACED_KINDS: [Kind; 13] = [
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Int,
    Kind::Int,
    Kind::Int,
    Kind::Blob,
    Kind::Blob,
];
/// Chips of agents, up to where the keys follow.
const TIED: &str = "SELECT id, agent FROM chips WHERE state = 'PAIRED' AND agent";
/// What ran of a tenant in a time, by id.
const USAGES: &str =
    "WHERE tenant = $1 AND id > $2 AND begin_time < $4 AND end_time > $3 ORDER BY id LIMIT $5";
const USAGES_OF: &str =
    "WHERE tenant = $1 AND id > $2 AND begin_time < $4 AND end_time > $3 AND party = $6 ORDER BY id LIMIT $5";

#[async_trait]
impl Placements for SqlStore {
    async fn placed(&self, chips: &[String]) -> Result<Vec<PlacedChip>, StoreError> {
        if chips.len() > PLACED_MAX {
            return Err(StoreError::TooMany { what: "chips", count: chips.len(), limit: PLACED_MAX });
        }
        let keys: Vec<&str> = chips.iter().map(String::as_str).collect();
        let rows = self.database.reader().await?.fetch_in(PLACED, &keys, &PLACED_KINDS).await?;
        let mut placed = rows.into_iter().map(placed).collect::<Result<Vec<_>, _>>()?;
        // A key may be asked for more than once.
        placed.sort_by(|one, other| one.chip.cmp(&other.chip));
        placed.dedup_by(|one, other| one.chip == other.chip);
        Ok(placed)
    }

    async fn chips_of_agents(&self, agents: &[String]) -> Result<Vec<(String, String)>, StoreError> {
        if agents.len() > PLACED_MAX {
            return Err(StoreError::TooMany { what: "agents", count: agents.len(), limit: PLACED_MAX });
        }
        let keys: Vec<&str> = agents.iter().map(String::as_str).collect();
        let rows = self.database.reader().await?.fetch_in(TIED, &keys, &[Kind::Text, Kind::Text]).await?;
        let pair = |row: Vec<Value>| {
            let mut row = row.into_iter();
            let mut next = || row.next().unwrap_or(Value::Null(Kind::Text));
            Ok((String::of_value(next(), "id")?, String::of_value(next(), "agent")?))
        };
        let mut pairs = rows.into_iter().map(pair).collect::<Result<Vec<_>, StoreError>>()?;
        pairs.sort_unstable();
        pairs.dedup();
        Ok(pairs)
    }

    async fn put_usages(&self, usages: Vec<Usage>) -> Result<u64, StoreError> {
        if usages.len() > USAGES_MAX {
            return Err(StoreError::TooMany { what: "usages", count: usages.len(), limit: USAGES_MAX });
        }
        self.database.transact("put-usages", usages, |tx, usages| Box::pin(put(tx, usages))).await
    }

    async fn list_usages(&self, filter: &UsageFilter) -> Result<Vec<Usage>, StoreError> {
        let mut values = vec![
            Value::Text(filter.tenant.clone()),
            Value::Text(filter.after.clone().unwrap_or_default()),
            Value::Int(filter.begin_time),
            Value::Int(filter.end_time),
            Value::Int(clamp(filter.size)),
        ];
        values.extend(filter.party.clone().map(Value::Text));
        let tail = if filter.party.is_some() { USAGES_OF } else { USAGES };
        self.database.reader().await?.records(tail, values).await
    }
}

/// Keeps what is new, and refuses another report under an id that is taken.
async fn put(tx: &mut Tx, usages: &[Usage]) -> Result<u64, StoreError> {
    let mut added = 0;
    for usage in usages {
        let of = "WHERE tenant = $1 AND id = $2";
        let values = vec![Value::Text(usage.tenant.clone()), Value::Text(usage.id.clone())];
        match tx.records::<Usage>(of, values).await?.into_iter().next() {
            Some(kept) if (Usage { create_time: usage.create_time, ..kept.clone() }) == *usage => {}
            Some(_) => {
                return Err(StoreError::AlreadyExists {
                    kind: "usage",
                    id: usage.id.clone(),
                    field: "usage_id",
                });
            }
            None => {
                tx.insert(std::slice::from_ref(usage), "", &[]).await?;
                added += 1;
            }
        }
    }
    Ok(added)
}

fn placed(row: Vec<Value>) -> Result<PlacedChip, StoreError> {
    let mut row = row.into_iter();
    let mut next = || row.next().unwrap_or(Value::Null(Kind::Text));
    Ok(PlacedChip {
        chip: Field::of_value(next(), "id")?,
        sku: Field::of_value(next(), "sku")?,
        tenant: Field::of_value(next(), "tenant")?,
        holder: Field::of_value(next(), "holder")?,
        parties: Field::of_value(next(), "parties")?,
        retired: ChipState::of_value(next(), "state")? == ChipState::Retired,
        agent: Field::of_value(next(), "agent")?,
        verdict: match Option::<String>::of_value(next(), "id")? {
            None => None,
            Some(id) => Some(PlacedVerdict {
                id,
                revision: Field::of_value(next(), "revision")?,
                as_of: Field::of_value(next(), "as_of")?,
                story_time: Field::of_value(next(), "story_time")?,
                places: Field::of_value(next(), "places")?,
                wire: Field::of_value(next(), "wire")?,
            }),
        },
    })
}
