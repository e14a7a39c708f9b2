//! Whether settings can hold.

use std::fmt;
use std::net::SocketAddr;

use lightcone_identity::InvalidTls;
use lightcone_pool::{InvalidConfig, Lane, WorkerPolicy};
use tracing_subscriber::EnvFilter;

use super::{Config, POLICIES, ServerSettings, StoreSettings, TelemetrySettings};

/// The most threads that serve sockets.
const IO_THREADS_MAX: usize = 64;
/// The most connections at a time.
const CONNECTIONS_MAX: usize = 1_000_000;
/// The longest time that a setting may name, in milliseconds: a day.
const MS_MAX: u64 = 24 * 3_600 * 1_000;

/// A setting that cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("setting `{key}` is `{value}`: {remedy}")]
pub struct InvalidSetting {
    /// The setting, as `section.name`.
    pub key: String,
    /// Its value.
    pub value: String,
    /// What to do about it.
    pub remedy: String,
}

impl InvalidSetting {
    pub(super) fn new(key: &str, value: impl fmt::Display, remedy: impl Into<String>) -> Self {
        Self { key: key.to_owned(), value: value.to_string(), remedy: remedy.into() }
    }
}

pub(super) fn address(key: &str, text: &str) -> Result<SocketAddr, InvalidSetting> {
    text.parse().map_err(|_| {
        InvalidSetting::new(key, text, "write address and port, for example `127.0.0.1:7443` or `[::]:7443`")
    })
}

pub(super) fn address_if(key: &str, text: &str) -> Result<Option<SocketAddr>, InvalidSetting> {
    (!text.is_empty()).then(|| address(key, text)).transpose()
}

pub(super) fn policy(name: &str) -> Result<WorkerPolicy, InvalidSetting> {
    POLICIES.into_iter().find(|policy| policy.as_str() == name).ok_or_else(|| {
        InvalidSetting::new(
            "pool.worker_policy",
            name,
            "choose `idle`, `nice` or `normal`; `idle` serves best",
        )
    })
}

pub(super) fn server(settings: &ServerSettings) -> Result<(), InvalidSetting> {
    ports(settings)?;
    for origin in &settings.web_origins {
        let is_origin = origin.starts_with("http://") || origin.starts_with("https://");
        if !is_origin || http::HeaderValue::from_str(origin).is_err() || origin.ends_with('/') {
            let remedy = "write scheme and host, for example `https://console.example.org`, without a path";
            return Err(InvalidSetting::new("server.web_origins", origin, remedy));
        }
    }
    if settings.io_threads == 1 || settings.io_threads > IO_THREADS_MAX {
        let remedy = format!("choose 2 to {IO_THREADS_MAX}, or 0 for a quarter of the cores");
        return Err(InvalidSetting::new("server.io_threads", settings.io_threads, remedy));
    }
    connections(settings)?;
    milliseconds("server.deadline_max_ms", settings.deadline_max_ms)?;
    milliseconds("server.stream_idle_ms", settings.stream_idle_ms)?;
    milliseconds("server.drain_ms", settings.drain_ms)
}

/// Without TLS nobody can be told apart, so only this machine may call.
pub(super) fn tls(config: &Config) -> Result<(), InvalidSetting> {
    let server = &config.server;
    if config.tls.is_set() {
        let told =
            |wrong: InvalidTls| InvalidSetting::new(&format!("tls.{}", wrong.key), wrong.value, wrong.remedy);
        return config.tls.check().map_err(told);
    }
    for (key, text) in [("server.listen", &server.listen), ("server.web_listen", &server.web_listen)] {
        let exposed = address_if(key, text)?.filter(|address| !address.ip().to_canonical().is_loopback());
        if let Some(address) = exposed {
            let remedy = "without TLS anyone who reaches this address may do everything; set `tls.certificate`, \
                          `tls.private_key` and `tls.trust_bundle` (`lightcone ca` makes them) or \
                          `tls.workload_api`, or listen on 127.0.0.1";
            return Err(InvalidSetting::new(key, address, remedy));
        }
    }
    Ok(())
}

fn ports(settings: &ServerSettings) -> Result<(), InvalidSetting> {
    let mut taken = vec![("server.listen", address("server.listen", &settings.listen)?)];
    let others =
        [("server.web_listen", &settings.web_listen), ("server.admin_listen", &settings.admin_listen)];
    for (key, text) in others {
        let Some(wanted) = address_if(key, text)? else { continue };
        if let Some((by, _)) = taken.iter().find(|(_, address)| *address == wanted && wanted.port() != 0) {
            let remedy = format!("choose another port than `{by}`, or leave it empty");
            return Err(InvalidSetting::new(key, wanted, remedy));
        }
        taken.push((key, wanted));
    }
    Ok(())
}

fn connections(settings: &ServerSettings) -> Result<(), InvalidSetting> {
    if !(1..=CONNECTIONS_MAX).contains(&settings.connections_max) {
        let remedy =
            format!("choose 1 to {CONNECTIONS_MAX}, and no more than the system gives file descriptors");
        return Err(InvalidSetting::new("server.connections_max", settings.connections_max, remedy));
    }
    let per_address_max = settings.connections_per_address_max;
    if !(1..=settings.connections_max).contains(&per_address_max) {
        let remedy = "choose 1 or more, and no more than `server.connections_max`";
        return Err(InvalidSetting::new("server.connections_per_address_max", per_address_max, remedy));
    }
    milliseconds("server.first_request_ms", settings.first_request_ms)?;
    milliseconds("server.connection_idle_ms", settings.connection_idle_ms)?;
    milliseconds("server.connection_age_ms", settings.connection_age_ms)?;
    milliseconds("server.connection_grace_ms", settings.connection_grace_ms)
}

pub(super) fn pool(config: &Config) -> Result<(), InvalidSetting> {
    let pool = config.pool()?;
    pool.check().map_err(|error| {
        let (key, value) = match error {
            InvalidConfig::Threads(threads) => ("pool.threads", threads.to_string()),
            InvalidConfig::BulkSlots { bulk_slots, .. } => ("pool.bulk_slots", bulk_slots.to_string()),
            InvalidConfig::QueueMax { lane: Lane::Interactive, queue_max } => {
                ("pool.interactive_queue_max", queue_max.to_string())
            }
            InvalidConfig::QueueMax { lane: Lane::Bulk, queue_max } => {
                ("pool.bulk_queue_max", queue_max.to_string())
            }
            InvalidConfig::WaitMax { lane: Lane::Interactive, wait_max } => {
                ("pool.interactive_wait_max_ms", wait_max.as_millis().to_string())
            }
            InvalidConfig::WaitMax { lane: Lane::Bulk, wait_max } => {
                ("pool.bulk_wait_max_ms", wait_max.as_millis().to_string())
            }
        };
        InvalidSetting::new(key, value, error.to_string())
    })
}

pub(super) fn store(settings: &StoreSettings) -> Result<(), InvalidSetting> {
    if settings.folder.is_empty() {
        let remedy = "name a folder, for example `lightcone-data`";
        return Err(InvalidSetting::new("store.folder", "", remedy));
    }
    let known = ["postgres://", "postgresql://"];
    let is_known = settings.url.is_empty()
        || settings.is_in_memory()
        || known.iter().any(|scheme| settings.url.starts_with(scheme));
    if is_known {
        return Ok(());
    }
    let remedy = "write `postgres://…` or `sqlite::memory:`, or leave it empty for a file in `store.folder`";
    Err(InvalidSetting::new("store.url", "…", remedy))
}

pub(super) fn telemetry(settings: &TelemetrySettings) -> Result<(), InvalidSetting> {
    if !matches!(settings.log_format.as_str(), "human" | "json") {
        let remedy = "choose `human` or `json`";
        return Err(InvalidSetting::new("telemetry.log_format", &settings.log_format, remedy));
    }
    if let Err(error) = EnvFilter::try_new(&settings.log_filter) {
        let remedy = format!("write a level such as `info`, or `target=level,…` ({error})");
        return Err(InvalidSetting::new("telemetry.log_filter", &settings.log_filter, remedy));
    }
    endpoint(&settings.otlp_endpoint)?;
    if !(0.0..=1.0).contains(&settings.trace_share) {
        let remedy = "choose a part of all calls, 0 to 1";
        return Err(InvalidSetting::new("telemetry.trace_share", settings.trace_share, remedy));
    }
    if settings.service_name.is_empty() {
        return Err(InvalidSetting::new(
            "telemetry.service_name",
            "",
            "give it a name, for example `lightcone`",
        ));
    }
    milliseconds("telemetry.metrics_interval_ms", settings.metrics_interval_ms)
}

fn endpoint(text: &str) -> Result<(), InvalidSetting> {
    let key = "telemetry.otlp_endpoint";
    if text.is_empty() {
        return Ok(());
    }
    if cfg!(not(feature = "otlp")) {
        let remedy = "this program was built without the feature `otlp`; leave it empty or build with it";
        return Err(InvalidSetting::new(key, text, remedy));
    }
    let is_endpoint =
        text.parse::<http::Uri>().is_ok_and(|uri| uri.scheme_str() == Some("http") && uri.host().is_some());
    if is_endpoint {
        return Ok(());
    }
    let remedy = "write it as `http://host:port`; put a collector beside the server where TLS is needed";
    Err(InvalidSetting::new(key, text, remedy))
}

pub(super) fn milliseconds(key: &str, value: u64) -> Result<(), InvalidSetting> {
    if (1..=MS_MAX).contains(&value) {
        return Ok(());
    }
    Err(InvalidSetting::new(key, value, format!("choose 1 to {MS_MAX} milliseconds")))
}
