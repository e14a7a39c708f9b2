//! What a certificate says of itself, as far as the rules of X.509-SVIDs ask.

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

use crate::{PeerError, SpiffeId};

/// A leaf by the rules of X.509-SVIDs (X509-SVID, section 5), its issuer apart.
pub(crate) struct Facts {
    pub(crate) spiffe_id: SpiffeId,
    /// Seconds since 1970.
    pub(crate) not_before: i64,
    pub(crate) not_after: i64,
}

/// Reads a leaf.
pub(crate) fn facts(der: &[u8]) -> Result<Facts, PeerError> {
    let (rest, certificate) = X509Certificate::from_der(der).map_err(|_| PeerError::Malformed)?;
    if !rest.is_empty() {
        return Err(PeerError::Malformed);
    }
    is_leaf(&certificate)?;
    let spiffe_id = spiffe_id(&certificate)?;
    let validity = certificate.validity();
    Ok(Facts {
        spiffe_id,
        not_before: validity.not_before.timestamp(),
        not_after: validity.not_after.timestamp(),
    })
}

/// A leaf signs no certificates.
fn is_leaf(certificate: &X509Certificate<'_>) -> Result<(), PeerError> {
    let constraints = certificate.basic_constraints().map_err(|_| PeerError::Malformed)?;
    if constraints.is_some_and(|constraints| constraints.value.ca) {
        return Err(PeerError::Authority);
    }
    let usage = certificate.key_usage().map_err(|_| PeerError::Malformed)?;
    if usage.is_some_and(|usage| usage.value.key_cert_sign() || usage.value.crl_sign()) {
        return Err(PeerError::Authority);
    }
    Ok(())
}

/// The one URI among its names.
fn spiffe_id(certificate: &X509Certificate<'_>) -> Result<SpiffeId, PeerError> {
    let names = certificate.subject_alternative_name().map_err(|_| PeerError::Malformed)?;
    let mut found = None;
    for name in names.iter().flat_map(|names| &names.value.general_names) {
        match name {
            GeneralName::URI(uri) if found.is_none() => found = Some(*uri),
            GeneralName::URI(_) => return Err(PeerError::SeveralNames),
            GeneralName::Invalid(..) => return Err(PeerError::Malformed),
            _ => {}
        }
    }
    let id = SpiffeId::parse(found.ok_or(PeerError::NoName)?).map_err(|_| PeerError::NoName)?;
    if id.path().is_empty() { Err(PeerError::NoName) } else { Ok(id) }
}
