//! Whether accelerators can sign reports.

use lightcone_attest::Kind;
use lightcone_attest::inventory::CcMode;

use super::{Built, Row, State};
use crate::inventory::driver;
use crate::nvidia::{Accelerators, NoLibrary};
use crate::root::{Access, Root};

/// Device of NVIDIA's driver, through which its library speaks.
const DRIVER: &str = "dev/nvidiactl";
/// Device of NVIDIA's driver of switches.
const SWITCHES: &str = "dev/nvidia-nvswitchctl";
const INSTALL: &str = "install NVIDIA's driver with its library libnvidia-ml and load it";
const CLOSE: &str = "turn confidential computing or protected PCIe on, or hand over what `nvattest collect-evidence` prints \
    (with `--gpu-evidence-source=corelib` on Blackwell)";

pub(super) fn gpu(root: &Root, accelerators: &Result<Accelerators, NoLibrary>, built: Built) -> Row {
    let row = |state, why: String, remedy: &str| Row::new(Kind::NvidiaGpu.name(), state, why, remedy);
    let on_bus = driver::on_bus(root).unwrap_or_default().len();
    if !built.nvml {
        return Row::not_built(Kind::NvidiaGpu.name(), "nvml");
    }
    match accelerators {
        Err(_) if on_bus == 0 => {
            row(State::Missing, "no GPU of NVIDIA on the bus".to_owned(), "put the agent where the GPUs are")
        }
        Err(_) if root.access(DRIVER) == Access::Forbidden => {
            let why = format!("/{DRIVER} is there, and the agent may not open it");
            row(State::Forbidden, why, "give the agent's user read and write access to /dev/nvidia*")
        }
        Err(error) => row(State::Missing, format!("{on_bus} on the bus; {error}"), INSTALL),
        Ok(found) if found.cards.is_empty() => row(
            State::Missing,
            format!("{on_bus} on the bus, none in the driver"),
            "look for Xids in the kernel's log",
        ),
        Ok(found) => closed(found),
    }
}

/// GPUs give reports only where they are closed to their host.
fn closed(found: &Accelerators) -> Row {
    let row = |state, why: String, remedy: &str| Row::new(Kind::NvidiaGpu.name(), state, why, remedy);
    let count = found.cards.len();
    match found.cc_mode {
        Some(CcMode::On) => row(State::Available, format!("{count} in confidential computing"), ""),
        Some(CcMode::ProtectedPcie) => row(State::Available, format!("{count} in protected PCIe"), ""),
        Some(CcMode::DevTools) => row(
            State::Missing,
            format!("{count} with tools that look in, which protects nothing"),
            "turn the mode for tools off",
        ),
        Some(CcMode::Off) => row(State::Missing, format!("{count} without confidential computing"), CLOSE),
        Some(CcMode::Unknown) | None => {
            row(State::Missing, format!("{count} that know no confidential computing"), CLOSE)
        }
    }
}

pub(super) fn switch(root: &Root) -> Row {
    let name = Kind::NvidiaSwitch.name();
    if root.has(SWITCHES) {
        let remedy = "hand over what `nvattest collect-evidence --device nvswitch` prints";
        return Row::new(name, State::Missing, "switches are here; NVML does not ask them", remedy);
    }
    Row::new(name, State::Missing, "no NVSwitch of this machine's own", "")
}
