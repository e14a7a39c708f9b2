//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::time::Instant;

use http::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tonic::body::Body;
use tower::Service;

use super::entrance::Entrance;
use super::vigil::{End, Step, Vigil};

/// Serves a connection until it ends or has to; to drop this is to close it.
pub(super) async fn serve<IO, S>(
    io: IO,
    entrance: Entrance<S>,
    builder: Builder<TokioExecutor>,
    mut vigil: Vigil,
    mut drains: watch::Receiver<bool>,
) -> End
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let activity = entrance.activity.clone();
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(io), entrance));
    let mut next = vigil.first_request();
    let mut asked = None;
    loop {
        let why = tokio::select! {
            _ = connection.as_mut() => return asked.unwrap_or(End::Closed),
            () = tokio::time::sleep_until(next.into()) => match vigil.step(Instant::now(), &activity) {
                Step::Wait(until) => {
                    next = until;
                    continue;
                }
                Step::Ask(why) => why,
                Step::Cut(why) => return why,
            },
            // An error means that the server is gone, which is as good a reason.
            _ = drains.wait_for(|draining| *draining), if asked.is_none() => {
                if !activity.had_call() {
                    return End::Drained;
                }
                End::Drained
            }
        };
        connection.as_mut().graceful_shutdown();
        asked = Some(why);
        vigil.asked(Instant::now(), why);
        next = Instant::now();
    }
}
