//! A processor with SEV-SNP and its maker. AMD signs certificates with RSA; this maker has P-384 throughout, which the
//! chain does not care about.

use std::ops::Range;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair};
use lightcone_attest::references::{Image, Measured, Root};
use lightcone_attest::snp::{Evidence, REPORT_BYTES};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair, PublicKeyData as _,
    date_time_ymd,
};
use sha2::{Digest as _, Sha256};

/// Places of fields in a report.
pub(crate) const POLICY: Range<usize> = 0x08..0x10;
pub(crate) const PRIVILEGE: Range<usize> = 0x30..0x34;
pub(crate) const ALGORITHM: Range<usize> = 0x34..0x38;
pub(crate) const KEY_INFO: Range<usize> = 0x48..0x4C;
pub(crate) const REPORT_DATA: Range<usize> = 0x50..0x90;
pub(crate) const MEASUREMENT: Range<usize> = 0x90..0xC0;
pub(crate) const REPORTED_TCB: Range<usize> = 0x180..0x188;
pub(crate) const CHIP_ID: Range<usize> = 0x1A0..0x1E0;
const SIGNED: Range<usize> = 0..0x2A0;
const R: usize = 0x2A0;
const S: usize = R + 72;

/// The policy of a machine that is closed: no debugging, no migration; bit 17 is always set.
pub(crate) const CLOSED: u64 = 0x3_0000;
/// The identifier of the chip, and the versions of its firmware as certificates have them.
pub(crate) const CHIP: [u8; 64] = [0xC5; 64];
pub(crate) const TCB: [u8; 8] = [3, 1, 0, 0, 0, 0, 8, 115];
/// What the machine booted.
pub(crate) const IMAGE: [u8; 48] = [0xA6; 48];

/// Whose key signs reports.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// The chip's.
    Vcek,
    /// A cloud's.
    Vlek,
}

/// A processor, with a key that its maker certified.
pub(crate) struct Processor {
    chain: Vec<Vec<u8>>,
    key: EcdsaKeyPair,
    key_sha256: String,
}

impl Processor {
    /// A Milan with a key of its own.
    pub(crate) fn new() -> Self {
        Self::of("Milan-B0", Key::Vcek)
    }

    /// A processor of a product.
    pub(crate) fn of(product: &str, key: Key) -> Self {
        let [root_key, maker_key, chip_key] =
            [(); 3].map(|()| KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap());
        let root = authority("ARK-Test", 1).self_signed(&root_key).unwrap();
        let root_issuer = Issuer::new(authority("ARK-Test", 1), &root_key);
        let maker = authority("SEV-Test", 0).signed_by(&maker_key, &root_issuer).unwrap();
        let maker_issuer = Issuer::new(authority("SEV-Test", 0), &maker_key);
        let mut params = named("SEV-VCEK");
        params.is_ca = IsCa::ExplicitNoCa;
        params.custom_extensions = extensions(product, key);
        let chip = params.signed_by(&chip_key, &maker_issuer).unwrap();
        let pkcs8 = chip_key.serialize_der();
        Self {
            chain: [chip, maker, root].iter().map(|certificate| certificate.der().to_vec()).collect(),
            key: EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &pkcs8).unwrap(),
            key_sha256: hex::encode(Sha256::digest(chip_key.subject_public_key_info())),
        }
    }

    /// The maker's root, to be pinned.
    pub(crate) fn root(&self) -> Root {
        let sha256 = hex::encode(Sha256::digest(&self.chain[2]));
        Root { kind: "sev-snp".into(), name: "ARK-Test".into(), sha256 }
    }

    /// SHA-256 of the SubjectPublicKeyInfo of the key that signs reports.
    pub(crate) fn key_sha256(&self) -> String {
        self.key_sha256.clone()
    }

    /// What a closed machine with a known image gets signed, for a binding.
    pub(crate) fn evidence(&self, binding: &[u8; 32]) -> Evidence {
        self.evidence_with(binding, |_| {})
    }

    /// The same, with a report that was changed before it was signed.
    pub(crate) fn evidence_with(&self, binding: &[u8; 32], change: impl FnOnce(&mut [u8])) -> Evidence {
        let mut report = vec![0; REPORT_BYTES];
        report[0] = 2;
        report[POLICY].copy_from_slice(&CLOSED.to_le_bytes());
        report[ALGORITHM].copy_from_slice(&1u32.to_le_bytes());
        report[REPORT_DATA][..32].copy_from_slice(binding);
        report[MEASUREMENT].copy_from_slice(&IMAGE);
        report[REPORTED_TCB].copy_from_slice(&TCB);
        report[CHIP_ID].copy_from_slice(&CHIP);
        change(&mut report);
        self.sign(&mut report);
        Evidence { report, chain: self.chain.clone() }
    }

    fn sign(&self, report: &mut [u8]) {
        let signature = self.key.sign(&SystemRandom::new(), &report[SIGNED]).unwrap();
        for (number, field) in signature.as_ref().chunks(48).zip([R, S]) {
            for (place, byte) in number.iter().rev().enumerate() {
                report[field + place] = *byte;
            }
        }
    }
}

/// The image that machines boot, as references know it.
pub(crate) fn image() -> Image {
    Image {
        name: "lightcone-agent test".into(),
        opens_accelerator: false,
        measured: Measured::SevSnp { measurement: hex::encode(IMAGE) },
    }
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    (params.not_before, params.not_after) = (date_time_ymd(2024, 1, 1), date_time_ymd(2044, 1, 1));
    params
}

fn authority(name: &str, below: u8) -> CertificateParams {
    let mut params = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(below));
    params
}

/// AMD's extensions: product, versions of firmware, then the chip or the cloud.
fn extensions(product: &str, key: Key) -> Vec<CustomExtension> {
    let extension = |arc: &[u64], value: Vec<u8>| {
        CustomExtension::from_oid_content(&[&[1, 3, 6, 1, 4, 1, 3704, 1], arc].concat(), value)
    };
    let text = |text: &str| [&[0x16, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    let mut all = vec![extension(&[2], text(product))];
    for (part, version) in [(1, 3), (2, 1), (3, 8), (8, 115), (9, 2)] {
        all.push(extension(&[3, part], vec![2, 1, version]));
    }
    all.push(match key {
        Key::Vcek => extension(&[4], CHIP.to_vec()),
        Key::Vlek => extension(&[5], text("a cloud")),
    });
    all
}
