//! One certificate.

use der::asn1::ObjectIdentifier;
use der::oid::AssociatedOid as _;
use der::{Decode as _, Encode as _, Reader as _, SliceReader};
use sha2::{Digest as _, Sha256};
use x509_cert::certificate::{CertificateInner, Rfc5280};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};

use crate::check::Check;
use crate::rejection::Rejection;
use crate::signature::Scheme;
use crate::time::UnixTime;

/// The most bytes that one certificate may have.
const CERTIFICATE_BYTES_MAX: usize = 16_384;

const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_WITH_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const SHA384_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const SHA512_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// A certificate with the bytes that it came in.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    der: Vec<u8>,
    inner: CertificateInner<Rfc5280>,
}

impl Certificate {
    /// Reads one, to the last byte.
    pub(crate) fn parse(der: &[u8]) -> Result<Self, Rejection> {
        if der.len() > CERTIFICATE_BYTES_MAX {
            let why = format!("a certificate has {} bytes, more than {CERTIFICATE_BYTES_MAX}", der.len());
            return Err(Rejection::new(Check::Size, why));
        }
        let inner = CertificateInner::from_der(der)
            .map_err(|error| Rejection::format(format!("a certificate cannot be read: {error}")))?;
        Ok(Self { der: der.to_vec(), inner })
    }

    /// The bytes that it came in.
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 of the whole certificate: what roots are pinned by.
    pub(crate) fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.der).into()
    }

    /// SHA-256 of its SubjectPublicKeyInfo: which key it is about.
    pub(crate) fn key_sha256(&self) -> [u8; 32] {
        let spki = self.inner.tbs_certificate().subject_public_key_info();
        Sha256::digest(spki.to_der().unwrap_or_default()).into()
    }

    /// The serial number, big-endian, without leading zeros.
    pub(crate) fn serial(&self) -> &[u8] {
        let bytes = self.inner.tbs_certificate().serial_number().as_bytes();
        let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
        &bytes[start..]
    }

    /// The subject's distinguished name, for people.
    pub(crate) fn subject(&self) -> String {
        self.inner.tbs_certificate().subject().to_string()
    }

    /// The public key: an uncompressed point, or an RSAPublicKey in DER.
    pub(crate) fn key(&self) -> &[u8] {
        self.inner
            .tbs_certificate()
            .subject_public_key_info()
            .subject_public_key
            .as_bytes()
            .unwrap_or_default()
    }

    /// The SubjectPublicKeyInfo, in DER.
    pub(crate) fn key_info(&self) -> Vec<u8> {
        self.inner.tbs_certificate().subject_public_key_info().to_der().unwrap_or_default()
    }

    /// The value of an extension.
    pub(crate) fn extension(&self, id: ObjectIdentifier) -> Option<&[u8]> {
        let mut all = self.inner.tbs_certificate().extensions()?.iter();
        all.find(|extension| extension.extn_id == id).map(|extension| extension.extn_value.as_bytes())
    }

    /// Whether it is in its time.
    pub(crate) fn is_in_time(&self, now: UnixTime) -> bool {
        let validity = self.inner.tbs_certificate().validity();
        let second = |time: &x509_cert::time::Time| time.to_unix_duration().as_secs();
        u64::try_from(now.as_s())
            .is_ok_and(|now| (second(&validity.not_before)..=second(&validity.not_after)).contains(&now))
    }

    /// Whether it may sign certificates with `below` authorities between itself and the end of the chain.
    pub(crate) fn may_sign(&self, below: usize) -> bool {
        let basic =
            self.extension(BasicConstraints::OID).and_then(|value| BasicConstraints::from_der(value).ok());
        let usage = self.extension(KeyUsage::OID).map(KeyUsage::from_der);
        let is_signer = usage.is_none_or(|usage| usage.is_ok_and(|usage| usage.key_cert_sign()));
        is_signer
            && basic.is_some_and(|basic| {
                basic.ca && basic.path_len_constraint.is_none_or(|most| below <= usize::from(most))
            })
    }

    /// Whether it is signed by the key of `issuer`, under the issuer's name.
    pub(crate) fn is_signed_by(&self, issuer: &Self) -> Result<(), Rejection> {
        let failed = |why: &str| Err(Rejection::new(Check::Chain, format!("`{}` {why}", self.subject())));
        if self.inner.tbs_certificate().issuer() != issuer.inner.tbs_certificate().subject() {
            return failed("names another issuer than the certificate above it");
        }
        let Some(scheme) = self.scheme(issuer) else {
            return failed("is signed in a way that is not accepted");
        };
        let Some(signed) = self.signed() else { return failed("cannot be read") };
        let Some(signature) = self.inner.signature().as_bytes() else {
            return failed("is signed by half a byte");
        };
        if scheme.holds(issuer.key(), signed, signature) {
            return Ok(());
        }
        failed("is not signed by the certificate above it")
    }

    /// The bytes under the signature, as they came.
    fn signed(&self) -> Option<&[u8]> {
        let mut outer = SliceReader::new(&self.der).ok()?;
        let header = der::Header::decode(&mut outer).ok()?;
        let body = outer.read_slice(header.length()).ok()?;
        SliceReader::new(body).ok()?.tlv_bytes().ok()
    }

    fn scheme(&self, issuer: &Self) -> Option<Scheme> {
        let algorithm = self.inner.signature_algorithm();
        if *algorithm != *self.inner.tbs_certificate().signature() {
            return None;
        }
        match algorithm.oid {
            ECDSA_WITH_SHA256 => match issuer.curve()? {
                P256 => Some(Scheme::P256Sha256),
                P384 => Some(Scheme::P384Sha256),
                _ => None,
            },
            ECDSA_WITH_SHA384 => match issuer.curve()? {
                P256 => Some(Scheme::P256Sha384),
                P384 => Some(Scheme::P384Sha384),
                _ => None,
            },
            SHA256_WITH_RSA => Some(Scheme::RsaSha256),
            SHA384_WITH_RSA => Some(Scheme::RsaSha384),
            SHA512_WITH_RSA => Some(Scheme::RsaSha512),
            RSASSA_PSS => self.pss(),
            _ => None,
        }
    }

    /// The hash of an RSA-PSS signature (RFC 4055): the first algorithm named in its parameters. Salt and mask follow it
    /// in what is accepted; anything else fails when the signature is checked.
    fn pss(&self) -> Option<Scheme> {
        let parameters = self.inner.signature_algorithm().parameters.as_ref()?.value();
        let named = |hash: ObjectIdentifier| {
            let der = hash.to_der().ok()?;
            parameters.windows(der.len()).position(|window| window == der)
        };
        let schemes = [(SHA256, Scheme::PssSha256), (SHA384, Scheme::PssSha384), (SHA512, Scheme::PssSha512)];
        let found = schemes.into_iter().filter_map(|(hash, scheme)| Some((named(hash)?, scheme)));
        found.min_by_key(|(place, _)| *place).map(|(_, scheme)| scheme)
    }

    /// The curve of its key.
    fn curve(&self) -> Option<ObjectIdentifier> {
        let algorithm = &self.inner.tbs_certificate().subject_public_key_info().algorithm;
        algorithm.parameters.as_ref()?.decode_as().ok()
    }
}
