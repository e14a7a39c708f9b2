//! How late the relay is: by its own clock, and as two programs see it that ask and answer through it.
//!
//! One agent asks a landmark on the other side of 10 ms each way, at several rates, with the relay asleep until a
//! datagram is due and with its last 60 µs spun. "Excess" is the round trip beyond 20 ms: four wake-ups (of the relay
//! twice on arrival, of both programs) beside the relay's own lateness. Minima and medians; `LIGHTCONE_LONG` makes
//! each row so many times as long.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a program that prints a table")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use lightcone_core::Point;
use lightcone_wan::clock::now_ns;
use lightcone_wan::{Host, Path, Paths, Settings, Wan};

const ONE_WAY: Duration = Duration::from_millis(10);
const PROBE_BYTES: usize = 168;
/// A question that ends the landmark's thread.
const END: usize = 1;

fn main() {
    let longer: u32 = std::env::var("LIGHTCONE_LONG").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    println!(
        "| spin us | asked /s | carried | answered | late p50 us | late p99 us | late max us | excess min us | excess p50 us | excess p99 us |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for spin in [Duration::ZERO, Duration::from_micros(60)] {
        for (per_second, count) in [(100, 200), (1_000, 2_000), (10_000, 10_000), (30_000, 60_000)] {
            measure(spin, per_second, count * longer);
        }
    }
}

/// One row of the table.
fn measure(spin: Duration, per_second: u32, count: u32) {
    let agent = UdpSocket::bind((Ipv4Addr::new(127, 10, 7, 1), 0)).unwrap();
    let landmark = UdpSocket::bind((Ipv4Addr::new(127, 21, 7, 1), 0)).unwrap();
    let place = Point::from_degrees(0.0, 0.0).unwrap();
    let front = SocketAddr::from((Ipv4Addr::new(127, 20, 7, 1), 0));
    let hosts = [
        Host::new("agent", place).sends_from(IpAddr::from(Ipv4Addr::new(127, 10, 7, 1))),
        Host::new("landmark", place).serves(front, landmark.local_addr().unwrap()),
    ];
    let settings = Settings { spin, flow_under_way_max: 32_768, ..Settings::default() };
    let wan = Wan::start_with(&hosts, Paths::fixed(&hosts, Path::new(ONE_WAY).unwrap()), settings).unwrap();
    let front = wan.fronts(wan.host("landmark").unwrap())[0];
    let echo = thread::spawn(move || echo(&landmark));
    let reader = agent.try_clone().unwrap();
    reader.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let reading = thread::spawn(move || excesses_ns(&reader));
    ask(&agent, front, per_second, count);
    let mut excesses_ns = reading.join().unwrap();
    agent.send_to(&[0; END], front).unwrap();
    echo.join().unwrap();
    let (late, totals) = (wan.lateness(), wan.stop().unwrap());
    excesses_ns.sort_unstable();
    let us = |ns: u64| ns as f64 * 1e-3;
    let at = |share: f64| us(excesses_ns[(share * (excesses_ns.len() - 1) as f64) as usize]);
    let [p50, p99, max] = [late.p50, late.p99, late.max].map(|late| us(late.as_nanos() as u64));
    let (spin, answered) = (spin.as_micros(), excesses_ns.len());
    println!(
        "| {spin} | {per_second} | {} | {answered} of {count} | {p50:.1} | {p99:.1} | {max:.0} | {:.1} | {:.1} | {:.1} |",
        totals.paths.delivered / 2,
        at(0.0),
        at(0.5),
        at(0.99)
    );
}

/// Sends questions that carry the time at which they were sent.
fn ask(agent: &UdpSocket, front: SocketAddr, per_second: u32, count: u32) {
    let begun = Instant::now();
    for number in 0..count {
        let due = Duration::from_secs(1) / per_second * number;
        thread::sleep(due.saturating_sub(begun.elapsed()));
        let mut question = [0; PROBE_BYTES];
        question[..8].copy_from_slice(&now_ns().to_be_bytes());
        agent.send_to(&question, front).unwrap();
    }
}

fn echo(landmark: &UdpSocket) {
    let mut buffer = [0; PROBE_BYTES];
    loop {
        let (bytes, from) = landmark.recv_from(&mut buffer).unwrap();
        if bytes == END {
            return;
        }
        landmark.send_to(&buffer[..bytes], from).unwrap();
    }
}

/// Round trips beyond twice the delay, in nanoseconds, until no answer comes for a while.
fn excesses_ns(agent: &UdpSocket) -> Vec<u64> {
    let mut excesses_ns = Vec::new();
    let mut answer = [0; PROBE_BYTES];
    while agent.recv(&mut answer).is_ok() {
        let (sent, _) = answer.split_first_chunk().unwrap();
        let took_ns = now_ns() - u64::from_be_bytes(*sent);
        excesses_ns.push(took_ns.checked_sub(2 * ONE_WAY.as_nanos() as u64).expect("nothing is early"));
    }
    excesses_ns
}
