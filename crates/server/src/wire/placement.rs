//! Placements and usage at the door.

use std::collections::BTreeMap;
use std::time::Duration;

use lightcone::names::{AgentName, ChipName, DecisionName, SiteName};
use lightcone::v1;
use lightcone_policy::rule::EndUse;
use lightcone_policy::{Countries, Country};
use lightcone_store::{Request, Usage};
use uuid::Uuid;

use super::Violation;
use super::decision::{outcome, ruling};
use super::moment::{nanoseconds, timestamp};
use super::registry::once;
use super::session::misnamed;
use super::transfer::uses;
use super::violation::{at_most, some_of};
use super::{fact, party};
use crate::limits::{
    HOURS_MAX, PARENTS_MAX, PLACES_MAX, PLACES_RECORDED_MAX, SKU_BYTES_MAX, UNITS_MAX, USAGE_DAYS_MAX,
    USAGES_MAX,
};
use crate::placing::Placement;

const NS_PER_DAY: i64 = 86_400_000_000_000;
/// How old a verdict may be unless the caller says otherwise.
const MAX_AGE_DEFAULT: Duration = Duration::from_secs(24 * 3_600);
/// The most that the caller may say.
const MAX_AGE_MAX: Duration = Duration::from_secs(30 * 24 * 3_600);

/// Where work is to run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// One chip.
    Chip(String),
    /// One agent and every chip that is tied to it.
    Agent(String),
    /// Every agent of a site.
    Pool(String),
}

impl Place {
    /// Its name, as it was asked for.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Chip(id) => format!("chips/{id}"),
            Self::Agent(id) => format!("agents/{id}"),
            Self::Pool(id) => format!("sites/{id}"),
        }
    }
}

/// Whose work it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    /// A party that was entered, by its id.
    Party(String),
    /// As the caller says.
    Said {
        /// Where it is headquartered; none: not disclosed.
        headquarters: Option<Country>,
        /// Where its ultimate parents are.
        parents: Countries,
        /// Whether these are all.
        parents_complete: bool,
    },
}

/// Whose work it is, and what for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Workload {
    /// Whose.
    pub(crate) whose: Whose,
    /// What for; empty: not stated.
    pub(crate) uses: Vec<EndUse>,
}

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Whose work.
    pub(crate) workload: Workload,
    /// Where, in the caller's order.
    pub(crate) places: Vec<Place>,
    /// How old a verdict may be.
    pub(crate) max_age: Duration,
}

/// Reads what is asked of CheckPlacement: rules apart.
pub(crate) fn asked(wire: &v1::CheckPlacementRequest) -> Result<Asked, Violation> {
    let asked = read(wire.workload.as_ref(), &wire.places, wire.max_age)?;
    if wire.record {
        at_most("places", asked.places.len(), PLACES_RECORDED_MAX)?;
    }
    Ok(asked)
}

/// Reads what is asked of WatchPlacement: the token apart.
pub(crate) fn watched(wire: &v1::WatchPlacementRequest) -> Result<Asked, Violation> {
    read(wire.workload.as_ref(), &wire.places, wire.max_age)
}

/// What the store is told of a request that is to be recorded.
pub(crate) fn recorded(
    wire: &mut v1::CheckPlacementRequest,
    now: i64,
    subject: &str,
) -> Result<Option<Request>, Violation> {
    once(wire, now, subject)
}

fn read(
    wire: Option<&v1::Workload>,
    places: &[v1::Place],
    max_age: Option<prost_types::Duration>,
) -> Result<Asked, Violation> {
    let workload = wire.ok_or_else(|| Violation::missing("workload", "say whose work it is"))?;
    some_of("places", places.len(), PLACES_MAX, "name chips, agents or pools")?;
    let place = |(at, place): (usize, &v1::Place)| self::place(place).map_err(|error| error.at("places", at));
    Ok(Asked {
        workload: self::workload(workload).map_err(|error| error.within("workload"))?,
        places: places.iter().enumerate().map(place).collect::<Result<_, _>>()?,
        max_age: self::max_age(max_age)?,
    })
}

fn workload(wire: &v1::Workload) -> Result<Workload, Violation> {
    if !(0.0..=HOURS_MAX).contains(&wire.hours) {
        return Err(Violation::invalid("hours", wire.hours, &format!("0 to {HOURS_MAX}")));
    }
    let whose = if wire.party.is_empty() {
        Whose::Said {
            headquarters: fact::country_or_none("headquarters", &wire.headquarters)?,
            parents: fact::country_set("parents", &wire.parents, PARENTS_MAX)?,
            parents_complete: wire.parents_complete,
        }
    } else {
        let is_said = !wire.headquarters.is_empty() || !wire.parents.is_empty() || wire.parents_complete;
        if is_said {
            let allowed =
                "either `party`, whose headquarters and owners are on record, or these in the request";
            return Err(Violation::invalid("party", &wire.party, allowed));
        }
        Whose::Party(party::id("party", &wire.party)?)
    };
    Ok(Workload { whose, uses: uses(&wire.uses)? })
}

fn place(wire: &v1::Place) -> Result<Place, Violation> {
    use v1::place::Place as Wire;
    let remedy = "set `chip`, `agent` or `pool`";
    Ok(match wire.place.as_ref().ok_or_else(|| Violation::missing("", remedy))? {
        Wire::Chip(name) => {
            Place::Chip(ChipName::parse(name).map_err(|invalid| misnamed("chip", &invalid))?.chip)
        }
        Wire::Agent(name) => {
            Place::Agent(AgentName::parse(name).map_err(|invalid| misnamed("agent", &invalid))?.agent)
        }
        Wire::Pool(name) => {
            Place::Pool(SiteName::parse(name).map_err(|invalid| misnamed("pool", &invalid))?.site)
        }
    })
}

fn max_age(wire: Option<prost_types::Duration>) -> Result<Duration, Violation> {
    let Some(wire) = wire else { return Ok(MAX_AGE_DEFAULT) };
    let age = Duration::try_from(wire).ok().filter(|age| !age.is_zero() && *age <= MAX_AGE_MAX);
    age.ok_or_else(|| {
        let told = format!("{}.{:09} s", wire.seconds, wire.nanos);
        Violation::invalid("max_age", told, "above zero, at most 30 days")
    })
}

/// Reads what ran, by a tenant.
pub(crate) fn usages(wire: Vec<v1::Usage>, tenant: &str, now: i64) -> Result<Vec<Usage>, Violation> {
    some_of("usages", wire.len(), USAGES_MAX, "report what ran")?;
    let mut seen = BTreeMap::new();
    let one = |(at, wire): (usize, v1::Usage)| {
        let usage = usage(wire, tenant, now).map_err(|error| error.at("usages", at))?;
        match seen.insert(usage.id.clone(), at) {
            None => Ok(usage),
            Some(first) => {
                let allowed = format!("an id of its own: usages[{first}] has this one");
                Err(Violation::invalid("usage_id", &usage.id, &allowed).at("usages", at))
            }
        }
    };
    wire.into_iter().enumerate().map(one).collect()
}

fn usage(wire: v1::Usage, tenant: &str, now: i64) -> Result<Usage, Violation> {
    let id = Uuid::parse_str(&wire.usage_id).map_err(|_| {
        Violation::invalid(
            "usage_id",
            &wire.usage_id,
            "a UUID such as `5a0f6a2e-6c1f-4ad5-9b58-3f0a6f1f6f3e`",
        )
    })?;
    let chip = match wire.chip.as_str() {
        "" => String::new(),
        name => ChipName::parse(name).map_err(|invalid| misnamed("chip", &invalid))?.chip,
    };
    match (chip.is_empty(), wire.sku.is_empty()) {
        (true, true) => return Err(Violation::missing("sku", "name the chip, or else its SKU")),
        (false, false) => return Err(Violation::invalid("sku", &wire.sku, "empty where a chip is named")),
        _ if wire.sku.len() > SKU_BYTES_MAX => {
            return Err(Violation::too_long("sku", wire.sku.len(), SKU_BYTES_MAX));
        }
        _ => {}
    }
    let most = if chip.is_empty() { UNITS_MAX } else { 1 };
    if !(1..=most).contains(&wire.units) {
        let allowed = if most == 1 { "1 where a chip is named".to_owned() } else { format!("1 to {most}") };
        return Err(Violation::invalid("units", wire.units, &allowed));
    }
    let (begin_time, end_time) = period(wire.begin_time, wire.end_time)?;
    Ok(Usage {
        tenant: tenant.to_owned(),
        id: id.to_string(),
        party: party::id("party", &wire.party)?,
        chip,
        sku: wire.sku,
        units: i64::try_from(wire.units).unwrap_or(i64::MAX),
        begin_time,
        end_time,
        uses: uses(&wire.uses)?.into_iter().map(word).map(str::to_owned).collect(),
        create_time: now,
    })
}

/// Reads from when to when.
pub(crate) fn period(
    begin: Option<prost_types::Timestamp>,
    end: Option<prost_types::Timestamp>,
) -> Result<(i64, i64), Violation> {
    let begin = begin.ok_or_else(|| Violation::missing("begin_time", "say from when"))?;
    let end = end.ok_or_else(|| Violation::missing("end_time", "say until when"))?;
    let (begin, end) = (nanoseconds("begin_time", begin)?, nanoseconds("end_time", end)?);
    let is_within = end > begin && end.saturating_sub(begin) <= USAGE_DAYS_MAX * NS_PER_DAY;
    if !is_within {
        let allowed = format!("after `begin_time`, by {USAGE_DAYS_MAX} days at most");
        return Err(Violation::invalid(
            "end_time",
            format_args!("{} s after it", (end - begin) / 1_000_000_000),
            &allowed,
        ));
    }
    Ok((begin, end))
}

/// What one place is answered, usable until a moment; in `brief` without reasons.
pub(crate) fn shown(
    place: &Place,
    placement: &Placement,
    valid_until_ns: i64,
    decision: Option<&str>,
    brief: bool,
) -> v1::Placement {
    let reasons = |list: &[String]| if brief { Vec::new() } else { list.to_vec() };
    v1::Placement {
        place: place.name(),
        outcome: placement.outcome.map_or(v1::Outcome::Unknown, outcome) as i32,
        best: placement.best.filter(|_| !brief).map(ruling),
        worst: placement.worst.filter(|_| !brief).map(ruling),
        rules: reasons(&placement.rules),
        missing: reasons(&placement.missing),
        verdicts: reasons(&placement.verdicts),
        as_of: placement.seen_ns.map(timestamp),
        valid_until: Some(timestamp(valid_until_ns)),
        decision: decision.map(|id| DecisionName { decision: id.to_owned() }.to_string()).unwrap_or_default(),
    }
}

/// A use as it is kept.
const fn word(of: EndUse) -> &'static str {
    match of {
        EndUse::Training => "training",
        EndUse::Inference => "inference",
        EndUse::Supercomputer => "supercomputer",
        EndUse::Military => "military",
        EndUse::Other => "other",
    }
}
