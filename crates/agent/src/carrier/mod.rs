//! The way to landmarks: datagrams, or the fallback carrier where a hall lets none out. A program built without the
//! feature `carrier` has datagrams only, and says so when it is asked for more.

#[cfg_attr(not(feature = "carrier"), path = "absent.rs")]
mod tls;

use std::net::SocketAddr;

use lightcone_probe::plan::Plan;
use lightcone_probe::udp::Bound;

use crate::config::{Config, InvalidSetting};
use crate::error::Refused;

pub(crate) use tls::{Bridge, Way, flags};

/// Stands in an error for a URL that may hold a password.
const HIDDEN: &str = "…";

/// What `carrier` and the settings beside it say; none: datagrams.
pub(crate) fn way(config: &Config) -> Result<Option<Way>, InvalidSetting> {
    match config.carrier.as_str() {
        "udp" => no_proxy(config).map(|()| None),
        "tls" => tls::way(config).map(Some),
        other => Err(InvalidSetting::new("carrier", other, "choose udp or tls")),
    }
}

/// Datagrams go past a proxy: one that is named is a mistake.
fn no_proxy(config: &Config) -> Result<(), InvalidSetting> {
    if !config.proxy.is_empty() {
        let remedy = "set `carrier` to tls, as no proxy passes datagrams, or leave this empty";
        return Err(InvalidSetting::new("proxy", HIDDEN, remedy));
    }
    let file = &config.proxy_credentials;
    if !file.as_os_str().is_empty() {
        let remedy = "set `carrier` to tls and name the proxy in `proxy`, or leave this empty";
        return Err(InvalidSetting::new("proxy_credentials", file.display(), remedy));
    }
    Ok(())
}

/// A plan whose addresses can be reached by datagrams, and what must be kept for that as long as the session lasts.
pub(crate) async fn reached(
    way: Option<&Way>,
    plan: Plan,
    bound: Bound,
) -> Result<(Plan, Vec<Bridge>), Refused> {
    let agent = bound.v4.map(SocketAddr::V4).or(bound.v6.map(SocketAddr::V6));
    let (Some(way), Some(agent)) = (way, agent) else { return Ok((plan, Vec::new())) };
    tls::bridge(way, plan, agent).await
}
