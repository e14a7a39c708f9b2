//! The roots to trust, and the path to one of them.

use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use tokio_rustls::rustls::crypto::WebPkiSupportedAlgorithms;
use webpki::{EndEntityCert, KeyUsage};

use crate::peer::{CERTIFICATES_MAX, PeerError};

/// The roots to trust.
#[derive(Debug)]
pub(crate) struct Bundle {
    roots: Vec<CertificateDer<'static>>,
    anchors: Vec<TrustAnchor<'static>>,
}

/// What a certificate is shown for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    Client,
    Server,
}

impl Bundle {
    /// Roots as they were read; nothing where one of them is none.
    pub(crate) fn new(roots: Vec<CertificateDer<'static>>) -> Option<Self> {
        let anchors =
            roots.iter().map(|root| webpki::anchor_from_trusted_cert(root).map(|root| root.to_owned()));
        let anchors = anchors.collect::<Result<Vec<_>, _>>().ok()?;
        (!anchors.is_empty()).then_some(Self { roots, anchors })
    }

    /// The roots.
    pub(crate) fn roots(&self) -> &[CertificateDer<'static>] {
        &self.roots
    }

    /// Whether a chain, the leaf first, leads to a root and every certificate of it holds now.
    pub(crate) fn verify<'c>(
        &self,
        chain: &'c [CertificateDer<'_>],
        role: Role,
        now: UnixTime,
        algorithms: &WebPkiSupportedAlgorithms,
    ) -> Result<EndEntityCert<'c>, PeerError> {
        let Some((leaf, above)) = chain.split_first() else { return Err(PeerError::NoCertificate) };
        if chain.len() > CERTIFICATES_MAX {
            return Err(PeerError::TooLong { found: chain.len() });
        }
        let leaf = EndEntityCert::try_from(leaf).map_err(PeerError::from)?;
        let usage = match role {
            Role::Client => KeyUsage::client_auth(),
            Role::Server => KeyUsage::server_auth(),
        };
        leaf.verify_for_usage(algorithms.all, &self.anchors, above, now, usage, None, None)?;
        Ok(leaf)
    }
}
