//! A small town for tests of measuring: some landmarks around Singapore and one far away, a site, an agent.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use lightcone::v1;
use lightcone::v1::alert_service_client::AlertServiceClient;
use lightcone::v1::verdict_service_client::VerdictServiceClient;
use lightcone_server::Config;
use lightcone_tests::paper::Met;
use lightcone_tests::players::{Attested, Device, Tower, assignment, site};
use lightcone_tests::{Ground, House, Seed};
use tonic::Streaming;
use tonic::transport::Channel;

use crate::calls::{SINGAPORE, inside, outside};

/// Round trips to a chip in Singapore, in nanoseconds: some 60 km away at most, and 11,000 km.
pub(crate) const NEAR_NS: i64 = 400_000;
pub(crate) const FAR_NS: i64 = 160_000_000;

/// Where the landmarks stand: the first three around Singapore, the last in Frankfurt.
pub(crate) const PLACES: [(&str, f64, f64); 4] =
    [("bedok", 1.32, 103.93), ("changi", 1.36, 103.99), ("jurong", 1.34, 103.71), ("main", 50.11, 8.68)];

/// The town.
pub(crate) struct Town {
    pub(crate) house: House,
    pub(crate) channel: Channel,
    pub(crate) towers: Vec<Tower>,
    pub(crate) works: Vec<Streaming<v1::WatchAssignmentsResponse>>,
    pub(crate) device: Device,
    pub(crate) seed: Seed,
}

/// A session that has begun, and what its landmarks saw.
pub(crate) struct Begun {
    pub(crate) attested: Attested,
    pub(crate) met: Vec<Met>,
}

impl Begun {
    /// The identifier of the session.
    pub(crate) fn session_id(&self) -> &str {
        self.attested.session.name.rsplit('/').next().expect("a name")
    }
}

/// Settings of tests: new landmarks count, sessions come when asked for, nothing waits for long.
pub(crate) fn quick(config: &mut Config) {
    config.mesh.probation = false;
    config.mesh.interval_ms = 0;
    config.sessions.per_day = 0;
    config.sessions.lead_ms = 10_000;
    config.sessions.notice_ms = 50;
    config.sessions.window_ms = 2_000;
    config.sessions.grace_ms = 10_000;
}

impl Town {
    /// A town with quick settings.
    pub(crate) async fn found(ground: &Ground) -> Self {
        Self::with(ground, |_| {}).await
    }

    /// A town with some settings of its own.
    pub(crate) async fn with(ground: &Ground, change: impl FnOnce(&mut Config)) -> Self {
        let house = House::on(ground, |config| {
            quick(config);
            change(config);
        })
        .await;
        let channel = house.channel().await;
        let questions = vec![inside(&["SG", "MY", "ID", "XZ"]), outside(&["CN"])];
        site(&channel, "jurong", Some(SINGAPORE), questions).await;
        let mut towers = Vec::new();
        for (id, latitude_deg, longitude_deg) in PLACES {
            towers.push(Tower::enter(&channel, id, v1::Point { latitude_deg, longitude_deg }).await);
        }
        let works = join_all(towers.iter().map(Tower::watch)).await;
        let device = Device::enter(&channel, "a-1", "jurong").await;
        Self { house, channel, towers, works, device, seed: Seed::new(7) }
    }

    /// The round trip that a landmark measures to Singapore.
    pub(crate) fn rtt_ns(tower: usize) -> i64 {
        if tower == PLACES.len() - 1 { FAR_NS } else { NEAR_NS }
    }

    /// Summons and attests.
    pub(crate) async fn begin(&mut self) -> Attested {
        let mut line = self.device.attend().await;
        let summons = self.device.summoned(&mut line).await;
        self.device.attest(&summons, &mut self.seed).await
    }

    /// What every landmark measures in the session that has begun.
    pub(crate) async fn measure(&mut self, rtt_ns: impl Fn(usize) -> i64) -> Vec<Met> {
        let mut met = Vec::new();
        for (index, work) in self.works.iter_mut().enumerate() {
            let order = assignment(work).await;
            met.push(self.towers[index].measure(&order, rtt_ns(index), &mut self.seed));
        }
        met
    }

    /// Brings every landmark's report; all are taken.
    pub(crate) async fn bring(&mut self, met: &[Met]) {
        for (tower, met) in self.towers.iter_mut().zip(met) {
            let report = tower.sign(met);
            let answer = tower.bring(vec![report]).await.expect("it is taken");
            assert_eq!((answer.accepted, answer.rejections.len()), (1, 0), "{answer:?}");
            assert_eq!(answer.durable_sequence, tower.next - 1);
        }
    }

    /// Ends the session.
    pub(crate) async fn close(&self, attested: &Attested, met: &[Met]) -> v1::Session {
        let request = self.device.closing(attested, &met.iter().collect::<Vec<_>>());
        self.device.sessions.clone().close_session(request).await.expect("it closes").into_inner()
    }

    /// A whole session with these round trips, and its verdict.
    pub(crate) async fn session(&mut self, rtt_ns: impl Fn(usize) -> i64) -> v1::VerdictRecord {
        let mut verdicts = self.verdicts("").await;
        let attested = self.begin().await;
        let met = self.measure(rtt_ns).await;
        self.bring(&met).await;
        self.close(&attested, &met).await;
        next_verdict(&mut verdicts).await
    }

    /// Watches verdicts from a token on; the first message was read if the token is empty.
    pub(crate) async fn verdicts(&self, token: &str) -> Streaming<v1::WatchVerdictsResponse> {
        let request = v1::WatchVerdictsRequest { parent: self.device.name(), resume_token: token.to_owned() };
        let mut client = VerdictServiceClient::new(self.channel.clone());
        let mut stream = client.watch_verdicts(request).await.expect("it watches").into_inner();
        if token.is_empty() {
            let first = stream.next().await.expect("a sign of life").expect("a sign of life");
            assert!(first.verdicts.is_empty() && !first.resume_token.is_empty());
        }
        stream
    }

    /// The alerts about somebody, by kind.
    pub(crate) async fn alerts(&self, subject: &str) -> Vec<v1::alert::Kind> {
        let request = v1::ListAlertsRequest { subject: subject.to_owned(), ..Default::default() };
        let answer = AlertServiceClient::new(self.channel.clone()).list_alerts(request).await;
        answer.expect("alerts").into_inner().alerts.iter().map(v1::Alert::kind).collect()
    }

    /// Waits for an alert about somebody.
    pub(crate) async fn alert(&self, subject: &str, kind: v1::alert::Kind) {
        within(async {
            while !self.alerts(subject).await.contains(&kind) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
    }

    /// Waits until a session is in a state.
    pub(crate) async fn until(&self, session: &str, state: v1::session::State) -> v1::Session {
        within(async {
            loop {
                let request = v1::GetSessionRequest { name: session.to_owned() };
                let found = self.device.sessions.clone().get_session(request).await.expect("it is there");
                let found = found.into_inner();
                if found.state() == state {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await
    }
}

/// The next verdict of a stream.
pub(crate) async fn next_verdict(stream: &mut Streaming<v1::WatchVerdictsResponse>) -> v1::VerdictRecord {
    within(async {
        loop {
            let message = stream.next().await.expect("the stream lives").expect("the stream lives");
            if let Some(verdict) = message.verdicts.into_iter().next() {
                return verdict;
            }
        }
    })
    .await
}

/// What happens in time; a test that hangs says so.
pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), work).await.expect("it happens within 30 s")
}

/// The findings of a verdict, in the order of the questions.
pub(crate) fn findings(verdict: &v1::VerdictRecord) -> Vec<v1::Finding> {
    let verdict = verdict.verdict.as_ref().expect("a verdict");
    verdict.answers.iter().map(v1::Answer::finding).collect()
}
