//! Who gets in, and who does not.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lightcone_identity::{Identity, PeerError, Roots, TlsSettings};
use rcgen::{BasicConstraints, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::client::ResolvesClientCert;
use tokio_rustls::rustls::crypto::aws_lc_rs::{default_provider, sign::any_supported_type};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SignatureScheme};

use crate::world::{Authority, Files, Leaf, Listening, Signed, dial, listen};

const SERVER: &str = "spiffe://example.org/service/lightcone";
const LANDMARK: &str = "spiffe://example.org/landmark/oslo-1";
const DAY: Duration = Duration::from_secs(86_400);

struct World {
    root: Authority,
    issuer: Authority,
    server: Identity,
    listening: Listening,
    _files: Files,
}

async fn world() -> World {
    let root = Authority::root("root");
    let issuer = root.below("issuer");
    let files = Files::new(&issuer.sign(Leaf::new(SERVER)).above(&[&issuer]), &root.bundle());
    let server = files.open().await;
    let listening = listen(&server).await;
    World { root, issuer, server, listening, _files: files }
}

impl World {
    fn good(&self, id: &str) -> Signed {
        self.issuer.sign(Leaf::new(id)).above(&[&self.issuer])
    }

    /// What the server says to a chain, at the handshake and when asked again.
    async fn say(&mut self, signed: &Signed) -> Result<(), PeerError> {
        let dialled = dial(anything(signed, &self.root), self.listening.address).await;
        let shown = self.listening.shown.recv().await.unwrap();
        let again = self.server.peer(&signed.chain, SystemTime::now());
        assert_eq!(
            (dialled.is_ok(), shown.is_ok()),
            (again.is_ok(), again.is_ok()),
            "{dialled:?} {shown:?} {again:?}"
        );
        again.map(drop)
    }
}

/// A client that shows whatever it is given.
fn anything(signed: &Signed, root: &Authority) -> Arc<ClientConfig> {
    #[derive(Debug)]
    struct Shown(Arc<CertifiedKey>);
    impl ResolvesClientCert for Shown {
        fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
            Some(Arc::clone(&self.0))
        }
        fn has_certs(&self) -> bool {
            true
        }
    }
    let key = PrivateKeyDer::from_pem_slice(signed.key.serialize_pem().as_bytes()).unwrap();
    let certified = CertifiedKey::new(signed.chain.clone(), any_supported_type(&key).unwrap());
    let mut roots = RootCertStore::empty();
    roots.add(root.certificate.der().clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_client_cert_resolver(Arc::new(Shown(Arc::new(certified))));
    Arc::new(config)
}

#[tokio::test]
async fn a_machine_of_the_trust_domain_gets_in_and_is_named() {
    let mut world = world().await;
    let files = Files::new(&world.good(LANDMARK), &world.root.bundle());
    let client = files.open().await;
    assert_eq!(
        (client.spiffe_id().to_string().as_str(), client.trust_domain().as_str()),
        (LANDMARK, "example.org")
    );

    dial(client.client_config(), world.listening.address).await.unwrap();
    let shown = world.listening.shown.recv().await.unwrap().unwrap();
    let peer = world.server.peer(&shown, SystemTime::now()).unwrap();
    assert_eq!(peer.spiffe_id.to_string(), LANDMARK);
    assert_eq!(peer.chain.as_ref(), shown.as_slice());
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as i64;
    assert!((now..now + 2 * DAY.as_nanos() as i64).contains(&peer.not_after_ns));
}

#[tokio::test]
async fn one_without_a_certificate_gets_in_as_nobody() {
    let mut world = world().await;
    let trust = TlsSettings { trust_bundle: world._files.path("bundle.pem"), ..TlsSettings::default() };
    assert!(trust.is_trust_alone());
    let roots = Roots::open(&trust).unwrap();
    dial(roots.client_config(), world.listening.address).await.unwrap();
    let shown = world.listening.shown.recv().await.unwrap().unwrap();
    assert_eq!(world.server.peer(&shown, SystemTime::now()), Err(PeerError::NoCertificate));
}

#[tokio::test]
async fn certificates_that_break_a_rule_are_nobodys() {
    let mut world = world().await;
    let now = SystemTime::now();
    let issuer = world.root.below("another issuer");
    let sign = |leaf| issuer.sign(leaf).above(&[&issuer]);
    let landmark = || Leaf::new(LANDMARK);
    let cases = [
        ("good", sign(landmark()), None),
        (
            "another trust domain",
            sign(Leaf::new("spiffe://example.com/landmark/oslo-1")),
            Some(PeerError::TrustDomain { found: "example.com".into(), wanted: "example.org".into() }),
        ),
        ("expired", sign(landmark().between(now - 2 * DAY, now - DAY)), Some(PeerError::Expired)),
        ("to come", sign(landmark().between(now + DAY, now + 2 * DAY)), Some(PeerError::NotYetValid)),
        (
            "an authority",
            sign(landmark().with(|it| it.is_ca = IsCa::Ca(BasicConstraints::Unconstrained))),
            Some(PeerError::Authority),
        ),
        (
            "may sign certificates",
            sign(landmark().with(|it| it.key_usages = vec![KeyUsagePurpose::KeyCertSign])),
            Some(PeerError::Authority),
        ),
        ("two URIs", sign(landmark().and_uri("https://example.org")), Some(PeerError::SeveralNames)),
        ("no URI", sign(landmark().with(|it| it.subject_alt_names.truncate(1))), Some(PeerError::NoName)),
        ("no names", sign(landmark().with(|it| it.subject_alt_names.clear())), Some(PeerError::NoName)),
        ("no path", sign(Leaf::new("spiffe://example.org")), Some(PeerError::NoName)),
        ("no SPIFFE ID", sign(Leaf::new("https://example.org/a")), Some(PeerError::NoName)),
        ("another root", Authority::root("root").sign(landmark()), Some(PeerError::UnknownAuthority)),
        ("issuer left out", issuer.sign(landmark()), Some(PeerError::UnknownAuthority)),
    ];
    for (what, signed, wanted) in cases {
        assert_eq!(world.say(&signed).await.err(), wanted, "{what}");
    }
}

#[tokio::test]
async fn a_certificate_for_servers_alone_is_no_clients() {
    let mut world = world().await;
    let leaf =
        Leaf::new(LANDMARK).with(|it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]);
    let signed = world.issuer.sign(leaf).above(&[&world.issuer]);
    assert!(matches!(world.say(&signed).await, Err(PeerError::Refused(_))));
}

#[tokio::test]
async fn a_chain_longer_than_any_is_not_read() {
    let mut world = world().await;
    let (a, b) = (world.issuer.below("a"), Authority::root("unused"));
    let c = a.below("c");
    let three = c.sign(Leaf::new(LANDMARK)).above(&[&c, &a, &world.issuer]);
    assert_eq!(world.say(&three).await, Ok(()));
    let five = c.sign(Leaf::new(LANDMARK)).above(&[&c, &a, &world.issuer, &b]);
    assert_eq!(world.say(&five).await, Err(PeerError::TooLong { found: 5 }));
}

#[tokio::test]
async fn a_server_is_taken_by_its_name_or_its_id_and_no_other() {
    let world = world().await;
    let files = Files::new(&world.good(LANDMARK), &world.root.bundle());
    let dialled = async |server_id: &str| {
        let settings = TlsSettings { server_id: server_id.to_owned(), ..files.settings() };
        let identity = Identity::open(&settings).await.unwrap();
        dial(identity.client_config(), world.listening.address)
            .await
            .map(drop)
            .map_err(|error| PeerError::of(&error).unwrap())
    };
    assert_eq!(dialled("").await, Ok(()));
    assert_eq!(dialled(SERVER).await, Ok(()));
    let other = "spiffe://example.org/service/other".to_owned();
    assert_eq!(
        dialled(&other).await,
        Err(PeerError::OtherServer { found: SERVER.to_owned(), wanted: other.clone() })
    );
    let elsewhere = dialled("spiffe://example.com/service/lightcone").await;
    assert!(matches!(elsewhere, Err(PeerError::OtherServer { .. })), "{elsewhere:?}");

    // Another name than the certificate has.
    let leaf = Leaf::new(SERVER).with(|it| {
        it.subject_alt_names.remove(0);
    });
    let nameless = Files::new(&world.issuer.sign(leaf).above(&[&world.issuer]), &world.root.bundle());
    let nameless = nameless.open().await;
    let listening = listen(&nameless).await;
    let client = files.open().await;
    let told = dial(client.client_config(), listening.address).await.unwrap_err();
    assert_eq!(PeerError::of(&told), Some(PeerError::OtherName { wanted: "localhost".to_owned() }));
    // By its ID it is taken all the same.
    let settings = TlsSettings { server_id: SERVER.to_owned(), ..files.settings() };
    let client = Identity::open(&settings).await.unwrap();
    dial(client.client_config(), listening.address).await.unwrap();
}

#[tokio::test]
async fn an_older_tls_is_refused() {
    let mut world = world().await;
    let mut roots = RootCertStore::empty();
    roots.add(world.root.certificate.der().clone()).unwrap();
    let Ok(builder) =
        ClientConfig::builder_with_provider(Arc::new(default_provider())).with_protocol_versions(&[&TLS12])
    else {
        panic!("rustls was built without TLS 1.2")
    };
    let config = builder.with_root_certificates(roots).with_no_client_auth();
    assert!(dial(Arc::new(config), world.listening.address).await.is_err());
    let told = world.listening.shown.recv().await.unwrap().unwrap_err().to_string();
    assert!(told.contains("peer is incompatible"), "{told}");
}

#[tokio::test]
async fn no_changed_byte_of_a_certificate_makes_it_anothers() {
    let world = world().await;
    let signed = world.good(LANDMARK);
    let issuer = signed.chain[1].clone();
    for at in 0..signed.chain[0].len() {
        for bit in [0x01, 0x20, 0x80] {
            let mut leaf = signed.chain[0].to_vec();
            leaf[at] ^= bit;
            let chain = [CertificateDer::from(leaf), issuer.clone()];
            let taken = world.server.peer(&chain, SystemTime::now());
            assert!(taken.is_err(), "byte {at}, bit {bit:#04x}: {taken:?}");
        }
    }
}
