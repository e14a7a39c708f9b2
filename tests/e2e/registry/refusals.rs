//! Every way in which a record can be wrong, and what is said then.

use lightcone::v1;
use lightcone::v1::{ErrorReason, RegisteredLandmark};
use lightcone_tests::Ground;
use tonic_types::StatusExt as _;

use super::records::{
    Desk, agent, chip, landmark, mask, new_agent, new_chip, new_landmark, new_site, refused, site,
};
use crate::calls::{claim, inside};

const MISSING: ErrorReason = ErrorReason::FieldMissing;
const INVALID: ErrorReason = ErrorReason::FieldInvalid;

type Wrong<T> = (fn(&mut T), ErrorReason, &'static str);

const LANDMARKS: [Wrong<RegisteredLandmark>; 20] = [
    (|it| it.point = None, MISSING, "point"),
    (|it| it.point.as_mut().unwrap().latitude_deg = 90.1, INVALID, "point.latitude_deg"),
    (|it| it.point.as_mut().unwrap().longitude_deg = f64::NAN, INVALID, "point.longitude_deg"),
    (|it| it.position_error_m = None, MISSING, "position_error_m"),
    (|it| it.position_error_m = Some(-0.1), INVALID, "position_error_m"),
    (|it| it.clock_error_ns = 1_000_000_001, INVALID, "clock_error_ns"),
    (|it| it.operator.clear(), MISSING, "operator"),
    (|it| it.operator = "x".repeat(129), INVALID, "operator"),
    (|it| it.group = "a\nb".into(), INVALID, "group"),
    (|it| it.signing_key.clear(), MISSING, "signing_key"),
    (|it| it.signing_key.truncate(31), INVALID, "signing_key"),
    (|it| it.signing_key = vec![0; 32], INVALID, "signing_key"),
    (|it| it.exchange_key.push(0), INVALID, "exchange_key"),
    (|it| it.exchange_key = vec![0; 32], INVALID, "exchange_key"),
    (|it| it.addresses.clear(), MISSING, "addresses"),
    (|it| it.addresses = vec!["192.0.2.7:1".into(); 5], ErrorReason::LimitExceeded, "addresses"),
    (|it| it.addresses[1] = "localhost:7862".into(), INVALID, "addresses[1]"),
    (|it| it.addresses[1] = "0.0.0.0:7862".into(), INVALID, "addresses[1]"),
    (|it| it.addresses[1] = "192.0.2.7:0".into(), INVALID, "addresses[1]"),
    (|it| it.stated_area = "QQ".into(), ErrorReason::AreaUnknown, "stated_area"),
];

const SITES: [Wrong<v1::Site>; 6] = [
    (|it| it.display_name = "x".repeat(129), INVALID, "display_name"),
    (|it| it.claimed_point.as_mut().unwrap().latitude_deg = -91.0, INVALID, "claimed_point.latitude_deg"),
    (|it| it.claimed_tolerance_m = f64::INFINITY, INVALID, "claimed_tolerance_m"),
    (|it| it.questions = vec![inside(&["SG"]); 9], ErrorReason::LimitExceeded, "questions"),
    (|it| it.questions[1] = inside(&["SG", "QQ"]), ErrorReason::AreaUnknown, "questions[1].inside.areas[1]"),
    (
        |it| it.questions[1] = claim(v1::Point { latitude_deg: 1.0, longitude_deg: 181.0 }),
        INVALID,
        "questions[1].claim.point.longitude_deg",
    ),
];

const AGENTS: [Wrong<v1::Agent>; 4] = [
    (|it| it.site.clear(), MISSING, "site"),
    (|it| it.site = "s".into(), INVALID, "site"),
    (|it| it.identity_key = vec![7; 33], INVALID, "identity_key"),
    (|it| it.identity_key = vec![2; 32], INVALID, "identity_key"),
];

const CHIPS: [Wrong<v1::Chip>; 4] = [
    (|it| it.serial.clear(), MISSING, "serial"),
    (|it| it.serial = "x".repeat(129), INVALID, "serial"),
    (|it| it.sku.clear(), MISSING, "sku"),
    (|it| it.sku = "x".repeat(65), INVALID, "sku"),
];

/// What is wrong, on entry and on change alike.
macro_rules! each_is_named {
    ($desk:ident, $table:ident, $good:expr, $kind:literal, $path:literal: $client:ident.$create:ident($new:ident) $update:ident $Update:ident $field:ident) => {
        $desk.$client.$create($new("there", $good)).await.unwrap();
        for (change, reason, field) in $table {
            let mut record = $good;
            change(&mut record);
            let path = format!(concat!($kind, ".{}"), field);
            let status =
                refused($desk.$client.$create($new("x", record.clone())).await, reason, ("field", &path));
            let details = status.get_error_details();
            let violation = &details.bad_request().unwrap().field_violations[0];
            assert_eq!(violation.field, path);
            assert!(status.message().contains(&violation.description), "{status:?}");
            record.name = $path.into();
            let head = field.split(['.', '[']).next().unwrap();
            let update =
                v1::$Update { $field: Some(record), update_mask: mask(&[head]), ..Default::default() };
            refused($desk.$client.$update(update).await, reason, ("field", &path));
        }
    };
}

#[tokio::test]
async fn each_wrong_field_is_named_with_a_remedy() {
    let mut desk = Desk::on(&Ground::in_memory()).await;
    each_is_named!(desk, LANDMARKS, landmark(1), "landmark", "landmarks/there": landmarks.create_landmark(new_landmark) update_landmark UpdateLandmarkRequest landmark);
    each_is_named!(desk, SITES, site(), "site", "sites/there": sites.create_site(new_site) update_site UpdateSiteRequest site);
    desk.sites.create_site(new_site("s", site())).await.unwrap();
    each_is_named!(desk, AGENTS, agent(1), "agent", "agents/there": agents.create_agent(new_agent) update_agent UpdateAgentRequest agent);
    each_is_named!(desk, CHIPS, chip("1"), "chip", "chips/there": chips.create_chip(new_chip) update_chip UpdateChipRequest chip);
}

#[tokio::test]
async fn a_tolerance_needs_a_claim() {
    let mut desk = Desk::on(&Ground::in_memory()).await;
    let wrong = v1::Site { claimed_point: None, ..site() };
    let field = ("field", "site.claimed_tolerance_m");
    refused(desk.sites.create_site(new_site("s", wrong.clone())).await, INVALID, field);
    desk.sites.create_site(new_site("s", site())).await.unwrap();
    let alone = v1::UpdateSiteRequest {
        site: Some(v1::Site { name: "sites/s".into(), ..wrong }),
        update_mask: mask(&["claimed_point"]),
        ..Default::default()
    };
    refused(desk.sites.update_site(alone).await, INVALID, field);
}

#[tokio::test]
async fn names_ids_masks_and_reasons_are_checked() {
    let mut desk = Desk::on(&Ground::in_memory()).await;
    desk.sites.create_site(new_site("s", site())).await.unwrap();
    for id in ["-a", "a-", "A", "a b", "a/b", &"x".repeat(64)] {
        let answer = desk.sites.create_site(new_site(id, site())).await;
        refused(answer, INVALID, ("field", "site_id"));
    }
    let empty = v1::CreateSiteRequest { site_id: "x".into(), ..Default::default() };
    refused(desk.sites.create_site(empty).await, MISSING, ("field", "site"));
    for (name, reason, fact) in [
        ("", MISSING, ("field", "name")),
        ("s", INVALID, ("field", "name")),
        ("agents/s", INVALID, ("field", "name")),
        ("sites/none", ErrorReason::NotFound, ("name", "sites/none")),
    ] {
        let named = v1::GetSiteRequest { name: name.into() };
        refused(desk.sites.get_site(named).await, reason, fact);
        let retire = v1::RetireSiteRequest { name: name.into(), reason: "x".into(), ..Default::default() };
        refused(desk.sites.retire_site(retire).await, reason, fact);
    }
    let update = |paths: &[&str]| v1::UpdateSiteRequest {
        site: Some(v1::Site { name: "sites/s".into(), ..site() }),
        update_mask: mask(paths),
        ..Default::default()
    };
    refused(desk.sites.update_site(update(&[])).await, MISSING, ("field", "update_mask"));
    let unmasked = v1::UpdateSiteRequest { update_mask: None, ..update(&[]) };
    refused(desk.sites.update_site(unmasked).await, MISSING, ("field", "update_mask"));
    for path in ["etag", "state", "name", "*", "claimed_point.latitude_deg"] {
        let status =
            refused(desk.sites.update_site(update(&["questions", path])).await, INVALID, ("value", path));
        let allowed = "display_name, claimed_point, claimed_tolerance_m, questions";
        assert!(status.message().contains(allowed), "{status:?}");
    }
    let nameless = v1::UpdateSiteRequest { site: Some(site()), ..update(&["questions"]) };
    refused(desk.sites.update_site(nameless).await, MISSING, ("field", "site.name"));
    for (reason, why) in [(MISSING, String::new()), (INVALID, "x".repeat(501)), (INVALID, "a\u{1b}[m".into())]
    {
        let retire = v1::RetireSiteRequest { name: "sites/s".into(), reason: why, ..Default::default() };
        refused(desk.sites.retire_site(retire).await, reason, ("field", "reason"));
    }
}

#[tokio::test]
async fn a_refused_coordinate_is_not_repeated() {
    let mut desk = Desk::on(&Ground::in_memory()).await;
    let mut wrong = landmark(1);
    wrong.point.as_mut().unwrap().latitude_deg = 123.456_789;
    let first = desk.landmarks.create_landmark(new_landmark("l", wrong)).await.unwrap_err();
    let mut wrong = site();
    wrong.claimed_point.as_mut().unwrap().longitude_deg = -223.456_789;
    let second = desk.sites.create_site(new_site("s", wrong)).await.unwrap_err();
    for status in [first, second] {
        let told = format!("{status:?}") + &String::from_utf8_lossy(status.details());
        assert!(!told.contains("23.4"), "{told}");
    }
}
