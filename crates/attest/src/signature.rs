//! Signatures of foreign devices and makers, checked by aws-lc-rs.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    UnparsedPublicKey, VerificationAlgorithm,
};

/// A way to sign, with its hash and how the signature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// ECDSA on P-256 with SHA-256, r and s in DER.
    P256Sha256,
    /// ECDSA on P-256 with SHA-384, r and s in DER.
    P256Sha384,
    /// ECDSA on P-384 with SHA-256, r and s in DER.
    P384Sha256,
    /// ECDSA on P-384 with SHA-384, r and s in DER.
    P384Sha384,
    /// ECDSA on P-256 with SHA-256, r and s of 32 bytes each, big-endian.
    P256Sha256Raw,
    /// ECDSA on P-384 with SHA-384, r and s of 48 bytes each, big-endian.
    P384Sha384Raw,
    /// RSA PKCS #1 v1.5 with SHA-256.
    RsaSha256,
    /// RSA PKCS #1 v1.5 with SHA-384.
    RsaSha384,
    /// RSA PKCS #1 v1.5 with SHA-512.
    RsaSha512,
    /// RSA-PSS with SHA-256.
    PssSha256,
    /// RSA-PSS with SHA-384.
    PssSha384,
    /// RSA-PSS with SHA-512.
    PssSha512,
}

impl Scheme {
    fn algorithm(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::P256Sha256 => &ECDSA_P256_SHA256_ASN1,
            Self::P256Sha384 => &ECDSA_P256_SHA384_ASN1,
            Self::P384Sha256 => &ECDSA_P384_SHA256_ASN1,
            Self::P384Sha384 => &ECDSA_P384_SHA384_ASN1,
            Self::P256Sha256Raw => &ECDSA_P256_SHA256_FIXED,
            Self::P384Sha384Raw => &ECDSA_P384_SHA384_FIXED,
            Self::RsaSha256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::RsaSha384 => &RSA_PKCS1_2048_8192_SHA384,
            Self::RsaSha512 => &RSA_PKCS1_2048_8192_SHA512,
            Self::PssSha256 => &RSA_PSS_2048_8192_SHA256,
            Self::PssSha384 => &RSA_PSS_2048_8192_SHA384,
            Self::PssSha512 => &RSA_PSS_2048_8192_SHA512,
        }
    }

    /// Whether `signature` is that of `key` over `message`. The key is an uncompressed point, or an RSAPublicKey in DER.
    pub(crate) fn holds(self, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(self.algorithm(), key).verify(message, signature).is_ok()
    }
}
