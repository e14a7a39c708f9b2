//! TLS of a client.

use std::fmt;
use std::sync::Arc;

use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::client::{ResolvesClientCert, Resumption};
use tokio_rustls::rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, PeerIncompatible, SignatureScheme};

use crate::SpiffeId;
use crate::bundle::{Bundle, Role};
use crate::identity::Held;
use crate::peer::{PeerError, peer};
use crate::provider::{ALPN, algorithms, provider};

/// TLS 1.3 that shows the newest certificate, and takes a server that the newest bundle vouches for.
pub(crate) fn config(held: Arc<Held>, server_id: Option<SpiffeId>) -> Result<Arc<ClientConfig>, Error> {
    let own = Arc::new(Own(Arc::clone(&held)));
    let verifier = Arc::new(Verifier { trust: Trust::Newest(held), server_id, algorithms: algorithms() });
    let config =
        builder()?.dangerous().with_custom_certificate_verifier(verifier).with_client_cert_resolver(own);
    Ok(finished(config))
}

/// TLS 1.3 that shows nothing.
pub(crate) fn config_without_identity(
    bundle: Bundle,
    server_id: Option<SpiffeId>,
) -> Result<Arc<ClientConfig>, Error> {
    let verifier = Arc::new(Verifier { trust: Trust::Fixed(bundle), server_id, algorithms: algorithms() });
    Ok(finished(builder()?.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()))
}

type Builder = tokio_rustls::rustls::ConfigBuilder<ClientConfig, tokio_rustls::rustls::WantsVerifier>;

fn builder() -> Result<Builder, Error> {
    ClientConfig::builder_with_provider(provider()).with_protocol_versions(&[&TLS13])
}

fn finished(mut config: ClientConfig) -> Arc<ClientConfig> {
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.resumption = Resumption::disabled();
    Arc::new(config)
}

/// Shows the newest certificate.
struct Own(Arc<Held>);

impl ResolvesClientCert for Own {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.newest().svid.certified))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// Whom to trust.
enum Trust {
    Newest(Arc<Held>),
    Fixed(Bundle),
}

/// Takes a server by its SPIFFE ID where one is asked for, and by the name in the address otherwise.
struct Verifier {
    trust: Trust,
    server_id: Option<SpiffeId>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    fn verify(
        &self,
        chain: &[CertificateDer<'_>],
        bundle: &Bundle,
        trust_domain: Option<&str>,
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let Some(wanted) = &self.server_id else {
            let leaf = bundle.verify(chain, Role::Server, now, &self.algorithms)?;
            return leaf
                .verify_is_valid_for_subject_name(name)
                .map_err(|_| PeerError::OtherName { wanted: name.to_str().into_owned() }.into());
        };
        // Roots vouch for one trust domain: that of one's own certificate, where there is one.
        let trust_domain = trust_domain.unwrap_or(wanted.trust_domain());
        let found = peer(chain, bundle, trust_domain, Role::Server, now, &self.algorithms)?.spiffe_id;
        if found != *wanted {
            let other = PeerError::OtherServer { found: found.to_string(), wanted: wanted.to_string() };
            return Err(other.into());
        }
        Ok(())
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain: Vec<_> = std::iter::once(leaf).chain(above).cloned().collect();
        match &self.trust {
            Trust::Newest(held) => {
                let newest = held.newest();
                let trust_domain = newest.svid.spiffe_id.trust_domain();
                self.verify(&chain, &newest.bundle, Some(trust_domain), name, now)?;
            }
            Trust::Fixed(bundle) => self.verify(&chain, bundle, None, name, now)?,
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(PeerIncompatible::ServerDoesNotSupportTls12Or13.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

impl fmt::Debug for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Own")
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("server_id", &self.server_id).finish_non_exhaustive()
    }
}
