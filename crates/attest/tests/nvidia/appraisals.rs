//! What the samples show.

use der::{Decode as _, Encode as _};
use lightcone_attest::nvidia::{Baseboard, Evidence, baseboards};
use lightcone_attest::references::{Document, References, Revoked};
use lightcone_attest::{Appraisal, Check, Claim, Reason, Residency, UnixTime, verifier};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use x509_cert::Certificate;

use crate::vectors::{GPU, NOW, SWITCH, appraise, bare, case, certificates, file, genuine, good, read};

fn text<'a>(appraisal: &'a Appraisal, name: &str) -> Option<&'a str> {
    match appraisal.claims.get(name)? {
        Claim::Text(text) => Some(text),
        other => panic!("`{name}` is {other:?}"),
    }
}

/// One row of what the samples must show: name, model, driver, flash, and which of these checks passed: the firmware's
/// digest, the mode.
type Row = (&'static str, &'static str, Option<&'static str>, &'static str, bool, bool);

const SAMPLES: [Row; 7] = [
    (
        "gh100_report_nvtrust.hex",
        "NVIDIA GH100 A01, chip SKU 882, board 1010 SKU 0200",
        Some("550.90.07"),
        "96.00.9F.00.01",
        true,
        false,
    ),
    (
        "gh100_report_535.hex",
        "NVIDIA GH100 A01, chip SKU 882, board 1010 SKU 0200",
        Some("535.86.09"),
        "96.00.5E.00.01",
        false,
        false,
    ),
    (
        "gb100_report.hex",
        "NVIDIA GB100 A01, chip SKU 886, board G525 SKU 0220",
        Some("575.32"),
        "97.00.88.00.0F",
        true,
        false,
    ),
    ("ls10_report.hex", "NVIDIA LS_10 A01", None, "96.10.55.00.01", false, false),
    (
        "gh100_evidence_590.json 0",
        "NVIDIA GH100 A01, chip SKU 885, board G520 SKU 0200",
        Some("590.12"),
        "96.00.A5.00.01",
        true,
        true,
    ),
    (
        "gh100x4_evidence.json 3",
        "NVIDIA GH100 A01, chip SKU 885, board G520 SKU 0200",
        Some("590.12"),
        "96.00.A5.00.01",
        true,
        true,
    ),
    (
        "gh100_evidence_cert_on_hold.json 0",
        "NVIDIA GH100 A01, chip SKU 882, board 1010 SKU 0200",
        Some("570.86.10"),
        "96.00.AF.00.01",
        true,
        false,
    ),
];

#[test]
fn good_reports_show_their_chip_and_its_firmware() {
    let good = good();
    for (name, model, driver, vbios, names_firmware, names_mode) in SAMPLES {
        let (_, evidence) = good.iter().find(|(of, _)| of == name).unwrap();
        let appraisal = genuine(evidence);
        assert_eq!(appraisal.model, model, "{name}");
        assert_eq!(text(&appraisal, "driver-version"), driver, "{name}");
        assert_eq!(text(&appraisal, "vbios-version"), Some(vbios), "{name}");
        assert_eq!(appraisal.done.contains(&Check::Firmware), names_firmware, "{name}");
        assert_eq!(appraisal.not_done.contains(&Check::Firmware), !names_firmware, "{name}");
        assert_eq!(appraisal.done.contains(&Check::Confidential), names_mode, "{name}");
    }
}

#[test]
fn no_report_binds_a_key_and_what_nobody_asked_is_listed() {
    for (name, evidence) in good() {
        let binding: [u8; 32] = evidence.nonce.as_slice().try_into().unwrap();
        for binding in [None, Some(&binding)] {
            let references = References::built_in();
            let appraisal = verifier(evidence.kind())
                .verify(&evidence.to_json(), &case(&references, binding))
                .unwrap_or_else(|rejection| panic!("{name}: {rejection}"));
            assert!(!appraisal.binds_session_key && !evidence.kind().can_bind(), "{name}");
            assert_eq!(appraisal.residency, Residency::R0, "{name}");
            assert!(appraisal.reasons.contains(&Reason::IdentityOnly), "{name}");
            assert_eq!(appraisal.nonce, evidence.nonce, "{name}");
            let open = [Check::Revocation, Check::LocalBus, Check::Measurements];
            assert!(open.iter().all(|check| appraisal.not_done.contains(check)), "{name}");
            assert_eq!(appraisal.done.contains(&Check::Nonce), binding.is_some(), "{name}");
            assert_eq!(appraisal.not_done.contains(&Check::Nonce), binding.is_none(), "{name}");
            assert!(appraisal.done.is_disjoint(&appraisal.not_done), "{name}");
        }
    }
}

#[test]
fn a_certificate_on_hold_passes_offline_and_the_appraisal_says_that_nobody_asked() {
    let appraisal = genuine(&file("gh100_evidence_cert_on_hold.json")[0]);
    assert!(appraisal.not_done.contains(&Check::Revocation));
}

#[test]
fn claims_are_those_of_nvidias_own_service() {
    let theirs: Value = serde_json::from_slice(&read("nvidia_claims_v3_example.json")).unwrap();
    let theirs = &theirs["GPU-0"];
    let ours = genuine(&bare("gh100_report_nvtrust.hex", "gh100_chain_nvtrust.pem", "HOPPER"));
    let pairs = [
        ("ueid", "ueid"),
        ("hwmodel", "hwmodel"),
        ("driver-version", "x-nvidia-gpu-driver-version"),
        ("vbios-version", "x-nvidia-gpu-vbios-version"),
    ];
    for (our, their) in pairs {
        assert_eq!(text(&ours, our), theirs[their].as_str(), "{our}");
    }
    assert_eq!(Some(hex::encode(&ours.nonce).as_str()), theirs["eat_nonce"].as_str());
    let serial = Claim::Bytes(hex::decode("41431d480fe5e87274").unwrap());
    assert_eq!(ours.claims.get("serial"), Some(&serial));
    assert_eq!(ours.claims.get("board-id"), Some(&Claim::Number(0x3b1)));
    assert_eq!(ours.claims.get("protected-pcie"), Some(&Claim::Flag(false)));
    assert_eq!(ours.claims.get("nvdec0"), Some(&Claim::Flag(false)));
}

#[test]
fn bad_signatures_are_refused() {
    let bad = [
        ("gh100_report_bad_signature.hex", "gh100_chain_nvtrust.pem", "HOPPER"),
        ("ls10_report_bad_signature.hex", "ls10_chain.pem", "LS10"),
        // A good report under the chain of another chip.
        ("gh100_report_nvtrust.hex", "gh100_chain_535.pem", "HOPPER"),
    ];
    for (report, chain, arch) in bad {
        let rejection = appraise(&bare(report, chain, arch), &References::built_in()).unwrap_err();
        assert_eq!(rejection.check, Check::Signature, "{report}: {rejection}");
    }
}

#[test]
fn a_report_under_another_binding_is_refused() {
    for (name, evidence) in good() {
        let references = References::built_in();
        let mut binding: [u8; 32] = evidence.nonce.as_slice().try_into().unwrap();
        binding[31] ^= 1;
        let verifier = verifier(evidence.kind());
        let refused = verifier.verify(&evidence.to_json(), &case(&references, Some(&binding)));
        assert_eq!(refused.unwrap_err().check, Check::Nonce, "{name}");
        // A host that lies of its nonce gains nothing.
        let lying = Evidence { nonce: binding.to_vec(), ..evidence };
        for binding in [None, Some(&binding)] {
            let refused = verifier.verify(&lying.to_json(), &case(&references, binding));
            assert_eq!(refused.unwrap_err().check, Check::Nonce, "{name}");
        }
    }
}

#[test]
fn any_key_of_the_chain_can_be_revoked_by_us() {
    let evidence = bare("gb100_report.hex", "gb100_chain.pem", "BLACKWELL");
    let chain = certificates(&evidence.chain);
    assert_eq!(chain.len(), 5);
    for der in chain {
        let certificate = Certificate::from_der(&der).unwrap();
        let key = certificate.tbs_certificate().subject_public_key_info().to_der().unwrap();
        let key_sha256 = hex::encode(Sha256::digest(&key));
        let revoked = vec![Revoked { key_sha256, reason: "stolen".to_owned() }];
        let references = References::unsigned(Document { revoked, ..Document::default() });
        let rejection = appraise(&evidence, &references).unwrap_err();
        assert_eq!(rejection.check, Check::Revoked, "{rejection}");
        assert!(rejection.why.ends_with("is revoked: stolen"), "{rejection}");
    }
}

#[test]
fn a_chip_is_named_by_the_key_of_its_boot_rom() {
    let evidence = bare("gh100_report_nvtrust.hex", "gh100_chain_nvtrust.pem", "HOPPER");
    let boot_rom = Certificate::from_der(&certificates(&evidence.chain)[1]).unwrap();
    let key = boot_rom.tbs_certificate().subject_public_key_info().to_der().unwrap();
    let instance = format!("nvidia:{}", hex::encode(Sha256::digest(&key)));
    assert_eq!(genuine(&evidence).instance, instance);
}

#[test]
fn evidence_of_another_device_than_it_is_said_to_be_is_refused() {
    let gpu = bare("gh100_report_nvtrust.hex", "gh100_chain_nvtrust.pem", "HOPPER");
    let switch = bare("ls10_report.hex", "ls10_chain.pem", "LS10");
    let references = References::built_in();
    let check = |evidence: &Evidence, kind| {
        let refused = verifier(kind).verify(&evidence.to_json(), &case(&references, None));
        assert_eq!(refused.unwrap_err().check, Check::Statement);
    };
    check(&gpu, SWITCH);
    check(&switch, GPU);
    check(&Evidence { arch: "BLACKWELL".to_owned(), ..gpu.clone() }, GPU);
    check(&Evidence { arch: "LS10".to_owned(), ..gpu.clone() }, GPU);
    check(&Evidence { arch: "HOPPER".to_owned(), ..switch }, SWITCH);
    // An architecture that has no name here yet is taken at the certificate's word.
    assert_eq!(genuine(&Evidence { arch: "RUBIN".to_owned(), ..gpu.clone() }), genuine(&gpu));
}

#[test]
fn a_chain_that_is_cut_or_out_of_its_time_is_refused() {
    let evidence = bare("gh100_report_nvtrust.hex", "gh100_chain_nvtrust.pem", "HOPPER");
    let references = References::built_in();
    let early = lightcone_attest::Case { now: UnixTime::from_s(0), ..case(&references, None) };
    let refused = verifier(GPU).verify(&evidence.to_json(), &early);
    assert_eq!(refused.unwrap_err().check, Check::Chain);
    assert!(NOW > early.now);
    let end = evidence.chain.rfind("-----BEGIN").unwrap();
    let cut = Evidence { chain: evidence.chain[..end].to_owned(), ..evidence.clone() };
    assert_eq!(appraise(&cut, &references).unwrap_err().check, Check::Chain);
    let none = Evidence { chain: String::new(), ..evidence };
    assert_eq!(appraise(&none, &references).unwrap_err().check, Check::Format);
}

#[test]
fn gpus_of_one_host_share_a_baseboard() {
    let appraisals: Vec<Appraisal> = file("gh100x4_evidence.json").iter().map(genuine).collect();
    let [Baseboard { chips, switches, system_type }] = baseboards(&appraisals).try_into().unwrap();
    assert_eq!((chips.len(), switches.len()), (4, 4));
    assert!(appraisals.iter().all(|appraisal| chips.contains(&appraisal.instance)));
    assert!(switches.contains("nvswitch-pdi:8abd113c3ba2db03"), "{switches:?}");
    assert_eq!(system_type, "4 x NVIDIA GH100 A01, chip SKU 885, board G520 SKU 0200; 4 NVLink switches");
    // The same chip twice is one chip.
    let twice = [appraisals.clone(), appraisals].concat();
    assert_eq!(baseboards(&twice)[0].system_type, system_type);
}

#[test]
fn gpus_of_other_switches_or_none_are_on_no_common_baseboard() {
    let one = genuine(&file("gh100_evidence_590.json")[0]);
    let alone = genuine(&bare("gh100_report_nvtrust.hex", "gh100_chain_nvtrust.pem", "HOPPER"));
    let switch = genuine(&bare("ls10_report.hex", "ls10_chain.pem", "LS10"));
    assert!(alone.wired_to.is_empty());
    assert_eq!(switch.wired_to.iter().collect::<Vec<_>>(), ["nvswitch-pdi:203eb31ad9ed0008"]);
    assert_eq!(baseboards(&[alone.clone(), switch.clone()]), []);

    let mut other = Appraisal { instance: "nvidia:00".to_owned(), ..one.clone() };
    other.wired_to.clone_from(&switch.wired_to);
    let found = baseboards(&[one.clone(), alone, switch.clone(), other.clone()]);
    assert_eq!(found.len(), 2);
    let with_switch = found.iter().find(|board| board.chips.contains(&switch.instance)).unwrap();
    assert!(with_switch.chips.contains(&other.instance) && !with_switch.chips.contains(&one.instance));
    assert!(with_switch.system_type.ends_with("; 1 NVLink switch"), "{}", with_switch.system_type);
}
