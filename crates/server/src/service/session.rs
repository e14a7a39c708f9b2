//! `SessionService`: agents attend, attest and close; operators summon and look.

use std::sync::Arc;

use futures_util::stream::BoxStream;
use lightcone::v1;
use lightcone::v1::session_service_server::SessionService;
use lightcone_pool::Lane;
use lightcone_store::{Filter, PageRequest, SubjectKind};
use tonic::{Request, Response, Status};

use super::caller::errand;
use super::events::events;
use crate::clock::now_ns;
use crate::measuring::{Measuring, name_of};
use crate::wire;
use crate::wire::registry::{Page, once};

/// `SessionService`.
#[derive(Clone)]
pub(crate) struct Sessions {
    measuring: Arc<Measuring>,
}

impl Sessions {
    /// The service.
    pub(crate) fn new(measuring: Arc<Measuring>) -> Self {
        Self { measuring }
    }
}

#[tonic::async_trait]
impl SessionService for Sessions {
    type AttendStream = BoxStream<'static, Result<v1::AttendResponse, Status>>;

    async fn attend(
        &self,
        request: Request<v1::AttendRequest>,
    ) -> Result<Response<Self::AttendStream>, Status> {
        let agent = wire::agent("agent", &request.into_inner().agent)?;
        let line = self.measuring.attend(&agent).await?;
        let stream = events(line, self.measuring.draining(), wire::summons, wire::agent_checkpoint);
        Ok(Response::new(stream))
    }

    async fn attest(
        &self,
        request: Request<v1::AttestRequest>,
    ) -> Result<Response<v1::AttestResponse>, Status> {
        let errand = errand(&request, Lane::Interactive);
        let planned = self.measuring.attest(errand, wire::attest(request.into_inner())?).await?;
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
        let errand = errand(&request, Lane::Interactive);
        let session = self.measuring.close(errand, wire::close(request.into_inner())?).await?;
        Ok(Response::new(wire::session(&session)))
    }

    async fn summon_agent(
        &self,
        request: Request<v1::SummonAgentRequest>,
    ) -> Result<Response<v1::Session>, Status> {
        let mut wire = request.into_inner();
        let once = once(&mut wire, now_ns())?;
        let agent = wire::agent("agent", &wire.agent)?;
        let session = self.measuring.summon_now(&agent, once.as_ref()).await?;
        Ok(Response::new(wire::session(&session)))
    }

    async fn get_session(
        &self,
        request: Request<v1::GetSessionRequest>,
    ) -> Result<Response<v1::Session>, Status> {
        let wanted = wire::any_session("name", &request.into_inner().name)?;
        let open = self.measuring.session(&wanted.id).await?;
        let view = open.view();
        wanted.is(&view.record)?;
        Ok(Response::new(wire::whole_session(&view.record)))
    }

    async fn list_sessions(
        &self,
        request: Request<v1::ListSessionsRequest>,
    ) -> Result<Response<v1::ListSessionsResponse>, Status> {
        let mut asked = request.into_inner();
        let (size, token) = (std::mem::take(&mut asked.page_size), std::mem::take(&mut asked.page_token));
        let page = Page::read("ListSessions", size, &token, &asked)?;
        let agent = wire::agent("parent", &asked.parent)?;
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
