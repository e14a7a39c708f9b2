//! From what a region touches to an answer.
//!
//! Precedence: stale, inconsistent, certain either way, inconclusive. More lying groups only enlarge a
//! region, so they can only weaken what is certain.

use alloc::vec;
use alloc::vec::Vec;
use core::cell::RefCell;

use crate::area::{AreaId, AreaSet};
use crate::borders::Borders;
use crate::ellipsoid;
use crate::locate::{Settings, touched};
use crate::point::Point;
use crate::question::{Finding, Question};
use crate::region::{Evidence, NoRegion, Region};
use crate::settle;
use crate::stop::Stopped;
use crate::units::Metres;
use crate::verdict::{Answer, Reason};

/// A finding is followed through at most so many more liars.
pub(crate) const STABILITY_MAX: u32 = 16;

/// What the answers rest on.
pub(crate) struct Ground<'a> {
    pub(crate) evidence: &'a Evidence<'a>,
    /// None when too few groups measured.
    pub(crate) region: Option<&'a Region>,
    /// Observations that were too old to count.
    pub(crate) dropped: usize,
}

/// Answers questions about one region.
pub(crate) struct Judge<'a> {
    pub(crate) borders: &'a Borders,
    pub(crate) settings: &'a Settings,
    pub(crate) ground: Ground<'a>,
    pub(crate) touched: AreaSet,
    pub(crate) least_liars: u32,
    /// The ground with one, two, three more liars, as far as any question has asked.
    pub(crate) wider: RefCell<Vec<Wider>>,
}

/// A region that more liars leave, and the atoms that it touches.
#[derive(Clone)]
pub(crate) struct Wider {
    /// None when too few groups measured for so many liars.
    region: Option<Region>,
    touched: AreaSet,
}

/// Touched atoms, sorted by what they mean for a set of destinations.
pub(crate) struct Sorted {
    /// Atoms of which every destination is in the set.
    pub(crate) within: AreaSet,
    /// Atoms of which some destination is in the set.
    pub(crate) meeting: AreaSet,
}

impl Judge<'_> {
    pub(crate) fn answer(&self, question: &Question) -> Result<Answer, Stopped> {
        let (finding, mut reasons) = match self.ground.region {
            None => (Finding::Stale, self.stale()),
            Some(region) if region.is_empty() => {
                (Finding::Inconsistent, vec![Reason::NoPlaceFits { least_liars: self.least_liars }])
            }
            Some(region) => self.judge(question, region, self.touched),
        };
        let mut answer = Answer {
            question: *question,
            finding,
            reasons: Vec::new(),
            holds_up_to_liars: None,
            settled_by: Vec::new(),
        };
        if self.settings.explain {
            answer.holds_up_to_liars = self.holds_up_to(question, finding)?;
            if answer.holds_up_to_liars == Some(self.settings.liars) {
                reasons.push(Reason::Fragile);
            }
            if finding == Finding::Inconclusive {
                answer.settled_by = settle::settlements(self, question)?;
            }
        }
        answer.reasons = reasons;
        Ok(answer)
    }

    fn stale(&self) -> Vec<Reason> {
        let groups = self.ground.evidence.groups() as u32;
        let few = Reason::TooFewGroups { groups, needed: self.settings.liars.saturating_add(1) };
        let old = Reason::TooOld { dropped: self.ground.dropped as u32 };
        if self.ground.dropped > 0 { vec![old, few] } else { vec![few] }
    }

    /// The finding of a region that is not empty.
    fn judge(&self, question: &Question, region: &Region, touched: AreaSet) -> (Finding, Vec<Reason>) {
        match *question {
            Question::Inside { areas, on_land } => self.inside(areas, on_land, touched),
            Question::Outside { areas } => self.outside(areas, touched),
            Question::Claim { point, tolerance } => claim(point, tolerance, region),
        }
    }

    fn inside(&self, areas: AreaSet, on_land: bool, touched: AreaSet) -> (Finding, Vec<Reason>) {
        let mut asked = touched;
        if on_land {
            asked.remove(AreaId::SEA);
        }
        let sorted = self.sort(asked, areas);
        let against = asked.without(sorted.within);
        if sorted.meeting.is_empty() {
            (Finding::Disproven, vec![Reason::TouchesNone])
        } else if against.is_empty() {
            (Finding::Proven, vec![Reason::TouchesOnly(sorted.within)])
        } else {
            (Finding::Inconclusive, doubts(against))
        }
    }

    fn outside(&self, areas: AreaSet, touched: AreaSet) -> (Finding, Vec<Reason>) {
        let sorted = self.sort(touched, areas);
        if sorted.meeting.is_empty() {
            (Finding::Proven, vec![Reason::TouchesNone])
        } else if touched.is_within(&sorted.within) {
            (Finding::Disproven, vec![Reason::TouchesOnly(sorted.within)])
        } else {
            (Finding::Inconclusive, vec![Reason::Touches(sorted.meeting)])
        }
    }

    /// Sorts atoms by what the worldview makes of them.
    pub(crate) fn sort(&self, atoms: AreaSet, areas: AreaSet) -> Sorted {
        let mut sorted = Sorted { within: AreaSet::EMPTY, meeting: AreaSet::EMPTY };
        for atom in atoms.iter() {
            let destinations = self.borders.destinations(self.settings.worldview, atom);
            if destinations.is_within(&areas) {
                sorted.within.insert(atom);
            }
            if destinations.meets(&areas) {
                sorted.meeting.insert(atom);
            }
        }
        sorted
    }

    /// The largest number of liars with the same finding.
    fn holds_up_to(&self, question: &Question, finding: Finding) -> Result<Option<u32>, Stopped> {
        if finding == Finding::Inconsistent {
            return Ok(Some(self.least_liars - 1));
        }
        if !finding.is_certain() {
            return Ok(None);
        }
        let mut more = 0;
        while more < STABILITY_MAX && self.finding_with(question, more as usize)? == finding {
            more += 1;
        }
        Ok(Some(self.settings.liars + more))
    }

    /// The finding with `more` liars than allowed and one besides.
    fn finding_with(&self, question: &Question, more: usize) -> Result<Finding, Stopped> {
        let mut wider = self.wider.borrow_mut();
        while wider.len() <= more {
            let next = self.widen(self.settings.liars + 1 + wider.len() as u32)?;
            wider.push(next);
        }
        let Wider { region, touched } = &wider[more];
        Ok(region.as_ref().map_or(Finding::Stale, |region| self.judge(question, region, *touched).0))
    }

    fn widen(&self, liars: u32) -> Result<Wider, Stopped> {
        let evidence = self.ground.evidence;
        match evidence.region(liars) {
            Ok(region) => {
                let touched = touched(self.borders, evidence, liars, self.settings.territorial_sea)?;
                Ok(Wider { region: Some(region), touched })
            }
            Err(NoRegion::TooFew(_)) => Ok(Wider { region: None, touched: AreaSet::EMPTY }),
            Err(NoRegion::Stopped(stopped)) => Err(stopped),
        }
    }
}

fn doubts(against: AreaSet) -> Vec<Reason> {
    let mut land = against;
    land.remove(AreaId::SEA);
    let land = (!land.is_empty()).then_some(Reason::Touches(land));
    let sea = against.contains(AreaId::SEA).then_some(Reason::ReachesSea);
    land.into_iter().chain(sea).collect()
}

fn claim(point: Point, tolerance: Metres, region: &Region) -> (Finding, Vec<Reason>) {
    let direction = ellipsoid::direction(point);
    let angle = region.nearest_rad(direction);
    // Not farther than the longest path that the angle allows: only what is surely beyond is impossible.
    let distance_m = ellipsoid::surface_min_m(ellipsoid::latitude_rad(direction), angle);
    if distance_m <= tolerance.get() {
        (Finding::Possible, vec![Reason::ClaimWithin])
    } else {
        (Finding::Impossible, vec![Reason::ClaimBeyond { distance_m: distance_m as u64 }])
    }
}
