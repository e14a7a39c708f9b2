//! What stands in certificates, for people.

use std::net::IpAddr;
use std::path::Path;
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

use super::{AuthorityError, malformed, sign};
use crate::files;

/// What stands in a certificate. Nothing of it is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its URIs: one SPIFFE ID, if it is anybody's.
    pub uris: Vec<String>,
    /// Names and addresses that a server is called by.
    pub names: Vec<String>,
    /// Whether it signs others.
    pub is_authority: bool,
    /// Who signed it, as that one calls itself.
    pub issuer: String,
    /// From when it holds.
    pub not_before: SystemTime,
    /// Until when.
    pub not_after: SystemTime,
    /// SHA-256 of the certificate.
    pub thumbprint: [u8; 32],
}

/// Reads the certificates of a PEM file.
///
/// # Errors
/// [`AuthorityError`]: it cannot be read, or holds no certificates.
pub fn show(path: &Path) -> Result<Vec<Sheet>, AuthorityError> {
    let chain = files::bundle(path)?;
    chain.iter().map(|der| sheet(der).ok_or_else(|| malformed(path, "no X.509 certificate"))).collect()
}

fn sheet(der: &[u8]) -> Option<Sheet> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let validity = certificate.validity();
    let mut sheet = Sheet {
        uris: Vec::new(),
        names: Vec::new(),
        is_authority: certificate.is_ca(),
        issuer: certificate.issuer().to_string(),
        not_before: sign::time(validity.not_before.timestamp()),
        not_after: sign::time(validity.not_after.timestamp()),
        thumbprint: Sha256::digest(der).into(),
    };
    let names = certificate.subject_alternative_name().ok()?;
    for name in names.iter().flat_map(|names| &names.value.general_names) {
        match name {
            GeneralName::URI(uri) => sheet.uris.push((*uri).to_owned()),
            GeneralName::DNSName(name) => sheet.names.push((*name).to_owned()),
            GeneralName::IPAddress(bytes) => sheet.names.extend(address(bytes)),
            _ => {}
        }
    }
    Some(sheet)
}

fn address(bytes: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok().map(|address| address.to_string())
}
