//! What evidence shows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use lightcone_core::Residency;

use crate::check::Check;
use crate::kind::Kind;
use crate::reason::Reason;
use crate::trust::TrustVector;

/// What one piece of evidence shows of one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appraisal {
    /// The format of the evidence.
    pub kind: Kind,
    /// Which device: a name of the format, then what tells devices apart in lower-case hexadecimal, for example
    /// `nvidia:` and the SHA-256 of a key's SubjectPublicKeyInfo.
    pub instance: String,
    /// The hardware's model, as the hardware or its certificate names it.
    pub model: String,
    /// How well the session's key is tied to the device, by this evidence alone.
    pub residency: Residency,
    /// Whether the evidence bears the session's binding in a place that only the key's own machine can fill.
    pub binds_session_key: bool,
    /// The nonce or binding that the device signed, as the evidence bears it.
    pub nonce: Vec<u8>,
    /// The image of the reference values that the measured code is.
    pub code: Option<Code>,
    /// What counts up in the device.
    pub counters: Option<Counters>,
    /// Devices that this one signs to be wired to, by instance: a switch that GPUs share.
    pub wired_to: BTreeSet<String>,
    /// What the device signed beside, by name.
    pub claims: BTreeMap<&'static str, Claim>,
    /// Why the residency is not higher, and what disagrees.
    pub reasons: BTreeSet<Reason>,
    /// Checks that passed.
    pub done: BTreeSet<Check>,
    /// Checks that nobody made.
    pub not_done: BTreeSet<Check>,
    /// The same in the words of AR4SI.
    pub trust: TrustVector,
}

impl Appraisal {
    /// Nothing shown yet of a device.
    #[must_use]
    pub fn of(kind: Kind, instance: impl Into<String>) -> Self {
        Self {
            kind,
            instance: instance.into(),
            model: String::new(),
            residency: Residency::R0,
            binds_session_key: false,
            nonce: Vec::new(),
            code: None,
            counters: None,
            wired_to: BTreeSet::new(),
            claims: BTreeMap::new(),
            reasons: BTreeSet::new(),
            done: BTreeSet::new(),
            not_done: BTreeSet::new(),
            trust: TrustVector::default(),
        }
    }

    /// Marks a check as passed.
    pub fn pass(&mut self, check: Check) {
        self.not_done.remove(&check);
        self.done.insert(check);
    }

    /// Marks a check as one that nobody made.
    pub fn leave(&mut self, check: Check) {
        if !self.done.contains(&check) {
            self.not_done.insert(check);
        }
    }

    /// Says something that the device signed.
    pub fn claim(&mut self, name: &'static str, claim: impl Into<Claim>) {
        self.claims.insert(name, claim.into());
    }
}

/// An image that signed reference values know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Its name.
    pub name: String,
    /// Whether this very image opens the accelerator's session over the local bus: what R3 rests on.
    pub opens_accelerator: bool,
}

/// What counts up in a device and never down: a broken row is a sign of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counters {
    /// Boots of the machine, as the TPM counts resets.
    pub resets: u32,
    /// Resumptions since the last reset.
    pub restarts: u32,
    /// Milliseconds that the TPM was on since it was cleared.
    pub clock_ms: u64,
    /// Whether the clock is known not to have gone back.
    pub safe: bool,
}

/// A value that a device signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// A text.
    Text(String),
    /// Bytes, shown in lower-case hexadecimal.
    Bytes(Vec<u8>),
    /// A whole number.
    Number(u64),
    /// Yes or no.
    Flag(bool),
    /// Several texts in their order.
    List(Vec<String>),
}

macro_rules! claim_from {
    ($($from:ty => $variant:ident),* $(,)?) => {$(
        impl From<$from> for Claim {
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

claim_from!(&str => Text, String => Text, &[u8] => Bytes, Vec<u8> => Bytes, u32 => Number, u64 => Number,
    bool => Flag, Vec<String> => List);

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Bytes(bytes) => f.write_str(&hex::encode(bytes)),
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => f.write_str(if *flag { "yes" } else { "no" }),
            Self::List(texts) => f.write_str(&texts.join(" ")),
        }
    }
}
