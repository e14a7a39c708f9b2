//! Answers for the wire.

use lightcone::v1;
use lightcone_core::audit::{self, Audit};
use lightcone_core::locate::{Located, Settings};
use lightcone_core::region::Extent;
use lightcone_core::verdict::{self, Answer, Assumption, ENGINE, Reason, Settlement, Summary, Verdict};
use lightcone_core::{
    AreaSet, Borders, Finding, LandmarkId, LightMode, Mesh, Point, Question, Region, ellipsoid,
};

/// How fine a region's outline is drawn, in radians.
const OUTLINE_STEP_RAD: f64 = 1.0 * (core::f64::consts::PI / 180.0);

/// A Locate's answer.
pub(crate) fn located(borders: &Borders, mesh: &Mesh, located: &Located, full: bool) -> v1::LocateResponse {
    let region = located.region.as_ref().filter(|_| full);
    v1::LocateResponse {
        verdict: Some(Words { borders, mesh }.verdict(&located.verdict)),
        region: region.map(|region| Words { borders, mesh }.region(region, &located.verdict)),
    }
}

/// An audit's answer.
pub(crate) fn audited(borders: &Borders, mesh: &Mesh, audit: &Audit) -> v1::AuditLandmarksResponse {
    let words = Words { borders, mesh };
    v1::AuditLandmarksResponse {
        conflicts: audit
            .conflicts
            .iter()
            .map(|found| words.conflict(found.first, found.second, found.gap_m))
            .collect(),
        least_liars: audit.least_liars,
        pairs: audit.pairs as u32,
        least_groups: audit.least_groups,
        exact: audit.exact,
        suspended: audit.suspended.iter().map(|suspension| words.suspension(suspension)).collect(),
        misplaced: audit.misplaced.iter().map(|misplaced| words.misplaced(misplaced)).collect(),
        engine: Some(engine()),
    }
}

/// What computes.
pub(crate) fn engine() -> v1::Engine {
    v1::Engine {
        engine: ENGINE.to_owned(),
        borders_version: Borders::VERSION.to_owned(),
        borders_sha256: Borders::SHA256.trim().to_owned(),
    }
}

/// Settings with nothing left to a default.
pub(crate) fn settings(settings: &Settings) -> v1::Settings {
    v1::Settings {
        light_mode: Some(light_mode(settings.mode)),
        liars: Some(settings.liars),
        worldview: settings.worldview.name().to_owned(),
        territorial_sea: settings.territorial_sea,
        max_age: settings.max_age.map(|age| prost_types::Duration {
            seconds: (age.ns() / 1_000_000_000) as i64,
            nanos: (age.ns() % 1_000_000_000) as i32,
        }),
        explain: settings.explain,
    }
}

fn light_mode(mode: LightMode) -> v1::LightMode {
    use v1::light_mode::{Chord, Fibre, Mode, Vacuum};
    let mode = match mode {
        LightMode::Vacuum => Mode::Vacuum(Vacuum {}),
        LightMode::Chord => Mode::Chord(Chord {}),
        LightMode::Fibre(index) => Mode::Fibre(Fibre { refractive_index: index.get() }),
    };
    v1::LightMode { mode: Some(mode) }
}

fn point(point: Point) -> v1::Point {
    v1::Point { latitude_deg: point.lat_deg(), longitude_deg: point.lon_deg() }
}

pub(super) fn extent(extent: Option<Extent>) -> v1::verdict::Extent {
    match extent {
        None => v1::verdict::Extent::Unspecified,
        Some(Extent::Empty) => v1::verdict::Extent::Empty,
        Some(Extent::Bounded) => v1::verdict::Extent::Bounded,
        Some(Extent::Whole) => v1::verdict::Extent::Whole,
    }
}

pub(super) fn summary(summary: &Summary) -> v1::RegionSummary {
    v1::RegionSummary {
        area_m2: summary.area_m2,
        centroid: Some(point(summary.centroid)),
        radius_m: summary.radius_m,
    }
}

pub(super) fn assumption(assumption: Assumption) -> i32 {
    let wire = match assumption {
        Assumption::EveryLandmarkHonest => v1::verdict::Assumption::EveryLandmarkHonest,
        Assumption::EachLandmarkItsOwnGroup => v1::verdict::Assumption::EachLandmarkItsOwnGroup,
        Assumption::Fibre(_) => v1::verdict::Assumption::Fibre,
        Assumption::OnLand => v1::verdict::Assumption::OnLand,
    };
    wire as i32
}

pub(super) fn finding(finding: Finding) -> v1::Finding {
    match finding {
        Finding::Proven => v1::Finding::Proven,
        Finding::Disproven => v1::Finding::Disproven,
        Finding::Possible => v1::Finding::Possible,
        Finding::Impossible => v1::Finding::Impossible,
        Finding::Inconclusive => v1::Finding::Inconclusive,
        Finding::Inconsistent => v1::Finding::Inconsistent,
        Finding::Stale => v1::Finding::Stale,
    }
}

/// What answers name things by.
struct Words<'a> {
    borders: &'a Borders,
    mesh: &'a Mesh,
}

impl Words<'_> {
    fn name(&self, id: LandmarkId) -> String {
        self.mesh.landmark(id).name.clone()
    }

    fn codes(&self, areas: &AreaSet) -> Vec<String> {
        self.borders.codes(areas).into_iter().map(str::to_owned).collect()
    }

    fn verdict(&self, verdict: &Verdict) -> v1::Verdict {
        v1::Verdict {
            light_mode: Some(light_mode(verdict.mode)),
            liars: verdict.liars,
            groups: verdict.groups,
            landmarks: verdict.landmarks,
            worldview: verdict.worldview.name().to_owned(),
            territorial_sea: verdict.territorial_sea,
            assumptions: verdict.assumptions.iter().map(|each| assumption(*each)).collect(),
            extent: extent(verdict.extent) as i32,
            summary: verdict.summary.as_ref().map(summary),
            binding: verdict.binding.iter().map(|disk| self.disk(disk)).collect(),
            touched: self.codes(&verdict.touched),
            least_liars: verdict.least_liars,
            contradicted: verdict.contradicted.iter().map(|id| self.name(*id)).collect(),
            conflicts: verdict
                .conflicts
                .iter()
                .map(|found| self.conflict(found.first, found.second, found.gap_m))
                .collect(),
            answers: verdict.answers.iter().map(|answer| self.answer(answer)).collect(),
            engine: Some(engine()),
            doubted: verdict.doubted.iter().map(|doubt| self.doubt(doubt)).collect(),
        }
    }

    fn disk(&self, disk: &verdict::Disk) -> v1::Disk {
        v1::Disk {
            landmark: self.name(disk.landmark),
            centre: Some(point(disk.centre)),
            radius_m: disk.radius_m,
        }
    }

    fn doubt(&self, doubt: &verdict::Doubt) -> v1::Doubt {
        v1::Doubt { landmark: self.name(doubt.landmark), share_ppm: doubt.share_ppm }
    }

    fn conflict(&self, first: LandmarkId, second: LandmarkId, gap_m: u64) -> v1::Conflict {
        v1::Conflict { first: self.name(first), second: self.name(second), gap_m }
    }

    fn answer(&self, answer: &Answer) -> v1::Answer {
        v1::Answer {
            question: Some(self.question(&answer.question)),
            finding: finding(answer.finding) as i32,
            reasons: answer.reasons.iter().map(|reason| self.reason(reason)).collect(),
            holds_up_to_liars: answer.holds_up_to_liars,
            settled_by: answer.settled_by.iter().map(|settlement| self.settlement(settlement)).collect(),
        }
    }

    fn question(&self, question: &Question) -> v1::Question {
        use v1::question::{Claim, Inside, Outside, Question as Wire};
        let wire = match question {
            Question::Inside { areas, on_land } => {
                Wire::Inside(Inside { areas: self.codes(areas), on_land: *on_land })
            }
            Question::Outside { areas } => Wire::Outside(Outside { areas: self.codes(areas) }),
            Question::Claim { point: claimed, tolerance } => {
                Wire::Claim(Claim { point: Some(point(*claimed)), tolerance_m: tolerance.get() })
            }
        };
        v1::Question { question: Some(wire) }
    }

    fn reason(&self, reason: &Reason) -> v1::Reason {
        use v1::reason::Code;
        let blank = |code: Code| v1::Reason { code: code as i32, ..v1::Reason::default() };
        match reason {
            Reason::TouchesNone => blank(Code::TouchesNone),
            Reason::TouchesOnly(areas) => v1::Reason { areas: self.codes(areas), ..blank(Code::TouchesOnly) },
            Reason::Touches(areas) => v1::Reason { areas: self.codes(areas), ..blank(Code::Touches) },
            Reason::ReachesSea => blank(Code::ReachesSea),
            Reason::ClaimWithin => blank(Code::ClaimWithin),
            Reason::ClaimBeyond { distance_m } => {
                v1::Reason { distance_m: Some(*distance_m), ..blank(Code::ClaimBeyond) }
            }
            Reason::NoPlaceFits { least_liars } => {
                v1::Reason { least_liars: Some(*least_liars), ..blank(Code::NoPlaceFits) }
            }
            Reason::TooFewGroups { groups, needed } => v1::Reason {
                groups: Some(*groups),
                groups_needed: Some(*needed),
                ..blank(Code::TooFewGroups)
            },
            Reason::TooOld { dropped } => v1::Reason { dropped: Some(*dropped), ..blank(Code::TooOld) },
            Reason::Fragile => blank(Code::Fragile),
        }
    }

    fn settlement(&self, settlement: &Settlement) -> v1::Settlement {
        use v1::settlement::{LandmarkAt, Measurement, RoundTripBelow};
        let wire = match *settlement {
            Settlement::RoundTripBelow { landmark, rtt_ns, groups } => {
                Measurement::RoundTripBelow(RoundTripBelow { landmark: self.name(landmark), rtt_ns, groups })
            }
            Settlement::LandmarkAt { point: place, rtt_ns, groups } => {
                Measurement::LandmarkAt(LandmarkAt { point: Some(point(place)), rtt_ns, groups })
            }
        };
        v1::Settlement { measurement: Some(wire) }
    }

    fn region(&self, region: &Region, verdict: &Verdict) -> v1::Region {
        let direction = |direction| point(ellipsoid::point(direction));
        let outline = |line: lightcone_core::region::Loop| v1::Outline {
            points: line.points.into_iter().map(direction).collect(),
        };
        let arc = |arc: &lightcone_core::region::Arc| {
            let rim = region.rim(arc);
            v1::Arc {
                disk: arc.bound() as u32,
                start: Some(direction(rim.at(arc.along(0.0)))),
                end: Some(direction(rim.at(arc.along(1.0)))),
                span_deg: arc.span_rad().to_degrees(),
            }
        };
        v1::Region {
            disks: region.bounds().iter().map(|bound| self.bound(bound, verdict)).collect(),
            arcs: region.arcs().iter().map(arc).collect(),
            outlines: region.outline(OUTLINE_STEP_RAD).into_iter().map(outline).collect(),
        }
    }

    /// The disk of a bound; those of the boundary are in the verdict, with the radius that is stated there.
    fn bound(&self, bound: &lightcone_core::region::Bound, verdict: &Verdict) -> v1::Disk {
        let stated = verdict.binding.iter().find(|disk| disk.landmark == bound.landmark);
        stated.map_or_else(|| self.cap(bound), |disk| self.disk(disk))
    }

    fn cap(&self, bound: &lightcone_core::region::Bound) -> v1::Disk {
        let radius = ellipsoid::surface_max_m(bound.cap.radius_rad()).ceil();
        v1::Disk {
            landmark: self.name(bound.landmark),
            centre: Some(point(self.mesh.landmark(bound.landmark).point)),
            radius_m: radius as u64,
        }
    }

    fn suspension(&self, suspension: &audit::Suspension) -> v1::Suspension {
        use v1::suspension::{Cause, Convicted, Tie};
        let cause = match suspension.cause {
            audit::Cause::Convicted { conflicts } => Cause::Convicted(Convicted { conflicts }),
            audit::Cause::Tie { with } => Cause::Tie(Tie { with: self.name(with) }),
        };
        v1::Suspension { landmark: self.name(suspension.landmark), cause: Some(cause) }
    }

    fn misplaced(&self, misplaced: &audit::Misplaced) -> v1::Misplaced {
        v1::Misplaced {
            landmark: self.name(misplaced.landmark),
            stated_area: self.borders.code(misplaced.stated).to_owned(),
            distance_m: misplaced.distance_m,
            found_area: self.borders.code(misplaced.found).to_owned(),
        }
    }
}
