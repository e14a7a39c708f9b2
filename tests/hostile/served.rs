//! The processes: a server, what is attacked in its place, and attackers.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use lightcone_server::config::StoreSettings;
use lightcone_server::{Config, Server, run_until};
use tokio::sync::oneshot;

use crate::Failure;
use crate::attack::Attack;

/// A process that listens; killed when dropped.
pub(crate) struct Served {
    process: Child,
    /// Where.
    pub(crate) address: SocketAddr,
}

impl Served {
    /// A server.
    pub(crate) fn server() -> Result<Self, Failure> {
        Self::start(Command::new(std::env::current_exe()?).arg("--serve"))
    }

    /// A process that reads what comes and answers nothing, and stands back for all others.
    pub(crate) fn sink() -> Result<Self, Failure> {
        Self::start(aside()?.arg("--sink"))
    }

    fn start(command: &mut Command) -> Result<Self, Failure> {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().ok_or("it has no output")?).read_line(&mut line)?;
        Ok(Self { process, address: line.trim().parse()? })
    }

    /// The most memory that it ever took up, in MiB; 0 on a system without `/proc`.
    pub(crate) fn memory_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib: Option<f64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        kib.unwrap_or(0.0) / 1_024.0
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A process that attacks that one.
pub(crate) fn attacker(attack: Attack, target: &Served, lasts: Duration) -> Result<Child, Failure> {
    let mut command = aside()?;
    command.args(["--attack", attack.as_str(), &target.address.to_string()]);
    command.args(["--seconds", &lasts.as_secs().to_string()]);
    Ok(command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?)
}

/// This program as a process that stands back for everything else, as if it ran on another machine.
fn aside() -> Result<Command, Failure> {
    let mut command = Command::new("chrt");
    command.args(["--idle", "0"]).arg(std::env::current_exe()?);
    Ok(command)
}

/// Is the server: says its address and serves until its input ends, as it does when its parent dies.
pub(crate) fn serve() -> Result<(), Failure> {
    let mut config = Config::default();
    config.server.listen = "127.0.0.1:0".to_owned();
    config.server.admin_listen.clear();
    config.store.url = StoreSettings::IN_MEMORY.to_owned();
    (config.mesh.interval_ms, config.sessions.per_day) = (0, 0);
    config.telemetry.log_filter = "error".to_owned();
    let ready = |server: &Server| {
        if let Ok(address) = server.address() {
            say(&address);
        }
    };
    let (ended, end) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read(&mut [0]);
        drop(ended);
    });
    Ok(run_until(config, ready, || async { end.await.unwrap_or_default() })?)
}

/// Tells the parent where this process listens.
pub(crate) fn say(address: &SocketAddr) {
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{address}").and_then(|()| out.flush());
}
