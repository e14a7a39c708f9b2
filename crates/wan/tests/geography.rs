//! Honest paths never beat light, wherever the hosts are.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test that cannot go on should fail")]

use std::fs::File;
use std::time::Duration;

use lightcone_core::light::ErrorBudget;
use lightcone_core::{LightMode, Metres, Point, RoundTrip, ellipsoid};
use lightcone_wan::geography::light_ns;
use lightcone_wan::table::read_places;
use lightcone_wan::{Geography, Host, HostId, Jitter, Paths, Place, RoundTrips};
use proptest::prelude::*;

fn point() -> impl Strategy<Value = Point> {
    // Even over the sphere, and now and then a pole, the equator or the other side of the Earth.
    let lat = prop_oneof![8 => (-1.0..=1.0f64).prop_map(|z| z.asin().to_degrees()), 1 => Just(90.0), 1 => Just(0.0)];
    (lat, -180.0..=180.0f64).prop_map(|(lat, lon)| Point::from_degrees(lat, lon).unwrap())
}

/// Whether a landmark at `here` that measured this round trip would allow for a chip at `there`, with no error
/// granted at all.
fn is_within_reach(here: Point, there: Point, rtt_ns: u64) -> bool {
    let (here, there) = (ellipsoid::direction(here), ellipsoid::direction(there));
    let budget = ErrorBudget { position: Metres::ZERO, ..ErrorBudget::default() };
    let reach = LightMode::Vacuum.reach(RoundTrip::from_ns(rtt_ns as i64).unwrap(), budget);
    let angle = (here.vector().dot(there.vector())).clamp(-1.0, 1.0).acos();
    angle <= reach.turn_rad(ellipsoid::latitude_rad(here))
}

/// Cases of a property; the long form tries that many times more.
fn cases() -> ProptestConfig {
    let factor: u32 = std::env::var("LIGHTCONE_LONG").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    ProptestConfig::with_cases(512 * factor)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_path_beats_light(a in point(), b in point(), seed: u64, speed in 0.02..=1.0f64) {
        let (here, there) = (Place::from(a), Place::new("there", b));
        for geography in [Geography::azure_2026(seed), Geography::at_speed(speed).unwrap()] {
            let (out, back) = (geography.path(&here, &there), geography.path(&there, &here));
            prop_assert_eq!(out.delay(), back.delay());
            let one_way_ns = out.delay().as_nanos() as u64;
            prop_assert!(one_way_ns >= light_ns(a, b));
            prop_assert!(is_within_reach(a, b, 2 * one_way_ns), "{a} to {b} in {one_way_ns} ns");
        }
    }

    #[test]
    fn light_itself_is_the_least(a in point(), b in point()) {
        let (here, there) = (Place::new("here", a), Place::new("there", b));
        let fastest = Geography::at_speed(1.0).unwrap().path(&here, &there);
        let fastest_ns = fastest.delay().as_nanos() as u64;
        // The check itself sees a path that is too fast by the width of its own slack.
        if fastest_ns > 300_000 {
            prop_assert!(!is_within_reach(a, b, 2 * fastest_ns / 1_000 * 985));
        }
        for seed in 0..8 {
            prop_assert!(Geography::azure_2026(seed).path(&here, &there).delay() >= fastest.delay());
        }
    }
}

fn city(name: &str, lat: f64, lon: f64) -> Place {
    Place::new(name, Point::from_degrees(lat, lon).unwrap())
}

#[test]
fn light_takes_what_geodesics_say() {
    let light_ns = |a: &Place, b: &Place| light_ns(a.point(), b.point());
    let (equator, east) = (city("a", 0.0, 0.0), city("b", 0.0, 90.0));
    // A quarter of the equator, 10,018,754.17 m.
    assert!(light_ns(&equator, &east).abs_diff(33_418_967) <= 2, "{}", light_ns(&equator, &east));
    // A quarter of a meridian, 10,001,965.73 m.
    let pole = city("c", 90.0, 0.0);
    assert!(light_ns(&equator, &pole).abs_diff(33_362_966) <= 2, "{}", light_ns(&equator, &pole));
}

#[test]
fn luck_belongs_to_places_and_seed() {
    let (singapore, tokyo) = (city("singapore", 1.35, 103.82), city("tokyo", 35.68, 139.69));
    let path = |seed| Geography::azure_2026(seed).path(&singapore, &tokyo);
    assert_eq!(path(1), path(1));
    assert!((2..40).any(|seed| path(seed) != path(1)));
    // Between 1.85 and 7.2 times light's 17.7 ms, whatever the luck.
    assert!((0..200).all(|seed| (32..128).contains(&path(seed).delay().as_millis())));
}

#[test]
fn a_landmark_in_the_same_city_is_within_two_milliseconds_as_a_rule() {
    let (hall, exchange) = (city("hall", 1.30, 103.80), city("exchange", 1.37, 103.95));
    let near =
        |seed| 2 * Geography::azure_2026(seed).path(&hall, &exchange).delay() < Duration::from_millis(2);
    assert!((0..200).filter(|&seed| near(seed)).count() > 190);
}

#[test]
fn measured_paths_are_halves_and_the_rest_is_geography() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/azure2026");
    let places = read_places(File::open(format!("{folder}/nodes.csv")).unwrap()).unwrap();
    let round_trips = RoundTrips::read(File::open(format!("{folder}/rtt.csv")).unwrap()).unwrap();
    let hosts: Vec<Host> =
        places.iter().enumerate().map(|(n, place)| Host::new(format!("host {n}"), place.clone())).collect();
    let geography = Geography::azure_2026(7).with_jitter(Jitter::None).unwrap();
    let paths = Paths::measured(&hosts, &round_trips, &geography).unwrap();
    let nth = |name: &str| HostId::nth(places.iter().position(|place| place.name() == name).unwrap());
    // 7.5 ms there and back.
    let path = paths.get(nth("australiacentral"), nth("australiaeast")).unwrap();
    assert_eq!(path.delay(), Duration::from_micros(3_750));
    let itself = paths.get(nth("australiaeast"), nth("australiaeast")).unwrap();
    assert_eq!(itself, geography.path(&places[2], &places[2]));
    for (from, a) in places.iter().enumerate() {
        for (to, b) in places.iter().enumerate() {
            let path = paths.get(HostId::nth(from), HostId::nth(to)).unwrap();
            assert!(path.delay().as_nanos() as u64 >= light_ns(a.point(), b.point()));
        }
    }
}

#[test]
fn a_round_trip_that_beats_light_is_refused() {
    let hosts = [Host::new("a", city("x", 0.0, 0.0)), Host::new("b", city("y", 0.0, 90.0))];
    let geography = Geography::at_speed(0.5).unwrap();
    let measured =
        |text: &str| Paths::measured(&hosts, &RoundTrips::read(text.as_bytes()).unwrap(), &geography);
    assert!(measured("src,dst,min_rtt_ms\nx,y,66.9\n").is_ok());
    let refused = measured("src,dst,min_rtt_ms\ny,x,66.8\n").unwrap_err();
    assert_eq!(
        refused.to_string(),
        "round trip 66800000 ns from `x` to `y` is shorter than light's 66837936 ns; one of them is elsewhere"
    );
    assert!(Geography::at_speed(1.01).is_err() && Geography::at_speed(f64::NAN).is_err());
}
