//! A listening socket and the connections that came through it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use http::{Request, Response};
use lightcone_identity::Identity;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::body::Body;
use tower::Service;

use super::activity::Activity;
use super::caps::{Caps, Place};
use super::connection;
use super::entrance::Entrance;
use super::handshake::shake;
use super::peering::{Peering, Vouched};
use super::speech::Speech;
use super::trouble::Trouble;
use super::vigil::{End, Times, Vigil};
use crate::telemetry;

/// A listening socket, and what may happen on connections through it.
pub(crate) struct Door {
    /// Its name in log and metrics.
    pub(crate) name: &'static str,
    pub(crate) listener: TcpListener,
    pub(crate) speech: Speech,
    /// Shared by doors whose connections count together.
    pub(crate) caps: Arc<Caps>,
    pub(crate) times: Times,
    /// With whose certificate TLS is spoken, if it is.
    pub(crate) identity: Option<Identity>,
}

impl Door {
    /// Serves connections until told to drain, and then those that are open until they end. To drop this is to close
    /// them all: no connection outlives its door.
    pub(crate) async fn serve<S>(self, service: S, mut drains: watch::Receiver<bool>)
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send,
    {
        let mut connections = JoinSet::new();
        let mut trouble = Trouble::default();
        let stop = drains.clone();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((socket, address)) => {
                        trouble.over();
                        let Some(place) = self.admit(address) else { continue };
                        let guest = Guest { socket, address, place, came: Instant::now() };
                        connections.spawn(self.guide(guest, service.clone(), stop.clone()));
                    }
                    Err(error) => {
                        let pause = trouble.meet(self.name, &error, Instant::now());
                        tokio::time::sleep(pause).await;
                    }
                },
                Some(_) = connections.join_next() => {}
                () = drained(&mut drains) => break,
            }
        }
        drop(self.listener);
        while connections.join_next().await.is_some() {}
    }

    fn admit(&self, address: SocketAddr) -> Option<Place> {
        match self.caps.enter(address.ip()) {
            Ok(place) => Some(place),
            Err(full) => {
                telemetry::turned_away(self.name, full.as_str());
                None
            }
        }
    }

    /// All that happens on one connection.
    fn guide<S>(
        &self,
        guest: Guest,
        service: S,
        drains: watch::Receiver<bool>,
    ) -> impl Future<Output = ()> + Send + use<S>
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send,
    {
        let (door, speech, identity) = (self.name, self.speech, self.identity.clone());
        let vigil = Vigil::new(self.times, guest.came, fastrand::f64());
        async move {
            let _open = telemetry::Connection::open(door);
            let Guest { socket, address, place, came } = guest;
            // Small answers are not held back for more; a socket that refuses is about to fail anyway.
            let _ = socket.set_nodelay(true);
            let entrance = |peer, is_tls| {
                let peering = Peering { address, peer, vouched: Vouched::default(), is_tls };
                tracing::debug!(door, %address, is_tls = peering.is_tls, "a connection came");
                Entrance { service, peering, activity: Arc::new(Activity::new(came)) }
            };
            let builder = speech.builder();
            let end = match identity {
                None => connection::serve(socket, entrance(None, false), builder, vigil, drains).await,
                Some(identity) => {
                    match shake(socket, &identity, speech, &place, vigil.first_request()).await {
                        Ok((stream, peer)) => {
                            let entrance = entrance(peer.map(Arc::new), true);
                            connection::serve(stream, entrance, builder, vigil, drains).await
                        }
                        Err(cause) => {
                            telemetry::handshake_failed(door, cause.as_str());
                            End::NoHandshake
                        }
                    }
                }
            };
            telemetry::connection_over(door, end.as_str());
        }
    }
}

/// Waits until the server drains.
async fn drained(drains: &mut watch::Receiver<bool>) {
    // An error means that the server is gone, which is as good a reason.
    let _ = drains.wait_for(|draining| *draining).await;
}

/// A socket that was let in.
struct Guest {
    socket: TcpStream,
    address: SocketAddr,
    place: Place,
    came: Instant,
}
