//! A span around each call, and its latency and status when it is over.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use http::{HeaderMap, Request, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tonic::body::Body;
use tonic::codegen::Bytes;
use tonic::{Code, Status};
use tower::{Layer, Service};
use tracing::instrument::Instrumented;
use tracing::{Instrument as _, Span};

use crate::telemetry;

/// Methods that are told apart in metrics; everything else is one, so that no caller can invent names.
const METHODS: [&str; 5] = [
    "lightcone.v1.LocationService/Locate",
    "lightcone.v1.LocationService/BatchLocate",
    "lightcone.v1.LocationService/AuditLandmarks",
    "grpc.health.v1.Health/Check",
    "grpc.health.v1.Health/Watch",
];
const OTHER_METHOD: &str = "other";

/// Watches each call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ObserveLayer;

impl<S> Layer<S> for ObserveLayer {
    type Service = Observed<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Observed { inner }
    }
}

/// See [`ObserveLayer`].
#[derive(Clone, Debug)]
pub(crate) struct Observed<S> {
    inner: S,
}

impl<S> Service<Request<Body>> for Observed<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Watch<Instrumented<S::Future>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let method = method(request.uri().path());
        let span = tracing::info_span!(
            "rpc",
            otel.name = method,
            otel.kind = "server",
            rpc.system = "grpc",
            rpc.grpc.status_code = tracing::field::Empty,
        );
        telemetry::continue_trace(&span, request.headers());
        let call = Call { method, span: span.clone(), started: Instant::now(), is_told: false };
        let answer = span.in_scope(|| self.inner.call(request));
        Watch { answer: Box::pin(answer.instrument(span)), call: Some(call) }
    }
}

fn method(path: &str) -> &'static str {
    let path = path.trim_start_matches('/');
    METHODS.into_iter().find(|method| *method == path).unwrap_or(OTHER_METHOD)
}

/// A call that is going on.
#[derive(Debug)]
struct Call {
    method: &'static str,
    span: Span,
    started: Instant,
    is_told: bool,
}

impl Call {
    fn tell(&mut self, code: Code) {
        if !std::mem::replace(&mut self.is_told, true) {
            self.span.record("rpc.grpc.status_code", code as i32);
            let took = self.started.elapsed();
            telemetry::rpc(self.method, code, took);
            tracing::debug!(parent: &self.span, method = self.method, ?code, ?took, "call over");
        }
    }
}

impl Drop for Call {
    /// A call that is dropped before its end was left by its caller.
    fn drop(&mut self) {
        self.tell(Code::Cancelled);
    }
}

/// Waits for the head of an answer.
pub(crate) struct Watch<F> {
    answer: Pin<Box<F>>,
    call: Option<Call>,
}

impl<F, E> Future for Watch<F>
where
    F: Future<Output = Result<Response<Body>, E>>,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(self.answer.as_mut().poll(context));
        let Some(mut call) = self.call.take() else { return Poll::Ready(answer) };
        Poll::Ready(answer.map(|response| {
            if let Some(code) = code(response.headers()) {
                call.tell(code);
            }
            response.map(|body| Body::new(WatchedBody { body, call }))
        }))
    }
}

fn code(headers: &HeaderMap) -> Option<Code> {
    Status::from_header_map(headers).map(|status| status.code())
}

/// Waits for the trailers of an answer.
struct WatchedBody {
    body: Body,
    call: Call,
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let span = self.call.span.clone();
        let _entered = span.enter();
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(code) = frame.trailers_ref().and_then(code) {
                    self.call.tell(code);
                }
            }
            Some(Err(status)) => self.call.tell(status.code()),
            None => self.call.tell(Code::Ok),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
