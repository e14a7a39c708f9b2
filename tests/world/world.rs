//! Landmarks and chips that could be: honest delays above the light bound.

use lightcone::v1;

use crate::Seed;

/// A little more than the farthest a degree of arc can be on the ellipsoid, in metres a radian.
const M_PER_RAD: f64 = 6_399_600.0;
const C_M_PER_NS: f64 = 0.299_792_458;
/// How much longer than light in vacuum real paths take.
const STRETCH: (f64, f64) = (1.5, 2.3);
/// What queues and last miles add, in nanoseconds.
const EXTRA_NS: (f64, f64) = (200_000.0, 4_000_000.0);

/// Landmarks, and chance to make chips of.
#[derive(Clone, Debug)]
pub struct World {
    /// The landmarks.
    pub landmarks: Vec<v1::Landmark>,
    seed: Seed,
}

/// A chip at a place, and what each landmark measured to it.
#[derive(Clone, Debug)]
pub struct Chip {
    /// Where it is.
    pub point: v1::Point,
    /// A round trip for each landmark, in nanoseconds.
    pub rtt_ns: Vec<i64>,
}

impl World {
    /// So many landmarks, spread over where people live.
    #[must_use]
    pub fn of_seed(count: usize, seed: u64) -> Self {
        let mut seed = Seed::new(seed);
        let landmarks = (0..count)
            .map(|index| v1::Landmark {
                name: format!("landmark-{index:03}"),
                point: Some(place(&mut seed)),
                position_error_m: Some(0.0),
                clock_error_ns: 0,
                group: String::new(),
            })
            .collect();
        Self { landmarks, seed }
    }

    /// A chip somewhere.
    pub fn chip(&mut self) -> Chip {
        let point = place(&mut self.seed);
        self.chip_at(point)
    }

    /// A chip there.
    pub fn chip_at(&mut self, point: v1::Point) -> Chip {
        let rtt_ns = self.landmarks.iter().map(|landmark| rtt_ns(landmark, &point, &mut self.seed)).collect();
        Chip { point, rtt_ns }
    }

    /// The Locate of a chip, without a question.
    #[must_use]
    pub fn request(&self, chip: &Chip) -> v1::LocateRequest {
        let trip = |(landmark, rtt_ns): (&v1::Landmark, &i64)| v1::RoundTrip {
            landmark: landmark.name.clone(),
            rtt_ns: *rtt_ns,
            measured: None,
        };
        v1::LocateRequest {
            landmarks: self.landmarks.clone(),
            round_trips: self.landmarks.iter().zip(&chip.rtt_ns).map(trip).collect(),
            ..v1::LocateRequest::default()
        }
    }

    /// A batch's first frame, with these questions.
    #[must_use]
    pub fn header(&self, questions: Vec<v1::Question>) -> v1::BatchLocateRequest {
        let header =
            v1::BatchHeader { landmarks: self.landmarks.clone(), questions, ..v1::BatchHeader::default() };
        v1::BatchLocateRequest { frame: Some(v1::batch_locate_request::Frame::Header(header)) }
    }
}

impl Chip {
    /// The chip as an item of a batch.
    #[must_use]
    pub fn item(&self, correlation_id: impl Into<String>) -> v1::BatchItem {
        v1::BatchItem {
            correlation_id: correlation_id.into(),
            rtt_ns: self.rtt_ns.clone(),
            ..v1::BatchItem::default()
        }
    }
}

fn place(seed: &mut Seed) -> v1::Point {
    v1::Point { latitude_deg: seed.within(-40.0, 65.0), longitude_deg: seed.within(-180.0, 180.0) }
}

fn rtt_ns(landmark: &v1::Landmark, to: &v1::Point, seed: &mut Seed) -> i64 {
    let from = landmark.point.unwrap_or_default();
    let light_ns = 2.0 * M_PER_RAD * angle_rad(&from, to) / C_M_PER_NS;
    (light_ns * seed.within(STRETCH.0, STRETCH.1) + seed.within(EXTRA_NS.0, EXTRA_NS.1)) as i64
}

fn angle_rad(a: &v1::Point, b: &v1::Point) -> f64 {
    let (lat_a, lat_b) = (a.latitude_deg.to_radians(), b.latitude_deg.to_radians());
    let turn = (b.longitude_deg - a.longitude_deg).to_radians();
    let half = ((lat_b - lat_a) / 2.0).sin().powi(2) + lat_a.cos() * lat_b.cos() * (turn / 2.0).sin().powi(2);
    2.0 * half.sqrt().min(1.0).asin()
}
