//! `nvidia-gpu` and `nvidia-switch`: reports of NVIDIA's devices, SPDM 1.1 measurements (DMTF DSP0274) under a chain of
//! certificates. A genuine report shows which chip made it and what firmware the chip runs. It never ties a session's
//! key to a place: the device signs any 32 bytes that its host picks.

mod baseboard;
mod chip;
mod claims;
mod compare;
mod devices;
mod evidence;
mod fwid;
mod gpu;
mod opaque;
mod reader;
mod report;
mod switch;
mod verify;

pub mod rim;

pub use baseboard::{Baseboard, baseboards};
pub use devices::devices;
pub use evidence::Evidence;
pub use gpu::NvidiaGpu;
pub use switch::NvidiaSwitch;

/// What a switch is called in [`Appraisal::wired_to`](crate::Appraisal::wired_to): this, then its PDI (the identifier
/// that is fused into each die), 16 hexadecimal digits.
const SWITCH_PREFIX: &str = "nvswitch-pdi:";

/// An identifier that is fused into a die.
type Pdi = [u8; 8];

fn switch_name(pdi: &Pdi) -> String {
    format!("{SWITCH_PREFIX}{}", hex::encode(pdi))
}
