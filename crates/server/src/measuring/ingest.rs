//! Ingesting: reports are checked in the pool and kept in one transaction with others; the answer comes after that.
//!
//! Two numbers bound what a stream may cost: batches on their way, and reports a slice of the pool's time. While
//! some batches are checked or on their way to the disk, the next are read.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use lightcone_pool::Cost;
use lightcone_probe::assignment::Assignment;
use lightcone_probe::verify::Refusal;
use lightcone_store::{Arrival, Ingested, Report, ReportState, SessionState, StoreError};
use sha2::{Digest as _, Sha256};

use super::check::{self, Outcome, Standard};
use super::clock::now_ns;
use super::desk::{Open, View, name_of};
use super::roster::Known;
use super::{Brought, Measuring, Tally, Trouble, orders};
use crate::compute::Errand;
use crate::limits::REJECTIONS_MAX;
use crate::wire::Violation;

/// Reports of one slice in the pool: about a millisecond of 64 samples each.
const SLICE_REPORTS: usize = 8;
/// What one report takes to check.
const REPORT_COST: Duration = Duration::from_micros(130);

/// A report that has a session, on its way through the pool.
struct Case {
    sequence: i64,
    body: Vec<u8>,
    signature: [u8; 64],
    open: Arc<Open>,
    view: Arc<View>,
    assignment: Assignment,
}

/// A report that was checked.
struct Judged {
    case: Case,
    digest: [u8; 32],
    outcome: Outcome,
}

/// One landmark's stream of reports.
pub(crate) struct Stream {
    landmark: String,
    errand: Errand,
    tally: Tally,
    /// The first number of the stream; those before are the landmark's own affair.
    first: Option<i64>,
}

impl Measuring {
    /// Begins to take reports of a landmark.
    pub(crate) async fn ingest(&self, landmark: &str, errand: Errand) -> Result<Stream, Trouble> {
        self.bringer(landmark).await?;
        Ok(Stream { landmark: landmark.to_owned(), errand, tally: Tally::default(), first: None })
    }

    /// The landmark that brings reports, as it is now: its place may change while its stream is open.
    async fn bringer(&self, landmark: &str) -> Result<Arc<Known>, Trouble> {
        let unknown = || Violation::nothing_named("header.landmark", &format!("landmarks/{landmark}"));
        Ok(self.roster.get(landmark).await?.ok_or_else(unknown)?)
    }

    /// Checks and keeps a batch; what is answered is committed.
    pub(crate) async fn take(
        self: &Arc<Self>,
        landmark: &str,
        errand: Errand,
        batch: Vec<Brought>,
    ) -> Result<Vec<(i64, Taken)>, Trouble> {
        let known = self.bringer(landmark).await?;
        let mut taken = Vec::with_capacity(batch.len());
        let mut cases = Vec::with_capacity(batch.len());
        let mut sessions: HashMap<[u8; 8], Option<Arc<Open>>> = HashMap::new();
        for brought in batch {
            let sequence = brought.sequence;
            match self.case(&known, brought, &mut sessions).await? {
                Ok(case) => cases.push(case),
                Err(violation) => taken.push((sequence, Taken::Refused(Box::new(violation)))),
            }
        }
        let judged = self.check_all(&known, errand, cases).await?;
        taken.extend(self.keep_all(&known, judged).await?);
        Ok(taken)
    }

    /// Finds what a report is held against.
    async fn case(
        &self,
        known: &Known,
        brought: Brought,
        sessions: &mut HashMap<[u8; 8], Option<Arc<Open>>>,
    ) -> Result<Result<Case, Violation>, Trouble> {
        let Brought { sequence, body, signature } = brought;
        let signature = match signature {
            Ok(signature) => signature,
            Err(violation) => return Ok(Err(violation)),
        };
        let Some(wire_id) = check::session_of(&body) else {
            return Ok(Err(Violation::measurement_refused("the report", "format", "it is none")));
        };
        let open = match sessions.get(&wire_id.0) {
            Some(open) => open.clone(),
            None => {
                let open = self.session_on_the_wire(wire_id.0).await?;
                sessions.insert(wire_id.0, open.clone());
                open
            }
        };
        let Some(open) = open else {
            return Ok(Err(Violation::nothing_named("body.session", &hex::encode(wire_id.0))));
        };
        let view = open.view();
        let is_assigned = view.record.landmarks.contains(&known.record.id);
        let version = known.at(view.record.not_before).filter(|_| is_assigned);
        let probes = self.rules.probes;
        match version.and_then(|version| orders::assignment(&view.record, version, probes)) {
            Some(assignment) => Ok(Ok(Case { sequence, body, signature, open, view, assignment })),
            None => {
                let why = "the landmark was not told to measure in this session";
                Ok(Err(Violation::measurement_refused(&name_of(&view.record), "assignment", why)))
            }
        }
    }

    async fn session_on_the_wire(&self, wire_id: [u8; 8]) -> Result<Option<Arc<Open>>, Trouble> {
        if let Some(open) = self.desk.find_wire(wire_id) {
            return Ok(Some(open));
        }
        match self.store.session_by_wire_id(wire_id).await {
            Ok(record) => Ok(Some(self.desk.recall(record))),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Checks reports, slice by slice in the pool.
    async fn check_all(
        &self,
        known: &Arc<Known>,
        errand: Errand,
        mut cases: Vec<Case>,
    ) -> Result<Vec<Judged>, Trouble> {
        let mut slices = Vec::new();
        while !cases.is_empty() {
            let slice: Vec<Case> = cases.drain(..cases.len().min(SLICE_REPORTS)).collect();
            let (known, cost) = (Arc::clone(known), Cost::from(REPORT_COST * slice.len() as u32));
            slices.push(self.compute.run(errand, cost, move |_| {
                Ok(slice.into_iter().map(|case| judge(&known, case)).collect::<Vec<Judged>>())
            }));
        }
        Ok(try_join_all(slices).await?.into_iter().flatten().collect())
    }

    /// Keeps what was checked, in one call of the store.
    async fn keep_all(
        self: &Arc<Self>,
        known: &Known,
        judged: Vec<Judged>,
    ) -> Result<Vec<(i64, Taken)>, Trouble> {
        let now = now_ns();
        let (mut taken, mut kept, mut arrivals) = (Vec::new(), Vec::new(), Vec::new());
        for Judged { case, digest, outcome } in judged {
            // A number is not used up by somebody who cannot sign.
            if let Outcome::Refused(refusal @ (Refusal::Signature | Refusal::Malformed(_))) = &outcome {
                taken.push((case.sequence, Taken::Refused(Box::new(refused(&case.view, refusal)))));
                continue;
            }
            arrivals.push(self.arrival(known, &case, digest, &outcome, now));
            kept.push((case.sequence, case.open, case.view, outcome));
        }
        if arrivals.is_empty() {
            return Ok(taken);
        }
        let answers = self.store.ingest(arrivals).await?;
        for ((sequence, open, view, outcome), answer) in kept.into_iter().zip(answers) {
            taken.push((sequence, self.answered(known, &open, &view, &outcome, answer).await?));
        }
        Ok(taken)
    }

    fn arrival(&self, known: &Known, case: &Case, digest: [u8; 32], outcome: &Outcome, now: i64) -> Arrival {
        let landmark = &known.record.id;
        let (state, refusal, measurement) = match outcome {
            Outcome::Pending => (ReportState::Pending, String::new(), None),
            Outcome::Refused(refusal) => (ReportState::Refused, refusal.to_string(), None),
            Outcome::Verified(checked) => {
                let measurement = check::measurement(checked, &case.open.id, landmark);
                (ReportState::Verified, String::new(), Some(measurement))
            }
        };
        let keep_until = self.samples_until(now).filter(|_| state != ReportState::Pending);
        let is_kept = state == ReportState::Pending || keep_until.is_some();
        let report = Report {
            landmark: landmark.clone(),
            sequence: case.sequence,
            session: case.open.id.clone(),
            state,
            digest,
            body: if is_kept { case.body.clone() } else { Vec::new() },
            signature: case.signature,
            received_time: now,
            keep_until,
            refusal,
        };
        Arrival { report, measurement }
    }

    /// Until when the samples of a report that was checked now are kept.
    pub(super) fn samples_until(&self, now: i64) -> Option<i64> {
        (self.rules.samples_ns > 0).then(|| now.saturating_add(self.rules.samples_ns))
    }

    /// What a landmark is told of a report, and what follows from it.
    async fn answered(
        self: &Arc<Self>,
        known: &Known,
        open: &Arc<Open>,
        view: &View,
        outcome: &Outcome,
        answer: Ingested,
    ) -> Result<Taken, Trouble> {
        if matches!(answer, Ingested::Accepted | Ingested::Duplicate) {
            open.arrive(&known.record.id);
            if matches!(outcome, Outcome::Pending) && open.view().record.state == SessionState::Judged {
                self.complete_late(open);
            }
        }
        let session = name_of(&view.record);
        Ok(match (answer, outcome) {
            (Ingested::Duplicate, _) => Taken::Duplicate,
            (Ingested::Accepted, Outcome::Refused(refusal)) => {
                if check::is_contradiction(refusal) {
                    self.contradicted(&known.record.id, &session, refusal).await;
                }
                Taken::Refused(Box::new(refused(view, refusal)))
            }
            (Ingested::Accepted, _) => Taken::Accepted,
            (Ingested::Conflict, _) => {
                let why = "its number was used for another report";
                Taken::Refused(Box::new(Violation::measurement_refused(&session, "sequence", why)))
            }
            (Ingested::Expired, _) => {
                let why = "its number is older than what is remembered";
                Taken::Refused(Box::new(Violation::measurement_refused(&session, "sequence", why)))
            }
        })
    }
}

/// What became of one report.
#[derive(Debug)]
pub(crate) enum Taken {
    /// Kept now.
    Accepted,
    /// Kept before.
    Duplicate,
    /// Refused.
    Refused(Box<Violation>),
}

impl Stream {
    /// Checks and keeps a batch. The future holds nothing of the stream, so that several can be on their way.
    pub(crate) fn take(
        &self,
        measuring: &Arc<Measuring>,
        batch: Vec<Brought>,
    ) -> impl Future<Output = Result<Vec<(i64, Taken)>, Trouble>> + Send + 'static {
        let (measuring, landmark, errand) = (Arc::clone(measuring), self.landmark.clone(), self.errand);
        async move { measuring.take(&landmark, errand, batch).await }
    }

    /// Counts a batch that was taken; batches come in the order in which they were read.
    pub(crate) fn count(&mut self, taken: Vec<(i64, Taken)>) {
        let mut numbers: Vec<i64> = taken.iter().map(|(sequence, _)| *sequence).collect();
        numbers.sort_unstable();
        for number in numbers {
            let first = *self.first.get_or_insert(number);
            if number == first.max(self.tally.durable + 1) || number <= self.tally.durable {
                self.tally.durable = self.tally.durable.max(number);
            }
        }
        for (sequence, taken) in taken {
            match taken {
                Taken::Accepted => self.tally.accepted += 1,
                Taken::Duplicate => self.tally.duplicates += 1,
                Taken::Refused(violation) => {
                    if self.tally.rejections.len() < REJECTIONS_MAX {
                        self.tally.rejections.push((sequence, *violation));
                    }
                }
            }
        }
    }

    /// The sum of it all. What the store knows to be kept without a gap counts too.
    pub(crate) async fn finish(mut self, measuring: &Measuring) -> Result<Tally, Trouble> {
        let kept = measuring.store.durable_sequence(&self.landmark).await?;
        self.tally.durable = self.tally.durable.max(kept);
        Ok(self.tally)
    }
}

fn judge(known: &Known, case: Case) -> Judged {
    let digest = Sha256::digest(&case.body).into();
    let version = known.version(case.assignment.position_version.cast_signed());
    let outcome = match version.and_then(|version| version.key.as_ref()) {
        None => Outcome::Refused(Refusal::Signature),
        Some(key) => {
            let transcript = case.view.transcript.as_ref();
            let standard = Standard { assignment: case.assignment, key, transcript };
            check::check(&case.body, &case.signature, &standard)
        }
    };
    Judged { case, digest, outcome }
}

fn refused(view: &View, refusal: &Refusal) -> Violation {
    Violation::measurement_refused(&name_of(&view.record), check::name(refusal), refusal)
}
