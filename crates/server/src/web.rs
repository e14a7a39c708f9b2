//! gRPC-web: the same services for browsers, on a port and with a budget of their own.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};
use tonic::service::Routes;
use tonic::transport::server::Router;
use tonic_web::GrpcWebLayer;
use tower::layer::util::{Identity, Stack};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::deadline::DeadlineLayer;
use crate::limits::WEB_STREAMS_PER_CONNECTION_MAX;
use crate::observe::ObserveLayer;
use crate::server::builder;

/// How long a browser may remember what it was allowed, in seconds.
const PREFLIGHT_AGE: Duration = Duration::from_secs(3_600);
/// What a page may send.
const REQUEST_HEADERS: [&str; 5] =
    ["content-type", "grpc-timeout", "traceparent", "x-grpc-web", "x-user-agent"];
/// What a page may read.
const RESPONSE_HEADERS: [&str; 3] = ["grpc-status", "grpc-message", "grpc-status-details-bin"];

type Layers = Stack<DeadlineLayer, Stack<ObserveLayer, Stack<GrpcWebLayer, Stack<CorsLayer, Identity>>>>;

/// The services behind gRPC-web.
pub(crate) fn router(routes: Routes, origins: &[String], deadline: DeadlineLayer) -> Router<Layers> {
    builder()
        .accept_http1(true)
        .max_concurrent_streams(WEB_STREAMS_PER_CONNECTION_MAX)
        .layer(cors(origins))
        .layer(GrpcWebLayer::new())
        .layer(ObserveLayer)
        .layer(deadline)
        .add_routes(routes)
}

fn cors(origins: &[String]) -> CorsLayer {
    let origins = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::POST])
        .allow_headers(REQUEST_HEADERS.map(HeaderName::from_static))
        .expose_headers(RESPONSE_HEADERS.map(HeaderName::from_static))
        .max_age(PREFLIGHT_AGE)
}
