//! What an appraisal checks. Each is either done or not done, and a verdict prints what was not.

use std::fmt;

macro_rules! checks {
    ($($(#[$doc:meta])* $name:ident = $word:literal, open $open:literal;)*) => {
        /// One check. An appraisal lists those that passed and those that nobody made; a [`Rejection`](crate::Rejection)
        /// names the one that failed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Check {
            $($(#[$doc])* $name,)*
        }

        impl Check {
            /// All of them, in the order in which they are made.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name, for programs.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// What stays open without it, for people: the end of "not checked: ...".
            #[must_use]
            pub const fn leaves_open(self) -> &'static str {
                match self {
                    $(Self::$name => $open,)*
                }
            }
        }
    };
}

checks! {
    /// The bytes are of the format, to the last one.
    Format = "format", open "whether the evidence is well formed";
    /// The evidence is of a size and number that is read.
    Size = "size", open "whether the evidence is of a readable size";
    /// Each certificate is signed by the next, may sign, and is in its time.
    Chain = "chain", open "whether the device's certificate comes from its maker";
    /// The chain ends in a root that is pinned.
    Root = "root", open "whether the chain of certificates ends at a known maker";
    /// The makers' lists of revoked certificates were asked.
    Revocation = "revocation", open "whether the maker has revoked the device's certificate since";
    /// The device's certificate or key is not on our own list of revoked ones.
    Revoked = "revoked", open "whether we have revoked the device";
    /// The attestation key may sign only what the device itself made.
    KeyAttributes = "key-attributes", open "whether the attestation key signs only what its device made";
    /// The attestation key lives in the device of the endorsement certificate.
    Activation = "activation", open "whether the attestation key lives in the certified TPM";
    /// The evidence is signed by the attested key.
    Signature = "signature", open "whether the device signed the evidence";
    /// The statement has the type that the format asks for.
    Statement = "statement", open "whether the device made a statement of this kind";
    /// The evidence bears the nonce that was asked for.
    Nonce = "nonce", open "whether the evidence is fresh";
    /// The evidence bears the session's binding.
    Binding = "binding", open "whether the evidence is about the timed key";
    /// Debugging is off.
    Debug = "debug", open "whether the machine can be debugged from outside";
    /// The machine cannot be moved with its memory.
    Migration = "migration", open "whether the machine can be moved with its key";
    /// The statement was made at the machine's highest privilege.
    Privilege = "privilege", open "whether the statement was made by the measured code";
    /// Firmware and microcode are at least as new as the floor.
    Tcb = "tcb", open "whether the platform's firmware is new enough";
    /// The firmware measured itself as its certificate says.
    Firmware = "firmware", open "whether the device's firmware is the one that its certificate names";
    /// The measured registers are those that the policy asks for.
    PcrSelection = "pcr-selection", open "whether all measured registers were shown";
    /// The registers' digest is that of the values shown.
    PcrDigest = "pcr-digest", open "whether the registers' values are those that were signed";
    /// The counters of boots and restarts go on from those seen before.
    Counters = "counters", open "whether the machine restarted since it was seen last";
    /// The measured code is a known image.
    Code = "code", open "whether the system runs what it should";
    /// The device's measurements are those that its maker published.
    Measurements = "measurements", open "whether the device's measurements are those that its maker published";
    /// The device protects what it computes from its host.
    Confidential = "confidential", open "whether the accelerator is closed to its host";
    /// The chip is the one that is enrolled.
    Identity = "identity", open "which chip the key is in";
    /// The key cannot be copied to another machine.
    KeyCopy = "key-copy", open "whether the key was copied to another machine";
    /// The accelerator's session was opened by the measured code over its local bus.
    LocalBus = "local-bus", open "whether the chip is in the machine that answered";
    /// The residency is at least what a policy asks for.
    Residency = "residency", open "whether the key is tied closely enough";
    /// The reference values hold now.
    References = "references", open "whether the reference values hold now";
}

impl Check {
    /// The check of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|check| check.name() == name)
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
