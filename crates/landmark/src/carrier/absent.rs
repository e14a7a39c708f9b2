//! What stands in for the fallback carrier where the program was built without it: nothing.

use std::net::SocketAddrV4;

use crate::config::{Config, InvalidSetting};
use crate::error::LandmarkError;

/// An address that there is none of.
#[derive(Clone, Debug)]
pub(crate) enum Listen {}

/// Refuses whatever asks for TLS: it is not here.
pub(crate) fn listen(config: &Config, _: bool) -> Result<Option<Listen>, InvalidSetting> {
    let (chain, key) = (config.tls_chain.display().to_string(), config.tls_key.display().to_string());
    let asked = [("listen_tls", config.listen_tls.clone()), ("tls_chain", chain), ("tls_key", key)];
    match asked.into_iter().find(|(_, value)| !value.is_empty()) {
        None => Ok(None),
        Some((setting, value)) => {
            let remedy =
                "this program was built without the feature `carrier`; build it with that, or leave it empty";
            Err(InvalidSetting::new(setting, value, remedy))
        }
    }
}

/// Nothing is offered.
pub(crate) async fn offer(
    listen: Option<&Listen>,
    _: Option<SocketAddrV4>,
) -> Result<Option<Listen>, LandmarkError> {
    match listen {
        None => Ok(None),
        Some(listen) => match *listen {},
    }
}

#[cfg(test)]
mod tests {
    use crate::config::tests::valid;

    #[test]
    fn tls_is_refused_and_the_remedy_names_the_feature() {
        let mut config = valid();
        config.check().unwrap();
        config.listen_tls = "[::]:443".to_owned();
        let told = config.check().unwrap_err().to_string();
        assert!(told.contains("`listen_tls` is `[::]:443`") && told.contains("feature"), "{told}");
    }
}
