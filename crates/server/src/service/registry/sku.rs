//! `SkuService`.

use lightcone::v1;
use lightcone::v1::sku_service_server::SkuService;
use lightcone_pool::Lane;
use lightcone_store::{Sku, StoreError};
use tonic::{Request, Response, Status};

use super::Registrar;
use crate::access::{caller, errand};
use crate::clock::today;
use crate::rules;
use crate::status;
use crate::wire::{classes, sku};

#[tonic::async_trait]
impl SkuService for Registrar<Sku> {
    async fn classify_sku(
        &self,
        request: Request<v1::ClassifySkuRequest>,
    ) -> Result<Response<v1::ClassifySkuResponse>, Status> {
        let errand = errand(&request, Lane::Interactive);
        let v1::ClassifySkuRequest { chip, rules } = request.into_inner();
        let (is_asked, today) = (rules.is_some(), today()?);
        let (kept, stand) = rules::resolve(&self.context.books, rules, today).await?;
        let stand = is_asked.then_some(stand);
        let versions = if is_asked { 1 } else { classes::VERSIONS_MAX };
        let work = move |_: &_| {
            let goods = classes::goods(chip, &kept.book)?;
            Ok(classes::classified(&kept.book, kept.number, goods, stand))
        };
        self.context.compute.run(errand, classes::cost(versions), work).await.map(Response::new)
    }

    async fn create_sku(&self, request: Request<v1::CreateSkuRequest>) -> Result<Response<v1::Sku>, Status> {
        if request.get_ref().validate_only {
            let name = request.get_ref().figures.as_ref().map_or("", |figures| &figures.sku);
            let (key, tenant) = ([sku::name_key(name)], caller(&request)?.subject.tenant.clone());
            let found = self.context.store.skus_named(&tenant, &key).await.map_err(status::store)?;
            if let Some(there) = found.into_iter().next() {
                let taken = StoreError::AlreadyExists { kind: "sku", id: there.id, field: "name_key" };
                return Err(status::store(taken));
            }
        }
        self.create(request).await
    }

    async fn get_sku(&self, request: Request<v1::GetSkuRequest>) -> Result<Response<v1::Sku>, Status> {
        self.get(request).await
    }

    async fn list_skus(
        &self,
        request: Request<v1::ListSkusRequest>,
    ) -> Result<Response<v1::ListSkusResponse>, Status> {
        self.list(request).await
    }

    async fn retire_sku(&self, request: Request<v1::RetireSkuRequest>) -> Result<Response<v1::Sku>, Status> {
        self.retire(request).await
    }
}
