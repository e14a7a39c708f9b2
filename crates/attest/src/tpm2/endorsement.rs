//! The endorsement certificate: which TPM it is, and who made it.

use der::Decode as _;
use der::asn1::{ObjectIdentifier, PrintableStringRef, Utf8StringRef};
use der::oid::AssociatedOid as _;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectAltName};

use crate::case::Case;
use crate::check::Check;
use crate::kind::Kind;
use crate::rejection::Rejection;
use crate::x509::{self, Certificate, Chain};

/// What an endorsement certificate is for: tcg-kp-EKCertificate (TCG EK Credential Profile).
const ENDORSES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.133.8.1");
/// Where it names the TPM's maker, model and version (the same profile).
const MAKER_MODEL_VERSION: [ObjectIdentifier; 3] = [
    ObjectIdentifier::new_unwrap("2.23.133.2.1"),
    ObjectIdentifier::new_unwrap("2.23.133.2.2"),
    ObjectIdentifier::new_unwrap("2.23.133.2.3"),
];
/// The longest model, in letters.
const MODEL_LETTERS_MAX: usize = 100;

/// A chain that holds, from an endorsement certificate to a pinned root, with no revoked key in it.
#[derive(Clone, Debug)]
pub(super) struct Endorsement {
    chain: Chain,
}

impl Endorsement {
    /// Checks a chain of certificates in DER, the endorsement key's first.
    pub(super) fn verify(chain: &[Vec<u8>], case: &Case<'_>) -> Result<Self, Rejection> {
        let certificates = chain.iter().map(|der| Certificate::parse(der)).collect::<Result<_, _>>()?;
        let chain = Chain::verify(certificates, case.now)?;
        if !endorses(chain.leaf()) {
            let why = format!("`{}` is no endorsement certificate of a TPM", chain.leaf().subject());
            return Err(Rejection::new(Check::Chain, why));
        }
        let root = chain.root().sha256();
        if case.references.root(Kind::Tpm2Quote, &root).is_none() {
            let (name, digest) = (chain.root().subject(), hex::encode(root));
            let why = format!("the root `{name}`, SHA-256 {digest}, is not among the references' roots");
            return Err(Rejection::new(Check::Root, why));
        }
        for certificate in chain.all() {
            if let Some(reason) = case.references.revoked(&certificate.key_sha256()) {
                let why = format!("the key of `{}` is revoked: {reason}", certificate.subject());
                return Err(Rejection::new(Check::Revoked, why));
            }
        }
        Ok(Self { chain })
    }

    /// Which TPM: SHA-256 of the endorsement key's SubjectPublicKeyInfo.
    pub(super) fn key_sha256(&self) -> [u8; 32] {
        self.chain.leaf().key_sha256()
    }

    /// The endorsement key, a SubjectPublicKeyInfo in DER.
    pub(super) fn key_info(&self) -> Vec<u8> {
        self.chain.leaf().key_info()
    }

    /// The certificate's serial number.
    pub(super) fn serial(&self) -> &[u8] {
        self.chain.leaf().serial()
    }

    /// `TPM`, then maker, model and version as the certificate names them.
    pub(super) fn model(&self) -> String {
        let named = MAKER_MODEL_VERSION.map(|id| attribute(self.chain.leaf(), id));
        let words = std::iter::once("TPM".to_owned()).chain(named.into_iter().flatten());
        let words: Vec<String> = words.collect();
        words.join(" ").chars().filter(|letter| !letter.is_control()).take(MODEL_LETTERS_MAX).collect()
    }
}

/// The certificates of a file, each in DER, in their order: one in DER, or any number in PEM.
///
/// # Errors
/// The bytes are neither.
pub fn certificates(file: &[u8]) -> Result<Vec<Vec<u8>>, Rejection> {
    let read = match std::str::from_utf8(file) {
        Ok(text) => x509::certificates(text)?,
        Err(_) => vec![Certificate::parse(file)?],
    };
    if read.is_empty() {
        return Err(Rejection::format(
            "the file has no certificate: give DER, or PEM that begins -----BEGIN CERTIFICATE-----",
        ));
    }
    Ok(read.iter().map(|certificate| certificate.der().to_vec()).collect())
}

fn endorses(certificate: &Certificate) -> bool {
    let usage = certificate.extension(ExtendedKeyUsage::OID);
    usage
        .and_then(|value| ExtendedKeyUsage::from_der(value).ok())
        .is_some_and(|usage| usage.0.contains(&ENDORSES))
}

/// An attribute of the alternative name's directory name.
fn attribute(certificate: &Certificate, id: ObjectIdentifier) -> Option<String> {
    let names = SubjectAltName::from_der(certificate.extension(SubjectAltName::OID)?).ok()?;
    let directories = names.0.iter().filter_map(|name| match name {
        GeneralName::DirectoryName(directory) => Some(directory),
        _ => None,
    });
    let mut attributes = directories.flat_map(|directory| directory.iter());
    let value = &attributes.find(|attribute| attribute.oid == id)?.value;
    let utf8 = value.decode_as::<Utf8StringRef<'_>>().map(|text| text.as_str().to_owned());
    utf8.or_else(|_| value.decode_as::<PrintableStringRef<'_>>().map(|text| text.as_str().to_owned())).ok()
}
