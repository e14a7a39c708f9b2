//! Whether an agent could have been carried from where it was to where it is.

use lightcone_core::{Age, Point, ellipsoid, light};

/// Everywhere that an agent may have been at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Whereabouts {
    /// Middle of the proven region.
    pub(crate) centre: Point,
    /// No place of the region is farther from the middle, in metres.
    pub(crate) radius_m: u64,
    /// The moment, in nanoseconds of verdict time.
    pub(crate) at_ns: i64,
}

#[cfg(test)]
impl Whereabouts {
    /// Within so many metres of a place in degrees, at the beginning of time.
    pub(crate) fn around(lat: f64, lon: f64, radius_m: u64) -> Self {
        Self { centre: Point::from_degrees(lat, lon).unwrap(), radius_m, at_ns: 0 }
    }
}

/// How many metres too far apart two regions are for anything that carries chips; none if it can be.
pub(crate) fn too_far_m(before: Whereabouts, after: Whereabouts) -> Option<u64> {
    let ends = ellipsoid::direction(before.centre).angle_to(ellipsoid::direction(after.centre));
    let apart_m = ellipsoid::surface_min_m(before.centre.lat_deg().to_radians(), ends);
    let passed_ns = after.at_ns.abs_diff(before.at_ns);
    // Beyond the longest age everything can be anywhere.
    let age = i64::try_from(passed_ns).ok().and_then(|ns| Age::from_ns(ns).ok())?;
    let possible_m = before.radius_m as f64 + after.radius_m as f64 + light::carried_m(age);
    (apart_m > possible_m).then_some((apart_m - possible_m) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_NS: i64 = 3_600_000_000_000;

    fn at(lat: f64, lon: f64, hours: i64) -> Whereabouts {
        Whereabouts { at_ns: hours * HOUR_NS, ..Whereabouts::around(lat, lon, 100_000) }
    }

    #[test]
    fn a_flight_is_possible_and_a_leap_is_not() {
        let (singapore, shenzhen) = (at(1.35, 103.8, 0), (22.5, 114.1));
        // 2,600 km: at 1,008 km/h some two and a half hours, less the width of both regions.
        assert!(too_far_m(singapore, at(shenzhen.0, shenzhen.1, 1)).is_some_and(|m| m > 1_000_000));
        assert_eq!(too_far_m(singapore, at(shenzhen.0, shenzhen.1, 3)), None);
        assert_eq!(too_far_m(singapore, at(1.35, 103.8, 0)), None);
    }

    #[test]
    fn order_does_not_matter_and_long_ago_says_nothing() {
        let (a, b) = (at(1.35, 103.8, 0), at(51.5, 0.0, 1));
        assert_eq!(too_far_m(a, b).is_some(), too_far_m(b, a).is_some());
        assert_eq!(too_far_m(a, at(51.5, 0.0, 24 * 31)), None);
    }
}
