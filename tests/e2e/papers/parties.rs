//! Parties: entered, shown, changed, retired; repeated, and all or none.

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::party::State;
use lightcone_tests::Ground;

use super::{Desk, new_party, party, stake, whole_party};
use crate::registry::on_every_store;
use crate::registry::records::{mask, refused, request_id};

on_every_store!(
    a_party_is_shown_as_it_was_entered_changed_and_retired,
    lists_are_in_the_order_of_names,
    a_batch_is_entered_whole_or_not_at_all,
    a_request_that_comes_again_is_done_once,
    owners_must_be_there,
    what_is_only_checked_is_not_kept,
);

async fn a_party_is_shown_as_it_was_entered_changed_and_retired(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.enter(&["holding"]).await;
    let wanted = v1::Party { stakes: vec![stake("holding", 510_000)], ..whole_party() };
    let made = desk.parties.create_party(new_party("merlion", wanted.clone())).await.unwrap().into_inner();
    let expected = v1::Party {
        name: "parties/merlion".into(),
        state: State::Active as i32,
        create_time: made.create_time,
        update_time: made.update_time,
        etag: made.etag.clone(),
        ..wanted
    };
    assert_eq!(made, expected);
    assert!(made.create_time.is_some() && !made.etag.is_empty());
    let named = v1::GetPartyRequest { name: made.name.clone() };
    assert_eq!(desk.parties.get_party(named.clone()).await.unwrap().into_inner(), made);
    let update = v1::UpdatePartyRequest {
        party: Some(v1::Party { headquarters: "CN".into(), display_name: "ignored".into(), ..made.clone() }),
        update_mask: mask(&["headquarters", "aliases"]),
        ..Default::default()
    };
    let changed = desk.parties.update_party(update.clone()).await.unwrap().into_inner();
    assert_eq!(
        (changed.headquarters.as_str(), changed.display_name.as_str()),
        ("CN", "Merlion Compute Pte. Ltd.")
    );
    assert_eq!(changed.stakes, made.stakes);
    refused(desk.parties.update_party(update).await, ErrorReason::EtagMismatch, ("name", "parties/merlion"));
    let none = v1::UpdatePartyRequest { party: Some(changed.clone()), ..Default::default() };
    refused(
        desk.parties.update_party(none.clone()).await,
        ErrorReason::FieldMissing,
        ("field", "update_mask"),
    );
    let foreign = v1::UpdatePartyRequest { update_mask: mask(&["tenant"]), ..none };
    refused(desk.parties.update_party(foreign).await, ErrorReason::FieldInvalid, ("field", "update_mask"));
    let retire = v1::RetirePartyRequest { name: made.name, reason: "wound up".into(), ..Default::default() };
    let retired = desk.parties.retire_party(retire).await.unwrap().into_inner();
    assert_eq!((retired.state(), retired.state_reason.as_str()), (State::Retired, "wound up"));
    assert_eq!(desk.parties.get_party(named).await.unwrap().into_inner(), retired);
    let late = v1::UpdatePartyRequest {
        party: Some(v1::Party { etag: String::new(), ..retired }),
        update_mask: mask(&["headquarters"]),
        ..Default::default()
    };
    refused(desk.parties.update_party(late).await, ErrorReason::StateForbids, ("state", "RETIRED"));
}

async fn lists_are_in_the_order_of_names(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.enter(&["c", "a", "b"]).await;
    let gone =
        v1::RetirePartyRequest { name: "parties/b".into(), reason: "gone".into(), ..Default::default() };
    desk.parties.retire_party(gone).await.unwrap();
    let first = v1::ListPartiesRequest { page_size: 2, ..Default::default() };
    let page = desk.parties.list_parties(first.clone()).await.unwrap().into_inner();
    let names = |page: &v1::ListPartiesResponse| {
        page.parties.iter().map(|party| party.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&page), ["parties/a", "parties/b"]);
    let next = v1::ListPartiesRequest { page_token: page.next_page_token.clone(), ..first.clone() };
    let rest = desk.parties.list_parties(next).await.unwrap().into_inner();
    assert_eq!((names(&rest), rest.next_page_token.as_str()), (vec!["parties/c".to_owned()], ""));
    let active = v1::ListPartiesRequest { state: State::Active as i32, ..Default::default() };
    assert_eq!(
        names(&desk.parties.list_parties(active).await.unwrap().into_inner()),
        ["parties/a", "parties/c"]
    );
    let other = v1::ListPartiesRequest { state: 1, page_token: page.next_page_token, ..first };
    refused(desk.parties.list_parties(other).await, ErrorReason::TokenInvalid, ("field", "page_token"));
}

async fn a_batch_is_entered_whole_or_not_at_all(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let of = |requests| v1::BatchCreatePartiesRequest { requests, ..Default::default() };
    let wrong = v1::Party { headquarters: "QQ9".into(), ..party("b") };
    let field = ("field", "requests[1].party.headquarters");
    let batch = of(vec![new_party("a", party("a")), new_party("b", wrong)]);
    refused(desk.parties.batch_create_parties(batch).await, ErrorReason::FieldInvalid, field);
    let dangling = v1::Party { stakes: vec![stake("nobody", 1)], ..party("b") };
    let batch = of(vec![new_party("a", party("a")), new_party("b", dangling)]);
    refused(
        desk.parties.batch_create_parties(batch).await,
        ErrorReason::NotFound,
        ("name", "parties/nobody"),
    );
    let all = desk.parties.list_parties(v1::ListPartiesRequest::default()).await.unwrap().into_inner();
    assert_eq!(all.parties, []);
    // Owners of one another, in one batch.
    let owned = |owner: &str| v1::Party { stakes: vec![stake(owner, 300_000)], ..party(owner) };
    let batch = of(vec![new_party("a", owned("b")), new_party("b", owned("a"))]);
    let made = desk.parties.batch_create_parties(batch).await.unwrap().into_inner();
    assert_eq!(made.parties.len(), 2);
}

async fn a_request_that_comes_again_is_done_once(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let request = v1::CreatePartyRequest { request_id: request_id(), ..new_party("", whole_party()) };
    let first = desk.parties.create_party(request.clone()).await.unwrap().into_inner();
    assert_eq!(desk.parties.create_party(request.clone()).await.unwrap().into_inner(), first);
    let other = v1::CreatePartyRequest { party: Some(party("other")), ..request.clone() };
    let fact = ("request_id", request.request_id.as_str());
    refused(desk.parties.create_party(other).await, ErrorReason::RequestIdReused, fact);
    let all = desk.parties.list_parties(v1::ListPartiesRequest::default()).await.unwrap().into_inner();
    assert_eq!(all.parties, [first]);
}

async fn owners_must_be_there(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let owned = v1::Party { stakes: vec![stake("nobody", 250_000)], ..party("a") };
    let absent = ("name", "parties/nobody");
    let request = new_party("a", owned.clone());
    refused(desk.parties.create_party(request.clone()).await, ErrorReason::NotFound, absent);
    let checked = v1::CreatePartyRequest { validate_only: true, ..request };
    refused(desk.parties.create_party(checked).await, ErrorReason::NotFound, absent);
    desk.enter(&["a"]).await;
    let update = v1::UpdatePartyRequest {
        party: Some(v1::Party { name: "parties/a".into(), ..owned }),
        update_mask: mask(&["stakes"]),
        ..Default::default()
    };
    refused(desk.parties.update_party(update).await, ErrorReason::NotFound, absent);
}

async fn what_is_only_checked_is_not_kept(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let request = v1::CreatePartyRequest { validate_only: true, ..new_party("a", whole_party()) };
    let checked = desk.parties.create_party(request).await.unwrap().into_inner();
    assert_eq!(checked.display_name, "Merlion Compute Pte. Ltd.");
    let named = v1::GetPartyRequest { name: "parties/a".into() };
    refused(desk.parties.get_party(named).await, ErrorReason::NotFound, ("name", "parties/a"));
}
