//! The service, on threads of its own.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use lightcone_keyring::SigningIdentity;
use lightcone_server::{Config, ServeError, Server};
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tonic::transport::{Channel, Endpoint};

use super::StageSettings;
use crate::error::RehearsalError;

/// Time between a summons and the end of its use.
pub(super) const LEAD: Duration = Duration::from_millis(2_000);
/// Time between attestation and measuring, in which landmarks hear of it.
pub(super) const NOTICE: Duration = Duration::from_millis(150);
/// How long the service waits for reports after a session's end.
pub(super) const GRACE: Duration = Duration::from_millis(3_000);
/// How long it may take to start.
const START: Duration = Duration::from_secs(20);

/// A service that runs.
pub(super) struct Service {
    url: String,
    verifier_key: [u8; 32],
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<(), ServeError>>>,
}

impl Service {
    /// Starts one and waits until it serves.
    pub(super) fn start(settings: &StageSettings) -> Result<Self, RehearsalError> {
        let config = config(settings);
        let (ready, serves) = mpsc::channel::<SocketAddr>();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("service".to_owned())
            .spawn(move || serve(config, &ready, stopped));
        let thread = thread.map_err(|error| RehearsalError::machine("cannot start a thread", error))?;
        let Ok(address) = serves.recv_timeout(START) else {
            return Err(failed(thread));
        };
        let verifier_key = SigningIdentity::load(&settings.folder.join("service.key"))?.public();
        Ok(Self { url: format!("http://{address}"), verifier_key, stop: Some(stop), thread: Some(thread) })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The key that signs its plans.
    pub(super) fn verifier_key(&self) -> [u8; 32] {
        self.verifier_key
    }

    pub(super) async fn connect(&self) -> Result<Channel, RehearsalError> {
        let endpoint = Endpoint::from_shared(self.url.clone());
        let endpoint = endpoint.map_err(|error| RehearsalError::machine("no address", error))?;
        endpoint.connect().await.map_err(|error| RehearsalError::machine("cannot connect", error))
    }

    /// Ends it and waits until it has.
    pub(super) fn stop(mut self) -> Result<(), RehearsalError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), RehearsalError> {
        drop(self.stop.take());
        match self.thread.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(ended)) => Ok(ended?),
            Some(Err(_)) => Err(RehearsalError::machine("the service", "it panicked")),
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Whoever wants to know how it ended calls `stop`.
        let _ = self.end();
    }
}

/// Serves until told to stop. Without telemetry: a process has one log, and may hold many rehearsals.
fn serve(
    config: Config,
    ready: &mpsc::Sender<SocketAddr>,
    stopped: oneshot::Receiver<()>,
) -> Result<(), ServeError> {
    let mut runtime = Builder::new_multi_thread();
    runtime.worker_threads(config.io_threads()).thread_name("service-io").enable_all();
    runtime.build().map_err(ServeError::Threads)?.block_on(async {
        let server = Server::bind(config).await?;
        // An error on either channel means that the stage is gone, which is as good a reason to stop.
        let _ = ready.send(server.address()?);
        server.serve(async { stopped.await.unwrap_or_default() }).await
    })
}

/// Why it did not come to serve.
fn failed(thread: JoinHandle<Result<(), ServeError>>) -> RehearsalError {
    let deadline = Instant::now() + START;
    while !thread.is_finished() && Instant::now() < deadline {
        std::thread::yield_now();
    }
    match thread.is_finished().then(|| thread.join()) {
        Some(Ok(Err(error))) => error.into(),
        _ => RehearsalError::NotReady { seconds: START.as_secs(), what: "the service".to_owned() },
    }
}

fn config(settings: &StageSettings) -> Config {
    let mut config = Config::default();
    config.server.listen.clone_from(&settings.listen);
    config.server.admin_listen.clear();
    config.store.folder = settings.folder.display().to_string();
    config.sessions.per_day = 0;
    config.sessions.lead_ms = LEAD.as_millis() as u64;
    config.sessions.notice_ms = NOTICE.as_millis() as u64;
    config.sessions.window_ms = settings.window.as_millis() as u64;
    config.sessions.grace_ms = GRACE.as_millis() as u64;
    config.sessions.probes = settings.probes;
    config.mesh.interval_ms = settings.mesh_interval.as_millis() as u64;
    config.mesh.probation = false;
    config.simulation.time_factor = settings.time_factor;
    config
}
