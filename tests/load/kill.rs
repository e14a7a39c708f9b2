//! How soon the cores are free when a client is killed in mid-stream.

use std::time::{Duration, Instant};

use crate::options::Options;
use crate::processor::Used;
use crate::served::Served;
use crate::table::Table;
use crate::{Failure, flood, rank};

/// How long the client keeps the server busy before it is killed.
const BUSY: Duration = Duration::from_millis(1_500);
/// The step in which the server's processor time is watched.
const STEP: Duration = Duration::from_millis(10);
/// The part of one core that a server at rest may use.
const REST: f64 = 0.05;
/// Steps at rest in a row that make it free.
const QUIET_STEPS: usize = 5;
/// When the watch is given up.
const GIVE_UP: Duration = Duration::from_secs(10);
const ROUNDS: usize = 5;

pub(crate) async fn measure(served: &Served, options: &Options, table: &mut Table) -> Result<(), Failure> {
    let mut slowest = Duration::ZERO;
    let mut busy = f64::MAX;
    for _ in 0..if options.quick { 2 } else { ROUNDS } {
        let mut client = flood::start(rank::ordinary()?, "--client", served, options)?;
        tokio::time::sleep(BUSY / 2).await;
        let before = Used::by(served.id());
        tokio::time::sleep(BUSY / 2).await;
        let used = Used::by(served.id()).since(before).all();
        busy = busy.min(used.as_secs_f64() / (BUSY / 2).as_secs_f64());
        client.kill()?;
        let killed = Instant::now();
        client.wait()?;
        slowest = slowest.max(free_after(served, killed).await?);
    }
    table.row("cores in use before a client is killed", &format!("{busy:.2}"), "all");
    table.row("time until they are free, slowest", &format!("{} ms", slowest.as_millis()), "<= 300 ms");
    Ok(())
}

/// When the server came to rest.
async fn free_after(served: &Served, killed: Instant) -> Result<Duration, Failure> {
    let (mut quiet, mut since) = (0, killed.elapsed());
    let mut before = (Used::by(served.id()).all(), Instant::now());
    while killed.elapsed() < GIVE_UP {
        tokio::time::sleep(STEP).await;
        let now = (Used::by(served.id()).all(), Instant::now());
        let share = (now.0 - before.0).as_secs_f64() / (now.1 - before.1).as_secs_f64();
        if share > REST {
            (quiet, since) = (0, killed.elapsed());
        } else {
            quiet += 1;
        }
        if quiet == QUIET_STEPS {
            return Ok(since);
        }
        before = now;
    }
    Err("the server never came to rest".into())
}
