//! Cases: what an analyst sees, on whose word, and what the owner sees of that.

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::access_service_client::AccessServiceClient;
use lightcone::v1::case_service_client::CaseServiceClient;
use lightcone::v1::site_service_client::SiteServiceClient;
use tonic::Code;

use super::Court;

const DIRECTORY: &str = "[tenants.agency]\nareas = [\"*\"]\n";

async fn court() -> Court {
    Court::with(|trust, config| {
        let file = trust.file("directory.toml");
        std::fs::write(&file, DIRECTORY).unwrap();
        config.access.directory = file.display().to_string();
    })
    .await
}

#[tokio::test]
async fn a_sealed_site_is_opened_by_two_people_and_its_owner_sees_every_look() {
    let court = court().await;
    let owner = court.channel("tenant/acme/site-owner/o").await;
    let mut sites = SiteServiceClient::new(owner.clone());
    let site = v1::Site {
        claimed_point: Some(v1::Point { latitude_deg: 1.3, longitude_deg: 103.7 }),
        ..v1::Site::default()
    };
    let create = v1::CreateSiteRequest { site_id: "hall".into(), site: Some(site), ..Default::default() };
    sites.create_site(create).await.unwrap();

    let analyst = court.channel("tenant/agency/analyst/ann").await;
    let (mut cases, mut looks) = (CaseServiceClient::new(analyst.clone()), SiteServiceClient::new(analyst));
    let named = v1::GetSiteRequest { name: "sites/hall".into() };
    assert_eq!(looks.get_site(named.clone()).await.unwrap_err().code(), Code::NotFound);

    let request = v1::RequestCaseRequest {
        site: "sites/hall".into(),
        reason: "half of the order fell silent".into(),
        ..Default::default()
    };
    let case = cases.request_case(request).await.unwrap().into_inner();
    assert_eq!(case.state(), v1::case::State::Requested);
    assert_eq!(looks.get_site(named.clone()).await.unwrap_err().code(), Code::NotFound, "one person");
    let approve = v1::ApproveCaseRequest { name: case.name.clone() };
    let refused = cases.approve_case(approve.clone()).await.unwrap_err();
    assert_eq!(ErrorReason::of(&refused), Some(ErrorReason::Forbidden), "not an analyst's to approve");
    let stranger = court.channel("tenant/bureau/supervisor/x").await;
    let refused = CaseServiceClient::new(stranger).approve_case(approve.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound, "of another agency");

    let supervisor = court.channel("tenant/agency/supervisor/sue").await;
    let opened = CaseServiceClient::new(supervisor).approve_case(approve).await.unwrap().into_inner();
    assert_eq!(opened.state(), v1::case::State::Open);
    assert!(opened.approved_by.ends_with("/supervisor/sue") && opened.requested_by.ends_with("/analyst/ann"));
    let seen = looks.get_site(named.clone()).await.unwrap().into_inner();
    assert!(seen.claimed_point.is_some());
    let colleague = court.channel("tenant/agency/analyst/bob").await;
    let hidden = SiteServiceClient::new(colleague).get_site(named.clone()).await.unwrap_err();
    assert_eq!(hidden.code(), Code::NotFound, "a case is one analyst's");
    // To look is not to change.
    let retire =
        v1::RetireSiteRequest { name: "sites/hall".into(), reason: "x".into(), ..Default::default() };
    assert_eq!(ErrorReason::of(&looks.retire_site(retire).await.unwrap_err()), Some(ErrorReason::Forbidden));

    let mut audit = AccessServiceClient::new(owner);
    let told = audit.list_accesses(v1::ListAccessesRequest::default()).await.unwrap().into_inner().accesses;
    assert_eq!(told.len(), 1, "{told:?}");
    let look = &told[0];
    assert!(look.subject.ends_with("/tenant/agency/analyst/ann"), "{look:?}");
    assert_eq!(
        (look.call.as_str(), look.resource.as_str(), look.case.as_str(), look.reason.as_str()),
        ("SiteService/GetSite", "sites/hall", case.name.as_str(), "half of the order fell silent")
    );

    cases.close_case(v1::CloseCaseRequest { name: case.name.clone() }).await.unwrap();
    assert_eq!(looks.get_site(named).await.unwrap_err().code(), Code::NotFound, "sealed again");
}

#[tokio::test]
async fn a_case_opens_nothing_outside_the_agencys_areas() {
    let court = Court::with(|trust, config| {
        let file = trust.file("directory.toml");
        std::fs::write(&file, "[tenants.agency]\nareas = [\"FR\", \"SG\"]\n").unwrap();
        config.access.directory = file.display().to_string();
    })
    .await;
    let mut sites = SiteServiceClient::new(court.channel("tenant/acme/site-owner/o").await);
    let point = |latitude_deg, longitude_deg| Some(v1::Point { latitude_deg, longitude_deg });
    for (id, claimed_point) in [("tuas", point(1.32, 103.65)), ("hanau", point(50.1, 8.9)), ("dark", None)] {
        let site = v1::Site { claimed_point, ..v1::Site::default() };
        let create = v1::CreateSiteRequest { site_id: id.into(), site: Some(site), ..Default::default() };
        sites.create_site(create).await.unwrap();
    }
    let analyst = court.channel("tenant/agency/analyst/ann").await;
    let mut supervisor = CaseServiceClient::new(court.channel("tenant/agency/supervisor/sue").await);
    let (mut cases, mut looks) = (CaseServiceClient::new(analyst.clone()), SiteServiceClient::new(analyst));
    for (id, is_seen) in [("tuas", true), ("hanau", false), ("dark", true)] {
        let name = format!("sites/{id}");
        let request = v1::RequestCaseRequest { site: name.clone(), reason: "x".into(), ..Default::default() };
        let case = cases.request_case(request).await.unwrap().into_inner();
        supervisor.approve_case(v1::ApproveCaseRequest { name: case.name }).await.unwrap();
        let seen = looks.get_site(v1::GetSiteRequest { name }).await;
        assert_eq!(seen.is_ok(), is_seen, "{id}: {seen:?}");
    }
}

#[tokio::test]
async fn who_is_analyst_and_supervisor_is_still_one_person() {
    let court = Court::with(|trust, config| {
        let file = trust.file("directory.toml");
        let both = "[[machines]]\nid = \"spiffe://example.org/both\"\ntenant = \"agency\"\n\
                    roles = [\"analyst\", \"supervisor\"]\n";
        std::fs::write(&file, format!("{both}{DIRECTORY}")).unwrap();
        config.access.directory = file.display().to_string();
    })
    .await;
    let mut cases = CaseServiceClient::new(court.channel("both").await);
    let request =
        v1::RequestCaseRequest { site: "sites/any".into(), reason: "x".into(), ..Default::default() };
    let case = cases.request_case(request).await.unwrap().into_inner();
    let refused = cases.approve_case(v1::ApproveCaseRequest { name: case.name }).await.unwrap_err();
    assert_eq!(ErrorReason::of(&refused), Some(ErrorReason::SecondPersonNeeded), "{refused:?}");
}
