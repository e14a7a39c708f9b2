//! `kill -9` of a server in the middle of ingestion: no acknowledged report is lost, and none is there twice. And in the
//! middle of a comparison of rules, which goes on.
//!
//! This program runs itself as the server. Landmarks bring reports over the wire, each with a sequence of its own, and
//! write down what is acknowledged; the server is killed after some of that and started again on the same store, which
//! is held to what was acknowledged. Landmarks then send again what had no answer, and a little more, as they do.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test may fail loudly")]

mod whatif;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::join_all;
use lightcone::v1;
use lightcone_server::{Config, Server, run_until};
use lightcone_store::{SqlStore, Store};
use lightcone_tests::paper::Met;
use lightcone_tests::players::{Device, Tower, assignment, site};
use lightcone_tests::{Ground, Seed};
use tokio::sync::oneshot;
use tonic::transport::{Channel, Endpoint};

/// Make this program the server; the values are the store's folder and URL.
const FOLDER: &str = "LIGHTCONE_KILL_FOLDER";
const URL: &str = "LIGHTCONE_KILL_URL";
/// Kills on each store; the long form has [`KILLS_LONG`].
const KILLS: u64 = 10;
const KILLS_LONG: u64 = 200;
const TOWERS: usize = 4;
/// Most calls that are acknowledged before a kill.
const CALLS_MAX: u64 = 12;
/// Most reports of one call.
const BATCH_MAX: u64 = 8;

fn main() {
    if std::env::var_os(FOLDER).is_some() {
        return serve();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.unwrap().block_on(survive());
}

async fn survive() {
    let kills = if std::env::var_os("LIGHTCONE_LONG").is_some() { KILLS_LONG } else { KILLS };
    survives("SQLite", Ground::on_disk(), kills).await;
    whatif::a_comparison_killed_in_the_middle_ends_as_one_that_was_not("SQLite", &Ground::on_disk()).await;
    if let Some(ground) = Ground::on_postgres().await {
        survives("PostgreSQL", ground, kills).await;
    }
    if let Some(ground) = Ground::on_postgres().await {
        whatif::a_comparison_killed_in_the_middle_ends_as_one_that_was_not("PostgreSQL", &ground).await;
    }
}

/// A landmark, its session, and up to which number it was told that all is kept.
struct Bringer {
    tower: Tower,
    met: Met,
    acknowledged: i64,
}

async fn survives(name: &str, ground: Ground, kills: u64) {
    let mut config = Config::default();
    ground.lay(&mut config);
    let (server, channel) = start(&config).await;
    let mut bringers = prepare(&channel).await;
    end(server);
    for kill in 0..kills {
        let (server, channel) = start(&config).await;
        let left = Arc::new(AtomicU64::new(1 + random(kill) % CALLS_MAX));
        let server = Arc::new(std::sync::Mutex::new(Some(server)));
        let calls = bringers.into_iter().enumerate().map(|(index, mut bringer)| {
            let (left, server) = (Arc::clone(&left), Arc::clone(&server));
            bringer.tower.reconnect(&channel);
            tokio::spawn(async move {
                bring_until_killed(&mut bringer, kill + index as u64, &left, &server).await;
                bringer
            })
        });
        bringers = join_all(calls).await.into_iter().map(Result::unwrap).collect();
        check(&config, &bringers).await;
    }
    let reports: i64 = bringers.iter().map(|bringer| bringer.acknowledged).sum();
    println!("{name}: {kills} kills, {reports} acknowledged reports, none lost and none twice");
}

/// Brings batches until there is no answer any more. Whoever has the last call that counts kills the server.
async fn bring_until_killed(
    bringer: &mut Bringer,
    seed: u64,
    left: &AtomicU64,
    server: &std::sync::Mutex<Option<Child>>,
) {
    loop {
        // One that was cut off sends some of what it had sent before.
        let again = (random(seed ^ bringer.acknowledged as u64) % 3) as i64;
        bringer.tower.next = 1.max(bringer.acknowledged + 1 - again);
        let count = 1 + again as u64 + random(bringer.acknowledged as u64) % BATCH_MAX;
        let reports: Vec<_> = (0..count).map(|_| bringer.tower.sign(&bringer.met)).collect();
        let Ok(told) = bringer.tower.bring(reports).await else { return };
        assert_eq!(told.rejections, [], "{}", bringer.tower.id);
        assert_eq!(told.durable_sequence, bringer.tower.next - 1, "{}", bringer.tower.id);
        bringer.acknowledged = told.durable_sequence;
        if left.fetch_sub(1, Ordering::SeqCst) == 1
            && let Some(server) = server.lock().unwrap().take()
        {
            end(server);
        }
    }
}

/// Holds a store to what was acknowledged.
async fn check(config: &Config, bringers: &[Bringer]) {
    let url = match config.store.url.as_str() {
        "" => format!("sqlite:{}/lightcone.db", config.store.folder),
        url => url.to_owned(),
    };
    let store: Box<dyn Store> = Box::new(SqlStore::open(&url).await.unwrap());
    for bringer in bringers {
        let id = &bringer.tower.id;
        let durable = store.durable_sequence(id).await.unwrap();
        assert!(
            durable >= bringer.acknowledged,
            "{id}: {} acknowledged, {durable} kept",
            bringer.acknowledged
        );
        let session = store.session_by_wire_id(bringer.met.report.session.0).await.unwrap();
        let kept = store.pending_reports(&session.id).await.unwrap();
        let numbers: Vec<i64> = kept.iter().filter(|it| it.landmark == *id).map(|it| it.sequence).collect();
        let distinct: BTreeSet<i64> = numbers.iter().copied().collect();
        assert_eq!((distinct.len(), numbers.len()), (numbers.len(), durable as usize), "{id}: once each");
        assert_eq!(numbers, (1..=durable).collect::<Vec<i64>>(), "{id}: without a gap");
    }
    assert_eq!(store.verdicts_since(None, 0, 1).await.unwrap(), [], "nothing was judged yet");
    store.close().await;
}

/// Enters landmarks and an agent, and attests one session.
async fn prepare(channel: &Channel) -> Vec<Bringer> {
    site(channel, "s-1", None, Vec::new()).await;
    let mut seed = Seed::new(11);
    let mut towers = Vec::new();
    for index in 0..TOWERS {
        let point = v1::Point { latitude_deg: index as f64, longitude_deg: 100.0 };
        towers.push(Tower::enter(channel, &format!("t-{index}"), point).await);
    }
    let works = join_all(towers.iter().map(Tower::watch)).await;
    let device = Device::enter(channel, "a-1", "s-1").await;
    let mut line = device.attend().await;
    let summons = device.summoned(&mut line).await;
    device.attest(&summons, &mut seed).await;
    let mut bringers = Vec::new();
    for (tower, mut work) in towers.into_iter().zip(works) {
        let met = tower.measure(&assignment(&mut work).await, 1_000_000, &mut seed);
        bringers.push(Bringer { tower, met, acknowledged: 0 });
    }
    bringers
}

/// Starts a server on a store and waits until it serves.
async fn start(config: &Config) -> (Child, Channel) {
    let mut server = Command::new(std::env::current_exe().unwrap())
        .env(FOLDER, &config.store.folder)
        .env(URL, &config.store.url)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let endpoint = Endpoint::from_shared(format!("http://{}", line.trim())).unwrap();
    (server, endpoint.connect().await.unwrap())
}

/// SIGKILL: no destructor runs, no buffer is written.
fn end(mut server: Child) {
    server.kill().unwrap();
    server.wait().unwrap();
}

/// Is the server: says its address and serves until its input ends, as it does when its parent dies.
fn serve() {
    let mut config = Config::default();
    config.server.listen = "127.0.0.1:0".to_owned();
    config.server.admin_listen.clear();
    config.store.folder = std::env::var(FOLDER).unwrap();
    config.store.url = std::env::var(URL).unwrap();
    config.telemetry.log_filter = "error".to_owned();
    config.mesh.probation = false;
    config.mesh.interval_ms = 0;
    config.sessions.per_day = 0;
    config.sessions.window_ms = 600_000;
    config.sessions.grace_ms = 600_000;
    let ready = |server: &Server| {
        let (address, mut out) = (server.address().unwrap(), std::io::stdout());
        let _ = writeln!(out, "{address}").and_then(|()| out.flush());
    };
    let (ended, end) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read(&mut [0]);
        drop(ended);
    });
    run_until(config, ready, || async { end.await.unwrap_or_default() }).unwrap();
}

fn random(word: u64) -> u64 {
    Seed::new(word).next()
}
