//! Random worlds from one seed: landmarks, a truth, honest delays, and liars on demand.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot make its world has failed")]

use lightcone_core::direction::{Direction, Vector};
use lightcone_core::{
    Age, ClockError, Landmark, LightMode, Mesh, Metres, Observation, Point, RoundTrip, ellipsoid,
};

/// SplitMix64: small, and the same on every host.
pub struct Chance(u64);

impl Chance {
    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Within 0 to 1.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub fn direction(&mut self) -> Direction {
        let z = 2.0 * self.share() - 1.0;
        let turn = self.share() * std::f64::consts::TAU;
        let flat = (1.0 - z * z).max(0.0).sqrt();
        Vector::new(flat * turn.cos(), flat * turn.sin(), z).direction().unwrap()
    }

    pub fn point(&mut self) -> Point {
        ellipsoid::point(self.direction())
    }

    /// A direction within an angle of another, spread evenly over that cap.
    pub fn near(&mut self, centre: Direction, angle_rad: f64) -> Direction {
        let versine = self.share() * (1.0 - angle_rad.cos());
        let turn = self.share() * std::f64::consts::TAU;
        let sine = (versine * (2.0 - versine)).max(0.0).sqrt();
        let (u, v) = centre.frame();
        (centre.vector() * (1.0 - versine) + u * (sine * turn.cos()) + v * (sine * turn.sin()))
            .direction()
            .unwrap()
    }
}

/// Karney's geodesic, from the library that others use: the oracle for distances, in metres.
pub fn geodesic_m(a: Point, b: Point) -> f64 {
    use geographiclib_rs::{Geodesic, InverseGeodesic};
    Geodesic::wgs84().inverse(a.lat_deg(), a.lon_deg(), b.lat_deg(), b.lon_deg())
}

/// The shortest round trip that light in vacuum allows over the surface, in ns, rounded up.
pub fn light_ns(distance_m: f64) -> i64 {
    (distance_m * 2.0 / 0.299_792_458).ceil() as i64 + 1
}

#[derive(Clone, Debug)]
pub struct World {
    pub mesh: Mesh,
    pub truth: Point,
    pub observations: Vec<Observation>,
}

/// How a world is made.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub landmarks: usize,
    pub groups: usize,
    /// The most that a path is longer than light's.
    pub detour: f64,
    /// Landmarks within this angle of the truth; π for anywhere.
    pub spread_rad: f64,
}

pub fn world(seed: u64, shape: Shape) -> World {
    let mut chance = Chance::of(seed);
    let truth = chance.point();
    let centre = ellipsoid::direction(truth);
    let landmarks: Vec<Landmark> = (0..shape.landmarks)
        .map(|index| Landmark {
            name: format!("l{index:03}"),
            point: ellipsoid::point(chance.near(centre, shape.spread_rad)),
            position_error: Metres::ZERO,
            clock_error: ClockError::default(),
            group: (shape.groups > 0).then(|| format!("g{}", chance.below(shape.groups))),
        })
        .collect();
    let mesh = Mesh::new(landmarks).unwrap();
    let observations = mesh
        .ids()
        .map(|id| {
            let light = light_ns(geodesic_m(mesh.landmark(id).point, truth)).max(1_000);
            let slack = 1.0 + chance.share() * chance.share() * shape.detour;
            seen(id, (light as f64 * slack).ceil() as i64)
        })
        .collect();
    World { mesh, truth, observations }
}

pub fn seen(landmark: lightcone_core::LandmarkId, ns: i64) -> Observation {
    Observation { landmark, round_trip: RoundTrip::from_ns(ns).unwrap(), age: Age::default() }
}

/// The oracle: how many groups fail at a direction, straight from the definition.
pub fn failing(evidence: &lightcone_core::Evidence<'_>, at: Direction) -> usize {
    let mut failed: Vec<_> =
        evidence.caps().filter(|bound| !bound.cap.contains(at)).map(|bound| bound.group).collect();
    failed.sort();
    failed.dedup();
    failed.len()
}

pub const VACUUM: LightMode = LightMode::Vacuum;
