//! The samples, and the case that they are held against.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lightcone_attest::nvidia::{Evidence, devices};
use lightcone_attest::references::{Document, Firmware, References};
use lightcone_attest::{Appraisal, Case, Kind, Rejection, UnixTime, verifier};

/// 2026-09-21.
pub(crate) const NOW: UnixTime = UnixTime::from_s(1_790_000_000);
/// Reports that come as plain bytes beside their chains, with the architecture that a host would name.
pub(crate) const BARE: [(&str, &str, &str); 4] = [
    ("gh100_report_nvtrust.hex", "gh100_chain_nvtrust.pem", "HOPPER"),
    ("gh100_report_535.hex", "gh100_chain_535.pem", "HOPPER"),
    ("gb100_report.hex", "gb100_chain.pem", "BLACKWELL"),
    ("ls10_report.hex", "ls10_chain.pem", "LS10"),
];
/// Files of NVIDIA's tools.
pub(crate) const FILES: [&str; 3] =
    ["gh100_evidence_590.json", "gh100x4_evidence.json", "gh100_evidence_cert_on_hold.json"];

pub(crate) fn read(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/nvidia").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The evidence that a host would send for a bare report.
pub(crate) fn bare(report: &str, chain: &str, arch: &str) -> Evidence {
    let report = hex::decode(String::from_utf8(read(report)).unwrap().trim()).unwrap();
    let chain = String::from_utf8(read(chain)).unwrap();
    Evidence { arch: arch.to_owned(), chain, nonce: report[4..36].to_vec(), report }
}

/// The evidence of a file of NVIDIA's tools.
pub(crate) fn file(name: &str) -> Vec<Evidence> {
    let pieces = devices(&read(name)).unwrap();
    pieces.iter().map(|(_, piece)| Evidence::from_json(piece).unwrap()).collect()
}

/// Every good sample, with a name.
pub(crate) fn good() -> Vec<(String, Evidence)> {
    let bare = BARE.map(|(report, chain, arch)| (report.to_owned(), bare(report, chain, arch)));
    let files = FILES.iter().flat_map(|name| {
        file(name).into_iter().enumerate().map(move |(place, evidence)| (format!("{name} {place}"), evidence))
    });
    bare.into_iter().chain(files).collect()
}

/// The certificates of a PEM, in DER.
pub(crate) fn certificates(pem: &str) -> Vec<Vec<u8>> {
    let bodies = pem.split("-----BEGIN CERTIFICATE-----").skip(1);
    let der = |body: &str| {
        let body = body.split("-----END").next().unwrap();
        STANDARD.decode(body.split_whitespace().collect::<String>()).unwrap()
    };
    bodies.map(der).collect()
}

/// Certificates as PEM.
pub(crate) fn pem(certificates: &[Vec<u8>]) -> String {
    let one = |der: &Vec<u8>| {
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(der))
    };
    certificates.iter().map(one).collect()
}

pub(crate) fn case<'a>(references: &'a References, binding: Option<&'a [u8; 32]>) -> Case<'a> {
    Case { binding, identity_key: None, activated: &[], references, collateral: None, now: NOW }
}

/// Appraises without a session, by the format that the evidence names.
pub(crate) fn appraise(evidence: &Evidence, references: &References) -> Result<Appraisal, Rejection> {
    let case = case(references, None);
    verifier(evidence.kind()).verify(&evidence.to_json(), &case)
}

pub(crate) fn genuine(evidence: &Evidence) -> Appraisal {
    appraise(evidence, &References::built_in()).unwrap()
}

pub(crate) fn knowing(firmware: Vec<Firmware>) -> References {
    References::unsigned(Document { firmware, ..Document::default() })
}

/// What the device measured, by index as the maker counts, in hexadecimal.
pub(crate) fn measured(report: &[u8]) -> Vec<String> {
    const HEAD: usize = 37 + 8;
    const BLOCK: usize = 55;
    let record = &report[HEAD..HEAD + usize::from(report[37 + 4]) * BLOCK];
    record.chunks(BLOCK).map(|block| hex::encode(&block[7..])).collect()
}

pub(crate) const GPU: Kind = Kind::NvidiaGpu;
pub(crate) const SWITCH: Kind = Kind::NvidiaSwitch;
