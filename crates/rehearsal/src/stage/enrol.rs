//! Everyone is entered into the registry, then started.

use std::future::Future;
use std::time::Duration;

use lightcone::v1;
use lightcone::v1::agent_service_client::AgentServiceClient;
use lightcone::v1::chip_service_client::ChipServiceClient;
use lightcone::v1::landmark_service_client::LandmarkServiceClient;
use lightcone::v1::site_service_client::SiteServiceClient;
use lightcone_agent::Agent;
use lightcone_keyring::{ExchangeIdentity, SigningIdentity};
use lightcone_landmark::{Keys, Landmark};
use tokio::sync::watch::Receiver;
use tokio::time::timeout;

use super::sessions::call;
use super::{AgentKeys, Leaving, RECONNECT_MS, Stage};
use crate::cast::{LandmarkPart, POSITION_ERROR_M};
use crate::error::RehearsalError;
use crate::seen;

/// How long a landmark may take until it waits for work.
const START: Duration = Duration::from_secs(20);
/// What all chips of a rehearsal are sold as.
const SKU: &str = "REHEARSAL-1";

impl Stage {
    pub(super) fn enter_all(&self) -> Result<(), RehearsalError> {
        let landmarks: Vec<(usize, LandmarkPart)> = self.cast.landmarks.iter().cloned().enumerate().collect();
        self.enter_landmarks(&landmarks)?;
        self.enter_sites()?;
        self.enter_agents()
    }

    /// Enters landmarks, each with the place of its host in the WAN, and starts them.
    pub(super) fn enter_landmarks(&self, parts: &[(usize, LandmarkPart)]) -> Result<(), RehearsalError> {
        let keys: Vec<Keys> = parts.iter().map(|_| draw()).collect::<Result<_, _>>()?;
        let requests = parts.iter().zip(&keys).map(|((index, part), keys)| v1::CreateLandmarkRequest {
            landmark_id: part.id.clone(),
            landmark: Some(v1::RegisteredLandmark {
                point: Some(seen::point(&part.said)),
                position_error_m: Some(POSITION_ERROR_M),
                operator: part.operator.clone(),
                signing_key: keys.signing.public().to_vec(),
                exchange_key: keys.exchange.public().to_vec(),
                addresses: vec![self.net.front(*index).to_string()],
                stated_area: part.area.clone(),
                ..Default::default()
            }),
            ..Default::default()
        });
        let request = v1::BatchCreateLandmarksRequest { requests: requests.collect(), ..Default::default() };
        let mut client = LandmarkServiceClient::new(self.channel.clone());
        self.runtime
            .block_on(client.batch_create_landmarks(request))
            .map_err(call("BatchCreateLandmarks"))?;
        let mut starting = Vec::new();
        for ((index, part), keys) in parts.iter().zip(&keys) {
            starting.push((part, self.start_landmark(*index, part, keys)?));
        }
        starting.into_iter().try_for_each(|(part, watching)| self.wait_for(part, watching))
    }

    fn start_landmark(
        &self,
        index: usize,
        part: &LandmarkPart,
        keys: &Keys,
    ) -> Result<Receiver<bool>, RehearsalError> {
        let config = lightcone_landmark::Config {
            service: self.service.url().to_owned(),
            landmark: format!("landmarks/{}", part.id),
            verifier_key: hex::encode(self.service.verifier_key()),
            listen_v4: self.net.landmark(index).to_string(),
            listen_v6: String::new(),
            data: self.settings.folder.join("landmarks").join(&part.id),
            reconnect_min_ms: RECONNECT_MS.0,
            reconnect_max_ms: RECONNECT_MS.1,
            ..Default::default()
        };
        let landmark = Landmark::open(&config, keys)?;
        let watching = landmark.watching();
        self.runtime.spawn(landmark.run(self.leave(None)));
        Ok(watching)
    }

    /// Waits until a landmark waits for work.
    fn wait_for(&self, part: &LandmarkPart, mut watching: Receiver<bool>) -> Result<(), RehearsalError> {
        let is_up = async {
            timeout(START, watching.wait_for(|watching| *watching)).await.is_ok_and(|up| up.is_ok())
        };
        if self.runtime.block_on(is_up) {
            return Ok(());
        }
        Err(RehearsalError::NotReady { seconds: START.as_secs(), what: format!("landmark {}", part.id) })
    }

    fn enter_sites(&self) -> Result<(), RehearsalError> {
        let requests = self.cast.sites.iter().map(|part| v1::CreateSiteRequest {
            site_id: part.id.clone(),
            site: Some(seen::site(part)),
            ..Default::default()
        });
        let request = v1::BatchCreateSitesRequest { requests: requests.collect(), ..Default::default() };
        let mut client = SiteServiceClient::new(self.channel.clone());
        self.runtime.block_on(client.batch_create_sites(request)).map_err(call("BatchCreateSites"))?;
        Ok(())
    }

    /// Enters agents with one chip each, and starts them.
    fn enter_agents(&self) -> Result<(), RehearsalError> {
        let draw = |part| Ok(AgentKeys { part, identity: SigningIdentity::generate()? });
        let keys: Vec<AgentKeys<'_>> =
            self.cast.agents.iter().map(draw).collect::<Result<_, RehearsalError>>()?;
        let agents = keys.iter().map(|keys| v1::CreateAgentRequest {
            agent_id: keys.part.id.clone(),
            agent: Some(v1::Agent {
                site: format!("sites/{}", keys.part.site),
                identity_key: keys.identity.public().to_vec(),
                ..Default::default()
            }),
            ..Default::default()
        });
        let request = v1::BatchCreateAgentsRequest { requests: agents.collect(), ..Default::default() };
        let mut client = AgentServiceClient::new(self.channel.clone());
        self.runtime.block_on(client.batch_create_agents(request)).map_err(call("BatchCreateAgents"))?;
        self.enter_chips()?;
        keys.into_iter().enumerate().try_for_each(|(index, keys)| self.start_agent(index, keys))
    }

    fn enter_chips(&self) -> Result<(), RehearsalError> {
        let chips = self.cast.agents.iter().map(|part| v1::CreateChipRequest {
            chip_id: part.id.clone(),
            chip: Some(v1::Chip {
                serial: format!("SN-{}", part.id),
                sku: SKU.to_owned(),
                ..Default::default()
            }),
            ..Default::default()
        });
        let request = v1::BatchCreateChipsRequest { requests: chips.collect(), ..Default::default() };
        let mut client = ChipServiceClient::new(self.channel.clone());
        self.runtime.block_on(client.batch_create_chips(request)).map_err(call("BatchCreateChips"))?;
        for part in &self.cast.agents {
            let request = v1::PairChipRequest {
                name: format!("chips/{}", part.id),
                agent: format!("agents/{}", part.id),
                reason: "delivered".to_owned(),
                ..Default::default()
            };
            self.runtime.block_on(client.pair_chip(request)).map_err(call("PairChip"))?;
        }
        Ok(())
    }

    fn start_agent(&self, index: usize, keys: AgentKeys<'_>) -> Result<(), RehearsalError> {
        let config = lightcone_agent::Config {
            service: self.service.url().to_owned(),
            agent: format!("agents/{}", keys.part.id),
            verifier_key: hex::encode(self.service.verifier_key()),
            bind_v4: format!("{}:0", self.net.agent(index)),
            bind_v6: String::new(),
            reconnect_min_ms: RECONNECT_MS.0,
            reconnect_max_ms: RECONNECT_MS.1,
            ..Default::default()
        };
        let agent = Agent::with_identity(&config, keys.identity)?;
        self.runtime.spawn(agent.run(self.leave(Some(keys.part.id.clone()))));
        Ok(())
    }

    /// Over once everyone, or this agent, is to leave.
    fn leave(&self, agent: Option<String>) -> impl Future<Output = ()> + Send + use<> {
        let mut leaving = self.leaving.subscribe();
        async move {
            let is_over = |leaving: &Leaving| {
                leaving.all || agent.as_ref().is_some_and(|agent| leaving.agents.contains(agent))
            };
            // An error means that the stage is gone, which is as good a reason to leave.
            let _ = leaving.wait_for(is_over).await;
        }
    }
}

fn draw() -> Result<Keys, RehearsalError> {
    Ok(Keys { signing: SigningIdentity::generate()?, exchange: ExchangeIdentity::generate()? })
}
