//! The formats of evidence that are appraised.

use std::fmt;

/// A format of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A signature by the key that an agent enrolled with.
    Software,
    /// A TPM 2.0 quote over boot measurements.
    Tpm2Quote,
    /// A report of AMD SEV-SNP.
    SevSnp,
    /// A quote of Intel TDX.
    Tdx,
    /// A report of an NVIDIA GPU.
    NvidiaGpu,
    /// A report of an NVIDIA NVSwitch.
    NvidiaSwitch,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Software, Self::Tpm2Quote, Self::SevSnp, Self::Tdx, Self::NvidiaGpu, Self::NvidiaSwitch];

    /// Its name on the wire, in files and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Software => "software",
            Self::Tpm2Quote => "tpm2-quote",
            Self::SevSnp => "sev-snp",
            Self::Tdx => "tdx",
            Self::NvidiaGpu => "nvidia-gpu",
            Self::NvidiaSwitch => "nvidia-switch",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether evidence of this format can tie the session's key to the machine that made it. A GPU signs any 32
    /// bytes that its host picks, so that its report alone never does.
    #[must_use]
    pub const fn can_bind(self) -> bool {
        !matches!(self, Self::NvidiaGpu | Self::NvidiaSwitch)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
