//! Reports and measurements of many landmarks, in one transaction.

use std::collections::{HashMap, HashSet};

use crate::committer::Job;
use crate::error::StoreError;
use crate::record::{Landmark, Measurement, Report, ReportState, Row as _, Session};
use crate::sql::{Tx, Work};
use crate::terms::{Arrival, Ingested};
use crate::value::{Field as _, Kind, Value};

/// A second measurement counts when it is nearer.
const NEARER: &str = "ON CONFLICT (session, landmark) DO UPDATE SET \
    position_version = excluded.position_version, rtt_ns = excluded.rtt_ns, eps_ns = excluded.eps_ns, \
    observe_time = excluded.observe_time, best = excluded.best, backup = excluded.backup, \
    digest_root = excluded.digest_root, samples = excluded.samples, answered = excluded.answered, \
    loss_ppm = excluded.loss_ppm, p1_ns = excluded.p1_ns, p50_ns = excluded.p50_ns, flags = excluded.flags, \
    updated_by = excluded.updated_by WHERE excluded.rtt_ns < measurements.rtt_ns";

/// What names a report.
type Key<'k> = (&'k str, i64);

impl Job for Vec<Arrival> {
    type Answer = Vec<Ingested>;
    const NAME: &'static str = "ingest-reports";

    fn rows(&self) -> usize {
        self.len()
    }

    fn do_all<'t>(tx: &'t mut Tx, jobs: &'t [Self]) -> Work<'t, Vec<Result<Vec<Ingested>, StoreError>>> {
        Box::pin(ingest(tx, jobs))
    }
}

/// Answers each batch by itself: one that names what does not exist is refused alone.
async fn ingest(
    tx: &mut Tx,
    batches: &[Vec<Arrival>],
) -> Result<Vec<Result<Vec<Ingested>, StoreError>>, StoreError> {
    let known = Known::of(tx, batches).await?;
    let checks: Vec<Result<(), StoreError>> = batches.iter().map(|batch| known.check(batch)).collect();
    let sound = batches.iter().zip(&checks).filter(|(_, check)| check.is_ok());
    let arrivals: Vec<&Arrival> = sound.flat_map(|(batch, _)| batch).collect();
    let answers = keep(tx, &arrivals, &known.marks).await?;
    let mut answers = answers.into_iter();
    let answer = |(batch, check): (&Vec<Arrival>, Result<(), StoreError>)| {
        check.map(|()| answers.by_ref().take(batch.len()).collect())
    };
    Ok(batches.iter().zip(checks).map(answer).collect())
}

/// What the batches name and there is.
struct Known {
    sessions: HashSet<String>,
    /// Landmarks, and up to which sequence each is done with.
    marks: HashMap<String, i64>,
}

impl Known {
    async fn of(tx: &mut Tx, batches: &[Vec<Arrival>]) -> Result<Self, StoreError> {
        let reports = || batches.iter().flatten().map(|arrival| &arrival.report);
        let sessions = distinct(reports().map(|report| report.session.as_str()));
        let landmarks = distinct(reports().map(|report| report.landmark.as_str()));
        let sql = "SELECT id FROM sessions WHERE id";
        let sessions = tx.fetch_in(sql, &sessions, &[Kind::Text]).await?;
        let sql = "SELECT landmarks.id, COALESCE(report_marks.sequence, 0) FROM landmarks \
                   LEFT JOIN report_marks ON report_marks.landmark = landmarks.id WHERE landmarks.id";
        let marks = tx.fetch_in(sql, &landmarks, &[Kind::Text, Kind::Int]).await?;
        let sessions = sessions.into_iter().flatten().map(|id| String::of_value(id, "id"));
        Ok(Self {
            sessions: sessions.collect::<Result<_, _>>()?,
            marks: marks.into_iter().map(key_of).collect::<Result<_, _>>()?,
        })
    }

    fn check(&self, batch: &[Arrival]) -> Result<(), StoreError> {
        for Arrival { report, .. } in batch {
            if !self.sessions.contains(&report.session) {
                return Err(StoreError::not_found(Session::KIND, &report.session));
            }
            if !self.marks.contains_key(&report.landmark) {
                return Err(StoreError::not_found(Landmark::KIND, &report.landmark));
            }
        }
        Ok(())
    }
}

/// Writes what is new and says of each arrival what became of it.
async fn keep(
    tx: &mut Tx,
    arrivals: &[&Arrival],
    marks: &HashMap<String, i64>,
) -> Result<Vec<Ingested>, StoreError> {
    let beyond = |report: &Report| marks.get(&report.landmark).is_none_or(|mark| report.sequence > *mark);
    // The first of a key is the one that counts, also within a group.
    let mut first: HashMap<Key<'_>, &Arrival> = HashMap::with_capacity(arrivals.len());
    for arrival in arrivals {
        first.entry(key(&arrival.report)).or_insert(arrival);
    }
    let mut fresh: Vec<&Arrival> = first.values().copied().filter(|new| beyond(&new.report)).collect();
    // In one order, so that two transactions do not wait for each other in a circle.
    fresh.sort_unstable_by_key(|arrival| key(&arrival.report));
    let accepted = insert_reports(tx, &fresh).await?;
    insert_measurements(tx, fresh.iter().filter(|new| accepted.contains(&owned(&new.report)))).await?;
    let present = present(tx, arrivals.iter().filter(|old| !accepted.contains(&owned(&old.report)))).await?;
    let answer = |arrival: &&Arrival| {
        let (report, key) = (&arrival.report, key(&arrival.report));
        if accepted.contains(&owned(report)) {
            let counts = first[&key];
            return match std::ptr::eq(counts, *arrival) {
                true => Ingested::Accepted,
                false => again(&counts.report.digest, report),
            };
        }
        present.get(&owned(report)).map_or(Ingested::Expired, |digest| again(digest, report))
    };
    Ok(arrivals.iter().map(answer).collect())
}

/// What a report is whose key is taken by one with `digest`.
fn again(digest: &[u8; 32], report: &Report) -> Ingested {
    if *digest == report.digest { Ingested::Duplicate } else { Ingested::Conflict }
}

/// Keys that were not there before.
async fn insert_reports(tx: &mut Tx, fresh: &[&Arrival]) -> Result<HashSet<(String, i64)>, StoreError> {
    let rows: Vec<Report> = fresh.iter().map(|arrival| as_kept(&arrival.report)).collect();
    let tail = "ON CONFLICT (landmark, sequence) DO NOTHING RETURNING landmark, sequence";
    let keys = tx.insert(&rows, tail, &[Kind::Text, Kind::Int]).await?;
    keys.into_iter().map(key_of).collect()
}

/// A report without a body that nothing needs any more.
fn as_kept(report: &Report) -> Report {
    let needed = report.state == ReportState::Pending || report.keep_until.is_some();
    Report { body: if needed { report.body.clone() } else { Vec::new() }, ..bare(report) }
}

/// All of a report but its body.
fn bare(report: &Report) -> Report {
    Report {
        landmark: report.landmark.clone(),
        session: report.session.clone(),
        refusal: report.refusal.clone(),
        body: Vec::new(),
        ..*report
    }
}

async fn insert_measurements<'a>(
    tx: &mut Tx,
    arrivals: impl Iterator<Item = &'a &'a Arrival> + Send,
) -> Result<(), StoreError> {
    put_measurements(tx, arrivals.filter_map(|arrival| arrival.measurement.as_ref())).await
}

/// Writes measurements; of two of one landmark in one session the nearer one stays.
pub(crate) async fn put_measurements<'a>(
    tx: &mut Tx,
    measurements: impl Iterator<Item = &'a Measurement> + Send,
) -> Result<(), StoreError> {
    // One statement cannot write a row twice.
    let mut nearest: HashMap<(&str, &str), &Measurement> = HashMap::new();
    for measurement in measurements {
        let key = (measurement.session.as_str(), measurement.landmark.as_str());
        let best = nearest.entry(key).or_insert(measurement);
        if measurement.rtt_ns < best.rtt_ns {
            *best = measurement;
        }
    }
    let mut rows: Vec<Measurement> = nearest.into_values().cloned().collect();
    rows.sort_unstable_by(|a, b| (&a.session, &a.landmark).cmp(&(&b.session, &b.landmark)));
    tx.insert(&rows, NEARER, &[]).await.map(drop)
}

/// Digests of reports that were there before, by key.
async fn present<'a>(
    tx: &mut Tx,
    arrivals: impl Iterator<Item = &'a &'a Arrival> + Send,
) -> Result<HashMap<(String, i64), [u8; 32]>, StoreError> {
    let mut ranges: HashMap<&str, (i64, i64)> = HashMap::new();
    for arrival in arrivals {
        let (landmark, sequence) = key(&arrival.report);
        let range = ranges.entry(landmark).or_insert((sequence, sequence));
        *range = (range.0.min(sequence), range.1.max(sequence));
    }
    let mut found = HashMap::new();
    for (landmark, (from, to)) in ranges {
        let sql = "SELECT sequence, digest FROM reports WHERE landmark = $1 AND sequence BETWEEN $2 AND $3";
        let values = vec![Value::Text(landmark.to_owned()), Value::Int(from), Value::Int(to)];
        for row in tx.fetch(sql, values, &[Kind::Int, Kind::Blob]).await? {
            let mut row = row.into_iter();
            let sequence = i64::of_value(next(&mut row), "sequence")?;
            let digest = <[u8; 32]>::of_value(next(&mut row), "digest")?;
            found.insert((landmark.to_owned(), sequence), digest);
        }
    }
    Ok(found)
}

fn key(report: &Report) -> Key<'_> {
    (&report.landmark, report.sequence)
}

fn owned(report: &Report) -> (String, i64) {
    (report.landmark.clone(), report.sequence)
}

/// The landmark and sequence of a row.
pub(crate) fn key_of(row: Vec<Value>) -> Result<(String, i64), StoreError> {
    let mut row = row.into_iter();
    Ok((String::of_value(next(&mut row), "landmark")?, i64::of_value(next(&mut row), "sequence")?))
}

fn next(row: &mut impl Iterator<Item = Value>) -> Value {
    row.next().unwrap_or(Value::Null(Kind::Int))
}

fn distinct<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut ids: Vec<&str> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
