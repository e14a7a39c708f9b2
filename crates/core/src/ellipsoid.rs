//! The shape of the Earth (WGS 84, NIMA TR8350.2), and how far a turn of so many radians about its centre
//! can be.
//!
//! Regions live on the unit sphere of directions from the Earth's centre. What makes that exact enough to
//! be a proof is one inequality. A path element of length `ds` at distance `ρ` from the centre turns the
//! direction by `dθ ≤ ds / ρ`, whatever way it runs. On the ellipsoid `ρ ≥ r(ψ)`, the radius at the
//! geocentric latitude `ψ`, and along a path that starts at latitude `ψ₀` the latitude after `s` metres is at
//! most `|ψ₀| + s / b`. With `1/r(ψ) ≤ (1 + e′²/2 · sin²ψ) / a` the whole turn is at most
//! `(s + e′²/2 · ∫ sin²(|ψ₀| + t/b) dt) / a`, which has a closed form: [`turn_rad`].

use crate::direction::{Direction, Vector};
use crate::point::Point;

/// Equatorial radius of WGS 84, in metres.
pub const A_M: f64 = 6_378_137.0;
/// Flattening of WGS 84.
pub const F: f64 = 1.0 / 298.257_223_563;
/// Polar radius of WGS 84, in metres.
pub const B_M: f64 = A_M * (1.0 - F);
/// First eccentricity squared.
pub const E2: f64 = F * (2.0 - F);
/// Second eccentricity squared.
pub const EP2: f64 = E2 / (1.0 - E2);
/// Area of the ellipsoid, in square metres.
pub const AREA_M2: f64 = 510_065_621_724_089.0;

/// The direction from the Earth's centre of a point on the ellipsoid.
#[must_use]
pub fn direction(point: Point) -> Direction {
    let (lat, lon) = (point.lat_deg().to_radians(), point.lon_deg().to_radians());
    let (sin_lat, cos_lat) = libm::sincos(lat);
    let (sin_lon, cos_lon) = libm::sincos(lon);
    let vector = Vector::new(cos_lat * cos_lon, cos_lat * sin_lon, (1.0 - E2) * sin_lat);
    vector.direction().unwrap_or(Direction::NORTH) // never short: its length is at least 1 − e²
}

/// The point on the ellipsoid that lies in a direction from the Earth's centre.
#[must_use]
pub fn point(direction: Direction) -> Point {
    let v = direction.vector();
    let lat = libm::atan2(v.z, (1.0 - E2) * libm::sqrt(v.x * v.x + v.y * v.y)).to_degrees();
    let lon = libm::atan2(v.y, v.x).to_degrees();
    // In range whatever the rounding, so the fallback is never taken.
    Point::from_degrees(lat.clamp(-90.0, 90.0), lon.clamp(-180.0, 180.0)).unwrap_or(ORIGIN)
}

const ORIGIN: Point = match Point::from_ndeg(0, 0) {
    Some(point) => point,
    None => unreachable!(),
};

/// The geocentric latitude's magnitude, in radians.
#[must_use]
pub fn latitude_rad(direction: Direction) -> f64 {
    let v = direction.vector();
    libm::atan2(v.z.abs(), libm::sqrt(v.x * v.x + v.y * v.y))
}

/// Distance of the ellipsoid's surface from the Earth's centre at a geocentric latitude, in metres.
#[must_use]
pub fn radius_m(latitude_rad: f64) -> f64 {
    let sin = libm::sin(latitude_rad);
    A_M / libm::sqrt(1.0 + EP2 * sin * sin)
}

/// The most that `surface_m` metres of path, none of it nearer to the centre than the ellipsoid, can turn
/// the direction when they start at the geocentric latitude `latitude_rad` (a magnitude), in radians.
#[must_use]
pub fn turn_rad(latitude_rad: f64, surface_m: f64) -> f64 {
    let quarter = core::f64::consts::FRAC_PI_2;
    // ∫ sin²(u) du = u/2 − sin(2u)/4 while the path can still climb, and 1 after it may have met the pole.
    let to_pole = (quarter - latitude_rad).max(0.0);
    let climbed = (surface_m / B_M).min(to_pole);
    let top = latitude_rad + climbed;
    let below = 0.5 * climbed - 0.25 * (libm::sin(2.0 * top) - libm::sin(2.0 * latitude_rad));
    let beyond = surface_m / B_M - climbed;
    (surface_m + 0.5 * EP2 * B_M * (below + beyond)) / A_M
}

/// The longest that the shortest surface path can be when the direction turns by `angle_rad`, in metres:
/// an arc of the sphere of directions, laid on the ellipsoid, is nowhere longer than on a sphere of the
/// equatorial radius.
#[must_use]
pub fn surface_max_m(angle_rad: f64) -> f64 {
    A_M * angle_rad
}

/// The shortest that a surface path can be when the direction turns by `angle_rad`, in metres.
#[must_use]
pub fn surface_min_m(latitude_rad: f64, angle_rad: f64) -> f64 {
    let reached = (latitude_rad + angle_rad).min(core::f64::consts::FRAC_PI_2);
    radius_m(reached) * angle_rad
}

/// The largest relative error of [`area_m2`].
pub const AREA_ERROR: f64 = 6e-6;

/// Area of a patch of the ellipsoid, in square metres, of its solid angle from the centre (steradian) and
/// its moment `∫ (z² − 1/3) dΩ`. Right to 6 parts in a million: the area of a steradian is a polynomial in
/// z² of which two terms are kept.
///
/// The slope is a least-squares fit over all latitudes; the mean gives the whole Earth exactly.
#[must_use]
pub fn area_m2(solid_angle_sr: f64, moment_sr: f64) -> f64 {
    const MEAN: f64 = AREA_M2 / (4.0 * core::f64::consts::PI);
    const SLOPE: f64 = -0.006_697_6 * A_M * A_M;
    MEAN * solid_angle_sr + SLOPE * moment_sr
}
