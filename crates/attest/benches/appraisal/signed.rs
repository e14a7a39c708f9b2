//! Single signatures, taken out of what they are in.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA384_FIXED,
    ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, UnparsedPublicKey, VerificationAlgorithm,
};
use der::{Decode as _, Reader as _, SliceReader};
use x509_cert::Certificate;

/// The ways in which the samples are signed.
static WAYS: [&dyn VerificationAlgorithm; 7] = [
    &ECDSA_P256_SHA256_ASN1,
    &ECDSA_P256_SHA256_FIXED,
    &ECDSA_P384_SHA384_ASN1,
    &ECDSA_P384_SHA384_FIXED,
    &ED25519,
    &RSA_PKCS1_2048_8192_SHA256,
    &RSA_PSS_2048_8192_SHA384,
];

/// A signature with what it is over and whose it is.
pub(crate) struct Signed {
    way: &'static dyn VerificationAlgorithm,
    key: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Signed {
    /// A signature that holds, by whichever way it does.
    pub(crate) fn new(key: &[u8], message: &[u8], signature: &[u8]) -> Self {
        let holds = |way: &&&'static dyn VerificationAlgorithm| {
            UnparsedPublicKey::new(**way, key).verify(message, signature).is_ok()
        };
        let way = *WAYS.iter().find(holds).expect("a signature that holds");
        Self { way, key: key.to_vec(), message: message.to_vec(), signature: signature.to_vec() }
    }

    /// Checks it.
    pub(crate) fn holds(&self) -> bool {
        UnparsedPublicKey::new(self.way, &self.key).verify(&self.message, &self.signature).is_ok()
    }
}

/// The signatures of a chain in DER, each by the next, the last one by itself.
pub(crate) fn chain(chain: &[Vec<u8>]) -> Vec<Signed> {
    let issuers = chain.iter().skip(1).chain(chain.last());
    chain.iter().zip(issuers).map(|(der, issuer)| by(der, issuer)).collect()
}

/// The signature of a certificate or a list of revoked ones, by an issuer.
pub(crate) fn by(der: &[u8], issuer: &[u8]) -> Signed {
    let mut reader = SliceReader::new(der).expect("DER");
    let (message, signature) = reader
        .sequence(|inner| {
            let message = inner.tlv_bytes()?;
            inner.tlv_bytes()?;
            der::Result::Ok((message, der::asn1::BitStringRef::decode(inner)?))
        })
        .expect("something signed");
    Signed::new(&key(issuer), message, signature.raw_bytes())
}

/// The key of a certificate, as aws-lc-rs wants it.
pub(crate) fn key(der: &[u8]) -> Vec<u8> {
    let certificate = Certificate::from_der(der).expect("a certificate");
    certificate.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes().to_vec()
}
