//! `AlertService`.

use std::sync::Arc;

use lightcone::names::AgentName;
use lightcone::v1;
use lightcone::v1::alert_service_server::AlertService;
use lightcone_access::{Act, Kind};
use tonic::{Request, Response, Status};

use crate::access::{Caller, Scope, caller};
use crate::context::Context;
use crate::status;
use crate::wire::registry::{alerts, shown_alerts};

/// `AlertService`.
pub(crate) struct Alerts {
    context: Arc<Context>,
}

impl Alerts {
    /// The service over this store.
    pub(crate) fn new(context: Arc<Context>) -> Self {
        Self { context }
    }

    /// Whose alerts a caller is shown: its tenant's, and those about an agent that it may see.
    async fn scope(&self, caller: &Caller, subject: Option<&str>) -> Result<Option<String>, Status> {
        let gate = &self.context.gate;
        let scope = gate.scope(caller, Kind::Agent);
        let agent = subject.and_then(|subject| AgentName::parse(subject).ok());
        if let (Scope::Of(_), Some(agent)) = (&scope, agent)
            && gate.agent(caller, Act::See, &agent.agent).await.is_ok()
        {
            return Ok(None);
        }
        Ok(scope.tenant())
    }
}

#[tonic::async_trait]
impl AlertService for Alerts {
    async fn list_alerts(
        &self,
        request: Request<v1::ListAlertsRequest>,
    ) -> Result<Response<v1::ListAlertsResponse>, Status> {
        let caller = caller(&request)?;
        let mut asked = alerts(request.into_inner())?;
        asked.filter.tenant = self.scope(&caller, asked.filter.subject.as_deref()).await?;
        let found = self.context.store.list_alerts(&asked.filter).await.map_err(status::store)?;
        Ok(Response::new(shown_alerts(&asked.page, found)))
    }
}
