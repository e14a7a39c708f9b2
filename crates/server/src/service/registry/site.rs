//! `SiteService`.

use lightcone::v1;
use lightcone::v1::site_service_server::SiteService;
use lightcone_store::Site;
use tonic::{Request, Response, Status};

use super::Registrar;

#[tonic::async_trait]
impl SiteService for Registrar<Site> {
    async fn create_site(
        &self,
        request: Request<v1::CreateSiteRequest>,
    ) -> Result<Response<v1::Site>, Status> {
        self.create(request).await
    }

    async fn batch_create_sites(
        &self,
        request: Request<v1::BatchCreateSitesRequest>,
    ) -> Result<Response<v1::BatchCreateSitesResponse>, Status> {
        let count = request.get_ref().requests.len();
        self.batch_create(request, count).await
    }

    async fn get_site(&self, request: Request<v1::GetSiteRequest>) -> Result<Response<v1::Site>, Status> {
        self.get(request).await
    }

    async fn list_sites(
        &self,
        request: Request<v1::ListSitesRequest>,
    ) -> Result<Response<v1::ListSitesResponse>, Status> {
        self.list(request).await
    }

    async fn update_site(
        &self,
        request: Request<v1::UpdateSiteRequest>,
    ) -> Result<Response<v1::Site>, Status> {
        self.update(request).await
    }

    async fn retire_site(
        &self,
        request: Request<v1::RetireSiteRequest>,
    ) -> Result<Response<v1::Site>, Status> {
        self.retire(request).await
    }
}
