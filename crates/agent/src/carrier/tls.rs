//! The fallback carrier: datagrams through TLS on TCP.

use std::net::SocketAddr;

use lightcone_carrier::{Credentials, Proxy, flags::CARRIED, stand_in};
pub(crate) use lightcone_carrier::{Inlet as Bridge, Way};
use lightcone_probe::plan::Plan;

use super::HIDDEN;
use crate::config::{Config, InvalidSetting};
use crate::error::Refused;

/// What every answer that comes this way says of it.
pub(crate) const fn flags(_: &Way) -> u32 {
    CARRIED
}

/// The way that the settings describe.
pub(super) fn way(config: &Config) -> Result<Way, InvalidSetting> {
    let way = Way::new(proxy(config)?, None, &[]);
    way.map_err(|error| InvalidSetting::new("carrier", "tls", error.to_string()))
}

fn proxy(config: &Config) -> Result<Option<Proxy>, InvalidSetting> {
    let file = &config.proxy_credentials;
    if config.proxy.is_empty() {
        if file.as_os_str().is_empty() {
            return Ok(None);
        }
        let remedy = "name the proxy in `proxy`, or leave this empty";
        return Err(InvalidSetting::new("proxy_credentials", file.display(), remedy));
    }
    let refused = |remedy: String| InvalidSetting::new("proxy", HIDDEN, remedy);
    let proxy: Proxy = config.proxy.parse().map_err(|error| refused(format!("{error}")))?;
    if proxy.has_credentials() {
        let remedy = "leave user and password out of it; name a file that holds them in `proxy_credentials`";
        return Err(refused(remedy.to_owned()));
    }
    if file.as_os_str().is_empty() {
        return Ok(Some(proxy));
    }
    let credentials = Credentials::read(file)
        .map_err(|error| InvalidSetting::new("proxy_credentials", file.display(), error.to_string()))?;
    Ok(Some(proxy.with(credentials)))
}

/// A bridge in the place of each landmark.
pub(super) async fn bridge(way: &Way, plan: Plan, agent: SocketAddr) -> Result<(Plan, Vec<Bridge>), Refused> {
    let opened = stand_in(plan, agent, way).await;
    opened.map_err(|error| Refused::System { what: "opening bridges", cause: error.to_string() })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use crate::config::tests::valid;
    use crate::config::{Config, InvalidSetting};

    fn tls(proxy: &str, credentials: &str) -> Result<(), InvalidSetting> {
        let (carrier, proxy, proxy_credentials) =
            ("tls".to_owned(), proxy.to_owned(), PathBuf::from(credentials));
        Config { carrier, proxy, proxy_credentials, ..valid() }.check()
    }

    #[test]
    fn a_password_in_the_proxys_url_is_refused_and_not_repeated() {
        tls("http://proxy:3128", "").unwrap();
        for url in ["http://user:sesame@proxy:3128", "http://user:sesame@proxy:port"] {
            let told = tls(url, "").unwrap_err().to_string();
            assert!(told.contains("`proxy`") && !told.contains("sesame"), "{told}");
        }
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_told() {
        tls("", "").unwrap();
        assert_eq!(tls("socks5://proxy:1080", "").unwrap_err().key, "proxy");
        for proxy in ["", "http://proxy:3128"] {
            assert_eq!(tls(proxy, "/no/such/file").unwrap_err().key, "proxy_credentials");
        }
    }
}
