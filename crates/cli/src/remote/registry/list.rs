//! Records on their way out, page by page.

use lightcone::v1;
use lightcone::v1::access_service_client::AccessServiceClient;
use lightcone::v1::agent_service_client::AgentServiceClient;
use lightcone::v1::alert_service_client::AlertServiceClient;
use lightcone::v1::case_service_client::CaseServiceClient;
use lightcone::v1::chip_service_client::ChipServiceClient;
use lightcone::v1::landmark_service_client::LandmarkServiceClient;
use lightcone::v1::measurement_service_client::MeasurementServiceClient;
use lightcone::v1::session_service_client::SessionServiceClient;
use lightcone::v1::site_service_client::SiteServiceClient;
use lightcone::v1::standing_service_client::StandingServiceClient;
use lightcone::v1::verdict_service_client::VerdictServiceClient;
use tonic::Status;

use super::super::line::{limited, refused};
use super::{MESSAGE_BYTES_MAX, Registry, Shown};
use crate::args::{Kind, ListArgs};
use crate::exit::{Failure, Outcome};

/// The most records a page; the service lowers more to its own limit.
const PAGE_SIZE: usize = 500;
/// Whose verdicts, where nobody is named.
const ALL_AGENTS: &str = "agents/-";

/// A page: its records and where to go on.
type Page<M> = Result<(Vec<M>, String), Status>;

impl Registry {
    /// Lists records, at most as many as asked for.
    pub(crate) fn list(&self, args: &ListArgs) -> Outcome<Vec<Shown>> {
        match args.kind {
            Kind::Landmarks => self.landmarks(args),
            Kind::Sites => self.sites(args),
            Kind::Agents => self.agents(args),
            Kind::Chips => self.chips(args),
            Kind::Sessions => self.sessions(args),
            Kind::Measurements => self.measurements(args),
            Kind::Verdicts => self.verdicts(args),
            Kind::Alerts => self.alerts(args),
            Kind::Standings => self.standings(args),
            Kind::Cases => self.cases(args),
            Kind::Accesses => self.accesses(args),
            Kind::Policies => self.policies(args),
        }
    }

    fn landmarks(&self, args: &ListArgs) -> Outcome<Vec<Shown>> {
        let state = state(args, v1::registered_landmark::State::from_str_name)?.map_or(0, |it| it as i32);
        let client = LandmarkServiceClient::new(self.line.channel());
        self.pages(args.limit, "RegisteredLandmark", async |page_token, page_size| {
            let message = v1::ListLandmarksRequest { page_size, page_token, state };
            let page = client.clone().list_landmarks(limited(message)).await?.into_inner();
            Ok((page.landmarks, page.next_page_token))
        })
    }

    fn sites(&self, args: &ListArgs) -> Outcome<Vec<Shown>> {
        let state = state(args, v1::site::State::from_str_name)?.map_or(0, |it| it as i32);
        let client = SiteServiceClient::new(self.line.channel());
        self.pages(args.limit, "Site", async |page_token, page_size| {
            let message = v1::ListSitesRequest { page_size, page_token, state };
            let page = client.clone().list_sites(limited(message)).await?.into_inner();
            Ok((page.sites, page.next_page_token))
        })
    }

    fn agents(&self, args: &ListArgs) -> Outcome<Vec<Shown>> {
        let state = state(args, v1::agent::State::from_str_name)?.map_or(0, |it| it as i32);
        let client = AgentServiceClient::new(self.line.channel());
        self.pages(args.limit, "Agent", async |page_token, page_size| {
            let site = args.site.clone().unwrap_or_default();
            let message = v1::ListAgentsRequest { page_size, page_token, state, site };
            let page = client.clone().list_agents(limited(message)).await?.into_inner();
            Ok((page.agents, page.next_page_token))
        })
    }

    fn chips(&self, args: &ListArgs) -> Outcome<Vec<Shown>> {
        let state = state(args, v1::chip::State::from_str_name)?.map_or(0, |it| it as i32);
        let client = ChipServiceClient::new(self.line.channel());
        self.pages(args.limit, "Chip", async |page_token, page_size| {
            let agent = args.agent.clone().unwrap_or_default();
            let message = v1::ListChipsRequest { page_size, page_token, state, agent };
            let page = client.clone().list_chips(limited(message)).await?.into_inner();
            Ok((page.chips, page.next_page_token))
        })
    }

    fn sessions(&self, args: &ListArgs) -> Outcome<Vec<Shown>> {
        let parent = needed(args.agent.as_ref(), "sessions are one agent's: name it with --agent agents/…")?;
        let client = SessionServiceClient::new(self.line.channel());
        self.pages(args.limit, "Session", async |page_token, page_size| {
            let message = v1::ListSessionsRequest { parent: parent.clone(), page_size, page_token };
            let page = client.clone().list_sessions(limited(message)).await?.into_inner();
            Ok((page.sessions, page.next_page_token))
        })
    }

    fn measurements(&self, args: &ListArgs) -> Outcome<Vec<Shown>> {
        let parent = needed(args.session.as_ref(), "measurements are one session's: name it with --session")?;
        let client = MeasurementServiceClient::new(self.line.channel());
        self.pages(args.limit, "Measurement", async |_, _| {
            let message = v1::ListMeasurementsRequest { parent: parent.clone() };
            let page = client.clone().list_measurements(limited(message)).await?.into_inner();
            Ok((page.measurements, String::new()))
        })
    }

    fn verdicts(&self, args: &ListArgs) -> Outcome<Vec<Shown>> {
        let parent = args.agent.clone().unwrap_or_else(|| ALL_AGENTS.to_owned());
        let client = VerdictServiceClient::new(self.line.channel());
        let client = client.max_decoding_message_size(MESSAGE_BYTES_MAX);
        self.pages(args.limit, "VerdictRecord", async |page_token, page_size| {
            let (parent, latest_only) = (parent.clone(), args.latest);
            let message = v1::ListVerdictsRequest { parent, page_size, page_token, latest_only };
            let page = client.clone().list_verdicts(limited(message)).await?.into_inner();
            Ok((page.verdicts, page.next_page_token))
        })
    }

    fn alerts(&self, args: &ListArgs) -> Outcome<Vec<Shown>> {
        let client = AlertServiceClient::new(self.line.channel());
        self.pages(args.limit, "Alert", async |page_token, page_size| {
            let subject = args.subject.clone().unwrap_or_default();
            let message = v1::ListAlertsRequest { page_size, page_token, subject };
            let page = client.clone().list_alerts(limited(message)).await?.into_inner();
            Ok((page.alerts, page.next_page_token))
        })
    }

    fn standings(&self, args: &ListArgs) -> Outcome<Vec<Shown>> {
        let client = StandingServiceClient::new(self.line.channel());
        self.pages(args.limit, "Standing", async |page_token, page_size| {
            let message = v1::ListStandingsRequest { page_size, page_token };
            let page = client.clone().list_standings(limited(message)).await?.into_inner();
            Ok((page.standings, page.next_page_token))
        })
    }

    fn cases(&self, args: &ListArgs) -> Outcome<Vec<Shown>> {
        let state = state(args, v1::case::State::from_str_name)?.map_or(0, |it| it as i32);
        let client = CaseServiceClient::new(self.line.channel());
        self.pages(args.limit, "Case", async |page_token, page_size| {
            let message = v1::ListCasesRequest { page_size, page_token, state };
            let page = client.clone().list_cases(limited(message)).await?.into_inner();
            Ok((page.cases, page.next_page_token))
        })
    }

    fn accesses(&self, args: &ListArgs) -> Outcome<Vec<Shown>> {
        let client = AccessServiceClient::new(self.line.channel());
        self.pages(args.limit, "Access", async |page_token, page_size| {
            let resource = args.subject.clone().unwrap_or_default();
            let message = v1::ListAccessesRequest { page_size, page_token, resource };
            let page = client.clone().list_accesses(limited(message)).await?.into_inner();
            Ok((page.accesses, page.next_page_token))
        })
    }

    fn policies(&self, args: &ListArgs) -> Outcome<Vec<Shown>> {
        let client = AccessServiceClient::new(self.line.channel());
        self.pages(args.limit, "AccessPolicy", async |page_token, page_size| {
            let message = v1::ListAccessPoliciesRequest { page_size, page_token };
            let page = client.clone().list_access_policies(limited(message)).await?.into_inner();
            Ok((page.access_policies, page.next_page_token))
        })
    }

    /// Pages until the end of the list, or as many as are wanted.
    fn pages<M: prost::Message>(
        &self,
        limit: usize,
        kind: &str,
        mut page: impl AsyncFnMut(String, i32) -> Page<M>,
    ) -> Outcome<Vec<Shown>> {
        let mut shown = Vec::new();
        let mut token = String::new();
        while shown.len() < limit {
            let size = (limit - shown.len()).min(PAGE_SIZE) as i32;
            let (records, next) = self.line.wait(page(token, size))?.map_err(|status| refused(&status))?;
            for record in records.iter().take(limit - shown.len()) {
                shown.push(Shown::of(record, kind)?);
            }
            if next.is_empty() {
                break;
            }
            token = next;
        }
        Ok(shown)
    }
}

/// The state that the list is to be in, if one is named.
fn state<S>(args: &ListArgs, named: impl Fn(&str) -> Option<S>) -> Outcome<Option<S>> {
    let Some(state) = &args.state else { return Ok(None) };
    let found = named(&format!("STATE_{}", state.to_uppercase()));
    let unknown = || Failure::usage(format!("`{state}` in --state is no state of what is listed"));
    found.map(Some).ok_or_else(unknown)
}

fn needed(value: Option<&String>, remedy: &str) -> Outcome<String> {
    value.cloned().ok_or_else(|| Failure::usage(remedy))
}
