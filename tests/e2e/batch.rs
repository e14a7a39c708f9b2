//! BatchLocate: order, errors among items, limits, and that it says what Locate says.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::batch_outcome::Outcome;
use lightcone::v1::location_service_client::LocationServiceClient;
use lightcone_server::limits::CORRELATION_BYTES_MAX;
use lightcone_tests::House;
use prost::Message as _;
use tonic::{Code, Status};

use crate::calls::{batch, claim, idle_within, inside, items, outcome, outside, world};

/// The reason that an item's error bears.
fn reason(outcome: &Outcome) -> (ErrorReason, String) {
    let Outcome::Error(error) = outcome else { unreachable!("an error: {outcome:?}") };
    let details = error.encode_to_vec().into();
    let status = Status::with_details(Code::from(error.code), error.message.clone(), details);
    (ErrorReason::of(&status).expect("a reason of ours"), error.message.clone())
}

#[tokio::test]
async fn every_item_is_answered_as_locate_answers_it() {
    let house = House::open().await;
    let mut client = house.client().await;
    let mut world = world();
    let questions = vec![outside(&["CN", "RU"]), inside(&["SG"])];
    let chips: Vec<_> = (0..200).map(|_| world.chip()).collect();
    let mut frames = vec![world.header(questions.clone())];
    for (index, some) in chips.chunks(7).enumerate() {
        let some = some.iter().enumerate().map(|(place, chip)| chip.item(format!("{}", index * 7 + place)));
        frames.push(items(some.collect()));
    }
    let (opening, outcomes, end) = batch(&mut client, frames).await;
    end.unwrap();
    let opening = opening.unwrap();
    assert_eq!(opening.questions, questions);
    assert_eq!(opening.settings.unwrap().liars, Some(1));
    let ids: BTreeSet<&str> = outcomes.iter().map(|outcome| outcome.correlation_id.as_str()).collect();
    assert_eq!((outcomes.len(), ids.len()), (200, 200));
    for (index, chip) in chips.iter().enumerate().step_by(40) {
        let Outcome::Brief(brief) = outcome(&outcomes, &index.to_string()) else {
            unreachable!("a brief answer")
        };
        let mut request = world.request(chip);
        request.questions.clone_from(&questions);
        let verdict = client.locate(request).await.unwrap().into_inner().verdict.unwrap();
        let mut touched: Vec<&String> =
            brief.touched.iter().map(|area| &opening.areas[*area as usize]).collect();
        touched.sort();
        assert_eq!(touched, verdict.touched.iter().collect::<Vec<_>>());
        assert_eq!((brief.extent, brief.summary), (verdict.extent, verdict.summary));
        assert_eq!((brief.groups, brief.landmarks), (verdict.groups, verdict.landmarks));
        let findings =
            |answers: &[v1::BriefAnswer]| answers.iter().map(|answer| answer.finding).collect::<Vec<_>>();
        assert_eq!(
            findings(&brief.answers),
            verdict.answers.iter().map(|answer| answer.finding).collect::<Vec<_>>()
        );
    }
}

#[tokio::test]
async fn bad_items_in_the_middle_break_nothing() {
    let house = House::open().await;
    let mut client = house.client().await;
    let mut world = world();
    let good = world.chip();
    let bad = |change: fn(&mut v1::BatchItem), id: &str| {
        let mut item = good.item(id);
        change(&mut item);
        item
    };
    let frame = vec![
        good.item("first"),
        bad(|item| item.rtt_ns[5] = -1, "negative"),
        bad(|item| item.rtt_ns[5] = 0, "zero"),
        bad(|item| item.rtt_ns.truncate(3), "short"),
        bad(|item| item.landmarks = vec![0; 3], "indices"),
        bad(|item| item.landmarks = vec![999; 24], "unknown"),
        bad(|item| item.age_ns = vec![i64::MIN; 24], "aged"),
        bad(|item| item.questions = vec![inside(&["QQ"])], "area"),
        bad(|item| item.questions = vec![v1::Question::default(); 17], "questions"),
        good.item("ü".repeat(CORRELATION_BYTES_MAX / 2 + 1)),
        good.item("x".repeat(CORRELATION_BYTES_MAX)),
        good.item("last"),
    ];
    let (_, outcomes, end) =
        batch(&mut client, vec![world.header(vec![outside(&["CN"])]), items(frame)]).await;
    end.unwrap();
    assert_eq!(outcomes.len(), 12);
    assert!(matches!(outcome(&outcomes, "first"), Outcome::Brief(_)));
    assert!(matches!(outcome(&outcomes, "last"), Outcome::Brief(_)));
    assert!(matches!(outcome(&outcomes, &"x".repeat(CORRELATION_BYTES_MAX)), Outcome::Brief(_)));
    let cut = "ü".repeat(CORRELATION_BYTES_MAX / 2);
    for (id, expected, field) in [
        ("negative", ErrorReason::FieldInvalid, "`rtt_ns[5]`"),
        ("zero", ErrorReason::FieldInvalid, "`rtt_ns[5]`"),
        ("short", ErrorReason::LengthsDiffer, "`rtt_ns`"),
        ("indices", ErrorReason::LengthsDiffer, "`landmarks`"),
        ("unknown", ErrorReason::LandmarkUnknown, "`landmarks[0]`"),
        ("aged", ErrorReason::FieldInvalid, "`age_ns[0]`"),
        ("area", ErrorReason::AreaUnknown, "`questions[0].inside.areas[0]`"),
        ("questions", ErrorReason::LimitExceeded, "`questions`"),
        (cut.as_str(), ErrorReason::LimitExceeded, "`correlation_id`"),
    ] {
        let (reason, message) = reason(outcome(&outcomes, id));
        assert_eq!(reason, expected, "{id}: {message}");
        assert!(message.starts_with(field), "{id}: {message}");
    }
}

#[tokio::test]
async fn an_item_may_name_its_landmarks_and_bring_its_own_question() {
    let house = House::open().await;
    let mut client = house.client().await;
    let mut world = world();
    let chip = world.chip();
    let mut item = chip.item("own");
    item.landmarks = vec![20, 3, 7];
    item.rtt_ns = item.landmarks.iter().map(|index| chip.rtt_ns[*index as usize]).collect();
    item.questions = vec![claim(chip.point)];
    let (_, outcomes, end) =
        batch(&mut client, vec![world.header(vec![outside(&["CN"])]), items(vec![item])]).await;
    end.unwrap();
    let Outcome::Brief(brief) = outcome(&outcomes, "own") else { unreachable!("a brief answer") };
    assert_eq!((brief.groups, brief.landmarks), (3, 3));
    assert_eq!(brief.answers.len(), 1);
    assert_eq!(brief.answers[0].finding(), v1::Finding::Possible);
    assert_eq!(brief.answers[0].own_question.as_deref(), Some(&claim(chip.point)));
}

#[tokio::test]
async fn wider_views_bear_whole_responses() {
    let house = House::open().await;
    let mut world = world();
    let chip = world.chip();
    let mut header = world.header(vec![outside(&["CN"])]);
    if let Some(v1::batch_locate_request::Frame::Header(header)) = &mut header.frame {
        header.view = Some(v1::View::Full as i32);
    }
    let (_, outcomes, end) =
        batch(&mut house.client().await, vec![header, items(vec![chip.item("full")])]).await;
    end.unwrap();
    let Outcome::Response(response) = outcome(&outcomes, "full") else { unreachable!("a response") };
    assert!(response.verdict.is_some() && response.region.is_some());
}

#[tokio::test]
async fn frames_out_of_order_end_the_stream() {
    let house = House::open().await;
    let mut client = house.client().await;
    let mut world = world();
    let (header, chip) = (world.header(Vec::new()), world.chip());
    let frame = || items(vec![chip.item("x")]);
    let empty = v1::BatchLocateRequest { frame: None };
    for (frames, expected) in [
        (vec![], ErrorReason::FrameUnexpected),
        (vec![frame()], ErrorReason::FrameUnexpected),
        (vec![header.clone(), header.clone()], ErrorReason::FrameUnexpected),
        (vec![header.clone(), empty], ErrorReason::FrameUnexpected),
        (vec![header.clone(), items(Vec::new())], ErrorReason::FieldMissing),
        (vec![header.clone(), items(vec![v1::BatchItem::default(); 1_025])], ErrorReason::LimitExceeded),
    ] {
        let (_, _, end) = batch(&mut client, frames).await;
        assert_eq!(ErrorReason::of(&end.unwrap_err()), Some(expected));
    }
}

#[tokio::test]
async fn a_header_is_refused_whole() {
    let house = House::open().await;
    let mut world = world();
    world.landmarks[4].name = world.landmarks[5].name.clone();
    let (_, _, end) = batch(&mut house.client().await, vec![world.header(Vec::new())]).await;
    let status = end.unwrap_err();
    assert_eq!(ErrorReason::of(&status), Some(ErrorReason::LandmarkDuplicate));
    assert!(status.message().contains("`header.landmarks`"), "{}", status.message());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_is_killed_frees_the_pool() {
    let house = House::open().await;
    let address = house.address;
    // A runtime of its own: when it goes, its sockets close, as when a process is killed.
    let killed = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut client = LocationServiceClient::connect(format!("http://{address}")).await.unwrap();
            let (header, chip) = slow();
            let endless = stream::repeat_with(move || items(vec![chip.item("x"); 64]));
            let endless = stream::iter([header]).chain(endless);
            let mut answers = client.batch_locate(endless).await.unwrap().into_inner();
            for _ in 0..3 {
                answers.next().await.unwrap().unwrap();
            }
        });
    });
    killed.join().unwrap();
    let took = idle_within(&house, Duration::from_secs(3)).await;
    let totals = house.pool.snapshot().lane(lightcone_pool::Lane::Bulk).totals.clone();
    assert!(totals.cancelled_running + totals.cancelled_queued > 0, "idle within {took:?}: {totals:?}");
}

/// A header and a chip that keep a core busy for long.
fn slow() -> (v1::BatchLocateRequest, lightcone_tests::Chip) {
    let mut world = world();
    let header = v1::BatchHeader {
        landmarks: world.landmarks.clone(),
        settings: Some(v1::Settings { explain: true, liars: Some(4), ..v1::Settings::default() }),
        questions: vec![inside(&["SG"])],
        view: None,
    };
    let frame = v1::batch_locate_request::Frame::Header(header);
    (v1::BatchLocateRequest { frame: Some(frame) }, world.chip())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_is_not_computed_for_without_end() {
    let house = House::open().await;
    let mut client = house.client().await;
    let mut world = world();
    let chip = world.chip();
    let header = world.header(vec![outside(&["CN"])]);
    let endless = stream::iter([header]).chain(stream::repeat_with(move || items(vec![chip.item("x"); 256])));
    let answers = client.batch_locate(endless).await.unwrap();
    // Nobody reads: windows fill, and then everything stands still.
    let mut before = u64::MAX;
    for _ in 0..200 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let done = house.pool.snapshot().lane(lightcone_pool::Lane::Bulk).totals.finished;
        if done == before {
            drop(answers);
            return;
        }
        before = done;
    }
    unreachable!("{before} slices were computed for nobody");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_ends_at_its_callers_deadline() {
    let house = House::open().await;
    let mut client = house.client().await;
    let (header, chip) = slow();
    let endless = stream::iter([header]).chain(stream::repeat_with(move || items(vec![chip.item("x"); 64])));
    let mut request = tonic::Request::new(endless);
    request.set_timeout(Duration::from_millis(300));
    let mut answers = client.batch_locate(request).await.unwrap().into_inner();
    let ended = loop {
        match answers.next().await {
            Some(Ok(_)) => {}
            Some(Err(status)) => break status,
            None => unreachable!("the stream has no end of its own"),
        }
    };
    assert_eq!(ErrorReason::of(&ended), Some(ErrorReason::DeadlineExceeded), "{ended:?}");
    idle_within(&house, Duration::from_secs(1)).await;
}
