//! `LandmarkService`.

use std::sync::Arc;

use lightcone::v1;
use lightcone::v1::landmark_service_server::LandmarkService;
use lightcone_pool::Lane;
use lightcone_store::Landmark;
use tonic::{Request, Response, Status};

use super::Registrar;
use crate::measuring::Measuring;
use crate::service::caller::errand;
use crate::wire::moment;

/// `LandmarkService`: records like all others, and what they say about one another.
pub(crate) struct Landmarks {
    records: Registrar<Landmark>,
    measuring: Arc<Measuring>,
}

impl Landmarks {
    /// The service over these records.
    pub(crate) fn new(records: Registrar<Landmark>, measuring: Arc<Measuring>) -> Self {
        Self { records, measuring }
    }
}

#[tonic::async_trait]
impl LandmarkService for Landmarks {
    async fn create_landmark(
        &self,
        request: Request<v1::CreateLandmarkRequest>,
    ) -> Result<Response<v1::RegisteredLandmark>, Status> {
        self.records.create(request).await
    }

    async fn batch_create_landmarks(
        &self,
        request: Request<v1::BatchCreateLandmarksRequest>,
    ) -> Result<Response<v1::BatchCreateLandmarksResponse>, Status> {
        let count = request.get_ref().requests.len();
        self.records.batch_create(request, count).await
    }

    async fn get_landmark(
        &self,
        request: Request<v1::GetLandmarkRequest>,
    ) -> Result<Response<v1::RegisteredLandmark>, Status> {
        self.records.get(request).await
    }

    async fn list_landmarks(
        &self,
        request: Request<v1::ListLandmarksRequest>,
    ) -> Result<Response<v1::ListLandmarksResponse>, Status> {
        self.records.list(request).await
    }

    async fn update_landmark(
        &self,
        request: Request<v1::UpdateLandmarkRequest>,
    ) -> Result<Response<v1::RegisteredLandmark>, Status> {
        self.records.update(request).await
    }

    async fn retire_landmark(
        &self,
        request: Request<v1::RetireLandmarkRequest>,
    ) -> Result<Response<v1::RegisteredLandmark>, Status> {
        self.records.retire(request).await
    }

    async fn audit_mesh(
        &self,
        request: Request<v1::AuditMeshRequest>,
    ) -> Result<Response<v1::AuditMeshResponse>, Status> {
        let errand = errand(&request, Lane::Bulk);
        let (audit, oldest) = self.measuring.audit(errand).await?;
        let oldest_time = oldest.map(moment::timestamp);
        Ok(Response::new(v1::AuditMeshResponse { audit: Some(audit), oldest_time }))
    }
}
