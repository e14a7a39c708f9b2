//! Many at once: all of them, or none.

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone_tests::Ground;

use super::on_every_store;
use super::records::{
    Desk, agent, chip, landmark, new_agent, new_chip, new_landmark, new_site, refused, request_id, site,
};

on_every_store!(each_kind_is_entered_in_the_order_of_the_requests, one_that_is_refused_refuses_all);

async fn each_kind_is_entered_in_the_order_of_the_requests(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let requests = vec![new_site("s", site()), new_site("", site()), new_site("a", site())];
    let many = v1::BatchCreateSitesRequest { requests, ..Default::default() };
    let made = desk.sites.batch_create_sites(many).await.unwrap().into_inner().sites;
    assert_eq!((made[0].name.as_str(), made[2].name.as_str()), ("sites/s", "sites/a"));

    let requests = (1..=30).map(|at| new_agent(&format!("a-{at}"), agent(at))).collect();
    let many = v1::BatchCreateAgentsRequest { requests, ..Default::default() };
    assert_eq!(
        desk.agents.batch_create_agents(many).await.unwrap().into_inner().agents[29].name,
        "agents/a-30"
    );

    let requests = (1..=3).map(|at| new_landmark(&format!("l-{at}"), landmark(at))).collect();
    let many = v1::BatchCreateLandmarksRequest { requests, ..Default::default() };
    let made = desk.landmarks.batch_create_landmarks(many).await.unwrap().into_inner().landmarks;
    assert_eq!(made[1].name, "landmarks/l-2");
    let named = v1::GetLandmarkRequest { name: "landmarks/l-2".into() };
    assert_eq!(desk.landmarks.get_landmark(named).await.unwrap().into_inner(), made[1]);
}

async fn one_that_is_refused_refuses_all(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.chip("taken").await;
    let good = |id: &str| new_chip(id, chip(id));
    let many = |requests| v1::BatchCreateChipsRequest { requests, ..Default::default() };
    let with = |wrong: v1::CreateChipRequest| many(vec![good("c-1"), good("c-2"), wrong]);
    let lone = v1::CreateChipRequest { request_id: request_id(), ..good("c-3") };
    let trial = v1::CreateChipRequest { validate_only: true, ..good("c-3") };
    for (request, reason, fact) in [
        (with(new_chip("c-3", chip(""))), ErrorReason::FieldMissing, ("field", "requests[2].chip.serial")),
        (with(new_chip("C 3", chip("c-3"))), ErrorReason::FieldInvalid, ("field", "requests[2].chip_id")),
        (with(v1::CreateChipRequest::default()), ErrorReason::FieldMissing, ("field", "requests[2].chip")),
        (with(lone), ErrorReason::FieldInvalid, ("field", "requests[2].request_id")),
        (with(trial), ErrorReason::FieldInvalid, ("field", "requests[2].validate_only")),
        (with(new_chip("taken", chip("c-3"))), ErrorReason::AlreadyExists, ("name", "chips/taken")),
        (with(new_chip("c-3", chip("taken"))), ErrorReason::AlreadyExists, ("field", "chip.serial")),
        (with(new_chip("c-4", chip("taken"))), ErrorReason::AlreadyExists, ("name", "chips/c-4")),
        (with(new_chip("c-1", chip("c-3"))), ErrorReason::FieldInvalid, ("field", "requests[2].chip_id")),
        (with(new_chip("c-3", chip("c-2"))), ErrorReason::FieldInvalid, ("field", "requests[2].chip.serial")),
        (many(vec![]), ErrorReason::FieldMissing, ("field", "requests")),
        (many(vec![good("c-1"); 1_001]), ErrorReason::LimitExceeded, ("count", "1001")),
    ] {
        refused(desk.chips.batch_create_chips(request).await, reason, fact);
    }
    let all = desk.chips.list_chips(v1::ListChipsRequest::default()).await.unwrap().into_inner();
    assert_eq!(all.chips.len(), 1, "none of them was kept");
}
