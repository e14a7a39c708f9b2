//! Two who change the same record, and callers who only want to know.

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone_tests::Ground;

use super::on_every_store;
use super::records::{Desk, chip, landmark, mask, new_chip, new_landmark, new_site, refused, site};

on_every_store!(
    of_two_who_saw_the_same_etag_one_is_aborted,
    without_an_etag_both_changes_hold,
    validate_only_checks_and_keeps_nothing,
    names_serials_and_keys_are_given_once,
);

fn renamed(name: &str, etag: &str, display_name: &str) -> v1::UpdateSiteRequest {
    let (name, etag, display_name) = (name.into(), etag.into(), display_name.into());
    v1::UpdateSiteRequest {
        site: Some(v1::Site { name, etag, display_name, ..Default::default() }),
        update_mask: mask(&["display_name"]),
        ..Default::default()
    }
}

async fn of_two_who_saw_the_same_etag_one_is_aborted(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let made = desk.sites.create_site(new_site("s", site())).await.unwrap().into_inner();
    let (mut first, mut second) = (desk.sites.clone(), desk.sites.clone());
    let answers = tokio::join!(
        first.update_site(renamed(&made.name, &made.etag, "first")),
        second.update_site(renamed(&made.name, &made.etag, "second")),
    );
    let (winner, loser) = match answers {
        (Ok(winner), loser) => (winner.into_inner(), loser),
        (loser, Ok(winner)) => (winner.into_inner(), loser),
        neither => unreachable!("one of them holds: {neither:?}"),
    };
    refused(loser, ErrorReason::EtagMismatch, ("etag", &winner.etag));
    let named = v1::GetSiteRequest { name: made.name.clone() };
    assert_eq!(desk.sites.get_site(named).await.unwrap().into_inner(), winner);
    let retire =
        v1::RetireSiteRequest { name: made.name, etag: made.etag, reason: "x".into(), ..Default::default() };
    refused(desk.sites.retire_site(retire).await, ErrorReason::EtagMismatch, ("name", "sites/s"));
}

async fn without_an_etag_both_changes_hold(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let made = desk.sites.create_site(new_site("s", site())).await.unwrap().into_inner();
    let tolerance = |metres| v1::UpdateSiteRequest {
        site: Some(v1::Site { name: "sites/s".into(), claimed_tolerance_m: metres, ..Default::default() }),
        update_mask: mask(&["claimed_tolerance_m"]),
        ..Default::default()
    };
    for round in 1..=10 {
        let (mut first, mut second) = (desk.sites.clone(), desk.sites.clone());
        let name = format!("round {round}");
        let answers = tokio::join!(
            first.update_site(renamed(&made.name, "", &name)),
            second.update_site(tolerance(f64::from(round))),
        );
        answers.0.unwrap();
        answers.1.unwrap();
        let named = v1::GetSiteRequest { name: made.name.clone() };
        let now = desk.sites.get_site(named).await.unwrap().into_inner();
        assert_eq!((now.display_name, now.claimed_tolerance_m), (name, f64::from(round)));
    }
}

async fn validate_only_checks_and_keeps_nothing(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let asked = v1::CreateSiteRequest { validate_only: true, ..new_site("s", site()) };
    let shown = desk.sites.create_site(asked.clone()).await.unwrap().into_inner();
    assert_eq!((shown.name.as_str(), shown.etag.as_str()), ("sites/s", ""));
    let named = v1::GetSiteRequest { name: "sites/s".into() };
    refused(desk.sites.get_site(named.clone()).await, ErrorReason::NotFound, ("name", "sites/s"));

    let made = desk.sites.create_site(new_site("s", site())).await.unwrap().into_inner();
    refused(desk.sites.create_site(asked).await, ErrorReason::AlreadyExists, ("name", "sites/s"));
    let trial = |etag: &str| v1::UpdateSiteRequest { validate_only: true, ..renamed("sites/s", etag, "new") };
    let shown = desk.sites.update_site(trial(&made.etag)).await.unwrap().into_inner();
    assert_eq!(shown.display_name, "new");
    refused(desk.sites.update_site(trial("no")).await, ErrorReason::EtagMismatch, ("etag", &made.etag));
    assert_eq!(desk.sites.get_site(named).await.unwrap().into_inner(), made);
    let retire = v1::RetireSiteRequest { name: made.name, reason: "x".into(), ..Default::default() };
    desk.sites.retire_site(retire).await.unwrap();
    refused(desk.sites.update_site(trial("")).await, ErrorReason::StateForbids, ("state", "RETIRED"));
}

async fn names_serials_and_keys_are_given_once(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.chip("c-1").await;
    let again = desk.chips.create_chip(new_chip("c-1", chip("other"))).await;
    refused(again, ErrorReason::AlreadyExists, ("name", "chips/c-1"));
    let again = desk.chips.create_chip(new_chip("c-2", chip("c-1"))).await;
    refused(again, ErrorReason::AlreadyExists, ("field", "chip.serial"));

    desk.landmarks.create_landmark(new_landmark("l-1", landmark(1))).await.unwrap();
    let signing = v1::RegisteredLandmark { exchange_key: vec![9; 32], ..landmark(1) };
    let again = desk.landmarks.create_landmark(new_landmark("l-2", signing)).await;
    refused(again, ErrorReason::AlreadyExists, ("field", "landmark.signing_key"));
    let exchange = v1::RegisteredLandmark { exchange_key: vec![1; 32], ..landmark(2) };
    let again = desk.landmarks.create_landmark(new_landmark("l-2", exchange)).await;
    refused(again, ErrorReason::AlreadyExists, ("field", "landmark.exchange_key"));

    desk.agent("a-1", 1).await;
    let agent = super::records::agent(1);
    let again = desk.agents.create_agent(super::records::new_agent("a-2", agent)).await;
    refused(again, ErrorReason::AlreadyExists, ("field", "agent.identity_key"));
}
