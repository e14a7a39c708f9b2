//! NVIDIA's accelerators, by NVIDIA's management library.

#[cfg(feature = "nvml")]
mod card;
#[cfg(feature = "nvml")]
mod evidence;
#[cfg(feature = "nvml")]
mod library;
#[cfg(feature = "nvml")]
mod source;

#[cfg(feature = "nvml")]
pub use source::NvidiaGpu;

use lightcone_attest::inventory::{CcMode, GpuHealth, GpuIdentity};

/// What NVIDIA's library tells of the accelerators of a host. Names are in the clear: they go through a
/// [`Concealer`](crate::inventory::Concealer) before they leave it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accelerators {
    /// Version of the driver.
    pub driver_version: Option<String>,
    /// Version of CUDA that the driver offers.
    pub cuda_version: Option<String>,
    /// How they are closed to their host.
    pub cc_mode: Option<CcMode>,
    /// Whether they take work in that mode.
    pub cc_ready: Option<bool>,
    /// Each of them.
    pub cards: Vec<Card>,
}

/// One accelerator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// Its model.
    pub product: Option<String>,
    /// Its memory in bytes.
    pub memory_bytes: Option<u64>,
    /// Which it is.
    pub identity: GpuIdentity,
    /// How it does.
    pub health: GpuHealth,
}

/// Why NVIDIA's library tells nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLibrary {
    /// The program was built without it.
    #[error("nothing of NVML: built without feature `nvml`")]
    NotBuilt,
    /// It is not installed, its driver is not loaded, or it does not answer.
    #[error("nothing of NVML: {0}")]
    Silent(String),
}

/// What NVIDIA's library tells now. Where it is missing that is an answer and no failure.
///
/// # Errors
/// Why it tells nothing.
#[cfg(feature = "nvml")]
pub fn accelerators() -> Result<Accelerators, NoLibrary> {
    library::open().map(|library| card::all(&library))
}

/// What NVIDIA's library tells now: nothing, in a program built without it.
///
/// # Errors
/// Always [`NoLibrary::NotBuilt`].
#[cfg(not(feature = "nvml"))]
pub fn accelerators() -> Result<Accelerators, NoLibrary> {
    Err(NoLibrary::NotBuilt)
}
