//! One bit changed anywhere is never accepted. A report is signed whole, request and response, and so is every
//! certificate, so that there is no exception among their bytes. Of the JSON around them nothing is signed: `arch` and
//! `nonce` are compared with what is, and the text around certificates in PEM is not looked at.

use std::collections::BTreeSet;
use std::thread;

use lightcone_attest::nvidia::Evidence;
use lightcone_attest::references::References;

use crate::vectors::{appraise, certificates, good, pem};

/// Calls `check` for every number below `count`, on all cores.
fn all(count: usize, check: impl Fn(usize) + Sync) {
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    thread::scope(|scope| {
        for first in 0..threads {
            let check = &check;
            scope.spawn(move || (first..count).step_by(threads).for_each(check));
        }
    });
}

#[test]
fn a_flip_in_any_byte_of_a_report_is_refused() {
    for (name, evidence) in good() {
        all(evidence.report.len(), |place| {
            let mut flipped = evidence.clone();
            flipped.report[place] ^= 1;
            // The host says whatever it likes of its nonce.
            flipped.nonce = flipped.report[4..36].to_vec();
            assert!(appraise(&flipped, &References::built_in()).is_err(), "{name}: byte {place}");
        });
    }
}

/// One chain of each architecture, and each certificate once, where chains share some; chains of other devices differ
/// from these in their first two certificates only.
#[test]
fn a_flip_in_any_byte_of_a_certificate_is_refused() {
    let mut seen = BTreeSet::new();
    for sample in ["gh100_report_nvtrust.hex", "gb100_report.hex", "ls10_report.hex"] {
        let (_, evidence) = good().into_iter().find(|(name, _)| name == sample).unwrap();
        let chain = certificates(&evidence.chain);
        assert!(
            appraise(&Evidence { chain: pem(&chain), ..evidence.clone() }, &References::built_in()).is_ok()
        );
        for which in (0..chain.len()).filter(|which| seen.insert(chain[*which].clone())) {
            all(chain[which].len(), |place| {
                let mut chain = chain.clone();
                chain[which][place] ^= 1;
                let flipped = Evidence { chain: pem(&chain), ..evidence.clone() };
                let refused = appraise(&flipped, &References::built_in()).is_err();
                assert!(refused, "{sample}: certificate {which}, byte {place}");
            });
        }
    }
}

#[test]
fn a_report_that_ends_early_or_late_is_refused() {
    let (_, evidence) = good().into_iter().find(|(name, _)| name == "ls10_report.hex").unwrap();
    for length in 0..evidence.report.len() {
        let cut = Evidence { report: evidence.report[..length].to_vec(), ..evidence.clone() };
        assert!(appraise(&cut, &References::built_in()).is_err(), "{length} bytes");
    }
    let longer = Evidence { report: [evidence.report.as_slice(), &[0]].concat(), ..evidence.clone() };
    assert!(appraise(&longer, &References::built_in()).is_err());
}

#[test]
fn flips_in_the_json_are_refused_or_change_nothing() {
    let (_, evidence) = good().into_iter().find(|(name, _)| name == "ls10_report.hex").unwrap();
    let (json, appraisal) = (evidence.to_json(), appraise(&evidence, &References::built_in()).unwrap());
    let places: Vec<usize> = (0..json.len()).step_by(7).collect();
    all(places.len(), |number| {
        let mut flipped = json.clone();
        flipped[places[number]] ^= 1;
        let Ok(flipped) = Evidence::from_json(&flipped) else { return };
        let Ok(accepted) = appraise(&flipped, &References::built_in()) else { return };
        // Line breaks and the text between certificates in PEM.
        assert_eq!(accepted, appraisal, "byte {}", places[number]);
        assert_eq!(flipped.report, evidence.report);
        assert_eq!(certificates(&flipped.chain), certificates(&evidence.chain));
    });
}
