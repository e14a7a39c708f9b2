//! The mesh over the wire: landmarks probe one another, earn trust by it and lose it.

use std::time::Duration;

use futures_util::StreamExt as _;
use lightcone::v1;
use lightcone::v1::alert::Kind;
use lightcone::v1::alert_service_client::AlertServiceClient;
use lightcone::v1::landmark_service_client::LandmarkServiceClient;
use lightcone::v1::registered_landmark::State;
use lightcone::v1::session_service_client::SessionServiceClient;
use lightcone::v1::watch_assignments_response::Event;
use lightcone_probe::{Binding, SessionId};
use lightcone_tests::players::Tower;
use lightcone_tests::{Ground, House, Seed, paper};
use tokio::sync::mpsc;
use tonic::transport::Channel;

use crate::registry::on_every_store;
use crate::town::{quick, within};

on_every_store! {
    landmarks_that_agree_earn_trust,
    a_landmark_that_nobody_can_be_that_near_to_is_suspended,
}

/// Landmarks that take part in the mesh by themselves. A pair's round trip is light's and half as much, seen from where
/// they truly are; a landmark that lies says that it was next to nothing.
struct Mesh {
    house: House,
    channel: Channel,
}

struct Place {
    id: &'static str,
    stated: (f64, f64),
    lies: bool,
}

const fn honest(id: &'static str, lat: f64, lon: f64) -> Place {
    Place { id, stated: (lat, lon), lies: false }
}

impl Mesh {
    async fn of(ground: &Ground, interval_ms: u64, places: Vec<Place>) -> Self {
        let house = House::on(ground, |config| {
            quick(config);
            config.mesh.probation = true;
            config.mesh.interval_ms = interval_ms;
            config.sessions.window_ms = 5_000;
        })
        .await;
        let channel = house.channel().await;
        let mut towers = Vec::new();
        for place in &places {
            let (latitude_deg, longitude_deg) = place.stated;
            towers.push(Tower::enter(&channel, place.id, v1::Point { latitude_deg, longitude_deg }).await);
        }
        // Who challenges tells who answers what both know after their handshake.
        let (tell, told): (Vec<_>, Vec<_>) = places.iter().map(|_| mpsc::unbounded_channel()).unzip();
        let keys: Vec<[u8; 32]> = towers.iter().map(|tower| tower.exchange.public()).collect();
        for ((tower, place), told) in towers.into_iter().zip(places).zip(told) {
            let (tell, keys, channel) = (tell.clone(), keys.clone(), channel.clone());
            tokio::spawn(async move { take_part(tower, place, keys, tell, told, channel).await });
        }
        Self { house, channel }
    }

    async fn state(&self, id: &str) -> v1::RegisteredLandmark {
        let request = v1::GetLandmarkRequest { name: format!("landmarks/{id}") };
        let found = LandmarkServiceClient::new(self.channel.clone()).get_landmark(request).await;
        found.unwrap().into_inner()
    }

    async fn until(&self, id: &str, state: State) -> v1::RegisteredLandmark {
        within(async {
            loop {
                let found = self.state(id).await;
                if found.state() == state {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await
    }
}

type Entries = mpsc::UnboundedReceiver<(SessionId, lightcone_probe::transcript::TranscriptEntry)>;
type Tell = Vec<mpsc::UnboundedSender<(SessionId, lightcone_probe::transcript::TranscriptEntry)>>;

async fn take_part(
    mut tower: Tower,
    place: Place,
    keys: Vec<[u8; 32]>,
    tell: Tell,
    mut told: Entries,
    channel: Channel,
) {
    let mut seed = Seed::new(place.stated.0.to_bits());
    let mut work = tower.watch().await;
    let mut plans: Vec<v1::Plan> = Vec::new();
    let mut answered: Vec<(SessionId, lightcone_probe::transcript::TranscriptEntry)> = Vec::new();
    loop {
        tokio::select! {
            event = work.next() => match event {
                Some(Ok(v1::WatchAssignmentsResponse { event: Some(Event::Assignment(order)) })) => {
                    // Half the way round the world and back takes light 134 ms; so far is nobody from anybody.
                    let rtt_ns = if place.lies { 100_000 } else { 200_000_000 };
                    let met = tower.measure(&order, rtt_ns, &mut seed);
                    let peer = keys.iter().position(|key| *key == order.peer_exchange_key[..]).unwrap();
                    tell[peer].send((met.report.session, met.entry.clone())).unwrap();
                    let report = tower.sign(&met);
                    let _ = tower.bring(vec![report]).await;
                }
                Some(Ok(v1::WatchAssignmentsResponse { event: Some(Event::Plan(plan)) })) => plans.push(plan),
                Some(Ok(_)) => {}
                _ => return,
            },
            Some(entry) = told.recv() => answered.push(entry),
        }
        for (session, entry) in std::mem::take(&mut answered) {
            let Some(at) = plans.iter().position(|plan| plan.session_id == session.0) else {
                answered.push((session, entry));
                continue;
            };
            let plan = plans.swap_remove(at);
            let binding = Binding(plan.binding.as_slice().try_into().unwrap());
            let transcript = paper::transcript(session, binding, vec![entry]);
            let (transcript, signature) = transcript.sign(tower.signing.signing_key());
            let request = v1::CloseSessionRequest {
                session: plan.session,
                transcript,
                signature: signature.0.to_vec(),
                ..Default::default()
            };
            let _ = SessionServiceClient::new(channel.clone()).close_session(request).await;
        }
    }
}

async fn landmarks_that_agree_earn_trust(ground: Ground) {
    let places = vec![honest("berlin", 52.5, 13.4), honest("paris", 48.9, 2.4), honest("rome", 41.9, 12.5)];
    // Nobody waits for a round of an hour: newcomers are measured as they come.
    let mesh = Mesh::of(&ground, 3_600_000, places).await;
    for id in ["berlin", "paris", "rome"] {
        assert_eq!(mesh.until(id, State::Active).await.state_reason, "");
    }
    let request = v1::AuditMeshRequest {};
    let found = LandmarkServiceClient::new(mesh.channel.clone()).audit_mesh(request).await.unwrap();
    let found = found.into_inner();
    assert!(found.oldest_time.is_some() && found.audit.unwrap().suspended.is_empty());
    drop(mesh.house);
}

async fn a_landmark_that_nobody_can_be_that_near_to_is_suspended(ground: Ground) {
    let liar = Place { id: "nowhere", stated: (-33.9, 151.2), lies: true };
    let places =
        vec![honest("berlin", 52.5, 13.4), liar, honest("paris", 48.9, 2.4), honest("rome", 41.9, 12.5)];
    let mesh = Mesh::of(&ground, 500, places).await;
    let suspended = mesh.until("nowhere", State::Suspended).await;
    assert!(suspended.state_reason.starts_with("mesh audit"), "{}", suspended.state_reason);
    let request = v1::ListAlertsRequest { subject: suspended.name, ..Default::default() };
    let mut alerts = AlertServiceClient::new(mesh.channel.clone());
    within(async {
        while alerts.list_alerts(request.clone()).await.unwrap().into_inner().alerts.is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let raised = alerts.list_alerts(request).await.unwrap().into_inner().alerts;
    assert_eq!(raised[0].kind(), Kind::LandmarkSuspended);
    // Those that told the truth count, even if they were in a tie with it before others were heard.
    for id in ["berlin", "paris", "rome"] {
        mesh.until(id, State::Active).await;
    }
}
