//! Landmarks and agents that come with a token of the authority.

use std::time::{Duration, SystemTime};

use ed25519_dalek::{Signer as _, SigningKey};
use lightcone::v1;
use lightcone::v1::enrolment_service_client::EnrolmentServiceClient;
use lightcone::v1::landmark_service_client::LandmarkServiceClient;
use lightcone::v1::site_service_client::SiteServiceClient;
use lightcone::v1::{ErrorReason, registered_landmark};
use lightcone_identity::authority::{self, Places, Request};
use lightcone_identity::enrolment::{Affiliation, AgentClaims, Kind, LandmarkClaims, TokenSigner};
use lightcone_identity::{Identity, dial, possession};
use lightcone_tests::trust::{HOUR, settings, url};
use lightcone_tests::{House, Trust};
use tonic::Status;
use tonic::transport::Channel;

use crate::registry::records::refused;

const REFUSED: ErrorReason = ErrorReason::EnrolmentRefused;

/// A server with an authority, and who makes tokens for it.
struct Gatehouse {
    trust: Trust,
    house: House,
    tokens: TokenSigner,
    client: EnrolmentServiceClient<Channel>,
}

impl Gatehouse {
    async fn open() -> Self {
        let trust = Trust::new();
        let house = House::with(|config| {
            trust.serve(config);
            config.authority.folder = trust.authority().join("issuer");
        })
        .await;
        let tokens = TokenSigner::open(&trust.authority()).unwrap();
        let client = EnrolmentServiceClient::new(trust.nobody(house.address).await);
        Self { trust, house, tokens, client }
    }

    fn token(&self, tenant: &str, name: &str, kind: Kind) -> String {
        self.tokens.sign(tenant, name, kind, HOUR, SystemTime::now()).unwrap()
    }

    async fn enrol(&mut self, request: v1::EnrolRequest) -> Result<v1::EnrolResponse, Status> {
        self.client.enrol(request).await.map(tonic::Response::into_inner)
    }

    /// A channel of whoever bears a path.
    async fn channel(&self, path: &str) -> Channel {
        self.trust.channel(self.house.address, path).await
    }

    async fn sites(&self, tenant: &str) -> SiteServiceClient<Channel> {
        SiteServiceClient::new(self.channel(&format!("tenant/{tenant}/site-owner/desk")).await)
    }

    /// The registry as who runs landmarks of a tenant sees it.
    async fn landmarks(&self, tenant: &str) -> LandmarkServiceClient<Channel> {
        let path = format!("tenant/{tenant}/landmark-operator/desk");
        LandmarkServiceClient::new(self.channel(&path).await)
    }
}

fn landmark(operator: &str, change: impl FnOnce(&mut Affiliation)) -> Kind {
    let mut affiliation = Affiliation { operator: operator.into(), ..Affiliation::default() };
    change(&mut affiliation);
    Kind::Landmark(LandmarkClaims {
        latitude_ndeg: 1_352_083_000,
        longitude_ndeg: 103_819_836_000,
        position_error_mm: 12_500,
        clock_error_ns: 1_000,
        affiliation,
    })
}

fn agent(site: &str) -> Kind {
    Kind::Agent(AgentClaims { site: format!("sites/{site}") })
}

/// A request, signed by the key that it brings.
fn asked(token: String, seed: u8, is_landmark: bool, csr: Vec<u8>) -> v1::EnrolRequest {
    let key = SigningKey::from_bytes(&[seed; 32]);
    let exchange_key = is_landmark.then_some([seed; 32]);
    let signing_key = key.verifying_key().to_bytes();
    let bytes = possession::signed_bytes(&token, &signing_key, exchange_key.as_ref(), &csr);
    v1::EnrolRequest {
        token,
        signing_key: signing_key.to_vec(),
        exchange_key: exchange_key.map(Vec::from).unwrap_or_default(),
        addresses: if is_landmark { vec!["192.0.2.7:7862".into()] } else { Vec::new() },
        signature: key.sign(&bytes).to_bytes().to_vec(),
        certificate_request: csr,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_landmark_is_entered_as_its_token_says_and_gets_a_certificate() {
    let mut gate = Gatehouse::open().await;
    let kind = landmark("Straits Timing", |it| (it.site, it.network_asn) = ("Jurong 2".into(), 64_500));
    let token = gate.token("straits", "sg-1", kind);
    let csr = Request::new().unwrap();
    let request = asked(token, 1, true, csr.der.clone());
    let answer = gate.enrol(request.clone()).await.unwrap();
    assert_eq!((answer.name.as_str(), answer.position_version), ("landmarks/sg-1", 1));
    assert_eq!(answer.point.unwrap().latitude_deg, 1.352_083);
    assert_eq!(answer.verifier_key.len(), 32);
    let certificate = answer.certificate.clone().unwrap();
    assert_eq!(certificate.spiffe_id, "spiffe://example.org/landmark/sg-1");

    let mut landmarks = gate.landmarks("straits").await;
    let named = v1::GetLandmarkRequest { name: "landmarks/sg-1".into() };
    let kept = landmarks.get_landmark(named.clone()).await.unwrap().into_inner();
    assert_eq!(kept.state(), registered_landmark::State::Probation);
    assert_eq!((kept.tenant.as_str(), kept.operator.as_str()), ("straits", "Straits Timing"));
    assert_eq!((kept.position_error_m, kept.clock_error_ns), (Some(12.5), 1_000));
    let affiliation = kept.affiliation.unwrap();
    assert_eq!((affiliation.site.as_str(), affiliation.network_asn), ("Jurong 2", 64_500));

    // The answer may have been lost: the same keys come again, with another certificate request.
    let again = Request::new().unwrap();
    let repeated = gate.enrol(asked(request.token.clone(), 1, true, again.der)).await.unwrap();
    let but_certificate = |it: v1::EnrolResponse| v1::EnrolResponse { certificate: None, ..it };
    assert_eq!(but_certificate(repeated), but_certificate(answer));
    let stolen = gate.enrol(asked(request.token, 2, true, Vec::new())).await;
    refused(stolen, REFUSED, ("check", "used"));

    // With that certificate it is the landmark, and gets the next one.
    let folder = gate.trust.file("sg-1");
    authority::make_folder(&folder).unwrap();
    Places::within(&folder)
        .write(&csr.key_pem, &certificate.chain_pem, &certificate.bundle_pem, false)
        .unwrap();
    let identity = Identity::open(&settings(&folder)).await.unwrap();
    let channel = dial::channel(&url(gate.house.address), Some(&identity)).unwrap();
    let mut itself = EnrolmentServiceClient::new(channel);
    let renew = || v1::RenewCertificateRequest { certificate_request: Request::new().unwrap().der };
    let renewed = itself.renew_certificate(renew()).await.unwrap().into_inner().certificate.unwrap();
    assert_eq!(renewed.spiffe_id, certificate.spiffe_id);
    assert_ne!(renewed.chain_pem, certificate.chain_pem);
    let garbage = v1::RenewCertificateRequest { certificate_request: vec![7; 300] };
    let told = itself.renew_certificate(garbage).await;
    refused(told, ErrorReason::FieldInvalid, ("field", "certificate_request"));
    let nobody = gate.client.renew_certificate(renew()).await;
    refused(nobody, ErrorReason::Unauthenticated, ("cause", "nobody"));

    // What is retired gets no more of them, by neither way.
    let retire = v1::RetireLandmarkRequest {
        name: "landmarks/sg-1".into(),
        reason: "sold".into(),
        ..Default::default()
    };
    landmarks.retire_landmark(retire).await.unwrap();
    let told = itself.renew_certificate(renew()).await;
    refused(told, ErrorReason::StateForbids, ("state", "RETIRED"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_entered_at_a_site_of_its_own_tenant() {
    let mut gate = Gatehouse::open().await;
    let mut sites = gate.sites("acme").await;
    let site = |id: &str| v1::CreateSiteRequest {
        site_id: id.into(),
        site: Some(v1::Site { display_name: id.into(), ..Default::default() }),
        ..Default::default()
    };
    for id in ["hall", "old"] {
        sites.create_site(site(id)).await.unwrap();
    }
    let retire = v1::RetireSiteRequest { name: "sites/old".into(), reason: "x".into(), ..Default::default() };
    sites.retire_site(retire).await.unwrap();

    let token = gate.token("acme", "a-1", agent("hall"));
    let request = asked(token, 1, false, Request::new().unwrap().der);
    let answer = gate.enrol(request.clone()).await.unwrap();
    assert_eq!((answer.name.as_str(), answer.point, answer.position_version), ("agents/a-1", None, 0));
    assert_eq!(answer.certificate.unwrap().spiffe_id, "spiffe://example.org/agent/a-1");
    let kept: lightcone_store::Agent = gate.house.store.get("a-1").await.unwrap();
    assert_eq!((kept.tenant.as_str(), kept.site.as_str()), ("acme", "hall"));

    for (tenant, site, reason, fact) in [
        ("other", "hall", ErrorReason::NotFound, ("name", "sites/hall")),
        ("acme", "nowhere", ErrorReason::NotFound, ("name", "sites/nowhere")),
        ("acme", "old", ErrorReason::StateForbids, ("state", "RETIRED")),
    ] {
        let token = gate.token(tenant, "a-2", agent(site));
        let told = gate.enrol(asked(token, 2, false, Vec::new())).await;
        refused(told, reason, fact);
    }
    // The answer stands, whatever became of the site.
    let retire =
        v1::RetireSiteRequest { name: "sites/hall".into(), reason: "x".into(), ..Default::default() };
    sites.retire_site(retire).await.unwrap();
    assert_eq!(gate.enrol(request).await.unwrap().name, "agents/a-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_token_does_not_say_lets_nobody_in() {
    let mut gate = Gatehouse::open().await;
    let kind = || landmark("Straits Timing", |_| ());
    let token = gate.token("straits", "sg-1", kind());
    let good = || asked(token.clone(), 1, true, Vec::new());
    let told = |what: &str| ("check", what.to_owned());

    let mut wrong = Vec::new();
    let stranger = Trust::new();
    let foreign = TokenSigner::open(&stranger.authority()).unwrap();
    let foreign = foreign.sign("straits", "sg-1", kind(), HOUR, SystemTime::now()).unwrap();
    wrong.push((asked(foreign, 1, true, Vec::new()), told("signature")));
    wrong.push((asked("no token".into(), 1, true, Vec::new()), told("signature")));
    // The same key, for another trust domain: made by hand, no program of ours does it.
    let elsewhere = tempfile::tempdir().unwrap();
    let other = elsewhere.path().join("ca");
    authority::init(&other, "elsewhere.org").unwrap();
    std::fs::copy(gate.trust.authority().join("enrolment.key.pem"), other.join("enrolment.key.pem")).unwrap();
    let elsewhere = TokenSigner::open(&other).unwrap();
    let elsewhere = elsewhere.sign("straits", "sg-1", kind(), HOUR, SystemTime::now()).unwrap();
    wrong.push((asked(elsewhere, 1, true, Vec::new()), told("signature")));
    let before = SystemTime::now() - 2 * HOUR;
    let expired = gate.tokens.sign("straits", "sg-1", kind(), HOUR, before).unwrap();
    wrong.push((asked(expired, 1, true, Vec::new()), told("expiry")));
    let of_an_agent = gate.token("straits", "sg-1", agent("s"));
    wrong.push((asked(of_an_agent, 1, true, Vec::new()), told("kind")));
    wrong.push((asked(token.clone(), 1, false, Vec::new()), told("kind")));
    let mut unsigned = good();
    unsigned.signature[0] ^= 1;
    wrong.push((unsigned, told("possession")));
    let mut other_key = good();
    other_key.signing_key = SigningKey::from_bytes(&[2; 32]).verifying_key().to_bytes().to_vec();
    wrong.push((other_key, told("possession")));
    wrong.push((v1::EnrolRequest { exchange_key: vec![9; 32], ..good() }, told("possession")));
    let csr = Request::new().unwrap().der;
    wrong.push((v1::EnrolRequest { certificate_request: csr, ..good() }, told("possession")));
    wrong.push((v1::EnrolRequest { signature: Vec::new(), ..good() }, told("possession")));
    for (request, (key, value)) in wrong {
        let answer = gate.enrol(request.clone()).await;
        assert!(answer.is_err(), "{request:?}");
        refused(answer, REFUSED, (key, &value));
    }

    let garbage = gate.enrol(asked(token.clone(), 1, true, vec![3; 200])).await;
    refused(garbage, ErrorReason::FieldInvalid, ("field", "certificate_request"));
    let mut forged = Request::new().unwrap().der;
    *forged.last_mut().unwrap() ^= 1;
    let forged = gate.enrol(asked(token.clone(), 1, true, forged)).await;
    refused(forged, ErrorReason::FieldInvalid, ("field", "certificate_request"));
    let long = gate.enrol(asked("x".repeat(4_097), 1, true, Vec::new())).await;
    refused(long, ErrorReason::LimitExceeded, ("field", "token"));
    let weak = gate.enrol(v1::EnrolRequest { signing_key: vec![0; 32], ..good() }).await;
    refused(weak, ErrorReason::FieldInvalid, ("field", "signing_key"));

    // Nothing of all that used the token up.
    gate.enrol(good()).await.unwrap();
    let named_again = gate.token("straits", "sg-1", kind());
    let taken = gate.enrol(asked(named_again, 3, true, Vec::new())).await;
    refused(taken, ErrorReason::AlreadyExists, ("name", "landmarks/sg-1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_comes_at_the_same_time_with_other_keys_lets_one_in() {
    let gate = Gatehouse::open().await;
    let token = gate.token("straits", "sg-1", landmark("Straits Timing", |_| ()));
    let calls = (1..=6).map(|seed| {
        let (mut client, token) = (gate.client.clone(), token.clone());
        async move { client.enrol(asked(token, seed, true, Vec::new())).await }
    });
    let answers = futures_util::future::join_all(calls).await;
    let entered = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(entered, 1, "{answers:?}");
    for answer in answers.into_iter().filter(Result::is_err) {
        refused(answer, REFUSED, ("check", "used"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_of_what_landmarks_have_in_common() {
    let mut gate = Gatehouse::open().await;
    let groups = async |gate: &Gatehouse| {
        let mut landmarks = gate.landmarks("straits").await;
        let listed = landmarks.list_landmarks(v1::ListLandmarksRequest::default()).await;
        let listed = listed.unwrap().into_inner().landmarks;
        listed.into_iter().map(|landmark| landmark.group).collect::<Vec<_>>()
    };
    let entrants = [
        landmark("a", |it| it.site = "hall".into()),
        landmark("b", |it| it.network_asn = 64_500),
        landmark("c", |_| ()),
    ];
    for (seed, kind) in (1..).zip(entrants) {
        let token = gate.token("straits", &format!("l-{seed}"), kind);
        gate.enrol(asked(token, seed, true, Vec::new())).await.unwrap();
    }
    assert_eq!(groups(&gate).await, ["a", "b", "c"]);
    let bridge = landmark("d", |it| (it.site, it.network_asn) = ("hall".into(), 64_500));
    let token = gate.token("straits", "l-4", bridge);
    gate.enrol(asked(token, 4, true, Vec::new())).await.unwrap();
    let deadline = tokio::time::Instant::now() + Duration::from_secs(5);
    while groups(&gate).await != ["a", "a", "c", "a"] {
        assert!(tokio::time::Instant::now() < deadline, "{:?}", groups(&gate).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_authority_nobody_is_taken_in() {
    let house = House::open().await;
    let mut client = EnrolmentServiceClient::new(house.channel().await);
    let told = client.enrol(asked("token".into(), 1, true, Vec::new())).await;
    refused(told, ErrorReason::StateForbids, ("state", "NO_AUTHORITY"));
    let told = client.renew_certificate(v1::RenewCertificateRequest::default()).await;
    refused(told, ErrorReason::StateForbids, ("state", "NO_AUTHORITY"));
}
