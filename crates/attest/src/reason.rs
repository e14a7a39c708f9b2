//! Why a residency is not higher, and what disagrees: what a verdict has to say beside its finding.

use std::fmt;

/// A reason that travels with an appraisal into the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Nothing but a software key vouches.
    Unattested,
    /// The hardware is genuine; the code that it measured is in no signed reference values.
    CodeUnknown,
    /// The chip is genuine, and nothing ties it to the machine whose key was timed.
    IdentityOnly,
    /// The device's measurements differ from those that its maker published.
    MeasurementsDiffer,
    /// The platform's firmware is older than its maker would have it.
    TcbOutdated,
    /// The evidence says nothing about the session's key.
    KeyUnbound,
    /// What the host asserts differs from what the hardware signed.
    HostDisagrees,
    /// Less than the service's policy asks for was shown in the end.
    BelowPolicy,
    /// The closing attestation is missing.
    NotClosed,
    /// The evidence was older than policy allows when the last round trip was measured.
    Old,
    /// Evidence that was taken is refused by now: a device or root was revoked since.
    Refused,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Unattested,
        Self::CodeUnknown,
        Self::IdentityOnly,
        Self::MeasurementsDiffer,
        Self::TcbOutdated,
        Self::KeyUnbound,
        Self::HostDisagrees,
        Self::BelowPolicy,
        Self::NotClosed,
        Self::Old,
        Self::Refused,
    ];

    /// Its name, for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unattested => "UNATTESTED",
            Self::CodeUnknown => "CODE_UNKNOWN",
            Self::IdentityOnly => "IDENTITY_ONLY",
            Self::MeasurementsDiffer => "MEASUREMENTS_DIFFER",
            Self::TcbOutdated => "TCB_OUTDATED",
            Self::KeyUnbound => "KEY_UNBOUND",
            Self::HostDisagrees => "HOST_DISAGREES",
            Self::BelowPolicy => "BELOW_POLICY",
            Self::NotClosed => "NOT_CLOSED",
            Self::Old => "EVIDENCE_OLD",
            Self::Refused => "EVIDENCE_REFUSED",
        }
    }

    /// What it means, for people.
    #[must_use]
    pub const fn means(self) -> &'static str {
        match self {
            Self::Unattested => "no hardware vouches for the key",
            Self::CodeUnknown => "genuine hardware runs code that no signed reference values know",
            Self::IdentityOnly => "chip genuine; not bound to the timed key",
            Self::MeasurementsDiffer => {
                "the device's measurements differ from those that its maker published"
            }
            Self::TcbOutdated => "the platform's firmware is older than its maker would have it",
            Self::KeyUnbound => "the evidence says nothing about the session's key",
            Self::HostDisagrees => "what the host asserts differs from what the hardware signed",
            Self::BelowPolicy => "less than the service's policy asks for was shown in the end",
            Self::NotClosed => "nothing was attested after measuring",
            Self::Old => "the evidence was too old when it was measured",
            Self::Refused => "evidence that was taken is refused by now",
        }
    }

    /// The reason of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
