//! What a host says of itself, beside what its devices signed.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use lightcone_attest::inventory::{
    Answer, CcMode, Component, Expected, GpuIdentity, Group, Inventory, Limits, Origin, State, Xid,
    disagreements, fields, works,
};
use lightcone_attest::nvidia::Evidence;
use lightcone_attest::references::References;
use lightcone_attest::{Appraisal, Case, Kind, UnixTime, claim, verifier};
use proptest::prelude::*;

const NOW: UnixTime = UnixTime::from_s(1_764_000_000);
const HOUR: i64 = 3600;

/// A host with two accelerators, all well.
fn inventory() -> Inventory {
    let mut inventory = Inventory { taken_s: NOW.as_s(), ..Inventory::default() };
    let gpu = |bus: &str| GpuIdentity {
        pci_bus_id: Some(bus.to_owned()),
        vbios_version: Some("96.00.a5.00.01".to_owned()),
        board_part_number: Some("692-2G520-0200-000".to_owned()),
        ..GpuIdentity::default()
    };
    inventory.identity.gpus = vec![gpu("0000:18:00.0"), gpu("0000:2a:00.0")];
    inventory.system.driver_version = Some("590.12".to_owned());
    inventory.system.gpu_count = Some(2);
    inventory.system.gpus_on_bus = Some(2);
    inventory.system.cc_mode = Some(CcMode::ProtectedPcie);
    inventory.health.xids = Some(Vec::new());
    inventory
}

/// What the two signed.
fn appraisals() -> Vec<Appraisal> {
    let gpu = |instance: &str| {
        let mut gpu = Appraisal::of(Kind::NvidiaGpu, instance);
        "GH100 A01".clone_into(&mut gpu.model);
        gpu.claim(claim::DRIVER_VERSION, "590.12");
        gpu.claim(claim::VBIOS_VERSION, "96.00.A5.00.01");
        gpu.claim(claim::PROJECT, "G520");
        gpu.claim(claim::CONFIDENTIAL_MODE, claim::PROTECTED_PCIE);
        gpu.claim("nvdec0", true);
        gpu
    };
    vec![gpu("nvidia:01"), gpu("nvidia:02")]
}

fn expected() -> Expected {
    Expected { gpus: Some(2), appraised: Some(NOW), ..Expected::default() }
}

#[test]
fn an_inventory_comes_back_as_it_was_sent() {
    let mut sent = inventory();
    sent.health.components.push(Component {
        component: "gpu-count".to_owned(),
        state: State::Degraded,
        reason: "one is missing".to_owned(),
        time_s: 5,
    });
    sent.health.xids = Some(vec![Xid { code: 79, time_s: 7, pci_bus_id: Some("0000:18:00".to_owned()) }]);
    sent.notes.push("no DCGM".to_owned());
    assert_eq!(Inventory::parse(&sent.to_json(), &Limits::default()), Ok(sent));
}

#[test]
fn what_a_later_version_adds_is_read_past() {
    let json = br#"{"format": "lightcone-inventory/1", "colour": "green", "system": {"gpu_count": 8, "moons": [1]},
        "health": {"components": [{"component": "x", "state": "MELANCHOLY"}]}, "agent": {"mood": {"deep": true}}}"#;
    let read = Inventory::parse(json, &Limits::default()).unwrap();
    assert_eq!(read.system.gpu_count, Some(8));
    assert_eq!(read.health.components[0].state, State::Unknown);
    assert_eq!(read.health.xids, None, "no word of errors is not the word that there are none");
}

#[test]
fn what_is_no_inventory_is_refused_by_field() {
    let format = r#""format": "lightcone-inventory/1""#;
    let macs = vec!["\"a\""; 257].join(",");
    let cases = [
        (String::new(), "inventory", "no JSON"),
        ("[]".to_owned(), "inventory", "another shape"),
        ("{}".to_owned(), "inventory", "another shape"),
        (r#"{"format": "lightcone-inventory/9"}"#.to_owned(), "format", "another"),
        (format!(r#"{{{format}, "taken_s": "now"}}"#), "inventory", "another shape"),
        (format!(r#"{{{format}, "identity": {{"macs": [{macs}]}}}}"#), "macs", "257 entries"),
        (format!(r#"{{{format}, "unknown": "{}"}}"#, "x".repeat(513)), "unknown", "513 bytes"),
        (format!(r#"{{{format}, "notes": ["\u001b[2J"]}}"#), "notes", "control characters"),
        (format!("{{{format}, \"notes\": [\"{}\"]}}", "x".repeat(70_000)), "inventory", "bytes"),
        (format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)), "inventory", "no JSON"),
    ];
    for (json, field, value) in cases {
        let refused = Inventory::parse(json.as_bytes(), &Limits::default()).unwrap_err();
        assert_eq!(refused.field, field, "{refused}");
        assert!(refused.value.contains(value), "{refused}");
    }
}

#[test]
fn a_refusal_does_not_repeat_what_was_sent() {
    let json =
        br#"{"format": "lightcone-inventory/1", "taken_s": "CANARY", "system": {"cpu_count": "CANARY"}}"#;
    let refused = Inventory::parse(json, &Limits::default()).unwrap_err();
    assert!(!refused.to_string().contains("CANARY"), "{refused}");
}

#[test]
fn signed_and_told_stand_side_by_side_and_are_told_apart() {
    let fields = fields(&inventory(), &appraisals());
    let find =
        |of: &str, name: &str| fields.iter().find(|field| field.of == of && field.name == name).unwrap();
    let driver = find("nvidia:02", "driver-version");
    assert_eq!(
        (driver.group, driver.origin, driver.value.as_str()),
        (Group::Identity, Origin::Signed, "590.12")
    );
    let video = find("nvidia:01", "nvdec0");
    assert_eq!((video.group, video.origin, video.value.as_str()), (Group::State, Origin::Signed, "yes"));
    let told = find("host", "driver_version");
    assert_eq!((told.group, told.origin, told.value.as_str()), (Group::System, Origin::Host, "590.12"));
    assert_eq!(find("host", "gpus[1].pci_bus_id").value, "0000:2a:00.0");
    assert_eq!(find("nvidia:01", "model").value, "GH100 A01");
}

#[test]
fn nothing_that_a_host_sends_counts_as_signed() {
    let json = br#"{"format": "lightcone-inventory/1", "origin": "signed", "signed": {"driver_version": "1"},
        "system": {"driver_version": "590.12", "origin": "signed"}, "identity": {"hostname": "signed"}}"#;
    let fields = fields(&Inventory::parse(json, &Limits::default()).unwrap(), &[]);
    assert_eq!(fields.len(), 2, "{fields:?}");
    assert!(fields.iter().all(|field| field.origin == Origin::Host), "{fields:?}");
}

#[test]
fn a_host_that_tells_the_truth_disagrees_with_nothing() {
    assert_eq!(disagreements(&inventory(), &appraisals()), []);
    assert_eq!(disagreements(&Inventory::default(), &appraisals()), [], "silence is no lie");
    assert_eq!(disagreements(&inventory(), &[]), [], "nothing was signed");
}

#[test]
fn each_lie_of_a_host_is_named() {
    type Lie = fn(&mut Inventory);
    let lies: [(&str, Lie); 6] = [
        ("driver_version", |lie| lie.system.driver_version = Some("550.90.07".to_owned())),
        ("vbios_version", |lie| {
            for gpu in &mut lie.identity.gpus {
                gpu.vbios_version = Some("96.00.9F.00.01".to_owned());
            }
        }),
        ("gpu_count", |lie| lie.system.gpu_count = Some(8)),
        ("cc_mode", |lie| lie.system.cc_mode = Some(CcMode::On)),
        ("cc_mode", |lie| lie.system.cc_mode = Some(CcMode::Off)),
        ("board_part_number", |lie| {
            for gpu in &mut lie.identity.gpus {
                gpu.board_part_number = Some("699-21001-0200-000".to_owned());
            }
        }),
    ];
    for (field, lie) in lies {
        let mut told = inventory();
        lie(&mut told);
        let found = disagreements(&told, &appraisals());
        assert_eq!(found.iter().map(|one| one.field).collect::<Vec<_>>(), [field]);
        assert_ne!(found[0].host, found[0].signed);
    }
}

/// What devices signed, each in the form that NVIDIA's tool prints.
fn appraised(evidence: impl IntoIterator<Item = Vec<u8>>) -> Vec<Appraisal> {
    let case = Case {
        binding: None,
        identity_key: None,
        activated: &[],
        references: &References::built_in(),
        collateral: None,
        now: NOW,
    };
    let appraise = |json: Vec<u8>| verifier(Kind::NvidiaGpu).verify(&json, &case);
    evidence.into_iter().map(appraise).collect::<Result<_, _>>().unwrap()
}

/// The four GPUs of one host.
fn hopper() -> Vec<Appraisal> {
    let printed: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("vectors/nvidia/gh100x4_evidence.json")).unwrap();
    appraised(printed.iter().map(|one| one.to_string().into_bytes()))
}

/// One GPU of the next generation.
fn blackwell() -> Vec<Appraisal> {
    let report = hex::decode(include_str!("vectors/nvidia/gb100_report.hex").trim()).unwrap();
    let nonce = report[4..36].to_vec();
    let chain = include_str!("vectors/nvidia/gb100_chain.pem").to_owned();
    appraised([Evidence { arch: "BLACKWELL".to_owned(), chain, report, nonce }.to_json()])
}

#[test]
fn real_evidence_agrees_with_the_host_that_it_is_of_and_with_no_other() {
    let appraisals = hopper();
    let mut told = inventory();
    told.system.gpu_count = Some(4);
    assert_eq!(disagreements(&told, &appraisals), []);
    let other = Inventory::parse(
        br#"{"format": "lightcone-inventory/1",
            "identity": {"gpus": [{"vbios_version": "96.00.9F.00.01", "board_part_number": "900-21010-0000-000"}]},
            "system": {"driver_version": "550.90.07", "gpu_count": 1, "cc_mode": "ON"}}"#,
        &Limits::default(),
    );
    let found = disagreements(&other.unwrap(), &appraisals);
    let names: Vec<&str> = found.iter().map(|one| one.field).collect();
    assert_eq!(names, ["driver_version", "vbios_version", "gpu_count", "cc_mode", "board_part_number"]);
}

#[test]
fn every_name_of_an_identity_is_signed_by_a_real_device_or_by_a_switch() {
    let fields = fields(&Inventory::default(), &[hopper(), blackwell()].concat());
    assert!(fields.iter().all(|field| field.origin == Origin::Signed));
    for name in claim::IDENTITY.into_iter().filter(|name| *name != claim::PDI) {
        let is_signed = fields.iter().any(|field| field.name == name && field.group == Group::Identity);
        assert!(is_signed, "nobody signs `{name}`");
    }
    let mode = fields.iter().find(|field| field.name == claim::CONFIDENTIAL_MODE).unwrap();
    assert_eq!((mode.group, mode.value.as_str()), (Group::State, claim::PROTECTED_PCIE));
}

#[test]
fn a_machine_works_if_all_four_conditions_hold() {
    let working = works(&inventory(), &appraisals(), &expected(), NOW);
    assert_eq!((working.answer, working.why), (Answer::Yes, Vec::new()));
}

#[test]
fn each_condition_that_fails_is_told() {
    type Change = fn(&mut Inventory, &mut Expected);
    let cases: [(&str, Answer, Change); 11] = [
        ("driver is not loaded", Answer::No, |it, _| it.system.driver_version = None),
        ("1 of 2", Answer::No, |it, _| it.system.gpu_count = Some(1)),
        ("2 of 4", Answer::No, |_, expected| expected.gpus = Some(4)),
        ("2 of 3", Answer::No, |it, _| it.system.gpus_on_bus = Some(3)),
        ("fatal Xid 79", Answer::No, |it, _| {
            it.health.xids = Some(vec![Xid { code: 79, time_s: NOW.as_s() - 23 * HOUR, pci_bus_id: None }]);
        }),
        ("cannot read the driver's errors", Answer::Unknown, |it, _| it.health.xids = None),
        ("says nothing of accelerators", Answer::Unknown, |it, _| it.system = Default::default()),
        ("no accelerator signed", Answer::Unknown, |_, expected| expected.appraised = None),
        ("signed report is 90000 s old", Answer::Unknown, |_, expected| {
            expected.appraised = Some(UnixTime::from_s(NOW.as_s() - 25 * HOUR));
        }),
        ("inventory is 90000 s old", Answer::Unknown, |it, _| it.taken_s -= 25 * HOUR),
        ("inventory is -3600 s old", Answer::Unknown, |it, _| it.taken_s += HOUR),
    ];
    for (why, answer, change) in cases {
        let (mut told, mut expected) = (inventory(), expected());
        change(&mut told, &mut expected);
        let working = works(&told, &appraisals(), &expected, NOW);
        assert_eq!(working.answer, answer, "{why}: {working:?}");
        assert!(working.why.iter().any(|one| one.contains(why)), "{why}: {working:?}");
    }
}

#[test]
fn errors_of_programs_and_old_ones_do_not_count() {
    for (code, ago_s) in [(13, 0), (31, 0), (43, 0), (79, 25 * HOUR)] {
        let mut told = inventory();
        told.health.xids = Some(vec![Xid { code, time_s: NOW.as_s() - ago_s, pci_bus_id: None }]);
        assert_eq!(works(&told, &appraisals(), &expected(), NOW).answer, Answer::Yes, "Xid {code}");
    }
}

#[test]
fn a_no_outweighs_what_is_unknown() {
    let mut told = inventory();
    told.health.xids = None;
    told.system.gpu_count = Some(1);
    let working = works(&told, &[], &expected(), NOW);
    assert_eq!(working.answer, Answer::No);
    assert_eq!(working.why, ["the driver has 1 of 2 accelerators"]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Inventory::parse(&bytes, &Limits::default());
    }

    #[test]
    fn an_inventory_with_a_byte_changed_is_read_or_refused(at in 0_usize..4096, flip in 1_u8..=255) {
        let mut json = inventory().to_json();
        let at = at % json.len();
        json[at] ^= flip;
        if let Ok(read) = Inventory::parse(&json, &Limits::default()) {
            let now = UnixTime::from_s(i64::MIN);
            let _ = works(&read, &appraisals(), &Expected { appraised: Some(now), ..expected() }, now);
            let _ = disagreements(&read, &appraisals());
            prop_assert!(fields(&read, &[]).iter().all(|field| field.origin == Origin::Host));
        }
    }
}
