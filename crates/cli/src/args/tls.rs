//! Whom to trust and whom to be on the way to a server.

use std::path::PathBuf;

use clap::Args;
use lightcone_identity::TlsSettings;

/// TLS with a server. `https` needs whom to trust, and a certificate for who says with one who calls.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "TLS")]
pub(crate) struct TlsArgs {
    /// Certificate of who calls, and those above it but the root, PEM
    #[arg(long, value_name = "FILE", env = "LIGHTCONE_TLS_CERTIFICATE")]
    pub(crate) certificate: Option<PathBuf>,
    /// Its private key, PEM, which only you may read
    #[arg(long, value_name = "FILE", env = "LIGHTCONE_TLS_PRIVATE_KEY")]
    pub(crate) private_key: Option<PathBuf>,
    /// The roots to trust, PEM
    #[arg(long, value_name = "FILE", env = "LIGHTCONE_TLS_TRUST_BUNDLE")]
    pub(crate) trust_bundle: Option<PathBuf>,
    /// Socket of the SPIFFE Workload API, in place of the files, such as unix:///run/spire/agent.sock
    #[arg(long, value_name = "SOCKET", env = "LIGHTCONE_TLS_WORKLOAD_API")]
    pub(crate) workload_api: Option<String>,
    /// The SPIFFE ID that the server must have; else its certificate must have the name in the address
    #[arg(long, value_name = "ID", env = "LIGHTCONE_TLS_SERVER_ID")]
    pub(crate) server_id: Option<String>,
}

impl TlsArgs {
    /// The same as settings.
    pub(crate) fn settings(&self) -> TlsSettings {
        let mut settings = TlsSettings::default();
        self.over(&mut settings);
        settings
    }

    /// Puts what is said here in the place of what was there.
    pub(crate) fn over(&self, settings: &mut TlsSettings) {
        let Self { certificate, private_key, trust_bundle, workload_api, server_id } = self;
        let set = |place: &mut PathBuf, value: &Option<PathBuf>| {
            if let Some(value) = value {
                place.clone_from(value);
            }
        };
        set(&mut settings.certificate, certificate);
        set(&mut settings.private_key, private_key);
        set(&mut settings.trust_bundle, trust_bundle);
        if let Some(value) = workload_api {
            settings.workload_api.clone_from(value);
        }
        if let Some(value) = server_id {
            settings.server_id.clone_from(value);
        }
    }
}
