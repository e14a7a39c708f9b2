//! Samples of attestation, as the entry points of attestation read them.

use std::io;
use std::path::PathBuf;

use ed25519_dalek::{Signer as _, SigningKey};
use lightcone_attest::ear::{Ear, Terms, VerifierId, jwt};
use lightcone_attest::inventory::{GpuIdentity, Inventory};
use lightcone_attest::references::{Document, Envelope, References};
use lightcone_attest::{Appraisal, Kind, UnixTime, nvidia, snp, tdx, tpm2};

use super::write;

/// Everything.
pub fn all() -> io::Result<()> {
    nvidia()?;
    confidential()?;
    tpm()?;
    references()?;
    inventory()?;
    result()
}

fn vector(name: &str) -> io::Result<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../crates/attest/tests/vectors");
    std::fs::read(folder.join(name))
}

fn text(name: &str) -> io::Result<String> {
    String::from_utf8(vector(name)?).map_err(io::Error::other)
}

fn hexadecimal(name: &str) -> io::Result<Vec<u8>> {
    hex::decode(text(name)?.trim()).map_err(io::Error::other)
}

/// Evidence behind the byte that picks its format.
fn evidence(kind: Kind, name: &str, json: &[u8]) -> io::Result<()> {
    let place = Kind::ALL.iter().position(|of| *of == kind).and_then(|place| u8::try_from(place).ok());
    write("evidence", name, &[&[place.unwrap_or_default()], json].concat())
}

/// After its length.
fn lengthed(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes(), bytes].concat()
}

fn nvidia() -> io::Result<()> {
    for (name, first) in
        [("gh100_report_nvtrust", 0), ("gh100_report_535", 0), ("gb100_report", 0), ("ls10_report", 1)]
    {
        let mut report = hexadecimal(&format!("nvidia/{name}.hex"))?;
        if first == 0 {
            report.truncate(report.len() - 96); // the signature is made anew
        }
        write("nvidia_report", name, &[&[first], report.as_slice()].concat())?;
    }
    for name in ["gh100_evidence_590", "gh100x4_evidence"] {
        let json = vector(&format!("nvidia/{name}.json"))?;
        write("nvidia_devices", name, &json)?;
        let devices = nvidia::devices(&json).map_err(io::Error::other)?;
        if let Some((kind, piece)) = devices.first() {
            evidence(*kind, name, piece)?;
        }
    }
    for name in ["rim_driver_gh100_550.144.03", "rim_vbios_1010_0200_882_96005E0001"] {
        write("manifest", name, &vector(&format!("nvidia/{name}.xml"))?)?;
    }
    Ok(())
}

fn confidential() -> io::Result<()> {
    let report = hexadecimal("snp/report_milan.hex")?;
    write("snp_report", "milan", &report)?;
    write("snp_report", "short", &report[..100])?;
    for (name, model) in [("milan", "snp/vcek_milan.der"), ("turin", "snp/vcek_turin.der")] {
        let above = text(&format!("snp/cert_chain_{name}.pem"))?;
        let above = tpm2::certificates(above.as_bytes()).map_err(io::Error::other)?;
        let chain: Vec<Vec<u8>> = std::iter::once(vector(model)?).chain(above).collect();
        write("certificates", name, &chain.iter().flat_map(|der| lengthed(der)).collect::<Vec<u8>>())?;
        let whole = snp::Evidence { report: report.clone(), chain };
        evidence(Kind::SevSnp, name, &whole.to_json())?;
    }
    for name in ["tdx_quote", "tdx_quote_outdated"] {
        let quote = vector(&format!("tdx/{name}"))?;
        let collateral = vector(&format!("tdx/{name}_collateral.json"))?;
        write("tdx_quote", name, &quote)?;
        write("tdx_collateral", name, &collateral)?;
        let whole = tdx::Evidence { quote, collateral: serde_json::from_slice(&collateral).ok() };
        evidence(Kind::Tdx, name, &whole.to_json())?;
    }
    Ok(())
}

fn tpm() -> io::Result<()> {
    let [attest, public, signature] =
        ["quote.tpms_attest", "ak.tpm2b_public", "quote.tpmt_signature"].map(|name| format!("tpm/{name}"));
    let [attest, public, signature] = [vector(&attest)?, vector(&public)?, vector(&signature)?];
    let values: Vec<[u8; 32]> = text("tpm/pcrs.yaml")?
        .lines()
        .filter_map(|line| line.split_once(": 0x"))
        .filter_map(|(_, value)| hex::decode(value.trim()).ok()?.try_into().ok())
        .collect();
    let registers = [&[u8::try_from(values.len()).unwrap_or_default()][..], &values.concat()].concat();
    write("tpm_parts", "ours", &[&[0][..], &lengthed(&attest), &registers].concat())?;
    let whole = [&[1][..], &lengthed(&attest), &lengthed(&public), &lengthed(&signature), &registers];
    write("tpm_parts", "theirs", &whole.concat())?;
    let pem = [text("tpm/ek_issuer.pem")?, text("tpm/ek_root.pem")?].concat();
    let above = tpm2::certificates(pem.as_bytes()).map_err(io::Error::other)?;
    let ek_chain = std::iter::once(vector("tpm/ek.cer.der")?).chain(above).collect();
    let pcrs = (0..).zip(values).collect();
    let whole = tpm2::Evidence { attest, signature, ak_public: public, ek_chain, pcrs };
    evidence(Kind::Tpm2Quote, "quote", &whole.to_json())?;
    evidence(Kind::Software, "signature", &[7; 64])
}

fn references() -> io::Result<()> {
    const FULL: &str = r#"{"format":"lightcone-references/1","version":7,"issued_s":1,"expires_s":9,
        "roots":[{"kind":"tdx","name":"a","sha256":"DIGEST"}],
        "images":[{"name":"b","measured":{"tpm2-quote":{"pcrs":{"7":"DIGEST"}}}}],
        "snp_floors":[{"product":"Milan","bootloader":1,"tee":0,"snp":2,"microcode":3}],
        "revoked":[{"key_sha256":"DIGEST","reason":"c"}]}"#;
    let full = FULL.replace("DIGEST", &"ab".repeat(32));
    write("references", "full", full.as_bytes())?;
    let empty = Document::default().to_json();
    write("references", "empty", &empty)?;
    let key = SigningKey::from_bytes(&[42; 32]);
    let sealed = Envelope::seal(&empty, &key.verifying_key().to_bytes(), |bytes| key.sign(bytes).to_bytes());
    write("references", "envelope", &serde_json::to_vec(&sealed)?)
}

fn inventory() -> io::Result<()> {
    let mut inventory = Inventory { taken_s: 1_750_000_000, ..Inventory::default() };
    write("inventory", "empty", &inventory.to_json())?;
    let gpu = GpuIdentity { pci_bus_id: Some("0000:18:00.0".to_owned()), ..GpuIdentity::default() };
    inventory.identity.gpus = vec![gpu];
    inventory.system.driver_version = Some("590.12".to_owned());
    inventory.system.gpu_count = Some(1);
    inventory.health.xids = Some(Vec::new());
    write("inventory", "gpu", &inventory.to_json())
}

fn result() -> io::Result<()> {
    let appraisals = [Kind::Tpm2Quote, Kind::NvidiaGpu].map(|kind| {
        let mut appraisal = Appraisal::of(kind, format!("x:{}", "5a".repeat(32)));
        appraisal.nonce = vec![7; 32];
        appraisal
    });
    let verifier = VerifierId { developer: "a".into(), build: "b".into() };
    let (issued, expires) = (UnixTime::from_s(1_750_000_000), UnixTime::from_s(4_000_000_000));
    let references = References::built_in();
    let terms = Terms { issued, expires, verifier, nonce: Some(&[1; 8]), references: &references };
    let ear = Ear::of(&appraisals, terms).map_err(io::Error::other)?;
    write("ear_open", "claims", &serde_json::to_vec(&ear)?)?;
    let key = SigningKey::from_bytes(&[42; 32]);
    write("ear_open", "token", jwt::seal(&ear, "k", |bytes| key.sign(bytes).to_bytes()).as_bytes())
}
