//! Devices of our own that sign what an input says, so that it is read behind the signature too.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    KeyPair as _,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lightcone_attest::references::{Document, References, Root};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SerialNumber, date_time_ymd,
};
use sha2::{Digest as _, Sha256};

/// A TPM's public area, up to the point of its key; a sample's.
const TPM_KEY: &[u8] = include_bytes!("../../../crates/attest/tests/vectors/tpm/ak.tpm2b_public");
/// Both coordinates at its end, each after its length.
const POINT_BYTES: usize = 68;

/// A GPU, by a chain as NVIDIA's are: device, boot ROM, root.
pub(super) struct Gpu {
    /// The chain in PEM.
    pub(super) chain: String,
    /// What knows its root.
    pub(super) references: References,
    key: EcdsaKeyPair,
}

/// The one GPU.
pub(super) static GPU: LazyLock<Gpu> = LazyLock::new(Gpu::new);

impl Gpu {
    fn new() -> Self {
        let [root_key, boot_key, key] =
            [(); 3].map(|()| KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).expect("a key"));
        let root = params("root", true).self_signed(&root_key).expect("a root");
        let root_issuer = Issuer::new(params("root", true), &root_key);
        let mut boot = params("GH100 A01 GSP BROM", true);
        boot.serial_number = Some(SerialNumber::from_slice(&[0x41, 1, 2, 3, 4, 5, 6, 7, 8]));
        let boot_issuer = Issuer::new(boot.clone(), &boot_key);
        let boot = boot.signed_by(&boot_key, &root_issuer).expect("a boot ROM");
        let leaf = params("leaf", false).signed_by(&key, &boot_issuer).expect("a device");
        let sha256 = hex::encode(Sha256::digest(root.der()));
        let root_known = Root { kind: "nvidia-gpu".to_owned(), name: "ours".to_owned(), sha256 };
        Self {
            chain: [leaf, boot, root].iter().map(|one| pem(one.der())).collect(),
            references: References::unsigned(Document { roots: vec![root_known], ..Document::default() }),
            key: pair(&ECDSA_P384_SHA384_FIXED_SIGNING, &key),
        }
    }

    /// A signature of 96 bytes.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        sign(&self.key, message)
    }
}

/// An attestation key in a TPM.
pub(super) struct Tpm {
    key: EcdsaKeyPair,
}

/// The one TPM.
pub(super) static TPM: LazyLock<Tpm> = LazyLock::new(|| {
    let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).expect("a key");
    Tpm { key: pair(&ECDSA_P256_SHA256_FIXED_SIGNING, &key) }
});

impl Tpm {
    /// Its `TPM2B_PUBLIC`.
    pub(super) fn public(&self) -> Vec<u8> {
        let head = &TPM_KEY[..TPM_KEY.len() - POINT_BYTES];
        [head, &halves(&self.key.public_key().as_ref()[1..])].concat()
    }

    /// A `TPMT_SIGNATURE`: ECDSA with SHA-256.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        [&[0, 0x18, 0, 0x0b][..], &halves(&sign(&self.key, message))].concat()
    }
}

/// Two numbers of 32 bytes, each after its length.
fn halves(both: &[u8]) -> Vec<u8> {
    both.chunks(32).flat_map(|half| [&[0, 32][..], half].concat()).collect()
}

fn sign(key: &EcdsaKeyPair, message: &[u8]) -> Vec<u8> {
    key.sign(&SystemRandom::new(), message).expect("a signature").as_ref().to_vec()
}

fn pair(algorithm: &'static EcdsaSigningAlgorithm, key: &KeyPair) -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(algorithm, &key.serialize_der()).expect("its own key")
}

fn params(name: &str, is_ca: bool) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = if is_ca { IsCa::Ca(BasicConstraints::Unconstrained) } else { IsCa::ExplicitNoCa };
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2040, 1, 1));
    params
}

/// A certificate in PEM.
pub(super) fn pem(der: &[u8]) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(der))
}
