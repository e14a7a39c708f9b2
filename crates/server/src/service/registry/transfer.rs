//! `TransferService`.

use lightcone::v1;
use lightcone::v1::transfer_service_server::TransferService;
use lightcone_access::Act;
use lightcone_store::Transfer;
use tonic::{Request, Response, Status};

use super::Registrar;
use crate::access::caller;
use crate::clock::now_ns;
use crate::status;
use crate::wire::registry::Kind as _;
use crate::wire::transfer::{Closing, closing};

#[tonic::async_trait]
impl TransferService for Registrar<Transfer> {
    async fn create_transfer(
        &self,
        request: Request<v1::CreateTransferRequest>,
    ) -> Result<Response<v1::Transfer>, Status> {
        self.create(request).await
    }

    async fn get_transfer(
        &self,
        request: Request<v1::GetTransferRequest>,
    ) -> Result<Response<v1::Transfer>, Status> {
        self.get(request).await
    }

    async fn list_transfers(
        &self,
        request: Request<v1::ListTransfersRequest>,
    ) -> Result<Response<v1::ListTransfersResponse>, Status> {
        self.list(request).await
    }

    async fn update_transfer(
        &self,
        request: Request<v1::UpdateTransferRequest>,
    ) -> Result<Response<v1::Transfer>, Status> {
        self.update(request).await
    }

    async fn close_transfer(
        &self,
        request: Request<v1::CloseTransferRequest>,
    ) -> Result<Response<v1::Transfer>, Status> {
        let (caller, now) = (caller(&request)?, now_ns());
        let Closing { id, is_made, reason, once } = closing(request.into_inner(), now, &caller.subject.id)?;
        self.reached(&caller, Act::Change, &id).await?;
        let closed = self.context.store.close_transfer(&id, is_made, &reason, now, once.as_ref()).await;
        let transfer = closed.map_err(status::store)?;
        self.tell();
        Ok(Response::new(transfer.show()?))
    }
}
