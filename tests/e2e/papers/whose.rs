//! Whose papers are: another tenant finds nothing of them.

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::party_service_client::PartyServiceClient;
use lightcone::v1::transfer_service_client::TransferServiceClient;

use super::{new_party, new_transfer, party, stake, transfer};
use crate::access::Court;
use crate::registry::records::{mask, refused};

#[tokio::test]
async fn another_tenant_finds_nothing() {
    let court = Court::open().await;
    let ours = court.channel("tenant/vendor/order-desk/d").await;
    let theirs = court.channel("tenant/rival/order-desk/d").await;
    let (mut parties, mut transfers) =
        (PartyServiceClient::new(ours.clone()), TransferServiceClient::new(ours));
    let made = parties.create_party(new_party("buyer", party("Buyer"))).await.unwrap().into_inner();
    assert_eq!(made.tenant, "vendor");
    transfers.create_transfer(new_transfer("t-1", transfer("buyer"))).await.unwrap();
    let (mut parties, mut transfers) =
        (PartyServiceClient::new(theirs.clone()), TransferServiceClient::new(theirs));
    let (buyer, absent) = ("parties/buyer".to_owned(), ("name", "parties/buyer"));
    // In the words for what does not exist.
    let get = v1::GetPartyRequest { name: buyer.clone() };
    let told = refused(parties.get_party(get).await, ErrorReason::NotFound, absent);
    assert_eq!(told.message(), "nothing is named `parties/buyer`");
    let update = v1::UpdatePartyRequest {
        party: Some(v1::Party { name: buyer.clone(), headquarters: "nonsense".into(), ..Default::default() }),
        update_mask: mask(&["headquarters"]),
        ..Default::default()
    };
    refused(parties.update_party(update).await, ErrorReason::NotFound, absent);
    let retire = v1::RetirePartyRequest { name: buyer.clone(), reason: "x".into(), ..Default::default() };
    refused(parties.retire_party(retire).await, ErrorReason::NotFound, absent);
    let links = v1::ListLinkedPartiesRequest { parent: buyer.clone() };
    refused(parties.list_linked_parties(links).await, ErrorReason::NotFound, absent);
    let record = v1::GetConsigneeRecordRequest { name: buyer };
    refused(parties.get_consignee_record(record).await, ErrorReason::NotFound, absent);
    let listed = parties.list_parties(v1::ListPartiesRequest::default()).await.unwrap().into_inner();
    assert_eq!(listed.parties, []);
    // Nor can anything of theirs lean on it.
    let owned = v1::Party { stakes: vec![stake("buyer", 1)], ..party("Theirs") };
    refused(parties.create_party(new_party("theirs", owned)).await, ErrorReason::NotFound, absent);
    refused(
        transfers.create_transfer(new_transfer("t-2", transfer("buyer"))).await,
        ErrorReason::NotFound,
        absent,
    );
    let get = v1::GetTransferRequest { name: "transfers/t-1".into() };
    refused(transfers.get_transfer(get).await, ErrorReason::NotFound, ("name", "transfers/t-1"));
    let close =
        v1::CloseTransferRequest { name: "transfers/t-1".into(), reason: "x".into(), ..Default::default() };
    refused(transfers.close_transfer(close).await, ErrorReason::NotFound, ("name", "transfers/t-1"));
}
