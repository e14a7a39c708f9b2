//! What devices write in bytes, in the document that a host puts it in.

use std::sync::LazyLock;

use lightcone_attest::references::{Document, References, Root};
use lightcone_attest::{Activated, Case, Kind, UnixTime, nvidia, snp, tdx, tpm2};
use sha2::{Digest as _, Sha256};

use super::input::Input;
use super::processor::{self, Processor};
use super::signers::{self, GPU, TPM};
use super::{BINDING, appraise, case};

const SWITCH_CHAIN: &str = include_str!("../../../crates/attest/tests/vectors/nvidia/ls10_chain.pem");
const ENDORSEMENT: &[u8] = include_bytes!("../../../crates/attest/tests/vectors/tpm/ek.cer.der");
const ENDORSEMENT_ISSUER: &str = include_str!("../../../crates/attest/tests/vectors/tpm/ek_issuer.pem");
const ENDORSEMENT_ROOT: &str = include_str!("../../../crates/attest/tests/vectors/tpm/ek_root.pem");
const COLLATERAL: &[u8] =
    include_bytes!("../../../crates/attest/tests/vectors/tdx/tdx_quote_collateral.json");
/// When the sample's certificates of a TPM hold, and how many registers a TPM has.
const TPM_NOW: UnixTime = UnixTime::from_s(1_795_478_400);
const PCRS: u8 = 24;
/// The nonce's place in a request.
const NONCE: std::ops::Range<usize> = 4..36;
/// The most certificates that are read from one input.
const CERTIFICATES_MAX: usize = 12;

/// The first byte picks the device: a GPU of ours, which signs whatever the rest says, or a real switch, under whose chain
/// the rest is a report as it is.
pub fn nvidia_report(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let built_in = References::built_in();
    let is_ours = first & 1 == 0;
    let (arch, chain, references) =
        if is_ours { ("HOPPER", &*GPU.chain, &GPU.references) } else { ("LS10", SWITCH_CHAIN, &built_in) };
    let signature = if is_ours { GPU.sign(rest) } else { Vec::new() };
    let evidence = nvidia::Evidence {
        arch: arch.to_owned(),
        chain: chain.to_owned(),
        report: [rest, &signature].concat(),
        nonce: rest.get(NONCE).unwrap_or_default().to_vec(),
    };
    let json = evidence.to_json();
    let read = nvidia::Evidence::from_json(&json);
    assert!(read.is_err() || read.as_ref() == Ok(&evidence));
    let _refused_or_not = appraise(evidence.kind(), &json, &case(references, first & 0x80 != 0));
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

/// What a TPM writes, each after its length in two bytes: statement, then public area and signature, then registers. Where
/// the first byte is even, the key is one of ours, which signs whatever the statement says.
pub fn tpm_parts(data: &[u8]) {
    static KNOWN: LazyLock<(Vec<Vec<u8>>, References)> = LazyLock::new(|| {
        let pem =
            [signers::pem(ENDORSEMENT), ENDORSEMENT_ISSUER.to_owned(), ENDORSEMENT_ROOT.to_owned()].concat();
        let chain = tpm2::certificates(pem.as_bytes()).expect("a sample");
        let sha256 = hex::encode(Sha256::digest(&chain[2]));
        let root = Root { kind: Kind::Tpm2Quote.name().to_owned(), name: "a sample's".to_owned(), sha256 };
        (chain, References::unsigned(Document { roots: vec![root], ..Document::default() }))
    });
    let (chain, references) = &*KNOWN;
    let mut input = Input::new(data);
    let is_ours = input.u8() & 1 == 0;
    let attest = input.lengthed().to_vec();
    let [ak_public, signature] =
        if is_ours { [TPM.public(), TPM.sign(&attest)] } else { [(); 2].map(|()| input.lengthed().to_vec()) };
    let pcrs = (0..input.u8() % (PCRS + 1)).map(|number| (number, input.array())).collect();
    let evidence = tpm2::Evidence { attest, signature, ak_public, ek_chain: chain.clone(), pcrs };
    let json = evidence.to_json();
    let read = tpm2::Evidence::parse(&json);
    assert!(read.is_err() || read.as_ref() == Ok(&evidence));
    let activated: Vec<Activated> = evidence.claims().into_iter().collect();
    let case = Case { activated: &activated, now: TPM_NOW, ..case(references, false) };
    let _refused_or_not = appraise(Kind::Tpm2Quote, &json, &case);
}

/// Certificates in DER, each after its length in two bytes, in a chain of AMD's.
pub fn certificates(data: &[u8]) {
    let mut input = Input::new(data);
    let mut chain = Vec::new();
    while !input.is_empty() && chain.len() < CERTIFICATES_MAX {
        chain.push(input.lengthed().to_vec());
    }
    let references = References::built_in();
    let mut report = vec![0; snp::REPORT_BYTES];
    report[0] = 2; // the layout's version, without which no certificate is looked at
    let evidence = snp::Evidence { report, chain };
    let _refused_or_not = appraise(Kind::SevSnp, &evidence.to_json(), &case(&references, false));
}
