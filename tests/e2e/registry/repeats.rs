//! A request that comes twice is done once.

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone_tests::Ground;

use super::on_every_store;
use super::records::{
    Desk, agent, chip, mask, new_agent, new_chip, new_site, pair, refused, request_id, site,
};

on_every_store!(
    every_write_is_done_once,
    a_request_id_belongs_to_one_request,
    an_answer_stands_whatever_became_of_its_ground,
    of_many_at_once_one_is_done,
);

async fn every_write_is_done_once(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let id = request_id();
    // Drawn ids are the same too.
    let create = v1::CreateSiteRequest { request_id: id.clone(), ..new_site("", site()) };
    let made = desk.sites.create_site(create.clone()).await.unwrap().into_inner();
    assert_eq!(desk.sites.create_site(create.clone()).await.unwrap().into_inner(), made);
    let shouted = v1::CreateSiteRequest { request_id: id.to_uppercase(), ..create.clone() };
    assert_eq!(desk.sites.create_site(shouted).await.unwrap().into_inner(), made);

    let update = v1::UpdateSiteRequest {
        site: Some(v1::Site { display_name: "new".into(), ..made.clone() }),
        update_mask: mask(&["display_name"]),
        request_id: request_id(),
        validate_only: false,
    };
    let changed = desk.sites.update_site(update.clone()).await.unwrap().into_inner();
    // Its etag is not the record's any more, and the answer is the same.
    assert_eq!(desk.sites.update_site(update.clone()).await.unwrap().into_inner(), changed);
    let retire = v1::RetireSiteRequest {
        name: made.name.clone(),
        etag: changed.etag.clone(),
        reason: "x".into(),
        request_id: request_id(),
    };
    let retired = desk.sites.retire_site(retire.clone()).await.unwrap().into_inner();
    assert_eq!(desk.sites.retire_site(retire).await.unwrap().into_inner(), retired);
    assert_eq!(desk.sites.update_site(update).await.unwrap().into_inner(), changed);
    assert_eq!(desk.sites.create_site(create).await.unwrap().into_inner(), made);

    let requests = (0..3).map(|at| new_chip("", chip(&at.to_string()))).collect();
    let batch = v1::BatchCreateChipsRequest { requests, request_id: request_id() };
    let made = desk.chips.batch_create_chips(batch.clone()).await.unwrap().into_inner();
    assert_eq!(desk.chips.batch_create_chips(batch).await.unwrap().into_inner(), made);

    desk.agent("a", 1).await;
    desk.chip("c").await;
    let pair = v1::PairChipRequest { request_id: request_id(), ..pair("c", "agents/a", false) };
    let paired = desk.chips.pair_chip(pair.clone()).await.unwrap().into_inner();
    let untie = v1::PairChipRequest { agent: String::new(), ..super::records::pair("c", "", true) };
    desk.chips.pair_chip(untie).await.unwrap();
    assert_eq!(desk.chips.pair_chip(pair).await.unwrap().into_inner(), paired);
    let named = v1::GetChipRequest { name: "chips/c".into() };
    assert_eq!(desk.chips.get_chip(named).await.unwrap().into_inner().agent, "", "the repeat ties nothing");
}

async fn a_request_id_belongs_to_one_request(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let id = request_id();
    let create = v1::CreateSiteRequest { request_id: id.clone(), ..new_site("s", site()) };
    desk.sites.create_site(create.clone()).await.unwrap();
    let other = v1::CreateSiteRequest { site_id: "t".into(), ..create.clone() };
    refused(desk.sites.create_site(other).await, ErrorReason::RequestIdReused, ("request_id", &id));
    let retire = v1::RetireSiteRequest {
        name: "sites/s".into(),
        reason: "x".into(),
        request_id: id.clone(),
        ..Default::default()
    };
    refused(desk.sites.retire_site(retire).await, ErrorReason::RequestIdReused, ("request_id", &id));
    let wrong = v1::CreateSiteRequest { request_id: "once".into(), ..create };
    refused(desk.sites.create_site(wrong).await, ErrorReason::FieldInvalid, ("field", "request_id"));
}

async fn an_answer_stands_whatever_became_of_its_ground(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.sites.create_site(new_site("s", site())).await.unwrap();
    let create = v1::CreateAgentRequest { request_id: request_id(), ..new_agent("a", agent(1)) };
    let made = desk.agents.create_agent(create.clone()).await.unwrap().into_inner();
    let retire = v1::RetireSiteRequest { name: "sites/s".into(), reason: "x".into(), ..Default::default() };
    desk.sites.retire_site(retire).await.unwrap();
    assert_eq!(desk.agents.create_agent(create).await.unwrap().into_inner(), made);
}

async fn of_many_at_once_one_is_done(ground: Ground) {
    let desk = Desk::on(&ground).await;
    let create = v1::CreateSiteRequest { request_id: request_id(), ..new_site("", site()) };
    let calls = (0..8).map(|_| {
        let (mut sites, create) = (desk.sites.clone(), create.clone());
        async move { sites.create_site(create).await.map(tonic::Response::into_inner) }
    });
    let made: Vec<v1::Site> =
        futures_util::future::join_all(calls).await.into_iter().collect::<Result<_, _>>().unwrap();
    assert!(made.iter().all(|site| *site == made[0]));
    let all = desk.sites.clone().list_sites(v1::ListSitesRequest::default()).await.unwrap().into_inner();
    assert_eq!(all.sites.len(), 1);
}
