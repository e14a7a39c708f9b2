//! `CaseService`: why an agency looks, and who agreed.

use std::sync::Arc;

use lightcone::v1;
use lightcone::v1::case_service_server::CaseService;
use lightcone_access::{Act, Kind};
use lightcone_store::{Case, StoreError};
use tonic::{Request, Response, Status};

use crate::access::{Caller, Goal, caller};
use crate::clock::now_ns;
use crate::context::Context;
use crate::status;
use crate::wire::case as wire;

/// `CaseService`.
pub(crate) struct Cases {
    context: Arc<Context>,
}

impl Cases {
    /// The service over this store.
    pub(crate) fn new(context: Arc<Context>) -> Self {
        Self { context }
    }

    /// A case, if the caller may do that with it.
    async fn reached(&self, caller: &Caller, act: Act, name: &str) -> Result<Case, Status> {
        let case = self.context.store.case(&wire::id(name)?).await.map_err(status::store)?;
        self.context.gate.reach(caller, act, &Goal::from(&case)).await?;
        Ok(case)
    }
}

#[tonic::async_trait]
impl CaseService for Cases {
    async fn request_case(
        &self,
        request: Request<v1::RequestCaseRequest>,
    ) -> Result<Response<v1::Case>, Status> {
        let (caller, now) = (caller(&request)?, now_ns());
        let (case, once) = wire::requested(request.into_inner(), &caller.subject, now)?;
        let kept = self.context.store.put_case(case, once.as_ref()).await.map_err(status::store)?;
        Ok(Response::new(wire::shown(kept, now)))
    }

    async fn approve_case(
        &self,
        request: Request<v1::ApproveCaseRequest>,
    ) -> Result<Response<v1::Case>, Status> {
        let (caller, now) = (caller(&request)?, now_ns());
        let name = request.into_inner().name;
        let case = self.reached(&caller, Act::Change, &name).await?;
        let store = &self.context.store;
        let expires = now.saturating_add(case.duration_ns);
        let opened = store.approve_case(&case.id, &caller.subject.id, now, expires).await;
        let opened = opened.map_err(|error| match error {
            StoreError::SameSubject { .. } => status::second_person_needed(
                &name,
                "who asked for a case cannot agree to it too; another supervisor of the agency can",
            ),
            error => status::store(error),
        })?;
        tracing::info!(case = opened.id, site = opened.site, by = caller.subject.id, "case opened");
        Ok(Response::new(wire::shown(opened, now)))
    }

    async fn close_case(&self, request: Request<v1::CloseCaseRequest>) -> Result<Response<v1::Case>, Status> {
        let (caller, now) = (caller(&request)?, now_ns());
        let case = self.reached(&caller, Act::Change, &request.into_inner().name).await?;
        let closed = self.context.store.close_case(&case.id, &caller.subject.id, now).await;
        Ok(Response::new(wire::shown(closed.map_err(status::store)?, now)))
    }

    async fn get_case(&self, request: Request<v1::GetCaseRequest>) -> Result<Response<v1::Case>, Status> {
        let caller = caller(&request)?;
        let case = self.reached(&caller, Act::See, &request.into_inner().name).await?;
        Ok(Response::new(wire::shown(case, now_ns())))
    }

    async fn list_cases(
        &self,
        request: Request<v1::ListCasesRequest>,
    ) -> Result<Response<v1::ListCasesResponse>, Status> {
        let (caller, now) = (caller(&request)?, now_ns());
        let (page, mut filter) = wire::listed(request.into_inner(), now)?;
        filter.tenant = self.context.gate.scope(&caller, Kind::Case).tenant();
        let found = self.context.store.list_cases(&filter).await.map_err(status::store)?;
        Ok(Response::new(wire::page(&page, found, now)))
    }
}
