//! Measurements against what the maker published.

use std::collections::BTreeMap;

use lightcone_attest::nvidia::{Evidence, rim};
use lightcone_attest::references::{Firmware, FirmwarePart};
use lightcone_attest::{Appraisal, Check, Claim, Kind, Reason, Tier};

use crate::vectors::{GPU, SWITCH, appraise, bare, knowing, measured, read};

fn h100() -> Evidence {
    bare("gh100_report_535.hex", "gh100_chain_535.pem", "HOPPER")
}

fn manifest(name: &str) -> Firmware {
    rim::parse(&read(name)).unwrap()
}

/// What the driver of a report measured, as if it had been published.
fn driver(version: &str, indices: &[u8]) -> Firmware {
    let measured = measured(&h100().report);
    let value = |index: &u8| (*index, vec![measured[usize::from(*index)].clone()]);
    Firmware {
        kind: GPU.name().to_owned(),
        part: FirmwarePart::Driver,
        id: "driver".to_owned(),
        version: version.to_owned(),
        model: Some("GH100".to_owned()),
        measurements: indices.iter().map(value).collect(),
        checked_by: "a test".to_owned(),
    }
}

fn told<'a>(appraisal: &'a Appraisal, name: &str) -> Option<&'a Claim> {
    appraisal.claims.get(name)
}

fn text(words: &str) -> Claim {
    Claim::Text(words.to_owned())
}

#[test]
fn all_twelve_values_of_the_flash_are_as_published() {
    let known = knowing(vec![manifest("rim_vbios_1010_0200_882_96005E0001.xml")]);
    let appraisal = appraise(&h100(), &known).unwrap();
    assert_eq!(told(&appraisal, "vbios-measurements"), Some(&text("12 of 12")));
    assert!(!appraisal.reasons.contains(&Reason::MeasurementsDiffer));
    // Nothing is known of the driver, so that the check was not made.
    assert!(appraisal.not_done.contains(&Check::Measurements));
    assert_eq!(told(&appraisal, "driver-measurements"), None);
}

#[test]
fn a_value_that_differs_is_told_by_its_index() {
    let known = knowing(vec![manifest("rim_vbios_mismatch_index9.xml")]);
    let appraisal = appraise(&h100(), &known).unwrap();
    assert_eq!(told(&appraisal, "vbios-measurements"), Some(&text("11 of 12; differing: 9")));
    assert!(appraisal.reasons.contains(&Reason::MeasurementsDiffer));
    assert_eq!(appraisal.trust.executables, Tier::Warning);
    assert!(!appraisal.done.contains(&Check::Measurements));
}

#[test]
fn the_nearest_of_several_manifests_of_one_version_counts() {
    let both = ["rim_vbios_mismatch_index9.xml", "rim_vbios_1010_0200_882_96005E0001.xml"].map(manifest);
    let appraisal = appraise(&h100(), &knowing(both.to_vec())).unwrap();
    assert_eq!(told(&appraisal, "vbios-measurements"), Some(&text("12 of 12")));
}

#[test]
fn measurements_are_done_when_driver_and_flash_are_known_and_the_same() {
    let vbios = manifest("rim_vbios_1010_0200_882_96005E0001.xml");
    let same = appraise(&h100(), &knowing(vec![vbios.clone(), driver("535.86.09", &[7, 21, 40])])).unwrap();
    assert!(same.done.contains(&Check::Measurements));
    assert_eq!(same.trust.executables, Tier::Affirming);
    assert_eq!(told(&same, "driver-measurements"), Some(&text("3 of 3")));

    let mut other = driver("535.86.09", &[7, 21, 40]);
    other.measurements.insert(21, vec!["00".repeat(48)]);
    let differs = appraise(&h100(), &knowing(vec![vbios, other])).unwrap();
    assert!(!differs.done.contains(&Check::Measurements) && !differs.not_done.contains(&Check::Measurements));
    assert_eq!(told(&differs, "driver-measurements"), Some(&text("2 of 3; differing: 21")));
}

#[test]
fn the_decoder_is_not_compared_while_it_is_off() {
    let mut known = driver("535.86.09", &[7]);
    known.measurements.insert(35, vec!["00".repeat(48)]);
    let appraisal = appraise(&h100(), &knowing(vec![known])).unwrap();
    assert_eq!(told(&appraisal, "driver-measurements"), Some(&text("1 of 1")));
}

#[test]
fn what_is_published_of_other_devices_is_not_compared() {
    let other = |change: fn(&mut Firmware)| {
        let mut firmware = driver("535.86.09", &[7]);
        firmware.measurements = BTreeMap::from([(7, vec!["00".repeat(48)])]);
        change(&mut firmware);
        appraise(&h100(), &knowing(vec![firmware])).unwrap()
    };
    let changes: [fn(&mut Firmware); 4] = [
        |firmware| "535.86.10".clone_into(&mut firmware.version),
        |firmware| firmware.model = Some("GB100".to_owned()),
        |firmware| Kind::NvidiaSwitch.name().clone_into(&mut firmware.kind),
        |firmware| firmware.measurements.clear(),
    ];
    for change in changes {
        assert_eq!(told(&other(change), "driver-measurements"), None);
    }
    let unnamed = other(|firmware| firmware.model = None);
    assert_eq!(told(&unnamed, "driver-measurements"), Some(&text("0 of 1; differing: 7")));
}

#[test]
fn a_value_that_the_device_does_not_measure_differs() {
    let mut known = driver("535.86.09", &[]);
    known.measurements = [64, 255].map(|index| (index, vec!["00".repeat(48)])).into();
    let appraisal = appraise(&h100(), &knowing(vec![known])).unwrap();
    assert_eq!(told(&appraisal, "driver-measurements"), Some(&text("0 of 2; differing: 64, 255")));
}

#[test]
fn all_values_of_a_switch_are_as_published() {
    let known = knowing(vec![manifest("rim_switch_ls10_9610550001.xml")]);
    let switch = bare("ls10_report.hex", "ls10_chain.pem", "LS10");
    assert_eq!(switch.kind(), SWITCH);
    let appraisal = appraise(&switch, &known).unwrap();
    assert_eq!(told(&appraisal, "vbios-measurements"), Some(&text("31 of 31")));
    assert!(appraisal.done.contains(&Check::Measurements));
}
