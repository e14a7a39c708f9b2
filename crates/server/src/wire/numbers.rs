//! Single values from the wire.

use lightcone::v1;
use lightcone_core::light::{FIBRE_INDEX, FibreIndex};
use lightcone_core::units::{AGE_MAX_NS, CLOCK_ERROR_MAX_NS, METRES_MAX, ROUND_TRIP_MAX_NS};
use lightcone_core::{Age, ClockError, LightMode, Metres, Point, RoundTrip};

use super::violation::Violation;

const NS_PER_S: i128 = 1_000_000_000;

pub(super) fn point(field: &str, wire: Option<v1::Point>) -> Result<Point, Violation> {
    let wire = wire.ok_or_else(|| Violation::missing(field, "give latitude and longitude in degrees"))?;
    // The value itself is a place and is not repeated.
    Point::from_degrees(wire.latitude_deg, wire.longitude_deg).map_err(|error| {
        let limit = error.limit;
        Violation::invalid_unsaid(
            &format!("{field}.{}_deg", error.coordinate),
            &format!("-{limit} to {limit}"),
        )
    })
}

pub(super) fn metres(field: &str, wire: f64) -> Result<Metres, Violation> {
    Metres::new(wire).map_err(|error| Violation::invalid(field, error.metres, &format!("0 to {METRES_MAX}")))
}

pub(super) fn clock_error(field: &str, wire: i64) -> Result<ClockError, Violation> {
    let allowed = || format!("0 to {CLOCK_ERROR_MAX_NS}");
    ClockError::from_ns(wire).map_err(|error| Violation::invalid(field, error.ns, &allowed()))
}

pub(super) fn round_trip(field: &str, wire: i64) -> Result<RoundTrip, Violation> {
    RoundTrip::from_ns(wire).map_err(|error| Violation::invalid(field, error.ns, &round_trips_allowed()))
}

pub(super) fn round_trips_allowed() -> String {
    format!("1 to {ROUND_TRIP_MAX_NS}")
}

pub(super) fn ages_allowed() -> String {
    format!("-{AGE_MAX_NS} to {AGE_MAX_NS}")
}

pub(super) fn age(field: &str, wire: i64) -> Result<Age, Violation> {
    Age::from_ns(wire).map_err(|error| Violation::invalid(field, error.ns, &ages_allowed()))
}

/// The time between two moments.
pub(super) fn between(field: &str, seen: Timestamp, as_of: Timestamp) -> Result<Age, Violation> {
    let ns = moment_ns(as_of) - moment_ns(seen);
    let far = || Violation::invalid_unsaid(field, "at most 30 days from `as_of`");
    Age::from_ns(i64::try_from(ns).map_err(|_| far())?).map_err(|_| far())
}

/// A `google.protobuf.Timestamp`.
pub(super) type Timestamp = prost_types::Timestamp;

pub(super) fn timestamp(field: &str, wire: Timestamp) -> Result<Timestamp, Violation> {
    let is_valid = (0..1_000_000_000).contains(&wire.nanos);
    if is_valid { Ok(wire) } else { Err(Violation::invalid(field, wire.nanos, "nanos of 0 to 999999999")) }
}

fn moment_ns(moment: Timestamp) -> i128 {
    i128::from(moment.seconds) * NS_PER_S + i128::from(moment.nanos)
}

pub(super) fn max_age(field: &str, wire: prost_types::Duration) -> Result<Age, Violation> {
    let ns = i128::from(wire.seconds) * NS_PER_S + i128::from(wire.nanos);
    let known = i64::try_from(ns).ok().filter(|ns| *ns > 0).and_then(|ns| Age::from_ns(ns).ok());
    known.ok_or_else(|| {
        Violation::invalid(field, format_args!("{}s", wire.seconds), "above 0, at most 30 days")
    })
}

pub(super) fn light_mode(wire: Option<v1::LightMode>) -> Result<LightMode, Violation> {
    use v1::light_mode::Mode;
    let Some(wire) = wire else { return Ok(LightMode::Vacuum) };
    let remedy = "set `vacuum`, `fibre` or `chord`, or leave `light_mode` out for vacuum";
    match wire.mode.ok_or_else(|| Violation::missing("light_mode.mode", remedy))? {
        Mode::Vacuum(_) => Ok(LightMode::Vacuum),
        Mode::Chord(_) => Ok(LightMode::Chord),
        Mode::Fibre(fibre) => {
            let index = fibre.refractive_index;
            let allowed = || format!("{} to {}", FIBRE_INDEX.start(), FIBRE_INDEX.end());
            let refused = |_| Violation::invalid("light_mode.fibre.refractive_index", index, &allowed());
            FibreIndex::new(index).map(LightMode::Fibre).map_err(refused)
        }
    }
}
