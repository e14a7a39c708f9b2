//! What systems of several kinds could prove.

use crate::tree::{Tree, no_library};
use lightcone_attest::inventory::CcMode;
use lightcone_attest::{Kind, Residency};
use lightcone_attester::doctor::{Built, Report, State, examine};
use lightcone_attester::nvidia::{Accelerators, Card, NoLibrary};
use lightcone_attester::{Root, nvidia};

const ALL: Built = Built { tpm: true, sev_snp: true, tdx: true, nvml: true };

fn look(tree: &Tree, accelerators: &Result<Accelerators, NoLibrary>) -> Report {
    examine(&tree.root(), accelerators, ALL)
}

fn gpus(cc_mode: Option<CcMode>) -> Result<Accelerators, NoLibrary> {
    Ok(Accelerators { cc_mode, cards: vec![Card::default(), Card::default()], ..Accelerators::default() })
}

/// The state, reason and remedy of a format.
fn of(report: &Report, kind: Kind) -> (State, &str, &str) {
    let row = report.of(kind).unwrap();
    (row.state, row.why.as_str(), row.remedy.as_str())
}

fn subject<'a>(report: &'a Report, subject: &str) -> (State, &'a str) {
    let row = report.rows.iter().find(|row| row.subject == subject).unwrap();
    (row.state, row.why.as_str())
}

#[test]
fn a_plain_laptop_reaches_r0_and_hears_of_a_tpm() {
    let report = look(&Tree::laptop(), &no_library());
    assert_eq!(report.residency, Residency::R0);
    assert_eq!(of(&report, Kind::Software).0, State::Available);
    for kind in [Kind::Tpm2Quote, Kind::SevSnp, Kind::Tdx, Kind::NvidiaGpu, Kind::NvidiaSwitch] {
        assert_eq!(of(&report, kind).0, State::Missing, "{kind}");
    }
    assert!(of(&report, Kind::NvidiaGpu).1.contains("no GPU of NVIDIA on the bus"));
    let next = report.next.unwrap();
    assert_eq!(next.residency, Residency::R1);
    assert!(next.any_of.len() == 1 && next.any_of[0].contains("firmware"), "{:?}", next.any_of);
}

#[test]
fn a_host_with_a_tpm_reaches_r1_and_hears_of_confidential_machines() {
    let tree = Tree::laptop();
    tree.write("dev/tpmrm0", "");
    tree.write("dev/tpm0", "");
    tree.write("sys/class/tpm/tpm0/tpm_version_major", "2\n");
    let report = look(&tree, &no_library());
    let (state, why, remedy) = of(&report, Kind::Tpm2Quote);
    assert!(state == State::Available && why.contains("swtpm") && remedy.is_empty(), "{why}; {remedy}");
    assert_eq!(report.residency, Residency::R1);
    let next = report.next.unwrap();
    assert_eq!((next.residency, next.any_of.len()), (Residency::R2, 2));
    assert!(next.any_of[0].contains("SEV-SNP") && next.any_of[1].contains("TDX"), "{:?}", next.any_of);
}

#[test]
fn a_tpm_that_cannot_quote_for_us_is_told_apart() {
    let old = Tree::laptop();
    old.write("dev/tpm0", "");
    old.write("sys/class/tpm/tpm0/tpm_version_major", "1\n");
    assert!(of(&look(&old, &no_library()), Kind::Tpm2Quote).1.contains("1.2"));
    let bare = Tree::laptop();
    bare.write("dev/tpm0", "");
    let report = look(&bare, &no_library());
    let (state, why, _) = of(&report, Kind::Tpm2Quote);
    assert!(state == State::Missing && why.contains("resource manager"), "{why}");
}

#[test]
#[cfg(unix)]
fn a_device_that_may_not_be_opened_is_forbidden_and_says_whom_to_ask() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let device = folder.path().join("dev/tpmrm0");
    std::fs::create_dir_all(device.parent().unwrap()).unwrap();
    std::fs::write(&device, "").unwrap();
    std::fs::set_permissions(&device, std::fs::Permissions::from_mode(0o000)).unwrap();
    std::fs::write(folder.path().join("dev/tdx_guest"), "").unwrap();
    let reports = folder.path().join("sys/kernel/config/tsm/report");
    std::fs::create_dir_all(&reports).unwrap();
    std::fs::set_permissions(&reports, std::fs::Permissions::from_mode(0o555)).unwrap();
    if std::fs::File::open(&device).is_ok() {
        return; // root may open everything
    }
    let report = examine(&Root::at(folder.path()), &no_library(), ALL);
    let (state, _, remedy) = of(&report, Kind::Tpm2Quote);
    assert!(state == State::Forbidden && remedy.contains("/dev/tpmrm0"), "{remedy}");
    let (state, _, remedy) = of(&report, Kind::Tdx);
    assert!(state == State::Forbidden && remedy.contains("root"), "{remedy}");
    assert_eq!(report.residency, Residency::R0);
}

#[test]
fn an_snp_guest_reaches_r2_and_hears_of_gpus() {
    let tree = Tree::laptop();
    tree.write("dev/sev-guest", "");
    tree.write("sys/kernel/config/tsm/report/.keep", "");
    let report = look(&tree, &no_library());
    let (state, why, _) = of(&report, Kind::SevSnp);
    assert!(state == State::Available && why.contains("tsm/report"), "{why}");
    assert_eq!(report.residency, Residency::R2);
    let next = report.next.unwrap();
    assert_eq!((next.residency, next.any_of.len()), (Residency::R3, 1));
}

#[test]
fn a_tdx_guest_reaches_r2() {
    let tree = Tree::laptop();
    tree.write("dev/tdx_guest", "");
    tree.write("sys/kernel/config/tsm/report/.keep", "");
    let report = look(&tree, &no_library());
    assert_eq!(of(&report, Kind::Tdx).0, State::Available);
    assert_eq!(report.residency, Residency::R2);
}

#[test]
fn a_guest_of_an_old_kernel_hears_which_it_takes() {
    let tree = Tree::laptop();
    tree.write("dev/sev-guest", "");
    let report = look(&tree, &no_library());
    let (state, why, remedy) = of(&report, Kind::SevSnp);
    assert!(
        state == State::Missing && why.contains("/dev/sev-guest") && remedy.contains("6.7"),
        "{why}; {remedy}"
    );
    assert_eq!(report.residency, Residency::R0);
}

#[test]
fn hosts_of_confidential_machines_and_guests_without_a_driver_are_told_apart() {
    let flags = |flags: &str| {
        let tree = Tree::laptop();
        tree.write("proc/cpuinfo", &format!("model name\t: x\nflags\t\t: fpu {flags} tsc\n"));
        look(&tree, &no_library())
    };
    assert!(of(&flags("sev sev_snp"), Kind::SevSnp).1.contains("can host"));
    assert!(of(&flags("tdx_host_platform"), Kind::Tdx).1.contains("can host"));
    assert!(of(&flags("tdx_guest"), Kind::Tdx).2.contains("module tdx-guest"));
    assert!(of(&flags("sev"), Kind::SevSnp).1.contains("no such machine"));
}

#[test]
fn a_gpu_host_without_confidential_computing_hears_what_to_turn_on() {
    let cases = [
        (gpus(Some(CcMode::Off)), State::Missing, "without confidential computing"),
        (gpus(None), State::Missing, "know no confidential computing"),
        (gpus(Some(CcMode::DevTools)), State::Missing, "protects nothing"),
        (gpus(Some(CcMode::On)), State::Available, "2 in confidential computing"),
        (gpus(Some(CcMode::ProtectedPcie)), State::Available, "2 in protected PCIe"),
        (no_library(), State::Missing, "libnvidia-ml.so.1: cannot open"),
        (Ok(Accelerators::default()), State::Missing, "2 on the bus, none in the driver"),
    ];
    for (accelerators, wanted, told) in cases {
        let report = look(&Tree::gpus(), &accelerators);
        let (state, why, remedy) = of(&report, Kind::NvidiaGpu);
        assert!(state == wanted && why.contains(told), "{why}");
        assert_eq!(remedy.is_empty(), wanted == State::Available, "{why}: {remedy}");
        assert_eq!(report.residency, Residency::R0, "a GPU alone ties no key to a place");
    }
    let report = look(&Tree::gpus(), &gpus(Some(CcMode::Off)));
    assert!(of(&report, Kind::NvidiaGpu).2.contains("nvattest"));
}

#[test]
fn a_confidential_machine_with_closed_gpus_reaches_r3_and_nothing_is_higher() {
    let tree = Tree::gpus();
    tree.write("dev/tdx_guest", "");
    tree.write("sys/kernel/config/tsm/report/.keep", "");
    let report = look(&tree, &gpus(Some(CcMode::On)));
    assert_eq!(report.offered(), [Kind::Software, Kind::Tdx, Kind::NvidiaGpu]);
    assert_eq!((report.residency, report.next), (Residency::R3, None));
}

#[test]
fn what_was_not_built_says_so() {
    let tree = Tree::gpus();
    tree.write("dev/tpmrm0", "");
    tree.write("dev/sev-guest", "");
    tree.write("dev/tdx_guest", "");
    let nothing = Built { tpm: false, sev_snp: false, tdx: false, nvml: false };
    let report = examine(&tree.root(), &gpus(Some(CcMode::On)), nothing);
    for (kind, feature) in
        [(Kind::Tpm2Quote, "tpm"), (Kind::SevSnp, "sev-snp"), (Kind::Tdx, "tdx"), (Kind::NvidiaGpu, "nvml")]
    {
        let (state, why, remedy) = of(&report, kind);
        assert_eq!(state, State::NotBuilt);
        assert!(
            why == format!("built without feature {feature}") && remedy.contains(feature),
            "{why}; {remedy}"
        );
    }
    assert_eq!(report.residency, Residency::R0);
}

#[test]
fn clocks_are_told() {
    let tree = Tree::laptop();
    let report = look(&tree, &no_library());
    assert_eq!(subject(&report, "clock source"), (State::Available, "tsc"));
    let (state, why) = subject(&report, "kernel timestamps");
    assert!(state == State::Available && why.contains("no network card has a clock"), "{why}");
    tree.write("sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n");
    tree.write("sys/class/net/eth0/device/ptp/ptp0/clock_name", "x\n");
    let report = look(&tree, &no_library());
    assert_eq!(subject(&report, "clock source").0, State::Missing);
    assert!(subject(&report, "kernel timestamps").1.contains("clocks of eth0"));
}

#[test]
fn this_very_machine_is_examined() {
    let report = examine(&Root::system(), &nvidia::accelerators(), Built::here());
    assert_eq!(report.rows.len(), Kind::ALL.len() + 2);
    let hints = report.rows.iter().filter(|row| matches!(row.state, State::Forbidden | State::NotBuilt));
    assert!(hints.into_iter().all(|row| !row.remedy.is_empty()), "{report:?}");
}
