//! What outlives a server, and what is told when the store does not.

use std::time::Duration;

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone_tests::Ground;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt as _;

use super::records::{Desk, chip, landmark, new_chip, new_landmark, new_site, pair, request_id, site};

#[tokio::test]
async fn a_restart_keeps_everything_on_disk() {
    a_restart_keeps_everything(Ground::on_disk()).await;
}

#[tokio::test]
async fn a_restart_keeps_everything_on_postgres() {
    if let Some(ground) = Ground::on_postgres().await {
        a_restart_keeps_everything(ground).await;
    }
}

async fn a_restart_keeps_everything(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let agent = desk.agent("a", 1).await;
    desk.agent("b", 2).await;
    let landmark = desk.landmarks.create_landmark(new_landmark("l", landmark(1))).await.unwrap().into_inner();
    let create = v1::CreateChipRequest { request_id: request_id(), ..new_chip("", chip("1")) };
    let made = desk.chips.create_chip(create.clone()).await.unwrap().into_inner();
    let id = made.name.trim_start_matches("chips/").to_owned();
    desk.chips.pair_chip(pair(&id, "agents/a", false)).await.unwrap();
    let paired = desk.chips.pair_chip(pair(&id, "agents/b", false)).await.unwrap().into_inner();
    for at in 0..5 {
        desk.sites.create_site(new_site(&format!("t-{at}"), site())).await.unwrap();
    }
    let ask = v1::ListSitesRequest { page_size: 3, ..Default::default() };
    let page = desk.sites.list_sites(ask.clone()).await.unwrap().into_inner();
    desk.close().await;

    let mut desk = Desk::on(&ground).await;
    let named = v1::GetAgentRequest { name: "agents/a".into() };
    assert_eq!(desk.agents.get_agent(named).await.unwrap().into_inner(), agent);
    let named = v1::GetLandmarkRequest { name: "landmarks/l".into() };
    assert_eq!(desk.landmarks.get_landmark(named).await.unwrap().into_inner(), landmark);
    let named = v1::GetChipRequest { name: made.name.clone() };
    assert_eq!(desk.chips.get_chip(named).await.unwrap().into_inner(), paired);
    assert_eq!(desk.chips.create_chip(create).await.unwrap().into_inner(), made, "the answer is remembered");
    let rest = v1::ListSitesRequest { page_token: page.next_page_token, ..ask };
    assert_eq!(desk.sites.list_sites(rest).await.unwrap().into_inner().sites.len(), 3, "tokens hold");
    let alerts = desk.alerts.list_alerts(v1::ListAlertsRequest::default()).await.unwrap().into_inner().alerts;
    assert_eq!(alerts.len(), 1);
    let ties = v1::ListChipTiesRequest { parent: made.name };
    assert_eq!(desk.chips.list_chip_ties(ties).await.unwrap().into_inner().ties.len(), 2);
    desk.close().await;
}

#[tokio::test]
async fn without_its_store_a_server_says_so_and_still_locates() {
    let mut desk = Desk::on(&Ground::on_disk()).await;
    let mut health = HealthClient::new(desk.house.admin_channel().await);
    let ask = |service: &str| HealthCheckRequest { service: service.to_owned() };
    let mut watch = health.watch(ask("lightcone.v1.SiteService")).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    desk.house.store.close().await;
    let told = tokio::time::timeout(Duration::from_secs(30), watch.message()).await.expect("it is told");
    assert_eq!(told.unwrap().unwrap().status(), ServingStatus::NotServing);
    for (service, status) in
        [("", ServingStatus::NotServing), ("lightcone.v1.LocationService", ServingStatus::Serving)]
    {
        assert_eq!(health.check(ask(service)).await.unwrap().into_inner().status(), status, "{service}");
    }
    for answer in [
        desk.sites.create_site(new_site("s", site())).await,
        desk.sites.get_site(v1::GetSiteRequest { name: "sites/s".into() }).await,
    ] {
        let status = answer.unwrap_err();
        assert_eq!(ErrorReason::of(&status), Some(ErrorReason::StoreUnavailable), "{status:?}");
        assert!(status.get_details_retry_info().unwrap().retry_delay.is_some());
        assert!(!status.message().contains("sqlite"), "{status:?}");
    }
    assert!(desk.house.client().await.locate(crate::calls::request()).await.is_ok());
}

#[cfg(unix)]
#[tokio::test]
async fn the_folder_is_for_the_servers_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let ground = Ground::on_disk();
    let desk = Desk::on(&ground).await;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&ground.data()), 0o700);
    assert_eq!(mode(&ground.data().join("service.key")), 0o600);
    desk.close().await;
    let key = std::fs::read(ground.data().join("service.key")).unwrap();
    Desk::on(&ground).await.close().await;
    assert_eq!(std::fs::read(ground.data().join("service.key")).unwrap(), key, "the key stays");
}
