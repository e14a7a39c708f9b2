//! The rounds, and what they say.
#![expect(clippy::print_stdout, reason = "a benchmark's output is its figures")]

use std::thread::sleep;
use std::time::Duration;

use crate::driver::{Driver, Echo};
use crate::peers;

const ROUNDS: usize = 5;
const PINGS: usize = 2_000;
const PAUSE: Duration = Duration::from_micros(300);
const LOAD: usize = 300_000;
const WINDOW: usize = 32;

/// Minimum, median and 99th percentile of one round, in microseconds.
type Row = [f64; 3];

pub(crate) fn all() {
    let mut driver = Driver::start(false);
    let (irtt, sockperf) = (peers::irtt(), peers::sockperf());
    for (name, peer) in [("irtt", &irtt), ("sockperf", &sockperf)] {
        if peer.is_none() {
            println!("{name} is not installed: left out");
        }
    }
    sleep(Duration::from_millis(300));
    println!("{ROUNDS} rounds of {PINGS}, interleaved, {} µs apart; load {}", PAUSE.as_micros(), load());
    let (mut ours, mut own, mut polled) = (Vec::new(), Vec::new(), Vec::new());
    let (mut theirs, mut subtracted, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    let mut fallbacks = 0;
    for _ in 0..ROUNDS {
        let taken: Vec<_> = (0..PINGS)
            .map(|_| {
                sleep(PAUSE);
                driver.ping()
            })
            .collect();
        fallbacks += taken.iter().filter(|taken| taken.is_fallback).count();
        ours.extend(row(taken.iter().map(|taken| taken.rtt_ns).collect()));
        own.extend(row(taken.iter().map(|taken| taken.span_ns).collect()));
        // Its agent has a core to itself for this part of the round only.
        let mut polling = Driver::start(true);
        let pings = (0..PINGS).map(|_| {
            sleep(PAUSE);
            polling.ping().rtt_ns
        });
        polled.extend(row(pings.collect()));
        drop(polling);
        let [seen, without] = irtt.as_ref().map(|irtt| peers::irtt_round(irtt, PINGS)).unwrap_or_default();
        theirs.extend(row(seen));
        subtracted.extend(row(without));
        bare.extend(sockperf.as_ref().and_then(|it| row(peers::sockperf_round(it, PINGS))));
    }
    println!("{:<44}{:>9}{:>9}{:>9}   rounds' minima", "median of the rounds, µs", "min", "p50", "p99");
    let ours = tell("ours, HMAC both ways, kernel stamps", &ours);
    tell("the same by the program's own clock", &own);
    let polled = tell("ours, the agent polling on a core of its own", &polled);
    let theirs = tell("irtt, HMAC, 168 B", &theirs);
    tell("irtt less what its server says it took", &subtracted);
    let bare = tell("sockperf, no authentication, 168 B", &bare);
    println!("fallbacks to the own clock: {fallbacks} of {}", ROUNDS * PINGS);
    ratio("irtt / ours", theirs, ours);
    ratio("irtt / ours polling", theirs, polled);
    ratio("ours / sockperf", ours, bare);
    throughput(&mut driver);
}

/// What a challenge costs an agent's thread, beside a thread that only echoes and the responder by itself: three
/// runs of each, interleaved.
fn throughput(driver: &mut Driver) {
    let echo = Echo::start();
    let (mut ours, mut bare, mut alone) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..3 {
        ours.push(driver.load(LOAD, WINDOW));
        bare.push(driver.load_of(&echo, LOAD, WINDOW));
        alone.push(driver.respond_alone());
    }
    let middle = |costs: &mut Vec<f64>| {
        costs.sort_by(f64::total_cmp);
        costs[costs.len() / 2]
    };
    let (ours, bare, alone) = (middle(&mut ours), middle(&mut bare), middle(&mut alone));
    println!("processor of one thread for a datagram of 168 B, {WINDOW} at a time, load {}", load());
    println!(
        "  an agent's thread, authenticated        {:>6.2} µs  {:>8.0} a core-second",
        ours / 1e3,
        1e9 / ours
    );
    println!(
        "  a thread that echoes (recv_from, send_to){:>5.2} µs  {:>8.0} a core-second",
        bare / 1e3,
        1e9 / bare
    );
    println!("  the responder by itself                 {:>6.2} µs", alone / 1e3);
}

fn row(mut ns: Vec<i64>) -> Option<Row> {
    ns.sort_unstable();
    let at = |share: f64| Some(*ns.get((share * (ns.len().checked_sub(1)? as f64)) as usize)? as f64 / 1e3);
    Some([at(0.0)?, at(0.5)?, at(0.99)?])
}

fn tell(name: &str, rows: &[Row]) -> Option<Row> {
    let of = |column: usize| {
        let mut all: Vec<f64> = rows.iter().map(|row| row[column]).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied()
    };
    let middle = [of(0)?, of(1)?, of(2)?];
    let minima: Vec<String> = rows.iter().map(|row| format!("{:.1}", row[0])).collect();
    println!("{name:<44}{:>9.1}{:>9.1}{:>9.1}   {}", middle[0], middle[1], middle[2], minima.join(" "));
    Some(middle)
}

fn ratio(name: &str, above: Option<Row>, below: Option<Row>) {
    if let Some((above, below)) = above.zip(below) {
        println!("{name}: minimum {:.2}, median {:.2}", above[0] / below[0], above[1] / below[1]);
    }
}

fn load() -> String {
    std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim().to_owned()
}
