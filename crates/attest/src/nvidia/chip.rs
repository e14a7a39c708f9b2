//! Which chip a chain of certificates is of.

use super::Pdi;
use crate::check::Check;
use crate::kind::Kind;
use crate::rejection::Rejection;
use crate::x509::{Certificate, Chain};

/// What the boot ROM's certificate is called at the end, behind its die, stepping and processor.
const BOOT_ROM: &str = "BROM";
/// How the serial number of a GPU's boot ROM begins; its PDI follows.
const GPU_SERIAL: u8 = 0x41;
/// How the serial number of a switch's boot ROM begins; its PDI follows.
const SWITCH_SERIAL: u8 = 0x50;

/// A chip, as the certificate of its boot ROM names it. The key of that certificate is made from what is fused into the
/// die, and stays when firmware changes.
#[derive(Clone, Debug)]
pub(super) struct Chip {
    /// A GPU or a switch.
    pub(super) kind: Kind,
    /// `nvidia:` and the SHA-256 of the boot ROM's key.
    pub(super) instance: String,
    /// The boot ROM's certificate's name: NVIDIA's `hwmodel`.
    pub(super) name: String,
    /// The serial number of the boot ROM's certificate.
    pub(super) serial: Vec<u8>,
    /// What is fused into the die.
    pub(super) pdi: Option<Pdi>,
}

impl Chip {
    /// The chip of a chain that holds.
    pub(super) fn of(chain: &Chain) -> Result<Self, Rejection> {
        let failed = |why: String| Rejection::new(Check::Chain, why);
        let boot_rom = chain.all().get(1).ok_or_else(|| failed("the chain has no boot ROM".to_owned()))?;
        let name = common_name(boot_rom);
        let kind = kind(&name).ok_or_else(|| {
            failed(format!("`{name}` above the device's certificate is no boot ROM of a GPU or an NVSwitch"))
        })?;
        Ok(Self {
            kind,
            instance: format!("nvidia:{}", hex::encode(boot_rom.key_sha256())),
            serial: boot_rom.serial().to_vec(),
            pdi: pdi(kind, boot_rom.serial()),
            name,
        })
    }

    /// The die, as manifests name it: `GH100`, `LS10`.
    pub(super) fn die(&self) -> String {
        self.name.split(' ').next().unwrap_or_default().replace('_', "")
    }

    /// The die and its stepping: `GH100 A01`.
    pub(super) fn stepping(&self) -> String {
        self.name.split(' ').take(2).collect::<Vec<_>>().join(" ")
    }
}

fn kind(name: &str) -> Option<Kind> {
    name.strip_suffix(BOOT_ROM)?;
    match name.as_bytes() {
        [b'L', b'S', ..] => Some(Kind::NvidiaSwitch),
        [b'G', ..] => Some(Kind::NvidiaGpu),
        _ => None,
    }
}

fn pdi(kind: Kind, serial: &[u8]) -> Option<Pdi> {
    let first = if kind == Kind::NvidiaSwitch { SWITCH_SERIAL } else { GPU_SERIAL };
    serial.strip_prefix(&[first])?.try_into().ok()
}

fn common_name(certificate: &Certificate) -> String {
    let subject = certificate.subject();
    let name = subject.split([',', '+']).find_map(|part| part.trim().strip_prefix("CN="));
    name.unwrap_or_default().to_owned()
}
