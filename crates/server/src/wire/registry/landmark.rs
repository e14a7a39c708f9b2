//! Landmarks at the door.

use std::net::SocketAddr;

use lightcone::names::{InvalidName, LandmarkName};
use lightcone::v1;
use lightcone::v1::registered_landmark::State;
use lightcone_core::Borders;
use lightcone_core::landmark::NAME_BYTES_MAX;
use lightcone_store::{Landmark, LandmarkState, Registry, Store};

use super::kind::{Garbled, Kind, Origin};
use super::page::{Listing, Page};
use super::{key, place, text};
use crate::limits::ADDRESSES_MAX;
use crate::wire::violation::some_of;
use crate::wire::{Violation, affiliation, moment, numbers};

/// What an operator's word leaves as a reason.
const SUSPENDED_BY_HAND: &str = "suspended by an operator";

impl Kind for Landmark {
    type Wire = v1::RegisteredLandmark;
    type List = v1::ListLandmarksRequest;
    type Listed = v1::ListLandmarksResponse;
    type Batched = v1::BatchCreateLandmarksResponse;

    const FIELD: &'static str = "landmark";
    const PATTERN: &'static str = LandmarkName::PATTERN;
    const MASK: &'static [&'static str] = &[
        "point",
        "position_error_m",
        "clock_error_ns",
        "operator",
        "group",
        "signing_key",
        "exchange_key",
        "addresses",
        "stated_area",
        "state",
    ];

    fn name_of(id: &str) -> String {
        format!("landmarks/{id}")
    }

    fn id_of(name: &str) -> Result<String, InvalidName> {
        LandmarkName::parse(name).map(|name| name.landmark)
    }

    fn read(wire: Self::Wire, origin: &Origin<'_, Self>, borders: &Borders) -> Result<Self, Violation> {
        let point = numbers::point("point", wire.point)?;
        let error = wire.position_error_m.ok_or_else(|| {
            Violation::missing(
                "position_error_m",
                "say how far from its point it may stand, 0 if it is exact",
            )
        })?;
        let operator = text::required("operator", wire.operator, NAME_BYTES_MAX)?;
        let group = text::optional("group", wire.group, NAME_BYTES_MAX)?;
        let record = Self {
            latitude_nd: point.lat_ndeg(),
            longitude_nd: point.lon_ndeg(),
            position_error_mm: place::millimetres("position_error_m", error)?,
            clock_error_ns: numbers::clock_error("clock_error_ns", wire.clock_error_ns)?.ns() as i64,
            trust_group: if group.is_empty() { operator.clone() } else { group },
            operator,
            signing_key: key::ed25519("signing_key", &wire.signing_key)?,
            exchange_key: key::x25519("exchange_key", &wire.exchange_key)?,
            addresses: addresses(&wire.addresses)?,
            stated_area: stated_area(borders, &wire.stated_area)?,
            ..begun(origin)
        };
        match origin {
            Origin::New { .. } => Ok(record),
            Origin::Change { .. } => entrusted(record, wire.state),
        }
    }

    fn show(&self) -> Result<Self::Wire, Garbled> {
        Ok(v1::RegisteredLandmark {
            tenant: self.tenant.clone(),
            affiliation: affiliation::shown(self)?,
            name: Self::name_of(&self.id),
            point: Some(place::point(self.latitude_nd, self.longitude_nd)),
            position_error_m: Some(place::metres(self.position_error_mm)),
            clock_error_ns: self.clock_error_ns,
            operator: self.operator.clone(),
            group: self.trust_group.clone(),
            signing_key: self.signing_key.to_vec(),
            exchange_key: self.exchange_key.to_vec(),
            addresses: self.addresses.clone(),
            stated_area: self.stated_area.clone(),
            position_version: self.position_version,
            state: state(self.state) as i32,
            state_reason: self.state_reason.clone(),
            create_time: Some(moment::timestamp(self.create_time)),
            update_time: Some(moment::timestamp(self.update_time)),
            etag: self.etag.clone(),
        })
    }

    fn named(wire: &Self::Wire) -> (&str, &str) {
        (&wire.name, &wire.etag)
    }

    fn merge(path: &str, from: &mut Self::Wire, into: &mut Self::Wire) {
        match path {
            "point" => into.point = from.point,
            "position_error_m" => into.position_error_m = from.position_error_m,
            "clock_error_ns" => into.clock_error_ns = from.clock_error_ns,
            "operator" => into.operator = std::mem::take(&mut from.operator),
            "group" => into.group = std::mem::take(&mut from.group),
            "signing_key" => into.signing_key = std::mem::take(&mut from.signing_key),
            "exchange_key" => into.exchange_key = std::mem::take(&mut from.exchange_key),
            "addresses" => into.addresses = std::mem::take(&mut from.addresses),
            "stated_area" => into.stated_area = std::mem::take(&mut from.stated_area),
            _ => into.state = from.state,
        }
    }

    fn listing(mut wire: Self::List) -> Result<Listing, Violation> {
        let (size, token) = (std::mem::take(&mut wire.page_size), std::mem::take(&mut wire.page_token));
        let page = Page::read("ListLandmarks", size, &token, &wire)?;
        let names = "STATE_PROBATION, STATE_ACTIVE, STATE_SUSPENDED, STATE_RETIRED, or unset for all";
        let state = |number| State::try_from(number).ok().map(|state| state.as_str_name());
        Listing::new(page, wire.state, state, names, None)
    }

    fn listed(landmarks: Vec<Self::Wire>, next_page_token: String) -> Self::Listed {
        v1::ListLandmarksResponse { landmarks, next_page_token }
    }

    fn batched(landmarks: Vec<Self::Wire>) -> Self::Batched {
        v1::BatchCreateLandmarksResponse { landmarks }
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn etag(&self) -> &str {
        &self.etag
    }

    fn retired(&self) -> Option<&'static str> {
        (self.state == LandmarkState::Retired).then(|| self.state.as_str())
    }

    fn unique(&self) -> Vec<(&'static str, &[u8])> {
        vec![("signing_key", &self.signing_key), ("exchange_key", &self.exchange_key)]
    }

    fn shelf(store: &dyn Store) -> &dyn Registry<Self> {
        store
    }
}

/// What callers do not set. The store sets etag and version.
fn begun(origin: &Origin<'_, Landmark>) -> Landmark {
    match origin {
        Origin::Change { was, now } => Landmark { update_time: *now, ..(*was).clone() },
        Origin::New { id, now, landmarks_begin } => Landmark {
            id: id.clone(),
            etag: String::new(),
            create_time: *now,
            update_time: *now,
            state: *landmarks_begin,
            latitude_nd: 0,
            longitude_nd: 0,
            position_error_mm: 0,
            clock_error_ns: 0,
            operator: String::new(),
            trust_group: String::new(),
            signing_key: [0; 32],
            exchange_key: [0; 32],
            addresses: Vec::new(),
            stated_area: String::new(),
            position_version: 1,
            state_reason: String::new(),
            tenant: String::new(),
            affiliation: String::new(),
        },
    }
}

/// An operator may trust a landmark or cease to; what is new earns its trust by itself, or by an operator.
fn entrusted(mut record: Landmark, wire: i32) -> Result<Landmark, Violation> {
    if wire == state(record.state) as i32 {
        return Ok(record);
    }
    (record.state, record.state_reason) = match State::try_from(wire) {
        Ok(State::Active) => (LandmarkState::Active, String::new()),
        Ok(State::Suspended) => (LandmarkState::Suspended, SUSPENDED_BY_HAND.to_owned()),
        Ok(other) => {
            let allowed = "STATE_ACTIVE, STATE_SUSPENDED; RetireLandmark retires";
            return Err(Violation::invalid("state", other.as_str_name(), allowed));
        }
        Err(_) => return Err(Violation::invalid("state", wire, "STATE_ACTIVE, STATE_SUSPENDED")),
    };
    Ok(record)
}

fn state(state: LandmarkState) -> State {
    match state {
        LandmarkState::Probation => State::Probation,
        LandmarkState::Active => State::Active,
        LandmarkState::Suspended => State::Suspended,
        LandmarkState::Retired => State::Retired,
    }
}

fn addresses(wire: &[String]) -> Result<Vec<String>, Violation> {
    some_of("addresses", wire.len(), ADDRESSES_MAX, "say where agents reach it, as `address:port`")?;
    let address = |(index, text): (usize, &String)| match text.parse::<SocketAddr>() {
        Ok(address) if address.port() != 0 && !address.ip().is_unspecified() => Ok(address.to_string()),
        _ => {
            let allowed = "address and port, for example `192.0.2.7:7862` or `[2001:db8::7]:7862`";
            Err(Violation::invalid(&format!("addresses[{index}]"), text, allowed))
        }
    };
    wire.iter().enumerate().map(address).collect()
}

/// The code as the map has it; empty if none is stated.
fn stated_area(borders: &Borders, code: &str) -> Result<String, Violation> {
    let capitals = code.to_ascii_uppercase();
    if code.is_empty() || borders.find(&capitals).is_some() {
        return Ok(capitals);
    }
    Err(Violation::unknown_area("stated_area", code))
}
