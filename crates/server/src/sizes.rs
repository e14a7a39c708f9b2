//! How large the messages of each call may be: looked at as they begin, so that of one that is too large nothing is
//! kept.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Request;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Bytes;
use tower::{Layer, Service};

use crate::limits::message_bytes_max;

/// What precedes a message: whether it is compressed, and its length.
const HEAD_BYTES: usize = 5;

/// Refuses messages that are too large for their call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SizeLayer;

impl<S> Layer<S> for SizeLayer {
    type Service = Measured<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Measured { inner }
    }
}

/// See [`SizeLayer`].
#[derive(Clone, Debug)]
pub(crate) struct Measured<S> {
    inner: S,
}

impl<S> Service<Request<Body>> for Measured<S>
where
    S: Service<Request<Body>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let max = message_bytes_max(request.uri().path());
        self.inner.call(request.map(|body| Body::new(SizedBody { body, messages: Messages::up_to(max) })))
    }
}

/// Messages that are read up to a size.
struct SizedBody {
    body: Body,
    messages: Messages,
}

impl HttpBody for SizedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(bytes) = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref())
            && let Err(status) = self.messages.look(bytes)
        {
            return Poll::Ready(Some(Err(status)));
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

/// Where in a stream of messages we are.
#[derive(Debug)]
struct Messages {
    max: usize,
    /// What is there of the next message's head.
    head: [u8; HEAD_BYTES],
    head_len: usize,
    /// What is yet to come of this message.
    rest: usize,
}

impl Messages {
    const fn up_to(max: usize) -> Self {
        Self { max, head: [0; HEAD_BYTES], head_len: 0, rest: 0 }
    }

    /// Looks at what comes next.
    fn look(&mut self, mut bytes: &[u8]) -> Result<(), Status> {
        while !bytes.is_empty() {
            let passed = self.rest.min(bytes.len());
            self.rest -= passed;
            bytes = &bytes[passed..];
            let taken = (HEAD_BYTES - self.head_len).min(bytes.len());
            if self.rest > 0 || taken == 0 {
                continue;
            }
            self.head[self.head_len..self.head_len + taken].copy_from_slice(&bytes[..taken]);
            self.head_len += taken;
            bytes = &bytes[taken..];
            if self.head_len == HEAD_BYTES {
                self.begin()?;
            }
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), Status> {
        let [_, length @ ..] = self.head;
        self.head_len = 0;
        self.rest = u32::from_be_bytes(length) as usize;
        if self.rest > self.max {
            let (len, max) = (self.rest, self.max);
            let told =
                format!("a message of {len} bytes is too large: this call takes {max}; send less at a time");
            return Err(Status::out_of_range(told));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message as it is sent.
    fn message(len: usize) -> Vec<u8> {
        let mut bytes = vec![0];
        bytes.extend((len as u32).to_be_bytes());
        bytes.extend(vec![7; len]);
        bytes
    }

    #[test]
    fn messages_are_told_apart_however_they_are_cut() {
        let stream: Vec<u8> = [3, 0, 10, 9].into_iter().flat_map(message).collect();
        let too_much: Vec<u8> = [stream.clone(), message(11)].concat();
        for size in 1..stream.len() {
            let mut messages = Messages::up_to(10);
            assert!(stream.chunks(size).all(|bytes| messages.look(bytes).is_ok()), "{size}");
            let mut messages = Messages::up_to(10);
            let refused = too_much.chunks(size).find_map(|bytes| messages.look(bytes).err()).unwrap();
            assert_eq!(refused.code(), tonic::Code::OutOfRange, "{size}");
            assert!(refused.message().contains("11 bytes"), "{refused:?}");
        }
    }

    #[test]
    fn a_claim_is_refused_by_its_head_alone() {
        let mut messages = Messages::up_to(1 << 20);
        assert!(messages.look(&[0, 0xff, 0xff, 0xff]).is_ok());
        assert!(messages.look(&[0xff]).is_err());
    }
}
