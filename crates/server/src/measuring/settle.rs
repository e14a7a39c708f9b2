//! Settling: reports that waited for the transcript are checked against it, and the session is judged.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use lightcone_pool::Cost;
use lightcone_store::{
    Measurement, MeshPair, Outcome as Settled, Report, ReportState, SessionState, SubjectKind,
};

use super::check::{self, Outcome, Standard};
use super::clock::now_ns;
use super::desk::{Open, View, name_of};
use super::roster::Directory;
use super::{Measuring, Trouble, orders};

/// What one report takes to check, its signature once more.
const REPORT_COST: Duration = Duration::from_micros(130);

impl Measuring {
    /// Checks what waited and judges, in one transaction.
    pub(super) async fn settle(self: &Arc<Self>, open: &Arc<Open>) -> Result<(), Trouble> {
        let _turn = open.turn.lock().await;
        let view = open.view();
        if view.record.state != SessionState::Closed {
            return Ok(());
        }
        let directory = self.roster.all().await?;
        let outcomes = self.outcomes(&view, &directory).await?;
        let mut seen = self.store.measurements(&open.id).await?;
        seen.extend(outcomes.iter().filter_map(|outcome| outcome.measurement.clone()));
        match view.record.subject_kind {
            SubjectKind::Agent => self.judge(&view.record, &directory, seen, outcomes).await?,
            SubjectKind::Landmark => self.pair(&view, &directory, &seen, outcomes).await?,
        }
        open.set(self.store.session(&open.id).await?);
        Ok(())
    }

    /// What becomes of a session's reports that wait.
    async fn outcomes(
        self: &Arc<Self>,
        view: &Arc<View>,
        directory: &Arc<Directory>,
    ) -> Result<Vec<Settled>, Trouble> {
        let pending = self.store.pending_reports(&view.record.id).await?;
        let keep_until = self.samples_until(now_ns());
        let checks = pending.into_iter().map(|report| {
            let (view, directory, probes) = (Arc::clone(view), Arc::clone(directory), self.rules.probes);
            self.compute.run(self.errand(), Cost::from(REPORT_COST), move |_| {
                Ok(settled(&view, &directory, probes, &report, keep_until))
            })
        });
        let mut outcomes = Vec::new();
        for (outcome, is_contradicted) in try_join_all(checks).await? {
            if let Some(refusal) = is_contradicted {
                self.contradicted(&outcome.landmark, &name_of(&view.record), &refusal).await;
            }
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    /// A report came while its session was being judged: it is checked, and no verdict rests on it.
    pub(super) fn complete_late(self: &Arc<Self>, open: &Arc<Open>) {
        let (measuring, open) = (Arc::clone(self), Arc::clone(open));
        tokio::spawn(async move {
            let late = async {
                let view = open.view();
                let directory = measuring.roster.all().await?;
                let outcomes = measuring.outcomes(&view, &directory).await?;
                measuring.store.complete_reports(&open.id, outcomes, None).await?;
                Ok::<(), Trouble>(())
            };
            if let Err(trouble) = late.await {
                tracing::warn!(session = open.name(), %trouble, "a late report stays unchecked");
            }
        });
    }

    /// A round trip between landmarks is no verdict: it goes to the mesh.
    async fn pair(
        &self,
        view: &View,
        directory: &Directory,
        seen: &[Measurement],
        outcomes: Vec<Settled>,
    ) -> Result<(), Trouble> {
        self.store.complete_reports(&view.record.id, outcomes, None).await?;
        let answerer = directory.get(&view.record.subject).and_then(|known| known.at(view.record.not_before));
        for seen in seen.iter().filter(|seen| seen.answered > 0) {
            let Some(answerer) = answerer else { continue };
            let pair = MeshPair {
                first: seen.landmark.clone(),
                second: view.record.subject.clone(),
                first_version: seen.position_version,
                second_version: answerer.record.position_version,
                rtt_ns: seen.rtt_ns,
                eps_ns: seen.eps_ns,
                observe_time: seen.observe_time,
            };
            self.store.put_mesh_pair(pair).await?;
            self.audits.measured();
        }
        Ok(())
    }
}

/// Checks one report that waited, in the pool.
fn settled(
    view: &View,
    directory: &Directory,
    probes: u16,
    report: &Report,
    keep_until: Option<i64>,
) -> (Settled, Option<lightcone_probe::verify::Refusal>) {
    let record = &view.record;
    let version = directory.get(&report.landmark).and_then(|known| known.at(record.not_before));
    let standard = version.and_then(|version| {
        let assignment = orders::assignment(record, version, probes)?;
        Some(Standard { assignment, key: version.key.as_ref()?, transcript: view.transcript.as_ref() })
    });
    let outcome = standard.map(|standard| check::check(&report.body, &report.signature, &standard));
    let mut settled = Settled {
        landmark: report.landmark.clone(),
        sequence: report.sequence,
        state: ReportState::Refused,
        refusal: String::new(),
        measurement: None,
        keep_until,
    };
    match outcome {
        Some(Outcome::Verified(checked)) => {
            settled.state = ReportState::Verified;
            settled.measurement = Some(check::measurement(&checked, &record.id, &report.landmark));
            (settled, None)
        }
        Some(Outcome::Refused(refusal)) => {
            settled.refusal = refusal.to_string();
            (settled, check::is_contradiction(&refusal).then_some(refusal))
        }
        Some(Outcome::Pending) | None => {
            "there is nothing to hold it against".clone_into(&mut settled.refusal);
            (settled, None)
        }
    }
}
