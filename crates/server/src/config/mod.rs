//! Settings of the server: defaults, file, environment and flags, checked before anything starts.

mod access;
mod attestation;
mod authority;
mod check;
mod identity;
mod measuring;
mod policy;
mod source;
mod store;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Duration;

use lightcone_identity::TlsSettings;
use lightcone_oidc::OidcSettings;
use lightcone_pool::{LaneConfig, PoolConfig, WorkerPolicy};
use serde::{Deserialize, Serialize};

use crate::accept::{Caps, Times};

pub use access::AccessSettings;
pub use attestation::AttestationSettings;
pub use authority::AuthoritySettings;
pub use check::InvalidSetting;
pub use measuring::{MeshSettings, RetentionSettings, SessionSettings, SimulationSettings, VerdictSettings};
pub use policy::PolicySettings;
pub use source::{ConfigError, ENV_PREFIX, Override, Sources};
pub use store::StoreSettings;

/// The port of gRPC unless said otherwise.
pub const PORT: u16 = 7443;

/// The port of health, readiness and metrics unless said otherwise.
pub const ADMIN_PORT: u16 = 7442;

/// All settings. Numbers that are 0 and texts that are empty mean what their comment says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Sockets and calls.
    pub server: ServerSettings,
    /// Who this service is, and whose certificates it takes; not set: development, on loopback only.
    pub tls: TlsSettings,
    /// The identity providers of people.
    pub oidc: OidcSettings,
    /// Access: the rules, and who is who.
    pub access: AccessSettings,
    /// Sessions: when they come and how they are measured.
    pub sessions: SessionSettings,
    /// The authority that takes in landmarks and agents, if there is one.
    pub authority: AuthoritySettings,
    /// Attestation: reference values, and what is asked of evidence.
    pub attestation: AttestationSettings,
    /// Export rules: whose rule books are entered.
    pub policy: PolicySettings,
    /// Verdicts: what they assume.
    pub verdicts: VerdictSettings,
    /// The mesh of landmarks.
    pub mesh: MeshSettings,
    /// Simulated time, for demonstrations.
    pub simulation: SimulationSettings,
    /// How long things are kept.
    pub retention: RetentionSettings,
    /// The threads that compute.
    pub pool: PoolSettings,
    /// Where things are kept.
    pub store: StoreSettings,
    /// What is told about calls and work.
    pub telemetry: TelemetrySettings,
}

/// Sockets and calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerSettings {
    /// Address and port of gRPC; port 0 takes a free one.
    pub listen: String,
    /// Address and port of gRPC-web, over HTTP/1.1 and HTTP/2; empty: none.
    pub web_listen: String,
    /// Address and port of health, readiness and metrics, over plain HTTP; empty: none.
    pub admin_listen: String,
    /// Origins of web pages that may call over gRPC-web; empty: only pages that need no leave.
    pub web_origins: Vec<String>,
    /// Development: the API describes itself by reflection.
    pub development: bool,
    /// Connections at a time, of gRPC and gRPC-web together.
    pub connections_max: usize,
    /// The same of one address, where the first 64 bits of an IPv6 address count as one.
    pub connections_per_address_max: usize,
    /// How long a connection may take to the head of its first request, its handshake among it, in milliseconds.
    pub first_request_ms: u64,
    /// How long a connection may be open without a call, in milliseconds; then it is asked to go.
    pub connection_idle_ms: u64,
    /// How long a connection may last before it is asked to go, in milliseconds; up to a tenth less by chance.
    pub connection_age_ms: u64,
    /// How long its calls may go on after that, in milliseconds.
    pub connection_grace_ms: u64,
    /// Threads that serve sockets; 0: a quarter of the cores, at least 2 and at most 8.
    pub io_threads: usize,
    /// The longest that a call may take to its first answer, in milliseconds.
    pub deadline_max_ms: u64,
    /// How long a batch may be open with nothing to do, in milliseconds.
    pub stream_idle_ms: u64,
    /// How long calls may go on after a signal to stop, in milliseconds.
    pub drain_ms: u64,
}

/// The threads that compute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PoolSettings {
    /// Threads; 0: one for each core.
    pub threads: usize,
    /// How they rank against the threads that serve sockets: `idle`, `nice` or `normal`.
    pub worker_policy: String,
    /// Threads that bulk work may hold at once; 0: all of up to two, else all but one.
    pub bulk_slots: usize,
    /// Places in the interactive queue.
    pub interactive_queue_max: usize,
    /// The longest estimated wait at which interactive work is still taken, in milliseconds.
    pub interactive_wait_max_ms: u64,
    /// Places in the bulk queue.
    pub bulk_queue_max: usize,
    /// The longest estimated wait at which bulk work is still taken, in milliseconds.
    pub bulk_wait_max_ms: u64,
}

/// What is told about calls and work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TelemetrySettings {
    /// Form of the log on standard error: `human` or `json`.
    pub log_format: String,
    /// What is logged, as `level` or `target=level,…`.
    pub log_filter: String,
    /// Where traces and metrics go over OTLP, for example `http://localhost:4317`; empty: nowhere.
    pub otlp_endpoint: String,
    /// The part of calls that are traced, 0 to 1. A caller that traces decides for its own.
    pub trace_share: f64,
    /// Time between two reports of metrics, in milliseconds.
    pub metrics_interval_ms: u64,
    /// Name under which traces and metrics appear.
    pub service_name: String,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            listen: format!("127.0.0.1:{PORT}"),
            web_listen: String::new(),
            admin_listen: format!("127.0.0.1:{ADMIN_PORT}"),
            web_origins: Vec::new(),
            development: false,
            connections_max: 8_192,
            connections_per_address_max: 1_024,
            first_request_ms: 5_000,
            connection_idle_ms: 300_000,
            connection_age_ms: 1_800_000,
            connection_grace_ms: 300_000,
            io_threads: 0,
            deadline_max_ms: 60_000,
            stream_idle_ms: 60_000,
            drain_ms: 10_000,
        }
    }
}

impl Default for PoolSettings {
    fn default() -> Self {
        let pool = PoolConfig::for_threads(1);
        Self {
            threads: 0,
            worker_policy: pool.policy.as_str().to_owned(),
            bulk_slots: 0,
            interactive_queue_max: pool.interactive.queue_max,
            interactive_wait_max_ms: pool.interactive.wait_max.as_millis() as u64,
            bulk_queue_max: pool.bulk.queue_max,
            bulk_wait_max_ms: pool.bulk.wait_max.as_millis() as u64,
        }
    }
}

impl Default for TelemetrySettings {
    fn default() -> Self {
        Self {
            log_format: "human".to_owned(),
            log_filter: "info".to_owned(),
            otlp_endpoint: String::new(),
            trace_share: 1.0,
            metrics_interval_ms: 10_000,
            service_name: "lightcone".to_owned(),
        }
    }
}

impl Config {
    /// Checks every setting.
    ///
    /// # Errors
    /// The first that cannot hold, with its key, value and remedy.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        check::server(&self.server)?;
        check::tls(self)?;
        check::pool(self)?;
        measuring::check(self)?;
        access::check(self)?;
        identity::check(self)?;
        attestation::check(self)?;
        policy::check(self)?;
        self.authority.check()?;
        check::store(&self.store)?;
        check::telemetry(&self.telemetry)
    }

    /// Threads that serve sockets.
    #[must_use]
    pub fn io_threads(&self) -> usize {
        match self.server.io_threads {
            0 => (cores() / 4).clamp(2, 8),
            threads => threads,
        }
    }

    /// The longest that a call may take to its first answer.
    #[must_use]
    pub fn deadline_max(&self) -> Duration {
        Duration::from_millis(self.server.deadline_max_ms)
    }

    /// How long a batch may be open with nothing to do.
    #[must_use]
    pub fn stream_idle(&self) -> Duration {
        Duration::from_millis(self.server.stream_idle_ms)
    }

    /// How long calls may go on after a signal to stop.
    #[must_use]
    pub fn drain(&self) -> Duration {
        Duration::from_millis(self.server.drain_ms)
    }

    /// How many connections there may be.
    pub(crate) fn caps(&self) -> Caps {
        Caps::new(self.server.connections_max, self.server.connections_per_address_max)
    }

    /// How long a connection may do what.
    pub(crate) fn times(&self) -> Times {
        let ServerSettings { first_request_ms, connection_idle_ms, connection_age_ms, .. } = self.server;
        Times {
            first_request: Duration::from_millis(first_request_ms),
            idle: Duration::from_millis(connection_idle_ms),
            age: Duration::from_millis(connection_age_ms),
            grace: Duration::from_millis(self.server.connection_grace_ms),
        }
    }

    /// The pool's settings, with defaults filled in.
    ///
    /// # Errors
    /// The worker policy has no such name.
    pub fn pool(&self) -> Result<PoolConfig, InvalidSetting> {
        let wanted = &self.pool;
        let lane = |queue_max, wait_ms| LaneConfig { queue_max, wait_max: Duration::from_millis(wait_ms) };
        Ok(PoolConfig {
            threads: if wanted.threads == 0 { cores() } else { wanted.threads },
            policy: check::policy(&wanted.worker_policy)?,
            interactive: lane(wanted.interactive_queue_max, wanted.interactive_wait_max_ms),
            bulk: lane(wanted.bulk_queue_max, wanted.bulk_wait_max_ms),
            bulk_slots: (wanted.bulk_slots != 0).then_some(wanted.bulk_slots),
        })
    }

    pub(crate) fn listen(&self) -> Result<SocketAddr, InvalidSetting> {
        check::address("server.listen", &self.server.listen)
    }

    pub(crate) fn web_listen(&self) -> Result<Option<SocketAddr>, InvalidSetting> {
        check::address_if("server.web_listen", &self.server.web_listen)
    }

    pub(crate) fn admin_listen(&self) -> Result<Option<SocketAddr>, InvalidSetting> {
        check::address_if("server.admin_listen", &self.server.admin_listen)
    }
}

fn cores() -> usize {
    available_parallelism().map_or(1, NonZeroUsize::get)
}

const POLICIES: [WorkerPolicy; 3] = [WorkerPolicy::Idle, WorkerPolicy::Nice, WorkerPolicy::Normal];
