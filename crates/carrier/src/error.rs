//! Why a bridge does not open.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio_rustls::rustls;

/// Why a bridge does not open.
#[derive(Debug, thiserror::Error)]
pub enum CarrierError {
    /// A local address that cannot be had.
    #[error("cannot bind {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// A certificate or key file that is none.
    #[error("cannot use {}: {cause}", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// TLS cannot be set up: a key of another certificate, or an algorithm that is not known.
    #[error("cannot set up TLS: {0}")]
    Config(rustls::Error),
    /// A name that TLS cannot announce.
    #[error("`{0}` is no name to announce in TLS; give a host name, or none")]
    ServerName(String),
    /// A proxy's URL that is none. The text is not repeated: it may hold a password.
    #[error(
        "the proxy's URL cannot be used: {why}; write http://host:port or http://user:password@host:port"
    )]
    ProxyUrl {
        /// What is wrong with it.
        why: &'static str,
    },
    /// Credentials that are none. They are not repeated.
    #[error("the proxy's credentials cannot be used: {why}")]
    Credentials {
        /// What is wrong with them.
        why: String,
    },
    /// A landmark that has no address.
    #[error("the landmark has no address; a plan names at least one")]
    NoAddress,
    /// Nobody there, or the connection broke before it was of use.
    #[error("cannot connect to {to}: {source}")]
    Connect {
        /// Whom: landmark or proxy.
        to: String,
        /// What the system says.
        source: io::Error,
    },
    /// The proxy answered, and it was no.
    #[error("the proxy {proxy} answered {status} `{reason}`: {}", remedy(*status))]
    ProxyRefused {
        /// Host and port.
        proxy: String,
        /// Its status code (RFC 9110, section 15).
        status: u16,
        /// What it adds.
        reason: String,
    },
    /// The proxy answered something that is no answer.
    #[error("the answer of the proxy {proxy} {how}; is it an HTTP proxy?")]
    ProxyOdd {
        /// Host and port.
        proxy: String,
        /// What is odd.
        how: &'static str,
    },
    /// Connected, but whoever is there speaks no TLS 1.3.
    #[error("no TLS 1.3 with {landmark}: {source}")]
    Tls {
        /// The landmark.
        landmark: SocketAddr,
        /// What went wrong.
        source: io::Error,
    },
    /// Not there in time.
    #[error("no connection to {landmark} within {} s", limit.as_secs())]
    Slow {
        /// The landmark.
        landmark: SocketAddr,
        /// How long it may take.
        limit: Duration,
    },
}

fn remedy(status: u16) -> &'static str {
    match status {
        407 => "give a user and password that it takes, for Basic, in the proxy's URL",
        403 | 405 => "have it allow CONNECT to the landmark's address and port",
        500..600 => "it cannot reach the landmark, or not now",
        _ => "see what it logged",
    }
}
