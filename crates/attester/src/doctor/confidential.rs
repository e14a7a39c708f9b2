//! Whether this is a confidential virtual machine.

use lightcone_attest::Kind;

use super::{Built, Row, State};
use crate::root::{Access, Root};

/// Where kernels since 6.7 hand out reports of any confidential machine (Documentation/ABI/testing/configfs-tsm-report).
const REPORTS: &str = "sys/kernel/config/tsm/report";

/// One technology, as a system shows it.
struct Technology {
    kind: Kind,
    feature: &'static str,
    /// Device of a guest.
    device: &'static str,
    /// Driver of that device.
    driver: &'static str,
    /// Mark of a processor that can host such machines, and is no guest itself.
    host: &'static str,
    /// Mark of a processor as a guest sees it, where there is one.
    guest: Option<&'static str>,
    /// What to ask a provider for.
    remedy: &'static str,
}

const SNP: Technology = Technology {
    kind: Kind::SevSnp,
    feature: "sev-snp",
    device: "dev/sev-guest",
    driver: "sev-guest",
    host: "sev_snp",
    guest: None,
    remedy: "run the agent in a virtual machine with AMD SEV-SNP",
};
const TDX: Technology = Technology {
    kind: Kind::Tdx,
    feature: "tdx",
    device: "dev/tdx_guest",
    driver: "tdx-guest",
    host: "tdx_host_platform",
    guest: Some("tdx_guest"),
    remedy: "run the agent in a virtual machine with Intel TDX",
};

pub(super) fn snp(root: &Root, built: Built) -> Row {
    row(root, built.sev_snp, &SNP)
}

pub(super) fn tdx(root: &Root, built: Built) -> Row {
    row(root, built.tdx, &TDX)
}

fn row(root: &Root, is_built: bool, of: &Technology) -> Row {
    let name = of.kind.name();
    if !is_built {
        return Row::not_built(name, of.feature);
    }
    let cpu = root.read("proc/cpuinfo").unwrap_or_default();
    let flags = cpu.lines().find_map(|line| line.strip_prefix("flags")).unwrap_or_default();
    let has = |mark: &str| flags.split_whitespace().any(|flag| flag == mark);
    if root.has(of.device) {
        return guest(root, of);
    }
    let (why, remedy) = if of.guest.is_some_and(has) {
        (format!("a guest without /{}", of.device), format!("load the kernel's module {}", of.driver))
    } else if has(of.host) {
        ("the processor can host such machines, and this is none".to_owned(), of.remedy.to_owned())
    } else {
        ("this is no such machine".to_owned(), of.remedy.to_owned())
    };
    Row::new(name, State::Missing, why, remedy)
}

/// A guest gives reports where the kernel hands them out, and folders may be made.
fn guest(root: &Root, of: &Technology) -> Row {
    let name = of.kind.name();
    match root.may_write(REPORTS) {
        Access::Open => Row::new(name, State::Available, format!("reports by /{REPORTS}"), ""),
        Access::Forbidden => {
            let why = format!("/{REPORTS} is there, and the agent may not ask for reports in it");
            Row::new(name, State::Forbidden, why, "run the agent as root, or give its user that folder")
        }
        Access::Missing => {
            let why = format!("/{} is there, and no /{REPORTS}", of.device);
            Row::new(name, State::Missing, why, "use Linux 6.7 or later, and mount configfs")
        }
    }
}
