//! `tdx`: real quotes with the collateral of their time.

use std::collections::BTreeMap;
use std::ops::Range;

use lightcone_attest::references::{Document, Image, Measured, References, Revoked};
use lightcone_attest::tdx::{Evidence, Tdx};
use lightcone_attest::{
    Appraisal, Case, Check, Claim, Reason, Rejection, Residency, Tier, UnixTime, Verifier as _,
};

/// A quote of version 4 whose platform is up to date.
const QUOTE: &[u8] = include_bytes!("vectors/tdx/tdx_quote");
const COLLATERAL: &[u8] = include_bytes!("vectors/tdx/tdx_quote_collateral.json");
/// Its time.
const NOW: UnixTime = UnixTime::from_s(1_750_414_563);
/// A quote of version 5 whose platform is out of date, and which has 32 bytes and 32 zeros signed.
const OUTDATED: &[u8] = include_bytes!("vectors/tdx/tdx_quote_outdated");
const OUTDATED_COLLATERAL: &[u8] = include_bytes!("vectors/tdx/tdx_quote_outdated_collateral.json");
/// 2026-03-01.
const OUTDATED_NOW: UnixTime = UnixTime::from_s(1_772_323_200);
/// 2026-11-24.
const LATER: UnixTime = UnixTime::from_s(1_795_478_400);

fn case(references: &References, now: UnixTime) -> Case<'_> {
    Case { binding: None, identity_key: None, activated: &[], references, collateral: None, now }
}

fn evidence(quote: &[u8], collateral: &[u8]) -> Evidence {
    Evidence { quote: quote.to_vec(), collateral: Some(serde_json::from_slice(collateral).unwrap()) }
}

fn verify(evidence: &Evidence, case: &Case<'_>) -> Result<Appraisal, Rejection> {
    Tdx.verify(&evidence.to_json(), case)
}

#[test]
fn probe() {
    let r = References::built_in();
    println!("{:#?}", verify(&evidence(QUOTE, COLLATERAL), &case(&r, NOW)));
    println!("{:#?}", verify(&evidence(QUOTE, COLLATERAL), &case(&r, LATER)));
    println!("{:#?}", verify(&evidence(OUTDATED, OUTDATED_COLLATERAL), &case(&r, OUTDATED_NOW)));
    println!("{:#?}", verify(&evidence(OUTDATED, OUTDATED_COLLATERAL), &case(&r, LATER)));
    println!("{:#?}", verify(&evidence(OUTDATED, COLLATERAL), &case(&r, NOW)));
    println!("{:#?}", verify(&evidence(QUOTE, COLLATERAL), &case(&r, UnixTime::from_s(1_600_000_000))));
}
