//! Deadlines: read from the call, capped, handed to the work, and answered in our own words.
//!
//! tonic watches `grpc-timeout` too, but ends a late call as CANCELLED. This layer answers a few
//! milliseconds earlier, with DEADLINE_EXCEEDED and details.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::{HeaderMap, Request, Response};
use tonic::body::Body;
use tower::{Layer, Service};

use crate::status;

/// The header that a caller's time limit comes in.
const HEADER: &str = "grpc-timeout";
/// How much earlier than the caller's own clock this side gives up, at most.
const MARGIN_MAX: Duration = Duration::from_millis(5);
/// How much earlier, as a part of the time allowed.
const MARGIN_PART: u32 = 8;
/// The most digits of a time limit, by the protocol.
const DIGITS_MAX: usize = 8;

/// When a call's answer stops being of use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    /// For its first answer: the caller's limit or the server's own, whichever is earlier.
    pub(crate) first: Limit,
    /// For all of it: the caller's limit, if there is one.
    pub(crate) all: Option<Limit>,
}

/// A moment, and the time that was allowed until then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    /// The moment.
    pub(crate) at: Instant,
    /// The time allowed.
    pub(crate) allowed: Duration,
}

impl Limit {
    /// The limit of a call that is given so much from now; none if that is for ever.
    fn from_now(allowed: Duration) -> Option<Self> {
        Some(Self { at: Instant::now().checked_add(early(allowed))?, allowed })
    }
}

/// Puts a [`Deadline`] into each request and answers when it passes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeadlineLayer {
    limit: Duration,
}

impl DeadlineLayer {
    /// A layer that gives no call longer than `limit` to its first answer.
    pub(crate) const fn new(limit: Duration) -> Self {
        Self { limit }
    }
}

impl<S> Layer<S> for DeadlineLayer {
    type Service = DeadlineService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        DeadlineService { inner, limit: self.limit }
    }
}

/// See [`DeadlineLayer`].
#[derive(Clone, Debug)]
pub(crate) struct DeadlineService<S> {
    inner: S,
    limit: Duration,
}

impl<S> Service<Request<Body>> for DeadlineService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let asked = asked(request.headers());
        let allowed = asked.map_or(self.limit, |asked| asked.min(self.limit));
        let first = Limit { at: Instant::now() + early(allowed), allowed };
        request.extensions_mut().insert(Deadline { first, all: asked.and_then(Limit::from_now) });
        let answer = self.inner.call(request);
        Box::pin(async move {
            tokio::time::timeout_at(first.at.into(), answer)
                .await
                .unwrap_or_else(|_| Ok(status::deadline_exceeded(Some(first.allowed)).into_http()))
        })
    }
}

/// The time that is left for work when so much is allowed.
fn early(allowed: Duration) -> Duration {
    allowed - (allowed / MARGIN_PART).min(MARGIN_MAX)
}

/// The time that the caller allows.
fn asked(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(HEADER)?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > DIGITS_MAX || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(count * 3_600)),
        "M" => Some(Duration::from_secs(count * 60)),
        "S" => Some(Duration::from_secs(count)),
        "m" => Some(Duration::from_millis(count)),
        "u" => Some(Duration::from_micros(count)),
        "n" => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Duration>) {
        let headers = HeaderMap::from_iter([(http::HeaderName::from_static(HEADER), text.parse().unwrap())]);
        assert_eq!(asked(&headers), expected, "{text}");
    }

    #[test]
    fn time_limits_are_read_as_the_protocol_writes_them() {
        check("250m", Some(Duration::from_millis(250)));
        check("99999999H", Some(Duration::from_secs(99_999_999 * 3_600)));
        check("7u", Some(Duration::from_micros(7)));
        for wrong in ["", "m", "5", "-5m", "123456789m", "5x", "+5m", "5 m"] {
            check(wrong, None);
        }
    }

    #[test]
    fn this_side_gives_up_first() {
        assert_eq!(early(Duration::from_millis(250)), Duration::from_millis(245));
        assert_eq!(early(Duration::from_millis(8)), Duration::from_millis(7));
    }
}
