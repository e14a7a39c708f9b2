//! How many reports a second a server takes: 64 samples each, signed by real keys, with real proofs, checked and
//! committed before the answer. The generator runs on the same cores and signs beforehand.

mod cast;
mod parts;
mod raw;

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use hdrhistogram::Histogram;
use lightcone_tests::Ground;
use lightcone_tests::players::Tower;

use crate::Failure;
use crate::options::Options;
use crate::processor::Used;
use crate::served::Served;
use crate::table::Table;
use cast::{Cast, SAMPLES};

/// Landmarks of a session.
const LANDMARKS: usize = 16;
/// Reports of one call.
const BATCH: usize = 32;
const SESSIONS: usize = 1_000;
const SESSIONS_QUICK: usize = 150;
/// Sessions a day of one device.
const SESSIONS_A_DAY: f64 = 12.0;

pub(crate) async fn measure(options: &Options, table: &mut Table) -> Result<(), Failure> {
    let sessions = if options.quick { SESSIONS_QUICK } else { SESSIONS };
    table.row(&format!("reports: {} a store, {SAMPLES} samples each", sessions * LANDMARKS), "", "");
    parts::measure(table)?;
    store("SQLite", &Ground::on_disk(), sessions, table).await?;
    if let Some(ground) = Ground::on_postgres().await {
        store("PostgreSQL", &ground, sessions, table).await?;
    }
    Ok(())
}

async fn store(name: &str, ground: &Ground, sessions: usize, table: &mut Table) -> Result<(), Failure> {
    let mut config = lightcone_server::Config::default();
    ground.lay(&mut config);
    let place = [config.store.folder.as_str(), config.store.url.as_str()];
    let served = Served::start_with(&["--store", place[0], place[1]]).await?;
    // One landmark more than report, so that checking is measured apart from judging.
    let mut cast = Cast::enter(&served.url, LANDMARKS + 1).await?;

    let (reports, _) = cast.sessions(sessions, LANDMARKS, true).await?;
    let taken = take(&served, &cast.towers, reports).await?;
    taken.tell(&format!("{name}, transcript first: checked and durable"), "5,000 a second", table);
    let raw = raw::insert(&place, sessions * LANDMARKS).await?;
    table.row(&format!("{name}: raw bulk insert of the same rows"), &format!("{raw:.0}/s"), "");
    let share = format!("{:.0} %", 100.0 * taken.rate() / raw);
    table.row(&format!("{name}: of that"), &share, "");
    let devices = taken.rate() * 86_400.0 / SESSIONS_A_DAY / LANDMARKS as f64;
    let about = format!("{name}: devices at {SESSIONS_A_DAY} sessions a day and {LANDMARKS} landmarks");
    table.row(&about, &format!("{devices:.0}"), "");

    let (reports, closings) = cast.sessions(sessions, LANDMARKS, false).await?;
    let taken = take(&served, &cast.towers, reports).await?;
    taken.tell(&format!("{name}, transcript last: kept until it comes"), "", table);
    drop(closings);
    drop(served);

    // With as many landmarks as report, each session ends in a verdict.
    judged(name, sessions / 4, table).await
}

/// The whole way, verdicts included, on a store of its own.
async fn judged(name: &str, sessions: usize, table: &mut Table) -> Result<(), Failure> {
    let ground = match name {
        "SQLite" => Some(Ground::on_disk()),
        _ => Ground::on_postgres().await,
    };
    let Some(ground) = ground else { return Ok(()) };
    let mut config = lightcone_server::Config::default();
    ground.lay(&mut config);
    let served = Served::start_with(&["--store", &config.store.folder, &config.store.url]).await?;
    let mut cast = Cast::enter(&served.url, LANDMARKS).await?;
    let (reports, closings) = cast.sessions(sessions, LANDMARKS, false).await?;
    let (began, before) = (Instant::now(), Used::by(served.id()));
    take(&served, &cast.towers, reports).await?;
    cast.close_all(closings).await?;
    cast.all_judged(sessions).await?;
    let (took, used) = (began.elapsed(), Used::by(served.id()).since(before));
    let rate = (sessions * LANDMARKS) as f64 / took.as_secs_f64();
    table.row(&format!("{name}, reports, transcript and verdict"), &format!("{rate:.0}/s"), "");
    let each = used.all().as_secs_f64() * 1e3 / sessions as f64;
    table.row(&format!("{name}: the server's processor time for one verdict"), &format!("{each:.2} ms"), "");
    Ok(())
}

/// What a run took.
struct Taken {
    reports: usize,
    took: Duration,
    used: Used,
    answers: Histogram<u64>,
}

/// Every landmark brings its reports, call after call, all at once.
async fn take(
    served: &Served,
    towers: &[Tower],
    reports: Vec<Vec<lightcone::v1::SignedReport>>,
) -> Result<Taken, Failure> {
    let count = reports.iter().map(Vec::len).sum();
    let (began, before) = (Instant::now(), Used::by(served.id()));
    let calls = towers.iter().zip(reports).map(|(tower, reports)| async move {
        let mut took = Vec::new();
        let mut reports = reports.into_iter().peekable();
        while reports.peek().is_some() {
            let batch: Vec<_> = reports.by_ref().take(BATCH).collect();
            let (asked, wanted) = (Instant::now(), batch.len() as i32);
            let told = tower.bring(batch).await?;
            if told.accepted != wanted {
                return Err(Failure::from(format!("{wanted} were brought: {told:?}")));
            }
            took.push(asked.elapsed());
        }
        Ok(took)
    });
    let times = try_join_all(calls).await?;
    let (took, used) = (began.elapsed(), Used::by(served.id()).since(before));
    let mut answers = Histogram::new(3)?;
    for time in times.into_iter().flatten() {
        answers.record(time.as_micros() as u64)?;
    }
    Ok(Taken { reports: count, took, used, answers })
}

impl Taken {
    fn rate(&self) -> f64 {
        self.reports as f64 / self.took.as_secs_f64()
    }

    fn tell(&self, name: &str, wanted: &str, table: &mut Table) {
        table.row(name, &format!("{:.0}/s", self.rate()), wanted);
        let each = |time: Duration| time.as_secs_f64() * 1e6 / self.reports as f64;
        table.micros("  processor time a report: the pool, which checks", each(self.used.pool), "");
        table.micros("  and all other threads: wire, store, disk", each(self.used.io), "");
        let cores = self.used.all().as_secs_f64() / self.took.as_secs_f64();
        table.row("  cores that the server had", &format!("{cores:.2}"), "");
        let ms = |part| format!("{:.1} ms", self.answers.value_at_quantile(part) as f64 / 1e3);
        table.row(&format!("  answer to {BATCH} reports: median"), &ms(0.5), "");
        table.row("  and 99 in 100", &ms(0.99), "");
    }
}
