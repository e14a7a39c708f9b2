//! A verdict off the wire in the core's words. What does not fit is the server's fault and said so.

use lightcone::v1;
use lightcone_core::region::Extent;
use lightcone_core::verdict::{Answer, Assumption, Conflict, Disk, Doubt, Reason, Settlement, Summary};
use lightcone_core::{
    AreaSet, Borders, Finding, LandmarkId, LightMode, Mesh, Point, Question, Settings, Verdict,
};

use crate::exit::{Failure, Outcome};

/// What the answer is held against: what was sent.
pub(super) struct Door<'a> {
    pub(super) borders: &'a Borders,
    pub(super) mesh: &'a Mesh,
    pub(super) settings: &'a Settings,
    pub(super) questions: &'a [Question],
}

fn odd(what: &str) -> Failure {
    Failure::server(format!(
        "the server's answer makes no sense: {what}; are client and server of one version?"
    ))
}

impl Door<'_> {
    /// A verdict.
    pub(super) fn verdict(&self, wire: v1::Verdict) -> Outcome<Verdict> {
        self.same_map(wire.engine.as_ref())?;
        if wire.answers.len() != self.questions.len() {
            return Err(odd("it does not answer every question"));
        }
        let answers =
            wire.answers.iter().zip(self.questions).map(|(answer, asked)| self.answer(answer, asked));
        Ok(Verdict {
            mode: self.settings.mode,
            liars: wire.liars,
            groups: wire.groups,
            landmarks: wire.landmarks,
            worldview: self.settings.worldview,
            territorial_sea: wire.territorial_sea,
            assumptions: wire.assumptions().map(|named| self.assumption(named)).collect::<Outcome<_>>()?,
            extent: match wire.extent() {
                v1::verdict::Extent::Unspecified => None,
                v1::verdict::Extent::Empty => Some(Extent::Empty),
                v1::verdict::Extent::Bounded => Some(Extent::Bounded),
                v1::verdict::Extent::Whole => Some(Extent::Whole),
            },
            summary: wire.summary.as_ref().map(summary).transpose()?,
            binding: wire.binding.iter().map(|disk| self.disk(disk)).collect::<Outcome<_>>()?,
            touched: self.areas(&wire.touched)?,
            least_liars: wire.least_liars,
            contradicted: wire.contradicted.iter().map(|name| self.landmark(name)).collect::<Outcome<_>>()?,
            doubted: wire.doubted.iter().map(|doubt| self.doubt(doubt)).collect::<Outcome<_>>()?,
            conflicts: wire
                .conflicts
                .iter()
                .map(|conflict| self.conflict(conflict))
                .collect::<Outcome<_>>()?,
            answers: answers.collect::<Outcome<_>>()?,
        })
    }

    fn doubt(&self, doubt: &v1::Doubt) -> Outcome<Doubt> {
        Ok(Doubt { landmark: self.landmark(&doubt.landmark)?, share_ppm: doubt.share_ppm })
    }

    /// Codes mean the same on both sides only when the maps are the same.
    fn same_map(&self, engine: Option<&v1::Engine>) -> Outcome<()> {
        let engine = engine.ok_or_else(|| odd("it names no engine"))?;
        if engine.borders_sha256 == Borders::SHA256.trim() {
            return Ok(());
        }
        Err(Failure::server(format!(
            "the server uses border data {}, this program {}; use the same version of both",
            engine.borders_version,
            Borders::VERSION
        )))
    }

    fn landmark(&self, name: &str) -> Outcome<LandmarkId> {
        self.mesh.find(name).ok_or_else(|| odd("it names a landmark that was not sent"))
    }

    fn areas(&self, codes: &[String]) -> Outcome<AreaSet> {
        codes
            .iter()
            .map(|code| self.borders.find(code).ok_or_else(|| odd("it names an area unknown here")))
            .collect()
    }

    fn disk(&self, wire: &v1::Disk) -> Outcome<Disk> {
        Ok(Disk {
            landmark: self.landmark(&wire.landmark)?,
            centre: point(wire.centre.as_ref())?,
            radius_m: wire.radius_m,
        })
    }

    fn conflict(&self, wire: &v1::Conflict) -> Outcome<Conflict> {
        let (first, second) = (self.landmark(&wire.first)?, self.landmark(&wire.second)?);
        Ok(Conflict { first, second, gap_m: wire.gap_m })
    }

    fn assumption(&self, wire: v1::verdict::Assumption) -> Outcome<Assumption> {
        match (wire, self.settings.mode) {
            (v1::verdict::Assumption::EveryLandmarkHonest, _) => Ok(Assumption::EveryLandmarkHonest),
            (v1::verdict::Assumption::EachLandmarkItsOwnGroup, _) => Ok(Assumption::EachLandmarkItsOwnGroup),
            (v1::verdict::Assumption::Fibre, LightMode::Fibre(index)) => Ok(Assumption::Fibre(index)),
            (v1::verdict::Assumption::OnLand, _) => Ok(Assumption::OnLand),
            _ => Err(odd("it rests on an assumption that was not made")),
        }
    }

    fn answer(&self, wire: &v1::Answer, asked: &Question) -> Outcome<Answer> {
        Ok(Answer {
            question: *asked,
            finding: finding(wire.finding())?,
            reasons: wire.reasons.iter().map(|reason| self.reason(reason)).collect::<Outcome<_>>()?,
            holds_up_to_liars: wire.holds_up_to_liars,
            settled_by: wire
                .settled_by
                .iter()
                .map(|measure| self.settlement(measure))
                .collect::<Outcome<_>>()?,
        })
    }

    fn reason(&self, wire: &v1::Reason) -> Outcome<Reason> {
        use v1::reason::Code;
        let missing = || odd("a reason lacks its number");
        Ok(match wire.code() {
            Code::TouchesNone => Reason::TouchesNone,
            Code::TouchesOnly => Reason::TouchesOnly(self.areas(&wire.areas)?),
            Code::Touches => Reason::Touches(self.areas(&wire.areas)?),
            Code::ReachesSea => Reason::ReachesSea,
            Code::ClaimWithin => Reason::ClaimWithin,
            Code::ClaimBeyond => Reason::ClaimBeyond { distance_m: wire.distance_m.ok_or_else(missing)? },
            Code::NoPlaceFits => Reason::NoPlaceFits { least_liars: wire.least_liars.ok_or_else(missing)? },
            Code::TooFewGroups => Reason::TooFewGroups {
                groups: wire.groups.ok_or_else(missing)?,
                needed: wire.groups_needed.ok_or_else(missing)?,
            },
            Code::TooOld => Reason::TooOld { dropped: wire.dropped.ok_or_else(missing)? },
            Code::Fragile => Reason::Fragile,
            Code::Unspecified => return Err(odd("a reason has no code")),
        })
    }

    fn settlement(&self, wire: &v1::Settlement) -> Outcome<Settlement> {
        use v1::settlement::Measurement;
        match wire.measurement.as_ref() {
            Some(Measurement::RoundTripBelow(below)) => Ok(Settlement::RoundTripBelow {
                landmark: self.landmark(&below.landmark)?,
                rtt_ns: below.rtt_ns,
                groups: below.groups,
            }),
            Some(Measurement::LandmarkAt(at)) => Ok(Settlement::LandmarkAt {
                point: point(at.point.as_ref())?,
                rtt_ns: at.rtt_ns,
                groups: at.groups,
            }),
            None => Err(odd("a measurement that would settle the question is missing")),
        }
    }
}

fn finding(wire: v1::Finding) -> Outcome<Finding> {
    match wire {
        v1::Finding::Proven => Ok(Finding::Proven),
        v1::Finding::Disproven => Ok(Finding::Disproven),
        v1::Finding::Possible => Ok(Finding::Possible),
        v1::Finding::Impossible => Ok(Finding::Impossible),
        v1::Finding::Inconclusive => Ok(Finding::Inconclusive),
        v1::Finding::Inconsistent => Ok(Finding::Inconsistent),
        v1::Finding::Stale => Ok(Finding::Stale),
        v1::Finding::Unspecified => Err(odd("an answer has no finding")),
    }
}

fn summary(wire: &v1::RegionSummary) -> Outcome<Summary> {
    Ok(Summary { area_m2: wire.area_m2, centroid: point(wire.centroid.as_ref())?, radius_m: wire.radius_m })
}

fn point(wire: Option<&v1::Point>) -> Outcome<Point> {
    let point = wire.and_then(|wire| Point::from_degrees(wire.latitude_deg, wire.longitude_deg).ok());
    point.ok_or_else(|| odd("a place is not on the Earth"))
}
