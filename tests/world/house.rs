//! A server in this process, on free ports, that goes down when told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use lightcone::v1::location_service_client::LocationServiceClient;
use lightcone_pool::Pool;
use lightcone_server::{Config, Server};
use lightcone_store::Store;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::{Channel, Endpoint};

use crate::Ground;

/// A server in this process.
pub struct House {
    /// Where it serves gRPC.
    pub address: SocketAddr,
    /// Where it serves gRPC-web.
    pub web_address: SocketAddr,
    /// Where it tells how it is.
    pub admin_address: SocketAddr,
    /// Its pool, to look at.
    pub pool: Arc<Pool>,
    /// Its store, to look at.
    pub store: Arc<dyn Store>,
    /// When it was bound: verdict time begins there.
    pub begun: SystemTime,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

impl House {
    /// A server with the default settings.
    pub async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// A server with some settings of its own, that keeps things in memory.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::on(&Ground::in_memory(), change).await
    }

    /// A server that keeps things there.
    pub async fn on(ground: &Ground, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        config.server.listen = "127.0.0.1:0".to_owned();
        config.server.web_listen = "127.0.0.1:0".to_owned();
        config.server.admin_listen = "127.0.0.1:0".to_owned();
        ground.lay(&mut config);
        change(&mut config);
        let begun = SystemTime::now();
        let server = Server::bind(config).await.expect("the server binds");
        let address = server.address().expect("it has an address");
        let web_address = server.web_address().expect("it has an address").expect("gRPC-web is served");
        let admin_address = server.admin_address().expect("it has an address").expect("it tells how it is");
        let (pool, store) = (server.pool(), server.store());
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(async move {
            let stopped = async { stopped.await.unwrap_or_default() };
            server.serve(stopped).await.expect("it serves");
        });
        Self { address, web_address, admin_address, pool, store, begun, stop: Some(stop), serving }
    }

    /// A connection to it.
    pub async fn channel(&self) -> Channel {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address)).expect("an address");
        endpoint.connect().await.expect("it accepts")
    }

    /// A connection to where it tells how it is.
    pub async fn admin_channel(&self) -> Channel {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.admin_address)).expect("an address");
        endpoint.connect().await.expect("it accepts")
    }

    /// A connection that is made when it is needed.
    pub fn channel_lazy(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.address)).expect("an address").connect_lazy()
    }

    /// A client on a connection of its own.
    pub async fn client(&self) -> LocationServiceClient<Channel> {
        LocationServiceClient::new(self.channel().await)
    }

    /// Tells it to go down.
    pub fn ask_to_stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// Waits until it is down.
    pub async fn down(self) {
        self.serving.await.expect("it ends well");
    }
}
