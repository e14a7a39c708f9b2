//! A server in a process of its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Stdio};
use std::time::Duration;

use lightcone_server::config::StoreSettings;
use lightcone_server::{Config, Server, run_until};
use tokio::sync::oneshot;

use crate::options::Options;
use crate::{Failure, rank};

/// How long a server gets to be at rest before it is measured.
const SETTLE: Duration = Duration::from_millis(300);

/// A server in a process of its own; killed when dropped.
pub(crate) struct Served {
    process: Child,
    /// Where it serves, as a URL.
    pub(crate) url: String,
}

impl Served {
    /// Starts one and waits until it serves.
    pub(crate) async fn start() -> Result<Self, Failure> {
        Self::start_with(&[]).await
    }

    /// Starts one with options of its own.
    pub(crate) async fn start_with(options: &[&str]) -> Result<Self, Failure> {
        Self::start_as("--serve", options).await
    }

    /// Starts what this program is with that option.
    pub(crate) async fn start_as(mode: &str, options: &[&str]) -> Result<Self, Failure> {
        let mut command = rank::ordinary()?;
        let command = command.arg(mode).args(options);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        let stdout = process.stdout.take().ok_or("the server has no output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        tokio::time::sleep(SETTLE).await;
        Ok(Self { process, url: format!("http://{}", line.trim()) })
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Is that server: says its address and serves until its input ends, as it does when its parent dies.
pub(crate) fn serve(options: &Options) -> Result<(), Failure> {
    let mut config = Config::default();
    config.server.listen = "127.0.0.1:0".to_owned();
    config.server.admin_listen.clear();
    match &options.store {
        Some((folder, url)) => (config.store.folder, config.store.url) = (folder.clone(), url.clone()),
        None => config.store.url = StoreSettings::IN_MEMORY.to_owned(),
    }
    // Sessions come when asked for, stay open, and nothing but them happens.
    (config.mesh.probation, config.mesh.interval_ms, config.sessions.per_day) = (false, 0, 0);
    (config.sessions.window_ms, config.sessions.grace_ms) = (600_000, 600_000);
    config.sessions.lead_ms = 60_000;
    config.sessions.landmarks = 64;
    config.retention.samples_s = options.samples_s;
    config.telemetry.log_filter = "warn".to_owned();
    let ready = |server: &Server| {
        let mut out = std::io::stdout();
        let Ok(address) = server.address() else { return };
        let _ = writeln!(out, "{address}").and_then(|()| out.flush());
    };
    let (ended, end) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read(&mut [0]);
        drop(ended);
    });
    Ok(run_until(config, ready, || async { end.await.unwrap_or_default() })?)
}
