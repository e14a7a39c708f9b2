//! Places between the contract's degrees and metres and the store's whole numbers.

use lightcone::v1;

use crate::wire::{Violation, numbers};

const NANODEGREES: f64 = 1e9;
const MILLIMETRES: f64 = 1e3;

/// A length in whole millimetres, never less than it was.
pub(super) fn millimetres(field: &str, metres: f64) -> Result<i64, Violation> {
    let metres = numbers::metres(field, metres)?.get();
    let nearest = (metres * MILLIMETRES).round();
    // What the store had comes back as it was: rounding up again would lengthen it by one.
    let is_whole = nearest / MILLIMETRES == metres;
    Ok(if is_whole { nearest } else { (metres * MILLIMETRES).ceil() } as i64)
}

/// The same in metres.
pub(super) fn metres(millimetres: i64) -> f64 {
    millimetres as f64 / MILLIMETRES
}

/// A point in degrees.
pub(super) fn point(latitude_nd: i64, longitude_nd: i64) -> v1::Point {
    v1::Point {
        latitude_deg: latitude_nd as f64 / NANODEGREES,
        longitude_deg: longitude_nd as f64 / NANODEGREES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_rounded_up_and_come_back_as_they_went() {
        assert_eq!(millimetres("x", 0.000_1), Ok(1));
        assert_eq!(millimetres("x", 12.345_6), Ok(12_346));
        for mm in (0..20_100_000_000_i64).step_by(7_654_321).chain([1, 9, 20_100_000_000]) {
            assert_eq!(millimetres("x", metres(mm)), Ok(mm));
        }
    }

    #[test]
    fn points_come_back_as_they_went() {
        for (lat, lon) in [(1_352_083_001, 103_819_836_999), (-90_000_000_000, 180_000_000_000), (1, -1)] {
            let read = numbers::point("x", Some(point(lat, lon))).unwrap();
            assert_eq!((read.lat_ndeg(), read.lon_ndeg()), (lat, lon));
        }
    }
}
