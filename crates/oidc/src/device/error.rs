//! Why there is no token.

use crate::OidcError;
use crate::http_client::FetchError;

/// Why there is no token. Never holds one.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// The provider's TLS cannot be set up.
    #[error(transparent)]
    Setup(#[from] OidcError),
    /// The provider cannot be reached, or answers what it must not.
    #[error("{0}")]
    Provider(String),
    /// The provider cannot do this.
    #[error("identity provider `{issuer}` offers no {lack}; have its administrator switch it on")]
    Lacks {
        /// The provider.
        issuer: String,
        /// What it does not offer.
        lack: &'static str,
    },
    /// The provider refuses.
    #[error("the identity provider refuses: {0}")]
    Refused(String),
    /// The person said no.
    #[error("the login was refused in the browser")]
    Denied,
    /// Nobody confirmed the code in time.
    #[error("the code expired before anyone confirmed it; run `lightcone login` again")]
    CodeExpired,
    /// The token is over and cannot be renewed.
    #[error("the login with `{issuer}` has expired; run `lightcone login` again")]
    LoginExpired {
        /// The provider.
        issuer: String,
    },
    /// The server would get the token without TLS.
    #[error("a token is sent over TLS or to loopback only, and `{server}` is neither; write https://")]
    Plain {
        /// The server.
        server: String,
    },
    /// The login is for another server.
    #[error("the login is for `{own}` and not for `{server}`; run `lightcone login` for this one")]
    OtherServer {
        /// The server.
        server: String,
        /// The login's server.
        own: String,
    },
    /// The file of the token cannot be used.
    #[error("cannot use `{path}`: {cause}")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it, and what to do.
        cause: String,
    },
    /// There is no folder for the file.
    #[error(
        "neither XDG_CONFIG_HOME nor HOME is set, so there is no place to keep a token; set one, or name a file"
    )]
    NoHome,
}

impl From<FetchError> for DeviceError {
    fn from(error: FetchError) -> Self {
        Self::Provider(error.to_string())
    }
}
