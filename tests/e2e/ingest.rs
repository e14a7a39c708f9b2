//! Ingestion over the wire: what is taken, what is refused and why, and that nothing is taken twice.

use futures_util::stream;
use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::alert::Kind;
use lightcone::v1::measurement_service_client::MeasurementServiceClient;
use lightcone_probe::clock::Stamps;
use lightcone_tests::Ground;
use lightcone_tests::paper::Met;
use lightcone_tests::players::{Tower, batch};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::registry::on_every_store;
use crate::town::{NEAR_NS, Town, findings, next_verdict, within};

on_every_store! {
    each_refusal_has_its_check,
    what_comes_twice_is_counted_and_kept_once,
    a_stream_that_breaks_is_taken_up_where_it_was,
    a_report_that_the_transcript_contradicts_counts_for_nothing,
}

/// A town in a session, and what its first landmark saw.
async fn begun(ground: &Ground) -> (Town, crate::town::Begun) {
    let mut town = Town::with(ground, |config| config.sessions.window_ms = 30_000).await;
    let attested = town.begin().await;
    let met = town.measure(Town::rtt_ns).await;
    (town, crate::town::Begun { attested, met })
}

fn stamps(met: &mut Met) -> &mut Stamps {
    &mut met.report.sent[3].answer.as_mut().unwrap().stamps
}

async fn each_refusal_has_its_check(ground: Ground) {
    let (mut town, begun) = begun(&ground).await;
    let honest = &begun.met[0];
    let tower = &mut town.towers[0];
    let changed = |tower: &mut Tower, change: &dyn Fn(&mut Met)| {
        let mut met = honest.clone();
        change(&mut met);
        tower.sign(&met)
    };
    let signed = tower.sign(honest);
    tower.next -= 1;
    let cases = [
        ("session", changed(tower, &|it| it.report.session.0[0] ^= 1), ErrorReason::NotFound),
        ("binding", changed(tower, &|it| it.report.subject.0[0] ^= 1), ErrorReason::MeasurementRefused),
        ("landmark", changed(tower, &|it| it.report.landmark.0[0] ^= 1), ErrorReason::MeasurementRefused),
        ("place", changed(tower, &|it| it.report.position_version = 2), ErrorReason::MeasurementRefused),
        (
            "nonce",
            changed(tower, &|it| it.report.sent[1].nonce = it.report.sent[0].nonce),
            ErrorReason::MeasurementRefused,
        ),
        ("sequence", changed(tower, &|it| it.report.sent[1].sequence = 0), ErrorReason::MeasurementRefused),
        ("times", changed(tower, &|it| stamps(it).t3 = stamps(it).t0 - 1), ErrorReason::MeasurementRefused),
        (
            "window",
            changed(tower, &|it| {
                let stamps = stamps(it);
                for stamp in [&mut stamps.r0, &mut stamps.t1, &mut stamps.t4, &mut stamps.r3] {
                    *stamp -= 60_000_000_000;
                }
            }),
            ErrorReason::MeasurementRefused,
        ),
        (
            "signature",
            v1::SignedReport { signature: vec![1; 64], ..tower.sign(honest) },
            ErrorReason::MeasurementRefused,
        ),
        (
            "length of the signature",
            v1::SignedReport { signature: vec![1; 63], ..tower.sign(honest) },
            ErrorReason::FieldInvalid,
        ),
        (
            "format",
            v1::SignedReport { body: vec![7; 40], ..tower.sign(honest) },
            ErrorReason::MeasurementRefused,
        ),
        ("number", v1::SignedReport { sequence: 0, ..signed.clone() }, ErrorReason::FieldInvalid),
        (
            "size",
            v1::SignedReport { body: vec![0; 65_537], ..tower.sign(honest) },
            ErrorReason::LimitExceeded,
        ),
    ];
    let good = tower.sign(honest);
    let last = good.sequence;
    let reports = cases.iter().map(|(_, report, _)| report.clone()).chain([good]).collect();
    let told = tower.bring(reports).await.unwrap();
    assert_eq!((told.accepted, told.rejections.len()), (1, cases.len()), "{told:?}");
    for (what, report, reason) in &cases {
        let found = told.rejections.iter().find(|it| it.sequence == report.sequence);
        assert_eq!(found.map(v1::ReportRejection::reason), Some(*reason), "{what}: {found:?}");
    }
    // All of it is dealt with for good.
    assert_eq!(told.durable_sequence, last);

    // A landmark that was not asked is refused, and one that is not known ends the stream.
    let place = v1::Point { latitude_deg: 1.3, longitude_deg: 103.8 };
    let mut other = Tower::enter(&town.channel, "uninvited", place).await;
    let report = other.sign(honest);
    let told = other.bring(vec![report]).await.unwrap();
    assert_eq!(told.rejections[0].reason(), ErrorReason::MeasurementRefused, "{told:?}");
    let unknown = v1::IngestHeader { landmark: "landmarks/nobody".to_owned() };
    let frame = v1::IngestRequest { frame: Some(v1::ingest_request::Frame::Header(unknown)) };
    let refused = MeasurementServiceClient::new(town.channel.clone()).ingest(stream::iter([frame])).await;
    assert_eq!(ErrorReason::of(&refused.unwrap_err()), Some(ErrorReason::NotFound));
}

#[tokio::test]
async fn frames_come_in_their_order() {
    let (mut town, begun) = begun(&Ground::in_memory()).await;
    let report = town.towers[0].sign(&begun.met[0]);
    let (header, batched) = (town.towers[0].header(), batch(vec![report.clone()]));
    let cases = [
        (vec![], ErrorReason::FrameUnexpected),
        (vec![batched.clone()], ErrorReason::FrameUnexpected),
        (vec![header.clone(), header.clone()], ErrorReason::FrameUnexpected),
        (vec![header.clone(), v1::IngestRequest { frame: None }], ErrorReason::FrameUnexpected),
        (vec![header.clone(), batch(Vec::new())], ErrorReason::FieldMissing),
        (vec![header.clone(), batch(vec![report; 257])], ErrorReason::LimitExceeded),
    ];
    let mut client = MeasurementServiceClient::new(town.channel.clone());
    for (frames, reason) in cases {
        let refused = client.ingest(stream::iter(frames)).await.unwrap_err();
        assert_eq!(ErrorReason::of(&refused), Some(reason), "{refused:?}");
    }
    let told = client.ingest(stream::iter([header])).await.unwrap().into_inner();
    assert_eq!(told, v1::IngestResponse::default());
}

async fn what_comes_twice_is_counted_and_kept_once(ground: Ground) {
    let (mut town, begun) = begun(&ground).await;
    let tower = &mut town.towers[0];
    let report = tower.sign(&begun.met[0]);
    let first = tower.bring(vec![report.clone(), report.clone()]).await.unwrap();
    assert_eq!((first.accepted, first.duplicates, first.durable_sequence), (1, 1, 1), "{first:?}");
    let again = tower.bring(vec![report.clone()]).await.unwrap();
    assert_eq!((again.accepted, again.duplicates, again.durable_sequence), (0, 1, 1), "{again:?}");
    // The same number for something else is no repeat.
    let other = v1::SignedReport { sequence: report.sequence, ..tower.sign(&begun.met[1].clone()) };
    let told = tower.bring(vec![other]).await.unwrap();
    assert_eq!((told.accepted, told.duplicates, told.rejections.len()), (0, 0, 1), "{told:?}");
    let waiting = town.house.store.pending_reports(begun.session_id()).await.unwrap();
    assert_eq!(waiting.len(), 1);
}

async fn a_stream_that_breaks_is_taken_up_where_it_was(ground: Ground) {
    let (mut town, begun) = begun(&ground).await;
    let tower = &mut town.towers[0];
    let reports: Vec<v1::SignedReport> = (0..60).map(|_| tower.sign(&begun.met[0])).collect();
    let (send, receive) = mpsc::channel(4);
    send.send(tower.header()).await.unwrap();
    send.send(batch(reports[..20].to_vec())).await.unwrap();
    let mut client = MeasurementServiceClient::new(town.channel.clone());
    let call = tokio::spawn(async move { client.ingest(ReceiverStream::new(receive)).await });
    let store = &town.house.store;
    within(async {
        while store.durable_sequence("bedok").await.unwrap() < 20 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    // The call is gone before its answer.
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    let told = tower.bring(reports.clone()).await.unwrap();
    assert_eq!((told.accepted, told.duplicates, told.durable_sequence), (40, 20, 60), "{told:?}");
    let waiting = town.house.store.pending_reports(begun.session_id()).await.unwrap();
    let numbers: Vec<i64> = waiting.iter().map(|report| report.sequence).collect();
    assert_eq!(numbers, (1..=60).collect::<Vec<i64>>(), "each once");
}

async fn a_report_that_the_transcript_contradicts_counts_for_nothing(ground: Ground) {
    let mut town = Town::found(&ground).await;
    let mut verdicts = town.verdicts("").await;
    let attested = town.begin().await;
    let met = town.measure(Town::rtt_ns).await;
    // Frankfurt says that the chip answered it in next to no time. The agent knows of no such answers.
    let assignment = town.towers[3].assignment_of(&met[3]);
    let made_up = Met::after(&assignment, 16, 200_000, assignment.window.not_before_ns, &mut town.seed);
    for (tower, met) in town.towers.iter_mut().zip(&met[..3]) {
        let report = tower.sign(met);
        tower.bring(vec![report]).await.unwrap();
    }
    let report = town.towers[3].sign(&made_up);
    assert_eq!(town.towers[3].bring(vec![report]).await.unwrap().accepted, 1, "its proofs wait");
    town.close(&attested, &met).await;
    let verdict = next_verdict(&mut verdicts).await;
    assert_eq!(verdict.verdict.as_ref().unwrap().landmarks, 3);
    assert_eq!(findings(&verdict), [v1::Finding::Proven, v1::Finding::Proven, v1::Finding::Possible]);
    town.alert("landmarks/main", Kind::ReportContradicted).await;
}

#[tokio::test]
async fn a_report_after_the_transcript_is_checked_at_once() {
    let (mut town, begun) = begun(&Ground::in_memory()).await;
    town.close(&begun.attested, &begun.met).await;
    let tower = &mut town.towers[0];
    let report = tower.sign(&begun.met[0]);
    assert_eq!(tower.bring(vec![report]).await.unwrap().accepted, 1);
    let measured = town.house.store.measurements(begun.session_id()).await.unwrap();
    assert_eq!((measured.len(), measured[0].rtt_ns), (1, NEAR_NS));
    // One that lies about its proofs is refused then and there.
    let mut wrong = begun.met[1].clone();
    wrong.report.sent[2].answer.as_mut().unwrap().proof.0[0] ^= 1;
    let tower = &mut town.towers[1];
    let report = tower.sign(&wrong);
    let told = tower.bring(vec![report]).await.unwrap();
    assert_eq!(told.rejections[0].reason(), ErrorReason::MeasurementRefused, "{told:?}");
    town.alert("landmarks/changi", Kind::ReportContradicted).await;
}

#[tokio::test]
async fn a_transcript_that_does_not_check_is_refused() {
    let (town, begun) = begun(&Ground::in_memory()).await;
    let met: Vec<&Met> = begun.met.iter().collect();
    let good = town.device.closing(&begun.attested, &met);
    let mut sessions = town.device.sessions.clone();
    let changed = |change: fn(&mut v1::CloseSessionRequest)| {
        let mut request = good.clone();
        change(&mut request);
        request
    };
    let cases = [
        (changed(|it| it.signature[0] ^= 1), ErrorReason::MeasurementRefused),
        (changed(|it| it.transcript.push(0)), ErrorReason::MeasurementRefused),
        (changed(|it| it.transcript[25] ^= 1), ErrorReason::MeasurementRefused),
        (changed(|it| it.transcript = vec![0; 16_385]), ErrorReason::LimitExceeded),
        (changed(|it| it.signature.truncate(10)), ErrorReason::FieldInvalid),
        (changed(|it| it.session = it.session.replace("a-1", "a-2")), ErrorReason::NotFound),
    ];
    for (request, reason) in cases {
        let refused = sessions.close_session(request).await.unwrap_err();
        assert_eq!(ErrorReason::of(&refused), Some(reason), "{refused:?}");
    }
    sessions.close_session(good.clone()).await.unwrap();
    let other = town.device.closing(&begun.attested, &met[..2]);
    let refused = sessions.close_session(other).await.unwrap_err();
    assert_eq!(ErrorReason::of(&refused), Some(ErrorReason::SessionOver), "{refused:?}");
}

#[tokio::test]
async fn a_server_that_goes_down_answers_for_what_it_read() {
    let (mut town, begun) = begun(&Ground::in_memory()).await;
    let reports: Vec<v1::SignedReport> = (0..10).map(|_| town.towers[0].sign(&begun.met[0])).collect();
    let (send, receive) = mpsc::channel(4);
    send.send(town.towers[0].header()).await.unwrap();
    send.send(batch(reports)).await.unwrap();
    let mut client = MeasurementServiceClient::new(town.channel.clone());
    let call = tokio::spawn(async move { client.ingest(ReceiverStream::new(receive)).await });
    within(async {
        while town.house.store.durable_sequence("bedok").await.unwrap() < 10 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    // The stream is open still: it is the server that goes.
    town.house.ask_to_stop();
    let told = within(call).await.unwrap().unwrap().into_inner();
    assert_eq!((told.accepted, told.durable_sequence), (10, 10));
    drop(send);
}
