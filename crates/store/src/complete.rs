//! The end of pending reports: of many sessions in one transaction, with the verdicts that they led to.

use std::collections::{BTreeMap, HashSet};

use crate::committer::Job;
use crate::error::StoreError;
use crate::ingest::{key_of, put_measurements};
use crate::record::{Report, ReportState, Row as _, Verdict};
use crate::sql::{Tx, Work};
use crate::terms::{Judged, Outcome};
use crate::value::{Field as _, Kind, Value};
use crate::verdict;

/// One call of [`Evidence::complete_reports`](crate::Evidence::complete_reports).
pub(crate) struct Completion {
    pub(crate) session: String,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) judged: Option<Judged>,
}

/// What is written alike into every report that ends alike.
type Ending<'o> = (&'static str, &'o str, Option<i64>);

impl Job for Completion {
    type Answer = Option<Verdict>;
    const NAME: &'static str = "complete-reports";

    fn rows(&self) -> usize {
        self.outcomes.len() + 1
    }

    fn do_all<'t>(tx: &'t mut Tx, jobs: &'t [Self]) -> Work<'t, Vec<Result<Option<Verdict>, StoreError>>> {
        Box::pin(complete(tx, jobs))
    }
}

async fn complete(
    tx: &mut Tx,
    jobs: &[Completion],
) -> Result<Vec<Result<Option<Verdict>, StoreError>>, StoreError> {
    let sessions: Vec<&str> = jobs.iter().map(|job| job.session.as_str()).collect();
    // Whoever completes the same session at the same time waits here.
    tx.lock_in("SELECT id FROM sessions WHERE id", &sessions, &[Kind::Text]).await?;
    let mut pending = pending(tx, &sessions).await?;
    let mut endings: BTreeMap<Ending<'_>, Vec<(String, i64)>> = BTreeMap::new();
    let mut measured = Vec::new();
    for job in jobs {
        for outcome in &job.outcomes {
            let key = (outcome.landmark.clone(), outcome.sequence);
            // Taken out, so that a second outcome of one report changes nothing.
            if pending.remove(&(job.session.clone(), key.clone())) {
                measured.extend(&outcome.measurement);
                endings.entry(ending(outcome)).or_default().push(key);
            } else {
                require(tx, &job.session, outcome).await?;
            }
        }
    }
    for (ending, keys) in endings {
        end(tx, ending, keys).await?;
    }
    put_measurements(tx, measured.into_iter()).await?;
    end_mesh(tx, jobs).await?;
    let judged: Vec<&Judged> = jobs.iter().filter_map(|job| job.judged.as_ref()).collect();
    let mut verdicts = verdict::put_all(tx, &judged).await?.into_iter();
    Ok(jobs.iter().map(|job| Ok(job.judged.as_ref().and_then(|_| verdicts.next()))).collect())
}

/// Reports of these sessions that wait, by session and key.
async fn pending(tx: &mut Tx, sessions: &[&str]) -> Result<HashSet<(String, (String, i64))>, StoreError> {
    let head = "SELECT session, landmark, sequence FROM reports WHERE state = 'PENDING' AND session";
    let rows = tx.fetch_in(head, sessions, &[Kind::Text, Kind::Text, Kind::Int]).await?;
    let waiting = |mut row: Vec<Value>| {
        let key = key_of(row.split_off(1))?;
        let session = row.pop().unwrap_or(Value::Null(Kind::Text));
        Ok((String::of_value(session, "session")?, key))
    };
    rows.into_iter().map(waiting).collect()
}

fn ending(outcome: &Outcome) -> Ending<'_> {
    // What still waits has its body anyway.
    let keep = outcome.keep_until.filter(|_| outcome.state != ReportState::Pending);
    (outcome.state.as_str(), outcome.refusal.as_str(), keep)
}

async fn end(
    tx: &mut Tx,
    (state, refusal, keep_until): Ending<'_>,
    mut keys: Vec<(String, i64)>,
) -> Result<(), StoreError> {
    // In one order, so that two transactions do not wait for each other in a circle.
    keys.sort_unstable();
    let drops_body = keep_until.is_none() && state != ReportState::Pending.as_str();
    let head = match drops_body {
        true => "UPDATE reports SET updated_by = $1, state = $2, refusal = $3, keep_until = $4, body = $5",
        false => "UPDATE reports SET updated_by = $1, state = $2, refusal = $3, keep_until = $4",
    };
    let mut values = vec![
        tx.author(),
        Value::Text(state.to_owned()),
        Value::Text(refusal.to_owned()),
        keep_until.to_value(),
    ];
    values.extend(drops_body.then(|| Value::Blob(Vec::new())));
    let tail = "WHERE reports.landmark = listed.column1 AND reports.sequence = listed.column2";
    tx.update_listed(head, values, &keys, tail).await
}

/// A session between landmarks leads to no verdict: once its reports are settled it is over.
async fn end_mesh(tx: &mut Tx, jobs: &[Completion]) -> Result<(), StoreError> {
    let over = jobs.iter().filter(|job| job.judged.is_none());
    let mut over: Vec<(String, i64)> = over.map(|job| (job.session.clone(), 0)).collect();
    over.sort_unstable();
    let head = "UPDATE sessions SET updated_by = $1, state = 'JUDGED', \
                etag = CAST(CAST(etag AS BIGINT) + 1 AS TEXT)";
    let author = tx.author();
    let tail = "WHERE sessions.id = listed.column1 AND sessions.subject_kind = 'LANDMARK' \
                AND sessions.state = 'CLOSED'";
    tx.update_listed(head, vec![author], &over, tail).await
}

/// An outcome for a report that waits no longer is right, one for another session's report is not.
async fn require(tx: &mut Tx, session: &str, outcome: &Outcome) -> Result<(), StoreError> {
    let sql = "SELECT sequence FROM reports WHERE landmark = $1 AND sequence = $2 AND session = $3";
    let key = vec![
        Value::Text(outcome.landmark.clone()),
        Value::Int(outcome.sequence),
        Value::Text(session.to_owned()),
    ];
    if tx.fetch(sql, key, &[Kind::Int]).await?.is_empty() {
        let id = format!("{}/{}", outcome.landmark, outcome.sequence);
        return Err(StoreError::not_found(Report::KIND, &id));
    }
    Ok(())
}
