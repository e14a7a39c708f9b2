//! The outlet's side of TLS: a certificate of its own making, or one from files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::rustls::{Error, ServerConfig};

use crate::CarrierError;

/// The name in a certificate of our own making. Nobody checks it.
const NAME: &str = "landmark.invalid";

/// What an outlet shows. Our own inlets take any; a proxy on the way may not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Certificate {
    /// A self-signed one, made when the outlet is opened and never stored.
    #[default]
    Fresh,
    /// PEM files, as certification authorities give them.
    Files {
        /// The certificate and those that lead to its authority.
        chain: PathBuf,
        /// Its private key: PKCS #8, PKCS #1 or SEC 1.
        key: PathBuf,
    },
}

type Shown = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl Certificate {
    /// TLS 1.3 without tickets: a connection lives as long as it is needed, and none is resumed.
    pub(crate) fn config(&self, alpn: &[String]) -> Result<Arc<ServerConfig>, CarrierError> {
        let (chain, key) = match self {
            Self::Fresh => fresh()?,
            Self::Files { chain, key } => read(chain, key)?,
        };
        let made = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[&TLS13])
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key));
        let mut config = made.map_err(CarrierError::Config)?;
        config.alpn_protocols = alpn.iter().map(|name| name.clone().into_bytes()).collect();
        config.send_tls13_tickets = 0;
        Ok(Arc::new(config))
    }
}

fn fresh() -> Result<Shown, CarrierError> {
    let failed = |cause: String| CarrierError::Config(Error::General(cause));
    let made =
        rcgen::generate_simple_self_signed([NAME.to_owned()]).map_err(|error| failed(error.to_string()))?;
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der());
    Ok((vec![made.cert.der().clone()], key.map_err(|error| failed(error.to_owned()))?))
}

fn read(chain: &Path, key: &Path) -> Result<Shown, CarrierError> {
    let failed = |path: &Path, cause: String| CarrierError::Pem { path: path.to_owned(), cause };
    let certificates = CertificateDer::pem_file_iter(chain).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let certificates = certificates.map_err(|error| failed(chain, error.to_string()))?;
    if certificates.is_empty() {
        return Err(failed(chain, "it holds no certificate".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| failed(key, error.to_string()))?;
    Ok((certificates, key))
}

#[cfg(test)]
mod tests {
    use std::fs::write;

    use super::*;

    #[test]
    fn files_are_read_and_what_is_wrong_with_them_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let [chain, key] = ["chain.pem", "key.pem"].map(|name| folder.path().join(name));
        let files = Certificate::Files { chain: chain.clone(), key: key.clone() };
        let told = |certificate: &Certificate| certificate.config(&[]).unwrap_err().to_string();
        assert!(told(&files).contains("chain.pem"), "{}", told(&files));
        write(&chain, "").unwrap();
        assert!(told(&files).contains("no certificate"), "{}", told(&files));
        let made = rcgen::generate_simple_self_signed([NAME.to_owned()]).unwrap();
        write(&chain, pem("CERTIFICATE", made.cert.der())).unwrap();
        write(&key, "nothing").unwrap();
        assert!(told(&files).contains("key.pem"), "{}", told(&files));
        write(&key, pem("PRIVATE KEY", &made.signing_key.serialize_der())).unwrap();
        assert_eq!(files.config(&["h2".to_owned()]).unwrap().alpn_protocols, [b"h2"]);
        let other = rcgen::generate_simple_self_signed([NAME.to_owned()]).unwrap();
        write(&key, pem("PRIVATE KEY", &other.signing_key.serialize_der())).unwrap();
        assert!(files.config(&[]).is_err(), "the key of another certificate");
    }

    fn pem(label: &str, der: &[u8]) -> String {
        use base64::Engine as _;
        let body = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }
}
