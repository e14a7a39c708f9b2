//! `PartyService`.

use lightcone::v1;
use lightcone::v1::party_service_server::PartyService;
use lightcone_access::Act;
use lightcone_policy::record::{self, Conduct};
use lightcone_pool::Lane;
use lightcone_store::Party;
use tonic::{Request, Response, Status};

use super::Registrar;
use crate::access::{caller, errand};
use crate::clock::today;
use crate::compute::Fault;
use crate::pace;
use crate::papers::{self, Surroundings};
use crate::wire::{linked, party};

#[tonic::async_trait]
impl PartyService for Registrar<Party> {
    async fn create_party(
        &self,
        request: Request<v1::CreatePartyRequest>,
    ) -> Result<Response<v1::Party>, Status> {
        self.create(request).await
    }

    async fn batch_create_parties(
        &self,
        request: Request<v1::BatchCreatePartiesRequest>,
    ) -> Result<Response<v1::BatchCreatePartiesResponse>, Status> {
        let count = request.get_ref().requests.len();
        self.batch_create(request, count).await
    }

    async fn get_party(&self, request: Request<v1::GetPartyRequest>) -> Result<Response<v1::Party>, Status> {
        self.get(request).await
    }

    async fn list_parties(
        &self,
        request: Request<v1::ListPartiesRequest>,
    ) -> Result<Response<v1::ListPartiesResponse>, Status> {
        self.list(request).await
    }

    async fn update_party(
        &self,
        request: Request<v1::UpdatePartyRequest>,
    ) -> Result<Response<v1::Party>, Status> {
        self.update(request).await
    }

    async fn retire_party(
        &self,
        request: Request<v1::RetirePartyRequest>,
    ) -> Result<Response<v1::Party>, Status> {
        self.retire(request).await
    }

    async fn list_linked_parties(
        &self,
        request: Request<v1::ListLinkedPartiesRequest>,
    ) -> Result<Response<v1::ListLinkedPartiesResponse>, Status> {
        let (caller, errand) = (caller(&request)?, errand(&request, Lane::Bulk));
        let id = party::id("parent", &request.get_ref().parent)?;
        let itself = self.reached(&caller, Act::See, &id).await?;
        let around = Surroundings::of(&*self.context.store, itself).await?;
        let work = move |_: &_| {
            let (parties, pasts) = around.opened().map_err(|garbled| Fault::Own(garbled.to_string()))?;
            Ok(linked::shown(&id, &lightcone_policy::links::view(&parties, &pasts)))
        };
        let cost = pace::entry_cost(crate::limits::PARTIES_AT_ONCE_MAX);
        self.context.compute.run(errand, cost, work).await.map(Response::new)
    }

    async fn get_consignee_record(
        &self,
        request: Request<v1::GetConsigneeRecordRequest>,
    ) -> Result<Response<v1::ConsigneeRecord>, Status> {
        let (caller, errand) = (caller(&request)?, errand(&request, Lane::Interactive));
        let id = party::id("name", &request.get_ref().name)?;
        let itself = self.reached(&caller, Act::See, &id).await?;
        let received = papers::received(&*self.context.store, &itself).await?;
        let (on, cost) = (today()?, pace::entry_cost(received.len()));
        let work = move |_: &_| {
            let pasts = received.iter().map(papers::past).collect::<Result<Vec<_>, _>>();
            let pasts = pasts.map_err(|garbled| Fault::Own(garbled.to_string()))?;
            Ok(linked::record(&record::of(&id, &pasts, &Conduct::default(), on)))
        };
        self.context.compute.run(errand, cost, work).await.map(Response::new)
    }
}
