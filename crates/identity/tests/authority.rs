//! A private authority and its tokens.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use lightcone_identity::authority::{self, Authority, AuthorityError, Name, Places, Request};
use lightcone_identity::enrolment::{
    Affiliation, AgentClaims, Kind, LIFE_MAX, LandmarkClaims, TokenError, TokenSigner, TokenVerifier,
};
use lightcone_identity::{Identity, PeerError, SpiffeId, TlsSettings};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tempfile::TempDir;

const HOUR: Duration = Duration::from_secs(3600);

fn made() -> (TempDir, Authority) {
    let folder = TempDir::new().unwrap();
    authority::init(folder.path(), "example.org").unwrap();
    let authority = Authority::open(folder.path()).unwrap();
    (folder, authority)
}

fn id(path: &[&str]) -> SpiffeId {
    SpiffeId::within("example.org", path).unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn settings(folder: &Path) -> TlsSettings {
    TlsSettings {
        certificate: folder.join("certificate.pem"),
        private_key: folder.join("key.pem"),
        trust_bundle: folder.join("bundle.pem"),
        ..TlsSettings::default()
    }
}

fn chain(pem: &str) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<_, _>>().unwrap()
}

#[tokio::test]
async fn what_is_issued_is_an_identity_that_others_of_it_take() {
    let (folder, authority) = made();
    let server = folder.path().join("server");
    let names = [Name::Dns("localhost".to_owned()), Name::Address("127.0.0.1".parse().unwrap())];
    authority.issue(&id(&["service", "lightcone"]), &names, HOUR).unwrap().write(&server, false).unwrap();
    let identity = Identity::open(&settings(&server)).await.unwrap();
    assert_eq!(identity.spiffe_id(), id(&["service", "lightcone"]));
    let left = identity.not_after().duration_since(SystemTime::now()).unwrap();
    assert!(left <= HOUR && left > HOUR - Duration::from_secs(60));

    let other = authority.issue(&id(&["tenant", "acme", "order-desk", "desk-1"]), &[], HOUR).unwrap();
    let desk = chain(&other.issued.chain_pem);
    assert_eq!(desk.len(), 2);
    let peer = identity.peer(&desk, SystemTime::now()).unwrap();
    assert_eq!(peer.spiffe_id.path(), "/tenant/acme/order-desk/desk-1");
    assert_eq!(identity.peer(&desk, SystemTime::now() + 2 * HOUR), Err(PeerError::Expired));

    let shown = &authority::show(&server.join("certificate.pem")).unwrap();
    assert_eq!(shown[0].uris, ["spiffe://example.org/service/lightcone"]);
    assert_eq!(shown[0].names, ["localhost", "127.0.0.1"]);
    assert!(!shown[0].is_authority && shown[1].is_authority);
    assert_eq!(shown[0].not_after, identity.not_after());

    // Another issuer of the same root is as good; another authority is not.
    authority::init_issuer(folder.path(), &folder.path().join("second")).unwrap();
    let second = Authority::open(&folder.path().join("second")).unwrap();
    let second = second.issue(&id(&["agent", "a-1"]), &[], HOUR).unwrap();
    assert!(identity.peer(&chain(&second.issued.chain_pem), SystemTime::now()).is_ok());
    let (_elsewhere, stranger) = made();
    let stranger = stranger.issue(&id(&["agent", "a-1"]), &[], HOUR).unwrap();
    let refused = identity.peer(&chain(&stranger.issued.chain_pem), SystemTime::now());
    assert_eq!(refused, Err(PeerError::UnknownAuthority));
}

#[test]
fn keys_are_for_their_owner_and_nothing_is_overwritten() {
    let (folder, authority) = made();
    let path = folder.path();
    for key in ["root.key.pem", "enrolment.key.pem", "issuer/key.pem"] {
        assert_eq!(mode(&path.join(key)), 0o600, "{key}");
    }
    assert_eq!(mode(&path.join("issuer")), 0o700);
    assert!(!path.join("issuer/enrolment.key.pem").exists());
    let before = fs::read(path.join("root.key.pem")).unwrap();
    assert!(matches!(authority::init(path, "example.org"), Err(AuthorityError::Exists { .. })));
    assert_eq!(fs::read(path.join("root.key.pem")).unwrap(), before);

    let issued = authority.issue(&id(&["agent", "a-1"]), &[], HOUR).unwrap();
    let out = path.join("out");
    issued.write(&out, false).unwrap();
    assert_eq!(mode(&out.join("key.pem")), 0o600);
    assert!(matches!(issued.write(&out, false), Err(AuthorityError::Exists { .. })));
    let next = authority.issue(&id(&["agent", "a-1"]), &[], HOUR).unwrap();
    next.write(&out, true).unwrap();
    assert_eq!(fs::read_to_string(out.join("certificate.pem")).unwrap(), next.issued.chain_pem);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 3, "no draft stays");
}

#[test]
fn an_exposed_issuer_signs_nothing() {
    let (folder, _) = made();
    let key = folder.path().join("issuer/key.pem");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let told = Authority::open(folder.path()).err().unwrap().to_string();
    assert!(told.contains("chmod 600"), "{told}");
}

#[test]
fn what_it_does_not_answer_for_is_not_signed() {
    let (_folder, authority) = made();
    let elsewhere = SpiffeId::parse("spiffe://example.com/agent/a-1").unwrap();
    let itself = SpiffeId::parse("spiffe://example.org").unwrap();
    for wrong in [elsewhere, itself] {
        assert!(matches!(authority.issue(&wrong, &[], HOUR), Err(AuthorityError::Name { .. })));
    }
    for life in [Duration::ZERO, authority::LEAF_LIFE_MAX + HOUR] {
        let refused = authority.issue(&id(&["agent", "a-1"]), &[], life);
        assert!(matches!(refused, Err(AuthorityError::Life { .. })));
    }
    assert!(authority::init(Path::new("/nowhere"), "no/domain").is_err());
}

#[tokio::test]
async fn a_request_gets_a_certificate_for_its_key_and_for_no_other_name() {
    let (folder, authority) = made();
    let request = Request::new().unwrap();
    let landmark = id(&["landmark", "oslo-1"]);
    let issued = authority.sign_request(&request.der, &landmark, 24 * HOUR).unwrap();
    let out = folder.path().join("oslo-1");
    authority::make_folder(&out).unwrap();
    let places = Places::within(&out);
    places.write(&request.key_pem, &issued.chain_pem, &issued.bundle_pem, false).unwrap();
    assert_eq!(Identity::open(&settings(&out)).await.unwrap().spiffe_id(), landmark);

    let mut params = rcgen::CertificateParams::new(vec!["bank.example".to_owned()]).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let greedy = params.serialize_request(&rcgen::KeyPair::generate().unwrap()).unwrap();
    let issued = authority.sign_request(greedy.der(), &landmark, HOUR).unwrap();
    let out = Identity::open(&settings(&out)).await.unwrap();
    let peer = out.peer(&chain(&issued.chain_pem), SystemTime::now()).unwrap();
    assert_eq!(peer.spiffe_id, landmark);
    assert!(!peer.chain[0].windows(12).any(|bytes| bytes == b"bank.example"));
}

#[test]
fn no_changed_byte_of_a_request_gets_another_key_signed() {
    let (_folder, authority) = made();
    let request = Request::new().unwrap().der;
    // An uncompressed point of P-256: what comes after the last header of the key.
    let begin = request.windows(4).position(|bytes| bytes == [0x03, 0x42, 0x00, 0x04]).unwrap() + 3;
    let key = &request[begin..begin + 65];
    let mut refused = 0;
    for at in 0..request.len() {
        let mut changed = request.clone();
        changed[at] ^= 1;
        match authority.sign_request(&changed, &id(&["agent", "a-1"]), HOUR) {
            Err(AuthorityError::Request) => refused += 1,
            // Around the signature there are bits that say nothing.
            signed => {
                let leaf = &chain(&signed.unwrap().chain_pem)[0];
                assert!(leaf.windows(65).any(|bytes| bytes == key), "byte {at}");
            }
        }
    }
    assert!(refused + 4 > request.len(), "{refused} of {}", request.len());
    let long = [request.as_slice(), &[0; 4096]].concat();
    assert!(matches!(authority.sign_request(&long, &id(&["a"]), HOUR), Err(AuthorityError::Request)));
}

fn oslo() -> Kind {
    Kind::Landmark(LandmarkClaims {
        latitude_ndeg: 59_913_900_000,
        longitude_ndeg: 10_752_200_000,
        position_error_mm: 50_000,
        clock_error_ns: 0,
        affiliation: Affiliation { operator: "acme".to_owned(), network_asn: 224, ..Affiliation::default() },
    })
}

#[test]
fn a_token_says_what_was_vouched_for_while_it_holds() {
    let (folder, authority) = made();
    let signer = TokenSigner::open(folder.path()).unwrap();
    let verifier = TokenVerifier::new(authority.trust_domain(), authority.token_key());
    let now = SystemTime::now();
    let text = signer.sign("acme", "oslo-1", oslo(), HOUR, now).unwrap();
    assert!(text.len() < 1024, "{}", text.len());
    let token = verifier.verify(&text, now).unwrap();
    assert_eq!((token.tenant.as_str(), token.name.as_str(), &token.kind), ("acme", "oslo-1", &oslo()));
    assert_eq!(token.spiffe_id().unwrap(), id(&["landmark", "oslo-1"]));
    let again = signer.sign("acme", "oslo-1", oslo(), HOUR, now).unwrap();
    assert_ne!(verifier.verify(&again, now).unwrap().id, token.id);

    let agent = Kind::Agent(AgentClaims { site: "sites/hall".to_owned() });
    let agent = signer.sign("acme", "a-1", agent, HOUR, now).unwrap();
    assert_eq!(verifier.verify(&agent, now).unwrap().spiffe_id().unwrap(), id(&["agent", "a-1"]));

    assert_eq!(verifier.verify(&text, now + HOUR), Err(TokenError::Expired));
    assert_eq!(verifier.verify(&text, now - HOUR), Err(TokenError::Life));
    let elsewhere = TokenVerifier::new("example.com", authority.token_key());
    assert_eq!(elsewhere.verify(&text, now), Err(TokenError::Audience));
    let (_folder, stranger) = made();
    let stranger = TokenVerifier::new("example.org", stranger.token_key());
    assert_eq!(stranger.verify(&text, now), Err(TokenError::Signature));
}

#[test]
fn no_changed_letter_of_a_token_is_taken() {
    let (folder, authority) = made();
    let signer = TokenSigner::open(folder.path()).unwrap();
    let verifier = TokenVerifier::new(authority.trust_domain(), authority.token_key());
    let now = SystemTime::now();
    let text = signer.sign("acme", "oslo-1", oslo(), HOUR, now).unwrap();
    for at in 0..text.len() {
        let mut changed = text.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(verifier.verify(&changed, now).is_err(), "letter {at}");
    }
    for garbage in ["", "a", "a.b.c", &text[..text.len() - 1], &format!("{text}A"), &"a".repeat(5000)] {
        assert!(verifier.verify(garbage, now).is_err(), "{garbage}");
    }
}

#[test]
fn what_cannot_be_is_not_vouched_for() {
    let (folder, _) = made();
    let signer = TokenSigner::open(folder.path()).unwrap();
    let now = SystemTime::now();
    let sign = |tenant: &str, name: &str, kind| signer.sign(tenant, name, kind, HOUR, now).unwrap_err();
    let changed = |change: fn(&mut LandmarkClaims)| {
        let Kind::Landmark(mut claims) = oslo() else { unreachable!() };
        change(&mut claims);
        Kind::Landmark(claims)
    };
    let claims = [
        (sign("", "oslo-1", oslo()), "tenant"),
        (sign("acme", "", oslo()), "name"),
        (sign("acme", "a/b", oslo()), "name"),
        (sign("acme", "oslo-1", changed(|it| it.latitude_ndeg = 90_000_000_001)), "point"),
        (sign("acme", "oslo-1", changed(|it| it.affiliation.operator.clear())), "operator"),
        (sign("acme", "oslo-1", changed(|it| it.affiliation.site = "a".repeat(129))), "site"),
        (sign("acme", "a-1", Kind::Agent(AgentClaims { site: String::new() })), "site"),
    ];
    for (refused, wanted) in claims {
        assert!(matches!(refused, TokenError::Claim { claim, .. } if claim == wanted), "{refused} {wanted}");
    }
    for life in [Duration::ZERO, LIFE_MAX + HOUR] {
        assert_eq!(signer.sign("acme", "oslo-1", oslo(), life, now), Err(TokenError::Life));
    }
}
