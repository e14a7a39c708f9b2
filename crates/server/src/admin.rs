//! What those who keep the server running are told, on a port of its own: whether it lives, whether it may be sent
//! calls, and its figures. Plain HTTP and gRPC, for whoever can reach it; nothing that is asked or answered elsewhere
//! is told.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use http::{StatusCode, header};
use tokio::sync::watch;
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use tonic_health::pb::health_server::{Health, HealthServer};
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};
use tonic_health::server::{HealthReporter, HealthService, WatchStream};

use crate::accept::{Caps, Times};
use crate::telemetry;

/// The most connections at a time. Other ports that are full leave these free.
const CONNECTIONS_MAX: usize = 64;
/// How long a connection may do what.
pub(crate) const TIMES: Times = Times {
    first_request: Duration::from_secs(5),
    idle: Duration::from_secs(60),
    age: Duration::from_secs(3_600),
    grace: Duration::from_secs(1),
};
/// The type of the text that Prometheus reads.
const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";
const WITHOUT_METRICS: &str =
    "this program tells no metrics: it was built without the feature `otlp`, or has no telemetry\n";

pub(crate) fn caps() -> Caps {
    Caps::new(CONNECTIONS_MAX, CONNECTIONS_MAX)
}

/// Health in full, and three pages.
pub(crate) fn routes(health: HealthReporter, is_ready: watch::Receiver<bool>) -> Routes {
    let health = HealthServer::new(HealthService::from_health_reporter(health));
    let pages = Router::new()
        .route("/live", get(async || "live\n"))
        .route("/ready", get(async move || ready(*is_ready.borrow())))
        .route("/metrics", get(metrics));
    Routes::from(Routes::new(health).into_axum_router().merge(pages)).prepare()
}

fn ready(is_ready: bool) -> (StatusCode, &'static str) {
    match is_ready {
        true => (StatusCode::OK, "ready\n"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n"),
    }
}

async fn metrics() -> (StatusCode, [(header::HeaderName, &'static str); 1], String) {
    let kind = |kind| [(header::CONTENT_TYPE, kind)];
    match telemetry::metrics() {
        Some(text) => (StatusCode::OK, kind(METRICS_TYPE), text),
        None => (StatusCode::NOT_FOUND, kind("text/plain"), WITHOUT_METRICS.to_owned()),
    }
}

/// Health as everyone may ask for it: one answer a call. Whoever wants to be told of changes asks on the other port.
pub(crate) struct Checks(HealthService);

impl Checks {
    pub(crate) fn service(health: HealthReporter) -> HealthServer<Self> {
        HealthServer::new(Self(HealthService::from_health_reporter(health)))
    }
}

#[tonic::async_trait]
impl Health for Checks {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        self.0.check(request).await
    }

    type WatchStream = WatchStream;

    async fn watch(&self, _: Request<HealthCheckRequest>) -> Result<Response<WatchStream>, Status> {
        Err(Status::unimplemented("health is watched at `server.admin_listen`; here it can be checked"))
    }
}
