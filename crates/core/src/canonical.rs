//! The canonical body of a verdict: JSON on one line, keys in order, whole numbers only. The same verdict
//! is the same bytes on every host (RFC 8785 for the values that occur here).

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;

use crate::area::AreaSet;
use crate::borders::Borders;
use crate::landmark::{LandmarkId, Mesh};
use crate::point::Point;
use crate::question::Question;
use crate::region::Extent;
use crate::verdict::{
    Answer, Assumption, Conflict, Disk, Doubt, ENGINE, Reason, Settlement, Summary, Verdict,
};

/// The canonical body. `mesh` and `borders` must be those that the verdict was made with.
#[must_use]
pub fn json(verdict: &Verdict, mesh: &Mesh, borders: &Borders) -> String {
    let teller = Teller { mesh, borders };
    object([
        ("answers", array(verdict.answers.iter().map(|answer| teller.answer(answer)))),
        ("assumptions", array(verdict.assumptions.iter().map(assumption))),
        ("binding", array(verdict.binding.iter().map(|disk| teller.disk(disk)))),
        ("borders", object([("sha256", text(Borders::SHA256.trim())), ("version", text(Borders::VERSION))])),
        ("conflicts", array(verdict.conflicts.iter().map(|conflict| teller.conflict(conflict)))),
        ("contradicted", array(verdict.contradicted.iter().map(|id| teller.landmark(*id)))),
        ("doubted", array(verdict.doubted.iter().map(|doubt| teller.doubt(doubt)))),
        ("engine", text(ENGINE)),
        ("extent", verdict.extent.map_or_else(null, |extent| text(extent_name(extent)))),
        ("groups", verdict.groups.to_string()),
        ("landmarks", verdict.landmarks.to_string()),
        ("least_liars", verdict.least_liars.to_string()),
        ("liars", verdict.liars.to_string()),
        ("mode", text(&verdict.mode.to_string())),
        ("region", verdict.summary.as_ref().map_or_else(null, summary)),
        ("territorial_sea", verdict.territorial_sea.to_string()),
        ("touched", teller.areas(&verdict.touched)),
        ("worldview", text(verdict.worldview.name())),
    ])
}

/// The name of an extent in files and on the wire.
#[must_use]
pub const fn extent_name(extent: Extent) -> &'static str {
    match extent {
        Extent::Empty => "EMPTY",
        Extent::Bounded => "BOUNDED",
        Extent::Whole => "WHOLE",
    }
}

struct Teller<'a> {
    mesh: &'a Mesh,
    borders: &'a Borders,
}

impl Teller<'_> {
    fn landmark(&self, id: LandmarkId) -> String {
        text(&self.mesh.landmark(id).name)
    }

    fn areas(&self, areas: &AreaSet) -> String {
        array(self.borders.codes(areas).into_iter().map(text))
    }

    fn disk(&self, disk: &Disk) -> String {
        object([
            ("centre", point(disk.centre)),
            ("landmark", self.landmark(disk.landmark)),
            ("radius_m", disk.radius_m.to_string()),
        ])
    }

    fn conflict(&self, conflict: &Conflict) -> String {
        let pair = [self.landmark(conflict.first), self.landmark(conflict.second)];
        object([("gap_m", conflict.gap_m.to_string()), ("landmarks", array(pair.into_iter()))])
    }

    fn doubt(&self, doubt: &Doubt) -> String {
        object([("landmark", self.landmark(doubt.landmark)), ("share_ppm", doubt.share_ppm.to_string())])
    }

    fn answer(&self, answer: &Answer) -> String {
        object([
            ("finding", text(answer.finding.name())),
            ("holds_up_to_liars", answer.holds_up_to_liars.map_or_else(null, |liars| liars.to_string())),
            ("question", self.question(&answer.question)),
            ("reasons", array(answer.reasons.iter().map(|reason| self.reason(reason)))),
            ("settled_by", array(answer.settled_by.iter().map(|settlement| self.settlement(settlement)))),
        ])
    }

    fn question(&self, question: &Question) -> String {
        match question {
            Question::Inside { areas, on_land } => object([
                ("areas", self.areas(areas)),
                ("kind", text("INSIDE")),
                ("on_land", on_land.to_string()),
            ]),
            Question::Outside { areas } => object([("areas", self.areas(areas)), ("kind", text("OUTSIDE"))]),
            Question::Claim { point: claimed, tolerance } => object([
                ("kind", text("CLAIM")),
                ("point", point(*claimed)),
                ("tolerance_m", tolerance.ceil().to_string()),
            ]),
        }
    }

    fn reason(&self, reason: &Reason) -> String {
        let code = ("code", text(reason.code()));
        match reason {
            Reason::TouchesOnly(areas) | Reason::Touches(areas) => {
                object([("areas", self.areas(areas)), code])
            }
            Reason::ClaimBeyond { distance_m } => object([code, ("distance_m", distance_m.to_string())]),
            Reason::NoPlaceFits { least_liars } => object([code, ("least_liars", least_liars.to_string())]),
            Reason::TooFewGroups { groups, needed } => {
                object([code, ("groups", groups.to_string()), ("needed", needed.to_string())])
            }
            Reason::TooOld { dropped } => object([code, ("dropped", dropped.to_string())]),
            Reason::TouchesNone | Reason::ReachesSea | Reason::ClaimWithin | Reason::Fragile => {
                object([code])
            }
        }
    }

    fn settlement(&self, settlement: &Settlement) -> String {
        match settlement {
            Settlement::RoundTripBelow { landmark, rtt_ns, groups } => object([
                ("groups", groups.to_string()),
                ("kind", text("ROUND_TRIP_BELOW")),
                ("landmark", self.landmark(*landmark)),
                ("rtt_ns", rtt_ns.to_string()),
            ]),
            Settlement::LandmarkAt { point: place, rtt_ns, groups } => object([
                ("groups", groups.to_string()),
                ("kind", text("LANDMARK_AT")),
                ("point", point(*place)),
                ("rtt_ns", rtt_ns.to_string()),
            ]),
        }
    }
}

fn assumption(assumption: &Assumption) -> String {
    match assumption {
        Assumption::EveryLandmarkHonest => text("every landmark is honest"),
        Assumption::EachLandmarkItsOwnGroup => text("each landmark is a trust group of its own"),
        Assumption::Fibre(index) => text(&format!("all signals travel in glass of index {}", index.get())),
        Assumption::OnLand => text("the chip is on land"),
    }
}

fn summary(summary: &Summary) -> String {
    object([
        ("area_m2", summary.area_m2.to_string()),
        ("centroid", point(summary.centroid)),
        ("radius_m", summary.radius_m.to_string()),
    ])
}

fn point(point: Point) -> String {
    object([("lat_ndeg", point.lat_ndeg().to_string()), ("lon_ndeg", point.lon_ndeg().to_string())])
}

fn null() -> String {
    "null".to_string()
}

/// An object of fields whose names are in order.
fn object<const N: usize>(fields: [(&str, String); N]) -> String {
    debug_assert!(fields.is_sorted_by(|a, b| a.0 < b.0), "keys are in order");
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", fields.join(","))
}

fn array(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    format!("[{}]", items.join(","))
}

/// A JSON string.
fn text(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            c if c < ' ' => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\u{:04x}", c as u32);
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
