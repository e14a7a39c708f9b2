//! Strangers that speak STAMP (RFC 8762, RFC 8972): the reflector and the sender of the crate `stamp-suite`.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use clap::Parser;
use lightcone_probe::udp::clocks;
use lightcone_probe::{Nonce, NtpTime, SessionId};
use lightcone_responder::reflector;
use lightcone_responder::{Challenge, Packet, Refused, Reply, Seen, StampKey};
use stamp_suite::configuration::Configuration;
use stamp_suite::{receiver, sender};

const KEY: [u8; 32] = [0x5a; 32];
const TRIES: u32 = 400;

fn key() -> StampKey {
    StampKey::from_bytes(KEY)
}

fn hex() -> String {
    KEY.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn configured(arguments: &[&str]) -> Configuration {
    let conf = Configuration::parse_from(["stamp-suite"].iter().chain(arguments));
    conf.validate().unwrap();
    conf
}

/// Their reflector in authenticated mode, on a runtime of its own.
struct Theirs {
    at: SocketAddr,
    shared: Arc<receiver::ReceiverSharedState>,
    thread: Option<JoinHandle<()>>,
}

impl Theirs {
    fn start() -> Self {
        let at = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (port, key) = (at.port().to_string(), hex());
        let conf = configured(&[
            "--is-reflector",
            "--local-addr",
            "127.0.0.1",
            "--local-port",
            &port,
            "--auth-mode",
            "A",
            "--hmac-key",
            &key,
        ]);
        let shared = Arc::new(receiver::create_shared_state(&conf).unwrap());
        let theirs = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { receiver::run_receiver(&conf, &theirs).await }).unwrap();
        });
        Self { at, shared, thread: Some(thread) }
    }

    /// Their answer; it takes them a moment to be there.
    fn ask(&self, bytes: &[u8], tries: u32) -> Option<Vec<u8>> {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        let mut buffer = [0; 512];
        for _ in 0..tries {
            socket.send_to(bytes, self.at).unwrap();
            if let Ok(length) = socket.recv(&mut buffer) {
                return Some(buffer[..length].to_vec());
            }
        }
        None
    }
}

impl Drop for Theirs {
    fn drop(&mut self) {
        self.shared.shutdown.cancel();
        self.thread.take().unwrap().join().unwrap();
    }
}

fn challenge() -> Packet {
    let challenge = Challenge {
        sequence: 1,
        timestamp: clocks::ntp(),
        error_estimate: 1,
        ssid: 0x1001,
        session: SessionId([1; 8]),
        index: 1,
        nonce: Nonce([0xc3; 16]),
    };
    challenge.seal(&key())
}

#[test]
fn their_reflector_answers_our_challenge_and_proves_nothing() {
    let theirs = Theirs::start();
    let challenge = challenge();
    let answer = theirs.ask(&challenge, TRIES).expect("an answer of stamp-suite");
    assert_eq!(answer.len(), challenge.len());
    // Our TLV comes back as it was, flagged as not understood; both tags are theirs and good.
    assert_eq!(answer[112], 0x80, "flag U");
    assert_eq!(answer[113..148], challenge[113..148]);
    assert!(key().verifies(&[&answer[..96]], &answer[96..112]));
    assert!(key().verifies(&[&answer[..4], &answer[112..148]], &answer[152..]));
    assert_eq!(answer[48..52], challenge[..4], "the sender's sequence");
    assert_eq!(Reply::open(&answer, &key()), Err(Refused::TlvHeader), "no proof, so no reply");
    // A wrong tag over the packet meets silence, as with us.
    let mut forged = challenge;
    forged[100] ^= 1;
    assert_eq!(theirs.ask(&forged, 4), None);
}

/// Our reflector in a thread, until told to stop.
struct Ours {
    at: SocketAddr,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<u32>>,
}

impl Ours {
    fn start(is_authenticated: bool) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        let (at, ends) = (socket.local_addr().unwrap(), Arc::new(AtomicBool::new(false)));
        let told = Arc::clone(&ends);
        let thread = std::thread::spawn(move || {
            let mut reflected = 0;
            while !told.load(Ordering::Relaxed) {
                reflected += u32::from(reflect(&socket, is_authenticated));
            }
            reflected
        });
        Self { at, ends, thread: Some(thread) }
    }

    fn stop(mut self) -> u32 {
        self.ends.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap()
    }
}

fn reflect(socket: &UdpSocket, is_authenticated: bool) -> bool {
    let (mut request, mut reply) = ([0; 1_500], [0; 1_500]);
    let Ok((length, from)) = socket.recv_from(&mut request) else { return false };
    let seen = Seen { t2: clocks::ntp(), ttl: 64 };
    let request = &request[..length];
    let reflected = if is_authenticated {
        reflector::authenticated(request, &key(), seen, clocks::ntp, &mut reply)
    } else {
        reflector::plain(request, seen, clocks::ntp, &mut reply)
    };
    let Ok(length) = reflected else { return false };
    assert!(length <= request.len());
    socket.send_to(&reply[..length], from).unwrap();
    true
}

fn measured_by_them(is_authenticated: bool) {
    let ours = Ours::start(is_authenticated);
    let (port, key) = (ours.at.port().to_string(), hex());
    let mut arguments = vec![
        "--remote-addr",
        "127.0.0.1",
        "--remote-port",
        &port,
        "--local-addr",
        "127.0.0.1",
        "--count",
        "20",
        "--send-delay",
        "10",
        "--timeout",
        "5",
    ];
    if is_authenticated {
        arguments.extend(["--auth-mode", "A", "--hmac-key", &key]);
    }
    let conf = configured(&arguments);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stats = runtime.block_on(sender::run_sender(&conf)).unwrap();
    assert_eq!((stats.packets_sent, stats.packets_received), (20, 20));
    assert!(stats.min_rtt_ms.is_some_and(|rtt_ms| rtt_ms > 0.0));
    assert_eq!(ours.stop(), 20);
}

#[test]
fn their_sender_measures_our_reflector() {
    measured_by_them(false);
}

#[test]
fn their_sender_measures_our_reflector_with_authentication() {
    measured_by_them(true);
}

#[test]
fn a_time_is_one_time_for_both() {
    let theirs = Theirs::start();
    let answer = theirs.ask(&challenge(), TRIES).unwrap();
    let mut told = [0; 8];
    told.copy_from_slice(&answer[16..24]);
    let told = NtpTime(u64::from_be_bytes(told));
    let apart = (clocks::ntp().0 >> 32).abs_diff(told.0 >> 32);
    assert!(apart < 60, "their T3 is {apart} s from our clock");
}
