//! An identity of the SPIFFE Workload API, which tells when there is a new one.

use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use spiffe::{WorkloadApiClient, X509Source, X509SourceBuilder};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::warning::Warning;
use crate::IdentityError;
use crate::bundle::Bundle;
use crate::error::innermost;
use crate::identity::{Held, Snapshot};
use crate::svid::Svid;

/// How long the first identity may take: the agent beside this program may be starting too.
const FIRST_MAX: Duration = Duration::from_secs(30);
/// How long it may take to learn why there is none.
const WHY_MAX: Duration = Duration::from_secs(2);
/// How often the clock is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// The Workload API, which is connected to again whenever it went away.
pub(crate) struct Workload {
    socket: String,
    source: X509Source,
}

/// Why nothing comes. The source asks again and again and keeps to itself what it was told.
async fn why_not(socket: &str) -> String {
    let asked = async {
        let client = WorkloadApiClient::connect_to(socket).await?;
        client.fetch_x509_context().await.map(drop)
    };
    match timeout(WHY_MAX, asked).await {
        Ok(Err(error)) => innermost(&error),
        _ => format!("no answer within {} s", FIRST_MAX.as_secs()),
    }
}

impl Workload {
    pub(super) async fn open(socket: &str) -> Result<(Snapshot, Self), IdentityError> {
        let nothing = |why: String| IdentityError::WorkloadApi { socket: socket.to_owned(), why };
        let source = timeout(FIRST_MAX, X509SourceBuilder::new().endpoint(socket).build()).await;
        let source = match source {
            Ok(source) => source.map_err(|error| nothing(innermost(&error)))?,
            Err(_) => return Err(nothing(why_not(socket).await)),
        };
        let workload = Self { socket: socket.to_owned(), source };
        Ok((workload.newest()?, workload))
    }

    pub(super) async fn keep(self, held: Arc<Held>) {
        let mut updates = self.source.updated();
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut warning = Warning::default();
        // What came between the first one and now was not told.
        warning.note(self.newest().and_then(|next| held.take(next)));
        loop {
            tokio::select! {
                changed = updates.changed() => {
                    if changed.is_err() {
                        tracing::error!(socket = self.socket, "the Workload API is watched no longer: restart");
                        return;
                    }
                    warning.note(self.newest().and_then(|next| held.take(next)));
                }
                _ = ticks.tick() => warning.look_at_the_clock(&held),
            }
        }
    }

    fn newest(&self) -> Result<Snapshot, IdentityError> {
        let nothing = |why: String| IdentityError::WorkloadApi { socket: self.socket.clone(), why };
        let context = self.source.x509_context().map_err(|error| nothing(error.to_string()))?;
        let svid =
            context.default_svid().ok_or_else(|| nothing("it knows no identity of this program".into()))?;
        let der = |certificate: &spiffe::Certificate| CertificateDer::from(certificate.as_bytes().to_vec());
        let chain = svid.cert_chain().iter().map(der).collect();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(svid.private_key().as_bytes().to_vec()));
        let bundle = context.bundle_set().get(svid.spiffe_id().trust_domain());
        let bundle =
            bundle.ok_or_else(|| nothing("it gives no roots of this program's trust domain".into()))?;
        let bundle = Bundle::new(bundle.authorities().iter().map(der).collect());
        Ok(Snapshot {
            svid: Svid::new("the Workload API", chain, key, UnixTime::now())?,
            bundle: bundle.ok_or_else(|| nothing("a certificate in its bundle is no root".into()))?,
        })
    }
}
