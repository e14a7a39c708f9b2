//! Verdicts over the wire: one by one, page by page, as they are given, and given again.

use futures_util::StreamExt as _;
use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::alert::Kind;
use lightcone::v1::landmark_service_client::LandmarkServiceClient;
use lightcone::v1::registered_landmark::State;
use lightcone::v1::verdict_service_client::VerdictServiceClient;
use lightcone_tests::players::{Device, Tower, assignment, nanoseconds};
use lightcone_tests::{Ground, House};

use crate::calls::SINGAPORE;
use crate::registry::on_every_store;
use crate::town::{NEAR_NS, PLACES, Town, findings, next_verdict, quick, within};

on_every_store! {
    verdicts_are_shown_one_by_one_and_page_by_page,
    a_watch_goes_on_where_it_was,
    a_suspended_landmark_has_its_verdicts_judged_again,
    trust_groups_that_turn_out_to_be_one_have_their_verdicts_judged_again,
}

async fn verdicts_are_shown_one_by_one_and_page_by_page(ground: Ground) {
    let mut town = Town::found(&ground).await;
    let mut names = Vec::new();
    for _ in 0..3 {
        names.push(town.session(Town::rtt_ns).await.name);
    }
    let mut client = VerdictServiceClient::new(town.channel.clone());
    let get = |name: &str| v1::GetVerdictRequest { name: name.to_owned() };
    let latest = client.get_verdict(get("agents/a-1/verdicts/latest")).await.unwrap().into_inner();
    assert_eq!(latest.name, names[2]);
    assert_eq!(client.get_verdict(get(&names[2])).await.unwrap().into_inner(), latest);
    let (sha256, body) = (&latest.canonical_sha256, String::from_utf8(latest.canonical).unwrap());
    assert!(sha256.len() == 32 && body.starts_with('{') && body.contains("\"engine\""), "{body}");
    for (name, reason) in [
        ("agents/a-1/verdicts/none", ErrorReason::NotFound),
        ("agents/a-2/verdicts/latest", ErrorReason::NotFound),
        (&names[0].replace("a-1", "a-2"), ErrorReason::NotFound),
        ("agents/a-1", ErrorReason::FieldInvalid),
    ] {
        let refused = client.get_verdict(get(name)).await.unwrap_err();
        assert_eq!(ErrorReason::of(&refused), Some(reason), "{name}: {refused:?}");
    }
    let mut request = v1::ListVerdictsRequest {
        parent: "agents/-".to_owned(),
        page_size: 2,
        ..v1::ListVerdictsRequest::default()
    };
    let first = client.list_verdicts(request.clone()).await.unwrap().into_inner();
    request.page_token.clone_from(&first.next_page_token);
    let second = client.list_verdicts(request.clone()).await.unwrap().into_inner();
    let shown: Vec<&String> = first.verdicts.iter().chain(&second.verdicts).map(|it| &it.name).collect();
    assert_eq!(shown, names.iter().rev().collect::<Vec<_>>());
    assert_eq!(second.next_page_token, "");
    // A token is for its own list.
    request.latest_only = true;
    let refused = client.list_verdicts(request.clone()).await.unwrap_err();
    assert_eq!(ErrorReason::of(&refused), Some(ErrorReason::TokenInvalid));
    request.page_token.clear();
    let latest = client.list_verdicts(request).await.unwrap().into_inner().verdicts;
    assert_eq!(latest.iter().map(|it| &it.name).collect::<Vec<_>>(), [&names[2]]);
}

async fn a_watch_goes_on_where_it_was(ground: Ground) {
    let mut town = Town::found(&ground).await;
    let mut watch = town.verdicts("").await;
    let first = town.session(Town::rtt_ns).await;
    let message = within(watch.next()).await.unwrap().unwrap();
    assert_eq!(message.verdicts.iter().map(|it| &it.name).collect::<Vec<_>>(), [&first.name]);
    drop(watch);
    // Given while nobody watched.
    let second = town.session(Town::rtt_ns).await;
    let mut again = town.verdicts(&message.resume_token).await;
    assert_eq!(next_verdict(&mut again).await.name, second.name);
    // A token is for its own watch.
    let request = v1::WatchVerdictsRequest {
        parent: "agents/-".to_owned(),
        resume_token: message.resume_token.clone(),
    };
    let mut client = VerdictServiceClient::new(town.channel.clone());
    let refused = client.watch_verdicts(request).await.unwrap_err();
    assert_eq!(ErrorReason::of(&refused), Some(ErrorReason::TokenInvalid), "{refused:?}");
    // It ends with the server.
    town.house.ask_to_stop();
    let ended = within(async {
        loop {
            if let Err(status) = again.next().await.expect("a reason") {
                break status;
            }
        }
    })
    .await;
    assert_eq!(ErrorReason::of(&ended), Some(ErrorReason::ShuttingDown), "{ended:?}");
}

#[tokio::test]
async fn a_token_leads_on_after_a_restart() {
    let ground = Ground::on_disk();
    let mut town = Town::found(&ground).await;
    let mut watch = town.verdicts("").await;
    town.session(Town::rtt_ns).await;
    let message = within(watch.next()).await.unwrap().unwrap();
    let second = town.session(Town::rtt_ns).await;
    town.house.ask_to_stop();
    let Town { house, works, channel, .. } = town;
    drop((works, channel, watch));
    within(house.down()).await;
    let house = House::on(&ground, quick).await;
    let request =
        v1::WatchVerdictsRequest { parent: "agents/a-1".to_owned(), resume_token: message.resume_token };
    let mut client = VerdictServiceClient::new(house.channel().await);
    let mut watch = client.watch_verdicts(request).await.unwrap().into_inner();
    assert_eq!(next_verdict(&mut watch).await.name, second.name);
}

/// Three near landmarks prove; with one of them gone, and one that may lie, two are left.
async fn a_suspended_landmark_has_its_verdicts_judged_again(ground: Ground) {
    let mut town = Town::found(&ground).await;
    // Only two of the near ones come near; the others measure long round trips.
    let old = town.session(|tower| if tower < 2 { NEAR_NS } else { 250_000_000 }).await;
    assert_eq!(findings(&old)[0], v1::Finding::Proven);
    let mut watch = town.verdicts("").await;
    let landmark = v1::RegisteredLandmark {
        name: "landmarks/bedok".to_owned(),
        state: State::Suspended as i32,
        ..v1::RegisteredLandmark::default()
    };
    let mask = prost_types::FieldMask { paths: vec!["state".to_owned()] };
    let request = v1::UpdateLandmarkRequest {
        landmark: Some(landmark),
        update_mask: Some(mask),
        ..v1::UpdateLandmarkRequest::default()
    };
    LandmarkServiceClient::new(town.channel.clone()).update_landmark(request).await.unwrap();
    let new = next_verdict(&mut watch).await;
    assert_ne!(findings(&new), findings(&old));
    assert_eq!((new.session.as_str(), new.as_of), (old.session.as_str(), old.as_of));
    assert_eq!(new.verdict.as_ref().unwrap().landmarks, 3);
    let mut client = VerdictServiceClient::new(town.channel.clone());
    let request = v1::GetVerdictRequest { name: old.name.clone() };
    let kept = client.get_verdict(request).await.unwrap().into_inner();
    assert_eq!(kept.superseded_by, new.name);
    assert_eq!((&kept.canonical_sha256, findings(&kept)), (&old.canonical_sha256, findings(&old)));
    town.alert(&old.name, Kind::VerdictFlipped).await;
    let latest = v1::GetVerdictRequest { name: "agents/a-1/verdicts/latest".to_owned() };
    assert_eq!(client.get_verdict(latest).await.unwrap().into_inner().name, new.name);
}

/// Two near landmarks prove together; once somebody who runs one is known to have to do with the other they are one
/// voice, and one may lie.
async fn trust_groups_that_turn_out_to_be_one_have_their_verdicts_judged_again(ground: Ground) {
    let mut town = Town::found(&ground).await;
    let old = town.session(|tower| if tower < 2 { NEAR_NS } else { 250_000_000 }).await;
    assert_eq!(findings(&old)[0], v1::Finding::Proven);
    let mut watch = town.verdicts("").await;
    let near: Vec<String> =
        town.towers[..2].iter().map(|tower| format!("operator of {}", tower.id)).collect();
    let [operator, group] = <[String; 2]>::try_from(near).unwrap();
    Tower::with(&town.channel, "bridge", |it| {
        (it.operator, it.group, it.point) = (operator, group, Some(SINGAPORE));
    })
    .await;
    let new = next_verdict(&mut watch).await;
    assert_ne!(findings(&new)[0], v1::Finding::Proven, "{}", new.headline);
    assert_eq!((new.session.as_str(), new.as_of), (old.session.as_str(), old.as_of));
    let [was, is] = [&old, &new].map(|it| it.verdict.as_ref().unwrap());
    assert_eq!((is.landmarks, is.groups + 1), (was.landmarks, was.groups));
    town.alert(&old.name, Kind::VerdictFlipped).await;
}

#[tokio::test]
async fn a_claim_that_cannot_be_and_a_leap_raise_alerts() {
    let mut town = Town::found(&Ground::in_memory()).await;
    town.session(Town::rtt_ns).await;
    assert_eq!(town.alerts("agents/a-1").await, []);
    // Now the chip is near Frankfurt; one more landmark there makes it certain.
    let place = v1::Point { latitude_deg: 50.0, longitude_deg: 8.6 };
    let tower = Tower::enter(&town.channel, "ost", place).await;
    town.works.push(tower.watch().await);
    town.towers.push(tower);
    let there = |tower: usize| if tower >= 3 { NEAR_NS } else { 160_000_000 };
    let moved = town.session(there).await;
    assert_eq!(findings(&moved)[2], v1::Finding::Impossible, "{}", moved.headline);
    town.alert("agents/a-1", Kind::Disproven).await;
    town.alert("agents/a-1", Kind::MovedTooFast).await;
    // The same again is no news, and no leap.
    let before = town.alerts("agents/a-1").await.len();
    town.session(there).await;
    assert_eq!(town.alerts("agents/a-1").await.len(), before);
}

#[tokio::test]
async fn where_no_place_fits_is_inconsistent_and_raises_an_alert() {
    let mut town = Town::with(&Ground::in_memory(), |config| config.verdicts.liars = 0).await;
    let verdict = town.session(|_| NEAR_NS).await;
    assert!(findings(&verdict).iter().all(|finding| *finding == v1::Finding::Inconsistent));
    town.alert("agents/a-1", Kind::Inconsistent).await;
}

#[tokio::test]
async fn simulated_time_is_told_and_runs_on_after_a_restart() {
    let ground = Ground::on_disk();
    let simulated = |config: &mut lightcone_server::Config| config.simulation.time_factor = 3_600;
    let mut town = Town::with(&ground, simulated).await;
    let first = town.session(Town::rtt_ns).await;
    assert!(first.headline.starts_with("UNATTESTED SIMULATED \u{d7}3600 "), "{}", first.headline);
    assert_eq!(first.time_factor, 3_600);
    town.house.ask_to_stop();
    let Town { house, works, channel, .. } = town;
    drop((works, channel));
    within(house.down()).await;

    let house = House::on(&ground, |config| {
        quick(config);
        simulated(config);
    })
    .await;
    let channel = house.channel().await;
    let mut device = Device::enter(&channel, "a-2", "jurong").await;
    let mut seed = lightcone_tests::Seed::new(3);
    let mut tower = Tower::enter(&channel, "new", SINGAPORE).await;
    let mut work = tower.watch().await;
    let mut line = device.attend().await;
    let summons = device.summoned(&mut line).await;
    let attested = device.attest(&summons, &mut seed).await;
    let met = tower.measure(&assignment(&mut work).await, NEAR_NS, &mut seed);
    let report = tower.sign(&met);
    tower.bring(vec![report]).await.unwrap();
    device.sessions.close_session(device.closing(&attested, &[&met])).await.unwrap();
    let get = v1::GetVerdictRequest { name: "agents/a-2/verdicts/latest".to_owned() };
    let mut client = VerdictServiceClient::new(channel);
    let second = within(async {
        loop {
            if let Ok(found) = client.get_verdict(get.clone()).await {
                break found.into_inner();
            }
        }
    })
    .await;
    let (clock, story) = (
        nanoseconds(attested.plan.begin_time) - nanoseconds(first.create_time),
        nanoseconds(second.as_of) - nanoseconds(first.as_of),
    );
    assert!(story > clock * 1_000, "{story} ns of verdict time in {clock} ns");
    assert_eq!(second.verdict.unwrap().landmarks, 1, "{} others did not watch", PLACES.len());
}
