//! A platform with TDX and its maker: the real quote and collateral, signed anew under a root of our own after what a
//! test changes in them.

use std::ops::Range;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use lightcone_attest::references::{Image, Measured, Root};
use lightcone_attest::tdx::Evidence;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertificateRevocationListParams, CustomExtension,
    DnType, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, PublicKeyData as _, RevokedCertParams,
    SerialNumber, date_time_ymd,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use x509_cert::der::Decode as _;
use x509_cert::der::asn1::ObjectIdentifier;

use super::{from_pem, to_pem};

const QUOTE: &[u8] = include_bytes!("../vectors/tdx/tdx_quote");
const COLLATERAL: &[u8] = include_bytes!("../vectors/tdx/tdx_quote_collateral.json");

/// Places in a quote of version 4.
pub(crate) const TEE_TYPE: Range<usize> = 4..8;
pub(crate) const ATTRIBUTES: Range<usize> = 168..176;
pub(crate) const MRTD: Range<usize> = 184..232;
pub(crate) const RTMR0: Range<usize> = 376..424;
pub(crate) const RTMR3: Range<usize> = 520..568;
pub(crate) const REPORT_DATA: Range<usize> = 568..632;
const SIGNED: Range<usize> = 0..632;
const LENGTH: Range<usize> = 632..636;
const SIGNATURE: Range<usize> = 636..700;
const KEY: Range<usize> = 700..764;
const CERTIFICATION_LENGTH: Range<usize> = 766..770;
const QE_REPORT: Range<usize> = 770..1154;
const QE_REPORT_DATA: Range<usize> = 1090..1154;
const QE_SIGNATURE: Range<usize> = 1154..1218;
const QE_DATA: Range<usize> = 1220..1252;
const CHAIN_LENGTH: Range<usize> = 1254..1258;
const CHAIN: usize = 1258;
/// What Intel certifies of a platform.
const SGX_EXTENSION: &str = "1.2.840.113741.1.13.1";
const PCK_SERIAL: u64 = 77;

/// A change of a quote.
pub(crate) type Change<'a> = dyn Fn(&mut [u8]) + 'a;

/// What a test changes before everything is signed.
#[derive(Default)]
pub(crate) struct Changes<'a> {
    /// In the quote.
    pub(crate) quote: Option<&'a Change<'a>>,
    /// In the signed values of firmware: one text by another.
    pub(crate) tcb_info: Option<(&'a str, &'a str)>,
    /// Whether the maker has revoked the platform's key.
    pub(crate) is_revoked: bool,
}

/// A platform, with a key that its maker certified.
pub(crate) struct Platform {
    root: (Certificate, KeyPair),
    maker: (Certificate, KeyPair),
    platform: (Certificate, KeyPair),
    signer: (Certificate, KeyPair),
    attestation: EcdsaKeyPair,
}

impl Platform {
    /// A platform with keys of its own.
    pub(crate) fn new() -> Self {
        let [root_key, maker_key, platform_key, signer_key, attestation] =
            [(); 5].map(|()| KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap());
        let root = authority("Test Root CA").self_signed(&root_key).unwrap();
        let issuer = Issuer::new(authority("Test Root CA"), &root_key);
        let maker = authority("Test PCK Platform CA").signed_by(&maker_key, &issuer).unwrap();
        let signer = leaf("Test TCB Signing").signed_by(&signer_key, &issuer).unwrap();
        let mut params = leaf("Test PCK Certificate");
        params.serial_number = Some(SerialNumber::from(PCK_SERIAL));
        params.custom_extensions = vec![sgx_extension()];
        let issuer = Issuer::new(authority("Test PCK Platform CA"), &maker_key);
        let platform = params.signed_by(&platform_key, &issuer).unwrap();
        Self {
            attestation: pair(&attestation),
            root: (root, root_key),
            maker: (maker, maker_key),
            platform: (platform, platform_key),
            signer: (signer, signer_key),
        }
    }

    /// The maker's root, to be pinned.
    pub(crate) fn root(&self) -> Root {
        let sha256 = hex::encode(Sha256::digest(self.root.0.der()));
        Root { kind: "tdx".into(), name: "Test Root CA".into(), sha256 }
    }

    /// SHA-256 of the SubjectPublicKeyInfo of the platform's key.
    pub(crate) fn key_sha256(&self) -> String {
        hex::encode(Sha256::digest(self.platform.1.subject_public_key_info()))
    }

    /// What a domain with a known image gets signed, for a binding, after some changes.
    pub(crate) fn evidence(&self, binding: &[u8; 32], changes: &Changes<'_>) -> Evidence {
        Evidence { quote: self.quote(binding, changes), collateral: Some(self.collateral(changes)) }
    }

    fn quote(&self, binding: &[u8; 32], changes: &Changes<'_>) -> Vec<u8> {
        let mut quote = QUOTE[..CHAIN].to_vec();
        quote[REPORT_DATA].fill(0);
        quote[REPORT_DATA][..32].copy_from_slice(binding);
        if let Some(change) = changes.quote {
            change(&mut quote);
        }
        quote[KEY].copy_from_slice(&self.attestation.public_key().as_ref()[1..]);
        let digest = Sha256::digest([&quote[KEY], &quote[QE_DATA]].concat());
        quote[QE_REPORT_DATA][..32].copy_from_slice(&digest);
        let signature = sign(&pair(&self.platform.1), &quote[QE_REPORT]);
        quote[QE_SIGNATURE].copy_from_slice(&signature);
        let signature = sign(&self.attestation, &quote[SIGNED]);
        quote[SIGNATURE].copy_from_slice(&signature);
        let chain = to_pem(&[&self.platform.0, &self.maker.0, &self.root.0]);
        quote.extend(chain.as_bytes());
        for (field, from) in
            [(LENGTH, LENGTH.end), (CERTIFICATION_LENGTH, QE_REPORT.start), (CHAIN_LENGTH, CHAIN)]
        {
            let length = u32::try_from(quote.len() - from).unwrap();
            quote[field].copy_from_slice(&length.to_le_bytes());
        }
        quote
    }

    fn collateral(&self, changes: &Changes<'_>) -> Value {
        let mut collateral: Value = serde_json::from_slice(COLLATERAL).unwrap();
        let text = |name: &str| collateral[name].as_str().unwrap().to_owned();
        let (mut tcb_info, qe_identity) = (text("tcb_info"), text("qe_identity"));
        if let Some((from, to)) = changes.tcb_info {
            assert!(tcb_info.contains(from), "`{from}` is not there");
            tcb_info = tcb_info.replace(from, to);
        }
        let signer = pair(&self.signer.1);
        let signed = |text: &str| hex::encode(sign(&signer, text.as_bytes()));
        let chain = |first| to_pem(&[first, &self.root.0]);
        let revoked: &[u64] = if changes.is_revoked { &[PCK_SERIAL] } else { &[] };
        let fields = [
            ("pck_crl_issuer_chain", chain(&self.maker.0)),
            ("root_ca_crl", list("Test Root CA", &self.root.1, &[])),
            ("pck_crl", list("Test PCK Platform CA", &self.maker.1, revoked)),
            ("tcb_info_issuer_chain", chain(&self.signer.0)),
            ("tcb_info_signature", signed(&tcb_info)),
            ("tcb_info", tcb_info),
            ("qe_identity_issuer_chain", chain(&self.signer.0)),
            ("qe_identity_signature", signed(&qe_identity)),
        ];
        for (name, value) in fields {
            collateral[name] = json!(value);
        }
        collateral
    }
}

/// The image that domains boot, as references know it: that of the real quote.
pub(crate) fn image() -> Image {
    let rtmrs = [(0, RTMR0), (3, RTMR3)].map(|(number, place)| (number, hex::encode(&QUOTE[place])));
    Image {
        name: "lightcone-agent test".into(),
        opens_accelerator: false,
        measured: Measured::Tdx { mrtd: hex::encode(&QUOTE[MRTD]), rtmrs: rtmrs.into() },
    }
}

fn leaf(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    (params.not_before, params.not_after) = (date_time_ymd(2024, 1, 1), date_time_ymd(2044, 1, 1));
    params
}

fn authority(name: &str) -> CertificateParams {
    let mut params = leaf(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// What Intel certified of the real platform: its identifier and versions.
fn sgx_extension() -> CustomExtension {
    let pem = String::from_utf8_lossy(&QUOTE[CHAIN..]);
    let certificate = x509_cert::Certificate::from_der(&from_pem(&pem)[0]).unwrap();
    let id = ObjectIdentifier::new_unwrap(SGX_EXTENSION);
    let mut all = certificate.tbs_certificate().extensions().unwrap().iter();
    let value = all.find(|extension| extension.extn_id == id).unwrap().extn_value.as_bytes();
    let arcs: Vec<u64> = id.arcs().map(u64::from).collect();
    CustomExtension::from_oid_content(&arcs, value.to_vec())
}

/// A list of revoked certificates, in DER and hexadecimal.
fn list(issuer: &str, key: &KeyPair, revoked: &[u64]) -> String {
    let revoked = revoked.iter().map(|serial| RevokedCertParams {
        serial_number: SerialNumber::from(*serial),
        revocation_time: date_time_ymd(2025, 6, 1),
        reason_code: None,
        invalidity_date: None,
    });
    let list = CertificateRevocationListParams {
        this_update: date_time_ymd(2025, 6, 1),
        next_update: date_time_ymd(2025, 7, 15),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: revoked.collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    hex::encode(list.signed_by(&Issuer::new(authority(issuer), key)).unwrap().der())
}

fn pair(key: &KeyPair) -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key.serialize_der()).unwrap()
}

fn sign(key: &EcdsaKeyPair, message: &[u8]) -> Vec<u8> {
    key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
}
