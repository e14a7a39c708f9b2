//! A private authority: a root that stays offline, an issuer below it that a service may hold, and the key that signs
//! enrolment tokens, which no service needs.
//!
//! ```text
//! FOLDER/            for its owner only; off the network
//!   root.pem  root.key.pem            ten years
//!   enrolment.key.pem                 signs tokens
//!   bundle.pem                        whom everybody trusts: the root
//!   issuer/          what a service is given
//!     certificate.pem  key.pem        a year, may sign leaves only
//!     bundle.pem
//!     enrolment.pem                   checks tokens
//! ```

mod error;
mod issued;
mod request;
mod sheet;
mod sign;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rcgen::{BasicConstraints, Issuer, KeyPair, PKCS_ED25519, PublicKeyData as _, SubjectPublicKeyInfo};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, SubjectPublicKeyInfoDer};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;
use zeroize::{Zeroize as _, Zeroizing};

use crate::write::{self, Before, Holds};
use crate::{SpiffeId, files};

pub use error::AuthorityError;
pub use issued::{Issued, IssuedWithKey, Places};
pub use request::{REQUEST_BYTES_MAX, Request};
pub use sheet::{Sheet, show};

const YEAR: Duration = Duration::from_secs(365 * 86_400);
/// How long a root holds.
pub const ROOT_LIFE: Duration = YEAR.saturating_mul(10);
/// How long an issuer holds.
pub const ISSUER_LIFE: Duration = YEAR;
/// The longest that a leaf may hold.
pub const LEAF_LIFE_MAX: Duration = YEAR;
/// Below a root stand issuers, below an issuer leaves.
const ISSUERS_BELOW_ROOT: u8 = 1;

/// Names of files in the folders.
const ROOT: &str = "root.pem";
const ROOT_KEY: &str = "root.key.pem";
const TOKEN_KEY: &str = "enrolment.key.pem";
const TOKEN_PUBLIC: &str = "enrolment.pem";
const BUNDLE: &str = "bundle.pem";
const ISSUER: &str = "issuer";
const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "key.pem";

/// An issuer: signs certificates of its trust domain.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate_pem: String,
    bundle_pem: String,
    trust_domain: String,
    not_after: SystemTime,
    token_key: [u8; 32],
}

/// A name that a server is called by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// A DNS name.
    Dns(String),
    /// An address.
    Address(std::net::IpAddr),
}

/// Makes root, issuer and the key of tokens in a folder where none of them is yet.
///
/// # Errors
/// [`AuthorityError`]: the trust domain is none, or a file is there or cannot be written.
pub fn init(folder: &Path, trust_domain: &str) -> Result<(), AuthorityError> {
    let own = SpiffeId::parse(&format!("spiffe://{trust_domain}"))?;
    if !own.path().is_empty() {
        return Err(AuthorityError::TrustDomain { given: trust_domain.to_owned() });
    }
    make_folder(folder)?;
    let root_key = KeyPair::generate()?;
    let is_ca = BasicConstraints::Constrained(ISSUERS_BELOW_ROOT);
    let params = sign::authority(&own, "root", is_ca, ROOT_LIFE)?;
    let root = params.self_signed(&root_key)?;
    // The secret first: where it is there already nothing else is touched.
    secret(&folder.join(ROOT_KEY), &root_key)?;
    public(&folder.join(ROOT), &root.pem())?;
    public(&folder.join(BUNDLE), &root.pem())?;
    secret(&folder.join(TOKEN_KEY), &KeyPair::generate_for(&PKCS_ED25519)?)?;
    init_issuer(folder, &folder.join(ISSUER))
}

/// Makes another issuer below the root of an authority: before the one that is there ends, or for another service.
///
/// # Errors
/// [`AuthorityError`]: the folder holds no root, or a file is there or cannot be written.
pub fn init_issuer(folder: &Path, issuer: &Path) -> Result<(), AuthorityError> {
    let root_file = folder.join(ROOT);
    let root = single(&root_file)?;
    let own = own_id(&root, &root_file)?;
    let bundle_pem = text(&folder.join(BUNDLE))?;
    let token_key = key(&folder.join(TOKEN_KEY))?;
    let root = Issuer::from_ca_cert_der(&root, key(&folder.join(ROOT_KEY))?)?;
    make_folder(issuer)?;
    let issuer_key = KeyPair::generate()?;
    let params = sign::authority(&own, "issuer", BasicConstraints::Constrained(0), ISSUER_LIFE)?;
    let certificate = params.signed_by(&issuer_key, &root)?;
    secret(&issuer.join(KEY), &issuer_key)?;
    public(&issuer.join(CERTIFICATE), &certificate.pem())?;
    public(&issuer.join(BUNDLE), &bundle_pem)?;
    public(&issuer.join(TOKEN_PUBLIC), &token_key.public_key_pem())
}

impl Authority {
    /// Opens an issuer: the folder that [`init`] calls `issuer`, or the one around it.
    ///
    /// # Errors
    /// [`AuthorityError`]: files are missing, exposed or not what they should be, or the issuer has ended.
    pub fn open(folder: &Path) -> Result<Self, AuthorityError> {
        let inner = folder.join(ISSUER);
        let folder = if inner.is_dir() { inner } else { folder.to_owned() };
        let file = folder.join(CERTIFICATE);
        let certificate = single(&file)?;
        let trust_domain = own_id(&certificate, &file)?.trust_domain().to_owned();
        let (_, parsed) =
            X509Certificate::from_der(&certificate).map_err(|_| malformed(&file, "no X.509 certificate"))?;
        let not_after = sign::time(parsed.validity().not_after.timestamp());
        if not_after <= SystemTime::now() {
            return Err(AuthorityError::Ended { folder });
        }
        let key_file = folder.join(KEY);
        let key = key(&key_file)?;
        if parsed.public_key().raw != key.subject_public_key_info() {
            return Err(malformed(&key_file, "the private key is not the certificate's"));
        }
        let issuer = Issuer::from_ca_cert_der(&certificate, key)?;
        let bundle_pem = text(&folder.join(BUNDLE))?;
        let token_key = token_public(&folder.join(TOKEN_PUBLIC))?;
        let certificate_pem = text(&file)?;
        Ok(Self { issuer, certificate_pem, bundle_pem, trust_domain, not_after, token_key })
    }

    /// The trust domain that it answers for.
    pub fn trust_domain(&self) -> &str {
        &self.trust_domain
    }

    /// Until when it can sign.
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// The Ed25519 public key of enrolment tokens.
    pub fn token_key(&self) -> &[u8; 32] {
        &self.token_key
    }

    /// Makes a key and signs a certificate for it. It ends with the issuer at the latest.
    ///
    /// # Errors
    /// [`AuthorityError`]: the name is of another trust domain, or the life is none or too long.
    pub fn issue(
        &self,
        id: &SpiffeId,
        names: &[Name],
        life: Duration,
    ) -> Result<IssuedWithKey, AuthorityError> {
        let mut key = KeyPair::generate()?;
        let key_pem = Zeroizing::new(key.serialize_pem());
        let issued = self.sign(id, names, life, &key);
        key.zeroize();
        Ok(IssuedWithKey { issued: issued?, key_pem })
    }

    /// Signs a certificate for the key of a PKCS #10 request, whose signature shows that the asker has it. Nothing else
    /// in the request is read.
    ///
    /// # Errors
    /// [`AuthorityError`]: it is no request, or as for [`Self::issue`].
    pub fn sign_request(
        &self,
        request: &[u8],
        id: &SpiffeId,
        life: Duration,
    ) -> Result<Issued, AuthorityError> {
        let key = request::key_of(request)?;
        self.sign(id, &[], life, &key)
    }

    fn sign(
        &self,
        id: &SpiffeId,
        names: &[Name],
        life: Duration,
        key: &impl rcgen::PublicKeyData,
    ) -> Result<Issued, AuthorityError> {
        if id.trust_domain() != self.trust_domain || id.path().is_empty() {
            return Err(AuthorityError::Name { id: id.to_string(), trust_domain: self.trust_domain.clone() });
        }
        if life.is_zero() || life > LEAF_LIFE_MAX {
            return Err(AuthorityError::Life { seconds: life.as_secs() });
        }
        let not_after = (SystemTime::now() + life).min(self.not_after);
        let leaf = sign::leaf(id, names, not_after)?.signed_by(key, &self.issuer)?;
        Ok(Issued {
            spiffe_id: id.clone(),
            chain_pem: leaf.pem() + &self.certificate_pem,
            bundle_pem: self.bundle_pem.clone(),
            not_after,
        })
    }
}

/// The key that signs enrolment tokens, from the folder of an authority.
///
/// # Errors
/// [`AuthorityError`]: it is not there, or exposed.
pub(crate) fn token_signer(folder: &Path) -> Result<(String, Zeroizing<Vec<u8>>), AuthorityError> {
    let root_file = folder.join(ROOT);
    let own = own_id(&single(&root_file)?, &root_file)?;
    let mut key = key(&folder.join(TOKEN_KEY))?;
    let der = Zeroizing::new(key.serialize_der());
    key.zeroize();
    Ok((own.trust_domain().to_owned(), der))
}

fn token_public(path: &Path) -> Result<[u8; 32], AuthorityError> {
    let no_key = || malformed(path, "no Ed25519 public key in PEM");
    let read = text(path)?;
    let der = SubjectPublicKeyInfoDer::from_pem_slice(read.as_bytes()).map_err(|_| no_key())?;
    let key = SubjectPublicKeyInfo::from_der(&der).map_err(|_| no_key())?;
    if key.algorithm() != &PKCS_ED25519 {
        return Err(no_key());
    }
    key.der_bytes().try_into().map_err(|_| no_key())
}

/// An authority's name: its trust domain alone.
fn own_id(certificate: &[u8], file: &Path) -> Result<SpiffeId, AuthorityError> {
    let nobody = || malformed(file, "it is no authority of `lightcone ca init`: it has no SPIFFE ID");
    let (_, certificate) = X509Certificate::from_der(certificate).map_err(|_| nobody())?;
    let names = certificate.subject_alternative_name().map_err(|_| nobody())?.ok_or_else(nobody)?;
    let uri = names.value.general_names.iter().find_map(|name| match name {
        GeneralName::URI(uri) => Some(*uri),
        _ => None,
    });
    SpiffeId::parse(uri.ok_or_else(nobody)?).map_err(|_| nobody())
}

fn single(path: &Path) -> Result<CertificateDer<'static>, AuthorityError> {
    files::chain(path)?.into_iter().next().ok_or_else(|| malformed(path, "no certificate in PEM is in it"))
}

fn key(path: &Path) -> Result<KeyPair, AuthorityError> {
    let mut der: PrivateKeyDer<'static> = files::key(path)?;
    let key = KeyPair::try_from(&der);
    der.zeroize();
    key.map_err(|_| malformed(path, "the private key is of no kind that certificates are signed with"))
}

fn text(path: &Path) -> Result<String, AuthorityError> {
    std::fs::read_to_string(path).map_err(|cause| AuthorityError::File { path: path.to_owned(), cause })
}

/// Makes a folder for its owner only; one that is there stays as it is.
///
/// # Errors
/// [`AuthorityError`]: it cannot be made.
pub fn make_folder(path: &Path) -> Result<(), AuthorityError> {
    write::folder(path).map_err(|cause| AuthorityError::File { path: path.to_owned(), cause })
}

fn secret(path: &Path, key: &KeyPair) -> Result<(), AuthorityError> {
    put(path, &Zeroizing::new(key.serialize_pem()), Holds::Secret)
}

fn public(path: &Path, text: &str) -> Result<(), AuthorityError> {
    put(path, text, Holds::Public)
}

fn put(path: &Path, text: &str, holds: Holds) -> Result<(), AuthorityError> {
    write::file(path, text, holds, Before::Stays).map_err(|cause| AuthorityError::of(path, cause))
}

fn malformed(path: &Path, why: &'static str) -> AuthorityError {
    AuthorityError::Malformed { path: PathBuf::from(path), why }
}
