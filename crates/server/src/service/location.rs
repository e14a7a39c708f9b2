//! `LocationService`: one chip, many chips, the landmarks themselves.

use std::sync::Arc;

use futures_util::stream::BoxStream;
use lightcone::v1;
use lightcone::v1::location_service_server::LocationService;
use lightcone_core::audit::audit;
use lightcone_core::locate::{Inquiry, LIARS_DEFAULT, locate};
use lightcone_pool::Lane;
use tokio::sync::watch;
use tonic::{Request, Response, Status, Streaming};

use super::batch::{self, Conductor};
use crate::access::errand;
use crate::compute::{Compute, Errand};
use crate::deadline::Deadline;
use crate::limits::BULK_ABOVE;
use crate::pace::{self, Units};
use crate::wire::{self, Detail};

/// `LocationService`.
#[derive(Clone, Debug)]
pub(crate) struct Location {
    compute: Arc<Compute>,
    /// True once the server drains.
    draining: watch::Receiver<bool>,
}

impl Location {
    /// The service on this pool and map.
    pub(crate) fn new(compute: Arc<Compute>, draining: watch::Receiver<bool>) -> Self {
        Self { compute, draining }
    }
}

#[tonic::async_trait]
impl LocationService for Location {
    type BatchLocateStream = BoxStream<'static, Result<v1::BatchLocateResponse, Status>>;

    async fn locate(
        &self,
        request: Request<v1::LocateRequest>,
    ) -> Result<Response<v1::LocateResponse>, Status> {
        let errand = errand(&request, Lane::Interactive);
        let wire = request.into_inner();
        let (liars, explain) = wire.settings.as_ref().map_or((LIARS_DEFAULT, false), |settings| {
            (settings.liars.unwrap_or(LIARS_DEFAULT), settings.explain)
        });
        let units = Units::chip(wire.round_trips.len(), wire.landmarks.len(), liars, explain);
        let cost = self.compute.pace.cost(units);
        let lane = if self.compute.pace.expect(units) > BULK_ABOVE { Lane::Bulk } else { Lane::Interactive };
        let errand = Errand { lane, ..errand };
        let compute = Arc::clone(&self.compute);
        let answer = self.compute.run(errand, cost, move |token| {
            let asked = wire::locate(&compute.borders, wire)?;
            let inquiry = Inquiry {
                mesh: &asked.mesh,
                observations: &asked.observations,
                questions: &asked.questions,
                settings: &asked.settings,
            };
            let found = locate(&compute.borders, &inquiry, &|| token.is_stopped())?;
            Ok(wire::located(&compute.borders, &asked.mesh, &found, asked.detail == Detail::Full))
        });
        answer.await.map(Response::new)
    }

    async fn batch_locate(
        &self,
        request: Request<Streaming<v1::BatchLocateRequest>>,
    ) -> Result<Response<Self::BatchLocateStream>, Status> {
        let errand = errand(&request, Lane::Bulk);
        let deadline = request.extensions().get::<Deadline>().and_then(|deadline| deadline.all);
        let mut inbound = request.into_inner();
        let opened = batch::header(&self.compute, errand, &mut inbound).await?;
        let errand = Errand { deadline, ..errand };
        let conductor =
            Conductor::new(Arc::clone(&self.compute), errand, opened, inbound, self.draining.clone());
        Ok(Response::new(Box::pin(conductor.answers())))
    }

    async fn audit_landmarks(
        &self,
        request: Request<v1::AuditLandmarksRequest>,
    ) -> Result<Response<v1::AuditLandmarksResponse>, Status> {
        let errand = errand(&request, Lane::Bulk);
        let wire = request.into_inner();
        let cost = pace::table_cost(wire.pairs.len() + wire.landmarks.len());
        let compute = Arc::clone(&self.compute);
        let answer = self.compute.run(errand, cost, move |token| {
            let asked = wire::audit(&compute.borders, wire)?;
            let stop = || token.is_stopped();
            let found = audit(&compute.borders, &asked.mesh, asked.mode, &asked.pairs, &asked.stated, &stop)?;
            Ok(wire::audited(&compute.borders, &asked.mesh, &found))
        });
        answer.await.map(Response::new)
    }
}
