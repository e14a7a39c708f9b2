//! gRPC-web: the same services for browsers, on a port and with a budget of their own.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};
use tonic_web::GrpcWebLayer;
use tower::ServiceBuilder;
use tower::layer::util::{Identity, Stack};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// How long a browser may remember what it was allowed, in seconds.
const PREFLIGHT_AGE: Duration = Duration::from_secs(3_600);
/// What a page may send.
const REQUEST_HEADERS: [&str; 6] =
    ["authorization", "content-type", "grpc-timeout", "traceparent", "x-grpc-web", "x-user-agent"];
/// What a page may read.
const RESPONSE_HEADERS: [&str; 3] = ["grpc-status", "grpc-message", "grpc-status-details-bin"];

/// What comes before the layers of gRPC.
pub(crate) fn layers(origins: &[String]) -> ServiceBuilder<Stack<GrpcWebLayer, Stack<CorsLayer, Identity>>> {
    ServiceBuilder::new().layer(cors(origins)).layer(GrpcWebLayer::new())
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
