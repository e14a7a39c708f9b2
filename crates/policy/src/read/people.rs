//! Parties in a file of facts.

use crate::party::{Listing, Party, Stake, Traits};
use crate::read::facts::{days, texts};
use crate::read::text::{Table, Value};
use crate::read::{bound, licence};

const KEYS: [&str; 11] = [
    "id",
    "name",
    "aliases",
    "addresses",
    "headquarters",
    "trades",
    "stakes",
    "owners_complete",
    "listings",
    "first_order",
    "traits",
];
const STAKE_KEYS: [&str; 7] = ["owner", "share", "from", "to", "grade", "source", "read"];
const LISTING_KEYS: [&str; 6] = ["list", "from", "to", "grade", "source", "read"];
const TRAIT_KEYS: [&str; 6] = [
    "address_doubtful",
    "web_presence_doubtful",
    "capacity_affirmed",
    "volume_explained",
    "end_use_disclosed",
    "declined_installation",
];

/// Reads a party.
pub(crate) fn party(value: Value<'_, '_>) -> Option<Party> {
    let table = value.table(&KEYS)?;
    let id = table.prose("id");
    let name = table.prose_or_empty("name");
    let id = id?;
    Some(Party {
        name: if name.is_empty() { id.clone() } else { name },
        id,
        aliases: texts(&table, "aliases"),
        addresses: texts(&table, "addresses"),
        headquarters: table.get("headquarters").and_then(Value::country),
        trades: table.words("trades"),
        stakes: table.list("stakes").into_iter().filter_map(stake).collect(),
        owners_complete: table.flag("owners_complete"),
        listings: table.list("listings").into_iter().filter_map(listing).collect(),
        first_order: table.get("first_order").and_then(Value::date),
        traits: table.get("traits").and_then(traits).unwrap_or_default(),
    })
}

fn stake(value: Value<'_, '_>) -> Option<Stake> {
    let table = value.table(&STAKE_KEYS)?;
    let owner = table.prose("owner");
    let share_ppm = table.need("share").and_then(bound::share_ppm);
    let (days, source) = (days(&table), table.source());
    let (from, to) = days?;
    Some(Stake { owner: owner?, share_ppm: share_ppm?, from, to, source: source? })
}

fn listing(value: Value<'_, '_>) -> Option<Listing> {
    let table = value.table(&LISTING_KEYS)?;
    let list = table.need("list").and_then(licence::list);
    let (days, source) = (days(&table), table.source());
    let (from, to) = days?;
    Some(Listing { list: list?, from, to, source: source? })
}

fn traits(value: Value<'_, '_>) -> Option<Traits> {
    let table: Table<'_, '_> = value.table(&TRAIT_KEYS)?;
    let flag = |key| table.get(key).and_then(Value::flag);
    Some(Traits {
        address_doubtful: flag("address_doubtful"),
        web_presence_doubtful: flag("web_presence_doubtful"),
        capacity_affirmed: flag("capacity_affirmed"),
        volume_explained: flag("volume_explained"),
        end_use_disclosed: flag("end_use_disclosed"),
        declined_installation: flag("declined_installation"),
    })
}
