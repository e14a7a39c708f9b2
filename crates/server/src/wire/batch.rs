//! The batch's door: a header read once, items read by position, brief answers.

use lightcone::v1;
use lightcone_core::locate::{Located, Settings};
use lightcone_core::verdict::Verdict;
use lightcone_core::{Age, Borders, LandmarkId, Mesh, Observation, Question, RoundTrip};

use super::violation::{Violation, at_most};
use super::{from_wire, numbers, to_wire};
use crate::limits::{LANDMARKS_MAX, ROUND_TRIPS_MAX};

/// How much an answer tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Findings and numbers.
    Brief,
    /// The verdict.
    Basic,
    /// The verdict and the region.
    Full,
}

/// The landmark table of a stream.
#[derive(Debug)]
pub(crate) struct Table {
    /// The landmarks, which the core sorts by name.
    pub(crate) mesh: Mesh,
    /// The landmark at each position of the caller's table.
    ids: Vec<LandmarkId>,
    /// The position in the caller's table of each landmark.
    positions: Vec<u32>,
}

/// All that the items of a stream share.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// The landmarks.
    pub(crate) table: Table,
    /// How to answer.
    pub(crate) settings: Settings,
    /// What is asked unless an item says otherwise.
    pub(crate) questions: Vec<Question>,
    /// The same as it was sent.
    pub(crate) wire_questions: Vec<v1::Question>,
    /// How much to tell.
    pub(crate) detail: Detail,
}

impl Sheet {
    /// Reads a header.
    pub(crate) fn read(borders: &Borders, wire: v1::BatchHeader) -> Result<Self, Violation> {
        let read = || {
            let settings = from_wire::settings(wire.settings)?;
            let detail = from_wire::detail(wire.view, Detail::Brief)?;
            let questions = from_wire::questions(borders, wire.questions.clone())?;
            let table = Table::read(wire.landmarks)?;
            Ok(Self { table, settings, questions, wire_questions: wire.questions, detail })
        };
        read().map_err(|violation: Violation| violation.within("header"))
    }

    /// The first frame of the answer.
    pub(crate) fn opening(&self, borders: &Borders) -> v1::BatchOpening {
        v1::BatchOpening {
            areas: borders.areas().iter().map(|area| area.code.clone()).collect(),
            questions: self.wire_questions.clone(),
            settings: Some(to_wire::settings(&self.settings)),
            engine: Some(to_wire::engine()),
        }
    }
}

impl Table {
    fn read(wire: Vec<v1::Landmark>) -> Result<Self, Violation> {
        let names: Vec<String> = wire.iter().map(|landmark| landmark.name.clone()).collect();
        let mesh = from_wire::mesh(wire, LANDMARKS_MAX)?;
        let ids: Vec<LandmarkId> = names.iter().filter_map(|name| mesh.find(name)).collect();
        let mut positions = vec![0; ids.len()];
        for (position, id) in ids.iter().enumerate() {
            positions[id.index()] = position as u32;
        }
        Ok(Self { mesh, ids, positions })
    }

    /// Reads an item's round trips into `observations`, which is emptied first.
    pub(crate) fn observations(
        &self,
        item: &v1::BatchItem,
        observations: &mut Vec<Observation>,
    ) -> Result<(), Violation> {
        observations.clear();
        let count = item.rtt_ns.len();
        at_most("rtt_ns", count, ROUND_TRIPS_MAX)?;
        if item.landmarks.is_empty() && count != self.ids.len() {
            return Err(Violation::lengths_differ("rtt_ns", count, self.ids.len()));
        }
        if !item.landmarks.is_empty() && item.landmarks.len() != count {
            return Err(Violation::lengths_differ("landmarks", item.landmarks.len(), count));
        }
        if !item.age_ns.is_empty() && item.age_ns.len() != count {
            return Err(Violation::lengths_differ("age_ns", item.age_ns.len(), count));
        }
        observations.reserve(count);
        for (index, ns) in item.rtt_ns.iter().enumerate() {
            // Errors are made out of the way: this runs for every round trip there is.
            let Some(landmark) = self.landmark(item, index) else { return Err(unknown(item, index)) };
            let Ok(round_trip) = RoundTrip::from_ns(*ns) else { return Err(bad_round_trip(item, index)) };
            let Ok(age) = Age::from_ns(item.age_ns.get(index).copied().unwrap_or(0)) else {
                return Err(bad_age(item, index));
            };
            observations.push(Observation { landmark, round_trip, age });
        }
        Ok(())
    }

    fn landmark(&self, item: &v1::BatchItem, index: usize) -> Option<LandmarkId> {
        let position = item.landmarks.get(index).map_or(index, |position| *position as usize);
        self.ids.get(position).copied()
    }
}

#[cold]
fn unknown(item: &v1::BatchItem, index: usize) -> Violation {
    Violation::unknown_landmark(&format!("landmarks[{index}]"), item.landmarks.get(index).unwrap_or(&0))
}

#[cold]
fn bad_round_trip(item: &v1::BatchItem, index: usize) -> Violation {
    Violation::invalid(&format!("rtt_ns[{index}]"), item.rtt_ns[index], &numbers::round_trips_allowed())
}

#[cold]
fn bad_age(item: &v1::BatchItem, index: usize) -> Violation {
    Violation::invalid(&format!("age_ns[{index}]"), item.age_ns[index], &numbers::ages_allowed())
}

/// A verdict to be told briefly.
pub(crate) struct Brief<'a> {
    /// The stream's sheet.
    pub(crate) sheet: &'a Sheet,
    /// The item's own questions, if it brought any.
    pub(crate) own_questions: Vec<v1::Question>,
}

impl Brief<'_> {
    /// The verdict in numbers.
    pub(crate) fn tell(self, located: &Located) -> v1::BriefVerdict {
        let verdict = &located.verdict;
        v1::BriefVerdict {
            touched: verdict.touched.iter().map(|area| area.index() as u32).collect(),
            extent: to_wire::extent(verdict.extent) as i32,
            summary: verdict.summary.as_ref().map(to_wire::summary),
            groups: verdict.groups,
            landmarks: verdict.landmarks,
            least_liars: verdict.least_liars,
            contradicted: verdict
                .contradicted
                .iter()
                .map(|id| self.sheet.table.positions[id.index()])
                .collect(),
            assumptions: verdict
                .assumptions
                .iter()
                .map(|assumption| to_wire::assumption(*assumption))
                .collect(),
            answers: self.answers(verdict),
        }
    }

    fn answers(self, verdict: &Verdict) -> Vec<v1::BriefAnswer> {
        let mut own = self.own_questions.into_iter();
        let answer = |(index, answer): (usize, &lightcone_core::verdict::Answer)| v1::BriefAnswer {
            question: index as u32,
            finding: to_wire::finding(answer.finding) as i32,
            own_question: own.next().map(Box::new),
        };
        verdict.answers.iter().enumerate().map(answer).collect()
    }
}
