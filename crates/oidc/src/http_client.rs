//! Asking a provider: over TLS, never elsewhere, never for long, never for much.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use tracing::warn;
use url::{Host, Url};

use crate::OidcError;

/// The longest that one answer may take, in whole.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// The largest answer, in bytes.
const ANSWER_BYTES_MAX: usize = 256 << 10;
/// The most that an answer's head may have, in bytes.
const HEAD_BYTES_MAX: usize = 64 << 10;

/// Why a provider's answer could not be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("`{0}` is neither https nor http to loopback")]
    Unsafe(String),
    #[error("no answer from `{0}` within {seconds} s", seconds = ANSWER_TIME_MAX.as_secs())]
    Slow(String),
    #[error("cannot reach `{0}`: {1}")]
    Away(String, String),
    #[error("the answer of `{0}` cannot be read, or is more than {ANSWER_BYTES_MAX} bytes")]
    Body(String),
    #[error("`{0}` answered {1}; redirects are not followed")]
    Status(String, StatusCode),
    #[error("the answer of `{0}` is not what the standard says: {1}")]
    Content(String, String),
}

/// Asks a provider.
#[derive(Clone, Debug)]
pub(crate) struct HttpClient {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// Whether a URL may be asked, or trusted as an issuer: https, or http to this very machine, and no password in it.
pub(crate) fn is_safe(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => return false,
    };
    let is_bare = url.username().is_empty() && url.password().is_none();
    is_bare && (url.scheme() == "https" || (url.scheme() == "http" && is_loopback))
}

impl HttpClient {
    /// A client that trusts the authorities of a file, or with an empty path those of this machine.
    pub(crate) fn new(authorities: &Path) -> Result<Self, OidcError> {
        let roots = roots(authorities)?;
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&TLS13])
            .map_err(|error| OidcError::Tls(error.to_string()))?;
        let tls = builder.with_root_certificates(roots).with_no_client_auth();
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().build();
        // Asked every few minutes: a connection kept would only be found dead.
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .http1_max_buf_size(HEAD_BYTES_MAX)
            .build(connector);
        Ok(Self { client })
    }

    /// Fetches a document.
    pub(crate) async fn get(&self, url: &Url) -> Result<Vec<u8>, FetchError> {
        let request = Request::builder()
            .method(Method::GET)
            .uri(url.as_str())
            .header(header::ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|error| FetchError::Away(url.to_string(), error.to_string()))?;
        let answer = self.send(request).await?;
        match answer.status() {
            StatusCode::OK => Ok(answer.into_body()),
            status => Err(FetchError::Status(url.to_string(), status)),
        }
    }

    /// Sends a request; the answer is whole, whatever its status.
    pub(crate) async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, FetchError> {
        let named = request.uri().to_string();
        if !Url::parse(&named).is_ok_and(|url| is_safe(&url)) {
            return Err(FetchError::Unsafe(named));
        }
        let answer = self.whole(request.map(|body| Full::new(Bytes::from(body))), &named);
        tokio::time::timeout(ANSWER_TIME_MAX, answer).await.map_err(|_| FetchError::Slow(named.clone()))?
    }

    async fn whole(
        &self,
        request: Request<Full<Bytes>>,
        named: &str,
    ) -> Result<Response<Vec<u8>>, FetchError> {
        let answer = self.client.request(request).await.map_err(|error| {
            let cause =
                std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            FetchError::Away(named.to_owned(), cause)
        })?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(|_| FetchError::Body(named.to_owned()))?.to_bytes().to_vec();
        Ok(Response::from_parts(head, body))
    }
}

fn roots(authorities: &Path) -> Result<RootCertStore, OidcError> {
    if authorities.as_os_str().is_empty() {
        return Ok(roots_of_machine());
    }
    let refused = |cause: String| OidcError::Authorities { path: authorities.display().to_string(), cause };
    let mut roots = RootCertStore::empty();
    for certificate in
        CertificateDer::pem_file_iter(authorities).map_err(|error| refused(error.to_string()))?
    {
        let certificate = certificate.map_err(|error| refused(error.to_string()))?;
        roots.add(certificate).map_err(|error| refused(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(refused("it holds no certificate".to_owned()));
    }
    Ok(roots)
}

/// Perhaps none: a provider on loopback needs none.
fn roots_of_machine() -> RootCertStore {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let cause = found.errors.first().map_or_else(|| "none found".to_owned(), ToString::to_string);
        warn!(
            "this machine has no authorities for TLS; install ca-certificates, or name a file with `ca`: {cause}"
        );
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tls_or_loopback_is_asked() {
        let safe = |url: &str| is_safe(&Url::parse(url).unwrap());
        assert!(safe("https://id.example.org/realms/x"));
        assert!(safe("http://127.0.0.1:8080") && safe("http://[::1]:8080") && safe("http://localhost:1"));
        assert!(!safe("http://id.example.org") && !safe("http://localhost.example.org"));
        assert!(!safe("http://10.0.0.1") && !safe("ftp://127.0.0.1") && !safe("file:///etc/passwd"));
        assert!(!safe("https://user:secret@id.example.org"));
    }

    #[test]
    fn authorities_that_are_none_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        assert!(HttpClient::new(&path).unwrap_err().to_string().contains("ca.pem"));
        std::fs::write(&path, "no certificate").unwrap();
        assert!(HttpClient::new(&path).unwrap_err().to_string().contains("holds no certificate"));
    }
}
