//! What stands at both ends of a bridge in these tests.

use std::future::Future;
use std::net::{SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lightcone_carrier::{CarrierError, Certificate, Inlet, Limits, Outlet, OutletSettings, Way};
use tempfile::TempDir;
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_rustls::{TlsAcceptor, TlsConnector, rustls};

/// Longer than any test may take; nothing waits for it but a failure.
const PATIENCE: Duration = Duration::from_secs(60);
const NAME: &str = "localhost";

pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(PATIENCE, what).await.unwrap()
}

/// A UDP socket on loopback, for landmark or agent.
pub(crate) async fn socket() -> UdpSocket {
    UdpSocket::bind("127.0.0.1:0").await.unwrap()
}

/// The next datagram and who sent it.
pub(crate) async fn receive(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buffer = [0; 512];
    let (length, from) = soon(socket.recv_from(&mut buffer)).await.unwrap();
    (buffer[..length].to_vec(), from)
}

pub(crate) fn v4(address: SocketAddr) -> SocketAddrV4 {
    match address {
        SocketAddr::V4(address) => address,
        SocketAddr::V6(address) => panic!("{address} is not IPv4"),
    }
}

pub(crate) fn settings(landmark: SocketAddr) -> OutletSettings {
    OutletSettings {
        listen: "127.0.0.1:0".parse().unwrap(),
        landmark: v4(landmark),
        certificate: Certificate::Fresh,
        alpn: Vec::new(),
        limits: Limits::default(),
    }
}

pub(crate) fn way() -> Way {
    Way::new(None, None, &[]).unwrap()
}

/// An inlet that carries, or why it does not.
pub(crate) async fn reach(
    way: &Way,
    landmark: SocketAddr,
    agent: SocketAddr,
) -> Result<Inlet, Arc<CarrierError>> {
    let inlet = Inlet::open(way, &[landmark], agent).await?;
    soon(inlet.ready()).await?;
    Ok(inlet)
}

/// A certificate in files, and who trusts it and nobody else.
pub(crate) struct Authority {
    folder: TempDir,
    trusting: Arc<ClientConfig>,
    shown: (CertificateDer<'static>, Vec<u8>),
}

impl Authority {
    pub(crate) fn new() -> Self {
        let made = rcgen::generate_simple_self_signed([NAME.to_owned()]).unwrap();
        let shown = (made.cert.der().clone(), made.signing_key.serialize_der());
        let folder = tempfile::tempdir().unwrap();
        write(&folder, "chain.pem", "CERTIFICATE", &shown.0);
        write(&folder, "key.pem", "PRIVATE KEY", &shown.1);
        let mut roots = RootCertStore::empty();
        roots.add(shown.0.clone()).unwrap();
        let trusting = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        Self { folder, trusting: Arc::new(trusting), shown }
    }

    pub(crate) fn certificate(&self) -> Certificate {
        let [chain, key] = ["chain.pem", "key.pem"].map(|name| self.folder.path().join(name));
        Certificate::Files { chain, key }
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let key = self.shown.1.clone().try_into().unwrap();
        let config = rustls::ServerConfig::builder().with_no_client_auth();
        TlsAcceptor::from(Arc::new(config.with_single_cert(vec![self.shown.0.clone()], key).unwrap()))
    }

    /// TLS with whoever shows this certificate, as any program might speak it.
    pub(crate) async fn shake(&self, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        let connector = TlsConnector::from(Arc::clone(&self.trusting));
        soon(connector.connect(ServerName::try_from(NAME).unwrap(), stream)).await
    }

    /// An outlet that shows it, and a landmark behind.
    pub(crate) async fn outlet(&self, limits: Limits) -> (Outlet, UdpSocket) {
        let landmark = socket().await;
        let settings = settings(landmark.local_addr().unwrap());
        let settings = OutletSettings { certificate: self.certificate(), limits, ..settings };
        (Outlet::open(settings).await.unwrap(), landmark)
    }
}

fn write(folder: &TempDir, name: &str, label: &str, der: &[u8]) {
    let pem = format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der));
    std::fs::write(folder.path().join(name), pem).unwrap();
}
