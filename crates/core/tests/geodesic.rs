//! The bounds on the ellipsoid against geodesics known to the nanometre.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

mod world;

use lightcone_core::{ClockError, LightMode, Point, RoundTrip, ellipsoid, light};
use world::{Chance, geodesic_m, light_ns};

/// A turn is never larger than its bound, and the bound never wasteful: 0.35 % more at most, and 0.1 % within
/// 1,000 km, where regions are decided.
fn check(a: Point, b: Point, metres: f64) {
    let (from, to) = (ellipsoid::direction(a), ellipsoid::direction(b));
    let (angle, latitude) = (from.angle_to(to), ellipsoid::latitude_rad(from));
    let bound = ellipsoid::turn_rad(latitude, metres);
    let what = format!("{a} to {b}, {metres} m: turns {angle}, bound {bound}");
    assert!(bound >= angle * (1.0 - 1e-12) - 1e-15, "{what}");
    if metres > 1_000.0 {
        assert!(bound <= angle * 1.0035, "{what}");
    }
    if (1_000.0..1_000_000.0).contains(&metres) {
        assert!(bound <= angle * 1.001, "{what}");
    }
    assert!(ellipsoid::surface_min_m(latitude, angle) <= metres * (1.0 + 1e-12) + 1e-6, "{what}");
    assert!(ellipsoid::surface_max_m(angle) >= metres * (1.0 - 1e-12), "{what}");
}

#[test]
fn karneys_test_set_keeps_within_the_bounds() {
    let mut rows = 0;
    for row in csv::Reader::from_path("tests/data/geod_test.csv").unwrap().deserialize::<[f64; 5]>() {
        let [lat1, lon1, lat2, lon2, metres] = row.unwrap();
        let (a, b) = (Point::from_degrees(lat1, lon1).unwrap(), Point::from_degrees(lat2, lon2).unwrap());
        assert!((geodesic_m(a, b) - metres).abs() < 1e-3, "the oracle itself: {a} to {b}");
        check(a, b, metres);
        check(b, a, metres);
        rows += 1;
    }
    assert_eq!(rows, 20);
}

#[test]
fn random_geodesics_keep_within_the_bounds() {
    let mut chance = Chance::of(7);
    for round in 0..20_000 {
        let a = chance.point();
        let spread = [1e-5, 1e-3, 0.1, 1.0, std::f64::consts::PI][round % 5];
        let b = ellipsoid::point(chance.near(ellipsoid::direction(a), spread));
        check(a, b, geodesic_m(a, b));
    }
}

/// Points a hair from the poles and from the antipode, where formulas break.
#[test]
fn awkward_geodesics_keep_within_the_bounds() {
    let at = |lat: f64, lon: f64| Point::from_degrees(lat, lon).unwrap();
    let places = [
        at(90.0, 0.0),
        at(-90.0, 77.0),
        at(89.999_999, 10.0),
        at(0.0, 0.0),
        at(0.0, 180.0),
        at(0.0, 179.5),
        at(0.5, 179.7),
        at(-0.5, -179.7),
        at(45.0, 180.0),
        at(45.0, -180.0),
        at(-45.0, 0.0),
        at(1e-9, 1e-9),
    ];
    for a in places {
        for b in places {
            check(a, b, geodesic_m(a, b));
        }
    }
}

/// Light over the surface, the least that physics could show, is inside the reach of every mode that is a
/// proof; so is light on a path 11 km down, which is shorter.
#[test]
fn a_signal_at_the_speed_of_light_is_within_reach() {
    let mut chance = Chance::of(11);
    for _ in 0..20_000 {
        let a = chance.point();
        let spread = 3.1 * chance.share();
        let b = ellipsoid::point(chance.near(ellipsoid::direction(a), spread));
        let (from, to) = (ellipsoid::direction(a), ellipsoid::direction(b));
        let surface = geodesic_m(a, b);
        let deep = surface * (1.0 - light::PATH_DEPTH_M / 6_399_593.7); // largest radius of curvature
        for (mode, metres) in
            [(LightMode::Vacuum, surface), (LightMode::Vacuum, deep), (LightMode::Chord, straight_m(a, b))]
        {
            let round_trip = RoundTrip::from_ns(light_ns(metres)).unwrap();
            let reach = mode
                .reach(round_trip, light::ErrorBudget { clock: ClockError::default(), ..Default::default() });
            let turn = reach.turn_rad(ellipsoid::latitude_rad(from));
            assert!(turn >= from.angle_to(to), "{mode} from {a} to {b}: {turn} < {}", from.angle_to(to));
        }
    }
}

/// Through the Earth, between points of the surface.
fn straight_m(a: Point, b: Point) -> f64 {
    let place = |point: Point| {
        let direction = ellipsoid::direction(point);
        direction.vector() * ellipsoid::radius_m(ellipsoid::latitude_rad(direction))
    };
    (place(a) - place(b)).norm()
}
