//! Linked parties and consignees' records.

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::party_link::Kind;
use lightcone_tests::Ground;

use super::{Desk, new_party, new_transfer, party, stake, transfer};
use crate::registry::on_every_store;
use crate::registry::records::refused;

on_every_store!(links_are_found_by_owner_address_forwarder_and_name, a_record_says_what_is_missing);

async fn links_are_found_by_owner_address_forwarder_and_name(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.enter(&["holding", "haul", "stranger", "far"]).await;
    let at = |address: &str, name: &str| v1::Party { addresses: vec![address.into()], ..party(name) };
    let owned = v1::Party {
        stakes: vec![stake("holding", 600_000)],
        ..at("1 Canal Road #12-34, Singapore 059999", "Merlion Compute")
    };
    let there = [
        ("buyer", owned),
        ("neighbour", at("1 Canal Rd, #12-34, Singapore 059999", "Orchid Trading")),
        ("namesake", party("Merlion Compute Pte. Ltd.")),
        ("other", party("Banyan Systems")),
    ];
    for (id, party) in there {
        desk.parties.create_party(new_party(id, party)).await.unwrap();
    }
    for (id, consignee) in [("t-1", "buyer"), ("t-2", "other")] {
        let hauled = v1::Transfer { intermediaries: vec!["parties/haul".into()], ..transfer(consignee) };
        desk.transfers.create_transfer(new_transfer(id, hauled)).await.unwrap();
    }
    let asked = v1::ListLinkedPartiesRequest { parent: "parties/buyer".into() };
    let answer = desk.parties.list_linked_parties(asked).await.unwrap().into_inner();
    let found: Vec<(&str, Kind)> = answer
        .links
        .iter()
        .map(|link| {
            (if link.first == "parties/buyer" { &link.second } else { &link.first }.as_str(), link.kind())
        })
        .collect();
    for wanted in [
        ("parties/holding", Kind::Owner),
        ("parties/neighbour", Kind::Address),
        ("parties/other", Kind::Forwarder),
        ("parties/namesake", Kind::Name),
    ] {
        assert!(found.contains(&wanted), "{wanted:?} is not among {found:?}");
    }
    assert!(answer.links.iter().all(|link| link.score_ppm > 0 && !link.why.is_empty()), "{answer:?}");
    assert!(answer.links.windows(2).all(|two| two[0].score_ppm >= two[1].score_ppm), "the strongest first");
    assert_eq!(answer.group, ["parties/buyer", "parties/holding", "parties/neighbour"]);
    let alone = v1::ListLinkedPartiesRequest { parent: "parties/stranger".into() };
    let alone = desk.parties.list_linked_parties(alone).await.unwrap().into_inner();
    assert_eq!((alone.links, alone.group), (vec![], vec!["parties/stranger".to_owned()]));
    let nobody = v1::ListLinkedPartiesRequest { parent: "parties/nobody".into() };
    refused(
        desk.parties.list_linked_parties(nobody).await,
        ErrorReason::NotFound,
        ("name", "parties/nobody"),
    );
}

async fn a_record_says_what_is_missing(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.enter(&["buyer"]).await;
    let named = |name: &str| v1::GetConsigneeRecordRequest { name: name.into() };
    let record = desk.parties.get_consignee_record(named("parties/buyer")).await.unwrap().into_inner();
    assert_eq!((record.party.as_str(), record.level), ("parties/buyer", 0));
    assert!(record.missing.iter().any(|line| line.starts_with("0 of 1 transfers")), "{record:?}");
    assert_eq!(record.lightens, Vec::<String>::new());
    refused(desk.parties.get_consignee_record(named("")).await, ErrorReason::FieldMissing, ("field", "name"));
}
