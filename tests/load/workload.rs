//! Landmarks, chips and a question: from a seed, or from a folder with real round trips.

use std::collections::BTreeMap;
use std::path::Path;

use lightcone::v1;
use lightcone::v1::batch_locate_request::Frame;
use lightcone::v1::question::{Outside, Question};
use lightcone_tests::World;

use crate::Failure;
use crate::options::Options;

/// The seed of the world.
const SEED: u64 = 2026;
/// Chips that are sent over and over.
const CHIPS: usize = 512;
/// Items in a frame.
const FRAME_ITEMS: usize = 64;
/// Where the chips must not be.
const DENIED: [&str; 5] = ["CN", "IR", "KP", "RU", "SY"];
/// How far a node of a data folder may be from its stated place, in metres.
const POSITION_ERROR_M: f64 = 30_000.0;

/// Landmarks, chips and a question.
pub(crate) struct Workload {
    pub(crate) landmarks: Vec<v1::Landmark>,
    pub(crate) items: Vec<v1::BatchItem>,
    pub(crate) questions: Vec<v1::Question>,
    source: String,
}

impl Workload {
    pub(crate) fn of(options: &Options) -> Result<Self, Failure> {
        let areas = DENIED.map(str::to_owned).to_vec();
        let questions = vec![v1::Question { question: Some(Question::Outside(Outside { areas })) }];
        if let Some(folder) = &options.data {
            let (landmarks, items) = read(folder)?;
            return Ok(Self { landmarks, items, questions, source: folder.display().to_string() });
        }
        let mut world = World::of_seed(options.landmarks, SEED);
        let items = (0..CHIPS).map(|index| world.chip().item(index.to_string())).collect();
        Ok(Self { landmarks: world.landmarks, items, questions, source: format!("seed {SEED}") })
    }

    pub(crate) fn describe(&self) -> String {
        let trips = self.items.iter().map(|item| item.rtt_ns.len()).sum::<usize>() / self.items.len().max(1);
        format!("{}: {} landmarks, {trips} round trips a chip, f = 1", self.source, self.landmarks.len())
    }

    pub(crate) fn header(&self, settings: Option<v1::Settings>) -> v1::BatchLocateRequest {
        let header = v1::BatchHeader {
            landmarks: self.landmarks.clone(),
            questions: self.questions.clone(),
            settings,
            view: None,
        };
        v1::BatchLocateRequest { frame: Some(Frame::Header(header)) }
    }

    /// Frames of items, over and over, with so many items in all.
    pub(crate) fn frames(&self, items: usize) -> impl Iterator<Item = v1::BatchLocateRequest> + use<> {
        let frames: Vec<Vec<v1::BatchItem>> =
            self.items.chunks(FRAME_ITEMS).map(<[v1::BatchItem]>::to_vec).collect();
        let mut left = items;
        (0..).map_while(move |index: usize| {
            let mut items = frames[index % frames.len()].clone();
            items.truncate(left);
            left -= items.len();
            let frame = Frame::Items(v1::BatchItems { items });
            (left > 0 || !matches!(&frame, Frame::Items(items) if items.items.is_empty()))
                .then_some(v1::BatchLocateRequest { frame: Some(frame) })
        })
    }

    /// The Locate of one chip.
    pub(crate) fn locate(&self, index: usize, settings: Option<v1::Settings>) -> v1::LocateRequest {
        let item = &self.items[index % self.items.len()];
        let trip = |(place, rtt_ns): (usize, &i64)| v1::RoundTrip {
            landmark: self.landmarks[item.landmarks.get(place).map_or(place, |at| *at as usize)].name.clone(),
            rtt_ns: *rtt_ns,
            measured: None,
        };
        v1::LocateRequest {
            landmarks: self.landmarks.clone(),
            round_trips: item.rtt_ns.iter().enumerate().map(trip).collect(),
            settings,
            questions: self.questions.clone(),
            ..v1::LocateRequest::default()
        }
    }
}

type Read = (Vec<v1::Landmark>, Vec<v1::BatchItem>);

/// Reads a folder: each node of good quality is a landmark, and a chip for all others.
fn read(folder: &Path) -> Result<Read, Failure> {
    let mut nodes = csv::Reader::from_path(folder.join("nodes.csv"))?;
    let mut landmarks: Vec<v1::Landmark> = Vec::new();
    for row in nodes.deserialize() {
        let row: BTreeMap<String, String> = row?;
        let text = |column: &str| row.get(column).map_or("", String::as_str);
        if !matches!(text("quality"), "" | "ok") {
            continue;
        }
        let point = v1::Point { latitude_deg: text("lat").parse()?, longitude_deg: text("lon").parse()? };
        landmarks.push(v1::Landmark {
            name: text("id").to_owned(),
            point: Some(point),
            position_error_m: Some(POSITION_ERROR_M),
            ..v1::Landmark::default()
        });
    }
    let place: BTreeMap<&str, usize> =
        landmarks.iter().enumerate().map(|(index, landmark)| (landmark.name.as_str(), index)).collect();
    let mut best: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for row in csv::Reader::from_path(folder.join("rtt.csv"))?.deserialize() {
        let row: BTreeMap<String, String> = row?;
        let text = |column: &str| row.get(column).map_or("", String::as_str);
        let ends = (place.get(text("src")), place.get(text("dst")));
        let (Some(from), Some(to), Ok(ms)) = (ends.0, ends.1, text("min_rtt_ms").parse::<f64>()) else {
            continue;
        };
        if from != to && ms > 0.0 {
            for pair in [(*from, *to), (*to, *from)] {
                best.entry(pair).and_modify(|known| *known = known.min(ms)).or_insert(ms);
            }
        }
    }
    let mut items: Vec<v1::BatchItem> = Vec::new();
    for (index, landmark) in landmarks.iter().enumerate() {
        let seen = best.range((index, 0)..(index + 1, 0));
        let (landmarks, rtt_ns) = seen.map(|((_, by), ms)| (*by as u32, (ms * 1e6) as i64)).unzip();
        items.push(v1::BatchItem {
            correlation_id: landmark.name.clone(),
            landmarks,
            rtt_ns,
            ..v1::BatchItem::default()
        });
    }
    items.retain(|item| item.rtt_ns.len() > 1);
    if items.is_empty() { Err("the folder has no usable round trips".into()) } else { Ok((landmarks, items)) }
}
