//! The inlet's side of TLS: whoever answers is as good as anybody.

use std::sync::Arc;

use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

use crate::CarrierError;

/// TLS 1.3 that takes any certificate, and no early data or resumption.
pub(crate) fn config(alpn: &[String]) -> Result<Arc<ClientConfig>, CarrierError> {
    let provider = Arc::new(default_provider());
    let schemes = provider.signature_verification_algorithms.supported_schemes();
    let made =
        ClientConfig::builder_with_provider(provider).with_protocol_versions(&[&TLS13]).map(|builder| {
            let any = Arc::new(AnyCertificate { schemes });
            builder.dangerous().with_custom_certificate_verifier(any).with_no_client_auth()
        });
    let mut config = made.map_err(CarrierError::Config)?;
    config.alpn_protocols = alpn.iter().map(|name| name.clone().into_bytes()).collect();
    Ok(Arc::new(config))
}

/// Says yes. Sound because nothing rests on this TLS: what is inside are the datagrams that otherwise go over UDP in the
/// open, where the Noise handshake proves both ends and every packet carries its tag. Halls with proxied egress often
/// break TLS open with an authority of their own; to insist on a certificate would lock them out and protect nobody.
#[derive(Debug)]
struct AnyCertificate {
    schemes: Vec<SignatureScheme>,
}

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("only TLS 1.3 is spoken".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}
