//! A verdict computed again, here, from what its landmarks measured.

use std::sync::Arc;

use lightcone::v1;
use lightcone_core::canonical;
use lightcone_core::locate::{Inquiry, Located, Settings, locate};
use lightcone_core::{
    Age, Borders, ClockError, Landmark, Mesh, Metres, Observation, Point, Question, RoundTrip, ellipsoid,
};

use super::sight::Sight;
use crate::cast::{Cast, LandmarkPart, POSITION_ERROR_M, SitePart};
use crate::error::RehearsalError;

/// A verdict computed again.
pub struct Replay {
    /// The landmarks.
    pub mesh: Mesh,
    /// What they measured.
    pub observations: Vec<Observation>,
    /// What came of it.
    pub located: Located,
    /// The map.
    pub borders: Arc<Borders>,
    /// What it rests on.
    pub settings: Settings,
}

impl Replay {
    pub(crate) fn of(
        borders: Arc<Borders>,
        cast: &Cast,
        sight: &Sight,
        measured: &[v1::Measurement],
    ) -> Result<Self, RehearsalError> {
        let odd = || RehearsalError::Odd("a measurement out of range");
        let mut landmarks = Vec::new();
        let mut trips = Vec::new();
        for seen in measured.iter().filter(|seen| seen.answered > 0) {
            let part = part(cast, &seen.landmark)?;
            landmarks.push(landmark(part, seen.clock_error_ns).ok_or(RehearsalError::Odd("a landmark"))?);
            let at = seen.observe_time.ok_or(RehearsalError::Odd("a measurement of no moment"))?;
            trips.push((part.id.clone(), seen.rtt_ns, at.seconds * 1_000_000_000 + i64::from(at.nanos)));
        }
        let latest = trips.iter().map(|trip| trip.2).max().unwrap_or(sight.as_of_ns);
        let mesh = Mesh::new(landmarks).map_err(|_| RehearsalError::Odd("its landmarks are no mesh"))?;
        let mut observations = Vec::new();
        for (name, rtt_ns, at_ns) in trips {
            let landmark = mesh.find(&name).ok_or(RehearsalError::Odd("a landmark that is not there"))?;
            let round_trip = RoundTrip::from_ns(rtt_ns).map_err(|_| odd())?;
            let age = Age::from_ns(latest - at_ns).map_err(|_| odd())?;
            observations.push(Observation { landmark, round_trip, age });
        }
        observations.sort_unstable();
        let site = cast.agents.iter().find(|agent| agent.id == sight.agent).map(|agent| &agent.site);
        let site = cast.sites.iter().find(|part| Some(&part.id) == site);
        let questions = site.map(|site| questions(&borders, site)).unwrap_or_default();
        let settings = Settings { explain: true, ..Settings::default() };
        let inquiry =
            Inquiry { mesh: &mesh, observations: &observations, questions: &questions, settings: &settings };
        let located = locate(&borders, &inquiry, &|| false);
        let located = located.map_err(|_| RehearsalError::machine("locating", "it was stopped"))?;
        Ok(Self { mesh, observations, located, borders, settings })
    }

    /// The canonical body of the verdict.
    #[must_use]
    pub fn canonical(&self) -> String {
        canonical::json(&self.located.verdict, &self.mesh, &self.borders)
    }

    /// Whether the region holds a place. False where too few groups measured for a region.
    #[must_use]
    pub fn holds(&self, point: Point) -> bool {
        self.located.region.as_ref().is_some_and(|region| region.contains(ellipsoid::direction(point)))
    }
}

fn part<'a>(cast: &'a Cast, name: &str) -> Result<&'a LandmarkPart, RehearsalError> {
    let id = name.rsplit('/').next().unwrap_or(name);
    let part = cast.landmarks.iter().find(|part| part.id == id);
    part.ok_or_else(|| RehearsalError::Nobody(name.to_owned()))
}

fn landmark(part: &LandmarkPart, clock_error_ns: i64) -> Option<Landmark> {
    Some(Landmark {
        name: part.id.clone(),
        point: part.said.point,
        position_error: Metres::new(POSITION_ERROR_M).ok()?,
        clock_error: ClockError::from_ns(clock_error_ns).ok()?,
        group: Some(part.operator.clone()),
    })
}

fn questions(borders: &Borders, site: &SitePart) -> Vec<Question> {
    let areas = site.forbidden.iter().filter_map(|code| borders.find(code)).collect();
    let outside = (!site.forbidden.is_empty()).then_some(Question::Outside { areas });
    let claim = Metres::new(site.tolerance_m).ok();
    let claim = claim.map(|tolerance| Question::Claim { point: site.spot.point, tolerance });
    outside.into_iter().chain(claim).collect()
}
