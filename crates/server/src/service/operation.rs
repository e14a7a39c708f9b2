//! `google.longrunning.Operations`: work that takes long, watched and ended.

use std::time::{Duration, Instant};

use lightcone::longrunning::operations_server::Operations;
use lightcone::longrunning::{
    CancelOperationRequest, DeleteOperationRequest, GetOperationRequest, ListOperationsRequest,
    ListOperationsResponse, Operation, WaitOperationRequest,
};
use lightcone_access::{Act, Kind};
use lightcone_pool::Lane;
use lightcone_store::ComparisonState;
use tonic::{Request, Response, Status};

use super::comparison::{Comparing, garbled};
use crate::access::{caller, errand};
use crate::clock::now_ns;
use crate::status;
use crate::wire::operation as wire;

/// How long a wait lasts where neither its request nor its deadline says.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// How much before the deadline a wait ends, so that it has an answer.
const WAIT_MARGIN: Duration = Duration::from_millis(50);
/// How often a wait looks for what another server did.
const LOOK: Duration = Duration::from_millis(500);

/// `Operations`.
pub(crate) struct LongWork {
    comparing: Comparing,
}

impl LongWork {
    /// The service over comparisons, the only work that takes long.
    pub(crate) fn new(comparing: Comparing) -> Self {
        Self { comparing }
    }
}

#[tonic::async_trait]
impl Operations for LongWork {
    async fn list_operations(
        &self,
        request: Request<ListOperationsRequest>,
    ) -> Result<Response<ListOperationsResponse>, Status> {
        let caller = caller(&request)?;
        let page = wire::listed(request.into_inner())?;
        let context = self.comparing.context();
        let tenant = context.gate.scope(&caller, Kind::Paper).tenant();
        let found = context.store.list_comparisons(tenant.as_deref(), page.after.as_deref(), page.size).await;
        wire::page(&page, &found.map_err(status::store)?).map(Response::new).map_err(garbled)
    }

    async fn get_operation(
        &self,
        request: Request<GetOperationRequest>,
    ) -> Result<Response<Operation>, Status> {
        let caller = caller(&request)?;
        let id = wire::id(&request.into_inner().name)?;
        let kept = self.comparing.reached(&caller, Act::See, &id).await?;
        wire::shown(&kept).map(Response::new).map_err(garbled)
    }

    async fn delete_operation(
        &self,
        request: Request<DeleteOperationRequest>,
    ) -> Result<Response<()>, Status> {
        let caller = caller(&request)?;
        let id = wire::id(&request.into_inner().name)?;
        self.comparing.reached(&caller, Act::Change, &id).await?;
        let store = &self.comparing.context().store;
        store.delete_comparison(&id, now_ns()).await.map_err(status::store)?;
        Ok(Response::new(()))
    }

    async fn cancel_operation(
        &self,
        request: Request<CancelOperationRequest>,
    ) -> Result<Response<()>, Status> {
        let caller = caller(&request)?;
        let id = wire::id(&request.into_inner().name)?;
        self.comparing.reached(&caller, Act::Change, &id).await?;
        self.comparing.whatif.cancel(&id).await?;
        Ok(Response::new(()))
    }

    async fn wait_operation(
        &self,
        request: Request<WaitOperationRequest>,
    ) -> Result<Response<Operation>, Status> {
        let (caller, began) = (caller(&request)?, Instant::now());
        let deadline = errand(&request, Lane::Interactive).deadline;
        let request = request.into_inner();
        let (id, asked) = (wire::id(&request.name)?, wire::patience(request.timeout)?);
        let until = began + asked.unwrap_or(WAIT_MAX).min(WAIT_MAX);
        let until = deadline
            .and_then(|deadline| deadline.at.checked_sub(WAIT_MARGIN))
            .map_or(until, |at| until.min(at));
        let mut steps = self.comparing.whatif.steps();
        loop {
            steps.borrow_and_update();
            let kept = self.comparing.reached(&caller, Act::See, &id).await?;
            if kept.state != ComparisonState::Running || Instant::now() >= until {
                return wire::shown(&kept).map(Response::new).map_err(garbled);
            }
            let look = until.min(Instant::now() + LOOK);
            tokio::select! {
                _ = steps.changed() => {}
                () = tokio::time::sleep_until(look.into()) => {}
            }
        }
    }
}
