//! A private authority of a test: a server with a certificate of it, and callers of every kind.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lightcone_identity::authority::{self, Authority, Name};
use lightcone_identity::{Identity, Roots, SpiffeId, TlsSettings, dial};
use lightcone_server::Config;
use tempfile::TempDir;
use tonic::transport::Channel;

/// The trust domain of tests.
pub const TRUST_DOMAIN: &str = "example.org";
/// How long certificates hold unless a test says otherwise.
pub const HOUR: Duration = Duration::from_secs(3_600);
const LOOPBACK: [Name; 1] = [Name::Address(IpAddr::V4(Ipv4Addr::LOCALHOST))];

/// A private authority, and a folder for what it signs. Gone when dropped.
pub struct Trust {
    folder: TempDir,
    authority: Authority,
}

impl Default for Trust {
    fn default() -> Self {
        Self::new()
    }
}

impl Trust {
    /// An authority of its own.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        authority::init(&folder.path().join("ca"), TRUST_DOMAIN).expect("an authority");
        let authority = Authority::open(&folder.path().join("ca")).expect("an issuer");
        Self { folder, authority }
    }

    /// The folder of the authority.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca")
    }

    /// A file for the test's own use.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Gives a server a certificate.
    pub fn serve(&self, config: &mut Config) {
        config.tls = self.files("service/main", HOUR);
    }

    /// A certificate for a path such as `tenant/acme/site-owner/desk`, in files of its own; those that are there are
    /// replaced.
    #[must_use]
    pub fn files(&self, path: &str, life: Duration) -> TlsSettings {
        let folder = self.folder_of(path);
        issue(&self.authority, path, life, &folder);
        settings(&folder)
    }

    /// Where the files of a path are.
    #[must_use]
    pub fn folder_of(&self, path: &str) -> PathBuf {
        self.folder.path().join("identities").join(path.replace('/', "-"))
    }

    /// A channel of whoever bears a path, to a server of this authority.
    pub async fn channel(&self, address: SocketAddr, path: &str) -> Channel {
        let identity = self.identity(path).await;
        dial::channel(&url(address), Some(&identity)).expect("a channel")
    }

    /// Who bears a path.
    pub async fn identity(&self, path: &str) -> Identity {
        Identity::open(&self.files(path, HOUR)).await.expect("an identity")
    }

    /// A channel of nobody.
    pub async fn nobody(&self, address: SocketAddr) -> Channel {
        let trust_bundle = self.authority().join("bundle.pem");
        let roots = Roots::open(&TlsSettings { trust_bundle, ..TlsSettings::default() }).expect("roots");
        dial::channel_as_nobody(&url(address), &roots).expect("a channel")
    }
}

/// Where a server with a certificate is.
#[must_use]
pub fn url(address: SocketAddr) -> String {
    format!("https://{address}")
}

/// Writes a certificate for a path, over what is there.
pub fn issue(authority: &Authority, path: &str, life: Duration, folder: &Path) {
    let id = SpiffeId::parse(&format!("spiffe://{TRUST_DOMAIN}/{path}")).expect("an identity");
    let names: &[Name] = if path.starts_with("service/") { &LOOPBACK } else { &[] };
    authority.issue(&id, names, life).expect("a certificate").write(folder, true).expect("files");
}

/// Settings that name a folder's files.
#[must_use]
pub fn settings(folder: &Path) -> TlsSettings {
    TlsSettings {
        certificate: folder.join("certificate.pem"),
        private_key: folder.join("key.pem"),
        trust_bundle: folder.join("bundle.pem"),
        ..TlsSettings::default()
    }
}
