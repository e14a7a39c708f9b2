//! Calls that last, and callers who cease to be entitled while they do.

use std::time::{Duration, Instant};

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::verdict_service_client::VerdictServiceClient;
use lightcone_access::Policy;
use lightcone_tests::trust;
use tonic::Status;
use tonic::transport::Channel;

use super::Court;

/// Whoever is no longer entitled is cut off within this.
const MINUTE: Duration = Duration::from_secs(60);

fn watch() -> v1::WatchVerdictsRequest {
    v1::WatchVerdictsRequest { parent: "agents/-".into(), resume_token: String::new() }
}

/// Watches until the stream ends; says how, and after how long.
async fn watched(channel: Channel) -> (Option<Status>, Duration) {
    let mut verdicts = VerdictServiceClient::new(channel);
    let mut stream = verdicts.watch_verdicts(watch()).await.expect("let in").into_inner();
    let begin = Instant::now();
    loop {
        match tokio::time::timeout(MINUTE, stream.message()).await.expect("cut off within a minute") {
            Ok(Some(_)) => {}
            Ok(None) => return (None, begin.elapsed()),
            Err(status) => return (Some(status), begin.elapsed()),
        }
    }
}

#[tokio::test]
async fn a_stream_ends_when_the_rules_no_longer_allow_it_and_others_go_on() {
    let mut file = None;
    let court = Court::with(|trust, config| {
        let path = trust.file("rules.cedar");
        std::fs::write(&path, Policy::built_in().unwrap().text()).unwrap();
        config.access.policies = path.display().to_string();
        file = Some(path);
    })
    .await;
    let ends = tokio::spawn(watched(court.channel("tenant/ours/site-owner/a").await));
    let mut stays = VerdictServiceClient::new(court.channel("tenant/ours/analyst/b").await);
    let mut stays = stays.watch_verdicts(watch()).await.unwrap().into_inner();
    assert!(stays.message().await.unwrap().is_some());
    tokio::time::sleep(Duration::from_millis(300)).await;
    let stricter = format!(
        "{}\n@id(\"no-owners-today\")\nforbid (principal in Role::\"site-owner\", action in \
         Action::\"seeing-sites\", resource);\n",
        Policy::built_in().unwrap().text()
    );
    std::fs::write(file.unwrap(), stricter).unwrap();
    let (ended, after) = ends.await.unwrap();
    let ended = ended.expect("a status, not a broken connection");
    assert_eq!(ErrorReason::of(&ended), Some(ErrorReason::Forbidden), "{ended:?} after {after:?}");
    assert!(ended.message().contains("no-owners-today"), "{ended:?}");
    let quiet = tokio::time::timeout(Duration::from_millis(500), stays.message()).await;
    assert!(quiet.is_err(), "it goes on: {quiet:?}");
}

#[tokio::test]
async fn a_stream_ends_with_its_certificate() {
    let court = Court::open().await;
    let files = court.trust.files("tenant/ours/site-owner/brief", Duration::from_secs(5));
    let identity = lightcone_identity::Identity::open(&files).await.unwrap();
    let url = trust::url(court.house.address);
    let channel = lightcone_identity::dial::channel(&url, Some(&identity)).unwrap();
    let (ended, after) = watched(channel).await;
    let ended = ended.expect("a status");
    assert_eq!(ErrorReason::of(&ended), Some(ErrorReason::Unauthenticated), "{ended:?} after {after:?}");
    assert!(after < Duration::from_secs(30), "{after:?}");
}

#[tokio::test]
async fn a_stream_ends_when_its_caller_becomes_another() {
    let directory = |tenant: &str| {
        format!(
            "[[machines]]\nid = \"spiffe://example.org/desk\"\ntenant = \"{tenant}\"\nroles = [\"site-owner\"]\n"
        )
    };
    let mut file = None;
    let court = Court::with(|trust, config| {
        let path = trust.file("directory.toml");
        std::fs::write(&path, directory("acme")).unwrap();
        config.access.directory = path.display().to_string();
        file = Some(path);
    })
    .await;
    let ends = tokio::spawn(watched(court.channel("desk").await));
    tokio::time::sleep(Duration::from_millis(500)).await;
    std::fs::write(file.unwrap(), directory("other")).unwrap();
    let (ended, _) = ends.await.unwrap();
    let ended = ended.expect("a status");
    assert_eq!(ErrorReason::of(&ended), Some(ErrorReason::Unauthenticated), "{ended:?}");
}
