//! `AlertService`.

use std::sync::Arc;

use lightcone::v1;
use lightcone::v1::alert_service_server::AlertService;
use tonic::{Request, Response, Status};

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
}

#[tonic::async_trait]
impl AlertService for Alerts {
    async fn list_alerts(
        &self,
        request: Request<v1::ListAlertsRequest>,
    ) -> Result<Response<v1::ListAlertsResponse>, Status> {
        let asked = alerts(request.into_inner())?;
        let found = self.context.store.list_alerts(&asked.filter).await.map_err(status::store)?;
        Ok(Response::new(shown_alerts(&asked.page, found)))
    }
}
