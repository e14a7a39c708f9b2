//! `sev-snp`: a real report and real certificates, and a processor of our own for what no real one shows.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

mod forge;

use forge::snp::{
    self, CHIP_ID, IMAGE, KEY_INFO, Key, MEASUREMENT, POLICY, PRIVILEGE, Processor, REPORT_DATA,
};
use lightcone_attest::references::{Document, Image, Measured, References, Revoked, SnpFloor};
use lightcone_attest::snp::{Evidence, SevSnp};
use lightcone_attest::{
    Appraisal, Case, Check, Claim, Kind, Reason, Rejection, Residency, Tier, UnixTime, Verifier as _,
};
use proptest::prelude::*;

const NOW: UnixTime = UnixTime::from_s(1_750_414_563);
const BINDING: [u8; 32] = [0xB1; 32];
const REPORT: &str = include_str!("vectors/snp/report_milan.hex");
const VCEK: &[u8] = include_bytes!("vectors/snp/vcek_milan.der");
const CHAIN: &str = include_str!("vectors/snp/cert_chain_milan.pem");
const TURIN_VCEK: &[u8] = include_bytes!("vectors/snp/vcek_turin.der");
const TURIN_CHAIN: &str = include_str!("vectors/snp/cert_chain_turin.pem");

fn case<'a>(references: &'a References, binding: Option<&'a [u8; 32]>) -> Case<'a> {
    Case { binding, identity_key: None, activated: &[], references, collateral: None, now: NOW }
}

fn verify(evidence: &Evidence, case: &Case<'_>) -> Result<Appraisal, Rejection> {
    SevSnp.verify(&evidence.to_json(), case)
}

fn refused(evidence: &Evidence, case: &Case<'_>) -> Option<Check> {
    verify(evidence, case).err().map(|rejection| rejection.check)
}

fn chain(vcek: &[u8], above: &str) -> Vec<Vec<u8>> {
    std::iter::once(vcek.to_vec()).chain(forge::from_pem(above)).collect()
}

/// The evidence of the real processor.
fn milan() -> Evidence {
    Evidence { report: hex::decode(REPORT.trim()).unwrap(), chain: chain(VCEK, CHAIN) }
}

/// References that know a processor of ours and its image.
fn knowing(processor: &Processor) -> Document {
    Document { roots: vec![processor.root()], images: vec![snp::image()], ..Document::default() }
}

#[test]
fn a_real_report_is_of_a_genuine_chip_whose_code_is_unknown() {
    let references = References::built_in();
    let appraisal = verify(&milan(), &case(&references, None)).unwrap();
    assert_eq!(appraisal.kind, Kind::SevSnp);
    assert!(appraisal.instance.starts_with("snp:d49554ec717f4e5b"), "{}", appraisal.instance);
    assert_eq!(appraisal.instance.len(), "snp:".len() + 128);
    assert_eq!(appraisal.model, "AMD Milan-B0");
    assert_eq!((appraisal.residency, appraisal.binds_session_key), (Residency::R0, false));
    assert_eq!(appraisal.reasons, [Reason::CodeUnknown, Reason::KeyUnbound].into());
    let open = [Check::Revocation, Check::Binding, Check::Tcb, Check::Code];
    assert_eq!(appraisal.not_done, open.into());
    assert_eq!(appraisal.claims["tcb_microcode"], Claim::Number(115));
    assert_eq!(appraisal.claims["policy"], Claim::Number(0x3_0000));
    assert_eq!(appraisal.claims["signed_by"], Claim::Text("VCEK".into()));
    assert_eq!(appraisal.trust.hardware, Tier::Affirming);
    assert_eq!(appraisal.trust.executables, Tier::Warning);
}

#[test]
fn a_real_report_of_a_known_image_ties_no_key_that_it_does_not_bear() {
    let milan = milan();
    let measurement = hex::encode(&milan.report[MEASUREMENT]);
    let image =
        Image { name: "it".into(), opens_accelerator: true, measured: Measured::SevSnp { measurement } };
    let references = References::unsigned(Document { images: vec![image], ..Document::default() });
    let appraisal = verify(&milan, &case(&references, None)).unwrap();
    assert!(appraisal.code.is_some_and(|code| code.opens_accelerator));
    assert!(appraisal.done.contains(&Check::Code));
    assert_eq!((appraisal.residency, appraisal.binds_session_key), (Residency::R0, false));
    assert_eq!(appraisal.reasons, [Reason::KeyUnbound].into());
    for binding in [BINDING, milan.report[REPORT_DATA][..32].try_into().unwrap()] {
        assert_eq!(refused(&milan, &case(&references, Some(&binding))), Some(Check::Binding));
    }
}

#[test]
fn a_bound_report_of_a_known_image_is_r2_and_of_an_unknown_one_r0() {
    let processor = Processor::new();
    let evidence = processor.evidence(&BINDING);
    let references = References::unsigned(knowing(&processor));
    let known = verify(&evidence, &case(&references, Some(&BINDING))).unwrap();
    assert_eq!((known.residency, known.binds_session_key), (Residency::R2, true));
    assert_eq!(known.nonce, BINDING);
    assert_eq!(known.code.map(|code| code.name).as_deref(), Some("lightcone-agent test"));
    assert_eq!(known.trust.runtime_opaque, Tier::Affirming);
    let other = processor.evidence_with(&BINDING, |report| report[MEASUREMENT][47] ^= 1);
    let unknown = verify(&other, &case(&references, Some(&BINDING))).unwrap();
    assert_eq!((unknown.residency, unknown.binds_session_key), (Residency::R0, true));
    assert_eq!(unknown.reasons, [Reason::CodeUnknown].into());
    assert!(unknown.not_done.contains(&Check::Code) && unknown.code.is_none());
    assert_ne!(IMAGE.to_vec(), other.report[MEASUREMENT]);
}

#[test]
fn a_machine_that_is_not_closed_is_refused() {
    let processor = Processor::new();
    let references = References::unsigned(knowing(&processor));
    type Change = fn(&mut [u8]);
    let changes: [(Check, &str, Change); 9] = [
        (Check::Debug, "debugging", |report| report[POLICY][2] |= 1 << 3),
        (Check::Migration, "migration agent", |report| report[POLICY][2] |= 1 << 2),
        (Check::Privilege, "VMPL 1", |report| report[PRIVILEGE][0] = 1),
        (Check::Privilege, "asked for by the host", |report| report[PRIVILEGE].fill(0xFF)),
        (Check::Binding, "another binding", |report| report[REPORT_DATA][0] ^= 1),
        (Check::Binding, "bytes after the binding", |report| report[REPORT_DATA][63] = 1),
        (Check::Statement, "another key", |report| report[KEY_INFO][0] = 1 << 2),
        (Check::Statement, "another algorithm", |report| report[snp::ALGORITHM][0] = 2),
        (Check::Format, "a later layout", |report| report[0] = 6),
    ];
    for (check, what, change) in changes {
        let evidence = processor.evidence_with(&BINDING, change);
        assert_eq!(refused(&evidence, &case(&references, Some(&BINDING))), Some(check), "{what}");
    }
}

#[test]
fn a_report_of_another_chip_or_firmware_than_its_certificate_is_refused() {
    let processor = Processor::new();
    let references = References::unsigned(knowing(&processor));
    let case = case(&references, Some(&BINDING));
    let chip = processor.evidence_with(&BINDING, |report| report[CHIP_ID][63] ^= 1);
    assert_eq!(refused(&chip, &case), Some(Check::Identity));
    for part in [0, 1, 2, 6, 7] {
        let firmware = processor.evidence_with(&BINDING, |report| report[snp::REPORTED_TCB][part] ^= 1);
        assert_eq!(refused(&firmware, &case), Some(Check::Firmware), "part {part}");
    }
}

#[test]
fn a_hidden_chip_is_told_apart_by_its_key_and_left_open() {
    let processor = Processor::new();
    let references = References::unsigned(knowing(&processor));
    let evidence = processor.evidence_with(&BINDING, |report| report[CHIP_ID].fill(0));
    let appraisal = verify(&evidence, &case(&references, Some(&BINDING))).unwrap();
    assert_eq!(appraisal.instance, format!("snp:{}", processor.key_sha256()));
    assert_eq!(appraisal.residency, Residency::R2);
    assert!(appraisal.not_done.contains(&Check::Identity));
}

#[test]
fn a_clouds_key_signs_for_the_chip_that_the_report_names() {
    let processor = Processor::of("Milan", Key::Vlek);
    let references = References::unsigned(knowing(&processor));
    let case = case(&references, Some(&BINDING));
    let evidence = processor.evidence_with(&BINDING, |report| report[KEY_INFO][0] = 1 << 2);
    let appraisal = verify(&evidence, &case).unwrap();
    assert_eq!(appraisal.instance, format!("snp:{}", hex::encode(snp::CHIP)));
    assert_eq!(appraisal.claims["cloud"], Claim::Text("a cloud".into()));
    assert_eq!(refused(&processor.evidence(&BINDING), &case), Some(Check::Statement), "it says VCEK");
}

#[test]
fn each_product_has_its_own_layout_of_versions() {
    let turin = Processor::of("Turin", Key::Vcek);
    let references = References::unsigned(knowing(&turin));
    let case = case(&references, Some(&BINDING));
    assert_eq!(refused(&turin.evidence(&BINDING), &case), Some(Check::Firmware), "Milan's layout");
    let evidence = turin.evidence_with(&BINDING, |report| {
        report[snp::REPORTED_TCB].copy_from_slice(&[2, 3, 1, 8, 0, 0, 0, 115]);
    });
    let appraisal = verify(&evidence, &case).unwrap();
    assert_eq!(appraisal.claims["tcb_fmc"], Claim::Number(2));
    let unknown = Processor::of("Florence", Key::Vcek);
    let references = References::unsigned(knowing(&unknown));
    let evidence = unknown.evidence(&BINDING);
    assert_eq!(refused(&evidence, &Case { references: &references, ..case }), Some(Check::Format));
}

#[test]
fn firmware_below_the_floor_of_its_product_is_refused() {
    let processor = Processor::new();
    let at = SnpFloor { product: "Milan".into(), bootloader: 3, tee: 1, snp: 8, microcode: 115 };
    let verify_with = |floors: &[SnpFloor]| {
        let references =
            References::unsigned(Document { snp_floors: floors.to_vec(), ..knowing(&processor) });
        verify(&processor.evidence(&BINDING), &case(&references, Some(&BINDING)))
    };
    assert!(verify_with(std::slice::from_ref(&at)).unwrap().done.contains(&Check::Tcb));
    let above = SnpFloor { microcode: 116, ..at.clone() };
    assert_eq!(verify_with(&[at.clone(), above.clone()]).unwrap_err().check, Check::Tcb);
    let other = verify_with(&[SnpFloor { product: "Genoa".into(), ..above }]).unwrap();
    assert!(other.not_done.contains(&Check::Tcb), "a floor of another product says nothing");
}

#[test]
fn a_chain_that_is_not_amds_or_revoked_by_us_is_refused() {
    let processor = Processor::new();
    let evidence = processor.evidence(&BINDING);
    let document = knowing(&processor);
    let built_in = References::built_in();
    assert_eq!(refused(&evidence, &case(&built_in, Some(&BINDING))), Some(Check::Root));
    let revoked = Revoked { key_sha256: processor.key_sha256(), reason: "stolen".into() };
    let revoked = References::unsigned(Document { revoked: vec![revoked], ..document.clone() });
    assert_eq!(refused(&evidence, &case(&revoked, Some(&BINDING))), Some(Check::Revoked));
    let references = References::unsigned(document);
    let case = case(&references, Some(&BINDING));
    let late = Case { now: UnixTime::from_s(2_400_000_000), ..case };
    assert_eq!(refused(&evidence, &late), Some(Check::Chain));
    let other = Evidence { chain: Processor::new().evidence(&BINDING).chain, ..evidence.clone() };
    assert_eq!(refused(&other, &case), Some(Check::Root), "another maker");
    let swapped = Evidence { report: Processor::new().evidence(&BINDING).report, ..evidence.clone() };
    assert_eq!(refused(&swapped, &case), Some(Check::Signature), "another processor's report");
    for length in [0, 1, 2, 4] {
        let chain = evidence.chain.iter().cycle().take(length).cloned().collect();
        assert_eq!(refused(&Evidence { chain, ..evidence.clone() }, &case), Some(Check::Size), "{length}");
    }
}

#[test]
fn turins_certificates_hold_and_do_not_sign_for_milan() {
    let references = References::built_in();
    let turin = Evidence { chain: chain(TURIN_VCEK, TURIN_CHAIN), ..milan() };
    let rejection = verify(&turin, &case(&references, None)).unwrap_err();
    assert_eq!(rejection.check, Check::Signature, "chain, root and extensions are good: {rejection}");
    let mixed = Evidence { chain: chain(TURIN_VCEK, CHAIN), ..milan() };
    assert_eq!(refused(&mixed, &case(&references, None)), Some(Check::Chain));
}

#[test]
fn every_flipped_byte_is_noticed() {
    let references = References::built_in();
    let (good, case) = (milan(), case(&references, None));
    assert_eq!(refused(&good, &case), None);
    let mut refusals = 0;
    for place in 0..good.report.len() {
        let mut flipped = good.clone();
        flipped.report[place] ^= 1;
        assert!(verify(&flipped, &case).is_err(), "byte {place:#x} of the report");
        refusals += 1;
    }
    for certificate in 0..good.chain.len() {
        for place in 0..good.chain[certificate].len() {
            let mut flipped = good.clone();
            flipped.chain[certificate][place] ^= 1;
            assert!(verify(&flipped, &case).is_err(), "byte {place} of certificate {certificate}");
            refusals += 1;
        }
    }
    assert_eq!(refusals, 1184 + 1360 + 1677 + 1639);
}

#[test]
fn what_is_no_evidence_is_refused_in_words() {
    let references = References::built_in();
    let case = case(&references, None);
    let good = String::from_utf8(milan().to_json()).unwrap();
    let long = "[".repeat(70_000);
    let texts = [
        (Check::Format, ""),
        (Check::Format, "{}"),
        (Check::Format, r#"{"report":"AA==","chain":[]}"#),
        (Check::Format, r#"{"report":"?","chain":[]}"#),
        (Check::Format, &good.replacen('{', r#"{"more":1,"#, 1)),
        (Check::Size, &long),
    ];
    for (check, text) in texts {
        let refused = SevSnp.verify(text.as_bytes(), &case).err().map(|rejection| rejection.check);
        assert_eq!(refused, Some(check), "{}", &text[..text.len().min(60)]);
    }
    let short = Evidence { report: milan().report[..1183].to_vec(), ..milan() };
    assert_eq!(refused(&short, &case), Some(Check::Format));
    let long = Evidence { report: [milan().report, vec![0]].concat(), ..milan() };
    assert_eq!(refused(&long, &case), Some(Check::Format));
}

#[test]
fn evidence_is_written_as_it_is_read() {
    let good = milan();
    assert_eq!(Evidence::parse(&good.to_json()), Ok(good));
}

proptest! {
    #[test]
    fn no_bytes_bring_the_verifier_down(
        report in proptest::collection::vec(any::<u8>(), 0..1300),
        certificate in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let references = References::built_in();
        let evidence = Evidence { report, chain: vec![certificate, VCEK.to_vec(), Vec::new()] };
        prop_assert!(verify(&evidence, &case(&references, None)).is_err());
    }
}
