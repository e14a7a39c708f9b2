//! What devices write in bytes, in the document that a host puts it in.

use std::sync::LazyLock;

use lightcone_attest::references::{Document, References};
use lightcone_attest::{Case, Kind, nvidia, snp, tdx};

use super::processor::{self, Processor};
use super::{BINDING, NOW, appraise, case};

const GPU_CHAIN: &str = include_str!("../../../crates/attest/tests/vectors/nvidia/gh100_chain_nvtrust.pem");
const SWITCH_CHAIN: &str = include_str!("../../../crates/attest/tests/vectors/nvidia/ls10_chain.pem");
const COLLATERAL: &[u8] =
    include_bytes!("../../../crates/attest/tests/vectors/tdx/tdx_quote_collateral.json");
/// The nonce's place in a request.
const NONCE: std::ops::Range<usize> = 4..36;
/// The most certificates that are read from one input.
const CERTIFICATES_MAX: usize = 12;

/// The first byte picks the device: a GPU, or a switch where it is odd. The rest is its report, under a real chain.
pub fn nvidia_report(data: &[u8]) {
    let Some((first, report)) = data.split_first() else { return };
    let (kind, arch, chain) = match first & 1 {
        0 => (Kind::NvidiaGpu, "HOPPER", GPU_CHAIN),
        _ => (Kind::NvidiaSwitch, "LS10", SWITCH_CHAIN),
    };
    let nonce = report.get(NONCE).unwrap_or_default().to_vec();
    let evidence =
        nvidia::Evidence { arch: arch.to_owned(), chain: chain.to_owned(), report: report.to_vec(), nonce };
    let read = nvidia::Evidence::from_json(&evidence.to_json());
    assert!(read.is_err() || read.as_ref() == Ok(&evidence));
    let references = References::built_in();
    let _refused_or_not = appraise(kind, &evidence.to_json(), &case(&references, first & 0x80 != 0));
}

/// A report of SEV-SNP, signed by a processor of ours whatever it says.
pub fn snp_report(data: &[u8]) {
    static PROCESSOR: LazyLock<(Processor, References)> = LazyLock::new(|| {
        let processor = Processor::new();
        let document = Document {
            roots: vec![processor.root()],
            images: vec![processor::image()],
            ..Document::default()
        };
        (processor, References::unsigned(document))
    });
    let (processor, references) = &*PROCESSOR;
    let signed = processor.evidence_with(&BINDING, |report| {
        for (byte, given) in report.iter_mut().zip(data) {
            *byte = *given;
        }
    });
    let _refused_or_not = appraise(Kind::SevSnp, &signed.to_json(), &case(references, true));
    let bare = snp::Evidence { report: data.to_vec(), chain: signed.chain };
    assert!(appraise(Kind::SevSnp, &bare.to_json(), &case(references, true)).is_err(), "nobody signed it");
}

/// A quote of TDX, with the collateral of a real platform.
pub fn tdx_quote(data: &[u8]) {
    let evidence = tdx::Evidence { quote: data.to_vec(), collateral: None };
    let references = References::built_in();
    let case = Case { collateral: Some(COLLATERAL), ..case(&references, false) };
    let _refused_or_not = appraise(Kind::Tdx, &evidence.to_json(), &case);
}

/// Certificates in DER, each after its length in two bytes, as a chain of either kind of root.
pub fn certificates(data: &[u8]) {
    let mut rest = data;
    let mut chain = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<2>().filter(|_| chain.len() < CERTIFICATES_MAX)
    {
        let length = usize::from(u16::from_be_bytes(*length)).min(after.len());
        let (certificate, after) = after.split_at(length);
        chain.push(certificate.to_vec());
        rest = after;
    }
    let references = References::built_in();
    let case = Case { now: NOW, ..case(&references, false) };
    let evidence = snp::Evidence { report: vec![2; snp::REPORT_BYTES], chain };
    let _refused_or_not = appraise(Kind::SevSnp, &evidence.to_json(), &case);
}
