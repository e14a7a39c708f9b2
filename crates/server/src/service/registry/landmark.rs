//! `LandmarkService`.

use lightcone::v1;
use lightcone::v1::landmark_service_server::LandmarkService;
use lightcone_store::Landmark;
use tonic::{Request, Response, Status};

use super::Registrar;

#[tonic::async_trait]
impl LandmarkService for Registrar<Landmark> {
    async fn create_landmark(
        &self,
        request: Request<v1::CreateLandmarkRequest>,
    ) -> Result<Response<v1::RegisteredLandmark>, Status> {
        self.create(request).await
    }

    async fn batch_create_landmarks(
        &self,
        request: Request<v1::BatchCreateLandmarksRequest>,
    ) -> Result<Response<v1::BatchCreateLandmarksResponse>, Status> {
        let count = request.get_ref().requests.len();
        self.batch_create(request, count).await
    }

    async fn get_landmark(
        &self,
        request: Request<v1::GetLandmarkRequest>,
    ) -> Result<Response<v1::RegisteredLandmark>, Status> {
        self.get(request).await
    }

    async fn list_landmarks(
        &self,
        request: Request<v1::ListLandmarksRequest>,
    ) -> Result<Response<v1::ListLandmarksResponse>, Status> {
        self.list(request).await
    }

    async fn update_landmark(
        &self,
        request: Request<v1::UpdateLandmarkRequest>,
    ) -> Result<Response<v1::RegisteredLandmark>, Status> {
        self.update(request).await
    }

    async fn retire_landmark(
        &self,
        request: Request<v1::RetireLandmarkRequest>,
    ) -> Result<Response<v1::RegisteredLandmark>, Status> {
        self.retire(request).await
    }

    async fn audit_mesh(
        &self,
        request: Request<v1::AuditMeshRequest>,
    ) -> Result<Response<v1::AuditMeshResponse>, Status> {
        self.audited(request).await
    }
}
