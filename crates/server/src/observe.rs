//! A span around each call, and its latency and status when it is over.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use http::{Request, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use lightcone::FILE_DESCRIPTOR_SET;
use lightcone::v1::ErrorReason;
use prost::Message as _;
use prost_types::FileDescriptorSet;
use tonic::body::Body;
use tonic::codegen::Bytes;
use tonic::{Code, Status};
use tower::{Layer, Service};
use tracing::instrument::Instrumented;
use tracing::{Instrument as _, Span};

use crate::accept::Peering;
use crate::telemetry;

/// Methods that are told apart in metrics: those of the contract and of health. Everything else is one, so that
/// no caller can invent names.
static METHODS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    [FILE_DESCRIPTOR_SET, tonic_health::pb::FILE_DESCRIPTOR_SET].into_iter().flat_map(methods).collect()
});
/// What methods of the contract begin with.
const CONTRACT: [&str; 2] = ["lightcone.v1.", "google.longrunning."];
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
        let peer = request.extensions().get::<Peering>().map(|peering| peering.address);
        let call = Call { method, span: span.clone(), peer, started: Instant::now(), is_told: false };
        let answer = span.in_scope(|| self.inner.call(request));
        Watch { answer: Box::pin(answer.instrument(span)), call: Some(call) }
    }
}

fn method(path: &str) -> &'static str {
    METHODS.get(path.trim_start_matches('/')).map_or(OTHER_METHOD, String::as_str)
}

/// The name of a call of the contract, such as `SiteService/GetSite`, by its path; nothing for what the contract does not
/// have.
pub(crate) fn contract_call(path: &str) -> Option<&'static str> {
    let method = method(path);
    CONTRACT.iter().find_map(|package| method.strip_prefix(package))
}

/// The methods of a compiled contract, as they are called.
fn methods(compiled: &[u8]) -> Vec<String> {
    // Both sets are of this program's own making; one that could not be read would leave all methods one.
    let files = FileDescriptorSet::decode(compiled).unwrap_or_default().file;
    let services = files.into_iter().flat_map(|file| {
        let package = file.package().to_owned();
        file.service.into_iter().map(move |service| (format!("{package}.{}", service.name()), service))
    });
    let called = services.flat_map(|(name, service)| {
        service.method.into_iter().map(move |method| format!("{name}/{}", method.name()))
    });
    called.collect()
}

/// A call that is going on.
#[derive(Debug)]
struct Call {
    method: &'static str,
    span: Span,
    peer: Option<SocketAddr>,
    started: Instant,
    is_told: bool,
}

impl Call {
    fn tell(&mut self, code: Code, reason: Option<ErrorReason>) {
        if !std::mem::replace(&mut self.is_told, true) {
            self.span.record("rpc.grpc.status_code", code as i32);
            let took = self.started.elapsed();
            telemetry::rpc(self.method, code, took);
            self.log(code, reason, took.as_micros() as u64);
        }
    }

    /// One line a call: in full if it failed or was refused, only for debugging if not.
    fn log(&self, code: Code, reason: Option<ErrorReason>, took_us: u64) {
        let Self { method, span, peer, .. } = self;
        let peer = peer.as_ref().map(tracing::field::display);
        let reason = reason.map(|reason| reason.short_name());
        match code {
            Code::Ok => tracing::debug!(parent: span, method, peer, ?code, took_us, "call over"),
            Code::Unknown
            | Code::DeadlineExceeded
            | Code::ResourceExhausted
            | Code::Internal
            | Code::Unavailable
            | Code::DataLoss => {
                tracing::warn!(parent: span, method, peer, ?code, reason, took_us, "call failed")
            }
            _ => tracing::info!(parent: span, method, peer, ?code, reason, took_us, "call failed"),
        }
    }
}

impl Call {
    fn tell_status(&mut self, status: &Status) {
        self.tell(status.code(), ErrorReason::of(status));
    }
}

impl Drop for Call {
    /// A call that is dropped before its end was left by its caller.
    fn drop(&mut self) {
        self.tell(Code::Cancelled, None);
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
            if let Some(status) = Status::from_header_map(response.headers()) {
                call.tell_status(&status);
            }
            response.map(|body| Body::new(WatchedBody { body, call }))
        }))
    }
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
                if let Some(status) = frame.trailers_ref().and_then(Status::from_header_map) {
                    self.call.tell_status(&status);
                }
            }
            Some(Err(status)) => self.call.tell_status(status),
            None => self.call.tell(Code::Ok, None),
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

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    const LOCATE: &str = "/lightcone.v1.LocationService/Locate";

    fn logged(code: Code, reason: Option<ErrorReason>) -> String {
        let sink = Sink::default();
        let writer = sink.clone();
        let log = tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone());
        tracing::subscriber::with_default(log.finish(), || {
            let (peer, started) = ("192.0.2.7:99".parse().ok(), Instant::now());
            let mut call = Call { method: method(LOCATE), span: Span::none(), peer, started, is_told: false };
            call.tell(code, reason);
        });
        let bytes = sink.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn methods_of_the_contract_and_of_health_are_told_apart_and_no_others() {
        for path in [LOCATE, "/lightcone.v1.ChipService/PairChip", "/grpc.health.v1.Health/Watch"] {
            assert_eq!(method(path), &path[1..]);
        }
        assert_eq!(method("/lightcone.v1.ChipService/Melt"), OTHER_METHOD);
    }

    #[test]
    fn a_call_that_is_refused_is_one_line_of_log() {
        let line = logged(Code::ResourceExhausted, Some(ErrorReason::Overloaded));
        for part in [
            r#""level":"WARN""#,
            r#""method":"lightcone.v1.LocationService/Locate""#,
            r#""peer":"192.0.2.7:99""#,
            r#""code":"ResourceExhausted""#,
            r#""reason":"OVERLOADED""#,
        ] {
            assert!(line.contains(part), "{part} in {line}");
        }
        let took = line.split_once(r#""took_us":"#).unwrap().1;
        assert!(took.starts_with(|digit: char| digit.is_ascii_digit()), "{line}");
        assert_eq!(line.lines().count(), 1);
        assert!(logged(Code::InvalidArgument, Some(ErrorReason::FieldInvalid)).contains(r#""level":"INFO""#));
        assert_eq!(logged(Code::Ok, None), "");
    }
}
