//! Sessions over the wire: from a summons to a verdict, and every way not to get there.

use ed25519_dalek::VerifyingKey;
use futures_util::StreamExt as _;
use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::agent_service_client::AgentServiceClient;
use lightcone::v1::alert::Kind;
use lightcone::v1::measurement_service_client::MeasurementServiceClient;
use lightcone::v1::session::State;
use lightcone_probe::plan::{Plan, PlannedLandmark, Window};
use lightcone_probe::{Binding, LandmarkId, SessionId, Signature};
use lightcone_tests::Ground;
use lightcone_tests::players::{assignment, nanoseconds, summons};

use crate::registry::on_every_store;
use crate::town::{NEAR_NS, PLACES, Town, findings, next_verdict, within};

on_every_store! {
    a_session_leads_from_a_summons_to_a_verdict,
    the_same_evidence_again_has_the_same_plan_and_other_evidence_none,
    evidence_that_shows_nothing_is_refused,
    who_does_not_attest_misses_and_is_counted,
    a_summons_that_is_asked_for_twice_is_one_session,
}

async fn a_session_leads_from_a_summons_to_a_verdict(ground: Ground) {
    let mut town = Town::found(&ground).await;
    let mut verdicts = town.verdicts("").await;
    let attested = town.begin().await;
    assert_eq!(attested.session.state(), State::Attested);
    assert_eq!(attested.session.residency(), v1::Residency::R0);
    assert_eq!(attested.session.landmarks.len(), PLACES.len());
    // Nearest first: Frankfurt is last.
    assert_eq!(attested.session.landmarks.last().unwrap(), "landmarks/main");

    let met = town.measure(Town::rtt_ns).await;
    town.bring(&met).await;
    let measured = measurements(&town, &attested.session.name).await;
    assert!(measured.iter().all(|seen| seen.state() == v1::measurement::State::Pending), "{measured:?}");
    let closed = town.close(&attested, &met).await;
    assert!(matches!(closed.state(), State::Closed | State::Judged));

    let verdict = next_verdict(&mut verdicts).await;
    assert_eq!(findings(&verdict), [v1::Finding::Proven, v1::Finding::Proven, v1::Finding::Possible]);
    assert!(verdict.headline.starts_with("UNATTESTED "), "{}", verdict.headline);
    assert_eq!((verdict.residency(), verdict.time_factor), (v1::Residency::R0, 1));
    assert!(verdict.not_checked.iter().any(|what| what == "which chip the key is in"));
    assert_eq!(verdict.verdict.as_ref().unwrap().landmarks, PLACES.len() as u32);
    // The moment is that of the last round trip, within the session.
    let as_of = nanoseconds(verdict.as_of);
    assert!((nanoseconds(attested.plan.begin_time)..=nanoseconds(attested.plan.end_time)).contains(&as_of));
    let judged = town.until(&attested.session.name, State::Judged).await;
    assert_eq!(
        (judged.verdict.as_str(), verdict.session.as_str()),
        (verdict.name.as_str(), judged.name.as_str())
    );
    let measured = measurements(&town, &attested.session.name).await;
    assert_eq!(measured.len(), PLACES.len());
    let near = measured.iter().find(|seen| seen.landmark == "landmarks/bedok").unwrap();
    assert_eq!((near.state(), near.rtt_ns, near.answered), (v1::measurement::State::Verified, NEAR_NS, 16));
}

async fn measurements(town: &Town, session: &str) -> Vec<v1::Measurement> {
    let request = v1::ListMeasurementsRequest { parent: session.to_owned() };
    let mut client = MeasurementServiceClient::new(town.channel.clone());
    client.list_measurements(request).await.unwrap().into_inner().measurements
}

#[tokio::test]
async fn a_plan_is_signed_by_the_key_of_the_summons() {
    let mut town = Town::found(&Ground::in_memory()).await;
    let mut line = town.device.attend().await;
    let summons = town.device.summoned(&mut line).await;
    let plan = town.device.attest(&summons, &mut town.seed).await.plan;
    let mut landmarks: Vec<PlannedLandmark> = plan
        .landmarks
        .iter()
        .map(|peer| {
            let x25519 = peer.exchange_key.as_slice().try_into().unwrap();
            let v4 = peer.addresses[0].parse().ok();
            PlannedLandmark { id: LandmarkId::of(&x25519), x25519, v4, v6: None }
        })
        .collect();
    landmarks.sort_by_key(|landmark| landmark.id);
    let window = Window {
        probes: plan.probes as u16,
        not_before_ns: nanoseconds(plan.begin_time),
        not_after_ns: nanoseconds(plan.end_time),
    };
    let session = SessionId(plan.session_id.as_slice().try_into().unwrap());
    let binding = Binding(plan.binding.as_slice().try_into().unwrap());
    let rebuilt = Plan { session, binding, window, landmarks };
    let service = VerifyingKey::from_bytes(summons.verifier_key.as_slice().try_into().unwrap()).unwrap();
    let signature = Signature(plan.signature.as_slice().try_into().unwrap());
    assert_eq!(Plan::open(&rebuilt.signing_bytes(), &signature, &service).unwrap(), rebuilt);
}

async fn the_same_evidence_again_has_the_same_plan_and_other_evidence_none(ground: Ground) {
    let mut town = Town::found(&ground).await;
    let mut line = town.device.attend().await;
    let summons = town.device.summoned(&mut line).await;
    let (request, _) = town.device.evidence(&summons, &mut town.seed);
    let mut sessions = town.device.sessions.clone();
    let first = sessions.attest(request.clone()).await.unwrap().into_inner();
    let again = sessions.attest(request).await.unwrap().into_inner();
    assert_eq!(first.plan, again.plan);
    // The nonce is used up.
    let (other, _) = town.device.evidence(&summons, &mut town.seed);
    let refused = sessions.attest(other).await.unwrap_err();
    assert_eq!(ErrorReason::of(&refused), Some(ErrorReason::SessionOver), "{refused:?}");
}

async fn evidence_that_shows_nothing_is_refused(ground: Ground) {
    let mut town = Town::found(&ground).await;
    let mut line = town.device.attend().await;
    let summons = town.device.summoned(&mut line).await;
    let (good, _) = town.device.evidence(&summons, &mut town.seed);
    let changed = |change: &dyn Fn(&mut v1::AttestRequest)| {
        let mut request = good.clone();
        change(&mut request);
        request
    };
    let evidence = |request: &mut v1::AttestRequest, change: fn(&mut v1::Evidence)| {
        change(&mut request.evidence[0]);
    };
    let cases = [
        (changed(&|it| it.verifier_nonce[0] ^= 1), ErrorReason::EvidenceRefused),
        (changed(&|it| it.exchange_key[0] ^= 1), ErrorReason::EvidenceRefused),
        (changed(&|it| evidence(it, |it| it.payload[0] ^= 1)), ErrorReason::EvidenceRefused),
        (changed(&|it| evidence(it, |it| it.payload.truncate(63))), ErrorReason::EvidenceRefused),
        (changed(&|it| evidence(it, |it| it.format = "hearsay".into())), ErrorReason::FieldInvalid),
        (changed(&|it| evidence(it, |it| it.payload = vec![0; 65_537])), ErrorReason::LimitExceeded),
        (changed(&|it| it.evidence.clear()), ErrorReason::FieldMissing),
        (changed(&|it| it.signing_key = vec![2; 31]), ErrorReason::FieldInvalid),
        (changed(&|it| it.session = "agents/a-1".into()), ErrorReason::FieldInvalid),
        (changed(&|it| it.session = "agents/a-1/sessions/none".into()), ErrorReason::NotFound),
    ];
    let mut sessions = town.device.sessions.clone();
    for (request, reason) in cases {
        let refused = sessions.attest(request).await.unwrap_err();
        assert_eq!(ErrorReason::of(&refused), Some(reason), "{refused:?}");
    }
    // None of that used the nonce up.
    sessions.attest(good).await.unwrap();
}

async fn who_does_not_attest_misses_and_is_counted(ground: Ground) {
    let town = Town::with(&ground, |config| config.sessions.lead_ms = 50).await;
    let mut line = town.device.attend().await;
    let summons = town.device.summoned(&mut line).await;
    town.until(&summons.session, State::Missed).await;
    town.alert("agents/a-1", Kind::Silence).await;
    let request = v1::GetAgentRequest { name: town.device.name() };
    let agent = AgentServiceClient::new(town.channel.clone()).get_agent(request).await.unwrap();
    assert_eq!(agent.into_inner().missed_sessions, 1);
    let (late, _) = town.device.evidence(&summons, &mut town.seed.clone());
    let refused = town.device.sessions.clone().attest(late).await.unwrap_err();
    assert_eq!(ErrorReason::of(&refused), Some(ErrorReason::SessionOver), "{refused:?}");
}

async fn a_summons_that_is_asked_for_twice_is_one_session(ground: Ground) {
    let town = Town::found(&ground).await;
    let request = |agent: &str| v1::SummonAgentRequest {
        agent: agent.to_owned(),
        request_id: "5a0f6a2e-6c1f-4ad5-9b58-3f0a6f1f6f3e".to_owned(),
    };
    let mut sessions = town.device.sessions.clone();
    let first = sessions.summon_agent(request("agents/a-1")).await.unwrap().into_inner();
    let again = sessions.summon_agent(request("agents/a-1")).await.unwrap().into_inner();
    assert_eq!(first, again);
    for (agent, reason) in [
        ("agents/a-2", ErrorReason::NotFound),
        ("a-1", ErrorReason::FieldInvalid),
        ("", ErrorReason::FieldInvalid),
    ] {
        let asked = v1::SummonAgentRequest { request_id: String::new(), ..request(agent) };
        let refused = sessions.summon_agent(asked).await.unwrap_err();
        assert_eq!(ErrorReason::of(&refused), Some(reason), "{agent}: {refused:?}");
    }
    let request = v1::ListSessionsRequest { parent: "agents/a-1".to_owned(), ..Default::default() };
    let listed = sessions.list_sessions(request).await.unwrap().into_inner();
    assert_eq!((listed.sessions, listed.next_page_token), (vec![first], String::new()));
}

#[tokio::test]
async fn who_attests_and_never_closes_misses_too() {
    let mut town = Town::with(&Ground::in_memory(), |config| {
        (config.sessions.window_ms, config.sessions.grace_ms) = (200, 1);
    })
    .await;
    let attested = town.begin().await;
    town.until(&attested.session.name, State::Missed).await;
    town.alert("agents/a-1", Kind::Silence).await;
    let refused = town.device.sessions.clone().close_session(town.device.closing(&attested, &[])).await;
    assert_eq!(ErrorReason::of(&refused.unwrap_err()), Some(ErrorReason::SessionOver));
}

#[tokio::test]
async fn an_agent_that_is_due_is_summoned_though_nobody_asks() {
    let town = Town::with(&Ground::in_memory(), |config| {
        (config.sessions.per_day, config.sessions.lead_ms) = (12, 1_000);
    })
    .await;
    let mut line = town.device.attend().await;
    // What was drawn comes in hours; the store is told that it is now.
    town.house.store.schedule_next(&[("a-1".to_owned(), 1)]).await.unwrap();
    let summons = within(summons(&mut line)).await;
    town.until(&summons.session, State::Missed).await;
    let drawn = town.house.store.due_agents(i64::MAX, 10).await.unwrap();
    assert!(drawn[0].next_session_time.unwrap() > nanoseconds(summons.expire_time), "drawn anew");
}

#[tokio::test]
async fn who_comes_back_is_told_again() {
    let mut town = Town::found(&Ground::in_memory()).await;
    let mut first = town.device.attend().await;
    let summoned = town.device.summoned(&mut first).await;
    // A new line ends the old one, and the summons is told on it again.
    let mut second = town.device.attend().await;
    let ended = within(first.next()).await.expect("it is told why").expect_err("the old line ends");
    assert_eq!(ErrorReason::of(&ended), Some(ErrorReason::StateForbids), "{ended:?}");
    assert!(within(first.next()).await.is_none(), "and says no more");
    assert_eq!(within(summons(&mut second)).await, summoned);
    town.device.attest(&summoned, &mut town.seed).await;
    let told = within(assignment(&mut town.works[0])).await;
    let mut again = town.towers[0].watch().await;
    assert_eq!(within(assignment(&mut again)).await, told);
    // One session at a time.
    let request = v1::SummonAgentRequest { agent: town.device.name(), request_id: String::new() };
    let refused = town.device.sessions.clone().summon_agent(request).await.unwrap_err();
    assert_eq!(ErrorReason::of(&refused), Some(ErrorReason::StateForbids), "{refused:?}");
}

#[tokio::test]
async fn a_session_goes_on_after_a_restart() {
    let ground = Ground::on_disk();
    let mut town = Town::with(&ground, |config| config.sessions.window_ms = 30_000).await;
    let attested = town.begin().await;
    let met = town.measure(Town::rtt_ns).await;
    let first = town.towers[0].sign(&met[0]);
    town.towers[0].bring(vec![first]).await.unwrap();

    town.house.ask_to_stop();
    let Town { house, works, towers, device, channel, .. } = town;
    drop((works, channel));
    within(house.down()).await;
    let house = lightcone_tests::House::on(&ground, |config| {
        crate::town::quick(config);
        config.sessions.window_ms = 30_000;
    })
    .await;
    let channel = house.channel().await;
    let mut verdicts = {
        let request = v1::WatchVerdictsRequest { parent: device.name(), resume_token: String::new() };
        let mut client = v1::verdict_service_client::VerdictServiceClient::new(channel.clone());
        client.watch_verdicts(request).await.unwrap().into_inner()
    };
    for (mut tower, met) in towers.into_iter().zip(&met).skip(1) {
        tower.reconnect(&channel);
        let mut work = tower.watch().await;
        assert_eq!(tower.assignment(&within(assignment(&mut work)).await).session, met.report.session);
        let report = tower.sign(met);
        assert_eq!(tower.bring(vec![report]).await.unwrap().accepted, 1);
    }
    let mut sessions = v1::session_service_client::SessionServiceClient::new(channel);
    let met: Vec<_> = met.iter().collect();
    // The same transcript twice is the same answer.
    for _ in 0..2 {
        sessions.close_session(device.closing(&attested, &met)).await.unwrap();
    }
    let verdict = next_verdict(&mut verdicts).await;
    assert_eq!(verdict.verdict.unwrap().landmarks, PLACES.len() as u32);
}
