//! What is told about calls and work: a log on standard error, metrics to whoever asks for them on the port of those
//! who keep the server running and, if an endpoint is configured, traces and metrics over OTLP. No coordinate and no
//! round trip is ever told.

#[cfg(feature = "otlp")]
mod otlp;

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::HeaderMap;
use lightcone_pool::{JobReport, Lane, Observer, Pool, Refused, Scope, Ticket};
use lightcone_store::Finished;
use tonic::Code;
use tracing::Span;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer};

use crate::config::TelemetrySettings;
use crate::run::ServeError;

/// Crates below this one that tell each frame and that the exporters themselves use: telling about them
/// would tell about the telling.
const QUIET: &str = "h2=off,hyper=off,hyper_util=off,tonic=off,tower=off,opentelemetry=off,opentelemetry_sdk=off,\
                     opentelemetry-otlp=off";

/// What must be stopped at the end, so that nothing is left unsent.
#[must_use = "what is not stopped may leave traces unsent"]
pub struct Telemetry {
    #[cfg(feature = "otlp")]
    export: otlp::Export,
}

/// Sets up this process's log and, if configured, export. Needs a tokio runtime of two threads or more
/// around it.
///
/// # Errors
/// The process has a log already, or the exporter does not start.
pub fn start(settings: &TelemetrySettings) -> Result<Telemetry, ServeError> {
    let filter = |wanted: &str| {
        EnvFilter::try_new(format!("{QUIET},{wanted}"))
            .map_err(|error| ServeError::Telemetry(error.to_string()))
    };
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let log =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colours).with_target(false);
    let log = match settings.log_format.as_str() {
        "json" => log.json().flatten_event(true).boxed(),
        _ => log.boxed(),
    };
    let registry = tracing_subscriber::registry().with(log.with_filter(filter(&settings.log_filter)?));
    let taken = |_| ServeError::Telemetry("this process has a log already".to_owned());
    #[cfg(feature = "otlp")]
    {
        let export = otlp::start(settings)?;
        let layer = export.layer().map(|layer| layer.with_filter(LevelsOfTraces::filter()));
        registry.with(layer).try_init().map_err(taken)?;
        Ok(Telemetry { export })
    }
    #[cfg(not(feature = "otlp"))]
    {
        registry.try_init().map_err(taken)?;
        Ok(Telemetry {})
    }
}

impl Telemetry {
    /// Sends what is left and stops.
    pub async fn stop(self) {
        #[cfg(feature = "otlp")]
        {
            // The exporters block until they have sent, which needs the runtime's threads.
            let stopped = tokio::task::spawn_blocking(move || self.export.stop()).await;
            if let Ok(Err(error)) = stopped {
                tracing::warn!(error, "traces or metrics may be lost");
            }
        }
    }
}

/// What is traced, whatever is logged.
#[cfg(feature = "otlp")]
struct LevelsOfTraces;

#[cfg(feature = "otlp")]
impl LevelsOfTraces {
    fn filter() -> EnvFilter {
        EnvFilter::new(format!("{QUIET},info"))
    }
}

/// Tells of a call that is over.
pub(crate) fn rpc(method: &'static str, code: Code, took: Duration) {
    #[cfg(feature = "otlp")]
    otlp::rpc(method, code, took);
    #[cfg(not(feature = "otlp"))]
    let _ = (method, code, took);
}

/// All metrics as Prometheus reads them; none if this process tells none.
pub(crate) fn metrics() -> Option<String> {
    #[cfg(feature = "otlp")]
    return otlp::text();
    #[cfg(not(feature = "otlp"))]
    None
}

/// A connection that is open, until dropped.
#[derive(Debug)]
pub(crate) struct Connection {
    door: &'static str,
}

impl Connection {
    /// Counts a connection through that door.
    pub(crate) fn open(door: &'static str) -> Self {
        connections(door, 1);
        Self { door }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        connections(self.door, -1);
    }
}

fn connections(door: &'static str, more: i64) {
    #[cfg(feature = "otlp")]
    otlp::connections(door, more);
    #[cfg(not(feature = "otlp"))]
    let _ = (door, more);
}

/// Tells of a connection that was not let in.
pub(crate) fn turned_away(door: &'static str, cause: &'static str) {
    tracing::debug!(door, cause, "a connection was turned away");
    #[cfg(feature = "otlp")]
    otlp::turned_away(door, cause);
}

/// Tells of a handshake that failed.
pub(crate) fn handshake_failed(door: &'static str, cause: &'static str) {
    #[cfg(feature = "otlp")]
    otlp::handshake_failed(door, cause);
    #[cfg(not(feature = "otlp"))]
    let _ = (door, cause);
}

/// Tells of a connection that is over.
pub(crate) fn connection_over(door: &'static str, cause: &'static str) {
    #[cfg(feature = "otlp")]
    otlp::connection_over(door, cause);
    #[cfg(not(feature = "otlp"))]
    let _ = (door, cause);
}

/// Tells of a transaction of the store that ended.
pub(crate) fn transaction(finished: &Finished) {
    #[cfg(feature = "otlp")]
    otlp::transaction(finished);
    #[cfg(not(feature = "otlp"))]
    let _ = finished;
}

/// Tells the pool's depth and load as long as it lives.
pub(crate) fn watch_pool(pool: &Arc<Pool>) {
    #[cfg(feature = "otlp")]
    otlp::watch_pool(pool);
    #[cfg(not(feature = "otlp"))]
    let _ = pool;
}

/// Makes a call's span a part of its caller's trace.
pub(crate) fn continue_trace(span: &Span, headers: &HeaderMap) {
    #[cfg(feature = "otlp")]
    otlp::continue_trace(span, headers);
    #[cfg(not(feature = "otlp"))]
    let _ = (span, headers);
}

/// Carries spans into the pool's threads, and tells what became of each job.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PoolObserver;

impl Observer for PoolObserver {
    fn capture(&self, ticket: &Ticket) -> Option<Box<dyn Scope>> {
        let caller = Span::current();
        if caller.is_disabled() {
            return None;
        }
        Some(Box::new(Carried { caller, lane: ticket.lane, queued: Instant::now() }))
    }

    fn refused(&self, ticket: &Ticket, refused: &Refused) {
        tracing::debug!(lane = %ticket.lane, cause = refused.reason.as_str(), "refused");
        #[cfg(feature = "otlp")]
        otlp::refused(ticket.lane, refused.reason);
    }

    fn finished(&self, report: &JobReport) {
        #[cfg(feature = "otlp")]
        otlp::job(report);
        #[cfg(not(feature = "otlp"))]
        let _ = report;
    }
}

/// A caller's span on its way to a worker.
struct Carried {
    caller: Span,
    lane: Lane,
    queued: Instant,
}

impl Scope for Carried {
    fn around(self: Box<Self>, job: &mut dyn FnMut()) {
        let wait_us = self.queued.elapsed().as_micros() as u64;
        let span = tracing::info_span!(parent: &self.caller, "pool.run", lane = self.lane.as_str(), wait_us);
        span.in_scope(job);
    }
}
