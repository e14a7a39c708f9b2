//! Records that are right in every field, and clients to enter them.

use lightcone::v1;
use lightcone::v1::agent_service_client::AgentServiceClient;
use lightcone::v1::alert_service_client::AlertServiceClient;
use lightcone::v1::chip_service_client::ChipServiceClient;
use lightcone::v1::landmark_service_client::LandmarkServiceClient;
use lightcone::v1::site_service_client::SiteServiceClient;
use lightcone::v1::{ErrorReason, RegisteredLandmark};
use lightcone_tests::{Ground, House};
use prost_types::FieldMask;
use tonic::Status;
use tonic::transport::Channel;
use tonic_types::StatusExt as _;

use crate::calls::{SINGAPORE, inside, outside};

/// Clients of the registry on one connection.
pub(crate) struct Desk {
    pub(crate) house: House,
    pub(crate) landmarks: LandmarkServiceClient<Channel>,
    pub(crate) sites: SiteServiceClient<Channel>,
    pub(crate) agents: AgentServiceClient<Channel>,
    pub(crate) chips: ChipServiceClient<Channel>,
    pub(crate) alerts: AlertServiceClient<Channel>,
}

impl Desk {
    /// A server there, and clients of it.
    pub(crate) async fn on(ground: &Ground) -> Self {
        let house = House::on(ground, |_| {}).await;
        let channel = house.channel().await;
        Self {
            landmarks: LandmarkServiceClient::new(channel.clone()),
            sites: SiteServiceClient::new(channel.clone()),
            agents: AgentServiceClient::new(channel.clone()),
            chips: ChipServiceClient::new(channel.clone()),
            alerts: AlertServiceClient::new(channel),
            house,
        }
    }

    /// Ends the server, after its clients.
    pub(crate) async fn close(self) {
        let Self { mut house, .. } = self;
        house.ask_to_stop();
        house.down().await;
    }

    /// A site `s` and an agent of that id there.
    pub(crate) async fn agent(&mut self, id: &str, seed: u8) -> v1::Agent {
        let site = v1::CreateSiteRequest { site_id: "s".into(), site: Some(site()), ..Default::default() };
        // The second agent finds the site there.
        let _ = self.sites.create_site(site).await;
        self.agents.create_agent(new_agent(id, agent(seed))).await.unwrap().into_inner()
    }

    /// A chip of that id, tied to none.
    pub(crate) async fn chip(&mut self, id: &str) -> v1::Chip {
        self.chips.create_chip(new_chip(id, chip(id))).await.unwrap().into_inner()
    }
}

pub(crate) fn signing_key(seed: u8) -> Vec<u8> {
    ed25519_dalek::SigningKey::from_bytes(&[seed; 32]).verifying_key().to_bytes().to_vec()
}

pub(crate) fn landmark(seed: u8) -> RegisteredLandmark {
    RegisteredLandmark {
        point: Some(SINGAPORE),
        position_error_m: Some(12.5),
        clock_error_ns: 1_000,
        operator: "Straits Timing".into(),
        signing_key: signing_key(seed),
        exchange_key: vec![seed; 32],
        addresses: vec!["192.0.2.7:7862".into(), "[2001:db8::7]:7862".into()],
        stated_area: "sg".into(),
        ..Default::default()
    }
}

pub(crate) fn site() -> v1::Site {
    v1::Site {
        display_name: "Jurong".into(),
        claimed_point: Some(SINGAPORE),
        claimed_tolerance_m: 500.0,
        questions: vec![inside(&["SG"]), outside(&["CN"])],
        ..Default::default()
    }
}

pub(crate) fn agent(seed: u8) -> v1::Agent {
    v1::Agent { site: "sites/s".into(), identity_key: signing_key(seed), ..Default::default() }
}

pub(crate) fn chip(serial: &str) -> v1::Chip {
    v1::Chip { serial: serial.into(), sku: "H20-96GB".into(), ..Default::default() }
}

pub(crate) fn new_landmark(id: &str, landmark: RegisteredLandmark) -> v1::CreateLandmarkRequest {
    v1::CreateLandmarkRequest { landmark_id: id.into(), landmark: Some(landmark), ..Default::default() }
}

pub(crate) fn new_site(id: &str, site: v1::Site) -> v1::CreateSiteRequest {
    v1::CreateSiteRequest { site_id: id.into(), site: Some(site), ..Default::default() }
}

pub(crate) fn new_agent(id: &str, agent: v1::Agent) -> v1::CreateAgentRequest {
    v1::CreateAgentRequest { agent_id: id.into(), agent: Some(agent), ..Default::default() }
}

pub(crate) fn new_chip(id: &str, chip: v1::Chip) -> v1::CreateChipRequest {
    v1::CreateChipRequest { chip_id: id.into(), chip: Some(chip), ..Default::default() }
}

pub(crate) fn pair(chip: &str, agent: &str, rma: bool) -> v1::PairChipRequest {
    let (name, agent) = (format!("chips/{chip}"), agent.into());
    v1::PairChipRequest { name, agent, reason: "installed".into(), rma, ..Default::default() }
}

pub(crate) fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() })
}

pub(crate) fn request_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// That a call was refused for a reason, and one of the reason's facts.
pub(crate) fn refused<T: std::fmt::Debug>(
    answer: Result<T, Status>,
    reason: ErrorReason,
    fact: (&str, &str),
) -> Status {
    let status = answer.unwrap_err();
    assert_eq!(ErrorReason::of(&status), Some(reason), "{status:?}");
    assert_eq!(status.code(), reason.code());
    let info = status.get_details_error_info().unwrap();
    assert_eq!(info.metadata.get(fact.0).map(String::as_str), Some(fact.1), "{status:?}");
    assert!(!status.message().contains('\n') && status.message().len() < 300, "{status:?}");
    status
}
