//! Other people's programs, as they are packaged.

use std::net::UdpSocket;
use std::process::{Child, Command, Stdio};

const HMAC: &str = "--hmac=0x5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";

/// A server that ends with its value.
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn serve(program: &str, arguments: impl Fn(u16) -> Vec<String>) -> Option<Server> {
    let port = free_port();
    let mut command = Command::new(program);
    let command = command.args(arguments(port)).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().ok().map(|child| Server { child, port })
}

pub(crate) fn irtt() -> Option<Server> {
    serve("irtt", |port| {
        let at = format!("127.0.0.1:{port}");
        ["server", "-b", &at, HMAC, "-i", "1us", "-d", "1h"].map(str::to_owned).to_vec()
    })
}

/// Round trips in nanoseconds: as its client's clock saw them, and with the time that its server says it took
/// subtracted, which no proof may do.
pub(crate) fn irtt_round(server: &Server, count: usize) -> [Vec<i64>; 2] {
    let at = format!("127.0.0.1:{}", server.port);
    let span = format!("{}us", count * 300);
    let output = Command::new("irtt")
        .args(["client", "-i", "300us", "-d", &span, "-l", "168", HMAC, "-Q", "-o", "-", &at])
        .output()
        .unwrap();
    let Ok(read) = serde_json::from_slice::<serde_json::Value>(&output.stdout) else {
        return Default::default();
    };
    let trips = read["round_trips"].as_array().cloned().unwrap_or_default();
    let at = |trip: &serde_json::Value, end: &str| trip["timestamps"]["client"][end]["monotonic"].as_i64();
    let seen = trips.iter().filter_map(|trip| Some(at(trip, "receive")? - at(trip, "send")?));
    let subtracted = trips.iter().filter_map(|trip| trip["delay"]["rtt"].as_i64());
    [seen.collect(), subtracted.collect()]
}

pub(crate) fn sockperf() -> Option<Server> {
    serve("sockperf", |port| {
        ["server", "-i", "127.0.0.1", "-p", &port.to_string()].map(str::to_owned).to_vec()
    })
}

/// Round trips in nanoseconds.
pub(crate) fn sockperf_round(server: &Server, count: usize) -> Vec<i64> {
    let log = std::env::temp_dir().join(format!("sockperf-{}", server.port));
    let (port, path) = (server.port.to_string(), log.display().to_string());
    let rate = "3333";
    let seconds = (count / 3_333 + 1).to_string();
    let done = Command::new("sockperf")
        .args(["ping-pong", "-i", "127.0.0.1", "-p", &port, "-m", "168", "--mps", rate, "-t", &seconds])
        .args(["--full-rtt", "--full-log", &path])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let text = done.ok().and_then(|_| std::fs::read_to_string(&log).ok()).unwrap_or_default();
    let _ = std::fs::remove_file(&log);
    // Lines of `number, sent (s), received (s), round trip (µs)`, after a heading.
    let trips = text.lines().filter_map(|line| {
        let mut fields = line.split(',');
        let _number: u64 = fields.next()?.trim().parse().ok()?;
        let us: f64 = fields.next_back()?.trim().parse().ok()?;
        Some((us * 1e3).round() as i64)
    });
    trips.take(count).collect()
}
