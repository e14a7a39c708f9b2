//! Requests for certificates.

use rcgen::{CertificateParams, CertificateSigningRequestParams, KeyPair, PublicKey};
use rustls_pki_types::CertificateSigningRequestDer;
use zeroize::{Zeroize as _, Zeroizing};

use super::AuthorityError;

/// The longest PKCS #10 request.
pub const REQUEST_BYTES_MAX: usize = 4096;

/// A fresh key and the request for its certificate. Only the key is in it: who asks is known otherwise.
pub struct Request {
    /// PKCS #10, DER.
    pub der: Vec<u8>,
    /// The private key, PEM, PKCS #8.
    pub key_pem: Zeroizing<String>,
}

impl Request {
    /// Makes both.
    ///
    /// # Errors
    /// [`AuthorityError`]: no key can be made.
    pub fn new() -> Result<Self, AuthorityError> {
        let mut key = KeyPair::generate()?;
        let key_pem = Zeroizing::new(key.serialize_pem());
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        let request = params.serialize_request(&key);
        key.zeroize();
        Ok(Self { der: request?.der().to_vec(), key_pem })
    }
}

/// The key of a request whose signature is good.
pub(super) fn key_of(request: &[u8]) -> Result<PublicKey, AuthorityError> {
    if request.len() > REQUEST_BYTES_MAX {
        return Err(AuthorityError::Request);
    }
    let request = CertificateSigningRequestDer::from(request);
    let read = CertificateSigningRequestParams::from_der(&request).map_err(|_| AuthorityError::Request)?;
    Ok(read.public_key)
}
