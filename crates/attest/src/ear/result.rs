//! The result of appraising some devices together.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::submod::NONCE_BYTES;
use super::{Octets, Submod};
use crate::appraisal::Appraisal;
use crate::kind::Kind;
use crate::time::UnixTime;

/// How long a result may be relied on unless said otherwise, in seconds: an hour.
pub const GOOD_FOR_S: i64 = 3_600;
const DEVELOPER: &str = "https://github.com/lightcone/lightcone";
const BUILD: &str = concat!("lightcone ", env!("CARGO_PKG_VERSION"));

/// What was shown of some devices, each under its label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ear {
    /// Which words a result is written in.
    #[serde(rename = "eat_profile")]
    pub profile: Profile,
    /// When it was issued.
    #[serde(rename = "iat")]
    pub issued: UnixTime,
    /// From when on it is not to be used.
    #[serde(rename = "exp")]
    pub expires: UnixTime,
    /// Who appraised.
    #[serde(rename = "ear.verifier-id")]
    pub verifier: VerifierId,
    /// What the one who asked gave, so that the result is fresh; 8 to 64 bytes.
    #[serde(rename = "eat_nonce", default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<Octets>,
    /// The devices. `platform`: the machine by its TPM or by a software key; `tee`: the confidential virtual machine;
    /// `gpu-0`, `gpu-1`, ... and `switch-0`, `switch-1`, ... in the order of the evidence. A second platform is
    /// `platform-1`, a second confidential machine `tee-1`.
    pub submods: BTreeMap<String, Submod>,
}

/// The profile of EAT: which claims there are, under which names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Profile {
    /// That of draft-ietf-rats-ear up to 02, which the libraries of Project Veraison read.
    #[serde(rename = "tag:github.com,2023:veraison/ear")]
    Veraison,
}

/// Which verifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifierId {
    /// Who made it, for example a URL.
    pub developer: String,
    /// Its name and version.
    pub build: String,
}

impl VerifierId {
    /// This software.
    #[must_use]
    pub fn own() -> Self {
        Self { developer: DEVELOPER.to_owned(), build: BUILD.to_owned() }
    }
}

/// What a result says beside what was appraised.
#[derive(Clone, Debug)]
pub struct Terms<'a> {
    /// When it is issued.
    pub issued: UnixTime,
    /// From when on it is not to be used.
    pub expires: UnixTime,
    /// Who appraised.
    pub verifier: VerifierId,
    /// What the one who asked gave, if anything.
    pub nonce: Option<&'a [u8]>,
    /// The version of the reference values that the appraisals leaned on.
    pub policy: &'a str,
}

/// What cannot be a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// No device.
    #[error("a result is of at least one appraisal, and there is none")]
    Nothing,
    /// A nonce that the claim cannot hold.
    #[error("the nonce has {0} bytes; give 8 to 64")]
    Nonce(usize),
    /// It would be over before it began.
    #[error("the result expires at {expires}, not after it is issued at {issued}")]
    Expiry {
        /// When it is issued.
        issued: UnixTime,
        /// When it expires.
        expires: UnixTime,
    },
}

impl Ear {
    /// The result of some appraisals.
    ///
    /// # Errors
    /// There is none of them, or the terms cannot be.
    pub fn of(appraisals: &[Appraisal], terms: Terms<'_>) -> Result<Self, Unfit> {
        let Terms { issued, expires, verifier, nonce, policy } = terms;
        if appraisals.is_empty() {
            return Err(Unfit::Nothing);
        }
        if expires <= issued {
            return Err(Unfit::Expiry { issued, expires });
        }
        if let Some(nonce) = nonce.filter(|nonce| !NONCE_BYTES.contains(&nonce.len())) {
            return Err(Unfit::Nonce(nonce.len()));
        }
        let mut seen = BTreeMap::new();
        let submod = |appraisal| (label(appraisal, &mut seen), Submod::of(appraisal, policy));
        let submods = appraisals.iter().map(submod).collect();
        let nonce = nonce.map(|nonce| Octets(nonce.to_vec()));
        Ok(Self { profile: Profile::Veraison, issued, expires, verifier, nonce, submods })
    }

    /// The same without what the devices signed beside: their instances, serial numbers and versions. Each `ueid` stays.
    #[must_use]
    pub fn without_evidence(mut self) -> Self {
        self.submods.values_mut().for_each(|submod| submod.evidence.clear());
        self
    }
}

/// The next label of a device's sort.
fn label(appraisal: &Appraisal, seen: &mut BTreeMap<&'static str, usize>) -> String {
    let (sort, is_numbered) = match appraisal.kind {
        Kind::Software | Kind::Tpm2Quote => ("platform", false),
        Kind::SevSnp | Kind::Tdx => ("tee", false),
        Kind::NvidiaGpu => ("gpu", true),
        Kind::NvidiaSwitch => ("switch", true),
    };
    let count = seen.entry(sort).or_default();
    let number = *count;
    *count += 1;
    if number == 0 && !is_numbered { sort.to_owned() } else { format!("{sort}-{number}") }
}
