//! Exports decided over the wire: the same order on four days, recorded, made again, and what is no request.

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::check_export_request::Subject;
use lightcone::v1::export_service_client::ExportServiceClient;
use lightcone_tests::House;
use tonic::Code;

fn party(id: &str, headquarters: &str) -> v1::Party {
    v1::Party {
        name: format!("parties/{id}"),
        display_name: id.to_owned(),
        headquarters: headquarters.to_owned(),
        owners_complete: true,
        ..v1::Party::default()
    }
}

/// An order of H20 from the United States to China.
fn order() -> v1::CheckExportRequest {
    let transfer = v1::Transfer {
        movement: v1::Movement::Export as i32,
        lines: vec![v1::TransferLine { sku: "H20".into(), units: 100 }],
        origin: "US".into(),
        destinations: vec!["CN".into()],
        exporter: "parties/maker".into(),
        consignee: "parties/buyer".into(),
        end_user: "parties/buyer".into(),
        uses: vec![v1::EndUse::Inference as i32],
        date: "2026-12-01".into(),
        ..v1::Transfer::default()
    };
    v1::CheckExportRequest {
        subject: Some(Subject::Inline(transfer)),
        parties: vec![party("maker", "US"), party("buyer", "CN")],
        ..v1::CheckExportRequest::default()
    }
}

fn on(day: &str) -> v1::CheckExportRequest {
    let stand = v1::Stand { valid_on: day.to_owned(), ..v1::Stand::default() };
    v1::CheckExportRequest { rules: Some(v1::Rules { stand: Some(stand), ..Default::default() }), ..order() }
}

#[tokio::test]
async fn u10_one_order_is_judged_by_the_day() {
    let house = House::open().await;
    let mut exports = ExportServiceClient::new(house.channel().await);
    let mut told = Vec::new();
    for day in ["2025-04-08", "2025-04-16", "2025-07-15", "2026-01-16"] {
        let decision = exports.check_export(on(day)).await.unwrap().into_inner();
        assert_eq!(decision.policy_version, "policyVersions/1");
        assert_eq!(decision.stand.as_ref().unwrap().valid_on, day);
        assert!(!decision.grounds.is_empty() && decision.canonical_sha256.len() == 64, "{decision:?}");
        told.push(decision);
    }
    assert_ne!(told[0].worst, told[1].worst, "the letter of April 2025 catches it: {:?}", told[1].grounds);
    let announced = told[2].grounds.iter().any(|ground| ground.effect() == v1::ground::Effect::WouldApply);
    assert!(announced, "what was announced is shown: {:?}", told[2].grounds);
    assert_eq!(told[1].worst, told[2].worst, "and not applied");
    let review = told[3].worst.as_ref().unwrap();
    assert_eq!(review.outcome(), v1::Outcome::LicenceRequired, "{:?}", told[3]);
    let again = exports.check_export(on("2026-01-16")).await.unwrap().into_inner();
    assert_eq!(again, told[3], "the same facts, the same bytes");
}

#[tokio::test]
async fn what_is_no_request_names_its_field() {
    let house = House::open().await;
    let mut exports = ExportServiceClient::new(house.channel().await);
    let wrong = [
        (v1::CheckExportRequest::default(), "subject"),
        (on("2025-02-30"), "rules.stand.valid_on"),
        (v1::CheckExportRequest { record: true, ..order() }, "record"),
        (v1::CheckExportRequest { request_id: "1".into(), ..order() }, "request_id"),
        (
            v1::CheckExportRequest { parties: vec![party("a", "Utopia")], ..order() },
            "parties[0].headquarters",
        ),
    ];
    for (request, field) in wrong {
        let refused = exports.check_export(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
        assert!(refused.message().contains(field), "{field}: {refused:?}");
    }
    let unknown = v1::CheckExportRequest { parties: vec![], ..order() };
    let refused = exports.check_export(unknown).await.unwrap_err();
    assert_eq!(ErrorReason::of(&refused), Some(ErrorReason::NotFound), "{refused:?}");
    let absent = v1::GetDecisionRequest { name: "decisions/none".into() };
    assert_eq!(exports.get_decision(absent).await.unwrap_err().code(), Code::NotFound);
}
