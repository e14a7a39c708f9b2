//! Agents are taken in over TLS on TCP.

use std::net::{SocketAddr, SocketAddrV4};

use lightcone_carrier::{Certificate, Limits, Outlet, OutletSettings};

use crate::config::{Config, InvalidSetting, address};
use crate::error::LandmarkError;

/// Where it listens, and what it shows there.
#[derive(Clone, Debug)]
pub(crate) struct Listen {
    at: SocketAddr,
    certificate: Certificate,
}

/// What `listen_tls` and the settings beside it say; none: datagrams only.
pub(crate) fn listen(config: &Config, has_v4: bool) -> Result<Option<Listen>, InvalidSetting> {
    let Some(at) = address(&config.listen_tls) else {
        let remedy = "write an address and port, for example [::]:443 for both families, or leave it empty";
        return Err(InvalidSetting::new("listen_tls", &config.listen_tls, remedy));
    };
    if at.is_some() && !has_v4 {
        let remedy = "set `listen_v4` too, 127.0.0.1:0 if for nobody else: what comes in is handed on there";
        return Err(InvalidSetting::new("listen_tls", &config.listen_tls, remedy));
    }
    let certificate = certificate(config)?;
    Ok(at.map(|at| Listen { at, certificate }))
}

fn certificate(config: &Config) -> Result<Certificate, InvalidSetting> {
    let missing = |key, other| {
        let remedy = format!("name the file that belongs to `{other}`, or leave both empty");
        Err(InvalidSetting::new(key, "", remedy))
    };
    let (chain, key) = (&config.tls_chain, &config.tls_key);
    match (chain.as_os_str().is_empty(), key.as_os_str().is_empty()) {
        (true, true) => Ok(Certificate::Fresh),
        (false, false) => Ok(Certificate::Files { chain: chain.clone(), key: key.clone() }),
        (true, false) => missing("tls_chain", "tls_key"),
        (false, true) => missing("tls_key", "tls_chain"),
    }
}

/// Takes agents in over TLS, if the settings say so, and hands their datagrams to the landmark's own socket.
pub(crate) async fn offer(
    listen: Option<&Listen>,
    bound: Option<SocketAddrV4>,
) -> Result<Option<Outlet>, LandmarkError> {
    let (Some(listen), Some(landmark)) = (listen, bound) else {
        return Ok(None);
    };
    let settings = OutletSettings {
        listen: listen.at,
        landmark,
        certificate: listen.certificate.clone(),
        alpn: Vec::new(),
        limits: Limits::default(),
    };
    let opened = Outlet::open(settings).await;
    let outlet = opened.map_err(|error| LandmarkError::Carrier { cause: error.to_string() })?;
    tracing::info!(address = %outlet.address(), "greets over TLS too");
    Ok(Some(outlet))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use crate::config::Config;
    use crate::config::tests::{Change, refused_key, valid};

    #[test]
    fn what_is_said_of_tls_and_cannot_hold_is_told() {
        let all = |config: &mut Config| {
            config.listen_tls = "[::]:443".to_owned();
            (config.tls_chain, config.tls_key) = (PathBuf::from("chain.pem"), PathBuf::from("key.pem"));
        };
        let mut config = valid();
        all(&mut config);
        config.check().unwrap();
        let changes: [Change; 4] = [
            ("listen_tls", |config| config.listen_tls = "443".to_owned()),
            ("listen_tls", |config| config.listen_v4 = String::new()),
            ("tls_chain", |config| config.tls_chain = PathBuf::new()),
            ("tls_key", |config| config.tls_key = PathBuf::new()),
        ];
        for (key, change) in changes {
            assert_eq!(refused_key(|config| (all(config), change(config)).1), key);
        }
    }
}
