//! Landmarks at the door.

use std::net::SocketAddr;

use lightcone::names::{InvalidName, LandmarkName};
use lightcone::v1;
use lightcone::v1::registered_landmark::State;
use lightcone_access::Kind as Sort;
use lightcone_core::Borders;
use lightcone_core::landmark::NAME_BYTES_MAX;
use lightcone_store::{Landmark, LandmarkState, Registry, Store};

use super::kind::{By, Garbled, Kind, Origin};
use super::page::{Listing, Page};
use super::{key, place, text};
use crate::access::Goal;
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
    const SORT: Sort = Sort::Landmark;
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
        let (operator, trust_group) = whose(wire.operator, wire.group, origin)?;
        let record = Self {
            latitude_nd: point.lat_ndeg(),
            longitude_nd: point.lon_ndeg(),
            position_error_mm: place::millimetres("position_error_m", error)?,
            clock_error_ns: numbers::clock_error("clock_error_ns", wire.clock_error_ns)?.ns() as i64,
            trust_group,
            operator,
            signing_key: key::ed25519("signing_key", &wire.signing_key)?,
            exchange_key: key::x25519("exchange_key", &wire.exchange_key)?,
            addresses: addresses(&wire.addresses)?,
            stated_area: stated_area(borders, &wire.stated_area)?,
            ..begun(origin)
        };
        match origin {
            Origin::New { .. } => Ok(record),
            Origin::Change { was, by, .. } => {
                let record = entrusted(record, wire.state, by)?;
                Ok(if by.is_development { record } else { on_probation_if_moved(record, was) })
            }
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

    fn goal(&self) -> Goal {
        Goal::from(self)
    }

    fn only_vouches(&self, was: &Self) -> bool {
        let but_for_trust = |it: &Self| Self {
            state: LandmarkState::Active,
            state_reason: String::new(),
            update_time: 0,
            ..it.clone()
        };
        but_for_trust(self) == but_for_trust(was)
    }

    fn shelf(store: &dyn Store) -> &dyn Registry<Self> {
        store
    }
}

/// What callers do not set. The store sets etag and version.
fn begun(origin: &Origin<'_, Landmark>) -> Landmark {
    match origin {
        Origin::Change { was, now, .. } => Landmark { update_time: *now, ..(*was).clone() },
        Origin::New { id, now, landmarks_begin, by } => Landmark {
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
            tenant: by.tenant.clone(),
            affiliation: String::new(),
        },
    }
}

/// Operator and trust group. Who could lie together is not for a landmark or its operator to say: only in
/// development, where nobody vouches for anything, is it taken from the caller.
fn whose(
    operator: String,
    group: String,
    origin: &Origin<'_, Landmark>,
) -> Result<(String, String), Violation> {
    let (kept, by) = match origin {
        Origin::New { by, .. } => ((by.tenant.clone(), by.tenant.clone()), by),
        Origin::Change { was, by, .. } => ((was.operator.clone(), was.trust_group.clone()), by),
    };
    if by.is_development {
        let operator = text::required("operator", operator, NAME_BYTES_MAX)?;
        let group = text::optional("group", group, NAME_BYTES_MAX)?;
        let group = if group.is_empty() { operator.clone() } else { group };
        return Ok((operator, group));
    }
    let allowed = "nothing: the service sets it by the landmark's enrolment token, or else to your tenant";
    for (field, came, kept) in [("operator", &operator, &kept.0), ("group", &group, &kept.1)] {
        // A change that does not name the field brings what is there.
        if !came.is_empty() && came != kept {
            return Err(Violation::invalid(field, came, allowed));
        }
    }
    Ok(kept)
}

/// What stands elsewhere, or has other keys, earns its trust again.
fn on_probation_if_moved(mut record: Landmark, was: &Landmark) -> Landmark {
    let place = |it: &Landmark| {
        let errors = (it.position_error_mm, it.clock_error_ns);
        (it.latitude_nd, it.longitude_nd, errors, it.signing_key, it.exchange_key)
    };
    if record.state == LandmarkState::Active && place(&record) != place(was) {
        record.state = LandmarkState::Probation;
    }
    record
}

/// A landmark may be trusted or cease to be. Its operator may only say that it is not to be: what is new, or was
/// suspended, earns trust by its measurements or by somebody who answers for more than it.
fn entrusted(mut record: Landmark, wire: i32, by: &By) -> Result<Landmark, Violation> {
    if wire == state(record.state) as i32 {
        return Ok(record);
    }
    if wire == State::Active as i32 && !by.may_vouch {
        let allowed = "STATE_SUSPENDED; that it is to be trusted its operator cannot say";
        return Err(Violation::invalid("state", State::Active.as_str_name(), allowed));
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

pub(super) fn addresses(wire: &[String]) -> Result<Vec<String>, Violation> {
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
