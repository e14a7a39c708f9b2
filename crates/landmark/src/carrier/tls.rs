//! The fallback carrier, for agents in halls that let no UDP out.

use std::net::SocketAddrV4;

use lightcone_carrier::{CarrierError, Limits, Outlet, OutletSettings};

use crate::config::Settings;

/// Takes agents in over TLS, if the settings say so, and hands their datagrams to the landmark's own socket.
pub(crate) async fn offer(
    settings: &Settings,
    bound: Option<SocketAddrV4>,
) -> Result<Option<Outlet>, CarrierError> {
    let (Some((listen, certificate)), Some(landmark)) = (&settings.listen_tls, bound) else {
        return Ok(None);
    };
    let settings = OutletSettings {
        listen: *listen,
        landmark,
        certificate: certificate.clone(),
        alpn: Vec::new(),
        limits: Limits::default(),
    };
    let outlet = Outlet::open(settings).await?;
    tracing::info!(address = %outlet.address(), "greets over TLS too");
    Ok(Some(outlet))
}
