//! Records of one tenant and callers of others.

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::access_service_client::AccessServiceClient;
use lightcone::v1::agent_service_client::AgentServiceClient;
use lightcone::v1::chip_service_client::ChipServiceClient;
use lightcone::v1::landmark_service_client::LandmarkServiceClient;
use lightcone::v1::session_service_client::SessionServiceClient;
use lightcone::v1::site_service_client::SiteServiceClient;
use tonic::{Code, Status};

use super::Court;

fn site(id: &str) -> v1::CreateSiteRequest {
    let site = v1::Site { display_name: id.to_owned(), ..v1::Site::default() };
    v1::CreateSiteRequest { site_id: id.to_owned(), site: Some(site), ..v1::CreateSiteRequest::default() }
}

fn agent(id: &str, site: &str) -> v1::CreateAgentRequest {
    let key = lightcone_keyring::SigningIdentity::generate().expect("a key").public().to_vec();
    let agent = v1::Agent { site: site.to_owned(), identity_key: key, ..v1::Agent::default() };
    v1::CreateAgentRequest {
        agent_id: id.to_owned(),
        agent: Some(agent),
        ..v1::CreateAgentRequest::default()
    }
}

#[track_caller]
fn is_not_found(status: &Status, name: &str) {
    assert_eq!(status.code(), Code::NotFound, "{status:?}");
    assert!(status.message().contains(name), "{status:?}");
}

#[tokio::test]
async fn an_owner_sees_its_own_records_and_not_that_others_exist() {
    let court = Court::open().await;
    let ours = court.channel("tenant/ours/site-owner/a").await;
    let rival = court.channel("tenant/rival/site-owner/b").await;
    let mut sites = SiteServiceClient::new(ours.clone());
    let made = sites.create_site(site("jurong")).await.unwrap().into_inner();
    assert_eq!(made.tenant, "ours");
    let mut agents = AgentServiceClient::new(ours.clone());
    assert_eq!(agents.create_agent(agent("a-1", "sites/jurong")).await.unwrap().into_inner().tenant, "ours");

    let mut theirs = SiteServiceClient::new(rival.clone());
    let named = v1::GetSiteRequest { name: "sites/jurong".into() };
    let hidden = theirs.get_site(named.clone()).await.unwrap_err();
    is_not_found(&hidden, "sites/jurong");
    // Word for word what is said of what does not exist.
    let missing = theirs.get_site(v1::GetSiteRequest { name: "sites/nowhere".into() }).await.unwrap_err();
    assert_eq!(hidden.message().replace("jurong", "nowhere"), missing.message());
    assert_eq!(hidden.details().len(), missing.details().len() - 2, "but for the letters of the name");
    let none = theirs.list_sites(v1::ListSitesRequest::default()).await.unwrap().into_inner();
    assert!(none.sites.is_empty());
    let update = v1::UpdateSiteRequest {
        site: Some(v1::Site { name: "sites/jurong".into(), display_name: "ha".into(), ..Default::default() }),
        update_mask: Some(prost_types::FieldMask { paths: vec!["display_name".into()] }),
        ..Default::default()
    };
    is_not_found(&theirs.update_site(update).await.unwrap_err(), "sites/jurong");
    let retire =
        v1::RetireSiteRequest { name: "sites/jurong".into(), reason: "x".into(), ..Default::default() };
    is_not_found(&theirs.retire_site(retire).await.unwrap_err(), "sites/jurong");
    // Nor is an agent put into another's hall, or one of it summoned.
    let mut intruder = AgentServiceClient::new(rival.clone());
    is_not_found(&intruder.create_agent(agent("spy", "sites/jurong")).await.unwrap_err(), "sites/jurong");
    let mut sessions = SessionServiceClient::new(rival.clone());
    let summon = v1::SummonAgentRequest { agent: "agents/a-1".into(), request_id: String::new() };
    is_not_found(&sessions.summon_agent(summon).await.unwrap_err(), "agents/a-1");
    // What it asks of itself tells no more.
    let mut access = AccessServiceClient::new(rival);
    let ask =
        v1::CanIRequest { call: "SiteService/GetSite".into(), resource: "sites/jurong".into(), as_role: 0 };
    is_not_found(&access.can_i(ask).await.unwrap_err(), "sites/jurong");
    assert_eq!(sites.get_site(named).await.unwrap().into_inner(), made);
}

#[tokio::test]
async fn a_request_id_fetches_nobody_elses_answer() {
    let court = Court::open().await;
    let request_id = uuid::Uuid::now_v7().to_string();
    let wanted = v1::CreateSiteRequest { request_id, ..site("tuas") };
    let mut ours = SiteServiceClient::new(court.channel("tenant/ours/site-owner/a").await);
    let mut rival = SiteServiceClient::new(court.channel("tenant/rival/site-owner/b").await);
    ours.create_site(wanted.clone()).await.unwrap();
    let refused = rival.create_site(wanted.clone()).await.unwrap_err();
    assert_eq!(ErrorReason::of(&refused), Some(ErrorReason::RequestIdReused), "{refused:?}");
    ours.create_site(wanted).await.unwrap();
}

#[tokio::test]
async fn an_agent_is_only_itself() {
    let court = Court::open().await;
    let owner = court.channel("tenant/ours/site-owner/a").await;
    SiteServiceClient::new(owner.clone()).create_site(site("hall")).await.unwrap();
    let mut agents = AgentServiceClient::new(owner);
    for id in ["a-1", "a-2"] {
        agents.create_agent(agent(id, "sites/hall")).await.unwrap();
    }
    let mut sessions = SessionServiceClient::new(court.channel("agent/a-1").await);
    let attend = |agent: &str| v1::AttendRequest { agent: agent.to_owned() };
    let mut line = sessions.attend(attend("agents/a-1")).await.unwrap().into_inner();
    assert!(line.message().await.unwrap().is_some(), "a sign of life");
    is_not_found(&sessions.attend(attend("agents/a-2")).await.unwrap_err(), "agents/a-2");
}

#[tokio::test]
async fn an_agent_of_a_frozen_tenant_does_nothing() {
    let court = Court::with(|trust, config| {
        let file = trust.file("directory.toml");
        std::fs::write(&file, "").unwrap();
        config.access.directory = file.display().to_string();
    })
    .await;
    let owner = court.channel("tenant/ours/site-owner/a").await;
    SiteServiceClient::new(owner.clone()).create_site(site("hall")).await.unwrap();
    AgentServiceClient::new(owner.clone()).create_agent(agent("a-1", "sites/hall")).await.unwrap();
    let mut sessions = SessionServiceClient::new(court.channel("agent/a-1").await);
    let attend = v1::AttendRequest { agent: "agents/a-1".into() };
    sessions.attend(attend.clone()).await.unwrap();
    std::fs::write(court.trust.file("directory.toml"), "[tenants.ours]\nfrozen = true\n").unwrap();
    let begin = std::time::Instant::now();
    let refused = loop {
        match sessions.attend(attend.clone()).await {
            // The change came while the call was made.
            Err(refused) if refused.code() == Code::Unauthenticated => {}
            Err(refused) => break refused,
            Ok(_) if begin.elapsed().as_secs() < 30 => {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await
            }
            Ok(_) => unreachable!("the directory is not read again"),
        }
    };
    assert!(matches!(refused.code(), Code::NotFound | Code::PermissionDenied), "{refused:?}");
    let refused =
        SiteServiceClient::new(owner).list_sites(v1::ListSitesRequest::default()).await.unwrap_err();
    assert!(refused.message().contains("frozen-tenants"), "{refused:?}");
}

#[tokio::test]
async fn a_chip_is_seen_by_whose_it_is_and_who_has_it() {
    let court = Court::open().await;
    let desk = court.channel("tenant/vendor/order-desk/d").await;
    let owner = court.channel("tenant/buyer/site-owner/o").await;
    let stranger = court.channel("tenant/rival/site-owner/r").await;
    SiteServiceClient::new(owner.clone()).create_site(site("hall")).await.unwrap();
    AgentServiceClient::new(owner.clone()).create_agent(agent("a-1", "sites/hall")).await.unwrap();
    let chip = v1::Chip {
        serial: "s-1".into(),
        sku: "H20-96GB".into(),
        parties: vec!["buyer".into(), "bank".into()],
        ..v1::Chip::default()
    };
    let create = v1::CreateChipRequest { chip_id: "c-1".into(), chip: Some(chip), ..Default::default() };
    let made = ChipServiceClient::new(desk.clone()).create_chip(create).await.unwrap().into_inner();
    assert_eq!((made.tenant.as_str(), made.holder.as_str()), ("vendor", ""));
    let pair = v1::PairChipRequest {
        name: "chips/c-1".into(),
        agent: "agents/a-1".into(),
        reason: "installed".into(),
        ..Default::default()
    };
    let mut rival = ChipServiceClient::new(stranger);
    is_not_found(&rival.pair_chip(pair.clone()).await.unwrap_err(), "chips/c-1");
    let mut holder = ChipServiceClient::new(owner);
    let paired = holder.pair_chip(pair).await.unwrap().into_inner();
    assert_eq!(paired.holder, "buyer");
    let named = v1::GetChipRequest { name: "chips/c-1".into() };
    assert_eq!(holder.get_chip(named.clone()).await.unwrap().into_inner(), paired);
    assert_eq!(ChipServiceClient::new(desk).get_chip(named.clone()).await.unwrap().into_inner(), paired);
    is_not_found(&rival.get_chip(named).await.unwrap_err(), "chips/c-1");
    // To be party to a chip is not to see its record.
    let mut bank = ChipServiceClient::new(court.channel("tenant/bank/site-owner/b").await);
    for (client, count) in [(&mut holder, 1), (&mut rival, 0), (&mut bank, 0)] {
        let listed = client.list_chips(v1::ListChipsRequest::default()).await.unwrap().into_inner();
        assert_eq!(listed.chips.len(), count);
    }
    // That it came back is for the desk to say, and the desk alone may then untie it.
    let back = v1::PairChipRequest {
        name: "chips/c-1".into(),
        reason: "came back".into(),
        rma: true,
        ..Default::default()
    };
    let refused = holder.pair_chip(back.clone()).await.unwrap_err();
    assert!(refused.message().contains("rma"), "{refused:?}");
    let desk = court.channel("tenant/vendor/order-desk/d").await;
    let untied = ChipServiceClient::new(desk).pair_chip(back).await;
    assert_eq!(untied.unwrap().into_inner().holder, "");
}

#[tokio::test]
async fn an_operator_cannot_say_that_its_landmark_is_to_be_trusted() {
    let court = Court::open().await;
    let mut operator =
        LandmarkServiceClient::new(court.channel("tenant/clockwork/landmark-operator/x").await);
    let mut landmark = crate::registry::records::landmark(1);
    (landmark.operator, landmark.group) = (String::new(), String::new());
    let create = |landmark: &v1::RegisteredLandmark| v1::CreateLandmarkRequest {
        landmark_id: "oslo-1".into(),
        landmark: Some(landmark.clone()),
        ..Default::default()
    };
    let own_group = v1::RegisteredLandmark { group: "alone".into(), ..landmark.clone() };
    let refused = operator.create_landmark(create(&own_group)).await.unwrap_err();
    assert!(refused.message().contains("group") && refused.message().contains("enrolment"), "{refused:?}");
    let made = operator.create_landmark(create(&landmark)).await.unwrap().into_inner();
    assert_eq!((made.operator.as_str(), made.tenant.as_str()), ("clockwork", "clockwork"));
    assert_eq!(made.state(), v1::registered_landmark::State::Probation);

    let set = |state: v1::registered_landmark::State| v1::UpdateLandmarkRequest {
        landmark: Some(v1::RegisteredLandmark {
            name: "landmarks/oslo-1".into(),
            state: state as i32,
            ..Default::default()
        }),
        update_mask: Some(prost_types::FieldMask { paths: vec!["state".into()] }),
        ..Default::default()
    };
    use v1::registered_landmark::State;
    let refused = operator.update_landmark(set(State::Active)).await.unwrap_err();
    assert!(refused.message().contains("cannot say"), "{refused:?}");
    operator.update_landmark(set(State::Suspended)).await.unwrap();
    let mut supervisor = LandmarkServiceClient::new(court.channel("tenant/agency/supervisor/s").await);
    let trusted = supervisor.update_landmark(set(State::Active)).await.unwrap().into_inner();
    assert_eq!(trusted.state(), State::Active);
    // Who answers for trust does not move landmarks.
    let mut moved = set(State::Active);
    moved.landmark.as_mut().unwrap().point = Some(v1::Point { latitude_deg: 1.0, longitude_deg: 2.0 });
    moved.update_mask.as_mut().unwrap().paths = vec!["point".into()];
    let refused = supervisor.update_landmark(moved.clone()).await.unwrap_err();
    assert_eq!(ErrorReason::of(&refused), Some(ErrorReason::Forbidden), "{refused:?}");
    // What moves is on probation again.
    let moved = operator.update_landmark(moved).await.unwrap().into_inner();
    assert_eq!(moved.state(), State::Probation);
}
