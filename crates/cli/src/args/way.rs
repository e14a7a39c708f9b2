//! How a server is reached and as whom, and how a person logs in.

use std::path::PathBuf;

use clap::Args;

use super::tls::TlsArgs;

/// How a server is called, and as whom.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct WayArgs {
    #[command(flatten)]
    pub(crate) tls: TlsArgs,
    /// Send the token in this file, which only you may read; else that of `lightcone login`, if any
    #[arg(long, value_name = "FILE", env = "LIGHTCONE_TOKEN_FILE", help_heading = "Server")]
    pub(crate) token_file: Option<PathBuf>,
}

/// Arguments of `login`.
#[derive(Debug, Args)]
pub(crate) struct LoginArgs {
    /// The identity provider, as its tokens write it
    #[arg(long, value_name = "URL", env = "LIGHTCONE_ISSUER")]
    pub(crate) issuer: String,
    /// The name that the provider knows this program by
    #[arg(long, value_name = "ID", env = "LIGHTCONE_CLIENT_ID")]
    pub(crate) client_id: String,
    /// What the token is to be good for, words parted by spaces; offline_access renews it for longer
    #[arg(long, value_name = "WORDS", default_value = "openid")]
    pub(crate) scope: String,
    /// The service that the token is for, where the provider asks for a resource (RFC 8707)
    #[arg(long, value_name = "URL")]
    pub(crate) resource: Option<String>,
    /// The service that the token is for, where the provider asks for an audience
    #[arg(long, value_name = "NAME")]
    pub(crate) audience: Option<String>,
    /// The only server that the token is sent to; else any that is called
    #[arg(long, value_name = "URL", env = "LIGHTCONE_SERVER")]
    pub(crate) server: Option<String>,
    /// Authorities that vouch for the provider's TLS, PEM; else those of this machine
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
}
