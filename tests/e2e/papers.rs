//! Papers over the wire, on every store: parties, transfers and SKUs entered, changed, ended, linked, and whose they are.

mod links;
mod parties;
mod skus;
mod transfers;
mod whose;
mod wrong;

use lightcone::v1;
use lightcone::v1::party_service_client::PartyServiceClient;
use lightcone::v1::sku_service_client::SkuServiceClient;
use lightcone::v1::transfer_service_client::TransferServiceClient;
use lightcone_tests::{Ground, House};
use tonic::transport::Channel;

/// Where papers are kept.
pub(crate) struct Desk {
    pub(crate) parties: PartyServiceClient<Channel>,
    pub(crate) transfers: TransferServiceClient<Channel>,
    pub(crate) skus: SkuServiceClient<Channel>,
    _house: House,
}

impl Desk {
    pub(crate) async fn on(ground: &Ground) -> Self {
        let house = House::on(ground, |_| {}).await;
        let channel = house.channel().await;
        Self {
            parties: PartyServiceClient::new(channel.clone()),
            skus: SkuServiceClient::new(channel.clone()),
            transfers: TransferServiceClient::new(channel),
            _house: house,
        }
    }

    /// Enters parties with nothing but names.
    pub(crate) async fn enter(&mut self, ids: &[&str]) {
        let requests = ids.iter().map(|id| new_party(id, party(id))).collect();
        let batch = v1::BatchCreatePartiesRequest { requests, ..Default::default() };
        self.parties.batch_create_parties(batch).await.expect("parties are entered");
    }
}

pub(crate) fn party(name: &str) -> v1::Party {
    v1::Party { display_name: name.into(), ..Default::default() }
}

pub(crate) fn new_party(id: &str, party: v1::Party) -> v1::CreatePartyRequest {
    v1::CreatePartyRequest { party_id: id.into(), party: Some(party), ..Default::default() }
}

pub(crate) fn stake(owner: &str, share_ppm: u32) -> v1::Stake {
    v1::Stake {
        owner: format!("parties/{owner}"),
        share_ppm,
        from: "2020-01-01".into(),
        to: String::new(),
        source: "annual report 2024".into(),
        grade: v1::Grade::Secondary as i32,
    }
}

/// Everything that can be said of a party but owners.
pub(crate) fn whole_party() -> v1::Party {
    v1::Party {
        display_name: "Merlion Compute Pte. Ltd.".into(),
        aliases: vec!["Merlion Cloud".into()],
        addresses: vec!["1 Canal Road #12-34, Singapore 059999".into()],
        headquarters: "SG".into(),
        trades: vec![v1::party::Trade::DataCentre as i32, v1::party::Trade::Cloud as i32],
        stakes: Vec::new(),
        owners_complete: true,
        listings: vec![v1::PartyListing {
            list: "VEU".into(),
            from: "2025-01-31".into(),
            to: String::new(),
            source: "the register".into(),
            grade: v1::Grade::Primary as i32,
        }],
        first_order_on: "2023-05-01".into(),
        traits: Some(v1::PartyTraits { end_use_disclosed: Some(true), ..Default::default() }),
        ..Default::default()
    }
}

pub(crate) fn transfer(consignee: &str) -> v1::Transfer {
    v1::Transfer {
        movement: v1::Movement::Export as i32,
        lines: vec![v1::TransferLine { sku: "H20-96GB".into(), units: 64 }],
        origin: "US".into(),
        destinations: vec!["SG".into()],
        consignee: format!("parties/{consignee}"),
        uses: vec![v1::EndUse::Inference as i32],
        date: "2026-12-01".into(),
        ..Default::default()
    }
}

pub(crate) fn new_transfer(id: &str, transfer: v1::Transfer) -> v1::CreateTransferRequest {
    v1::CreateTransferRequest { transfer_id: id.into(), transfer: Some(transfer), ..Default::default() }
}
