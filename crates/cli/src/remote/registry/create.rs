//! Records on their way in.

use lightcone::v1;
use lightcone::v1::agent_service_client::AgentServiceClient;
use lightcone::v1::chip_service_client::ChipServiceClient;
use lightcone::v1::landmark_service_client::LandmarkServiceClient;
use lightcone::v1::question::{Inside, Outside, Question};
use lightcone::v1::site_service_client::SiteServiceClient;
use lightcone_core::Point;

use super::super::line::limited;
use super::{MESSAGE_BYTES_MAX, Registry, Shown, shown};
use crate::args::{RegisterAgentArgs, RegisterChipArgs, RegisterLandmarkArgs, RegisterSiteArgs};
use crate::exit::Outcome;

impl Registry {
    /// Enters a landmark.
    pub(crate) fn create_landmark(&self, args: &RegisterLandmarkArgs) -> Outcome<Shown> {
        let landmark = v1::RegisteredLandmark {
            point: Some(point(args.at.0)),
            position_error_m: Some(args.position_error_m.get()),
            clock_error_ns: args.clock_error_ns,
            operator: args.operator.clone(),
            group: args.group.clone(),
            signing_key: args.signing_key.0.clone(),
            exchange_key: args.exchange_key.0.clone(),
            addresses: args.address.clone(),
            stated_area: args.area.clone(),
            ..v1::RegisteredLandmark::default()
        };
        let request = v1::CreateLandmarkRequest {
            landmark_id: args.id.clone(),
            landmark: Some(landmark),
            request_id: args.create.request_id.clone(),
            validate_only: args.create.validate_only,
        };
        shown!(self, LandmarkServiceClient.create_landmark(request), "RegisteredLandmark")
    }

    /// Enters a site.
    pub(crate) fn create_site(&self, args: &RegisterSiteArgs) -> Outcome<Shown> {
        let site = v1::Site {
            display_name: args.title.clone(),
            claimed_point: args.claim.map(|claim| point(claim.point)),
            claimed_tolerance_m: args.claim.map_or(0.0, |claim| claim.tolerance.get()),
            questions: questions(args),
            ..v1::Site::default()
        };
        let request = v1::CreateSiteRequest {
            site_id: args.id.clone(),
            site: Some(site),
            request_id: args.create.request_id.clone(),
            validate_only: args.create.validate_only,
        };
        shown!(self, SiteServiceClient.create_site(request), "Site")
    }

    /// Enters an agent.
    pub(crate) fn create_agent(&self, args: &RegisterAgentArgs) -> Outcome<Shown> {
        let agent = v1::Agent {
            site: args.site.clone(),
            identity_key: args.identity_key.0.clone(),
            ..v1::Agent::default()
        };
        let request = v1::CreateAgentRequest {
            agent_id: args.id.clone(),
            agent: Some(agent),
            request_id: args.create.request_id.clone(),
            validate_only: args.create.validate_only,
        };
        shown!(self, AgentServiceClient.create_agent(request), "Agent")
    }

    /// Enters a chip.
    pub(crate) fn create_chip(&self, args: &RegisterChipArgs) -> Outcome<Shown> {
        let chip = v1::Chip {
            serial: args.serial.clone(),
            sku: args.sku.clone(),
            parties: args.party.clone(),
            ..v1::Chip::default()
        };
        let request = v1::CreateChipRequest {
            chip_id: args.id.clone(),
            chip: Some(chip),
            request_id: args.create.request_id.clone(),
            validate_only: args.create.validate_only,
        };
        shown!(self, ChipServiceClient.create_chip(request), "Chip")
    }
}

fn questions(args: &RegisterSiteArgs) -> Vec<v1::Question> {
    let inside = (!args.allow.is_empty())
        .then(|| Question::Inside(Inside { areas: args.allow.clone(), on_land: args.on_land }));
    let outside = (!args.deny.is_empty()).then(|| Question::Outside(Outside { areas: args.deny.clone() }));
    let asked = inside.into_iter().chain(outside);
    asked.map(|question| v1::Question { question: Some(question) }).collect()
}

fn point(point: Point) -> v1::Point {
    v1::Point { latitude_deg: point.lat_deg(), longitude_deg: point.lon_deg() }
}
