//! Evidence by itself over the wire, references in force, inventories. Sessions on hardware are in `tpm.rs`.

use std::time::{SystemTime, UNIX_EPOCH};

use ed25519_dalek::Signer as _;
use lightcone::v1;
use lightcone::v1::attestation_service_client::AttestationServiceClient;
use lightcone_attest::UnixTime;
use lightcone_attest::ear::jwt;
use lightcone_attest::nvidia::devices;
use lightcone_keyring::SigningIdentity;
use lightcone_tests::{Ground, House};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::town::Town;

/// Four real GPUs of one host; their reports share one nonce.
const FOUR: &[u8] = include_bytes!("../../crates/attest/tests/vectors/nvidia/gh100x4_evidence.json");

fn four() -> Vec<v1::Evidence> {
    let pieces = devices(FOUR).unwrap();
    pieces
        .into_iter()
        .map(|(kind, payload)| v1::Evidence { format: kind.name().to_owned(), payload })
        .collect()
}

fn refused(status: &Status, reason: &str) -> std::collections::HashMap<String, String> {
    let info = status.get_details_error_info().expect("an ErrorInfo");
    assert_eq!(info.reason, reason, "{status:?}");
    info.metadata
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_gpus_are_appraised_by_themselves_with_a_result_for_others() {
    let ground = Ground::on_disk();
    let house = House::on(&ground, |_| {}).await;
    let mut client = AttestationServiceClient::new(house.channel().await);
    let request = v1::AppraiseEvidenceRequest { evidence: four(), ..Default::default() };
    let answer = client.appraise_evidence(request.clone()).await.unwrap().into_inner();
    let appraisal = answer.appraisal.unwrap();
    assert_eq!((appraisal.devices.len(), appraisal.baseboards.len()), (4, 1));
    assert_eq!((appraisal.residency(), appraisal.binds_session_key), (v1::Residency::R0, false));
    assert!(appraisal.reasons.contains(&(v1::AttestationReason::IdentityOnly as i32)));
    let bus = "nvidia-gpu: whether the chip is in the machine that answered";
    assert!(appraisal.not_checked.iter().any(|what| what == bus), "{:?}", appraisal.not_checked);

    let key = SigningIdentity::load(&ground.data().join("service.key")).unwrap().public();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let now = UnixTime::from_s(i64::try_from(now).unwrap());
    let ear = jwt::open(answer.ear_jwt.as_bytes(), &[key], now).expect("signed by the service");
    assert_eq!(ear.submods.keys().collect::<Vec<_>>(), ["gpu-0", "gpu-1", "gpu-2", "gpu-3"]);
    assert!(jwt::open(answer.ear_jwt.as_bytes(), &[[1; 32]], now).is_err());

    let past = prost_types::Timestamp { seconds: 1_780_000_000, nanos: 0 };
    let past = v1::AppraiseEvidenceRequest { appraise_time: Some(past), ..request };
    let answer = client.appraise_evidence(past).await.unwrap().into_inner();
    assert_eq!((answer.ear_jwt.as_str(), answer.ear_cwt.len()), ("", 0), "no result of another time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn evidence_that_shows_nothing_is_refused_by_its_place_and_check() {
    let house = House::open().await;
    let mut client = AttestationServiceClient::new(house.channel().await);
    let request = v1::AppraiseEvidenceRequest { evidence: four(), ..Default::default() };
    let other = v1::AppraiseEvidenceRequest { binding: vec![7; 32], ..request.clone() };
    let status = client.appraise_evidence(other).await.unwrap_err();
    assert_eq!(refused(&status, "EVIDENCE_REFUSED")["check"], "nonce");
    assert!(status.message().contains("evidence[0]"), "{status:?}");
    let short = v1::AppraiseEvidenceRequest { binding: vec![7; 31], ..request.clone() };
    refused(&client.appraise_evidence(short).await.unwrap_err(), "FIELD_INVALID");
    let none = v1::AppraiseEvidenceRequest::default();
    refused(&client.appraise_evidence(none).await.unwrap_err(), "FIELD_MISSING");
    let mut hearsay = request.clone();
    hearsay.evidence[2].format = "hearsay".to_owned();
    let status = client.appraise_evidence(hearsay).await.unwrap_err();
    assert!(status.message().contains("evidence[2].format"), "{status:?}");
    let nobody = v1::AppraiseEvidenceRequest { agent: "agents/nobody".to_owned(), ..request };
    assert_eq!(client.appraise_evidence(nobody).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_document_the_references_are_those_that_are_built_in() {
    let house = House::open().await;
    let mut client = AttestationServiceClient::new(house.channel().await);
    let references = client.get_references(v1::GetReferencesRequest {}).await.unwrap().into_inner();
    assert_eq!((references.version.as_str(), references.images.len()), ("built-in", 0));
    assert!(references.roots.iter().any(|root| root.contains("NVIDIA")), "{:?}", references.roots);
    assert_eq!(references.expire_time, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inventory_is_taken_when_the_sessions_key_signed_it_and_shown_as_the_hosts_word() {
    let mut town = Town::found(&Ground::in_memory()).await;
    let mut line = town.device.attend().await;
    let summons = town.device.summoned(&mut line).await;
    let (request, key) = town.device.evidence(&summons, &mut town.seed);
    let json = br#"{"format": "lightcone-inventory/1", "system": {"driver_version": "590.12"}}"#;
    let unsigned = v1::AttestRequest { inventory: json.to_vec(), ..request.clone() };
    let status = town.device.sessions.clone().attest(unsigned).await.unwrap_err();
    assert_eq!(refused(&status, "EVIDENCE_REFUSED")["check"], "inventory");
    let garbage = v1::AttestRequest { inventory: b"{".to_vec(), ..request.clone() };
    refused(&town.device.sessions.clone().attest(garbage).await.unwrap_err(), "FIELD_INVALID");

    let bound = town.device.binding(&summons, &request);
    let signed = [b"lightcone/inventory/v1\0".as_slice(), &bound, json].concat();
    let request = v1::AttestRequest {
        inventory: json.to_vec(),
        inventory_signature: key.sign(&signed).to_bytes().to_vec(),
        ..request
    };
    let answer = town.device.sessions.clone().attest(request).await.unwrap().into_inner();
    let request = v1::GetSessionRequest { name: answer.session.unwrap().name };
    let session = town.device.sessions.clone().get_session(request).await.unwrap().into_inner();
    let driver = session.inventory.iter().find(|field| field.name == "driver_version").expect("the driver");
    assert_eq!((driver.value.as_str(), driver.of.as_str()), ("590.12", "host"));
    assert_eq!(driver.origin(), v1::inventory_field::Origin::Host);
}
