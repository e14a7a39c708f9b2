//! Calls that last: their caller is checked again, and what it is no longer entitled to ends.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::watch;
use tokio::time::{Sleep, sleep};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Bytes;

use super::authenticate::nanoseconds;

/// Asks again whether the caller is entitled; says until when that is known.
type Check = Box<dyn Fn() -> Result<Option<i64>, Status> + Send + Sync>;

/// Waits until a caller ceases to be entitled: when rules change, when what it showed ends, and from time to time,
/// because roots and registries change too.
pub(crate) struct Revocation {
    waits: Pin<Box<dyn Future<Output = Status> + Send>>,
}

impl Revocation {
    /// Of a caller who is entitled now.
    pub(crate) fn new(
        check: impl Fn() -> Result<Option<i64>, Status> + Send + Sync + 'static,
        expires_ns: Option<i64>,
        changes: watch::Receiver<u64>,
        recheck: Duration,
    ) -> Self {
        Self { waits: Box::pin(revoked(Box::new(check), expires_ns, changes, recheck)) }
    }
}

impl Future for Revocation {
    type Output = Status;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Status> {
        self.waits.as_mut().poll(context)
    }
}

async fn revoked(
    check: Check,
    mut expires_ns: Option<i64>,
    mut changes: watch::Receiver<u64>,
    recheck: Duration,
) -> Status {
    loop {
        tokio::select! {
            // An error means that the server is gone, and its calls with it.
            changed = changes.changed() => if changed.is_err() { std::future::pending::<()>().await },
            () = nap(expires_ns, recheck) => {}
        }
        match check() {
            Ok(until) => expires_ns = until,
            Err(refused) => return refused,
        }
    }
}

/// Until the next check, and no longer than what was shown lasts.
fn nap(expires_ns: Option<i64>, recheck: Duration) -> Sleep {
    let left = expires_ns.map(|expires| {
        Duration::from_nanos(u64::try_from(expires - nanoseconds(SystemTime::now())).unwrap_or(0))
    });
    sleep(left.map_or(recheck, |left| left.min(recheck)))
}

/// An answer that ends with a refusal when its caller ceases to be entitled.
pub(crate) struct Revocable {
    body: Body,
    revocation: Revocation,
    is_over: bool,
}

impl Revocable {
    pub(crate) fn new(body: Body, revocation: Revocation) -> Self {
        Self { body, revocation, is_over: false }
    }
}

impl HttpBody for Revocable {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        // First: a stream that always has something to say is cut off all the same.
        if let Poll::Ready(refused) = Pin::new(&mut self.revocation).poll(context) {
            self.is_over = true;
            self.body = Body::empty();
            let mut trailers = HeaderMap::new();
            return Poll::Ready(Some(match refused.add_header(&mut trailers) {
                Ok(()) => Ok(Frame::trailers(trailers)),
                Err(error) => Err(error),
            }));
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.is_over = frame.is_none();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.is_over || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
