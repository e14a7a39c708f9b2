//! Rule books: entered, looked at, made active by two people, and refused with file and line.

use std::collections::BTreeMap;

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::policy_service_client::PolicyServiceClient;
use lightcone::v1::policy_version::State;
use lightcone_policy::{Files, built_in};
use lightcone_tests::House;
use tonic::Code;
use tonic::transport::Channel;
use tonic_types::StatusExt as _;

use super::Court;

type Client = PolicyServiceClient<Channel>;

async fn client(court: &Court, path: &str) -> Client {
    PolicyServiceClient::new(court.channel(path).await).max_decoding_message_size(8 << 20)
}

/// The built-in book under another name.
fn renamed(name: &str) -> Files {
    let mut files = built_in::files();
    let head = files.get_mut("book.toml").unwrap();
    let line = head.lines().find(|line| line.starts_with("name")).unwrap().to_owned();
    *head = head.replace(&line, &format!("name = \"{name}\""));
    files
}

fn wire(files: &Files) -> Vec<v1::PolicyFile> {
    files.iter().map(|(path, text)| v1::PolicyFile { path: path.clone(), text: text.clone() }).collect()
}

fn create(files: &Files) -> v1::CreatePolicyVersionRequest {
    v1::CreatePolicyVersionRequest { files: wire(files), note: "a test".into(), ..Default::default() }
}

fn ask(name: &str) -> v1::RequestPolicyActivationRequest {
    v1::RequestPolicyActivationRequest { name: name.into(), reason: "rules changed".into() }
}

fn approve(version: &v1::PolicyVersion) -> v1::ApprovePolicyActivationRequest {
    v1::ApprovePolicyActivationRequest { name: version.name.clone(), sha256: version.sha256.clone() }
}

async fn active(client: &mut Client) -> v1::PolicyVersion {
    let active = v1::GetPolicyVersionRequest { name: "policyVersions/active".into(), with_files: false };
    client.get_policy_version(active).await.unwrap().into_inner()
}

#[tokio::test]
async fn a_book_becomes_active_by_two_people_who_looked_at_it() {
    let court = Court::open().await;
    let mut kim = client(&court, "tenant/house/supervisor/kim").await;
    let mut lee = client(&court, "tenant/house/supervisor/lee").await;
    let built_in = active(&mut kim).await;
    assert_eq!((built_in.name.as_str(), built_in.state()), ("policyVersions/1", State::Active));
    assert!(built_in.created_by.is_empty() && built_in.instruments.iter().any(|text| text.id == "P02"));

    let files = renamed("house-1");
    let draft = kim.create_policy_version(create(&files)).await.unwrap().into_inner();
    assert_eq!((draft.state(), draft.title.as_str()), (State::Draft, "house-1"));
    let again = kim.create_policy_version(create(&files)).await.unwrap_err();
    assert_eq!(ErrorReason::of(&again), Some(ErrorReason::AlreadyExists), "{again:?}");
    let early = lee.approve_policy_activation(approve(&draft)).await.unwrap_err();
    assert_eq!(ErrorReason::of(&early), Some(ErrorReason::StateForbids), "{early:?}");

    let asked = kim.request_policy_activation(ask(&draft.name)).await.unwrap().into_inner();
    assert_eq!(asked.state(), State::Requested);
    let alone = kim.approve_policy_activation(approve(&draft)).await.unwrap_err();
    assert_eq!(ErrorReason::of(&alone), Some(ErrorReason::SecondPersonNeeded), "{alone:?}");
    let unseen = v1::ApprovePolicyActivationRequest { sha256: built_in.sha256.clone(), ..approve(&draft) };
    let unseen = lee.approve_policy_activation(unseen).await.unwrap_err();
    assert_eq!(unseen.code(), Code::InvalidArgument);
    assert!(unseen.message().contains("sha256") && unseen.message().contains(&draft.sha256), "{unseen:?}");
    assert_eq!(active(&mut lee).await.name, built_in.name, "nothing changed yet");

    let now = lee.approve_policy_activation(approve(&draft)).await.unwrap().into_inner();
    assert_eq!(now.state(), State::Active);
    assert!(now.requested_by.ends_with("/kim") && now.approved_by.ends_with("/lee"), "{now:?}");
    assert_eq!(active(&mut kim).await.name, draft.name);
    let listed =
        kim.list_policy_versions(v1::ListPolicyVersionsRequest::default()).await.unwrap().into_inner();
    let states: Vec<_> =
        listed.policy_versions.iter().map(|version| (version.name.as_str(), version.state())).collect();
    assert_eq!(states, [("policyVersions/2", State::Active), ("policyVersions/1", State::Retired)]);
    let whole = v1::GetPolicyVersionRequest { name: draft.name, with_files: true };
    let whole = kim.get_policy_version(whole).await.unwrap().into_inner();
    let kept: BTreeMap<_, _> = whole.files.into_iter().map(|file| (file.path, file.text)).collect();
    assert_eq!(kept, files, "what was signed and judged by is shown whole");
}

#[tokio::test]
async fn who_entered_a_book_cannot_agree_to_what_another_asked() {
    let court = Court::open().await;
    let mut kim = client(&court, "tenant/house/supervisor/kim").await;
    let mut lee = client(&court, "tenant/house/supervisor/lee").await;
    let draft = kim.create_policy_version(create(&renamed("house-1"))).await.unwrap().into_inner();
    lee.request_policy_activation(ask(&draft.name)).await.unwrap();
    for same in [&mut kim, &mut lee] {
        let refused = same.approve_policy_activation(approve(&draft)).await.unwrap_err();
        assert_eq!(ErrorReason::of(&refused), Some(ErrorReason::SecondPersonNeeded), "{refused:?}");
    }
    let mut ann = client(&court, "tenant/house/supervisor/ann").await;
    ann.approve_policy_activation(approve(&draft)).await.unwrap();
}

#[tokio::test]
async fn in_development_nobody_is_a_second_person() {
    let house = House::open().await;
    let mut anyone = PolicyServiceClient::new(house.channel().await);
    let draft = anyone.create_policy_version(create(&renamed("mine"))).await.unwrap().into_inner();
    let asked = anyone.request_policy_activation(ask(&draft.name)).await.unwrap_err();
    let agreed = anyone.approve_policy_activation(approve(&draft)).await.unwrap_err();
    for refused in [asked, agreed] {
        assert_eq!(ErrorReason::of(&refused), Some(ErrorReason::SecondPersonNeeded), "{refused:?}");
    }
    assert_eq!(active(&mut anyone).await.name, "policyVersions/1");
}

#[tokio::test]
async fn a_bad_book_is_refused_with_file_line_and_remedy() {
    let court = Court::open().await;
    let mut kim = client(&court, "tenant/house/supervisor/kim").await;
    let good = v1::ValidatePolicyRequest { files: wire(&built_in::files()) };
    let good = kim.validate_policy(good).await.unwrap().into_inner();
    assert_eq!((good.faults.len(), good.sha256.as_str()), (0, active(&mut kim).await.sha256.as_str()));

    let mut files = built_in::files();
    let text = files.get_mut("us/P02.toml").unwrap();
    let line = text.lines().position(|line| line.contains("D:5")).unwrap() + 1;
    *text = text.replacen("D:5", "D:55", 1);
    let checked =
        kim.validate_policy(v1::ValidatePolicyRequest { files: wire(&files) }).await.unwrap().into_inner();
    let fault = checked.faults.first().expect("it is told");
    assert_eq!((fault.file.as_str(), fault.line), ("us/P02.toml", line as u32), "{fault:?}");
    assert!(fault.what.contains("D:55") && !fault.remedy.is_empty(), "{fault:?}");
    let refused = kim.create_policy_version(create(&files)).await.unwrap_err();
    assert_eq!(ErrorReason::of(&refused), Some(ErrorReason::FieldInvalid));
    let told = refused.get_details_bad_request().unwrap();
    assert!(told.field_violations[0].field.starts_with(&format!("files/us/P02.toml:{line}:")), "{told:?}");
    let listed =
        kim.list_policy_versions(v1::ListPolicyVersionsRequest::default()).await.unwrap().into_inner();
    assert_eq!(listed.policy_versions.len(), 1, "nothing was kept");
}

#[tokio::test]
async fn requests_that_cannot_be_name_their_field() {
    let court = Court::open().await;
    let mut kim = client(&court, "tenant/house/supervisor/kim").await;
    let named = |name: &str| v1::GetPolicyVersionRequest { name: name.into(), with_files: false };
    let absent = kim.get_policy_version(named("policyVersions/99")).await.unwrap_err();
    assert_eq!(absent.code(), Code::NotFound);
    assert!(absent.message().contains("policyVersions/99"), "{absent:?}");
    for (name, field) in [("", "name"), ("policyVersions/0", "name"), ("books/1", "name")] {
        let refused = kim.get_policy_version(named(name)).await.unwrap_err();
        assert!(refused.code() == Code::InvalidArgument && refused.message().contains(field), "{refused:?}");
    }
    let unsaid = v1::CreatePolicyVersionRequest { note: String::new(), ..create(&renamed("x")) };
    let refused = kim.create_policy_version(unsaid).await.unwrap_err();
    assert_eq!(ErrorReason::of(&refused), Some(ErrorReason::FieldMissing), "{refused:?}");
    let twice = v1::PolicyFile { path: "book.toml".into(), text: String::new() };
    let both = vec![twice.clone(), twice];
    let refused = kim.validate_policy(v1::ValidatePolicyRequest { files: both }).await.unwrap_err();
    assert!(refused.message().contains("files[1].path"), "{refused:?}");
    let sealed = v1::CreatePolicyVersionRequest { signature: vec![7; 64], ..create(&renamed("x")) };
    let refused = kim.create_policy_version(sealed).await.unwrap_err();
    assert!(refused.message().contains("signature"), "{refused:?}");
}

#[tokio::test]
async fn a_request_that_comes_twice_enters_one_book() {
    let court = Court::open().await;
    let mut kim = client(&court, "tenant/house/supervisor/kim").await;
    let once = v1::CreatePolicyVersionRequest {
        request_id: "5a0f6a2e-6c1f-4ad5-9b58-3f0a6f1f6f3e".into(),
        ..create(&renamed("house-1"))
    };
    let first = kim.create_policy_version(once.clone()).await.unwrap().into_inner();
    assert_eq!(kim.create_policy_version(once.clone()).await.unwrap().into_inner(), first);
    let other = v1::CreatePolicyVersionRequest { files: wire(&renamed("house-2")), ..once };
    let reused = kim.create_policy_version(other).await.unwrap_err();
    assert_eq!(ErrorReason::of(&reused), Some(ErrorReason::RequestIdReused), "{reused:?}");
}
