//! Transfers: entered, listed, changed, made or abandoned.

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::transfer::State;
use lightcone_tests::Ground;

use super::{Desk, new_transfer, transfer};
use crate::registry::on_every_store;
use crate::registry::records::{mask, refused, request_id};

on_every_store!(
    a_transfer_is_shown_as_it_was_entered_changed_and_made,
    a_transfer_ends_in_one_way,
    transfers_are_listed_by_consignee_and_state,
    what_a_transfer_names_must_be_there,
);

async fn a_transfer_is_shown_as_it_was_entered_changed_and_made(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.enter(&["seller", "buyer", "carrier", "user"]).await;
    let wanted = v1::Transfer {
        exporter: "parties/seller".into(),
        intermediaries: vec!["parties/carrier".into()],
        end_user: "parties/user".into(),
        through: vec!["MY".into()],
        licences: vec![v1::Licence {
            number: "D1234567".into(),
            destinations: vec!["SG".into()],
            parties: vec!["parties/buyer".into()],
            units_left: Some(64),
            from: "2026-01-01".into(),
            to: "2029-12-31".into(),
            ..Default::default()
        }],
        conditions: vec![v1::Condition { condition: "third_party_test".into(), met: true }],
        taken: Some(v1::CapsTaken { country_tpp: "26900000".into(), ..Default::default() }),
        ..transfer("buyer")
    };
    let made =
        desk.transfers.create_transfer(new_transfer("t-1", wanted.clone())).await.unwrap().into_inner();
    let expected = v1::Transfer {
        name: "transfers/t-1".into(),
        state: State::Open as i32,
        create_time: made.create_time,
        update_time: made.update_time,
        etag: made.etag.clone(),
        ..wanted
    };
    assert_eq!(made, expected);
    let update = v1::UpdateTransferRequest {
        transfer: Some(v1::Transfer { date: "2027-01-15".into(), ..made.clone() }),
        update_mask: mask(&["date"]),
        ..Default::default()
    };
    let changed = desk.transfers.update_transfer(update).await.unwrap().into_inner();
    assert_eq!((changed.date.as_str(), changed.lines.len()), ("2027-01-15", 1));
    let named = v1::GetTransferRequest { name: made.name };
    assert_eq!(desk.transfers.get_transfer(named).await.unwrap().into_inner(), changed);
}

async fn a_transfer_ends_in_one_way(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.enter(&["buyer"]).await;
    desk.transfers.create_transfer(new_transfer("t-1", transfer("buyer"))).await.unwrap();
    let close = v1::CloseTransferRequest {
        name: "transfers/t-1".into(),
        made: true,
        reason: "shipped".into(),
        request_id: request_id(),
    };
    let made = desk.transfers.close_transfer(close.clone()).await.unwrap().into_inner();
    assert_eq!(made.state(), State::Made);
    assert_eq!(desk.transfers.close_transfer(close.clone()).await.unwrap().into_inner(), made);
    let lost = v1::CloseTransferRequest { made: false, request_id: String::new(), ..close.clone() };
    refused(desk.transfers.close_transfer(lost).await, ErrorReason::StateForbids, ("state", "MADE"));
    let silent = v1::CloseTransferRequest { reason: String::new(), request_id: String::new(), ..close };
    refused(desk.transfers.close_transfer(silent).await, ErrorReason::FieldMissing, ("field", "reason"));
    let late = v1::UpdateTransferRequest {
        transfer: Some(v1::Transfer { etag: String::new(), ..made }),
        update_mask: mask(&["date"]),
        ..Default::default()
    };
    refused(desk.transfers.update_transfer(late).await, ErrorReason::StateForbids, ("name", "transfers/t-1"));
}

async fn transfers_are_listed_by_consignee_and_state(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.enter(&["a", "b"]).await;
    for (id, consignee) in [("t-1", "a"), ("t-2", "b"), ("t-3", "a")] {
        desk.transfers.create_transfer(new_transfer(id, transfer(consignee))).await.unwrap();
    }
    let close = v1::CloseTransferRequest {
        name: "transfers/t-1".into(),
        reason: "refused by the bank".into(),
        ..Default::default()
    };
    desk.transfers.close_transfer(close).await.unwrap();
    let mut list = async |consignee: &str, state: State| {
        let request = v1::ListTransfersRequest {
            consignee: consignee.into(),
            state: state as i32,
            ..Default::default()
        };
        let page = desk.transfers.list_transfers(request).await.unwrap().into_inner();
        page.transfers.into_iter().map(|transfer| transfer.name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(list("parties/a", State::Unspecified).await, "transfers/t-1 transfers/t-3");
    assert_eq!(list("parties/a", State::Open).await, "transfers/t-3");
    assert_eq!(list("", State::Abandoned).await, "transfers/t-1");
    let wrong = v1::ListTransfersRequest { consignee: "a".into(), ..Default::default() };
    refused(desk.transfers.list_transfers(wrong).await, ErrorReason::FieldInvalid, ("field", "consignee"));
}

async fn what_a_transfer_names_must_be_there(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.enter(&["a"]).await;
    type Change = fn(&mut v1::Transfer);
    let wrong: [(Change, &str); 5] = [
        (|it| it.consignee = "parties/none".into(), "parties/none"),
        (|it| it.intermediaries = vec!["parties/none".into()], "parties/none"),
        (|it| it.end_user = "parties/none".into(), "parties/none"),
        (|it| it.lines[0].sku = "skus/none".into(), "skus/none"),
        (|it| it.chips = vec!["chips/none".into()], "chips/none"),
    ];
    for (change, name) in wrong {
        let mut wanted = transfer("a");
        change(&mut wanted);
        let request = new_transfer("t", wanted);
        refused(desk.transfers.create_transfer(request).await, ErrorReason::NotFound, ("name", name));
    }
}
