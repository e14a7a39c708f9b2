//! One target judged.

use std::io::Write;
use std::time::Instant;

use geographiclib_rs::{Geodesic, InverseGeodesic};
use lightcone_core::{
    Borders, Evidence, Finding, Inquiry, LandmarkId, Mesh, Point, Question, Settings, Verdict, ellipsoid,
    locate,
};

use super::subjects::Subject;
use crate::exit::{Failure, Outcome};
use crate::render::{Words, rows, words};
use crate::stop;

/// How one target came out.
pub(crate) struct Judged {
    /// Its id.
    pub(crate) id: String,
    /// For people.
    pub(crate) name: String,
    /// Where it truly is.
    pub(crate) truth: Option<Point>,
    /// Whether the region, each bound grown by the target's tolerance, holds the true place; none when too
    /// few groups measured for a region.
    pub(crate) covered: Option<bool>,
    /// Distance from the region's centre of mass to the true place.
    pub(crate) error_km: Option<f64>,
    /// Area of the region; none when there are too few groups.
    pub(crate) area_km2: Option<f64>,
    /// Time of the core alone.
    pub(crate) ms: f64,
    /// The verdict.
    pub(crate) verdict: Verdict,
}

impl Judged {
    /// The finding, of the question asked or without one.
    pub(crate) fn finding(&self) -> Option<Finding> {
        let asked = self.verdict.answers.first().map(|answer| answer.finding);
        asked.or_else(|| words::unasked(&self.verdict))
    }

    /// Whether too few groups measured to say anything.
    pub(crate) const fn is_stale(&self) -> bool {
        self.verdict.extent.is_none()
    }
}

/// Judges targets.
pub(crate) struct Judge<'a> {
    pub(crate) borders: &'a Borders,
    pub(crate) mesh: &'a Mesh,
    pub(crate) settings: Settings,
    /// What is asked of each; without it, whether it can be where it truly is.
    pub(crate) question: Option<Question>,
}

impl Judge<'_> {
    /// Locates a target and holds the answer against the truth.
    pub(crate) fn judge(&self, subject: &Subject) -> Outcome<Judged> {
        let claim = subject.truth.map(|point| Question::Claim { point, tolerance: subject.tolerance });
        let questions: Vec<Question> = self.question.or(claim).into_iter().collect();
        let plain = Settings { explain: false, ..self.settings };
        let explained = Settings { explain: true, ..self.settings };
        let stopped = |_| Failure::interrupted();
        let inquiry = Inquiry {
            mesh: self.mesh,
            observations: &subject.observations,
            questions: &questions,
            settings: &plain,
        };
        let begin = Instant::now();
        let located = locate(self.borders, &inquiry, &stop::pressed).map_err(stopped)?;
        let ms = begin.elapsed().as_secs_f64() * 1e3;
        // Once more, untimed, for how many liars the finding survives.
        let inquiry = Inquiry { settings: &explained, ..inquiry };
        let verdict = locate(self.borders, &inquiry, &stop::pressed).map_err(stopped)?.verdict;
        let middle = located.region.as_ref().and_then(|region| region.centroid());
        let error_km =
            subject.truth.zip(middle).map(|(truth, middle)| apart_km(truth, ellipsoid::point(middle)));
        Ok(Judged {
            id: subject.id.clone(),
            name: subject.name.clone(),
            truth: subject.truth,
            covered: subject.truth.and_then(|truth| self.covers(subject, truth)),
            error_km,
            area_km2: located.region.map(|region| region.area_m2() / 1e6),
            ms,
            verdict,
        })
    }

    fn covers(&self, subject: &Subject, truth: Point) -> Option<bool> {
        let evidence = Evidence::new(self.mesh, self.settings.mode, &subject.observations);
        let region = evidence.region_grown(self.settings.liars, subject.tolerance);
        region.ok().map(|region| region.contains(ellipsoid::direction(truth)))
    }
}

/// Length of the geodesic on WGS 84 (Karney).
fn apart_km(from: Point, to: Point) -> f64 {
    let metres: f64 = Geodesic::wgs84().inverse(from.lat_deg(), from.lon_deg(), to.lat_deg(), to.lon_deg());
    metres / 1e3
}

const HEAD: [&str; 15] = [
    "target",
    "name",
    "method",
    "landmarks",
    "covered",
    "area_km2",
    "error_km",
    "ms",
    "finding",
    "jurisdictions",
    "least_f",
    "holds_up_to_f",
    "contradicted",
    "doubted",
    "question",
];

/// Writes one row a target.
pub(crate) fn write_rows(out: &mut dyn Write, words: Words<'_>, method: &str, all: &[Judged]) -> Outcome<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(HEAD).map_err(rows::failed)?;
    for judged in all {
        writer.write_record(row(words, method, judged)).map_err(rows::failed)?;
    }
    Ok(writer.flush()?)
}

fn row(words: Words<'_>, method: &str, judged: &Judged) -> [String; HEAD.len()] {
    let verdict = &judged.verdict;
    let number = |value: Option<f64>| value.map_or_else(|| "nan".to_owned(), |value| format!("{value:.1}"));
    let answer = verdict.answers.first();
    let names = |ids: &[LandmarkId]| {
        ids.iter().map(|id| words.mesh.landmark(*id).name.as_str()).collect::<Vec<_>>().join(" ")
    };
    [
        judged.id.clone(),
        judged.name.clone(),
        method.to_owned(),
        verdict.landmarks.to_string(),
        judged.covered.map_or_else(String::new, |covered| u8::from(covered).to_string()),
        number(judged.area_km2),
        number(judged.error_km),
        format!("{:.4}", judged.ms),
        judged.finding().map_or_else(String::new, |finding| finding.name().to_owned()),
        words.all_codes(&words.jurisdictions(verdict)),
        verdict.least_liars.to_string(),
        answer
            .and_then(|answer| answer.holds_up_to_liars)
            .map_or_else(String::new, |liars| liars.to_string()),
        names(&verdict.contradicted),
        names(&verdict.doubted.iter().map(|doubt| doubt.landmark).collect::<Vec<_>>()),
        answer.map_or_else(String::new, |answer| words.question(&answer.question)),
    ]
}
