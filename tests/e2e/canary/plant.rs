//! Sites at secret points, and verdicts on their agents as sessions give them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use lightcone::v1;
use lightcone::v1::chip_service_client::ChipServiceClient;
use lightcone::v1::site_service_client::SiteServiceClient;
use lightcone_core::region::Evidence;
use lightcone_core::{Borders, ClockError, Landmark, LightMode, Mesh, Metres, Observation, Point, RoundTrip};
use lightcone_store::{Judged, Session, SessionState, Store, SubjectKind, Verdict};
use lightcone_tests::players::Device;
use lightcone_tests::{House, Seed};
use prost::Message as _;

use super::adversary::Heard;
use super::guess::destinations;

/// South-west corners of cells where borders meet, in whole degrees, and the degrees of longitude they span.
const CELLS: [(i64, i64, i64); 10] = [
    (1, 103, 1),
    (47, 6, 2),
    (49, 6, 2),
    (46, 6, 2),
    (48, 16, 2),
    (50, 4, 2),
    (22, 113, 1),
    (31, -107, 1),
    (6, 1, 1),
    (-18, 25, 1),
];
/// Points to a side of the grid that the adversary is given: the secret point is one of them.
pub(super) const SIDE: i64 = 16;
/// How large regions are, in kilometres: each as likely.
pub(super) const RADII_KM: [u32; 12] = [8, 12, 18, 25, 35, 50, 65, 80, 100, 120, 150, 190];
/// Agents at a site, each with a chip.
pub(super) const AGENTS: usize = 2;
const HALF_WEEK_NS: i64 = 7 * 86_400_000_000_000 / 2;
const DEGREE: i64 = 1_000_000_000;
/// Nanoseconds of a round trip to a kilometre and back.
const NS_PER_KM: i64 = 6_671;

/// A site at a secret point.
pub(super) struct Canary {
    pub(super) site: String,
    cell: (i64, i64, i64),
    /// Which point of the grid.
    pub(super) secret: usize,
}

impl Canary {
    /// One in each cell.
    pub(super) fn drawn(seed: &mut Seed) -> Vec<Self> {
        let points = (SIDE * SIDE) as u64;
        let drawn = |(place, cell)| Self {
            site: format!("hall-{place}"),
            cell,
            secret: (seed.next() % points) as usize,
        };
        CELLS.into_iter().enumerate().map(drawn).collect()
    }

    /// A point of the grid over its cell.
    pub(super) fn grid(&self, nth: usize) -> Point {
        let (south, west, span) = self.cell;
        let (row, column) = (nth as i64 / SIDE, nth as i64 % SIDE);
        // In the middle of its square, and no round number.
        let within = |side: i64, span: i64| (2 * side + 1) * span * DEGREE / (2 * SIDE) + 1_234_567;
        Point::from_ndeg(south * DEGREE + within(row, 1), west * DEGREE + within(column, span))
            .expect("a point")
    }

    pub(super) fn point(&self) -> Point {
        self.grid(self.secret)
    }

    pub(super) fn agent(&self, nth: usize) -> String {
        format!("{}-{nth}", self.site)
    }

    pub(super) fn chip(&self, nth: usize) -> String {
        format!("chips/{}", self.agent(nth))
    }

    /// In which form something that was heard bears the secret point, if it does.
    pub(super) fn betrayed_by(&self, heard: &Heard) -> Option<&'static str> {
        let point = self.point();
        for (ndeg, degrees) in [(point.lat_ndeg(), point.lat_deg()), (point.lon_ndeg(), point.lon_deg())] {
            // With two digits behind the point, not rounded: a kilometre.
            let text = format!("{:.3}", degrees.abs());
            let text = &text.as_bytes()[..text.len() - 1];
            let forms: [(&str, Vec<u8>); 7] = [
                ("degrees", text.to_vec()),
                ("nanodegrees", ndeg.abs().to_string().into_bytes()),
                ("a double", degrees.to_le_bytes().to_vec()),
                ("a double, the large end first", degrees.to_be_bytes().to_vec()),
                ("an integer", ndeg.to_le_bytes().to_vec()),
                ("a varint", varint(ndeg as u64)),
                ("a zigzag varint", varint(((ndeg << 1) ^ (ndeg >> 63)) as u64)),
            ];
            for (form, bytes) in forms {
                if heard.bytes.windows(bytes.len()).any(|window| window == bytes) {
                    return Some(form);
                }
            }
        }
        None
    }
}

fn varint(value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    prost::encoding::encode_varint(value, &mut bytes);
    bytes
}

/// Codes of the atoms that a region of that size around a point touches.
pub(super) fn touched(borders: &Borders, point: Point, radius_km: u32) -> Vec<String> {
    let landmark = Landmark {
        name: "middle".to_owned(),
        point,
        position_error: Metres::new(0.0).expect("a length"),
        clock_error: ClockError::from_ns(0).expect("a time"),
        group: None,
    };
    let mesh = Mesh::new(vec![landmark]).expect("one landmark");
    let seen = Observation {
        landmark: mesh.find("middle").expect("it is there"),
        round_trip: RoundTrip::from_ns(i64::from(radius_km) * NS_PER_KM).expect("a round trip"),
        age: lightcone_core::Age::from_ns(0).expect("an age"),
    };
    let region = Evidence::new(&mesh, LightMode::Vacuum, &[seen]).region(0).expect("a region");
    borders.codes(&borders.touched(&region)).into_iter().map(str::to_owned).collect()
}

/// How large the regions of sessions are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sizes {
    /// Each as likely.
    ByChance,
    /// The smallest for a week, then the largest for one, changing in the middle of weeks.
    AlternatingMidWeek,
}

/// What goes on at the sites.
pub(super) struct Story {
    store: Arc<dyn Store>,
    borders: Borders,
    begun: SystemTime,
    factor: u32,
    sessions: u64,
    /// Destinations that each session of each chip's agent found.
    pub(super) found: BTreeMap<String, Vec<Vec<String>>>,
}

/// Enters sites, agents and chips as their owner does.
pub(super) async fn plant(house: &House, canaries: &[Canary], factor: u32) -> Story {
    let channel = house.channel().await;
    let mut chips = ChipServiceClient::new(channel.clone());
    for canary in canaries {
        let point = canary.point();
        let claimed = v1::Point { latitude_deg: point.lat_deg(), longitude_deg: point.lon_deg() };
        let site =
            v1::Site { claimed_point: Some(claimed), claimed_tolerance_m: 50_000.0, ..v1::Site::default() };
        let site =
            v1::CreateSiteRequest { site_id: canary.site.clone(), site: Some(site), ..Default::default() };
        SiteServiceClient::new(channel.clone()).create_site(site).await.expect("a site");
        for nth in 0..AGENTS {
            let id = canary.agent(nth);
            Device::enter(&channel, &id, &canary.site).await;
            let chip = v1::Chip { serial: id.clone(), sku: "H20-96GB".to_owned(), ..v1::Chip::default() };
            let chip = v1::CreateChipRequest { chip_id: id.clone(), chip: Some(chip), ..Default::default() };
            chips.create_chip(chip).await.expect("a chip");
            let pair = v1::PairChipRequest {
                name: canary.chip(nth),
                agent: format!("agents/{id}"),
                reason: "installed".to_owned(),
                ..Default::default()
            };
            chips.pair_chip(pair).await.expect("a tie");
        }
    }
    let borders = Borders::embedded().expect("a map");
    Story {
        store: Arc::clone(&house.store),
        borders,
        begun: house.begun,
        factor,
        sessions: 0,
        found: BTreeMap::new(),
    }
}

impl Story {
    /// A session of every agent.
    pub(super) async fn measure(&mut self, canaries: &[Canary], sizes: Sizes, seed: &mut Seed) {
        for canary in canaries {
            for nth in 0..AGENTS {
                let size = match sizes {
                    Sizes::ByChance => (seed.next() % RADII_KM.len() as u64) as usize,
                    Sizes::AlternatingMidWeek if self.is_small_now() => 0,
                    Sizes::AlternatingMidWeek => RADII_KM.len() - 1,
                };
                self.judge(canary, nth, RADII_KM[size]).await;
            }
        }
    }

    /// Whether it is between the middles of an even week and the next.
    fn is_small_now(&self) -> bool {
        let halves = self.story_ns(clock_ns(SystemTime::now())).div_euclid(HALF_WEEK_NS);
        (halves + 1).div_euclid(2) % 2 == 0
    }

    /// Verdict time at a clock's time.
    fn story_ns(&self, clock: i64) -> i64 {
        let begun = clock_ns(self.begun);
        begun + (clock - begun) * i64::from(self.factor)
    }

    async fn judge(&mut self, canary: &Canary, nth: usize, radius_km: u32) {
        self.sessions += 1;
        let agent = canary.agent(nth);
        let (id, now) = (format!("session-{:08}", self.sessions), clock_ns(SystemTime::now()));
        let story = self.story_ns(now);
        let centre =
            v1::Point { latitude_deg: canary.point().lat_deg(), longitude_deg: canary.point().lon_deg() };
        let summary =
            v1::RegionSummary { area_m2: 1, centroid: Some(centre), radius_m: u64::from(radius_km) * 1_000 };
        let touched = touched(&self.borders, canary.point(), radius_km);
        self.found.entry(canary.chip(nth)).or_default().push(destinations(&self.borders, &touched));
        let verdict = v1::Verdict {
            extent: v1::verdict::Extent::Bounded as i32,
            touched,
            worldview: "destination".to_owned(),
            summary: Some(summary),
            binding: vec![v1::Disk { landmark: "near".to_owned(), centre: Some(centre), radius_m: 1_000 }],
            ..v1::Verdict::default()
        };
        let record = v1::VerdictRecord {
            verdict: Some(verdict),
            residency: v1::Residency::R1 as i32,
            headline: format!("near {}", canary.point().lat_deg()),
            ..v1::VerdictRecord::default()
        };
        self.store.put_session(session(&id, &agent, now, self.sessions), None).await.expect("a session");
        let verdict = Verdict {
            id: id.clone(),
            revision: 0,
            create_time: now,
            agent,
            session: id,
            as_of: now,
            story_time: Some(story),
            canonical: format!("{{\"lat\":{}}}", canary.point().lat_ndeg()).into_bytes(),
            summary: record.headline.clone(),
            wire: record.encode_to_vec(),
            residency: "R1".to_owned(),
            liars: 1,
            mode: "vacuum".to_owned(),
            superseded_by: None,
            legal_hold: false,
            tenant: "development".to_owned(),
            places: Vec::new(),
        };
        self.store.put_verdict(Judged { verdict, supersedes: None }).await.expect("a verdict");
    }
}

fn clock_ns(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_nanos()).expect("before 2262")
}

fn session(id: &str, agent: &str, now: i64, number: u64) -> Session {
    Session {
        id: id.to_owned(),
        etag: String::new(),
        create_time: now,
        update_time: now,
        state: SessionState::Judged,
        wire_id: number.to_be_bytes(),
        subject_kind: SubjectKind::Agent,
        subject: agent.to_owned(),
        verifier_nonce: [0; 32],
        binding: None,
        session_signing_key: None,
        session_exchange_key: None,
        evidence_format: "software".to_owned(),
        evidence: Vec::new(),
        residency: "R1".to_owned(),
        landmarks: Vec::new(),
        not_before: now,
        not_after: now,
        as_of: Some(now),
        story_time: None,
        transcript: Vec::new(),
        transcript_signature: Vec::new(),
        appraisal: Vec::new(),
        attest_time: None,
        inventory: Vec::new(),
        closing_evidence: Vec::new(),
        closing_appraisal: Vec::new(),
        tenant: "development".to_owned(),
    }
}
