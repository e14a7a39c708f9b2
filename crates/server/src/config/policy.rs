//! Settings of the export rules: whose rule books are entered.

use hex::FromHex as _;
use serde::{Deserialize, Serialize};

use super::Config;
use super::check::InvalidSetting;
use crate::rules::Trust;

/// The most keys that may sign rule books.
const KEYS_MAX: usize = 16;

/// Export rules: whose rule books are entered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicySettings {
    /// Ed25519 public keys that may sign rule books, each 64 hexadecimal digits; at most 16. With a key no book is entered
    /// that none of them signed.
    pub trusted_keys: Vec<String>,
    /// Although there are keys, a book without a signature is entered too.
    pub allow_unsigned: bool,
}

impl Config {
    /// Whose signatures rule books bear.
    ///
    /// # Errors
    /// A key that is none.
    pub(crate) fn rule_trust(&self) -> Result<Trust, InvalidSetting> {
        let wanted = &self.policy;
        let key = "policy.trusted_keys";
        if wanted.trusted_keys.len() > KEYS_MAX {
            return Err(InvalidSetting::new(key, wanted.trusted_keys.len(), format!("at most {KEYS_MAX}")));
        }
        let keys = wanted.trusted_keys.iter().map(|digits| {
            let remedy = "write 64 hexadecimal digits, as `lightcone keys show` prints them";
            <[u8; 32]>::from_hex(digits).map_err(|_| InvalidSetting::new(key, digits, remedy))
        });
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        Trust::new(keys, wanted.allow_unsigned)
            .map_err(|refused| InvalidSetting::new(key, wanted.trusted_keys.len(), refused.to_string()))
    }
}

pub(super) fn check(config: &Config) -> Result<(), InvalidSetting> {
    config.rule_trust().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trust(keys: &[&str], allow_unsigned: bool) -> Result<Trust, String> {
        let mut config = Config::default();
        config.policy.trusted_keys = keys.iter().map(|&key| key.to_owned()).collect();
        config.policy.allow_unsigned = allow_unsigned;
        config.rule_trust().map_err(|invalid| invalid.to_string())
    }

    #[test]
    fn keys_are_keys_and_not_too_many() {
        let key = hex::encode(ed25519_dalek::SigningKey::from_bytes(&[3; 32]).verifying_key().to_bytes());
        assert_eq!(trust(&[], false), Ok(Trust::default()));
        assert_ne!(trust(&[&key], false).unwrap(), trust(&[&key], true).unwrap());
        assert!(trust(&["abc"], false).unwrap_err().contains("64 hexadecimal digits"));
        assert!(trust(&[key.as_str(); KEYS_MAX + 1], false).unwrap_err().contains("at most 16"));
    }
}
