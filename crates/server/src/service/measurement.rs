//! `MeasurementService`: landmarks wait for work and bring reports; operators look.

use std::pin::pin;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::{BoxStream, FuturesOrdered};
use lightcone::v1;
use lightcone::v1::ingest_request::Frame;
use lightcone::v1::measurement_service_server::MeasurementService;
use lightcone_access::Act;
use lightcone_pool::Lane;
use lightcone_store::SubjectKind;
use tonic::{Request, Response, Status, Streaming};

use super::events::events;
use crate::access::{Caller, Gate, caller, errand};
use crate::compute::Errand;
use crate::limits::BATCHES_IN_FLIGHT_MAX;
use crate::measuring::{Measuring, Trouble};
use crate::wire::{self, Violation};

/// `MeasurementService`.
#[derive(Clone)]
pub(crate) struct Measurements {
    measuring: Arc<Measuring>,
    gate: Arc<Gate>,
}

impl Measurements {
    /// The service.
    pub(crate) fn new(measuring: Arc<Measuring>, gate: Arc<Gate>) -> Self {
        Self { measuring, gate }
    }

    /// Takes a stream to its end, or until the server drains: what was read by then is answered.
    async fn take(
        &self,
        caller: &Caller,
        errand: Errand,
        mut inbound: Streaming<v1::IngestRequest>,
    ) -> Result<v1::IngestResponse, Status> {
        let unexpected = |expected, frame| Status::from(Violation::unexpected_frame(expected, frame));
        let first = inbound.message().await?.and_then(|first| first.frame);
        let Some(Frame::Header(header)) = first else { return Err(unexpected("header", 0)) };
        let landmark = wire::landmark("header.landmark", &header.landmark)?;
        self.gate.landmark(caller, Act::Use, &landmark).await?;
        let mut stream = self.measuring.ingest(&landmark, errand).await?;
        let mut draining = self.measuring.draining();
        let mut drained = pin!(async move { draining.wait_for(|draining| *draining).await.is_ok() });
        let (mut on_their_way, mut is_open, mut frames) = (FuturesOrdered::new(), true, 1);
        loop {
            let has_room = on_their_way.len() < BATCHES_IN_FLIGHT_MAX;
            tokio::select! {
                Some(taken) = on_their_way.next() => stream.count(taken?),
                frame = inbound.message(), if is_open && has_room => match frame?.map(|frame| frame.frame) {
                    Some(Some(Frame::Batch(batch))) => {
                        on_their_way.push_back(stream.take(&self.measuring, wire::reports(batch)?));
                        frames += 1;
                    }
                    Some(_) => return Err(unexpected("batch", frames)),
                    None => is_open = false,
                },
                _ = &mut drained, if is_open => is_open = false,
                else => break,
            }
            if !is_open && on_their_way.is_empty() {
                break;
            }
        }
        Ok(wire::ingested(stream.finish(&self.measuring).await?))
    }
}

#[tonic::async_trait]
impl MeasurementService for Measurements {
    type WatchAssignmentsStream = BoxStream<'static, Result<v1::WatchAssignmentsResponse, Status>>;

    async fn watch_assignments(
        &self,
        request: Request<v1::WatchAssignmentsRequest>,
    ) -> Result<Response<Self::WatchAssignmentsStream>, Status> {
        let caller = caller(&request)?;
        let landmark = wire::landmark("landmark", &request.into_inner().landmark)?;
        self.gate.landmark(&caller, Act::Use, &landmark).await?;
        let line = self.measuring.watch(&landmark).await?;
        let stream = events(line, self.measuring.draining(), wire::work, wire::landmark_checkpoint);
        Ok(Response::new(stream))
    }

    async fn ingest(
        &self,
        request: Request<Streaming<v1::IngestRequest>>,
    ) -> Result<Response<v1::IngestResponse>, Status> {
        let (caller, errand) = (caller(&request)?, errand(&request, Lane::Bulk));
        self.take(&caller, errand, request.into_inner()).await.map(Response::new)
    }

    async fn list_measurements(
        &self,
        request: Request<v1::ListMeasurementsRequest>,
    ) -> Result<Response<v1::ListMeasurementsResponse>, Status> {
        let caller = caller(&request)?;
        let wanted = wire::any_session("parent", &request.into_inner().parent)?;
        match wanted.kind {
            SubjectKind::Agent => drop(self.gate.agent(&caller, Act::See, &wanted.subject).await?),
            SubjectKind::Landmark => drop(self.gate.landmark(&caller, Act::See, &wanted.subject).await?),
        }
        let open = self.measuring.session(&wanted.id).await?;
        wanted.is(&open.view().record)?;
        let store = self.measuring.store();
        let measured = store.measurements(&wanted.id).await.map_err(Trouble::from)?;
        let waiting = store.pending_reports(&wanted.id).await.map_err(Trouble::from)?;
        Ok(Response::new(wire::measurements(&measured, &waiting)))
    }
}
