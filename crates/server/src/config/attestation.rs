//! Settings of attestation: reference values, and what is asked of evidence.

use std::path::Path;

use hex::FromHex as _;
use lightcone_attest::{Policy, Residency};
use serde::{Deserialize, Serialize};

use super::Config;
use super::check::InvalidSetting;
use crate::attesting::ReferenceFile;

/// The most keys that may sign reference values.
const KEYS_MAX: usize = 16;
/// The file in the server's folder that keeps which version of the reference values was taken last.
const MARK: &str = "references.version";
/// The longest time that evidence may stand for a key, in seconds: a day.
const AGE_MAX_S: u32 = 86_400;

/// Attestation: reference values, and what is asked of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AttestationSettings {
    /// File of signed reference values, read again when it changes; empty: makers' roots that are built in and no known
    /// code, so that every key is R0.
    pub references: String,
    /// Ed25519 public keys that may sign them, each 64 hexadecimal digits; at most 16.
    pub reference_keys: Vec<String>,
    /// The least residency that is measured at all: `R0`, `R1`, `R2` or `R3`.
    pub residency_min: String,
    /// How old evidence may be when the last round trip of a session is measured, in seconds; at most a day.
    pub evidence_age_max_s: u32,
}

impl Default for AttestationSettings {
    fn default() -> Self {
        Self {
            references: String::new(),
            reference_keys: Vec::new(),
            residency_min: "R0".to_owned(),
            evidence_age_max_s: 900,
        }
    }
}

impl Config {
    /// What is asked of evidence.
    ///
    /// # Errors
    /// The residency has no such name, or the age is none.
    pub(crate) fn attestation_policy(&self) -> Result<Policy, InvalidSetting> {
        let wanted = &self.attestation;
        let residency_min = Residency::named(&wanted.residency_min)
            .filter(|residency| *residency <= Residency::R3)
            .ok_or_else(|| {
                let remedy = "choose R0, R1, R2 or R3; no chip that is sold reaches R4";
                InvalidSetting::new("attestation.residency_min", &wanted.residency_min, remedy)
            })?;
        let age_max_s = wanted.evidence_age_max_s;
        if !(1..=AGE_MAX_S).contains(&age_max_s) {
            let remedy = format!("choose 1 to {AGE_MAX_S} seconds");
            return Err(InvalidSetting::new("attestation.evidence_age_max_s", age_max_s, remedy));
        }
        Ok(Policy { residency_min, age_max_s })
    }

    /// Where reference values are, if anywhere.
    ///
    /// # Errors
    /// A key that is none, or a file without a key.
    pub(crate) fn reference_file(&self) -> Result<Option<ReferenceFile>, InvalidSetting> {
        let wanted = &self.attestation;
        let key = "attestation.reference_keys";
        if wanted.reference_keys.len() > KEYS_MAX {
            let remedy = format!("at most {KEYS_MAX}");
            return Err(InvalidSetting::new(key, wanted.reference_keys.len(), remedy));
        }
        let keys = wanted.reference_keys.iter().map(|digits| {
            <[u8; 32]>::from_hex(digits).map_err(|_| {
                InvalidSetting::new(
                    key,
                    digits,
                    "write 64 hexadecimal digits, as `lightcone keys show` prints them",
                )
            })
        });
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        if wanted.references.is_empty() {
            return Ok(None);
        }
        if keys.is_empty() {
            let remedy = "name the key that signs `attestation.references`; unsigned ones are never used";
            return Err(InvalidSetting::new(key, "", remedy));
        }
        let mark = Path::new(&self.store.folder).join(MARK);
        let mark = (!self.store.is_in_memory()).then_some(mark);
        Ok(Some(ReferenceFile::new(Path::new(&wanted.references), keys, mark)))
    }
}

pub(super) fn check(config: &Config) -> Result<(), InvalidSetting> {
    config.attestation_policy()?;
    config.reference_file().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut AttestationSettings)) -> String {
        let mut config = Config::default();
        change(&mut config.attestation);
        check(&config).unwrap_err().to_string()
    }

    #[test]
    fn defaults_hold_and_what_cannot_be_is_named() {
        assert_eq!(check(&Config::default()), Ok(()));
        assert!(refused(|it| it.residency_min = "R4".into()).contains("residency_min"));
        assert!(refused(|it| it.evidence_age_max_s = 0).contains("1 to 86400"));
        assert!(refused(|it| it.reference_keys = vec!["abc".into()]).contains("64 hexadecimal digits"));
        assert!(refused(|it| it.references = "refs.json".into()).contains("never used"));
    }
}
