//! An authority that also makes what no authority should, and both ends of a connection.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lightcone_identity::{Identity, TlsSettings};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use rustls_pki_types::{CertificateDer, ServerName};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::{TlsAcceptor, TlsConnector};

const DAY: Duration = Duration::from_secs(86_400);

/// A root, or an authority below one.
pub(crate) struct Authority {
    pub(crate) certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// A leaf to be, changed before it is signed.
pub(crate) struct Leaf {
    pub(crate) params: CertificateParams,
    pub(crate) key: KeyPair,
}

/// A leaf with what stands above it.
pub(crate) struct Signed {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: KeyPair,
}

impl Authority {
    pub(crate) fn root(name: &str) -> Self {
        let (params, key) = (authority(name), KeyPair::generate().unwrap());
        Self { certificate: params.self_signed(&key).unwrap(), issuer: Issuer::new(params, key) }
    }

    pub(crate) fn below(&self, name: &str) -> Self {
        let (params, key) = (authority(name), KeyPair::generate().unwrap());
        Self { certificate: params.signed_by(&key, &self.issuer).unwrap(), issuer: Issuer::new(params, key) }
    }

    pub(crate) fn sign(&self, leaf: Leaf) -> Signed {
        let certificate = leaf.params.signed_by(&leaf.key, &self.issuer).unwrap();
        Signed { chain: vec![certificate.der().clone()], key: leaf.key }
    }

    pub(crate) fn bundle(&self) -> String {
        self.certificate.pem()
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

impl Leaf {
    /// A good one, with `localhost` among its names.
    pub(crate) fn new(id: &str) -> Self {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.not_before = (SystemTime::now() - DAY).into();
        params.not_after = (SystemTime::now() + DAY).into();
        Self { params, key: KeyPair::generate().unwrap() }.and_uri(id)
    }

    pub(crate) fn and_uri(mut self, uri: &str) -> Self {
        self.params.subject_alt_names.push(SanType::URI(uri.try_into().unwrap()));
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut CertificateParams)) -> Self {
        change(&mut self.params);
        self
    }

    pub(crate) fn between(self, begin: SystemTime, end: SystemTime) -> Self {
        self.with(|params| (params.not_before, params.not_after) = (begin.into(), end.into()))
    }
}

impl Signed {
    pub(crate) fn above(mut self, authorities: &[&Authority]) -> Self {
        self.chain.extend(authorities.iter().map(|authority| authority.certificate.der().clone()));
        self
    }
}

/// A folder with certificate, key and bundle.
pub(crate) struct Files {
    folder: TempDir,
}

impl Files {
    pub(crate) fn new(signed: &Signed, bundle: &str) -> Self {
        let files = Self { folder: TempDir::new().unwrap() };
        files.put(signed);
        files.put_bundle(bundle);
        files
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn put(&self, signed: &Signed) {
        put(&self.path("key.pem"), &signed.key.serialize_pem(), 0o600);
        put(&self.path("certificate.pem"), &pem(&signed.chain), 0o644);
    }

    pub(crate) fn put_bundle(&self, bundle: &str) {
        put(&self.path("bundle.pem"), bundle, 0o644);
    }

    pub(crate) fn settings(&self) -> TlsSettings {
        TlsSettings {
            certificate: self.path("certificate.pem"),
            private_key: self.path("key.pem"),
            trust_bundle: self.path("bundle.pem"),
            ..TlsSettings::default()
        }
    }

    pub(crate) async fn open(&self) -> Identity {
        Identity::open(&self.settings()).await.unwrap()
    }
}

/// As programs that renew certificates write: aside, then moved over.
pub(crate) fn put(path: &Path, text: &str, mode: u32) {
    let draft = path.with_extension("draft");
    fs::write(&draft, text).unwrap();
    fs::set_permissions(&draft, fs::Permissions::from_mode(mode)).unwrap();
    fs::rename(draft, path).unwrap();
}

fn pem(chain: &[CertificateDer<'_>]) -> String {
    chain.iter().map(|der| pem_of(der)).collect()
}

fn pem_of(der: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in base64(der).as_bytes().chunks(64) {
        writeln!(text, "{}", str::from_utf8(line).unwrap()).unwrap();
    }
    text + "-----END CERTIFICATE-----\n"
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letters =
        |chunk: &[u8]| {
            let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
                << (8 * (3 - chunk.len()));
            (0..4)
                .map(|at| {
                    if at <= chunk.len() {
                        LETTERS[(bits >> (18 - 6 * at) & 63) as usize] as char
                    } else {
                        '='
                    }
                })
                .collect::<String>()
        };
    bytes.chunks(3).map(letters).collect()
}

/// A server that takes connections until it is dropped and tells what each client showed.
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    pub(crate) shown: mpsc::UnboundedReceiver<io::Result<Vec<CertificateDer<'static>>>>,
}

pub(crate) async fn listen(identity: &Identity) -> Listening {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(identity.server_config());
    let (tell, shown) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (acceptor, tell) = (acceptor.clone(), tell.clone());
            tokio::spawn(async move {
                let outcome = match acceptor.accept(stream).await {
                    Ok(mut stream) => {
                        let chain = stream.get_ref().1.peer_certificates().unwrap_or_default().to_vec();
                        let _ = stream.write_all(b"hello").await;
                        let _ = stream.shutdown().await;
                        Ok(chain.into_iter().map(CertificateDer::into_owned).collect())
                    }
                    Err(error) => Err(error),
                };
                let _ = tell.send(outcome);
            });
        }
    });
    Listening { address, shown }
}

/// Shakes hands and reads what the server says: only then it is known that it took the client's certificate.
pub(crate) async fn dial(
    config: Arc<ClientConfig>,
    address: SocketAddr,
) -> io::Result<Vec<CertificateDer<'static>>> {
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = TlsConnector::from(config).connect(name, stream).await?;
    let mut word = [0; 5];
    stream.read_exact(&mut word).await?;
    Ok(stream.get_ref().1.peer_certificates().unwrap().iter().map(|der| der.clone().into_owned()).collect())
}
