//! The way to landmarks: datagrams, or the fallback carrier where a hall lets none out.

use std::net::SocketAddr;

use lightcone_carrier::{Credentials, Inlet, Proxy, Way, stand_in};
use lightcone_probe::plan::Plan;
use lightcone_probe::udp::Bound;

use crate::config::{Config, InvalidSetting};
use crate::error::Refused;

/// Stands in an error for a URL that may hold a password.
const HIDDEN: &str = "…";

/// What `carrier` and the settings beside it say; none: datagrams.
pub(crate) fn way(config: &Config) -> Result<Option<Way>, InvalidSetting> {
    let proxy = proxy(config)?;
    match config.carrier.as_str() {
        "udp" if proxy.is_none() => Ok(None),
        "udp" => {
            let remedy = "set `carrier` to tls, as no proxy passes datagrams, or leave this empty";
            Err(InvalidSetting::new("proxy", &config.proxy, remedy))
        }
        "tls" => {
            let way = Way::new(proxy, None, &[]);
            way.map(Some).map_err(|error| InvalidSetting::new("carrier", "tls", error.to_string()))
        }
        other => Err(InvalidSetting::new("carrier", other, "choose udp or tls")),
    }
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

/// A plan whose addresses can be reached by datagrams, and what must be kept for that as long as the session lasts.
pub(crate) async fn reached(
    way: Option<&Way>,
    plan: Plan,
    bound: Bound,
) -> Result<(Plan, Vec<Inlet>), Refused> {
    let agent = bound.v4.map(SocketAddr::V4).or(bound.v6.map(SocketAddr::V6));
    let (Some(way), Some(agent)) = (way, agent) else { return Ok((plan, Vec::new())) };
    let opened = stand_in(plan, agent, way).await;
    opened.map_err(|error| Refused::System { what: "opening bridges", cause: error.to_string() })
}
