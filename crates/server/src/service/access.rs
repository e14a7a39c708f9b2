//! `AccessService`: who calls, what it may do, and who looked at what.

use std::sync::Arc;

use lightcone::v1;
use lightcone::v1::access_service_server::AccessService;
use lightcone_access::{Act, Decision, Kind, Role, Subject};
use lightcone_store::{Agent, Chip, Landmark, Site};
use tonic::{Code, Request, Response, Status};

use crate::access::{Caller, Goal, caller};
use crate::context::Context;
use crate::status;
use crate::wire::access as wire;
use crate::wire::access::Asked;

/// `AccessService`.
pub(crate) struct Accesses {
    context: Arc<Context>,
}

impl Accesses {
    /// The service over this gate and store.
    pub(crate) fn new(context: Arc<Context>) -> Self {
        Self { context }
    }

    /// What a call would be about, as far as the caller may know that it is there.
    async fn goal(&self, caller: &Caller, asked: &Asked) -> Result<Option<Goal>, Status> {
        let store = &self.context.store;
        let Some((kind, id)) = &asked.resource else { return Ok(None) };
        let goal = match kind {
            Kind::Site => store.get(id).await.map(|it: Site| Goal::from(&it)),
            Kind::Agent => store.get(id).await.map(|it: Agent| Goal::from(&it)),
            Kind::Chip => store.get(id).await.map(|it: Chip| Goal::from(&it)),
            Kind::Landmark => store.get(id).await.map(|it: Landmark| Goal::from(&it)),
            Kind::Case => store.case(id).await.map(|it| Goal::from(&it)),
            Kind::Access | Kind::Paper => return Ok(None),
        };
        let goal = goal.map_err(status::store)?;
        // Nobody learns by asking what is there: it is there for whom the call itself would find it.
        let act = wire::act_of(&asked.call).unwrap_or(Act::See);
        match self.context.gate.reach(caller, act, &goal).await {
            Err(hidden) if hidden.code() == Code::NotFound => Err(hidden),
            _ => Ok(Some(goal)),
        }
    }

    /// Whom the question is about.
    fn subject(&self, caller: &Caller, role: Option<Role>) -> Result<Subject, Status> {
        let own = (*caller.subject).clone();
        let Some(role) = role else { return Ok(own) };
        let may_ask = own.roles.contains(&role)
            || own.roles.contains(&Role::Auditor)
            || own.roles.contains(&Role::Supervisor);
        if may_ask {
            return Ok(Subject { roles: [role].into(), itself: None, ..own });
        }
        let rules = self.context.gate.rules();
        let denied = Decision { allowed: false, rules: Vec::new() };
        Err(status::forbidden(caller.call, &rules.version, &denied))
    }
}

#[tonic::async_trait]
impl AccessService for Accesses {
    async fn who_am_i(
        &self,
        request: Request<v1::WhoAmIRequest>,
    ) -> Result<Response<v1::WhoAmIResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(wire::who(&caller.subject, caller.expires_ns)))
    }

    async fn can_i(&self, request: Request<v1::CanIRequest>) -> Result<Response<v1::CanIResponse>, Status> {
        let caller = caller(&request)?;
        let rules = self.context.gate.rules();
        let asked = wire::asked(request.into_inner(), &rules.policy)?;
        let subject = self.subject(&caller, asked.role)?;
        let goal = self.goal(&caller, &asked).await?;
        let call = rules.policy.call(&subject, &asked.call);
        let record = match (&goal, wire::act_of(&asked.call)) {
            (Some(goal), Some(act)) => Some((act, rules.policy.reach(&subject, act, &goal.record))),
            _ => None,
        };
        Ok(Response::new(wire::answer(&asked, &call, record.as_ref(), &rules.version)))
    }

    async fn get_access_policy(
        &self,
        _: Request<v1::GetAccessPolicyRequest>,
    ) -> Result<Response<v1::AccessPolicy>, Status> {
        Ok(Response::new(wire::policy(self.context.gate.rules().kept.clone())))
    }

    async fn list_access_policies(
        &self,
        request: Request<v1::ListAccessPoliciesRequest>,
    ) -> Result<Response<v1::ListAccessPoliciesResponse>, Status> {
        let (page, before) = wire::policies_page(request.into_inner())?;
        let found = self.context.store.list_policy_versions(before, page.size).await;
        Ok(Response::new(wire::policies(&page, found.map_err(status::store)?)))
    }

    async fn list_accesses(
        &self,
        request: Request<v1::ListAccessesRequest>,
    ) -> Result<Response<v1::ListAccessesResponse>, Status> {
        let caller = caller(&request)?;
        let (page, mut filter) = wire::accesses_page(request.into_inner())?;
        filter.tenant = self.context.gate.scope(&caller, Kind::Access).tenant();
        let found = self.context.store.list_accesses(&filter).await.map_err(status::store)?;
        Ok(Response::new(wire::accesses(&page, found)))
    }
}
