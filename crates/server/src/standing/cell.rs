//! Cells: the coarse place that outsiders are told an owner claims.

use std::fmt;

use lightcone_core::Point;

/// A degree in nanodegrees, as points count.
const DEGREE: i64 = 1_000_000_000;
/// How many degrees of longitude a cell spans, by the whole degree of latitude of its side nearer to the equator: the
/// fewest that divide the circle and make it 10,000 km² or more.
const STEPS: [i64; 90] = [
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3,
    3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 6, 8, 8, 9, 12, 15, 20, 36, 120,
];

/// A piece of the Earth of 10,000 km² or more: a degree of latitude, and as many of longitude as that takes. Cells
/// divide the Earth without gap or overlap, and the one of a point turns on the point alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Cell {
    /// Degrees of latitude of its south side, -90 to 89.
    south: i64,
    /// Degrees of longitude of its west side, -180 to 179.
    west: i64,
}

impl Cell {
    /// The cell that a point is in. A point on a side is in the cell north or east of it; a pole, whatever its
    /// longitude, in the first cell of its degree.
    pub(crate) fn of(point: Point) -> Self {
        let (latitude, longitude) = (point.lat_ndeg(), point.lon_ndeg());
        let south = latitude.div_euclid(DEGREE).clamp(-90, 89);
        if latitude.abs() == 90 * DEGREE {
            return Self { south, west: -180 };
        }
        // 180° east is 180° west.
        let east_of_antimeridian = (longitude.div_euclid(DEGREE) + 180).rem_euclid(360);
        let step = step(south);
        Self { south, west: east_of_antimeridian.div_euclid(step) * step - 180 }
    }
}

impl fmt::Display for Cell {
    /// Its south-west corner, such as `N01E103`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ns, ew) = (if self.south < 0 { 'S' } else { 'N' }, if self.west < 0 { 'W' } else { 'E' });
        write!(f, "{ns}{:02}{ew}{:03}", self.south.abs(), self.west.abs())
    }
}

/// How many degrees of longitude a cell spans whose south side is there.
fn step(south: i64) -> i64 {
    let nearer = if south < 0 { -south - 1 } else { south };
    usize::try_from(nearer).ok().and_then(|nearer| STEPS.get(nearer)).copied().unwrap_or(360)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The least that a cell may be, in square metres.
    const AREA_MIN_M2: f64 = 1e10;

    fn at(latitude: i64, longitude: i64) -> Cell {
        Cell::of(Point::from_ndeg(latitude, longitude).expect("a point"))
    }

    /// Area between the equator and a latitude on WGS 84 for a degree of longitude.
    fn zone_m2(degrees: f64) -> f64 {
        let (polar, e2) = (6_356_752.314_245_f64, 0.006_694_379_990_14_f64);
        let (e, sin) = (e2.sqrt(), degrees.to_radians().sin());
        let whole = sin / (1.0 - e2 * sin * sin) + ((1.0 + e * sin) / (1.0 - e * sin)).ln() / (2.0 * e);
        polar * polar / 2.0 * whole * 1_f64.to_radians()
    }

    fn area_m2(south: i64, step: i64) -> f64 {
        (zone_m2((south + 1) as f64) - zone_m2(south as f64)) * step as f64
    }

    #[test]
    fn every_cell_is_large_enough_and_no_larger_than_that_takes() {
        for south in -90..90 {
            let step = step(south);
            assert_eq!(360 % step, 0, "{south}: the circle has no remainder");
            assert!(area_m2(south, step) >= AREA_MIN_M2, "{south}");
            assert!(area_m2(south, step) <= 3.5e10, "{south}");
            let smaller = (1..step).rev().find(|smaller| 360 % smaller == 0);
            assert!(smaller.is_none_or(|smaller| area_m2(south, smaller) < AREA_MIN_M2), "{south}");
        }
    }

    #[test]
    fn a_point_is_in_the_cell_whose_sides_hold_it_and_in_no_other() {
        let mut random = fastrand::Rng::with_seed(5);
        for _ in 0..100_000 {
            let latitude = random.i64(-90 * DEGREE + 1..90 * DEGREE);
            let longitude = random.i64(-180 * DEGREE..180 * DEGREE);
            let cell = at(latitude, longitude);
            let cells =
                (-90..90_i64).filter(|south| (south * DEGREE..(south + 1) * DEGREE).contains(&latitude));
            let holding: Vec<Cell> = cells
                .flat_map(|south| (0..360 / step(south)).map(move |nth| (south, nth * step(south) - 180)))
                .filter(|(south, west)| (west * DEGREE..(west + step(*south)) * DEGREE).contains(&longitude))
                .map(|(south, west)| Cell { south, west })
                .collect();
            assert_eq!(holding, [cell]);
        }
    }

    #[test]
    fn cells_are_named_by_their_south_west_corner() {
        for (latitude, longitude, name) in [
            (1_352_083_000, 103_819_836_000, "N01E103"),
            (-1, -1, "S01W001"),
            (0, 0, "N00E000"),
            (-34_600_000_000, -58_380_000_000, "S35W059"),
            (64_150_000_000, -21_940_000_000, "N64W022"),
            (45_500_000_000, 9_000_000_000, "N45E008"),
        ] {
            assert_eq!(at(latitude, longitude).to_string(), name);
        }
    }

    #[test]
    fn poles_and_the_antimeridian_are_in_one_cell_each() {
        for longitude in [-180, -90, 0, 17, 180] {
            assert_eq!(at(90 * DEGREE, longitude * DEGREE).to_string(), "N89W180");
            assert_eq!(at(-90 * DEGREE, longitude * DEGREE).to_string(), "S90W180");
        }
        assert_eq!(at(0, 180 * DEGREE), at(0, -180 * DEGREE));
        assert_eq!(at(0, 180 * DEGREE - 1).to_string(), "N00E179");
    }
}
