//! How a program of this house reaches the service. The one place where channels are described.

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::codegen::http::Uri;
use tonic::transport::{Channel, Endpoint};
use tower::Service;

use crate::error::innermost;
use crate::{Credentials, Identity, PeerError, Roots};

/// The longest to wait for a connection, TLS included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a connection that says nothing is asked whether it lives.
pub const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(20);
/// How long the answer to that may take.
pub const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// The port of `https` where none is named.
const HTTPS_PORT: u16 = 443;

/// An address that no service can be reached by.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{url}` is no address of a service: {remedy}")]
pub struct InvalidUrl {
    /// The address, cut short.
    pub url: String,
    /// What to do about it.
    pub remedy: &'static str,
}

/// Why no channel can be described.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DialError {
    /// The address is none.
    #[error(transparent)]
    Url(#[from] InvalidUrl),
    /// TLS, and nobody to trust.
    #[error(
        "`{url}` asks for TLS and nobody is trusted: name the roots in trust_bundle, or the Workload API's socket"
    )]
    NoTrust {
        /// The address.
        url: String,
    },
    /// Nobody answers there, or not whom was asked for.
    #[error("cannot reach `{url}`: {cause}")]
    Connect {
        /// The address.
        url: String,
        /// Why.
        cause: String,
    },
}

/// Describes a channel to a service such as `https://lightcone.example.org:7443`; without a scheme it is `http`.
///
/// # Errors
/// [`InvalidUrl`] when it is not an address.
pub fn endpoint(url: &str) -> Result<Endpoint, InvalidUrl> {
    let refused = |remedy| InvalidUrl { url: url.chars().take(200).collect(), remedy };
    let address = match url.split_once("://") {
        None => format!("http://{url}"),
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") => {
            url.to_owned()
        }
        Some(_) => return Err(refused("write https://host:port, or http://host:port on loopback")),
    };
    let endpoint = Endpoint::from_shared(address)
        .map_err(|_| refused("write scheme, host and port, such as https://lightcone.example.org:7443"))?;
    if host(endpoint.uri()).is_empty() {
        return Err(refused("write scheme, host and port, such as https://lightcone.example.org:7443"));
    }
    Ok(endpoint
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(KEEPALIVE_INTERVAL)
        .keep_alive_timeout(KEEPALIVE_TIMEOUT)
        .keep_alive_while_idle(true))
}

/// A channel that connects when it is used first, as who this program is.
///
/// # Errors
/// [`DialError`]: the address is none, or asks for TLS and there is no identity.
pub fn channel(url: &str, identity: Option<&Identity>) -> Result<Channel, DialError> {
    lazily(url, &identity.cloned().map_or(Credentials::Nothing, Credentials::Identity))
}

/// A channel that connects when it is used first, as nobody, to a server that the roots vouch for.
///
/// # Errors
/// [`InvalidUrl`] when it is not an address.
pub fn channel_as_nobody(url: &str, roots: &Roots) -> Result<Channel, DialError> {
    lazily(url, &Credentials::Trust(roots.clone()))
}

fn lazily(url: &str, credentials: &Credentials) -> Result<Channel, DialError> {
    Ok(match way(url, credentials)? {
        (endpoint, None) => endpoint.connect_lazy(),
        (endpoint, Some(tls)) => endpoint.connect_with_connector_lazy(tls),
    })
}

/// A channel that is connected, with what a person's program has.
///
/// # Errors
/// [`DialError`]: the address is none, asks for TLS and nobody is trusted, or nobody answers there.
pub async fn connect(url: &str, credentials: &Credentials) -> Result<Channel, DialError> {
    let (endpoint, tls) = way(url, credentials)?;
    let connected = match tls {
        None => endpoint.connect().await,
        Some(tls) => endpoint.connect_with_connector(tls).await,
    };
    connected.map_err(|error| DialError::Connect { url: short(url), cause: innermost(&error) })
}

/// Whether an address asks for TLS.
pub fn asks_for_tls(url: &str) -> bool {
    endpoint(url).is_ok_and(|endpoint| is_tls(endpoint.uri()))
}

/// Whether everyone on the way could read and change what goes to this address: it is not TLS, and not on this machine.
pub fn is_exposed(url: &str) -> bool {
    endpoint(url).is_ok_and(|endpoint| !is_tls(endpoint.uri()) && !is_loopback(host(endpoint.uri())))
}

/// The way to an address, with TLS where it asks for that.
fn way(url: &str, credentials: &Credentials) -> Result<(Endpoint, Option<Tls>), DialError> {
    let endpoint = endpoint(url)?;
    if !is_tls(endpoint.uri()) {
        if is_exposed(url) {
            tracing::warn!(
                url,
                "no TLS and not on this machine: everyone on the way can read and change it; use https"
            );
        }
        return Ok((endpoint, None));
    }
    let config = credentials.client_config().ok_or_else(|| DialError::NoTrust { url: short(url) })?;
    Ok((endpoint, Some(Tls { connector: TlsConnector::from(config), _credentials: credentials.clone() })))
}

fn short(url: &str) -> String {
    url.chars().take(200).collect()
}

fn is_tls(uri: &Uri) -> bool {
    uri.scheme_str().is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
}

/// The host without the brackets of an IPv6 address.
fn host(uri: &Uri) -> &str {
    let host = uri.host().unwrap_or_default();
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// TCP, then TLS.
#[derive(Clone)]
struct Tls {
    connector: TlsConnector,
    /// Kept fresh for as long as the channel is there, whoever else lets go of it.
    _credentials: Credentials,
}

impl Service<Uri> for Tls {
    type Response = TokioIo<TlsStream<TcpStream>>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connector = self.connector.clone();
        Box::pin(async move {
            let host = host(&uri);
            let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
            let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(HTTPS_PORT))).await?;
            stream.set_nodelay(true)?;
            let told = |error: io::Error| PeerError::of(&error).map_or(error, io::Error::other);
            Ok(TokioIo::new(connector.connect(name, stream).await.map_err(told)?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_and_others_named() {
        for url in ["http://127.0.0.1:7443", "127.0.0.1:7443", "HTTP://[::1]:1", "https://a:1", "HTTPS://a"] {
            assert!(endpoint(url).is_ok(), "{url}");
        }
        for (url, needle) in
            [("grpc://a:1", "write https"), ("http://a b", "write scheme"), ("https://", "write")]
        {
            let told = endpoint(url).unwrap_err().to_string();
            assert!(told.contains(needle) && told.contains(url), "{told}");
        }
    }

    #[test]
    fn plain_addresses_elsewhere_are_exposed() {
        for url in ["http://192.0.2.1:1", "example.org:1", "http://[2001:db8::1]:1"] {
            assert!(is_exposed(url), "{url}");
        }
        for url in ["https://example.org", "http://127.0.0.9:1", "localhost:1", "http://[::1]:1"] {
            assert!(!is_exposed(url), "{url}");
        }
    }

    #[tokio::test]
    async fn tls_without_anybody_to_trust_is_refused() {
        assert!(matches!(channel("https://a:1", None), Err(DialError::NoTrust { .. })));
        assert!(channel("http://127.0.0.1:1", None).is_ok());
    }
}
