//! Who is told how a chip stands: those who have to do with it, and agencies in whose areas it may be.

use std::time::{SystemTime, UNIX_EPOCH};

use lightcone::v1;
use lightcone::v1::access_service_client::AccessServiceClient;
use lightcone::v1::chip_service_client::ChipServiceClient;
use lightcone::v1::standing::Contact;
use lightcone::v1::standing_service_client::StandingServiceClient;
use lightcone_store::Standing;
use prost::Message as _;
use tonic::Code;

use super::Court;

const DIRECTORY: &str = "[tenants.lion]\nareas = [\"SG\"]\n[tenants.rooster]\nareas = [\"FR\"]\n";
const WEEK_S: i64 = 7 * 86_400;

/// A chip of a vendor's, to which a buyer is party, that may be in Singapore or Malaysia.
async fn court() -> Court {
    let court = Court::with(|trust, config| {
        let file = trust.file("directory.toml");
        std::fs::write(&file, DIRECTORY).unwrap();
        config.access.directory = file.display().to_string();
    })
    .await;
    let chip = v1::Chip {
        serial: "s-1".into(),
        sku: "H20-96GB".into(),
        parties: vec!["buyer".into()],
        ..v1::Chip::default()
    };
    let create = v1::CreateChipRequest { chip_id: "c-1".into(), chip: Some(chip), ..Default::default() };
    let desk = court.channel("tenant/vendor/order-desk/d").await;
    ChipServiceClient::new(desk).create_chip(create).await.unwrap();
    tell(&court).await;
    court
}

/// Has it told already in this epoch and the next.
async fn tell(court: &Court) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let this = i64::try_from(now).unwrap() / WEEK_S;
    for epoch in [this, this + 1] {
        let at = |epoch: i64| Some(prost_types::Timestamp { seconds: epoch * WEEK_S, nanos: 0 });
        let told = v1::Standing {
            chip: "chips/c-1".into(),
            contact: Contact::Answering as i32,
            jurisdictions: vec!["MY".into(), "SG".into()],
            residency: v1::Residency::R2 as i32,
            claimed_cell: "N01E103".into(),
            epoch_begin_time: at(epoch),
            epoch_end_time: at(epoch + 1),
        };
        let (subject, body) = ("chips/c-1".to_owned(), told.encode_to_vec());
        court.house.store.put_standing(Standing { subject, epoch, body, create_time: 1 }).await.unwrap();
    }
}

#[tokio::test]
async fn a_chip_is_told_to_its_parties_and_to_agencies_where_it_may_be() {
    let court = court().await;
    let request = v1::GetStandingRequest { chip: "chips/c-1".into() };
    let mut told = Vec::new();
    for who in [
        "tenant/vendor/order-desk/d",
        "tenant/buyer/buyers-counsel/b",
        "tenant/buyer/scheduler/s",
        "tenant/lion/analyst/a",
        "tenant/lion/supervisor/s",
        "tenant/buyer/inspector/i",
    ] {
        let mut client = StandingServiceClient::new(court.channel(who).await);
        told.push(client.get_standing(request.clone()).await.unwrap().into_inner());
        let listed = client.list_standings(v1::ListStandingsRequest::default()).await.unwrap().into_inner();
        assert_eq!(listed.standings, told[told.len() - 1..], "{who}");
    }
    assert!(told.iter().all(|each| *each == told[0]), "all are told alike");
    assert_eq!(
        (told[0].jurisdictions.join(" ").as_str(), told[0].claimed_cell.as_str()),
        ("MY SG", "N01E103")
    );
}

#[tokio::test]
async fn to_others_there_is_no_such_chip() {
    let court = court().await;
    for who in [
        "tenant/rival/order-desk/r",
        "tenant/rival/buyers-counsel/r",
        "tenant/rooster/analyst/a",
        "tenant/rooster/supervisor/s",
        "tenant/lion/inspector/i",
    ] {
        let mut client = StandingServiceClient::new(court.channel(who).await);
        let request = v1::GetStandingRequest { chip: "chips/c-1".to_owned() };
        let hidden = client.get_standing(request).await.unwrap_err();
        assert_eq!(hidden.code(), Code::NotFound, "{who}");
        let request = v1::GetStandingRequest { chip: "chips/c-2".to_owned() };
        let missing = client.get_standing(request).await.unwrap_err();
        assert_eq!(hidden.message().replace("c-1", "c-2"), missing.message(), "{who}");
        let listed = client.list_standings(v1::ListStandingsRequest::default()).await.unwrap().into_inner();
        assert!(listed.standings.is_empty() && listed.next_page_token.is_empty(), "{who}");
    }
}

#[tokio::test]
async fn the_vendor_sees_who_of_others_was_told() {
    let court = court().await;
    let mut agency = StandingServiceClient::new(court.channel("tenant/lion/analyst/a").await);
    agency.get_standing(v1::GetStandingRequest { chip: "chips/c-1".into() }).await.unwrap();
    let mut desk = AccessServiceClient::new(court.channel("tenant/vendor/order-desk/d").await);
    let looks = desk.list_accesses(v1::ListAccessesRequest::default()).await.unwrap().into_inner().accesses;
    let look = looks.first().expect("a look");
    assert_eq!((look.call.as_str(), look.resource.as_str()), ("StandingService/GetStanding", "chips/c-1"));
    assert!(look.subject.ends_with("/analyst/a"), "{look:?}");
}
