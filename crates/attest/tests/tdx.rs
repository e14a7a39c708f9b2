//! `tdx`: real quotes with the collateral of their time, and a platform of our own for what no real one shows.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

mod forge;

use std::collections::BTreeMap;

use forge::tdx::{ATTRIBUTES, Changes, MRTD, Platform, REPORT_DATA, RTMR0, RTMR3, TEE_TYPE, image};
use lightcone_attest::references::{Document, Image, Measured, References, Revoked};
use lightcone_attest::tdx::{Evidence, Tdx};
use lightcone_attest::{
    Appraisal, Case, Check, Claim, Kind, Reason, Rejection, Residency, Tier, UnixTime, Verifier as _,
};
use proptest::prelude::*;

/// A quote of version 4 whose platform is up to date.
const QUOTE: &[u8] = include_bytes!("vectors/tdx/tdx_quote");
const COLLATERAL: &[u8] = include_bytes!("vectors/tdx/tdx_quote_collateral.json");
/// Its time.
const NOW: UnixTime = UnixTime::from_s(1_750_414_563);
/// A quote of version 5, from a platform older than Intel names any status for.
const OUTDATED: &[u8] = include_bytes!("vectors/tdx/tdx_quote_outdated");
const OUTDATED_COLLATERAL: &[u8] = include_bytes!("vectors/tdx/tdx_quote_outdated_collateral.json");
/// 2026-03-01.
const OUTDATED_NOW: UnixTime = UnixTime::from_s(1_772_323_200);
/// 2026-11-24.
const LATER: UnixTime = UnixTime::from_s(1_795_478_400);
const BINDING: [u8; 32] = [0xB1; 32];

fn case<'a>(references: &'a References, binding: Option<&'a [u8; 32]>) -> Case<'a> {
    Case { binding, identity_key: None, activated: &[], references, collateral: None, now: NOW }
}

fn evidence(quote: &[u8], collateral: &[u8]) -> Evidence {
    Evidence { quote: quote.to_vec(), collateral: Some(serde_json::from_slice(collateral).unwrap()) }
}

fn real() -> Evidence {
    evidence(QUOTE, COLLATERAL)
}

fn verify(evidence: &Evidence, case: &Case<'_>) -> Result<Appraisal, Rejection> {
    Tdx.verify(&evidence.to_json(), case)
}

fn refused(evidence: &Evidence, case: &Case<'_>) -> Option<Check> {
    verify(evidence, case).err().map(|rejection| rejection.check)
}

/// References that know a platform of ours and its image.
fn knowing(platform: &Platform) -> Document {
    Document { roots: vec![platform.root()], images: vec![image()], ..Document::default() }
}

#[test]
fn a_real_quote_is_of_a_genuine_platform_whose_code_is_unknown() {
    let references = References::built_in();
    let appraisal = verify(&real(), &case(&references, None)).unwrap();
    assert_eq!(appraisal.kind, Kind::Tdx);
    assert_eq!(appraisal.model, "Intel TDX, FMSPC b0c06f000000");
    assert_eq!(appraisal.instance.len(), "tdx:".len() + 32, "{}", appraisal.instance);
    assert_eq!((appraisal.residency, appraisal.binds_session_key), (Residency::R0, false));
    assert_eq!(appraisal.reasons, [Reason::CodeUnknown, Reason::KeyUnbound].into());
    assert_eq!(appraisal.not_done, [Check::Binding, Check::Code].into());
    assert!(appraisal.done.contains(&Check::Revocation), "the lists came with the collateral");
    assert_eq!(appraisal.claims["tcb_status"], Claim::Text("UpToDate".into()));
    assert_eq!(appraisal.trust.hardware, Tier::Affirming);
    let binding = QUOTE[REPORT_DATA][..32].try_into().unwrap();
    assert_eq!(
        refused(&real(), &case(&references, Some(&binding))),
        Some(Check::Binding),
        "64 bytes of its own"
    );
}

#[test]
fn a_quote_is_refused_when_its_lists_of_revoked_certificates_are_too_old() {
    let references = References::built_in();
    let at = |now| Case { now, ..case(&references, None) };
    assert_eq!(refused(&real(), &at(LATER)), Some(Check::Revocation));
    assert_eq!(refused(&real(), &at(UnixTime::from_s(1_600_000_000))), Some(Check::Tcb), "before its issue");
    assert_eq!(refused(&real(), &at(UnixTime::from_s(-1))), Some(Check::Chain));
    let outdated = evidence(OUTDATED, OUTDATED_COLLATERAL);
    assert_eq!(refused(&outdated, &at(OUTDATED_NOW)), Some(Check::Tcb), "older than any level");
    assert_eq!(refused(&outdated, &at(LATER)), Some(Check::Revocation));
}

#[test]
fn the_verifiers_collateral_comes_before_that_of_the_evidence() {
    let references = References::built_in();
    let bare = Evidence { collateral: None, ..real() };
    let given = Case { collateral: Some(COLLATERAL), ..case(&references, None) };
    assert_eq!(refused(&bare, &case(&references, None)), Some(Check::Revocation));
    assert_eq!(verify(&bare, &given), verify(&real(), &case(&references, None)));
    let other = Case { collateral: Some(OUTDATED_COLLATERAL), ..given };
    assert!(verify(&real(), &other).is_err(), "of another platform and time");
    assert_eq!(refused(&real(), &Case { collateral: Some(b"{}"), ..given }), Some(Check::Format));
    let long = vec![b' '; 70_000];
    assert_eq!(refused(&real(), &Case { collateral: Some(&long), ..given }), Some(Check::Size));
}

#[test]
fn a_bound_quote_of_a_known_image_is_r2_and_of_an_unknown_one_r0() {
    let platform = Platform::new();
    let references = References::unsigned(knowing(&platform));
    let case = case(&references, Some(&BINDING));
    let known = verify(&platform.evidence(&BINDING, &Changes::default()), &case).unwrap();
    assert_eq!((known.residency, known.binds_session_key), (Residency::R2, true));
    assert_eq!(known.nonce, BINDING);
    assert_eq!(known.code.map(|code| code.name).as_deref(), Some("lightcone-agent test"));
    assert!(known.reasons.is_empty() && known.not_done.is_empty());
    for place in [MRTD, RTMR0, RTMR3] {
        let change = |quote: &mut [u8]| quote[place.clone()][0] ^= 1;
        let changes = Changes { quote: Some(&change), ..Changes::default() };
        let unknown = verify(&platform.evidence(&BINDING, &changes), &case).unwrap();
        assert_eq!((unknown.residency, unknown.code), (Residency::R0, None), "{place:?}");
        assert_eq!(unknown.reasons, [Reason::CodeUnknown].into());
        assert_eq!(unknown.not_done, [Check::Code].into());
    }
    let any = Measured::Tdx { mrtd: hex::encode(&QUOTE[MRTD]), rtmrs: BTreeMap::new() };
    let any = Image { measured: any, ..image() };
    let references = References::unsigned(Document { images: vec![any], ..knowing(&platform) });
    let change = |quote: &mut [u8]| quote[RTMR3][0] ^= 1;
    let evidence = platform.evidence(&BINDING, &Changes { quote: Some(&change), ..Changes::default() });
    let appraisal = verify(&evidence, &Case { references: &references, ..case }).unwrap();
    assert_eq!(appraisal.residency, Residency::R2, "a register that is not named may have any value");
}

#[test]
fn a_domain_that_is_not_closed_is_refused() {
    let platform = Platform::new();
    let references = References::unsigned(knowing(&platform));
    let case = case(&references, Some(&BINDING));
    type Change = fn(&mut [u8]);
    let changes: [(Check, &str, Change); 7] = [
        (Check::Debug, "debugging", |quote| quote[ATTRIBUTES][0] |= 1),
        (Check::Debug, "profiling", |quote| quote[ATTRIBUTES][0] |= 1 << 4),
        (Check::Debug, "a reserved attribute", |quote| quote[ATTRIBUTES][0] |= 1 << 1),
        (Check::Debug, "exits on missing pages", |quote| quote[ATTRIBUTES][3] &= !(1 << 4)),
        (Check::Migration, "migration", |quote| quote[ATTRIBUTES][3] |= 1 << 5),
        (Check::Binding, "another binding", |quote| quote[REPORT_DATA][0] ^= 1),
        (Check::Binding, "bytes after the binding", |quote| quote[REPORT_DATA][63] = 1),
    ];
    for (check, what, change) in changes {
        let evidence = platform.evidence(&BINDING, &Changes { quote: Some(&change), ..Changes::default() });
        assert_eq!(refused(&evidence, &case), Some(check), "{what}");
    }
}

#[test]
fn old_firmware_is_told_and_firmware_without_secrets_refused() {
    let platform = Platform::new();
    let references = References::unsigned(knowing(&platform));
    let case = case(&references, Some(&BINDING));
    let with_status = |status: &str| {
        let status = format!(r#""tcbStatus":"{status}""#);
        let tcb_info = Some((r#""tcbStatus":"UpToDate""#, status.as_str()));
        verify(&platform.evidence(&BINDING, &Changes { tcb_info, ..Changes::default() }), &case)
    };
    let outdated = with_status("OutOfDate").unwrap();
    assert_eq!(outdated.reasons, [Reason::TcbOutdated].into());
    assert_eq!(outdated.residency, Residency::R2);
    assert_eq!(outdated.trust.hardware, Tier::Warning);
    assert_eq!(outdated.claims["tcb_status"], Claim::Text("OutOfDate".into()));
    assert_eq!(with_status("Revoked").unwrap_err().check, Check::Tcb);
}

#[test]
fn a_chain_that_is_not_intels_or_revoked_is_refused() {
    let platform = Platform::new();
    let evidence = platform.evidence(&BINDING, &Changes::default());
    let document = knowing(&platform);
    let built_in = References::built_in();
    assert_eq!(refused(&evidence, &case(&built_in, Some(&BINDING))), Some(Check::Root));
    let references = References::unsigned(document.clone());
    let case = case(&references, Some(&BINDING));
    let revoked = platform.evidence(&BINDING, &Changes { is_revoked: true, ..Changes::default() });
    assert_eq!(refused(&revoked, &case), Some(Check::Revocation), "by its maker");
    let ours = Revoked { key_sha256: platform.key_sha256(), reason: "stolen".into() };
    let ours = References::unsigned(Document { revoked: vec![ours], ..document });
    assert_eq!(refused(&evidence, &Case { references: &ours, ..case }), Some(Check::Revoked), "by us");
    let other = Platform::new().evidence(&BINDING, &Changes::default());
    let mixed = Evidence { collateral: other.collateral, ..evidence };
    assert_eq!(refused(&mixed, &case), Some(Check::Revocation), "lists of another maker");
}

#[test]
fn a_quote_of_an_enclave_is_refused() {
    let references = References::built_in();
    let case = case(&references, None);
    for version in [3, 4] {
        let mut quote = QUOTE.to_vec();
        quote[TEE_TYPE].fill(0);
        quote[0] = version;
        // An enclave's report is 200 bytes shorter than a domain's.
        quote.drain(48..248);
        if version == 3 {
            // The older layout has no certification data around the enclave's report.
            quote.drain(564..570);
        }
        let rejection = verify(&evidence(&quote, COLLATERAL), &case).unwrap_err();
        assert_eq!(rejection.check, Check::Statement, "version {version}: {rejection}");
    }
}

/// Bytes of the real quote that nothing signs: the end of the line after each certificate, and the zero that Intel's
/// library ends the text with. Text around certificates in PEM says nothing; the certificates in it are signed.
const UNSIGNED: [usize; 4] = [3030, 3986, 4934, 4935];

#[test]
fn every_flipped_byte_is_noticed() {
    let references = References::built_in();
    let case = Case { collateral: Some(COLLATERAL), ..case(&references, None) };
    let good = Evidence { collateral: None, ..real() };
    let appraisal = verify(&good, &case).unwrap();
    let mut unnoticed = Vec::new();
    for place in 0..QUOTE.len() {
        let mut flipped = good.clone();
        flipped.quote[place] ^= 1;
        if verify(&flipped, &case).is_ok_and(|found| found == appraisal) {
            unnoticed.push(place);
        }
    }
    assert_eq!(unnoticed, UNSIGNED);
    assert_eq!(UNSIGNED.map(|place| QUOTE[place]), *b"\n\n\n\0");
}

#[test]
fn what_is_no_evidence_is_refused_in_words() {
    let references = References::built_in();
    let case = case(&references, None);
    let good = String::from_utf8(real().to_json()).unwrap();
    let long = "[".repeat(70_000);
    let texts = [
        (Check::Format, ""),
        (Check::Format, "{}"),
        (Check::Format, r#"{"quote":""}"#),
        (Check::Format, r#"{"quote":"?"}"#),
        (Check::Format, &good.replacen('{', r#"{"more":1,"#, 1)),
        (Check::Size, &long),
    ];
    for (check, text) in texts {
        let refused = Tdx.verify(text.as_bytes(), &case).err().map(|rejection| rejection.check);
        assert_eq!(refused, Some(check), "{}", &text[..text.len().min(60)]);
    }
    let longer = Evidence { quote: [QUOTE, &[1]].concat(), ..real() };
    assert_eq!(refused(&longer, &case), Some(Check::Format));
    let shorter = Evidence { quote: QUOTE[..4000].to_vec(), ..real() };
    assert_eq!(refused(&shorter, &case), Some(Check::Format));
}

#[test]
fn evidence_is_written_as_it_is_read() {
    assert_eq!(Evidence::parse(&real().to_json()), Ok(real()));
    let bare = Evidence { collateral: None, ..real() };
    assert_eq!(Evidence::parse(&bare.to_json()), Ok(bare));
}

proptest! {
    #[test]
    fn no_bytes_bring_the_verifier_down(
        start in proptest::collection::vec(any::<u8>(), 0..800),
        length in 0..QUOTE.len(),
    ) {
        let references = References::built_in();
        let mut quote = start;
        quote.extend(&QUOTE[quote.len().min(length)..length]);
        let evidence = evidence(&quote, COLLATERAL);
        let refused = verify(&evidence, &case(&references, None)).is_err();
        prop_assert!(refused || quote == QUOTE);
    }
}
