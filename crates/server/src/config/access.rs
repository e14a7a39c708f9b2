//! Settings of access: the rules, and who is who.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Config;
use super::check::{InvalidSetting, milliseconds};
use crate::access::RuleFiles;

/// The longest time between two checks of a call that lasts, in milliseconds: who is no longer entitled is cut off
/// within a minute.
const RECHECK_MS_MAX: u64 = 60_000;

/// Access: the rules, and who is who. The files are read again when they change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccessSettings {
    /// File of policies in Cedar's language; empty: those that are built in.
    pub policies: String,
    /// File of the directory, TOML: tenants, and subjects whose names do not say who they are; empty: none.
    pub directory: String,
    /// The longest time between two checks whether the caller of a call that lasts is still entitled, in
    /// milliseconds; at most a minute.
    pub recheck_ms: u64,
}

impl Default for AccessSettings {
    fn default() -> Self {
        Self { policies: String::new(), directory: String::new(), recheck_ms: 30_000 }
    }
}

impl Config {
    /// Where the rules are.
    pub(crate) fn rule_files(&self) -> RuleFiles {
        let file = |path: &str| (!path.is_empty()).then(|| PathBuf::from(path));
        RuleFiles { policies: file(&self.access.policies), directory: file(&self.access.directory) }
    }

    /// The longest time between two checks of a call that lasts.
    pub(crate) fn recheck(&self) -> Duration {
        Duration::from_millis(self.access.recheck_ms)
    }
}

pub(super) fn check(config: &Config) -> Result<(), InvalidSetting> {
    if config.oidc.is_set() && !config.tls.is_set() {
        let remedy = "set `[tls]` too: a token on a connection that anyone can read is anyone's";
        return Err(InvalidSetting::new("oidc.providers", "…", remedy));
    }
    let recheck_ms = config.access.recheck_ms;
    milliseconds("access.recheck_ms", recheck_ms)?;
    if recheck_ms > RECHECK_MS_MAX {
        let remedy =
            format!("choose at most {RECHECK_MS_MAX}: who is no longer entitled is cut off within a minute");
        return Err(InvalidSetting::new("access.recheck_ms", recheck_ms, remedy));
    }
    Ok(())
}
