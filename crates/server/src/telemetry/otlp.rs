//! Traces over OTLP, and metrics over OTLP and to whoever asks.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::HeaderMap;
use lightcone_pool::{JobReport, Lane, LaneSnapshot, Pool, Reason};
use lightcone_store::Finished;
use opentelemetry::metrics::{Counter, Histogram, Meter, UpDownCounter};
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{KeyValue, global};
use opentelemetry_otlp::{MetricExporter, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};
use prometheus::{Registry, TextEncoder};
use tonic::Code;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt as _};
use tracing_subscriber::registry::LookupSpan;

use crate::config::TelemetrySettings;
use crate::run::ServeError;

/// The instrumentation's name.
const SCOPE: &str = "lightcone";
/// Upper bounds of the buckets of times, in seconds: from tens of microseconds, where slices are.
const SECONDS: [f64; 18] = [
    25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 0.1, 0.25, 0.5, 1.0, 2.5,
    10.0, 60.0,
];

/// What makes traces, if they are sent, and metrics, which anyone may ask for.
pub(super) struct Export {
    traces: Option<SdkTracerProvider>,
    metrics: SdkMeterProvider,
}

/// What of the metrics is read when someone asks for them.
static REGISTRY: OnceLock<Registry> = OnceLock::new();

/// Starts counting and, if an endpoint is configured, exporters.
pub(super) fn start(settings: &TelemetrySettings) -> Result<Export, ServeError> {
    let resource = Resource::builder()
        .with_service_name(settings.service_name.clone())
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let failed = |error: opentelemetry_sdk::error::OTelSdkError| ServeError::Telemetry(error.to_string());
    let registry = Registry::new();
    let asked =
        opentelemetry_prometheus::exporter().with_registry(registry.clone()).build().map_err(failed)?;
    let metrics = SdkMeterProvider::builder().with_reader(asked).with_resource(resource.clone());
    let (traces, metrics) = match settings.otlp_endpoint.as_str() {
        "" => (None, metrics),
        endpoint => {
            let sent = metrics.with_reader(sent_metrics(endpoint, settings)?);
            (Some(sent_traces(endpoint, settings, resource)?), sent)
        }
    };
    let metrics = metrics.build();
    global::set_meter_provider(metrics.clone());
    let _ = REGISTRY.set(registry);
    let _ = INSTRUMENTS.set(Instruments::new(&global::meter(SCOPE)));
    Ok(Export { traces, metrics })
}

fn unsendable(error: opentelemetry_otlp::ExporterBuildError) -> ServeError {
    ServeError::Telemetry(error.to_string())
}

fn sent_metrics(
    endpoint: &str,
    settings: &TelemetrySettings,
) -> Result<PeriodicReader<MetricExporter>, ServeError> {
    let exporter =
        MetricExporter::builder().with_tonic().with_endpoint(endpoint).build().map_err(unsendable)?;
    let interval = Duration::from_millis(settings.metrics_interval_ms);
    Ok(PeriodicReader::builder(exporter).with_interval(interval).build())
}

fn sent_traces(
    endpoint: &str,
    settings: &TelemetrySettings,
    resource: Resource,
) -> Result<SdkTracerProvider, ServeError> {
    let spans = SpanExporter::builder().with_tonic().with_endpoint(endpoint).build().map_err(unsendable)?;
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(spans)
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.trace_share))))
        .with_resource(resource)
        .build())
}

/// All metrics as Prometheus reads them.
pub(super) fn text() -> Option<String> {
    TextEncoder::new().encode_to_string(&REGISTRY.get()?.gather()).ok()
}

impl Export {
    /// What turns spans into traces, if they are sent.
    pub(super) fn layer<S>(&self) -> Option<OpenTelemetryLayer<S, SdkTracer>>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let tracer = self.traces.as_ref()?.tracer(SCOPE);
        Some(tracing_opentelemetry::layer().with_tracer(tracer).with_location(false))
    }

    /// Sends what is left; blocks until it is sent.
    pub(super) fn stop(self) -> Result<(), String> {
        let traces = self.traces.as_ref().map_or(Ok(()), SdkTracerProvider::shutdown);
        let metrics = self.metrics.shutdown();
        traces.and(metrics).map_err(|error| error.to_string())
    }
}

static INSTRUMENTS: OnceLock<Instruments> = OnceLock::new();

struct Instruments {
    rpc: Histogram<f64>,
    wait: Histogram<f64>,
    run: Histogram<f64>,
    jobs: Counter<u64>,
    refused: Counter<u64>,
    transaction: Histogram<f64>,
    collisions: Counter<u64>,
    connections: UpDownCounter<i64>,
    connections_over: Counter<u64>,
    turned_away: Counter<u64>,
    handshakes_failed: Counter<u64>,
}

impl Instruments {
    fn new(meter: &Meter) -> Self {
        let seconds = |name: &'static str, about: &'static str| {
            let histogram = meter.f64_histogram(name).with_unit("s").with_description(about);
            histogram.with_boundaries(SECONDS.to_vec()).build()
        };
        Self {
            rpc: seconds("rpc.server.duration", "Time from a call's head to its last byte."),
            wait: seconds("lightcone.pool.wait", "Time that a job waited in its lane's queue."),
            run: seconds("lightcone.pool.run", "Time that a job ran on its worker."),
            jobs: meter.u64_counter("lightcone.pool.jobs").with_description("Jobs that are over.").build(),
            refused: meter.u64_counter("lightcone.pool.refused").with_description("Jobs not taken.").build(),
            transaction: seconds(
                "lightcone.store.transaction",
                "Time from a transaction's first try to its end.",
            ),
            collisions: meter
                .u64_counter("lightcone.store.collisions")
                .with_description("Times that a transaction was tried again.")
                .build(),
            connections: meter
                .i64_up_down_counter("lightcone.connections.open")
                .with_description("Connections that are open.")
                .build(),
            connections_over: meter
                .u64_counter("lightcone.connections.over")
                .with_description("Connections that are over, by cause.")
                .build(),
            turned_away: meter
                .u64_counter("lightcone.connections.refused")
                .with_description("Connections that were not let in, by cause.")
                .build(),
            handshakes_failed: meter
                .u64_counter("lightcone.handshakes.failed")
                .with_description("TLS handshakes that failed, by cause.")
                .build(),
        }
    }
}

pub(super) fn rpc(method: &'static str, code: Code, took: Duration) {
    if let Some(instruments) = INSTRUMENTS.get() {
        let attributes =
            [KeyValue::new("rpc.method", method), KeyValue::new("rpc.grpc.status_code", code as i64)];
        instruments.rpc.record(took.as_secs_f64(), &attributes);
    }
}

pub(super) fn job(report: &JobReport) {
    let Some(instruments) = INSTRUMENTS.get() else { return };
    let lane = KeyValue::new("lane", report.lane.as_str());
    instruments.wait.record(report.wait.as_secs_f64(), std::slice::from_ref(&lane));
    if let Some(run) = report.run {
        instruments.run.record(run.as_secs_f64(), std::slice::from_ref(&lane));
    }
    instruments.jobs.add(1, &[lane, KeyValue::new("outcome", report.outcome.as_str())]);
}

pub(super) fn connections(door: &'static str, more: i64) {
    if let Some(instruments) = INSTRUMENTS.get() {
        instruments.connections.add(more, &[KeyValue::new("door", door)]);
    }
}

pub(super) fn turned_away(door: &'static str, cause: &'static str) {
    if let Some(instruments) = INSTRUMENTS.get() {
        instruments.turned_away.add(1, &[KeyValue::new("door", door), KeyValue::new("cause", cause)]);
    }
}

pub(super) fn handshake_failed(door: &'static str, cause: &'static str) {
    if let Some(instruments) = INSTRUMENTS.get() {
        instruments.handshakes_failed.add(1, &[KeyValue::new("door", door), KeyValue::new("cause", cause)]);
    }
}

pub(super) fn connection_over(door: &'static str, cause: &'static str) {
    if let Some(instruments) = INSTRUMENTS.get() {
        instruments.connections_over.add(1, &[KeyValue::new("door", door), KeyValue::new("cause", cause)]);
    }
}

pub(super) fn transaction(finished: &Finished) {
    let Some(instruments) = INSTRUMENTS.get() else { return };
    let name = KeyValue::new("transaction", finished.name);
    let attributes = [name.clone(), KeyValue::new("committed", finished.committed)];
    instruments.transaction.record(finished.elapsed.as_secs_f64(), &attributes);
    instruments.collisions.add(u64::from(finished.attempts.saturating_sub(1)), &[name]);
}

pub(super) fn refused(lane: Lane, cause: Reason) {
    if let Some(instruments) = INSTRUMENTS.get() {
        let attributes = [KeyValue::new("lane", lane.as_str()), KeyValue::new("cause", cause.as_str())];
        instruments.refused.add(1, &attributes);
    }
}

/// Gauges of both lanes, read when metrics are sent.
pub(super) fn watch_pool(pool: &Arc<Pool>) {
    if INSTRUMENTS.get().is_none() {
        return;
    }
    let gauge = |name: &'static str, about: &'static str, value: fn(&LaneSnapshot) -> u64| {
        let pool = Arc::downgrade(pool);
        let _ = global::meter(SCOPE)
            .u64_observable_gauge(name)
            .with_description(about)
            .with_callback(move |observer| {
                let Some(pool) = pool.upgrade() else { return };
                let snapshot = pool.snapshot();
                for lane in Lane::ALL {
                    observer.observe(value(snapshot.lane(lane)), &[KeyValue::new("lane", lane.as_str())]);
                }
            })
            .build();
    };
    gauge("lightcone.pool.depth", "Jobs queued.", |lane| lane.depth as u64);
    gauge("lightcone.pool.running", "Jobs running.", |lane| lane.running as u64);
    gauge(
        "lightcone.pool.estimated_wait_us",
        "Wait that a new job is told to expect, in microseconds.",
        |lane| lane.estimated_wait.as_micros() as u64,
    );
}

/// Reads `traceparent`.
pub(super) fn continue_trace(span: &Span, headers: &HeaderMap) {
    if span.is_disabled() || !headers.contains_key("traceparent") {
        return;
    }
    // Without an exporter there is no layer to take the parent, and nothing is lost.
    let _ = span.set_parent(TraceContextPropagator::new().extract(&Headers(headers)));
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}
