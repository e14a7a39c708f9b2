//! What this program is now.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls_pki_types::{CertificateDer, UnixTime};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio_rustls::rustls::crypto::WebPkiSupportedAlgorithms;
use tokio_rustls::rustls::{ClientConfig, ServerConfig};

use crate::bundle::{Bundle, Role};
use crate::peer::{Peer, PeerError, peer};
use crate::svid::Svid;
use crate::{IdentityError, SpiffeId, TlsSettings, client, provider, server, source};

/// What this program is now: the newest good certificate and the newest bundle of roots. Clones share it. It is kept
/// fresh while a clone of it lives.
#[derive(Clone)]
pub struct Identity {
    inner: Arc<Inner>,
}

struct Inner {
    held: Arc<Held>,
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
    keeper: AbortHandle,
}

/// One certificate and one bundle, which came together.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) svid: Svid,
    pub(crate) bundle: Bundle,
}

/// The newest snapshot, where TLS looks at each handshake.
pub(crate) struct Held {
    newest: RwLock<Arc<Snapshot>>,
    changes: watch::Sender<u64>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Identity {
    /// Takes the identity that the settings name, and starts a task that keeps it fresh: files are looked at each
    /// second, the Workload API tells. What comes later and is not good is not taken, and a warning says why.
    ///
    /// # Errors
    /// [`IdentityError`]: there is none, or it is none that TLS can be spoken with.
    pub async fn open(settings: &TlsSettings) -> Result<Self, IdentityError> {
        settings.check()?;
        let server_id = settings.check_server_id()?;
        let (first, source) = source::open(settings).await?;
        let held = Arc::new(Held::new(first));
        let server = server::config(Arc::clone(&held))?;
        let client = client::config(Arc::clone(&held), server_id)?;
        let keeper = tokio::spawn(source.keep(Arc::clone(&held))).abort_handle();
        Ok(Self { inner: Arc::new(Inner { held, server, client, keeper }) })
    }

    /// The name in the newest certificate.
    pub fn spiffe_id(&self) -> SpiffeId {
        self.inner.held.newest().svid.spiffe_id.clone()
    }

    /// The trust domain whose certificates are taken: that of the program's own.
    pub fn trust_domain(&self) -> String {
        self.inner.held.newest().svid.spiffe_id.trust_domain().to_owned()
    }

    /// Until when the newest certificate holds.
    pub fn not_after(&self) -> SystemTime {
        let seconds = self.inner.held.newest().svid.not_after.max(0).unsigned_abs();
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    /// TLS of a server: 1.3 alone, HTTP/2, a client may show a certificate and one that is shown must be good.
    pub fn server_config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.inner.server)
    }

    /// TLS of a client: 1.3 alone, HTTP/2, shows the newest certificate, and takes a server by the name in the address
    /// or by `server_id`.
    pub fn client_config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.inner.client)
    }

    /// A number that goes up whenever certificate or bundle changed.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.held.changes.subscribe()
    }

    /// Who a client is by the chain that it showed, the leaf first, held against the newest bundle.
    ///
    /// # Errors
    /// [`PeerError`]: by which rule it is nobody.
    pub fn peer(&self, chain: &[CertificateDer<'_>], now: SystemTime) -> Result<Peer, PeerError> {
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.inner.held.peer(chain, Role::Client, UnixTime::since_unix_epoch(now))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("spiffe_id", &self.spiffe_id().to_string()).finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

impl Held {
    fn new(first: Snapshot) -> Self {
        Self {
            newest: RwLock::new(Arc::new(first)),
            changes: watch::Sender::new(0),
            algorithms: provider::algorithms(),
        }
    }

    pub(crate) fn newest(&self) -> Arc<Snapshot> {
        Arc::clone(&self.newest.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn algorithms(&self) -> &WebPkiSupportedAlgorithms {
        &self.algorithms
    }

    pub(crate) fn peer(
        &self,
        chain: &[CertificateDer<'_>],
        role: Role,
        now: UnixTime,
    ) -> Result<Peer, PeerError> {
        let newest = self.newest();
        let trust_domain = newest.svid.spiffe_id.trust_domain();
        peer(chain, &newest.bundle, trust_domain, role, now, &self.algorithms)
    }

    /// Takes what came, if it is of this trust domain and another than what is there.
    pub(crate) fn take(&self, next: Snapshot) -> Result<(), IdentityError> {
        let newest = self.newest();
        let (was, is) = (&newest.svid.spiffe_id, &next.svid.spiffe_id);
        if was.trust_domain() != is.trust_domain() {
            let cause = PeerError::TrustDomain {
                found: is.trust_domain().to_owned(),
                wanted: was.trust_domain().to_owned(),
            };
            return Err(IdentityError::Certificate { origin: "the new certificate".to_owned(), cause });
        }
        if next.is(&newest) {
            return Ok(());
        }
        tracing::info!(spiffe_id = %is, not_after = next.svid.not_after, roots = next.bundle.roots().len(), "identity changed");
        *self.newest.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        self.changes.send_modify(|number| *number += 1);
        Ok(())
    }
}

impl Snapshot {
    fn is(&self, other: &Self) -> bool {
        self.svid.certified.cert == other.svid.certified.cert && self.bundle.roots() == other.bundle.roots()
    }
}
