//! Settings of people's identity providers.

use super::Config;
use super::check::InvalidSetting;

pub(super) fn check(config: &Config) -> Result<(), InvalidSetting> {
    let checked = config.oidc.check();
    checked.map_err(|wrong| InvalidSetting::new(&format!("oidc.{}", wrong.key), wrong.value, wrong.remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_named() {
        assert_eq!(check(&Config::default()), Ok(()));
        let mut config = Config::default();
        config.oidc.leeway_s = 301;
        assert_eq!(check(&config).unwrap_err().key, "oidc.leeway_s");
    }
}
