//! How a program of this house reaches the service. The one place where channels are described, so that transport
//! security has one place to come to.

use std::fmt;
use std::time::Duration;

use tonic::transport::Endpoint;

/// The longest to wait for a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a connection that says nothing is asked whether it lives.
pub const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(20);
/// How long the answer to that may take.
pub const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// An address that no service can be reached by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidUrl {
    /// The address, cut short.
    pub url: String,
    /// What to do about it.
    pub remedy: &'static str,
}

impl fmt::Display for InvalidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no address of a service: {}", self.url, self.remedy)
    }
}

impl std::error::Error for InvalidUrl {}

/// Describes a channel to a service such as `http://127.0.0.1:7443`; the scheme may be left out.
///
/// # Errors
/// [`InvalidUrl`] when it is not an address, or asks for a transport that is not built: to take a plain connection
/// for another would be a lie about who listens.
pub fn endpoint(url: &str) -> Result<Endpoint, InvalidUrl> {
    let refused = |remedy| InvalidUrl { url: url.chars().take(200).collect(), remedy };
    let address = match url.split_once("://") {
        None => format!("http://{url}"),
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") => url.to_owned(),
        Some(_) => {
            return Err(refused(
                "only http is supported, TLS is not built yet; use http on loopback or through a tunnel",
            ));
        }
    };
    let endpoint = Endpoint::from_shared(address)
        .map_err(|_| refused("write scheme, host and port, such as http://127.0.0.1:7443"))?;
    Ok(endpoint
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(KEEPALIVE_INTERVAL)
        .keep_alive_timeout(KEEPALIVE_TIMEOUT)
        .keep_alive_while_idle(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_are_taken_and_others_named() {
        for url in ["http://127.0.0.1:7443", "127.0.0.1:7443", "HTTP://[::1]:1"] {
            assert!(endpoint(url).is_ok(), "{url}");
        }
        for (url, needle) in [("https://a:1", "TLS"), ("grpc://a:1", "TLS"), ("http://a b", "write scheme")] {
            let told = endpoint(url).unwrap_err().to_string();
            assert!(told.contains(needle) && told.contains(url), "{told}");
        }
    }
}
