//! `LandmarkService`.

use std::sync::Arc;

use lightcone::v1;
use lightcone::v1::landmark_service_server::LandmarkService;
use lightcone_pool::Lane;
use lightcone_store::Landmark;
use tonic::{Request, Response, Status};

use super::Registrar;
use crate::access::errand;
use crate::measuring::Measuring;
use crate::wire::moment;
use crate::wire::registry::Kind as _;

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

    /// Shows the trust group that counts: a record alone does not tell it.
    async fn grouped(
        &self,
        mut shown: Response<v1::RegisteredLandmark>,
    ) -> Result<Response<v1::RegisteredLandmark>, Status> {
        self.group(std::slice::from_mut(shown.get_mut())).await?;
        Ok(shown)
    }

    async fn group(&self, shown: &mut [v1::RegisteredLandmark]) -> Result<(), Status> {
        let ids: Vec<String> =
            shown.iter().filter_map(|landmark| Landmark::id_of(&landmark.name).ok()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let directory = self.measuring.trust_groups(&ids).await?;
        for (landmark, id) in shown.iter_mut().zip(ids) {
            // What was only checked is in no directory.
            if let Some(group) = directory.group(id) {
                landmark.group = group.to_owned();
            }
        }
        Ok(())
    }
}

#[tonic::async_trait]
impl LandmarkService for Landmarks {
    async fn create_landmark(
        &self,
        request: Request<v1::CreateLandmarkRequest>,
    ) -> Result<Response<v1::RegisteredLandmark>, Status> {
        self.grouped(self.records.create(request).await?).await
    }

    async fn batch_create_landmarks(
        &self,
        request: Request<v1::BatchCreateLandmarksRequest>,
    ) -> Result<Response<v1::BatchCreateLandmarksResponse>, Status> {
        let count = request.get_ref().requests.len();
        let mut entered = self.records.batch_create(request, count).await?;
        self.group(&mut entered.get_mut().landmarks).await?;
        Ok(entered)
    }

    async fn get_landmark(
        &self,
        request: Request<v1::GetLandmarkRequest>,
    ) -> Result<Response<v1::RegisteredLandmark>, Status> {
        self.grouped(self.records.get(request).await?).await
    }

    async fn list_landmarks(
        &self,
        request: Request<v1::ListLandmarksRequest>,
    ) -> Result<Response<v1::ListLandmarksResponse>, Status> {
        let mut listed = self.records.list(request).await?;
        self.group(&mut listed.get_mut().landmarks).await?;
        Ok(listed)
    }

    async fn update_landmark(
        &self,
        request: Request<v1::UpdateLandmarkRequest>,
    ) -> Result<Response<v1::RegisteredLandmark>, Status> {
        self.grouped(self.records.update(request).await?).await
    }

    async fn retire_landmark(
        &self,
        request: Request<v1::RetireLandmarkRequest>,
    ) -> Result<Response<v1::RegisteredLandmark>, Status> {
        self.grouped(self.records.retire(request).await?).await
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
