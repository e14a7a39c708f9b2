//! What stands in for the fallback carrier where the program was built without it: nothing.

use std::net::SocketAddr;

use lightcone_probe::plan::Plan;

use crate::config::{Config, InvalidSetting};
use crate::error::Refused;

/// A way that there is none of.
#[derive(Clone, Debug)]
pub(crate) enum Way {}

/// A bridge that there is none of.
pub(crate) enum Bridge {}

/// What answers by no way would say.
pub(crate) const fn flags(way: &Way) -> u32 {
    match *way {}
}

/// Refuses: the setting asks for what is not here.
pub(super) fn way(_: &Config) -> Result<Way, InvalidSetting> {
    let remedy = "this program was built without the feature `carrier`; build it with that, or choose udp";
    Err(InvalidSetting::new("carrier", "tls", remedy))
}

/// A plan by no way.
pub(super) async fn bridge(way: &Way, _: Plan, _: SocketAddr) -> Result<(Plan, Vec<Bridge>), Refused> {
    match *way {}
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use crate::config::tests::valid;

    #[test]
    fn tls_is_refused_and_the_remedy_names_the_feature() {
        valid().check().unwrap();
        let told = Config { carrier: "tls".to_owned(), ..valid() }.check().unwrap_err().to_string();
        assert!(told.contains("`carrier` is `tls`") && told.contains("feature"), "{told}");
    }
}
