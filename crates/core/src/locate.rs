//! The main job: evidence in, verdict out.

use alloc::vec::Vec;
use core::cell::RefCell;

use crate::area::AreaSet;
use crate::borders::{BORDER_ERROR_M, Borders, TERRITORIAL_SEA_M};
use crate::ellipsoid;
use crate::judge::{Ground, Judge};
use crate::landmark::{Mesh, Observation};
use crate::light::LightMode;
use crate::question::Question;
use crate::region::{Evidence, Extent, NoRegion, Region};
use crate::stop::Stopped;
use crate::suspect;
use crate::units::{Age, METRES_MAX, Metres};
use crate::verdict::{Assumption, Disk, Summary, Verdict};
use crate::worldview::WorldviewId;

/// Trust groups that may lie unless the caller says otherwise.
pub const LIARS_DEFAULT: u32 = 1;

/// What an answer is to rest on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// What a signal is assumed to be able to do.
    pub mode: LightMode,
    /// How many trust groups may lie; 0 is allowed and marked.
    pub liars: u32,
    /// How atoms are mapped to destinations.
    pub worldview: WorldviewId,
    /// Whether 12 nautical miles of sea count as the coast's.
    pub territorial_sea: bool,
    /// Samples farther than this from the moment asked about do not count.
    pub max_age: Option<Age>,
    /// Whether to work out how many liars a finding survives and what would settle an open question. It
    /// costs some milliseconds.
    pub explain: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mode: LightMode::Vacuum,
            liars: LIARS_DEFAULT,
            worldview: WorldviewId::Destination,
            territorial_sea: false,
            max_age: None,
            explain: false,
        }
    }
}

/// All that a verdict is made of.
#[derive(Clone, Copy, Debug)]
pub struct Inquiry<'a> {
    /// The landmarks.
    pub mesh: &'a Mesh,
    /// The round trips, in any order.
    pub observations: &'a [Observation],
    /// The questions; none is allowed.
    pub questions: &'a [Question],
    /// What the answers are to rest on.
    pub settings: &'a Settings,
}

/// A verdict and the region that it speaks of.
#[derive(Clone, Debug)]
pub struct Located {
    /// What a relying party is told.
    pub verdict: Verdict,
    /// The region; none when too few groups measured.
    pub region: Option<Region>,
}

/// Locates a chip and answers the questions. The same inquiry gives the same bits on every host, in
/// whatever order its observations come.
///
/// # Errors
/// [`Stopped`] as soon as `stop`, which is asked between slices of work, says so.
pub fn locate(borders: &Borders, inquiry: &Inquiry<'_>, stop: &dyn Fn() -> bool) -> Result<Located, Stopped> {
    let settings = inquiry.settings;
    let fresh = fresh(inquiry.observations, settings.max_age);
    let dropped = inquiry.observations.len() - fresh.len();
    let evidence = Evidence::new(inquiry.mesh, settings.mode, &fresh).until(stop);
    let mut verdict = blank(&evidence, inquiry);
    let region = match evidence.region(settings.liars) {
        Ok(region) => Some(region),
        Err(NoRegion::TooFew(_)) => None,
        Err(NoRegion::Stopped(stopped)) => return Err(stopped),
    };
    if let Some(region) = &region {
        describe(&mut verdict, region, &evidence);
        if !region.is_empty() {
            verdict.touched = touched(borders, &evidence, settings.liars, settings.territorial_sea)?;
        }
        verdict.least_liars = evidence.least_liars()?;
        if verdict.least_liars > 0 {
            suspect::name(&mut verdict, region, &evidence)?;
        }
        if settings.explain {
            verdict.doubted = suspect::doubted(region, &evidence)?;
        }
    }
    let ground = Ground { evidence: &evidence, region: region.as_ref(), dropped };
    let (touched, least_liars) = (verdict.touched, verdict.least_liars);
    let judge = Judge { borders, settings, ground, touched, least_liars, wider: RefCell::default() };
    verdict.answers =
        inquiry.questions.iter().map(|question| judge.answer(question)).collect::<Result<_, _>>()?;
    Ok(Located { verdict, region })
}

fn fresh(observations: &[Observation], max_age: Option<Age>) -> Vec<Observation> {
    observations.iter().filter(|seen| max_age.is_none_or(|max| seen.age <= max)).copied().collect()
}

fn blank(evidence: &Evidence<'_>, inquiry: &Inquiry<'_>) -> Verdict {
    Verdict {
        mode: inquiry.settings.mode,
        liars: inquiry.settings.liars,
        groups: evidence.groups() as u32,
        landmarks: evidence.reaches().len() as u32,
        worldview: inquiry.settings.worldview,
        territorial_sea: inquiry.settings.territorial_sea,
        assumptions: assumptions(inquiry),
        extent: None,
        summary: None,
        binding: Vec::new(),
        touched: AreaSet::EMPTY,
        least_liars: 0,
        contradicted: Vec::new(),
        doubted: Vec::new(),
        conflicts: Vec::new(),
        answers: Vec::new(),
    }
}

fn assumptions(inquiry: &Inquiry<'_>) -> Vec<Assumption> {
    let on_land = |question: &Question| matches!(question, Question::Inside { on_land: true, .. });
    let fibre = match inquiry.settings.mode {
        LightMode::Fibre(index) => Some(Assumption::Fibre(index)),
        LightMode::Vacuum | LightMode::Chord => None,
    };
    let honest = (inquiry.settings.liars == 0).then_some(Assumption::EveryLandmarkHonest);
    let has_landmarks = !inquiry.mesh.landmarks().is_empty();
    let alone = (has_landmarks && !inquiry.mesh.is_grouped()).then_some(Assumption::EachLandmarkItsOwnGroup);
    let on_land = inquiry.questions.iter().any(on_land).then_some(Assumption::OnLand);
    [honest, alone, fibre, on_land].into_iter().flatten().collect()
}

/// Puts the region into numbers, rounded outward.
fn describe(verdict: &mut Verdict, region: &Region, evidence: &Evidence<'_>) {
    verdict.extent = Some(region.extent());
    verdict.binding = region.binding().map(|bound| disk(evidence, bound.landmark)).collect();
    verdict.summary = region.centroid().map(|centroid| {
        let centroid = ellipsoid::point(centroid);
        let angle = region.farthest_rad(ellipsoid::direction(centroid));
        Summary {
            area_m2: libm::ceil(region.area_m2() * (1.0 + ellipsoid::AREA_ERROR)) as u64,
            centroid,
            radius_m: libm::ceil(ellipsoid::surface_max_m(angle)) as u64,
        }
    });
}

fn disk(evidence: &Evidence<'_>, landmark: crate::LandmarkId) -> Disk {
    let reaches = evidence.reaches();
    let reach =
        reaches.binary_search_by_key(&landmark, |reach| reach.0).map(|place| reaches[place].1.surface_m());
    let radius_m = libm::ceil(reach.unwrap_or(METRES_MAX).min(METRES_MAX)) as u64;
    Disk { landmark, centre: evidence.mesh().landmark(landmark).point, radius_m }
}

/// The atoms that the region touches, the border's error allowed for. With the territorial sea counted, an
/// area is also touched where its coast is within twelve miles of water that the region touches, and the
/// open sea only where the region reaches beyond.
pub(crate) fn touched(
    borders: &Borders,
    evidence: &Evidence<'_>,
    liars: u32,
    territorial_sea: bool,
) -> Result<AreaSet, Stopped> {
    let Some(region) = grown(evidence, liars, BORDER_ERROR_M)? else { return Ok(AreaSet::EMPTY) };
    let touched = borders.touched(&region);
    if !territorial_sea || !touched.contains(crate::AreaId::SEA) || region.extent() == Extent::Whole {
        return Ok(touched);
    }
    let Some(wide) = grown(evidence, liars, BORDER_ERROR_M + TERRITORIAL_SEA_M)? else { return Ok(touched) };
    let mut all = touched.union(borders.touched(&wide));
    let band = Metres::new(TERRITORIAL_SEA_M - BORDER_ERROR_M).unwrap_or_default();
    if !borders.reaches_beyond_coast(&region, band) {
        all.remove(crate::AreaId::SEA);
    }
    Ok(all)
}

fn grown(evidence: &Evidence<'_>, liars: u32, by_m: f64) -> Result<Option<Region>, Stopped> {
    match evidence.region_grown(liars, Metres::new(by_m).unwrap_or_default()) {
        Ok(region) => Ok(Some(region)),
        Err(NoRegion::TooFew(_)) => Ok(None),
        Err(NoRegion::Stopped(stopped)) => Err(stopped),
    }
}
