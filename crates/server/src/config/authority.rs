//! Settings of the authority that takes in landmarks and agents.

use std::path::PathBuf;
use std::time::Duration;

use lightcone_identity::authority::LEAF_LIFE_MAX;
use serde::{Deserialize, Serialize};

use super::check::InvalidSetting;

const HOUR_S: u64 = 3_600;

/// The authority that takes in landmarks and agents, if there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuthoritySettings {
    /// The issuer's folder, as `lightcone ca init` makes it; empty: nobody is taken in by a token.
    pub folder: PathBuf,
    /// How long a certificate holds that the service signs, in hours.
    pub certificate_hours: u32,
}

impl Default for AuthoritySettings {
    fn default() -> Self {
        Self { folder: PathBuf::new(), certificate_hours: 24 }
    }
}

impl AuthoritySettings {
    /// Whether there is one.
    #[must_use]
    pub fn is_set(&self) -> bool {
        !self.folder.as_os_str().is_empty()
    }

    pub(crate) fn certificate_life(&self) -> Duration {
        Duration::from_secs(u64::from(self.certificate_hours) * HOUR_S)
    }

    pub(super) fn check(&self) -> Result<(), InvalidSetting> {
        let hours_max = LEAF_LIFE_MAX.as_secs() / HOUR_S;
        if self.certificate_hours == 0 || u64::from(self.certificate_hours) > hours_max {
            let remedy = format!("choose 1 to {hours_max}; 24 is short enough to do without revocation");
            return Err(InvalidSetting::new("authority.certificate_hours", self.certificate_hours, remedy));
        }
        Ok(())
    }
}
