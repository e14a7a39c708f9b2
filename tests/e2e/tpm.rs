//! Sessions on a TPM (swtpm): enrolment, evidence before and after measuring, what is refused and by which name, other
//! reference values. Skipped aloud where swtpm is not installed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

#[path = "../../crates/attester/tests/swtpm/mod.rs"]
mod swtpm;

use std::future::pending;
use std::path::{Path, PathBuf};

use ed25519_dalek::{Signer as _, SigningKey};
use lightcone::v1;
use lightcone::v1::attestation_service_client::AttestationServiceClient;
use lightcone_agent::Agent;
use lightcone_attest::references::{Document, Envelope, Image, Root};
use lightcone_attest::tpm2::{Credential, Evidence, certificates};
use lightcone_attester::Source as _;
use lightcone_attester::tpm::Tpm;
use lightcone_keyring::SigningIdentity;
use lightcone_probe::Binding;
use lightcone_probe::binding::closing_nonce;
use lightcone_server::Config;
use lightcone_tests::Ground;
use lightcone_tests::players::{Attested, Device};
use sha2::{Digest as _, Sha256};
use swtpm::{Maker, Swtpm};
use tempfile::TempDir;
use tonic::Status;
use tonic_types::StatusExt as _;

use crate::town::{Town, next_verdict, within};

/// A name for what the TPM measured.
const IMAGE: &str = "lightcone-agent test";
const UNRESTRICTED: &[u8] =
    include_bytes!("../../crates/attest/tests/vectors/tpm/neg_unrestricted_ak.tpm2b_public");

/// A host with a TPM, and the reference values that know what it measured.
struct Host {
    maker: Maker,
    device: Swtpm,
    tpm: Tpm,
    /// A quote over nothing: key, certificates, registers.
    shown: Evidence,
    issuer: SigningKey,
    folder: TempDir,
}

impl Host {
    fn new() -> Self {
        let maker = Maker::new();
        let device = maker.make();
        let mut tpm = tpm(&maker, &device);
        let shown = quoted(&mut tpm, &[0; 32]);
        let host = Self {
            maker,
            device,
            tpm,
            shown,
            issuer: SigningKey::from_bytes(&[3; 32]),
            folder: tempfile::tempdir().unwrap(),
        };
        host.publish(1, true);
        host
    }

    fn references(&self) -> PathBuf {
        self.folder.path().join("references.json")
    }

    /// Signs reference values that know this TPM's maker and, if so, what it measured.
    fn publish(&self, version: u64, knows_image: bool) {
        let root = self.shown.ek_chain.last().unwrap();
        let root = Root {
            kind: "tpm2-quote".to_owned(),
            name: "swtpm".to_owned(),
            sha256: hex::encode(Sha256::digest(root)),
        };
        let image =
            Image { name: IMAGE.to_owned(), opens_accelerator: false, measured: self.shown.measured() };
        let images = if knows_image { vec![image] } else { Vec::new() };
        let issued_s = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
        let document = Document { version, issued_s, roots: vec![root], images, ..Document::default() };
        let public = self.issuer.verifying_key().to_bytes();
        let envelope =
            Envelope::seal(&document.to_json(), &public, |bytes| self.issuer.sign(bytes).to_bytes());
        std::fs::write(self.references(), serde_json::to_vec(&envelope).unwrap()).unwrap();
    }

    /// Settings of a server that knows these reference values.
    fn settings(&self, config: &mut Config) {
        config.attestation.references = self.references().display().to_string();
        config.attestation.reference_keys = vec![hex::encode(self.issuer.verifying_key().to_bytes())];
    }

    /// Shows that the key lives in the TPM.
    async fn enrol(&mut self, town: &Town) -> Result<v1::AttestationKey, Status> {
        let mut client = AttestationServiceClient::new(town.channel.clone());
        let asked = v1::ChallengeAttestationKeyRequest {
            agent: town.device.name(),
            endorsement_chain: self.shown.ek_chain.clone(),
            attestation_key: self.shown.ak_public.clone(),
        };
        let challenge = client.challenge_attestation_key(asked).await?.into_inner();
        let credential =
            Credential { blob: challenge.credential, encrypted_secret: challenge.encrypted_secret };
        let answer = v1::ActivateAttestationKeyRequest {
            agent: town.device.name(),
            endorsement_chain: self.shown.ek_chain.clone(),
            attestation_key: self.shown.ak_public.clone(),
            expire_time: challenge.expire_time,
            secret: self.tpm.activate(&credential).unwrap(),
        };
        Ok(client.activate_attestation_key(answer).await?.into_inner())
    }
}

fn tpm(maker: &Maker, device: &Swtpm) -> Tpm {
    let issuers = maker.issuers();
    let issuers = issuers.iter().flat_map(|pem| certificates(pem).unwrap()).collect();
    Tpm::new(device.tcti(), issuers)
}

fn quoted(tpm: &mut Tpm, over: &[u8; 32]) -> Evidence {
    Evidence::parse(&tpm.collect(over).unwrap()[0].payload).unwrap()
}

fn wire(evidence: &Evidence) -> Vec<v1::Evidence> {
    vec![v1::Evidence { format: "tpm2-quote".to_owned(), payload: evidence.to_json() }]
}

/// A request to attest as the town's device makes it, its session's binding, and the key that signs.
async fn begun(town: &mut Town) -> (v1::AttestRequest, [u8; 32], SigningKey) {
    let mut line = town.device.attend().await;
    let summons = town.device.summoned(&mut line).await;
    let (request, key) = town.device.evidence(&summons, &mut town.seed);
    let bound = town.device.binding(&summons, &request);
    (request, bound, key)
}

/// A session with evidence of the TPM before and after measuring, and its verdict.
async fn session(town: &mut Town, tpm: &mut Tpm) -> v1::VerdictRecord {
    let mut verdicts = town.verdicts("").await;
    let (mut request, bound, key) = begun(town).await;
    request.evidence = wire(&quoted(tpm, &bound));
    let answer = town.device.sessions.clone().attest(request).await.unwrap().into_inner();
    let attested = Attested { session: answer.session.unwrap(), plan: answer.plan.unwrap(), key };
    let met = town.measure(Town::rtt_ns).await;
    town.bring(&met).await;
    let mut request = town.device.closing(&attested, &met.iter().collect::<Vec<_>>());
    request.evidence = wire(&quoted(tpm, &closing_nonce(&Binding(bound), &request.transcript)));
    town.device.sessions.clone().close_session(request).await.unwrap();
    next_verdict(&mut verdicts).await
}

/// The check that a refusal names.
fn check(status: &Status) -> String {
    let info = status.get_details_error_info().unwrap_or_else(|| panic!("{status:?}"));
    assert_eq!(info.reason, "EVIDENCE_REFUSED", "{status:?}");
    info.metadata["check"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_on_a_tpm_is_r1_once_its_key_is_enrolled() {
    if !swtpm::is_installed() {
        return;
    }
    let mut host = Host::new();
    let mut town = Town::with(&Ground::in_memory(), |config| host.settings(config)).await;
    let verdict = session(&mut town, &mut host.tpm).await;
    assert_eq!(verdict.residency(), v1::Residency::R0);
    assert!(verdict.headline.starts_with("UNATTESTED"), "{}", verdict.headline);
    assert_eq!(verdict.reasons, [v1::AttestationReason::KeyUnbound as i32]);

    let key = host.enrol(&town).await.unwrap();
    assert_eq!(key.key_name, host.shown.claims().unwrap().name);
    let again = host.enrol(&town).await.unwrap();
    assert_eq!(again, key, "once is enough, and twice is no other");
    let verdict = session(&mut town, &mut host.tpm).await;
    assert_eq!((verdict.residency(), verdict.code.as_str()), (v1::Residency::R1, IMAGE));
    assert_eq!(verdict.reasons, [] as [i32; 0]);
    assert!(!verdict.headline.contains("UNATTESTED"), "{}", verdict.headline);
    assert!(verdict.references.starts_with("1 sha256:"), "{}", verdict.references);
    let restarted = "whether the machine restarted since it was seen last";
    assert!(!verdict.not_checked.iter().any(|what| what == restarted), "closing showed that it did not");
    let open = "whether the maker has revoked the device's certificate since";
    assert!(verdict.not_checked.iter().any(|what| what == open), "{:?}", verdict.not_checked);
    let request = v1::GetSessionRequest { name: verdict.session.clone() };
    let session = town.device.sessions.clone().get_session(request).await.unwrap().into_inner();
    let closing = session.closing_appraisal.expect("it closed with evidence");
    assert_eq!((closing.residency(), session.evidence_format.as_str()), (v1::Residency::R1, "tpm2-quote"));
    let signed = v1::inventory_field::Origin::Signed as i32;
    assert!(session.inventory.iter().any(|field| field.name == "firmware-version" && field.origin == signed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_tpm_did_not_say_of_this_session_is_refused_by_name() {
    if !swtpm::is_installed() {
        return;
    }
    let mut host = Host::new();
    let mut town = Town::with(&Ground::in_memory(), |config| {
        host.settings(config);
        config.attestation.residency_min = "R1".to_owned();
    })
    .await;
    host.enrol(&town).await.unwrap();
    let (software, bound, _) = begun(&mut town).await;
    let good = quoted(&mut host.tpm, &bound);
    let other_device = host.maker.make();
    let mut other = tpm(&host.maker, &other_device);
    let stale = wire(&quoted(&mut host.tpm, &[1; 32]));
    let unrestricted = wire(&Evidence { ak_public: UNRESTRICTED.to_vec(), ..good.clone() });
    let copied = wire(&quoted(&mut other, &bound));
    let cases = [
        ("a stale nonce", stale, "binding"),
        ("an unrestricted key", unrestricted, "key-attributes"),
        ("another TPM's quote", copied, "residency"),
        ("no hardware", software.evidence.clone(), "residency"),
    ];
    for (what, evidence, wanted) in cases {
        let request = v1::AttestRequest { evidence, ..software.clone() };
        let refused = town.device.sessions.clone().attest(request).await.unwrap_err();
        assert_eq!(check(&refused), wanted, "{what}: {refused:?}");
    }
    let request = v1::AttestRequest { evidence: wire(&good), ..software };
    let answer = town.device.sessions.clone().attest(request).await.unwrap().into_inner();
    assert_eq!(answer.session.unwrap().residency(), v1::Residency::R1);
    town.alert(&town.device.name(), v1::alert::Kind::EvidenceRefused).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_may_sign_anything_or_answers_wrongly_is_not_enrolled() {
    if !swtpm::is_installed() {
        return;
    }
    let host = Host::new();
    let town = Town::with(&Ground::in_memory(), |config| host.settings(config)).await;
    let mut client = AttestationServiceClient::new(town.channel.clone());
    let asked = v1::ChallengeAttestationKeyRequest {
        agent: town.device.name(),
        endorsement_chain: host.shown.ek_chain.clone(),
        attestation_key: UNRESTRICTED.to_vec(),
    };
    let refused = client.challenge_attestation_key(asked.clone()).await.unwrap_err();
    assert_eq!(check(&refused), "key-attributes");
    let asked = v1::ChallengeAttestationKeyRequest { attestation_key: host.shown.ak_public.clone(), ..asked };
    let unknown = v1::ChallengeAttestationKeyRequest {
        endorsement_chain: host.shown.ek_chain[..1].to_vec(),
        ..asked.clone()
    };
    assert_eq!(check(&client.challenge_attestation_key(unknown).await.unwrap_err()), "chain");
    let challenge = client.challenge_attestation_key(asked.clone()).await.unwrap().into_inner();
    let answer = v1::ActivateAttestationKeyRequest {
        agent: asked.agent,
        endorsement_chain: asked.endorsement_chain,
        attestation_key: asked.attestation_key,
        expire_time: challenge.expire_time,
        secret: vec![0; 32],
    };
    let refused = client.activate_attestation_key(answer).await.unwrap_err();
    assert_eq!(check(&refused), "activation");
    let request = v1::ListAttestationKeysRequest { parent: town.device.name() };
    let listed = client.list_attestation_keys(request).await.unwrap().into_inner();
    assert_eq!(listed.attestation_keys, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tpm_that_restarts_while_it_is_measured_does_not_close() {
    if !swtpm::is_installed() {
        return;
    }
    let mut host = Host::new();
    let mut town = Town::with(&Ground::in_memory(), |config| host.settings(config)).await;
    host.enrol(&town).await.unwrap();
    let (mut request, bound, key) = begun(&mut town).await;
    request.evidence = wire(&quoted(&mut host.tpm, &bound));
    let answer = town.device.sessions.clone().attest(request).await.unwrap().into_inner();
    let attested = Attested { session: answer.session.unwrap(), plan: answer.plan.unwrap(), key };
    host.device.power_cycle();
    let mut request = town.device.closing(&attested, &[]);
    let nonce = closing_nonce(&Binding(bound), &request.transcript);
    request.evidence = wire(&quoted(&mut host.tpm, &nonce));
    let refused = town.device.sessions.clone().close_session(request.clone()).await.unwrap_err();
    assert_eq!(check(&refused), "counters");
    request.evidence = wire(&quoted(&mut host.tpm, &bound));
    let refused = town.device.sessions.clone().close_session(request).await.unwrap_err();
    assert_eq!(check(&refused), "binding", "evidence from before measuring says nothing of after");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tpm_restored_from_a_copy_is_refused() {
    if !swtpm::is_installed() {
        return;
    }
    let mut host = Host::new();
    let mut town = Town::with(&Ground::in_memory(), |config| host.settings(config)).await;
    host.enrol(&town).await.unwrap();
    let copy = host.device.file("tpm2-00.permall");
    host.device.power_cycle();
    host.device.power_cycle();
    assert_eq!(session(&mut town, &mut host.tpm).await.residency(), v1::Residency::R1);
    host.device.restore(&copy);
    let (mut request, bound, _) = begun(&mut town).await;
    request.evidence = wire(&quoted(&mut host.tpm, &bound));
    let refused = town.device.sessions.clone().attest(request).await.unwrap_err();
    assert_eq!(check(&refused), "counters");
    town.alert(&town.device.name(), v1::alert::Kind::Cloned).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_tpm_for_two_agents_at_once_is_told() {
    if !swtpm::is_installed() {
        return;
    }
    let mut host = Host::new();
    let mut town = Town::with(&Ground::in_memory(), |config| host.settings(config)).await;
    host.enrol(&town).await.unwrap();
    let (mut request, bound, _) = begun(&mut town).await;
    request.evidence = wire(&quoted(&mut host.tpm, &bound));
    town.device.sessions.clone().attest(request).await.unwrap();
    town.device = Device::enter(&town.channel, "a-2", "jurong").await;
    host.enrol(&town).await.unwrap();
    let (mut request, bound, _) = begun(&mut town).await;
    request.evidence = wire(&quoted(&mut host.tpm, &bound));
    town.device.sessions.clone().attest(request).await.unwrap();
    town.alert(&town.device.name(), v1::alert::Kind::Cloned).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_reference_values_judge_again() {
    if !swtpm::is_installed() {
        return;
    }
    let mut host = Host::new();
    let mut town = Town::with(&Ground::in_memory(), |config| host.settings(config)).await;
    host.enrol(&town).await.unwrap();
    let before = session(&mut town, &mut host.tpm).await;
    assert_eq!(before.residency(), v1::Residency::R1);
    let mut verdicts = town.verdicts("").await;
    host.publish(2, false);
    let after = next_verdict(&mut verdicts).await;
    assert_eq!((after.session.as_str(), after.residency()), (before.session.as_str(), v1::Residency::R0));
    assert_eq!(after.reasons, [v1::AttestationReason::CodeUnknown as i32]);
    assert!(after.references.starts_with("2 sha256:"), "{}", after.references);
    assert_eq!(after.canonical_sha256, before.canonical_sha256, "where it is did not change");
    town.alert(&before.name, v1::alert::Kind::VerdictFlipped).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_agent_and_a_real_landmark_measure_a_tpms_host() {
    if !swtpm::is_installed() {
        return;
    }
    let (mut host, data, ground) = (Host::new(), tempfile::tempdir().unwrap(), Ground::on_disk());
    let mut town = Town::with(&ground, |config| {
        host.settings(config);
        config.sessions.landmarks = 1;
    })
    .await;
    host.enrol(&town).await.unwrap();
    let service = SigningIdentity::load(&ground.data().join("service.key")).unwrap();
    let verifier = hex::encode(service.public());
    // The landmarks of paper leave, so that the real one is chosen.
    town.works.clear();
    crate::carrier::landmark(&town.house, &town.channel, &verifier, data.path().join("outbox")).await;
    let chain = issuers(&host, data.path());
    let config = lightcone_agent::Config {
        service: format!("http://{}", town.house.address),
        agent: town.device.name(),
        verifier_key: verifier,
        evidence: vec!["tpm2-quote".to_owned()],
        tpm_device: host.device.tcti(),
        tpm_chain: chain,
        ..Default::default()
    };
    let mut verdicts = town.verdicts("").await;
    let agent = Agent::with_identity(&config, town.device.identity).unwrap();
    tokio::spawn(async { agent.run(pending()).await.unwrap() });
    let request = v1::SummonAgentRequest { agent: config.agent.clone(), request_id: String::new() };
    within(async {
        while town.device.sessions.clone().summon_agent(request.clone()).await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
    let verdict = next_verdict(&mut verdicts).await;
    assert_eq!(verdict.residency(), v1::Residency::R1, "{verdict:?}");
    let request = v1::GetSessionRequest { name: verdict.session };
    let session = town.device.sessions.clone().get_session(request).await.unwrap().into_inner();
    assert!(session.closing_appraisal.is_some());
    let host = v1::inventory_field::Origin::Host as i32;
    assert!(session.inventory.iter().any(|field| field.origin == host), "{:?}", session.inventory);
}

/// The file of the makers' certificates, as an agent takes it.
fn issuers(host: &Host, folder: &Path) -> PathBuf {
    let file = folder.join("chain.pem");
    std::fs::write(&file, host.maker.issuers().concat()).unwrap();
    file
}
