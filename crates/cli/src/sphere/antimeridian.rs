//! Longitude and latitude polygons as RFC 7946 wants them: outer rings against the clock, holes with it,
//! nothing across the antimeridian, poles inside by way of the map's upper or lower edge.

use lightcone_core::direction::Vector;
use lightcone_core::{Direction, ellipsoid};

use super::Shape;
use super::weave::{Piece, weave};

/// A position: longitude and latitude in degrees.
pub(crate) type Position = [f64; 2];

/// An outer ring and its holes. The last position of a ring is joined to its first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Polygon {
    /// Against the clock.
    pub(crate) outer: Vec<Position>,
    /// With the clock.
    pub(crate) holes: Vec<Vec<Position>>,
}

/// The frame's length: one for each side of the map, counted from its lower right corner.
const TURN: f64 = 4.0;
const CORNERS: [Position; 4] = [[180.0, -90.0], [180.0, 90.0], [-180.0, 90.0], [-180.0, -90.0]];

/// The polygons of a shape.
pub(crate) fn polygons(shape: &Shape<'_>) -> Vec<Polygon> {
    let (mut rings, mut pieces) = (Vec::new(), Vec::new());
    for points in &shape.loops {
        cut(points, &mut rings, &mut pieces);
    }
    let crossed = !pieces.is_empty();
    rings.extend(weave(pieces, TURN, corners_between));
    let edge = Vector::new(-1.0, 0.0, 0.0).direction();
    if !crossed && edge.is_some_and(|edge| (shape.contains)(edge)) {
        rings.push(vec![CORNERS[3], CORNERS[0], CORNERS[1], CORNERS[2]]);
    }
    nest(rings)
}

/// Cuts a loop where it crosses the antimeridian.
fn cut(points: &[Direction], rings: &mut Vec<Vec<Position>>, pieces: &mut Vec<Piece<Position>>) {
    let flat: Vec<Position> = points.iter().map(|&point| position(point)).collect();
    let count = flat.len();
    let crosses = |index: usize| (flat[(index + 1) % count][0] - flat[index][0]).abs() > 180.0;
    let Some(first) = (0..count).find(|&index| crosses(index)) else {
        rings.push(flat);
        return;
    };
    let mut piece: Option<(f64, Vec<Position>)> = None;
    for index in (first..=first + count).map(|index| index % count) {
        if let Some((_, points)) = &mut piece {
            points.push(flat[index]);
        }
        if !crosses(index) {
            continue;
        }
        let eastward = flat[index][0] > 0.0;
        let lat = crossing_lat(points[index], points[(index + 1) % count]);
        let (out, into) = if eastward { (180.0, -180.0) } else { (-180.0, 180.0) };
        if let Some((enters, mut points)) = piece.take() {
            points.push([out, lat]);
            pieces.push(Piece { points, enters, leaves: place([out, lat]) });
        }
        piece = Some((place([into, lat]), vec![[into, lat]]));
    }
}

fn position(direction: Direction) -> Position {
    let point = ellipsoid::point(direction);
    [point.lon_deg(), point.lat_deg()]
}

/// The latitude at which the great circle between two directions crosses the antimeridian.
fn crossing_lat(from: Direction, to: Direction) -> f64 {
    let across = from.vector().cross(to.vector()).cross(Vector::new(0.0, 1.0, 0.0));
    let across = if across.x > 0.0 { -across } else { across };
    across.direction().map_or(0.0, |direction| position(direction)[1])
}

/// Where on the frame a position of its left or right side is.
fn place([lon, lat]: Position) -> f64 {
    if lon > 0.0 { (lat + 90.0) / 180.0 } else { 2.0 + (90.0 - lat) / 180.0 }
}

/// The corners passed between two places on the frame.
fn corners_between(from: f64, to: f64) -> Vec<Position> {
    let range = from.floor() as usize + 1..to.ceil() as usize;
    range.map(|corner| CORNERS[corner % CORNERS.len()]).collect()
}

/// Sorts rings into outer ones and holes by the way they turn, and gives each hole to the smallest outer ring
/// around it.
fn nest(rings: Vec<Vec<Position>>) -> Vec<Polygon> {
    let rings = rings.into_iter().filter(|ring| ring.len() >= 3);
    let (outer, holes): (Vec<_>, Vec<_>) = rings.partition(|ring| area(ring) >= 0.0);
    let mut polygons: Vec<Polygon> =
        outer.into_iter().map(|outer| Polygon { outer, holes: Vec::new() }).collect();
    for hole in holes {
        let around = polygons.iter_mut().filter(|polygon| encloses(&polygon.outer, hole[0]));
        if let Some(polygon) = around.min_by(|a, b| area(&a.outer).total_cmp(&area(&b.outer))) {
            polygon.holes.push(hole);
        }
    }
    polygons
}

/// Signed area in square degrees, positive against the clock.
pub(crate) fn area(ring: &[Position]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| 0.5 * (a[0] * b[1] - b[0] * a[1])).sum()
}

/// Whether a ring goes around a position.
fn encloses(ring: &[Position], [x, y]: Position) -> bool {
    let next = ring.iter().cycle().skip(1);
    let crossed = ring
        .iter()
        .zip(next)
        .filter(|(a, b)| (a[1] > y) != (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]);
    crossed.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use lightcone_core::{Cap, Point};

    use super::*;
    use crate::sphere::of_cap;

    fn of(lat: f64, lon: f64, radius_deg: f64) -> Vec<Polygon> {
        let cap = Cap::around(
            ellipsoid::direction(Point::from_degrees(lat, lon).unwrap()),
            radius_deg.to_radians(),
        );
        let polygons = polygons(&of_cap(&cap));
        for polygon in &polygons {
            check(polygon);
        }
        polygons
    }

    fn check(polygon: &Polygon) {
        assert!(area(&polygon.outer) > 0.0, "outer rings turn against the clock");
        assert!(polygon.holes.iter().all(|hole| area(hole) < 0.0), "holes turn with the clock");
        for ring in std::iter::once(&polygon.outer).chain(&polygon.holes) {
            assert!(ring.iter().all(|[lon, lat]| lon.abs() <= 180.0 && lat.abs() <= 90.0));
            let next = ring.iter().cycle().skip(1);
            for (a, b) in ring.iter().zip(next) {
                let along_edge = a[1].abs() == 90.0 && b[1].abs() == 90.0;
                assert!(along_edge || (a[0] - b[0]).abs() <= 180.0, "no side crosses the antimeridian");
            }
        }
    }

    #[test]
    fn a_plain_cap_is_one_ring() {
        let polygons = of(10.0, 20.0, 5.0);
        assert_eq!((polygons.len(), polygons[0].holes.len()), (1, 0));
        assert!(encloses(&polygons[0].outer, [20.0, 10.0]));
    }

    #[test]
    fn a_cap_across_the_antimeridian_is_two() {
        let polygons = of(-17.0, 178.0, 8.0);
        assert_eq!(polygons.len(), 2);
        let inside = |position| polygons.iter().any(|polygon| encloses(&polygon.outer, position));
        assert!(inside([178.0, -17.0]) && inside([-178.0, -17.0]) && !inside([0.0, -17.0]));
    }

    #[test]
    fn a_cap_around_a_pole_reaches_the_edge_of_the_map() {
        for lat in [90.0, 85.0, -85.0] {
            let polygons = of(lat, 30.0, 10.0);
            assert_eq!(polygons.len(), 1, "{lat}");
            let inside = |position| encloses(&polygons[0].outer, position);
            let near = |degrees: f64| degrees.copysign(lat);
            assert!(
                inside([-120.0, near(89.5)]) && inside([120.0, near(89.5)]) && !inside([30.0, near(60.0)])
            );
        }
    }

    #[test]
    fn most_of_the_earth_is_the_map_with_a_hole_or_a_bay() {
        let polygons = of(0.0, 0.0, 150.0);
        let inside = |position| polygons.iter().any(|p| encloses(&p.outer, position));
        assert!(
            inside([0.0, 89.0]) && inside([0.0, -89.0]) && !inside([179.0, 1.0]) && !inside([-179.0, 1.0])
        );
        let polygons = of(10.0, -150.0, 160.0);
        assert_eq!((polygons.len(), polygons[0].holes.len()), (1, 1));
        assert!(encloses(&polygons[0].holes[0], [30.0, -10.0]));
    }
}
