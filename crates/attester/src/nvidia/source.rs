//! `nvidia-gpu`: reports that NVIDIA's library fetches from each GPU.

use lightcone_attest::Kind;
use nvml_wrapper::Device;
use nvml_wrapper::enums::device::DeviceArchitecture;
use nvml_wrapper::error::NvmlError;

use super::{evidence, library};
use crate::source::{Piece, Source, Unavailable};

/// The most GPUs that are asked.
const GPUS_MAX: u32 = 64;
/// What to do where the library has no report.
const CLOSED: &str = "turn confidential computing or protected PCIe on, or hand over what NVIDIA's \
    `nvattest collect-evidence --gpu-evidence-source=corelib` prints (Blackwell)";

/// The GPUs of this host. NVIDIA's library gives reports only of those that are closed to their host, by confidential
/// computing or protected PCIe.
#[derive(Clone, Copy, Debug, Default)]
pub struct NvidiaGpu;

impl Source for NvidiaGpu {
    fn kind(&self) -> Kind {
        Kind::NvidiaGpu
    }

    /// One piece of each GPU that answers, all over the same 32 bytes. A GPU that does not is missing among them, and the
    /// verifier counts.
    fn collect(&mut self, binding: &[u8; 32]) -> Result<Vec<Piece>, Unavailable> {
        let library = library::open().map_err(|error| {
            unavailable("libnvidia-ml", error.to_string(), "install NVIDIA's driver and load it")
        })?;
        let count = library.device_count().map_err(|error| refused("libnvidia-ml", &error))?;
        let (mut pieces, mut first) = (Vec::new(), None);
        for index in 0..count.min(GPUS_MAX) {
            let device = format!("GPU {index}");
            let asked = library.device_by_index(index).map_err(|error| refused(&device, &error));
            match asked.and_then(|gpu| ask(&gpu, &device, binding)) {
                Ok(payload) => pieces.push(Piece { kind: Kind::NvidiaGpu, payload }),
                Err(error) => first = first.or(Some(error)),
            }
        }
        match first {
            Some(error) if pieces.is_empty() => Err(error),
            None if pieces.is_empty() => Err(unavailable(
                "libnvidia-ml",
                "the driver has no GPU".to_owned(),
                "look for Xids in the kernel's log",
            )),
            _ => Ok(pieces),
        }
    }
}

fn ask(gpu: &Device<'_>, device: &str, binding: &[u8; 32]) -> Result<Vec<u8>, Unavailable> {
    let report = gpu.confidential_compute_gpu_attestation_report(*binding);
    let report = report.map_err(|error| refused(device, &error))?;
    let chain = gpu.confidential_compute_gpu_certificate().map_err(|error| refused(device, &error))?;
    let arch = architecture(gpu.architecture().ok());
    evidence::to_json(arch, binding, &report.attestation_report, &chain.attestation_cert_chain)
        .map_err(|why| unavailable(device, why.to_owned(), "update NVIDIA's driver"))
}

/// Architectures as NVIDIA's tools name them.
fn architecture(of: Option<DeviceArchitecture>) -> &'static str {
    match of {
        Some(DeviceArchitecture::Hopper) => "HOPPER",
        Some(DeviceArchitecture::Blackwell) => "BLACKWELL",
        Some(DeviceArchitecture::Ada) => "ADA",
        Some(DeviceArchitecture::Ampere) => "AMPERE",
        _ => "UNKNOWN",
    }
}

fn refused(device: &str, error: &NvmlError) -> Unavailable {
    let remedy = match error {
        NvmlError::NoPermission => "let the agent open /dev/nvidiactl and /dev/nvidia*",
        NvmlError::GpuLost | NvmlError::ResetRequired => "reset the GPU or restart the machine",
        NvmlError::FailedToLoadSymbol(_) | NvmlError::FunctionNotFound => {
            "update NVIDIA's driver to 535 or later"
        }
        _ => CLOSED,
    };
    unavailable(device, error.to_string(), remedy)
}

fn unavailable(device: &str, why: String, remedy: &str) -> Unavailable {
    Unavailable { kind: Kind::NvidiaGpu, device: device.to_owned(), why, remedy: remedy.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gpu_that_is_open_to_its_host_says_what_to_do() {
        let error = refused("GPU 3", &NvmlError::NotSupported).to_string();
        assert!(
            error.contains("GPU 3") && error.contains("nvattest") && error.contains("corelib"),
            "{error}"
        );
    }

    #[test]
    fn a_host_without_the_library_has_no_evidence_and_does_not_fail() {
        let Err(error) = NvidiaGpu.collect(&[7; 32]) else { return };
        assert_eq!((error.kind, error.remedy.is_empty()), (Kind::NvidiaGpu, false));
    }
}
