//! A server's registry and what it found: records in, records out.

mod access;
mod create;
mod list;
mod watch;

use std::time::Duration;

use lightcone::names::{AgentName, CaseName, ChipName, LandmarkName, SessionName, SiteName, VerdictName};
use lightcone::v1;
use lightcone::v1::agent_service_client::AgentServiceClient;
use lightcone::v1::case_service_client::CaseServiceClient;
use lightcone::v1::chip_service_client::ChipServiceClient;
use lightcone::v1::landmark_service_client::LandmarkServiceClient;
use lightcone::v1::session_service_client::SessionServiceClient;
use lightcone::v1::site_service_client::SiteServiceClient;
use lightcone::v1::standing_service_client::StandingServiceClient;
use lightcone::v1::verdict_service_client::VerdictServiceClient;

use super::Shown;
use super::line::{Line, limited};
use crate::args::{PairArgs, WayArgs};
use crate::exit::{Failure, Outcome};

/// The largest answer, in bytes.
const MESSAGE_BYTES_MAX: usize = 64 << 20;

/// A server's registry.
pub(crate) struct Registry {
    line: Line,
}

/// Makes one call and shows its answer.
macro_rules! shown {
    ($self:ident, $client:ident . $method:ident ( $request:expr ), $kind:literal) => {{
        let client = $client::new($self.line.channel());
        let mut client = client.max_decoding_message_size(MESSAGE_BYTES_MAX);
        Shown::of(&$self.line.call(client.$method(limited($request)))?, $kind)
    }};
}
use shown;

impl Registry {
    /// Connects to a server such as `http://127.0.0.1:7443`.
    pub(crate) fn connect(url: &str, way: &WayArgs) -> Outcome<Self> {
        Ok(Self { line: Line::connect_as(url, way)? })
    }

    /// Waits, unless someone presses ctrl-c.
    pub(crate) fn pause(&self, time: Duration) -> Outcome<()> {
        self.line.wait(async { tokio::time::sleep(time).await })
    }

    /// Shows the record of that name.
    pub(crate) fn get(&self, name: &str) -> Outcome<Shown> {
        let name = name.to_owned();
        if LandmarkName::parse(&name).is_ok() {
            let request = v1::GetLandmarkRequest { name };
            return shown!(self, LandmarkServiceClient.get_landmark(request), "RegisteredLandmark");
        }
        if SiteName::parse(&name).is_ok() {
            return shown!(self, SiteServiceClient.get_site(v1::GetSiteRequest { name }), "Site");
        }
        if AgentName::parse(&name).is_ok() {
            return shown!(self, AgentServiceClient.get_agent(v1::GetAgentRequest { name }), "Agent");
        }
        if ChipName::parse(&name).is_ok() {
            return shown!(self, ChipServiceClient.get_chip(v1::GetChipRequest { name }), "Chip");
        }
        if SessionName::parse(&name).is_ok() {
            let request = v1::GetSessionRequest { name };
            return shown!(self, SessionServiceClient.get_session(request), "Session");
        }
        if CaseName::parse(&name).is_ok() {
            return shown!(self, CaseServiceClient.get_case(v1::GetCaseRequest { name }), "Case");
        }
        if VerdictName::parse(&name).is_ok() {
            let request = v1::GetVerdictRequest { name };
            return shown!(self, VerdictServiceClient.get_verdict(request), "VerdictRecord");
        }
        Err(no_name(
            &name,
            "such as landmarks/oslo-1, sites/jurong, agents/a-1, chips/c-1, agents/a-1/sessions/… or \
             agents/a-1/verdicts/latest",
        ))
    }

    /// Takes the record of that name out of use.
    pub(crate) fn retire(&self, name: &str, reason: &str) -> Outcome<Shown> {
        let (name, reason) = (name.to_owned(), reason.to_owned());
        let (etag, request_id) = (String::new(), String::new());
        if LandmarkName::parse(&name).is_ok() {
            let request = v1::RetireLandmarkRequest { name, etag, reason, request_id };
            return shown!(self, LandmarkServiceClient.retire_landmark(request), "RegisteredLandmark");
        }
        if SiteName::parse(&name).is_ok() {
            let request = v1::RetireSiteRequest { name, etag, reason, request_id };
            return shown!(self, SiteServiceClient.retire_site(request), "Site");
        }
        if AgentName::parse(&name).is_ok() {
            let request = v1::RetireAgentRequest { name, etag, reason, request_id };
            return shown!(self, AgentServiceClient.retire_agent(request), "Agent");
        }
        if ChipName::parse(&name).is_ok() {
            let request = v1::RetireChipRequest { name, etag, reason, request_id };
            return shown!(self, ChipServiceClient.retire_chip(request), "Chip");
        }
        Err(no_name(&name, "such as landmarks/oslo-1, sites/jurong, agents/a-1 or chips/c-1"))
    }

    /// Ties a chip to an agent.
    pub(crate) fn pair(&self, args: &PairArgs) -> Outcome<Shown> {
        let request = v1::PairChipRequest {
            name: args.chip.clone(),
            agent: args.agent.clone(),
            reason: args.reason.clone(),
            rma: args.rma,
            request_id: String::new(),
        };
        shown!(self, ChipServiceClient.pair_chip(request), "Chip")
    }

    /// How a chip stands.
    pub(crate) fn standing(&self, chip: &str) -> Outcome<Shown> {
        let request = v1::GetStandingRequest { chip: chip.to_owned() };
        shown!(self, StandingServiceClient.get_standing(request), "Standing")
    }

    /// Summons an agent now.
    pub(crate) fn summon(&self, agent: &str) -> Outcome<Shown> {
        let request = v1::SummonAgentRequest { agent: agent.to_owned(), request_id: String::new() };
        shown!(self, SessionServiceClient.summon_agent(request), "Session")
    }
}

fn no_name(name: &str, such: &str) -> Failure {
    Failure::usage(format!("`{name}` is no name that can be used here; write one {such}"))
}
