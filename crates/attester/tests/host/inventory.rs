//! Inventories of systems that are made of files.

use crate::tree::{Tree, no_library};
use lightcone_attest::UnixTime;
use lightcone_attest::inventory::{
    AgentFacts, CcMode, GpuHealth, GpuIdentity, Identifiers, Inventory, Limits, State,
};
use lightcone_attester::inventory::{Concealer, Survey};
use lightcone_attester::nvidia::{Accelerators, Card, NoLibrary};
use lightcone_attester::{Root, nvidia};

const NOW: UnixTime = UnixTime::from_s(1_764_000_000);
/// When the systems of [`Tree`] started.
const STARTED_S: i64 = 1_764_000_000 - 86_400;

fn hashed() -> Concealer {
    Concealer::hashed("agents/one", [7; 32])
}

fn take(root: &Root, concealer: &Concealer, accelerators: &Result<Accelerators, NoLibrary>) -> Inventory {
    Survey { root, concealer, accelerators, agent: AgentFacts::default(), now: NOW }.take()
}

/// Two GPUs as NVIDIA's library tells of them.
fn accelerators() -> Accelerators {
    let card = |at: u32| Card {
        product: Some("NVIDIA H100 80GB HBM3".to_owned()),
        memory_bytes: Some(85_899_345_920),
        identity: GpuIdentity {
            uuid: Some(format!("GPU-canary{at}")),
            serial: Some(format!("canary-serial-{at}")),
            pci_bus_id: Some(format!("0000:{at}8:00.0")),
            vbios_version: Some("96.00.A5.00.01".to_owned()),
            ..GpuIdentity::default()
        },
        health: GpuHealth { ecc_uncorrected: Some(7), nvlink_errors: Some(7), ..GpuHealth::default() },
    };
    Accelerators {
        driver_version: Some("590.12".to_owned()),
        cuda_version: Some("13.1".to_owned()),
        cc_mode: Some(CcMode::ProtectedPcie),
        cc_ready: Some(true),
        cards: vec![card(1), card(2)],
    }
}

fn state(inventory: &Inventory, part: &str) -> Option<State> {
    inventory.health.components.iter().find(|one| one.component == part).map(|one| one.state)
}

#[test]
fn a_system_is_read_from_its_files() {
    let tree = Tree::gpus();
    tree.write("usr/lib/x86_64-linux-gnu/libdcgm.so.4", "");
    tree.write("usr/lib/x86_64-linux-gnu/libdcgm.so.4.2.3", "");
    tree.write("run/containerd/containerd.sock", "");
    let taken = take(&tree.root(), &hashed(), &no_library());
    let system = &taken.system;
    assert_eq!(system.product.as_deref(), Some("Maker Portable 7"));
    assert_eq!(system.gpu_product.as_deref(), Some("NVIDIA H100 80GB HBM3"));
    assert_eq!((system.gpu_count, system.gpus_on_bus), (Some(2), Some(2)));
    assert_eq!(system.driver_version.as_deref(), Some("590.12"));
    assert_eq!(system.dcgm_version.as_deref(), Some("4.2.3"));
    assert_eq!((system.cpu_model.as_deref(), system.cpu_count), (Some("Some CPU @ 2 GHz"), Some(8)));
    assert_eq!(system.memory_bytes, Some(16_384_256 * 1024));
    assert_eq!(system.kernel.as_deref(), Some("6.12.9-amd64"));
    assert_eq!(system.os.as_deref(), Some("Debian GNU/Linux 13 (trixie)"));
    assert_eq!(system.container_runtime.as_deref(), Some("containerd"));
    assert_eq!(taken.agent.clock_source.as_deref(), Some("tsc"));
    assert_eq!(taken.health.uptime_s, Some(86_400));
    let gpu = &taken.identity.gpus[1];
    assert_eq!((gpu.minor, gpu.pci_bus_id.as_deref()), (Some(1), Some("0000:2a:00.0")));
    assert_eq!(gpu.vbios_version.as_deref(), Some("96.00.5e.00.01"));
    assert_eq!(taken.identity.macs.len(), 1, "bridges and loops are no cards");
}

#[test]
fn what_is_taken_can_be_read_again() {
    for found in [no_library(), Ok(accelerators())] {
        let taken = take(&Tree::gpus().root(), &hashed(), &found);
        assert_eq!(Inventory::parse(&taken.to_json(), &Limits::default()), Ok(taken));
    }
}

#[test]
fn no_name_leaves_the_host_in_the_clear() {
    for found in [no_library(), Ok(accelerators())] {
        let taken = take(&Tree::gpus().root(), &hashed(), &found);
        let json = String::from_utf8(taken.to_json()).unwrap().to_lowercase();
        for canary in ["canary", "02:ca:aa", "12:34:56", "4000-8000"] {
            assert!(!json.contains(canary), "{canary} in {json}");
        }
        let identity = &taken.identity;
        let names = [&identity.hostname, &identity.machine_id, &identity.boot_id, &identity.system_uuid];
        let mut names: Vec<String> =
            names.into_iter().chain([&identity.chassis_serial]).flatten().cloned().collect();
        names.extend(identity.macs.clone());
        names.extend(identity.gpus.iter().flat_map(|gpu| [gpu.uuid.clone(), gpu.serial.clone()]).flatten());
        assert!(names.len() >= 8, "{names:?}");
        assert!(names.iter().all(|name| name.starts_with("hmac:")), "{names:?}");
        assert_eq!(taken.identifiers, Identifiers::Hashed);
    }
}

#[test]
fn an_owner_may_ask_for_clear_names() {
    let taken = take(&Tree::gpus().root(), &Concealer::clear("agents/one"), &Ok(accelerators()));
    assert_eq!(taken.identifiers, Identifiers::Clear);
    assert_eq!(taken.identity.hostname.as_deref(), Some("canary-hostname"));
    assert_eq!(taken.identity.macs, ["02:ca:aa:12:34:56"]);
    assert_eq!(taken.identity.gpus[0].serial.as_deref(), Some("canary-serial-1"));
}

#[test]
fn an_empty_system_says_nothing_and_does_not_fail() {
    let folder = tempfile::tempdir().unwrap();
    let taken = take(&Root::at(folder.path()), &hashed(), &no_library());
    assert_eq!((taken.identity.gpus.len(), taken.system.gpus_on_bus), (0, None));
    assert_eq!(taken.health.components, []);
    assert_eq!(taken.notes.len(), 2, "{:?}", taken.notes);
}

#[test]
fn the_library_s_word_goes_before_the_driver_s() {
    let taken = take(&Tree::gpus().root(), &hashed(), &Ok(accelerators()));
    assert_eq!(taken.system.gpu_memory_bytes, Some(85_899_345_920));
    assert_eq!(taken.system.cuda_version.as_deref(), Some("13.1"));
    assert_eq!((taken.system.cc_mode, taken.system.cc_ready), (Some(CcMode::ProtectedPcie), Some(true)));
    assert_eq!(taken.identity.gpus[0].vbios_version.as_deref(), Some("96.00.A5.00.01"));
    assert_eq!(taken.health.gpus.len(), 2);
}

#[test]
fn errors_are_read_from_the_kernel_s_log() {
    let tree = Tree::gpus();
    tree.write(
        "dev/kmsg",
        "6,1,1000,-;Linux version 6.12\n\
         3,2,60000000,-;NVRM: Xid (PCI:0000:18:00): 31, pid=7, name=train, MMU fault\n\
         3,3,3600000000,-;NVRM: Xid (PCI:0000:2a:00): 79, GPU has fallen off the bus.\n SUBSYSTEM=pci\n",
    );
    let taken = take(&tree.root(), &hashed(), &no_library());
    let xids = taken.health.xids.clone().unwrap();
    let told: Vec<(u32, i64)> = xids.iter().map(|xid| (xid.code, xid.time_s)).collect();
    assert_eq!(told, [(31, STARTED_S + 60), (79, STARTED_S + 3600)]);
    assert_eq!(state(&taken, "xid"), Some(State::Unhealthy));
}

#[test]
fn a_log_that_is_not_read_is_not_a_log_without_errors() {
    let taken = take(&Tree::gpus().root(), &hashed(), &no_library());
    assert_eq!(taken.health.xids, None);
    assert_eq!(state(&taken, "xid"), Some(State::Initializing));
    assert!(taken.notes.iter().any(|note| note.contains("CAP_SYSLOG")), "{:?}", taken.notes);
}

#[test]
fn only_the_last_errors_are_told() {
    let tree = Tree::gpus();
    let lines =
        (0..100).map(|code| format!("3,{code},{code}000000,-;NVRM: Xid (PCI:0000:18:00): {code}, x\n"));
    tree.write("dev/kmsg", &lines.collect::<String>());
    let xids = take(&tree.root(), &hashed(), &no_library()).health.xids.unwrap();
    assert_eq!((xids.len(), xids[0].code, xids[63].code), (64, 36, 99));
}

#[test]
fn each_part_that_is_not_well_is_told() {
    type Change = fn(&Tree, &mut Accelerators);
    let cases: [(&str, State, Change); 7] = [
        ("driver", State::Unhealthy, |tree, found| {
            tree.remove("sys/module/nvidia");
            found.driver_version = None;
        }),
        ("gpu-count", State::Unhealthy, |_, found| found.cards.truncate(1)),
        ("ecc", State::Degraded, |_, found| found.cards[1].health.ecc_uncorrected_since_load = Some(1)),
        ("remapped-rows", State::Degraded, |_, found| found.cards[1].health.remap_pending = Some(true)),
        ("remapped-rows", State::Unhealthy, |_, found| found.cards[0].health.remap_failed = Some(true)),
        ("nvlink", State::Degraded, |_, found| found.cards[0].health.nvlink_recoveries = Some(9)),
        ("clock", State::Degraded, |_, found| {
            found.cards[0].health.throttle = vec!["GPU_IDLE".to_owned(), "HW_THERMAL_SLOWDOWN".to_owned()];
        }),
    ];
    for (part, wanted, change) in cases {
        let (tree, mut found) = (Tree::gpus(), accelerators());
        tree.write("dev/kmsg", "");
        change(&tree, &mut found);
        let taken = take(&tree.root(), &hashed(), &Ok(found));
        for component in &taken.health.components {
            let expected = if component.component == part { wanted } else { State::Healthy };
            assert_eq!(component.state, expected, "{part}: {component:?}");
        }
        assert_eq!(state(&taken, part), Some(wanted));
    }
}

#[test]
fn a_hostile_tree_is_taken_and_read_again() {
    let tree = Tree::gpus();
    let long = "x\u{1b}[2J".repeat(50_000);
    for name in [
        "proc/sys/kernel/osrelease",
        "etc/os-release",
        "sys/class/dmi/id/sys_vendor",
        "sys/module/nvidia/version",
        "dev/kmsg",
        "proc/uptime",
        "proc/cpuinfo",
        "sys/devices/system/cpu/online",
    ] {
        tree.write(name, &long);
    }
    tree.write("etc/os-release", &format!("PRETTY_NAME=\"{long}\"\n"));
    for at in 0..300 {
        tree.write(&format!("sys/class/net/e{at}/address"), "02:00:00:00:00:01");
        tree.write(&format!("sys/class/net/e{at}/device/x"), "");
    }
    let taken = take(&tree.root(), &Concealer::clear("a"), &no_library());
    assert_eq!(Inventory::parse(&taken.to_json(), &Limits::default()), Ok(taken));
}

#[test]
fn this_very_machine_gives_an_inventory() {
    let taken = take(&Root::system(), &hashed(), &nvidia::accelerators());
    assert!(taken.system.kernel.is_some() || !cfg!(target_os = "linux"));
    assert_eq!(Inventory::parse(&taken.to_json(), &Limits::default()), Ok(taken));
}
