//! Hostile numbers are refused with the value and the limit, or lead to a larger region.

#![allow(clippy::unwrap_used, reason = "a test that cannot make its world has failed")]

use lightcone_core::landmark::{LANDMARKS_MAX, NAME_BYTES_MAX};
use lightcone_core::units::{AGE_MAX_NS, CLOCK_ERROR_MAX_NS, METRES_MAX, ROUND_TRIP_MAX_NS};
use lightcone_core::{Age, ClockError, Landmark, Mesh, Metres, Point, RoundTrip};

#[test]
fn round_trips_have_a_range() {
    for ns in [0, -1, i64::MIN, i64::MAX, ROUND_TRIP_MAX_NS as i64 + 1] {
        assert!(RoundTrip::from_ns(ns).unwrap_err().to_string().contains(&ns.to_string()));
    }
    assert_eq!(RoundTrip::from_ns(1).unwrap().ns(), 1);
    assert_eq!(RoundTrip::from_ns(ROUND_TRIP_MAX_NS as i64).unwrap().ns(), ROUND_TRIP_MAX_NS);
}

#[test]
fn errors_and_ages_have_a_range() {
    assert!(ClockError::from_ns(-1).is_err() && ClockError::from_ns(CLOCK_ERROR_MAX_NS as i64 + 1).is_err());
    assert!(Age::from_ns(i64::MIN).is_err() && Age::from_ns(AGE_MAX_NS as i64 + 1).is_err());
    assert_eq!(Age::from_ns(-5).unwrap(), Age::from_ns(5).unwrap(), "a chip moves as fast before as after");
    for metres in [-0.001, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, METRES_MAX + 1.0] {
        assert!(Metres::new(metres).is_err(), "{metres}");
    }
    assert_eq!(Metres::new(0.2).unwrap().ceil(), 1);
}

#[test]
fn points_have_a_range() {
    for (lat, lon) in
        [(90.1, 0.0), (-90.1, 0.0), (0.0, 180.1), (f64::NAN, 0.0), (0.0, f64::NAN), (f64::INFINITY, 0.0)]
    {
        assert!(Point::from_degrees(lat, lon).is_err(), "{lat} {lon}");
    }
    assert!(Point::from_ndeg(90_000_000_001, 0).is_none() && Point::from_ndeg(i64::MIN, i64::MIN).is_none());
    let error = Point::from_degrees(91.0, 0.0).unwrap_err().to_string();
    assert_eq!(error, "latitude 91 is not within -90 to 90 degrees");
}

fn named(name: &str) -> Landmark {
    Landmark {
        name: name.into(),
        point: Point::from_degrees(0.0, 0.0).unwrap(),
        position_error: Metres::ZERO,
        clock_error: ClockError::default(),
        group: None,
    }
}

#[test]
fn meshes_have_names_and_a_size() {
    assert_eq!(
        Mesh::new(vec![named("a"), named("a")]).unwrap_err().to_string(),
        "landmark `a` is there twice; names are unique in a mesh"
    );
    assert!(Mesh::new(vec![named("")]).is_err());
    assert!(Mesh::new(vec![named(&"x".repeat(NAME_BYTES_MAX + 1))]).is_err());
    let many = (0..=LANDMARKS_MAX).map(|index| named(&index.to_string())).collect();
    assert!(Mesh::new(many).is_err());
}

/// A named group never swallows a landmark that merely bears its name.
#[test]
fn a_landmark_without_a_group_stands_alone() {
    let mut other = named("b");
    other.group = Some("a".into());
    let mesh = Mesh::new(vec![named("a"), other]).unwrap();
    let ids: Vec<_> = mesh.ids().collect();
    assert_ne!(mesh.group(ids[0]), mesh.group(ids[1]));
}
