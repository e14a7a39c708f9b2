//! Parties at the door.

use lightcone::names::{InvalidName, PartyName};
use lightcone::v1;
use lightcone::v1::party::State;
use lightcone_access::Kind as Sort;
use lightcone_core::Borders;
use lightcone_policy::Date;
use lightcone_policy::address::Address;
use lightcone_policy::name::Name;
use lightcone_policy::party::{self as policy, Listing as Listed, Stake, Trade, Traits};
use lightcone_store::{KeyKind, Party, PartyState, Registry, Store};
use prost::Message as _;

use super::registry::{Garbled, Kind, Listing, Origin, Page, required};
use super::violation::at_most;
use super::{Violation, fact, moment};
use crate::access::Goal;
use crate::limits::{
    ADDRESS_BYTES_MAX, LISTING_BYTES_MAX, LISTINGS_MAX, PARTY_ALIASES_MAX, PARTY_NAME_BYTES_MAX, STAKES_MAX,
    TRADES_MAX,
};

/// A whole, in parts per million.
const WHOLE_PPM: u32 = 1_000_000;
/// The most words of a party's names by which it is found.
const NAME_KEYS_MAX: usize = 32;

impl Kind for Party {
    type Wire = v1::Party;
    type List = v1::ListPartiesRequest;
    type Listed = v1::ListPartiesResponse;
    type Batched = v1::BatchCreatePartiesResponse;

    const FIELD: &'static str = "party";
    const SORT: Sort = Sort::Paper;
    const PATTERN: &'static str = PartyName::PATTERN;
    const MASK: &'static [&'static str] = &[
        "display_name",
        "aliases",
        "addresses",
        "headquarters",
        "trades",
        "stakes",
        "owners_complete",
        "listings",
        "first_order_on",
        "traits",
    ];

    fn name_of(id: &str) -> String {
        name_of(id)
    }

    fn id_of(name: &str) -> Result<String, InvalidName> {
        PartyName::parse(name).map(|name| name.party)
    }

    fn read(mut wire: Self::Wire, origin: &Origin<'_, Self>, _: &Borders) -> Result<Self, Violation> {
        let id = match origin {
            Origin::New { id, .. } => id,
            Origin::Change { was, .. } => &was.id,
        };
        wire.name = name_of(id);
        let party = to_policy(&wire)?;
        Ok(Self { keys: keys(&party), body: packed(wire), ..begun(origin) })
    }

    fn show(&self) -> Result<Self::Wire, Garbled> {
        let state = match self.state {
            PartyState::Active => State::Active,
            PartyState::Retired => State::Retired,
        };
        Ok(v1::Party {
            name: name_of(&self.id),
            state: state as i32,
            state_reason: self.state_reason.clone(),
            create_time: Some(moment::timestamp(self.create_time)),
            update_time: Some(moment::timestamp(self.update_time)),
            etag: self.etag.clone(),
            tenant: self.tenant.clone(),
            ..v1::Party::decode(self.body.as_slice()).map_err(|error| garbled(self, error.to_string()))?
        })
    }

    fn named(wire: &Self::Wire) -> (&str, &str) {
        (&wire.name, &wire.etag)
    }

    fn merge(path: &str, from: &mut Self::Wire, into: &mut Self::Wire) {
        match path {
            "display_name" => into.display_name = std::mem::take(&mut from.display_name),
            "aliases" => into.aliases = std::mem::take(&mut from.aliases),
            "addresses" => into.addresses = std::mem::take(&mut from.addresses),
            "headquarters" => into.headquarters = std::mem::take(&mut from.headquarters),
            "trades" => into.trades = std::mem::take(&mut from.trades),
            "stakes" => into.stakes = std::mem::take(&mut from.stakes),
            "owners_complete" => into.owners_complete = from.owners_complete,
            "listings" => into.listings = std::mem::take(&mut from.listings),
            "first_order_on" => into.first_order_on = std::mem::take(&mut from.first_order_on),
            _ => into.traits = from.traits,
        }
    }

    fn listing(mut wire: Self::List) -> Result<Listing, Violation> {
        let (size, token) = (std::mem::take(&mut wire.page_size), std::mem::take(&mut wire.page_token));
        let page = Page::read("ListParties", size, &token, &wire)?;
        let state = |number| State::try_from(number).ok().map(|state| state.as_str_name());
        Listing::new(page, wire.state, state, "STATE_ACTIVE, STATE_RETIRED, or unset for all", None)
    }

    fn listed(parties: Vec<Self::Wire>, next_page_token: String) -> Self::Listed {
        v1::ListPartiesResponse { parties, next_page_token }
    }

    fn batched(parties: Vec<Self::Wire>) -> Self::Batched {
        v1::BatchCreatePartiesResponse { parties }
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn etag(&self) -> &str {
        &self.etag
    }

    fn retired(&self) -> Option<&'static str> {
        (self.state == PartyState::Retired).then(|| self.state.as_str())
    }

    fn goal(&self) -> Goal {
        Goal::paper(name_of(&self.id), &self.id, &self.tenant)
    }

    fn leans_on(&self) -> (&str, &[String]) {
        (&self.tenant, &self.keys)
    }

    fn shelf(store: &dyn Store) -> &dyn Registry<Self> {
        store
    }
}

/// A party's name.
pub(crate) fn name_of(id: &str) -> String {
    format!("parties/{id}")
}

/// The id in a party's name.
pub(crate) fn id(field: &str, name: &str) -> Result<String, Violation> {
    if name.is_empty() {
        return Err(Violation::missing(field, &format!("give its name, `{}`", PartyName::PATTERN)));
    }
    let allowed = format!("a name of the form `{}`", PartyName::PATTERN);
    PartyName::parse(name).map(|name| name.party).map_err(|_| Violation::invalid(field, name, &allowed))
}

/// The same, if there is one.
pub(super) fn id_or_empty(field: &str, name: &str) -> Result<String, Violation> {
    if name.is_empty() { Ok(String::new()) } else { id(field, name) }
}

/// A party that is kept, in the policy's words.
pub(crate) fn opened(party: &Party) -> Result<policy::Party, Garbled> {
    let said =
        |violation: Violation| garbled(party, format!("{} {}", violation.field, violation.description));
    to_policy(&party.show()?).map_err(said)
}

/// Checks a party, and gives it in the policy's words: known by its identifier.
pub(crate) fn to_policy(wire: &v1::Party) -> Result<policy::Party, Violation> {
    let id = id("name", &wire.name)?;
    at_most("trades", wire.trades.len(), TRADES_MAX)?;
    at_most("stakes", wire.stakes.len(), STAKES_MAX)?;
    at_most("listings", wire.listings.len(), LISTINGS_MAX)?;
    let trade = |(at, wire): (usize, &i32)| trade(&format!("trades[{at}]"), *wire);
    let stake =
        |(at, wire): (usize, &v1::Stake)| stake(wire, &id).map_err(|violation| violation.at("stakes", at));
    let listing = |(at, wire)| listing(wire).map_err(|violation| violation.at("listings", at));
    Ok(policy::Party {
        name: required("display_name", wire.display_name.clone(), PARTY_NAME_BYTES_MAX)?,
        aliases: texts("aliases", &wire.aliases, PARTY_ALIASES_MAX, PARTY_NAME_BYTES_MAX)?,
        addresses: texts("addresses", &wire.addresses, PARTY_ALIASES_MAX, ADDRESS_BYTES_MAX)?,
        headquarters: fact::country_or_none("headquarters", &wire.headquarters)?,
        trades: wire.trades.iter().enumerate().map(trade).collect::<Result<_, _>>()?,
        stakes: wire.stakes.iter().enumerate().map(stake).collect::<Result<_, _>>()?,
        owners_complete: wire.owners_complete,
        listings: wire.listings.iter().enumerate().map(listing).collect::<Result<_, _>>()?,
        first_order: fact::day_or("first_order_on", &wire.first_order_on, None)?,
        traits: traits(wire.traits.unwrap_or_default()),
        id,
    })
}

/// Texts that must not be empty.
pub(super) fn texts(
    field: &str,
    wire: &[String],
    limit: usize,
    bytes_max: usize,
) -> Result<Vec<String>, Violation> {
    at_most(field, wire.len(), limit)?;
    let read = |(at, text): (usize, &String)| required(&format!("{field}[{at}]"), text.clone(), bytes_max);
    wire.iter().enumerate().map(read).collect()
}

fn trade(field: &str, wire: i32) -> Result<Trade, Violation> {
    use v1::party::Trade as Wire;
    match Wire::try_from(wire) {
        Ok(Wire::Forwarder) => Ok(Trade::Forwarder),
        Ok(Wire::Reseller) => Ok(Trade::Reseller),
        Ok(Wire::DataCentre) => Ok(Trade::DataCentre),
        Ok(Wire::Cloud) => Ok(Trade::Cloud),
        Ok(Wire::Other) => Ok(Trade::Other),
        Ok(Wire::Unspecified) | Err(_) => {
            let allowed = "TRADE_FORWARDER, TRADE_RESELLER, TRADE_DATA_CENTRE, TRADE_CLOUD, TRADE_OTHER";
            Err(Violation::invalid(field, wire, allowed))
        }
    }
}

fn stake(wire: &v1::Stake, itself: &str) -> Result<Stake, Violation> {
    let owner = id("owner", &wire.owner)?;
    if owner == itself {
        return Err(Violation::invalid("owner", &wire.owner, "another party: none owns itself"));
    }
    if !(1..=WHOLE_PPM).contains(&wire.share_ppm) {
        return Err(Violation::invalid("share_ppm", wire.share_ppm, "1 to 1000000"));
    }
    let (from, to) = fact::days(&wire.from, &wire.to)?;
    Ok(Stake { owner, share_ppm: wire.share_ppm, from, to, source: fact::source(&wire.source, wire.grade)? })
}

fn listing(wire: &v1::PartyListing) -> Result<Listed, Violation> {
    let list = required("list", wire.list.clone(), LISTING_BYTES_MAX)?;
    let (from, to): (Date, Date) = fact::days(&wire.from, &wire.to)?;
    Ok(Listed { list, from, to, source: fact::source(&wire.source, wire.grade)? })
}

const fn traits(wire: v1::PartyTraits) -> Traits {
    Traits {
        address_doubtful: wire.address_doubtful,
        web_presence_doubtful: wire.web_presence_doubtful,
        capacity_affirmed: wire.capacity_affirmed,
        volume_explained: wire.volume_explained,
        end_use_disclosed: wire.end_use_disclosed,
        declined_installation: wire.declined_installation,
    }
}

/// By what a party is found: its owners, its houses, and the words of its names.
fn keys(party: &policy::Party) -> Vec<String> {
    let owners = party.stakes.iter().map(|stake| KeyKind::Owner.key(&stake.owner));
    let houses = party.addresses.iter().map(|text| Address::new(text)).flat_map(|address| {
        let spot = address.spot().map(|spot| format!("@{spot}"));
        [address.house(), spot]
            .into_iter()
            .flatten()
            .map(|key| KeyKind::Address.key(&key))
            .collect::<Vec<_>>()
    });
    let names = std::iter::once(&party.name).chain(&party.aliases).map(|name| Name::new(name));
    let words = names.flat_map(|name| {
        let looks = (!name.is_empty()).then(|| KeyKind::Name.key(&format!("={}", name.looks())));
        looks.into_iter().chain(name.words().iter().map(|word| KeyKind::Name.key(word))).collect::<Vec<_>>()
    });
    let keys: std::collections::BTreeSet<String> =
        owners.chain(houses).chain(words.take(NAME_KEYS_MAX)).collect();
    keys.into_iter().collect()
}

/// A party as it is kept: without what the service sets.
fn packed(wire: v1::Party) -> Vec<u8> {
    let kept = v1::Party {
        name: String::new(),
        state: 0,
        state_reason: String::new(),
        create_time: None,
        update_time: None,
        etag: String::new(),
        tenant: String::new(),
        ..wire
    };
    kept.encode_to_vec()
}

fn garbled(party: &Party, cause: String) -> Garbled {
    Garbled { kind: Party::FIELD, id: party.id.clone(), cause }
}

/// What callers do not set. The store sets the etag.
fn begun(origin: &Origin<'_, Party>) -> Party {
    match origin {
        Origin::Change { was, now, .. } => Party { update_time: *now, ..(*was).clone() },
        Origin::New { id, now, by, .. } => Party {
            id: id.clone(),
            etag: String::new(),
            create_time: *now,
            update_time: *now,
            state: PartyState::Active,
            state_reason: String::new(),
            tenant: by.tenant.clone(),
            keys: Vec::new(),
            body: Vec::new(),
        },
    }
}
