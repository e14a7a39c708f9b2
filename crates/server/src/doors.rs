//! The ports of the server, and what is served at each.

use std::net::SocketAddr;
use std::sync::Arc;

use lightcone_identity::Identity;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tonic::service::Routes;
use tonic_health::server::HealthReporter;
use tower::ServiceBuilder;

use crate::accept::{Door, Speech};
use crate::access::AccessLayer;
use crate::beacon::Beacon;
use crate::deadline::DeadlineLayer;
use crate::limits::BACKLOG;
use crate::observe::ObserveLayer;
use crate::run::ServeError;
use crate::sizes::SizeLayer;
use crate::{Config, admin, web};

/// Bound ports.
pub(crate) struct Doors {
    pub(crate) for_callers: ForCallers,
    pub(crate) for_keepers: ForKeepers,
}

/// Where calls are served.
pub(crate) struct ForCallers {
    grpc: TcpListener,
    web: Option<TcpListener>,
    /// As whom TLS is spoken; none in development.
    identity: Option<Identity>,
}

/// Where those who keep the server running are served, if anywhere.
pub(crate) struct ForKeepers(Option<TcpListener>);

impl Doors {
    /// Binds them.
    pub(crate) fn bind(config: &Config, identity: Option<Identity>) -> Result<Self, ServeError> {
        let grpc = listen(config.listen()?)?;
        let web = listen_if(config.web_listen()?)?;
        let admin = listen_if(config.admin_listen()?)?;
        Ok(Self { for_callers: ForCallers { grpc, web, identity }, for_keepers: ForKeepers(admin) })
    }

    pub(crate) fn grpc(&self) -> Result<SocketAddr, ServeError> {
        self.for_callers.grpc.local_addr().map_err(ServeError::Socket)
    }

    pub(crate) fn web(&self) -> Result<Option<SocketAddr>, ServeError> {
        address(self.for_callers.web.as_ref())
    }

    pub(crate) fn admin(&self) -> Result<Option<SocketAddr>, ServeError> {
        address(self.for_keepers.0.as_ref())
    }
}

impl ForCallers {
    /// Serves calls until told to drain and all are over. To drop it is to close the ports and all connections.
    pub(crate) fn serve(
        self,
        config: &Config,
        routes: Routes,
        access: AccessLayer,
        drains: &watch::Receiver<bool>,
    ) -> impl Future<Output = ()> + Send + use<> {
        let layers =
            ServiceBuilder::new().layer(ObserveLayer).layer(DeadlineLayer::new(config.deadline_max()));
        let service = layers.layer(access).layer(SizeLayer).service(routes.prepare());
        let for_pages = web::layers(&config.server.web_origins).service(service.clone());
        let (drains, web_drains) = (drains.clone(), drains.clone());
        let (caps, times) = (Arc::new(config.caps()), config.times());
        let door = |name, listener, speech| {
            let (caps, identity) = (Arc::clone(&caps), self.identity.clone());
            Door { name, listener, speech, caps, times, identity }
        };
        let grpc = door("grpc", self.grpc, Speech::Grpc);
        let web = self.web.map(|listener| door("web", listener, Speech::Web));
        async move {
            let web = async {
                if let Some(door) = web {
                    door.serve(for_pages, web_drains).await;
                }
            };
            tokio::join!(grpc.serve(service, drains), web);
        }
    }
}

impl ForKeepers {
    /// Serves until dropped.
    pub(crate) fn serve(
        self,
        health: HealthReporter,
        beacon: &Beacon,
    ) -> impl Future<Output = ()> + Send + use<> {
        let routes = admin::routes(health, beacon.is_ready());
        async move {
            let Some(listener) = self.0 else { return std::future::pending().await };
            let (speech, caps, times) = (Speech::Web, Arc::new(admin::caps()), admin::TIMES);
            let door = Door { name: "admin", listener, speech, caps, times, identity: None };
            // It is dropped, not drained.
            let (_never, drains) = watch::channel(false);
            door.serve(routes, drains).await;
        }
    }
}

fn address(listener: Option<&TcpListener>) -> Result<Option<SocketAddr>, ServeError> {
    listener.map(TcpListener::local_addr).transpose().map_err(ServeError::Socket)
}

fn listen_if(address: Option<SocketAddr>) -> Result<Option<TcpListener>, ServeError> {
    address.map(listen).transpose()
}

fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    bound(address).map_err(|cause| ServeError::Listen { address, cause })
}

/// A listener on which many may wait: with the system's usual 128 a crowd that comes at once is kept off for seconds.
fn bound(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A server that comes again at once may have its port again.
    socket.set_reuseaddr(cfg!(unix))?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}
