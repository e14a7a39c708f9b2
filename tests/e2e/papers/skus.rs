//! SKUs: a tenant's own, and the classes of any.

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::classify_sku_request::Chip;
use lightcone::v1::sku::State;
use lightcone_tests::Ground;

use super::{Desk, new_transfer, transfer};
use crate::registry::on_every_store;
use crate::registry::records::{refused, request_id};

on_every_store!(
    a_sku_is_entered_named_once_and_retired,
    each_wrong_figure_is_named,
    a_chip_is_classified_by_every_version,
    a_chip_is_classified_at_one_stand,
);

fn reading(value: &str) -> Option<v1::Reading> {
    let grade = v1::Grade::Secondary as i32;
    Some(v1::Reading { value: value.into(), source: "data sheet".into(), grade })
}

fn figures(name: &str, tops: &str) -> v1::SkuFigures {
    v1::SkuFigures {
        sku: name.into(),
        maker: "Straits Silicon".into(),
        market: v1::sku_figures::Market::DataCentre as i32,
        rates: vec![v1::PeakRate { bits: 8, tops: reading(tops) }],
        die_area_mm2: reading("100"),
        interconnect_gb_per_s: reading("10"),
        memory_bandwidth_gb_per_s: reading("90..100"),
        ..Default::default()
    }
}

fn new_sku(id: &str, figures: v1::SkuFigures) -> v1::CreateSkuRequest {
    v1::CreateSkuRequest { sku_id: id.into(), figures: Some(figures), ..Default::default() }
}

async fn a_sku_is_entered_named_once_and_retired(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let request = v1::CreateSkuRequest { request_id: request_id(), ..new_sku("s-1", figures("SX-1", "10")) };
    let made = desk.skus.create_sku(request.clone()).await.unwrap().into_inner();
    assert_eq!((made.name.as_str(), made.state()), ("skus/s-1", State::Active));
    assert_eq!(made.figures, Some(figures("SX-1", "10")));
    assert_eq!(desk.skus.create_sku(request).await.unwrap().into_inner(), made);
    let again = new_sku("s-2", figures("sx-1", "11"));
    let taken = ("field", "sku.name_key");
    refused(desk.skus.create_sku(again.clone()).await, ErrorReason::AlreadyExists, taken);
    let checked = v1::CreateSkuRequest { validate_only: true, ..again.clone() };
    refused(desk.skus.create_sku(checked).await, ErrorReason::AlreadyExists, taken);
    desk.enter(&["buyer"]).await;
    let mut ours = transfer("buyer");
    ours.lines[0].sku = "skus/s-1".into();
    desk.transfers.create_transfer(new_transfer("t", ours)).await.unwrap();
    let retire = v1::RetireSkuRequest {
        name: made.name.clone(),
        reason: "a new stepping".into(),
        ..Default::default()
    };
    assert_eq!(desk.skus.retire_sku(retire).await.unwrap().into_inner().state(), State::Retired);
    desk.skus.create_sku(again).await.unwrap();
    let listed = desk.skus.list_skus(v1::ListSkusRequest::default()).await.unwrap().into_inner();
    let names: Vec<&str> = listed.skus.iter().map(|sku| sku.name.as_str()).collect();
    assert_eq!(names, ["skus/s-1", "skus/s-2"]);
    let get = v1::GetSkuRequest { name: made.name };
    assert_eq!(desk.skus.get_sku(get).await.unwrap().into_inner(), listed.skus[0]);
}

async fn each_wrong_figure_is_named(ground: Ground) {
    const INVALID: ErrorReason = ErrorReason::FieldInvalid;
    type Change = fn(&mut v1::SkuFigures);
    let wrong: [(Change, ErrorReason, &str); 10] = [
        (|it| it.sku.clear(), ErrorReason::FieldMissing, "sku"),
        (|it| it.sku = "x".repeat(65), INVALID, "sku"),
        (|it| it.aliases = vec!["x".into(); 9], ErrorReason::LimitExceeded, "aliases"),
        (|it| it.market = 7, INVALID, "market"),
        (|it| it.rates = vec![it.rates[0].clone(); 17], ErrorReason::LimitExceeded, "rates"),
        (|it| it.rates[0].bits = 129, INVALID, "rates[0].bits"),
        (|it| it.rates[0].tops = None, ErrorReason::FieldMissing, "rates[0].tops"),
        (|it| it.die_area_mm2 = reading("-1"), INVALID, "die_area_mm2.value"),
        (|it| it.memory_gb = reading("9..8"), INVALID, "memory_gb.value"),
        (
            |it| it.interconnect_gb_per_s.as_mut().unwrap().grade = 0,
            ErrorReason::FieldMissing,
            "interconnect_gb_per_s.grade",
        ),
    ];
    let mut desk = Desk::on(&ground).await;
    for (change, reason, field) in wrong {
        let mut figures = figures("SX-1", "10");
        change(&mut figures);
        let path = format!("figures.{field}");
        refused(desk.skus.create_sku(new_sku("s", figures.clone())).await, reason, ("field", &path));
        let classify = v1::ClassifySkuRequest { chip: Some(Chip::Figures(figures)), rules: None };
        refused(desk.skus.classify_sku(classify).await, reason, ("field", &path));
    }
}

async fn a_chip_is_classified_by_every_version(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let mut classify = async |chip: Chip| {
        let request = v1::ClassifySkuRequest { chip: Some(chip), rules: None };
        desk.skus.classify_sku(request).await.unwrap().into_inner()
    };
    let large = classify(Chip::Figures(figures("SX-9", "1000"))).await;
    assert_eq!(large.policy_version, "policyVersions/1");
    assert!(large.versions.len() > 3, "{}", large.versions.len());
    let caught =
        |version: &v1::SkuClasses| version.classes.iter().any(|class| class.holds() == v1::Truth::Yes);
    let last = large.versions.last().unwrap();
    assert!(caught(last) && !last.grounds.is_empty() && !last.margins.is_empty(), "{last:?}");
    let cut = last.cuts.iter().find(|cut| cut.metric == "tpp").unwrap();
    assert!(cut.bound.starts_with("< ") && !cut.is_kept && cut.unit == "TPP", "{cut:?}");
    let small = classify(Chip::Figures(figures("SX-1", "10"))).await;
    assert!(small.versions.iter().all(|version| version.classes.is_empty()), "{small:?}");
    assert!(small.versions.last().unwrap().cuts.iter().all(|cut| cut.is_kept));
    let of_book = classify(Chip::Sku("h20-96gb".into())).await;
    assert_eq!(of_book.figures.unwrap().sku, "H20", "by another name of it, whatever the case");
    let unknown = v1::ClassifySkuRequest { chip: Some(Chip::Sku("SX-1".into())), rules: None };
    refused(desk.skus.classify_sku(unknown).await, ErrorReason::FieldInvalid, ("field", "sku"));
    let nothing = v1::ClassifySkuRequest { chip: None, rules: None };
    refused(desk.skus.classify_sku(nothing).await, ErrorReason::FieldMissing, ("field", "sku"));
}

async fn a_chip_is_classified_at_one_stand(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let mut at = async |day: &str| {
        let stand = v1::Stand { valid_on: day.into(), ..Default::default() };
        let rules = Some(v1::Rules { stand: Some(stand), ..Default::default() });
        let request = v1::ClassifySkuRequest { chip: Some(Chip::Figures(figures("SX-9", "1000"))), rules };
        let answer = desk.skus.classify_sku(request).await.unwrap().into_inner();
        assert_eq!((answer.versions.len(), answer.versions[0].version.as_str()), (1, ""));
        answer.versions[0].classes.clone()
    };
    assert_eq!(at("2021-01-01").await, [], "before there were rules");
    assert!(at("2024-06-01").await.iter().any(|class| class.holds() == v1::Truth::Yes));
}
