//! A place on WGS 84, in whole nanodegrees so that equal places are equal bits.

use core::fmt;

/// Nanodegrees in a degree: 0.1 mm of latitude each.
pub const NANODEGREES: f64 = 1e9;

/// A point on the WGS 84 ellipsoid: geodetic latitude and longitude in nanodegrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    lat_ndeg: i64,
    lon_ndeg: i64,
}

impl Point {
    /// A point of geodetic latitude (−90 to 90) and longitude (−180 to 180) in degrees, rounded to the
    /// nearest nanodegree (0.1 mm).
    ///
    /// # Errors
    /// [`InvalidPoint`] when a coordinate is out of range or not a number.
    pub fn from_degrees(lat_deg: f64, lon_deg: f64) -> Result<Self, InvalidPoint> {
        // No range contains NaN.
        if !(-90.0..=90.0).contains(&lat_deg) {
            return Err(InvalidPoint { coordinate: "latitude", degrees: lat_deg, limit: 90 });
        }
        if !(-180.0..=180.0).contains(&lon_deg) {
            return Err(InvalidPoint { coordinate: "longitude", degrees: lon_deg, limit: 180 });
        }
        let ndeg = |degrees: f64| libm::round(degrees * NANODEGREES) as i64;
        Ok(Self { lat_ndeg: ndeg(lat_deg), lon_ndeg: ndeg(lon_deg) })
    }

    /// A point of nanodegrees, or none when out of range.
    #[must_use]
    pub const fn from_ndeg(lat_ndeg: i64, lon_ndeg: i64) -> Option<Self> {
        const DEGREE: u64 = 1_000_000_000;
        if lat_ndeg.unsigned_abs() <= 90 * DEGREE && lon_ndeg.unsigned_abs() <= 180 * DEGREE {
            Some(Self { lat_ndeg, lon_ndeg })
        } else {
            None
        }
    }

    /// Geodetic latitude in nanodegrees, north positive.
    #[must_use]
    pub const fn lat_ndeg(self) -> i64 {
        self.lat_ndeg
    }

    /// Longitude in nanodegrees, east positive.
    #[must_use]
    pub const fn lon_ndeg(self) -> i64 {
        self.lon_ndeg
    }

    /// Geodetic latitude in degrees, north positive.
    #[must_use]
    pub fn lat_deg(self) -> f64 {
        self.lat_ndeg as f64 / NANODEGREES
    }

    /// Longitude in degrees, east positive.
    #[must_use]
    pub fn lon_deg(self) -> f64 {
        self.lon_ndeg as f64 / NANODEGREES
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |value: f64, plus, minus| if value < 0.0 { (-value, minus) } else { (value, plus) };
        let ((lat, ns), (lon, ew)) = (side(self.lat_deg(), 'N', 'S'), side(self.lon_deg(), 'E', 'W'));
        write!(f, "{lat:.4}° {ns} {lon:.4}° {ew}")
    }
}

/// A coordinate that is not on the Earth.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{coordinate} {degrees} is not within -{limit} to {limit} degrees")]
pub struct InvalidPoint {
    /// `latitude` or `longitude`.
    pub coordinate: &'static str,
    /// The refused value, in degrees.
    pub degrees: f64,
    /// The largest magnitude allowed, in degrees.
    pub limit: u32,
}
