//! What every request passes first: it is counted as its connection's, and told whose it is.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Bytes;
use tower::{Service, ServiceExt as _};

use super::activity::{Activity, OpenCall};
use super::peering::Peering;

/// The services, as one connection sees them.
pub(super) struct Entrance<S> {
    pub(super) service: S,
    pub(super) peering: Peering,
    pub(super) activity: Arc<Activity>,
}

impl<S> hyper::service::Service<Request<Incoming>> for Entrance<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Held>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let call = self.activity.begin();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(self.peering.clone());
        let answer = self.service.clone().oneshot(request);
        Box::pin(async move { answer.await.map(|answer| answer.map(|body| Held { body, _call: call })) })
    }
}

/// An answer that counts as an open call until it is sent or given up.
pub(super) struct Held {
    body: Body,
    _call: OpenCall,
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
