//! A relay between both ends: it adds delay, and nothing else.

use std::net::{SocketAddr, UdpSocket};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use lightcone_probe::udp::Bound;

use crate::pair::{self, address, measure, quick, v4};

/// Passes datagrams between whoever speaks to it and a landmark, each after `delay`.
struct Relay {
    at: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl Relay {
    fn to(landmark: SocketAddr, delay: Duration) -> Self {
        let outside = UdpSocket::bind("127.0.0.1:0").unwrap();
        let at = outside.local_addr().unwrap();
        let thread = std::thread::spawn(move || pass(&outside, landmark, delay));
        Self { at, thread: Some(thread) }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        UdpSocket::bind("127.0.0.1:0").unwrap().send_to(b"end", self.at).unwrap();
        self.thread.take().unwrap().join().unwrap();
    }
}

fn pass(socket: &UdpSocket, landmark: SocketAddr, delay: Duration) {
    let mut agent = None;
    let mut held: Vec<(Instant, SocketAddr, Vec<u8>)> = Vec::new();
    let mut buffer = [0; 256];
    loop {
        let now = Instant::now();
        let next =
            held.first().map_or(Duration::from_secs(1), |(due, ..)| due.saturating_duration_since(now));
        socket.set_read_timeout(Some(next.max(Duration::from_micros(50)))).unwrap();
        if let Ok((length, from)) = socket.recv_from(&mut buffer) {
            if &buffer[..length] == b"end" {
                return;
            }
            let to = if from == landmark { agent } else { Some(landmark) };
            agent = if from == landmark { agent } else { Some(from) };
            held.extend(to.map(|to| (Instant::now() + delay, to, buffer[..length].to_vec())));
        }
        while held.first().is_some_and(|(due, ..)| *due <= Instant::now()) {
            let (_, to, bytes) = held.remove(0);
            socket.send_to(&bytes, to).unwrap();
        }
    }
}

#[test]
fn a_relay_can_only_make_the_bound_larger() {
    for delay_ms in [5, 40] {
        let (landmark, agent) = (pair::landmark(1, v4(), quick()), pair::agent(2, v4()));
        let relay = Relay::to(address(landmark.thread.bound()), Duration::from_millis(delay_ms));
        let SocketAddr::V4(at) = relay.at else { panic!("not IPv4") };
        let checked = measure(&landmark, &agent, Bound { v4: Some(at), v6: None }, 32);
        let best = checked.best.unwrap();
        assert_eq!(checked.diagnostics.answered, 32);
        assert!(best.rtt_ns >= 2 * delay_ms as i64 * 1_000_000, "{delay_ms} ms each way: {} ns", best.rtt_ns);
    }
}
