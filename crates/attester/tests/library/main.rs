//! NVIDIA's library, played by one of our own that is compiled here and found under its name. Skipped where there is no C
//! compiler.

#![cfg(all(feature = "nvml", target_os = "linux"))]
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::fs;
use std::process::Command;

use lightcone_attest::inventory::{AgentFacts, CcMode, Expected, disagreements, works};
use lightcone_attest::references::References;
use lightcone_attest::{Appraisal, Case, Kind, UnixTime, verifier};
use lightcone_attester::inventory::{Concealer, Survey};
use lightcone_attester::nvidia::NvidiaGpu;
use lightcone_attester::{Piece, Root, Source, nvidia};

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../attest/tests/vectors/nvidia");
/// The nonce of the sample that the library gives.
const NONCE: [u8; 32] = *b"\x93\x1d\x8d\xd0\xad\xd2\x03\xac\x3d\x8b\x4f\xbd\xe7\x5e\x11\x52\x78\xee\xfc\xdc\xea\xc5\xb8\x76\x71\xa7\x48\xf3\x23\x64\xdf\xcb";
const NOW: UnixTime = UnixTime::from_s(1_764_000_000);

/// Set in a process that finds our library: how it plays.
const MODE: &str = "FAKE_NVML";

/// Makes a check in a process that finds our library: this one, if it does, else one that runs the same test.
fn play(test: &str, mode: &str, check: fn()) {
    if std::env::var_os(MODE).is_some() {
        return check();
    }
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("libnvidia-ml.so.1");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/library/fake_nvml.c");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-Wall", "-Werror", "-o"]).arg(&library).arg(source);
    let Ok(built) = compiler.output() else { return };
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let report = folder.path().join("report");
    let hex = fs::read_to_string(format!("{VECTORS}/gh100_report_nvtrust.hex")).unwrap();
    fs::write(&report, hex::decode(hex.trim()).unwrap()).unwrap();
    let run = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact"])
        .env("LD_LIBRARY_PATH", folder.path())
        .env(MODE, mode)
        .env("FAKE_NVML_REPORT", &report)
        .env("FAKE_NVML_CHAIN", format!("{VECTORS}/gh100_chain_nvtrust.pem"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && told.contains("1 passed"), "{told}");
}

fn appraise(piece: &Piece) -> Appraisal {
    let references = References::built_in();
    let case = Case {
        binding: Some(&NONCE),
        identity_key: None,
        activated: &[],
        references: &references,
        collateral: None,
        now: NOW,
    };
    verifier(Kind::NvidiaGpu).verify(&piece.payload, &case).unwrap()
}

#[test]
fn each_gpu_gives_evidence_that_our_verifier_takes() {
    play("each_gpu_gives_evidence_that_our_verifier_takes", "all", || {
        let pieces = NvidiaGpu.collect(&NONCE).unwrap();
        assert_eq!(pieces.len(), 2);
        for piece in &pieces {
            assert_eq!(appraise(piece).kind, Kind::NvidiaGpu);
        }
    });
}

#[test]
fn a_gpu_without_a_report_is_missing_among_the_others() {
    play("a_gpu_without_a_report_is_missing_among_the_others", "one", || {
        assert_eq!(NvidiaGpu.collect(&NONCE).unwrap().len(), 1);
    });
}

#[test]
fn gpus_that_are_open_to_their_host_say_what_to_do() {
    play("gpus_that_are_open_to_their_host_say_what_to_do", "open", || {
        let refused = NvidiaGpu.collect(&NONCE).unwrap_err();
        assert_eq!(refused.device, "GPU 0");
        assert!(refused.remedy.contains("nvattest"), "{refused}");
        assert_eq!(nvidia::accelerators().unwrap().cc_mode, Some(CcMode::Off));
    });
}

#[test]
fn cards_are_read_field_by_field() {
    play("cards_are_read_field_by_field", "all", || {
        let found = nvidia::accelerators().unwrap();
        assert_eq!(found.driver_version.as_deref(), Some("550.90.07"));
        assert_eq!(found.cuda_version.as_deref(), Some("12.4"));
        assert_eq!((found.cc_mode, found.cc_ready), (Some(CcMode::On), Some(true)));
        let card = &found.cards[1];
        assert_eq!(
            (card.product.as_deref(), card.memory_bytes),
            (Some("NVIDIA H100 PCIe"), Some(85_899_345_920))
        );
        let which = &card.identity;
        assert_eq!((which.uuid.as_deref(), which.serial.as_deref()), (Some("GPU-0001"), Some("1650001")));
        assert_eq!((which.minor, which.board_id), (Some(1), Some(0x1801)));
        assert_eq!(which.pci_bus_id.as_deref(), Some("0000:11:00.0"));
        assert_eq!(which.board_part_number.as_deref(), Some("900-21010-0000-000"));
        let health = &card.health;
        assert_eq!((health.ecc_corrected, health.ecc_uncorrected), (Some(1), Some(11)));
        assert_eq!(health.ecc_uncorrected_since_load, Some(10));
        assert_eq!(
            (health.remapped_rows, health.remap_pending, health.remap_failed),
            (Some(7), Some(true), Some(false))
        );
        assert_eq!(health.throttle, ["GPU_IDLE", "HW_THERMAL_SLOWDOWN"]);
        assert_eq!((health.nvlink_errors, health.nvlink_recoveries), (Some(2 * (1 + 4 + 8)), Some(2 * 2)));
        assert_eq!(health.temperature_c, Some(41));
    });
}

#[test]
fn what_the_library_tells_and_what_its_gpus_sign_are_held_together() {
    play("what_the_library_tells_and_what_its_gpus_sign_are_held_together", "all", || {
        let found = nvidia::accelerators();
        let survey = Survey {
            root: &Root::at("/nonexistent"),
            concealer: &Concealer::hashed("agents/one", [7; 32]),
            accelerators: &found,
            agent: AgentFacts::default(),
            now: NOW,
        };
        let taken = survey.take();
        let pieces = NvidiaGpu.collect(&NONCE).unwrap();
        let appraisals: Vec<Appraisal> = pieces.iter().map(appraise).collect();
        // Both of our GPUs give the one report there is: signed is one chip.
        let differing: Vec<&str> = disagreements(&taken, &appraisals).iter().map(|one| one.field).collect();
        assert_eq!(differing, ["gpu_count"]);
        let expected = Expected { gpus: Some(2), appraised: Some(NOW), ..Expected::default() };
        assert_eq!(
            works(&taken, &appraisals, &expected, NOW).why,
            ["the host cannot read the driver's errors"]
        );
    });
}
