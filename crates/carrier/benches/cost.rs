//! What a bridge costs: round trips of a challenge's length over loopback, as datagrams, through bridges, and through
//! bridges and a proxy where `tinyproxy` is installed. All ways take turns in one run.
//! `cargo bench -p lightcone-carrier`

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark speaks to who runs it")]

use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use lightcone_carrier::{Certificate, Inlet, Limits, Outlet, OutletSettings, Way};

/// Of each way and in each turn.
const TRIPS: usize = 64;
const TURNS: usize = 100;
const GAP: Duration = Duration::from_millis(1);
const CHALLENGE_BYTES: usize = 168;

struct Route {
    name: &'static str,
    landmark: UdpSocket,
    trips_ns: Vec<u128>,
    /// Kept open.
    _bridges: Option<(Outlet, Inlet)>,
}

impl Route {
    async fn open(name: &'static str, way: Option<Way>) -> Self {
        let landmark = UdpSocket::bind("127.0.0.1:0").unwrap();
        let agent = UdpSocket::bind("127.0.0.1:0").unwrap();
        let bridges = match &way {
            Some(way) => Some(bridges(way, landmark.local_addr().unwrap(), &agent).await),
            None => None,
        };
        let to = bridges.as_ref().map_or(landmark.local_addr().unwrap(), |(_, inlet)| inlet.address());
        agent.send_to(&[0; 64], to).unwrap();
        let mut bytes = [0; 256];
        let (_, from) = landmark.recv_from(&mut bytes).unwrap();
        landmark.connect(from).unwrap();
        std::thread::spawn(move || {
            let mut bytes = [0; 256];
            while let Ok((length, from)) = agent.recv_from(&mut bytes) {
                agent.send_to(&bytes[..length], from).unwrap();
            }
        });
        Self { name, landmark, trips_ns: Vec::new(), _bridges: bridges }
    }

    fn measure(&mut self) {
        let mut bytes = [0; 256];
        for _ in 0..TRIPS {
            std::thread::sleep(GAP);
            let begin = Instant::now();
            self.landmark.send(&[1; CHALLENGE_BYTES]).unwrap();
            self.landmark.recv(&mut bytes).unwrap();
            self.trips_ns.push(begin.elapsed().as_nanos());
        }
    }

    fn say(&mut self) {
        self.trips_ns.sort_unstable();
        let at = |share: usize| self.trips_ns[(self.trips_ns.len() - 1) * share / 100] as f64 / 1_000.0;
        println!(
            "{:<24} min {:7.1} us  p1 {:7.1}  p50 {:7.1}  p99 {:7.1}",
            self.name,
            at(0),
            at(1),
            at(50),
            at(99)
        );
    }
}

async fn bridges(way: &Way, landmark: SocketAddr, agent: &UdpSocket) -> (Outlet, Inlet) {
    let SocketAddr::V4(landmark) = landmark else { unreachable!("bound to IPv4") };
    let limits = Limits { datagrams_per_second: 100_000, ..Limits::default() };
    let settings = OutletSettings {
        listen: "127.0.0.1:0".parse().unwrap(),
        landmark,
        certificate: Certificate::Fresh,
        alpn: Vec::new(),
        limits,
    };
    let outlet = Outlet::open(settings).await.unwrap();
    let inlet = Inlet::open(way, &[outlet.address()], agent.local_addr().unwrap()).await.unwrap();
    inlet.ready().await.unwrap();
    (outlet, inlet)
}

fn proxy(folder: &std::path::Path) -> Option<(Child, Way)> {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let path = folder.join("tinyproxy.conf");
    std::fs::write(&path, format!("Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nLogFile \"/dev/null\"\n"))
        .unwrap();
    let child = Command::new("tinyproxy").args(["-d", "-c"]).arg(&path).spawn().ok()?;
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        std::thread::sleep(GAP);
    }
    let proxy = format!("http://127.0.0.1:{port}").parse().unwrap();
    Some((child, Way::new(Some(proxy), None, &[]).unwrap()))
}

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let mut proxy = proxy(folder.path());
    let mut routes = vec![
        Route::open("UDP", None).await,
        Route::open("bridges", Some(Way::new(None, None, &[]).unwrap())).await,
    ];
    match &proxy {
        Some((_, way)) => routes.push(Route::open("bridges and tinyproxy", Some(way.clone())).await),
        None => println!("tinyproxy is not installed: not measured"),
    }
    for _ in 0..TURNS {
        routes.iter_mut().for_each(Route::measure);
    }
    routes.iter_mut().for_each(Route::say);
    if let Some((child, _)) = &mut proxy {
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
