//! What it costs to be known: mutual TLS beside plaintext, and the access layer beside none, in one process and run.
//!
//! `cargo bench -p lightcone-tests --bench entry`; `--rounds N` for more than 5.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program that measures and says so")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use lightcone::v1;
use lightcone::v1::access_service_client::AccessServiceClient;
use lightcone_identity::{Identity, dial};
use lightcone_tests::House;
use lightcone_tests::trust::{Trust, url};
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

/// Calls of one round on an open connection.
const CALLS: usize = 2_000;
/// Connections of one round.
const CONNECTIONS: usize = 150;
const ROUNDS: usize = 5;

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--rounds").skip(1);
    let rounds = arguments.next().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure(rounds));
}

/// One way in: an address, and how to connect there.
struct Entry {
    name: &'static str,
    address: SocketAddr,
    identity: Option<Identity>,
}

impl Entry {
    fn channel(&self) -> Channel {
        let url = match &self.identity {
            Some(_) => url(self.address),
            None => format!("http://{}", self.address),
        };
        dial::channel(&url, self.identity.as_ref()).unwrap()
    }

    /// A call that passes the access layer and does nothing behind it.
    async fn known(&self, channel: &Channel) {
        let mut access = AccessServiceClient::new(channel.clone());
        access.who_am_i(v1::WhoAmIRequest {}).await.unwrap();
    }

    /// A call that the access layer lets by.
    async fn unasked(&self, channel: &Channel) {
        let mut health = HealthClient::new(channel.clone());
        health.check(HealthCheckRequest::default()).await.unwrap();
    }
}

async fn measure(rounds: usize) {
    let trust = Trust::new();
    let plain = House::open().await;
    let secured = House::with(|config| trust.serve(config)).await;
    let identity = trust.identity("tenant/ours/site-owner/bench").await;
    let entries = [
        Entry { name: "plaintext, development", address: plain.address, identity: None },
        Entry { name: "mutual TLS 1.3", address: secured.address, identity: Some(identity) },
    ];
    // By turns, so that whatever else the machine does falls on both alike.
    let (mut calls, mut unasked, mut first) = ([vec![], vec![]], [vec![], vec![]], [vec![], vec![]]);
    for _ in 0..rounds {
        for (at, entry) in entries.iter().enumerate() {
            let channel = entry.channel();
            entry.known(&channel).await;
            for _ in 0..CALLS {
                let begin = Instant::now();
                entry.known(&channel).await;
                calls[at].push(begin.elapsed());
                let begin = Instant::now();
                entry.unasked(&channel).await;
                unasked[at].push(begin.elapsed());
            }
            for _ in 0..CONNECTIONS {
                let begin = Instant::now();
                entry.known(&entry.channel()).await;
                first[at].push(begin.elapsed());
            }
        }
    }
    println!("release build: {}; {rounds} rounds; medians", !cfg!(debug_assertions));
    println!("{:<28} {:>14} {:>18} {:>22}", "", "call", "without access", "connect and call");
    let mut medians = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let [call, without, connect] =
            [&mut calls[at], &mut unasked[at], &mut first[at]].map(|times| median(times));
        println!("{:<28} {:>11.1} us {:>15.1} us {:>19.1} us", entry.name, call, without, connect);
        medians.push([call, without, connect]);
    }
    println!(
        "mutual TLS / plaintext: a call {:.2}, a new connection with its first call {:.2}",
        medians[1][0] / medians[0][0],
        medians[1][2] / medians[0][2]
    );
    println!("the access layer: {:.1} us a call with a certificate", medians[1][0] - medians[1][1]);
}

/// In microseconds.
fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e6
}
