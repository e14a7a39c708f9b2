//! `SessionService`: agents attend, attest and close; operators summon and look.

use std::sync::Arc;

use futures_util::stream::BoxStream;
use lightcone::v1;
use lightcone::v1::session_service_server::SessionService;
use lightcone_access::Act;
use lightcone_pool::Lane;
use lightcone_store::{Filter, PageRequest, SubjectKind};
use tonic::{Request, Response, Status};

use super::events::events;
use crate::access::{Caller, Gate, caller, errand};
use crate::clock::now_ns;
use crate::measuring::{Measuring, name_of};
use crate::wire;
use crate::wire::registry::{Page, once};

/// `SessionService`.
#[derive(Clone)]
pub(crate) struct Sessions {
    measuring: Arc<Measuring>,
    gate: Arc<Gate>,
}

impl Sessions {
    /// The service.
    pub(crate) fn new(measuring: Arc<Measuring>, gate: Arc<Gate>) -> Self {
        Self { measuring, gate }
    }

    /// Lets the caller do that with whoever is measured in a session.
    async fn reach(&self, caller: &Caller, act: Act, wanted: &wire::Wanted) -> Result<(), Status> {
        match wanted.kind {
            SubjectKind::Agent => self.gate.agent(caller, act, &wanted.subject).await.map(drop),
            SubjectKind::Landmark => self.gate.landmark(caller, act, &wanted.subject).await.map(drop),
        }
    }
}

#[tonic::async_trait]
impl SessionService for Sessions {
    type AttendStream = BoxStream<'static, Result<v1::AttendResponse, Status>>;

    async fn attend(
        &self,
        request: Request<v1::AttendRequest>,
    ) -> Result<Response<Self::AttendStream>, Status> {
        let caller = caller(&request)?;
        let agent = wire::agent("agent", &request.into_inner().agent)?;
        self.gate.agent(&caller, Act::Use, &agent).await?;
        let line = self.measuring.attend(&agent).await?;
        let stream = events(line, self.measuring.draining(), wire::summons, wire::agent_checkpoint);
        Ok(Response::new(stream))
    }

    async fn attest(
        &self,
        request: Request<v1::AttestRequest>,
    ) -> Result<Response<v1::AttestResponse>, Status> {
        let (caller, errand) = (caller(&request)?, errand(&request, Lane::Interactive));
        let asked = wire::attest(request.into_inner())?;
        self.gate.agent(&caller, Act::Use, &asked.session.agent).await?;
        let planned = self.measuring.attest(errand, asked).await?;
        let name = name_of(&planned.session);
        Ok(Response::new(v1::AttestResponse {
            session: Some(wire::session(&planned.session)),
            plan: Some(wire::plan(&name, &planned.plan, &planned.signature)),
        }))
    }

    async fn close_session(
        &self,
        request: Request<v1::CloseSessionRequest>,
    ) -> Result<Response<v1::Session>, Status> {
        let (caller, errand) = (caller(&request)?, errand(&request, Lane::Interactive));
        let asked = wire::close(request.into_inner())?;
        self.reach(&caller, Act::Use, &asked.session).await?;
        let session = self.measuring.close(errand, asked).await?;
        Ok(Response::new(wire::session(&session)))
    }

    async fn summon_agent(
        &self,
        request: Request<v1::SummonAgentRequest>,
    ) -> Result<Response<v1::Session>, Status> {
        let caller = caller(&request)?;
        let mut wire = request.into_inner();
        let once = once(&mut wire, now_ns(), &caller.subject.id)?;
        let agent = wire::agent("agent", &wire.agent)?;
        self.gate.agent(&caller, Act::Use, &agent).await?;
        let session = self.measuring.summon_now(&agent, once.as_ref()).await?;
        Ok(Response::new(wire::session(&session)))
    }

    async fn get_session(
        &self,
        request: Request<v1::GetSessionRequest>,
    ) -> Result<Response<v1::Session>, Status> {
        let caller = caller(&request)?;
        let wanted = wire::any_session("name", &request.into_inner().name)?;
        self.reach(&caller, Act::See, &wanted).await?;
        let open = self.measuring.session(&wanted.id).await?;
        let view = open.view();
        wanted.is(&view.record)?;
        Ok(Response::new(wire::whole_session(&view.record)))
    }

    async fn list_sessions(
        &self,
        request: Request<v1::ListSessionsRequest>,
    ) -> Result<Response<v1::ListSessionsResponse>, Status> {
        let caller = caller(&request)?;
        let mut asked = request.into_inner();
        let (size, token) = (std::mem::take(&mut asked.page_size), std::mem::take(&mut asked.page_token));
        let page = Page::read("ListSessions", size, &token, &asked)?;
        let agent = wire::agent("parent", &asked.parent)?;
        self.gate.agent(&caller, Act::See, &agent).await?;
        let filter = Filter { parent: Some(agent), ..Filter::default() };
        let wanted = PageRequest { after: page.after.clone(), size: page.size };
        let found = self.measuring.store().list_sessions(&filter, &wanted).await;
        let found = found.map_err(crate::measuring::Trouble::from)?;
        // Identifiers are drawn so that the latest comes first.
        let next_page_token = page.next(found.len(), found.last().map(|session| session.id.as_str()));
        let of_agents = found.iter().filter(|session| session.subject_kind == SubjectKind::Agent);
        let sessions = of_agents.map(wire::session).collect();
        Ok(Response::new(v1::ListSessionsResponse { sessions, next_page_token }))
    }
}
