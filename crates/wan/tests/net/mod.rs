//! Sockets for the tests: agents and landmarks on addresses of their own, all ports chosen by the kernel.
#![allow(dead_code, reason = "each test program uses its own part")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use lightcone_core::Point;
use lightcone_wan::clock::now_ns;
use lightcone_wan::{Host, HostId, Path, Paths, Settings, Wan};

/// How long a test waits for what must come before it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
pub(crate) const AGENT: HostId = HostId::nth(0);
pub(crate) const LANDMARK: HostId = HostId::nth(1);
/// A second agent.
pub(crate) const NEIGHBOUR: HostId = HostId::nth(2);
/// A place with no sockets.
pub(crate) const ELSEWHERE: HostId = HostId::nth(3);

pub(crate) fn bind(address: impl Into<IpAddr>) -> UdpSocket {
    let socket = UdpSocket::bind((address.into(), 0)).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

pub(crate) fn v4(second: u8, third: u8, fourth: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, second, third, fourth)
}

pub(crate) fn point(lat: f64, lon: f64) -> Point {
    Point::from_degrees(lat, lon).unwrap()
}

pub(crate) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

pub(crate) fn steady(delay: Duration) -> Path {
    Path::new(delay).unwrap()
}

/// One landmark, two agents, a place without sockets, and the WAN between them.
pub(crate) struct Net {
    pub(crate) wan: Wan,
    pub(crate) agent: UdpSocket,
    pub(crate) neighbour: UdpSocket,
    pub(crate) landmark: UdpSocket,
    pub(crate) front: SocketAddr,
}

impl Net {
    pub(crate) fn new(path: Path) -> Self {
        Self::with(path, Settings::default())
    }

    pub(crate) fn with(path: Path, settings: Settings) -> Self {
        Self::of(|hosts| Paths::fixed(hosts, path), settings)
    }

    pub(crate) fn of(paths: impl FnOnce(&[Host]) -> Paths, settings: Settings) -> Self {
        let (agent, neighbour, landmark) = (bind(v4(10, 0, 1)), bind(v4(10, 0, 2)), bind(v4(21, 0, 1)));
        let front = SocketAddr::from((v4(20, 0, 1), 0));
        let hosts = [
            Host::new("agent", point(1.35, 103.82)).sends_from(IpAddr::from(v4(10, 0, 1))),
            Host::new("landmark", point(1.29, 103.85)).serves(front, landmark.local_addr().unwrap()),
            Host::new("neighbour", point(35.68, 139.69)).sends_from(IpAddr::from(v4(10, 0, 2))),
            Host::new("elsewhere", point(22.54, 114.06)),
        ];
        let wan = Wan::start_with(&hosts, paths(&hosts), settings).unwrap();
        let front = wan.fronts(LANDMARK)[0];
        Self { wan, agent, neighbour, landmark, front }
    }

    /// The agent's first word, by which the landmark learns where to answer.
    pub(crate) fn hello(&self) -> SocketAddr {
        self.hello_of(&self.agent)
    }

    pub(crate) fn hello_of(&self, agent: &UdpSocket) -> SocketAddr {
        agent.send_to(b"hello", self.front).unwrap();
        let (hello, from) = receive_from(&self.landmark);
        assert_eq!(hello, b"hello");
        from
    }

    /// One datagram from agent to landmark: what arrived, and after how many nanoseconds.
    pub(crate) fn out(&self, datagram: &[u8]) -> (Vec<u8>, u64) {
        let sent_ns = now_ns();
        self.agent.send_to(datagram, self.front).unwrap();
        let received = receive(&self.landmark);
        (received, now_ns() - sent_ns)
    }

    /// One datagram from landmark to agent.
    pub(crate) fn back(&self, to: SocketAddr, datagram: &[u8]) -> (Vec<u8>, u64) {
        let sent_ns = now_ns();
        self.landmark.send_to(datagram, to).unwrap();
        let received = receive(&self.agent);
        (received, now_ns() - sent_ns)
    }
}

pub(crate) fn receive(socket: &UdpSocket) -> Vec<u8> {
    receive_from(socket).0
}

pub(crate) fn receive_from(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buffer = [0; 2_048];
    let (bytes, from) = socket.recv_from(&mut buffer).expect("a datagram that must come");
    (buffer[..bytes].to_vec(), from)
}

/// Waits until what the relay counts is as it must become.
pub(crate) fn until(mut is_so: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "what must come did not");
        std::thread::yield_now();
    }
}
