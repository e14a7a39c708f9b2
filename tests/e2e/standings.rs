//! Standings over the wire: what is told of chips of which nothing is proven, pages, refusals, and the service itself.
//! What is told of a place over the weeks is `canary`'s.

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::standing::Contact;
use lightcone::v1::standing_service_client::StandingServiceClient;
use lightcone_tests::Ground;

use crate::registry::on_every_store;
use crate::registry::records::{Desk, pair};

const WEEK_S: i64 = 7 * 86_400;

on_every_store!(
    a_chip_that_never_answered_has_no_place_and_no_contact,
    standings_are_listed_page_by_page,
    what_is_no_chip_is_refused,
    anyone_may_know_what_the_service_is,
);

async fn a_chip_that_never_answered_has_no_place_and_no_contact(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.agent("a", 1).await;
    for chip in ["loose", "tied"] {
        desk.chip(chip).await;
    }
    desk.chips.pair_chip(pair("tied", "agents/a", false)).await.unwrap();
    let mut client = StandingServiceClient::new(desk.house.channel().await);
    // The site of these tests claims a point in Singapore; a claim needs no proof, and a chip without an agent no site.
    for (chip, cell) in [("chips/loose", ""), ("chips/tied", "N01E103")] {
        let request = v1::GetStandingRequest { chip: chip.to_owned() };
        let told = client.get_standing(request).await.unwrap().into_inner();
        assert_eq!((told.chip.as_str(), told.contact()), (chip, Contact::Never));
        assert_eq!((told.claimed_cell.as_str(), told.residency()), (cell, v1::Residency::Unspecified));
        assert!(told.jurisdictions.is_empty());
        let (begin, end) = (told.epoch_begin_time.unwrap(), told.epoch_end_time.unwrap());
        assert_eq!((begin.seconds % WEEK_S, begin.nanos, end.seconds - begin.seconds), (0, 0, WEEK_S));
    }
}

async fn standings_are_listed_page_by_page(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    for chip in ["c-1", "c-2", "c-3", "c-4", "c-5"] {
        desk.chip(chip).await;
    }
    let mut client = StandingServiceClient::new(desk.house.channel().await);
    let mut request = v1::ListStandingsRequest { page_size: 2, page_token: String::new() };
    let mut pages = Vec::new();
    loop {
        let page = client.list_standings(request.clone()).await.unwrap().into_inner();
        pages.push(page.standings.into_iter().map(|told| told.chip).collect::<Vec<_>>());
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(pages.concat(), ["chips/c-1", "chips/c-2", "chips/c-3", "chips/c-4", "chips/c-5"]);
    assert!(pages.iter().all(|page| page.len() <= 2));
    request.page_token = "x".to_owned();
    let refused = client.list_standings(request).await.unwrap_err();
    assert_eq!(ErrorReason::of(&refused), Some(ErrorReason::TokenInvalid));
}

async fn what_is_no_chip_is_refused(ground: Ground) {
    let desk = Desk::on(&ground).await;
    let mut client = StandingServiceClient::new(desk.house.channel().await);
    for (chip, reason) in [
        ("chips/none", ErrorReason::NotFound),
        ("sites/s", ErrorReason::FieldInvalid),
        ("", ErrorReason::FieldInvalid),
    ] {
        let refused =
            client.get_standing(v1::GetStandingRequest { chip: chip.to_owned() }).await.unwrap_err();
        assert_eq!(ErrorReason::of(&refused), Some(reason), "{chip}: {refused:?}");
    }
}

async fn anyone_may_know_what_the_service_is(ground: Ground) {
    let desk = Desk::on(&ground).await;
    let mut client = StandingServiceClient::new(desk.house.channel().await);
    let service = client.get_service(v1::GetServiceRequest {}).await.unwrap().into_inner();
    assert_eq!((service.verifier_key.len(), service.epoch_days), (32, 7));
    assert!(!service.version.is_empty() && !service.policy_version.is_empty());
    assert_eq!((service.trust_domain.as_str(), service.token_issuers.len()), ("", 0));
}
