//! Every way in which a request can be wrong, and what is said then.

use std::time::Duration;

use futures_util::future::join_all;
use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone_server::limits::SMALL_MESSAGE_BYTES_MAX;
use lightcone_tests::{House, World};
use prost::Message as _;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::calls::{SINGAPORE, claim, inside, outside, request};
use crate::web;

type Change = fn(&mut v1::LocateRequest);

/// A change that makes a right request wrong, the reason told, and the field named.
const WRONG: [(Change, ErrorReason, &str); 27] = [
    (|ask| ask.landmarks.clear(), ErrorReason::FieldMissing, "landmarks"),
    (|ask| ask.landmarks[2].name.clear(), ErrorReason::FieldMissing, "landmarks[2].name"),
    (|ask| ask.landmarks[2].name = "x".repeat(129), ErrorReason::FieldInvalid, "landmarks[2].name"),
    (|ask| ask.landmarks[2].group = "x".repeat(129), ErrorReason::FieldInvalid, "landmarks[2].group"),
    (|ask| ask.landmarks[2].point = None, ErrorReason::FieldMissing, "landmarks[2].point"),
    (|ask| at(ask).latitude_deg = 90.1, ErrorReason::FieldInvalid, "landmarks[2].point.latitude_deg"),
    (|ask| at(ask).longitude_deg = f64::NAN, ErrorReason::FieldInvalid, "landmarks[2].point.longitude_deg"),
    (
        |ask| ask.landmarks[2].position_error_m = None,
        ErrorReason::FieldMissing,
        "landmarks[2].position_error_m",
    ),
    (
        |ask| ask.landmarks[2].position_error_m = Some(-1.0),
        ErrorReason::FieldInvalid,
        "landmarks[2].position_error_m",
    ),
    (|ask| ask.landmarks[2].clock_error_ns = -1, ErrorReason::FieldInvalid, "landmarks[2].clock_error_ns"),
    (
        |ask| ask.landmarks[2].name = ask.landmarks[1].name.clone(),
        ErrorReason::LandmarkDuplicate,
        "landmarks",
    ),
    (|ask| ask.round_trips[7].rtt_ns = 0, ErrorReason::FieldInvalid, "round_trips[7].rtt_ns"),
    (|ask| ask.round_trips[7].rtt_ns = i64::MAX, ErrorReason::FieldInvalid, "round_trips[7].rtt_ns"),
    (
        |ask| ask.round_trips[7].landmark = "Oslo".into(),
        ErrorReason::LandmarkUnknown,
        "round_trips[7].landmark",
    ),
    (
        |ask| measured(ask, v1::round_trip::Measured::AgeNs(i64::MIN)),
        ErrorReason::FieldInvalid,
        "round_trips[7].age_ns",
    ),
    (
        |ask| measured(ask, v1::round_trip::Measured::ObserveTime(prost_types::Timestamp::default())),
        ErrorReason::FieldMissing,
        "round_trips[7].observe_time",
    ),
    (|ask| ask.questions[0].question = None, ErrorReason::FieldMissing, "questions[0].question"),
    (|ask| ask.questions[0] = inside(&[]), ErrorReason::FieldMissing, "questions[0].inside.areas"),
    (
        |ask| ask.questions[0] = inside(&["SG", "QQ"]),
        ErrorReason::AreaUnknown,
        "questions[0].inside.areas[1]",
    ),
    (|ask| ask.questions[0] = inside(&["XAC"]), ErrorReason::AreaUnknown, "questions[0].inside.areas[0]"),
    (|ask| ask.questions = vec![claim(SINGAPORE); 17], ErrorReason::LimitExceeded, "questions"),
    (|ask| settings(ask).liars = Some(17), ErrorReason::FieldInvalid, "settings.liars"),
    (|ask| settings(ask).worldview = "mine".into(), ErrorReason::FieldInvalid, "settings.worldview"),
    (
        |ask| settings(ask).max_age = Some(prost_types::Duration::default()),
        ErrorReason::FieldInvalid,
        "settings.max_age",
    ),
    (
        |ask| settings(ask).light_mode = Some(v1::LightMode { mode: None }),
        ErrorReason::FieldMissing,
        "settings.light_mode.mode",
    ),
    (|ask| ask.view = Some(0), ErrorReason::FieldMissing, "view"),
    (|ask| ask.view = Some(v1::View::Brief as i32), ErrorReason::FieldInvalid, "view"),
];

fn at(ask: &mut v1::LocateRequest) -> &mut v1::Point {
    ask.landmarks[2].point.as_mut().expect("a point")
}

fn settings(ask: &mut v1::LocateRequest) -> &mut v1::Settings {
    ask.settings.get_or_insert_default()
}

fn measured(ask: &mut v1::LocateRequest, measured: v1::round_trip::Measured) {
    ask.round_trips[7].measured = Some(measured);
}

#[tokio::test]
async fn each_wrong_field_is_named_with_a_remedy() {
    let house = House::open().await;
    let mut client = house.client().await;
    for (change, reason, field) in WRONG {
        let mut request = request();
        change(&mut request);
        let status = client.locate(request).await.unwrap_err();
        assert_eq!(ErrorReason::of(&status), Some(reason), "{field}: {status:?}");
        assert_eq!(status.code(), reason.code());
        let details = status.get_error_details();
        let violation = &details.bad_request().unwrap().field_violations[0];
        assert_eq!(violation.field, field, "{status:?}");
        assert_eq!(details.error_info().unwrap().metadata["field"], field);
        assert!(status.message().contains(&violation.description), "{status:?}");
        assert!(!status.message().contains('\n') && status.message().len() < 300, "{status:?}");
    }
}

#[tokio::test]
async fn a_refused_coordinate_is_not_repeated() {
    let house = House::open().await;
    let mut request = request();
    at(&mut request).latitude_deg = 123.456_789;
    let status = house.client().await.locate(request).await.unwrap_err();
    let told = format!("{status:?}") + &String::from_utf8_lossy(status.details());
    assert!(!told.contains("123.4"), "{told}");
}

#[tokio::test]
async fn the_sea_and_codes_in_small_letters_are_destinations() {
    let house = House::open().await;
    let mut request = request();
    request.questions = vec![inside(&["sg", "xz"]), inside(&["SG", "XZ"])];
    let verdict = house.client().await.locate(request).await.unwrap().into_inner().verdict.unwrap();
    let findings: Vec<v1::Finding> = verdict.answers.iter().map(v1::Answer::finding).collect();
    assert_eq!(findings[0], findings[1]);
}

#[tokio::test]
async fn audits_are_checked_too() {
    let house = House::open().await;
    let mut client = house.client().await;
    let landmarks = World::of_seed(3, 1).landmarks;
    let pair = |first: &str, second: &str, rtt_ns| v1::LandmarkPair {
        first: first.into(),
        second: second.into(),
        rtt_ns,
    };
    let ask = |pairs, stated_areas| v1::AuditLandmarksRequest {
        landmarks: landmarks.clone(),
        pairs,
        stated_areas,
        light_mode: None,
    };
    let stated = v1::StatedArea { landmark: "landmark-000".into(), area: "QQ".into() };
    for (request, reason) in [
        (ask(vec![pair("landmark-000", "landmark-000", 5)], vec![]), ErrorReason::FieldInvalid),
        (ask(vec![pair("landmark-000", "x", 5)], vec![]), ErrorReason::LandmarkUnknown),
        (ask(vec![pair("landmark-000", "landmark-001", 0)], vec![]), ErrorReason::FieldInvalid),
        (ask(vec![], vec![stated]), ErrorReason::AreaUnknown),
    ] {
        let status = client.audit_landmarks(request).await.unwrap_err();
        assert_eq!(ErrorReason::of(&status), Some(reason), "{status:?}");
    }
}

#[tokio::test]
async fn a_message_beyond_the_limit_is_not_read() {
    let house = House::open().await;
    let mut request = request();
    request.landmarks[0].group = "x".repeat(lightcone_server::limits::MESSAGE_BYTES_MAX);
    let status = house.client().await.locate(request).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange, "{status:?}");
}

#[tokio::test]
async fn each_call_has_a_limit_of_its_own() {
    let house = House::open().await;
    let mut sites = v1::site_service_client::SiteServiceClient::new(house.channel().await);
    let site = v1::Site { display_name: "x".repeat(SMALL_MESSAGE_BYTES_MAX), ..Default::default() };
    let ask = v1::CreateSiteRequest { site: Some(site.clone()), ..Default::default() };
    let status = sites.create_site(ask.clone()).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange, "{status:?}");
    assert!(status.message().contains("131072") && !status.message().contains("xx"), "{status:?}");
    // Many at a time take more room; that this name is too long is then for another to say.
    let many = v1::BatchCreateSitesRequest { requests: vec![ask], ..Default::default() };
    let status = sites.batch_create_sites(many).await.unwrap_err();
    assert_eq!(ErrorReason::of(&status), Some(ErrorReason::FieldInvalid), "{status:?}");
}

#[tokio::test]
async fn lists_beyond_their_limit_are_refused() {
    let house = House::open().await;
    let mut client = house.client().await;
    let mut many = request();
    many.round_trips = vec![many.round_trips[0].clone(); lightcone_server::limits::ROUND_TRIPS_MAX + 1];
    let status = client.locate(many).await.unwrap_err();
    assert_eq!(ErrorReason::of(&status), Some(ErrorReason::LimitExceeded), "{status:?}");
    let mut many = request();
    many.landmarks = (0..=lightcone_server::limits::LOCATE_LANDMARKS_MAX)
        .map(|index| v1::Landmark { name: index.to_string(), ..many.landmarks[0].clone() })
        .collect();
    let status = client.locate(many).await.unwrap_err();
    assert_eq!(ErrorReason::of(&status), Some(ErrorReason::LimitExceeded), "{status:?}");
}

/// A request that keeps a core busy for more than a second: as many landmarks as may be, round trips of which
/// half cannot be true, and many liars to be thought of for each of as many questions as may be.
fn heavy() -> v1::LocateRequest {
    let mut world = World::of_seed(lightcone_server::limits::LOCATE_LANDMARKS_MAX, 5);
    let chip = world.chip_at(SINGAPORE);
    let mut request = world.request(&chip);
    request.round_trips.iter_mut().for_each(|seen| seen.rtt_ns /= 2);
    request.settings = Some(v1::Settings { explain: true, liars: Some(16), ..v1::Settings::default() });
    request.questions = (0..16).map(|index| outside(&[["CN", "RU", "US", "FR"][index % 4]])).collect();
    request
}

#[tokio::test]
async fn a_deadline_that_passes_is_told_as_such_and_ends_the_work() {
    let house = House::open().await;
    // Over gRPC-web, since tonic's client would cut the call short itself.
    let timeout = [("grpc-timeout", "100m")];
    let body = heavy().encode_to_vec();
    let mut tries = 0;
    let status = loop {
        let started = std::time::Instant::now();
        let answer = web::post(&house, "lightcone.v1.LocationService/Locate", &body, &timeout).await;
        assert!(started.elapsed() < Duration::from_secs(2));
        tries += 1;
        if tries == TRIES || !is_too_soon(&answer.status()) {
            break answer.status();
        }
    };
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status:?}");
    assert_eq!(ErrorReason::of(&status), Some(ErrorReason::DeadlineExceeded));
    assert_eq!(status.get_details_error_info().unwrap().metadata["limit_ms"], "100");
    crate::calls::idle_within(&house, Duration::from_secs(1)).await;
}

#[tokio::test]
async fn the_server_has_a_limit_of_its_own() {
    let house = House::with(|config| config.server.deadline_max_ms = 100).await;
    let mut client = house.client().await;
    let mut tries = 0;
    let status = loop {
        let status = client.locate(heavy()).await.unwrap_err();
        tries += 1;
        if tries == TRIES || !is_too_soon(&status) {
            break status;
        }
    };
    assert_eq!(ErrorReason::of(&status), Some(ErrorReason::DeadlineExceeded), "{status:?}");
}

/// How often a call is made again that a loud machine kept from the pool for so long that it was refused.
const TRIES: u32 = 20;

/// Whether a call was not begun, since too little of its time was left when it came to the pool.
fn is_too_soon(status: &Status) -> bool {
    let details = status.get_error_details();
    details
        .error_info()
        .is_some_and(|info| info.metadata.get("cause").is_some_and(|cause| cause == "deadline_too_soon"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_beyond_the_queue_is_refused_with_a_time_to_come_back() {
    let house = House::with(|config| {
        config.pool.threads = 1;
        config.pool.bulk_queue_max = 4;
        config.server.deadline_max_ms = 400;
    })
    .await;
    let client = house.client().await;
    let heavy = heavy();
    let calls = (0..24).map(|_| {
        let (mut client, heavy) = (client.clone(), heavy.clone());
        async move { client.locate(heavy).await.map(|_| ()) }
    });
    let answers: Vec<Result<(), Status>> = join_all(calls).await;
    let refused: Vec<&Status> = answers
        .iter()
        .filter_map(|answer| answer.as_ref().err())
        .filter(|status| ErrorReason::of(status) == Some(ErrorReason::Overloaded))
        .collect();
    assert!(refused.len() >= 12, "{answers:?}");
    for status in refused {
        assert_eq!(status.code(), Code::ResourceExhausted);
        let details = status.get_error_details();
        let told = details.retry_info().unwrap().retry_delay.unwrap();
        assert!(told >= Duration::from_millis(5), "{told:?}");
        let facts = &details.error_info().unwrap().metadata;
        assert_eq!(facts["lane"], "bulk");
        assert!(facts.contains_key("cause") && facts.contains_key("retry_after_ms"));
    }
}
