//! What a provider says of itself, at an address that its name gives.

use serde::Deserialize;
use url::Url;

use crate::http_client::{FetchError, HttpClient, is_safe};

const PATH: &str = "/.well-known/openid-configuration";

/// What a provider says of itself, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Metadata {
    issuer: String,
    /// Where its keys are.
    pub(crate) jwks_uri: Url,
    /// Where a device asks for a code.
    #[cfg(feature = "device")]
    pub(crate) device_authorization_endpoint: Option<Url>,
    /// Where tokens are given.
    #[cfg(feature = "device")]
    pub(crate) token_endpoint: Option<Url>,
    /// Where tokens are given back.
    #[cfg(feature = "device")]
    pub(crate) revocation_endpoint: Option<Url>,
}

/// Asks a provider what it says of itself.
pub(crate) async fn discover(client: &HttpClient, issuer: &str) -> Result<Metadata, FetchError> {
    let refused = |cause: String| FetchError::Content(format!("{issuer}{PATH}"), cause);
    let url = format!("{}{PATH}", issuer.strip_suffix('/').unwrap_or(issuer));
    let url = Url::parse(&url).map_err(|error| refused(error.to_string()))?;
    let text = client.get(&url).await?;
    let metadata: Metadata = serde_json::from_slice(&text).map_err(|error| refused(error.to_string()))?;
    // Else a provider could speak in another's name.
    if metadata.issuer != issuer {
        return Err(refused(format!("it calls itself `{}`", metadata.issuer)));
    }
    if !is_safe(&metadata.jwks_uri) {
        return Err(FetchError::Unsafe(metadata.jwks_uri.to_string()));
    }
    Ok(metadata)
}
