//! Landmarks, agents and their sessions, all signed before anything is measured.

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use lightcone::v1;
use lightcone::v1::verdict_service_client::VerdictServiceClient;
use lightcone_probe::assignment::Assignment;
use lightcone_probe::plan::Window;
use lightcone_probe::{Binding, SessionId};
use lightcone_tests::Seed;
use lightcone_tests::paper::Met;
use lightcone_tests::players::{Attested, Device, Tower, nanoseconds, site};
use tonic::transport::{Channel, Endpoint};

use crate::Failure;

/// Challenges of one report.
pub(super) const SAMPLES: u16 = 64;
/// Sessions that are begun at a time.
const AT_A_TIME: usize = 16;
/// In that time the service has looked at its landmarks anew.
const LOOK: Duration = Duration::from_millis(700);
/// When the wait for verdicts is given up.
const GIVE_UP: Duration = Duration::from_secs(120);

/// Everybody.
pub(super) struct Cast {
    pub(super) towers: Vec<Tower>,
    channel: Channel,
    devices: usize,
    seed: Seed,
}

/// A session that is to be closed.
pub(super) struct Closing {
    device: Device,
    request: v1::CloseSessionRequest,
}

/// The reports of each landmark, in the order of its numbers.
type Reports = Vec<Vec<v1::SignedReport>>;

impl Cast {
    /// Enters so many landmarks, each on a connection of its own.
    pub(super) async fn enter(url: &str, landmarks: usize) -> Result<Self, Failure> {
        let endpoint = Endpoint::from_shared(url.to_owned())?;
        let channel = endpoint.connect().await?;
        site(&channel, "s-1", None, Vec::new()).await;
        let mut towers = Vec::new();
        for index in 0..landmarks {
            let point = v1::Point { latitude_deg: index as f64, longitude_deg: 100.0 };
            let mut tower = Tower::enter(&channel, &format!("t-{index:02}"), point).await;
            tower.reconnect(&endpoint.connect().await?);
            towers.push(tower);
        }
        tokio::time::sleep(LOOK).await;
        Ok(Self { towers, channel, devices: 0, seed: Seed::new(5) })
    }

    /// So many sessions, each of an agent of its own, and what the first `reporting` landmarks bring. Closed before
    /// that, or to be closed.
    pub(super) async fn sessions(
        &mut self,
        count: usize,
        reporting: usize,
        closed: bool,
    ) -> Result<(Reports, Vec<Closing>), Failure> {
        let mut reports: Reports = self.towers.iter().map(|_| Vec::new()).collect();
        let mut closings = Vec::new();
        for begun in 0..count.div_ceil(AT_A_TIME) {
            let many = AT_A_TIME.min(count - begun * AT_A_TIME);
            let channel = &self.channel;
            let begin = (0..many).map(|index| {
                let (id, mut seed) = (format!("a-{}", self.devices + index), Seed::new(self.seed.next()));
                async move {
                    let device = Device::enter(channel, &id, "s-1").await;
                    let mut line = device.attend().await;
                    let summons = device.summoned(&mut line).await;
                    let attested = device.attest(&summons, &mut seed).await;
                    Ok::<_, Failure>((device, attested))
                }
            });
            let begin: Vec<_> = begin.collect();
            for (device, attested) in try_join_all(begin).await? {
                let met = self.meet(&attested, reporting);
                for (index, met) in met.iter().enumerate() {
                    reports[index].push(self.towers[index].sign(met));
                }
                let request = device.closing(&attested, &met.iter().collect::<Vec<_>>());
                closings.push(Closing { device, request });
            }
            self.devices += many;
        }
        if closed {
            self.close_all(std::mem::take(&mut closings)).await?;
        }
        Ok((reports, closings))
    }

    fn meet(&mut self, attested: &Attested, reporting: usize) -> Vec<Met> {
        let plan = &attested.plan;
        let window = Window {
            probes: plan.probes as u16,
            not_before_ns: nanoseconds(plan.begin_time),
            not_after_ns: nanoseconds(plan.end_time),
        };
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&plan.session_id);
        let mut binding = [0; 32];
        binding.copy_from_slice(&plan.binding);
        let seed = &mut self.seed;
        let met = self.towers.iter().take(reporting).enumerate().map(|(index, tower)| {
            let assignment = Assignment {
                session: SessionId(bytes),
                landmark: tower.wire_id(),
                binding: Binding(binding),
                agent_x25519: [0; 32],
                position_version: 1,
                window,
            };
            let rtt_ns = 40_000_000 + 1_000_000 * index as i64;
            Met::after(&assignment, SAMPLES, rtt_ns, window.not_before_ns, seed)
        });
        met.collect()
    }

    /// Closes sessions, a few at a time.
    pub(super) async fn close_all(&self, closings: Vec<Closing>) -> Result<(), Failure> {
        let mut closings = closings.into_iter().peekable();
        while closings.peek().is_some() {
            let few = closings.by_ref().take(AT_A_TIME).map(|closing| async move {
                closing.device.sessions.clone().close_session(closing.request).await
            });
            try_join_all(few.collect::<Vec<_>>()).await?;
        }
        Ok(())
    }

    /// Waits until so many verdicts are given.
    pub(super) async fn all_judged(&self, count: usize) -> Result<(), Failure> {
        let began = Instant::now();
        let mut client = VerdictServiceClient::new(self.channel.clone());
        while began.elapsed() < GIVE_UP {
            let (mut seen, mut page_token) = (0, String::new());
            loop {
                let request = v1::ListVerdictsRequest {
                    parent: "agents/-".to_owned(),
                    page_size: 1_000,
                    page_token,
                    latest_only: false,
                };
                let page = client.list_verdicts(request).await?.into_inner();
                seen += page.verdicts.len();
                page_token = page.next_page_token;
                if page_token.is_empty() {
                    break;
                }
            }
            if seen >= count {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("{count} verdicts did not come within {} s", GIVE_UP.as_secs()).into())
    }
}
