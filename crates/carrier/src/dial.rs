//! The way from an agent to landmarks: TCP, perhaps through a proxy, then TLS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::any_certificate::config;
use crate::{CarrierError, Proxy};

/// How long a connection may take to come about: TCP, the proxy's answer and TLS.
pub const DIAL_MAX: Duration = Duration::from_secs(10);
/// Bytes that the other end has not acknowledged for so long end a connection.
const UNACKNOWLEDGED_MAX: Duration = Duration::from_secs(10);

/// How landmarks are reached from here.
#[derive(Clone, Debug)]
pub struct Way {
    proxy: Option<Proxy>,
    name: Option<ServerName<'static>>,
    config: Arc<ClientConfig>,
}

impl Way {
    /// A way. `server_name` is announced in TLS (SNI, RFC 6066, section 3) where a proxy wants one; `alpn` is what is
    /// offered (RFC 7301). None of either is what lets a connection look least like something that it is not.
    ///
    /// # Errors
    /// [`CarrierError::ServerName`]: it is no host name.
    pub fn new(
        proxy: Option<Proxy>,
        server_name: Option<&str>,
        alpn: &[String],
    ) -> Result<Self, CarrierError> {
        let name = server_name.map(|name| {
            ServerName::try_from(name.to_owned()).map_err(|_| CarrierError::ServerName(name.to_owned()))
        });
        Ok(Self { proxy, name: name.transpose()?, config: config(alpn)? })
    }

    /// Connects to the outlet of a landmark, or says why not within [`DIAL_MAX`].
    pub(crate) async fn dial(&self, landmark: SocketAddr) -> Result<TlsStream<TcpStream>, CarrierError> {
        let late = |_| CarrierError::Slow { landmark, limit: DIAL_MAX };
        timeout(DIAL_MAX, self.reach(landmark)).await.map_err(late)?
    }

    async fn reach(&self, landmark: SocketAddr) -> Result<TlsStream<TcpStream>, CarrierError> {
        let direct = async {
            let failed = |source| CarrierError::Connect { to: landmark.to_string(), source };
            TcpStream::connect(landmark).await.map_err(failed)
        };
        let stream = match &self.proxy {
            Some(proxy) => proxy.connect(landmark).await?,
            None => direct.await?,
        };
        prompt(&stream);
        let name = self.name.clone().unwrap_or_else(|| ServerName::from(landmark.ip()));
        let connector = TlsConnector::from(Arc::clone(&self.config));
        connector.connect(name, stream).await.map_err(|source| CarrierError::Tls { landmark, source })
    }
}

/// Each datagram goes at once, and a dead connection is noticed. A system that knows no such option is slower, not
/// wrong.
pub(crate) fn prompt(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    let socket = SockRef::from(stream);
    let _ = socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(UNACKNOWLEDGED_MAX));
    #[cfg(target_os = "linux")]
    let _ = socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED_MAX));
}
