//! The good samples of every format, with the signatures that an appraisal of each has to check.

use std::path::Path;

use ed25519_dalek::{Signer as _, SigningKey};
use lightcone_attest::references::{Document, Root};
use lightcone_attest::{Kind, UnixTime, nvidia, snp, software, tdx, tpm2};
use sha2::{Digest as _, Sha256};

use super::signed::{Signed, by, chain, key};

/// When the samples of NVIDIA, AMD and Intel are good.
pub(crate) const NOW: UnixTime = UnixTime::from_s(1_750_414_563);
/// When the certificates of the TPM are a day old.
const TPM_NOW: UnixTime = UnixTime::from_s(1_795_478_400);

/// One sample.
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) evidence: Vec<u8>,
    pub(crate) binding: Option<[u8; 32]>,
    pub(crate) identity_key: Option<[u8; 32]>,
    pub(crate) now: UnixTime,
    pub(crate) signed: Vec<Signed>,
}

impl Sample {
    fn new(name: &'static str, kind: Kind, evidence: Vec<u8>, signed: Vec<Signed>) -> Self {
        Self { name, kind, evidence, binding: None, identity_key: None, now: NOW, signed }
    }
}

/// All of them.
pub(crate) fn all() -> Vec<Sample> {
    let nvidia = [
        ("GH100, driver 550", "gh100_report_nvtrust.hex", "gh100_chain_nvtrust.pem", "HOPPER"),
        ("GH100, driver 535", "gh100_report_535.hex", "gh100_chain_535.pem", "HOPPER"),
        ("GB100", "gb100_report.hex", "gb100_chain.pem", "BLACKWELL"),
        ("LS10", "ls10_report.hex", "ls10_chain.pem", "LS10"),
    ];
    let nvidia = nvidia.map(|(name, report, chain, arch)| device(name, report, chain, arch));
    nvidia.into_iter().chain([milan(), domain(), quote(), process()]).collect()
}

/// What knows the root of the TPM's maker; the others are built in.
pub(crate) fn document() -> Document {
    let sha256 = hex::encode(Sha256::digest(&certificates("tpm/ek_root.pem")[0]));
    let root = Root { kind: Kind::Tpm2Quote.name().to_owned(), name: "a sample's".to_owned(), sha256 };
    Document { roots: vec![root], ..Document::default() }
}

fn vector(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    std::fs::read(folder.join(name)).expect("a sample")
}

fn text(name: &str) -> String {
    String::from_utf8(vector(name)).expect("text")
}

fn hexadecimal(name: &str) -> Vec<u8> {
    hex::decode(text(name).trim()).expect("hexadecimal")
}

fn certificates(name: &str) -> Vec<Vec<u8>> {
    pem(&text(name))
}

fn pem(text: &str) -> Vec<Vec<u8>> {
    tpm2::certificates(text.as_bytes()).expect("certificates")
}

fn device(name: &'static str, report: &str, certificates: &str, arch: &str) -> Sample {
    const SIGNATURE_BYTES: usize = 96;
    let (report, text) = (hexadecimal(&format!("nvidia/{report}")), text(&format!("nvidia/{certificates}")));
    let (message, signature) = report.split_at(report.len() - SIGNATURE_BYTES);
    let ders = pem(&text);
    let mut signed = chain(&ders);
    signed.push(Signed::new(&key(&ders[0]), message, signature));
    let nonce = report[4..36].to_vec();
    let evidence = nvidia::Evidence { arch: arch.to_owned(), chain: text, report: report.clone(), nonce };
    Sample::new(name, evidence.kind(), evidence.to_json(), signed)
}

fn milan() -> Sample {
    const SIGNED: usize = 0x2A0;
    let report = hexadecimal("snp/report_milan.hex");
    let ders = [vec![vector("snp/vcek_milan.der")], certificates("snp/cert_chain_milan.pem")].concat();
    let half = |from: usize| report[from..from + 48].iter().rev().copied().collect::<Vec<u8>>();
    let mut signed = chain(&ders);
    let signature = [half(SIGNED), half(SIGNED + 72)].concat();
    signed.push(Signed::new(&key(&ders[0]), &report[..SIGNED], &signature));
    let evidence = snp::Evidence { report, chain: ders };
    Sample::new("SEV-SNP, Milan", Kind::SevSnp, evidence.to_json(), signed)
}

/// A quote of TDX. Its collateral is two signed documents with a chain each, and two lists of revoked certificates.
fn domain() -> Sample {
    let quote = vector("tdx/tdx_quote");
    let collateral: serde_json::Value =
        serde_json::from_slice(&vector("tdx/tdx_quote_collateral.json")).expect("JSON");
    let field = |name: &str| collateral[name].as_str().expect("a text").to_owned();
    let list = |name: &str| hex::decode(field(name)).expect("hexadecimal");
    let point = |raw: &[u8]| [&[4], raw].concat();
    let begins = quote.windows(5).position(|bytes| bytes == b"-----").expect("a chain");
    let text: String = quote[begins..].iter().map(|byte| char::from(*byte)).collect();
    let platform = pem(text.trim_end_matches('\0'));
    let (leaf, maker, root) = (&platform[0], &platform[1], &platform[2]);
    let mut signed = chain(&platform);
    signed.push(Signed::new(&point(&quote[700..764]), &quote[..632], &quote[636..700]));
    signed.push(Signed::new(&key(leaf), &quote[770..1154], &quote[1154..1218]));
    signed.extend([by(&list("root_ca_crl"), root), by(&list("pck_crl"), maker)]);
    for name in ["tcb_info", "qe_identity"] {
        let issuers = pem(&field(&format!("{name}_issuer_chain")));
        signed.push(by(&issuers[0], &issuers[1]));
        signed.push(Signed::new(
            &key(&issuers[0]),
            field(name).as_bytes(),
            &list(&format!("{name}_signature")),
        ));
    }
    let evidence = tdx::Evidence { quote, collateral: Some(collateral) };
    Sample::new("TDX", Kind::Tdx, evidence.to_json(), signed)
}

fn quote() -> Sample {
    let [attest, signature, ak_public] = ["quote.tpms_attest", "quote.tpmt_signature", "ak.tpm2b_public"]
        .map(|name| vector(&format!("tpm/{name}")));
    let first = vec![vector("tpm/ek.cer.der")];
    let ek_chain = [first, certificates("tpm/ek_issuer.pem"), certificates("tpm/ek_root.pem")].concat();
    let text = text("tpm/pcrs.yaml");
    let values = text.lines().filter_map(|line| line.split_once(": 0x"));
    let pcrs = values.map(|(number, value)| {
        let value = hex::decode(value.trim()).ok().and_then(|value| value.try_into().ok());
        (number.trim().parse().expect("a register"), value.expect("a digest"))
    });
    let both =
        |bytes: &[u8]| [&bytes[bytes.len() - 66..bytes.len() - 34], &bytes[bytes.len() - 32..]].concat();
    let key = [&[4][..], &both(&ak_public)].concat();
    let mut signed = chain(&ek_chain);
    signed.push(Signed::new(&key, &attest, &both(&signature)));
    let evidence = tpm2::Evidence { attest, signature, ak_public, ek_chain, pcrs: pcrs.collect() };
    Sample { now: TPM_NOW, ..Sample::new("TPM 2.0", Kind::Tpm2Quote, evidence.to_json(), signed) }
}

fn process() -> Sample {
    let (key, binding) = (SigningKey::from_bytes(&[1; 32]), [7; 32]);
    let (public, message) = (key.verifying_key().to_bytes(), software::signed(&binding));
    let signature = key.sign(&message).to_bytes();
    let signed = vec![Signed::new(&public, &message, &signature)];
    Sample {
        binding: Some(binding),
        identity_key: Some(public),
        ..Sample::new("software", Kind::Software, signature.to_vec(), signed)
    }
}
