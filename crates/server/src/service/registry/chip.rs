//! `ChipService`.

use lightcone::v1;
use lightcone::v1::chip_service_server::ChipService;
use lightcone_access::Act;
use lightcone_store::Chip;
use tonic::{Request, Response, Status};

use super::Registrar;
use crate::access::caller;
use crate::clock::now_ns;
use crate::status;
use crate::wire::Violation;
use crate::wire::registry::{self, Kind as _};

#[tonic::async_trait]
impl ChipService for Registrar<Chip> {
    async fn create_chip(
        &self,
        request: Request<v1::CreateChipRequest>,
    ) -> Result<Response<v1::Chip>, Status> {
        self.create(request).await
    }

    async fn batch_create_chips(
        &self,
        request: Request<v1::BatchCreateChipsRequest>,
    ) -> Result<Response<v1::BatchCreateChipsResponse>, Status> {
        let count = request.get_ref().requests.len();
        self.batch_create(request, count).await
    }

    async fn get_chip(&self, request: Request<v1::GetChipRequest>) -> Result<Response<v1::Chip>, Status> {
        self.get(request).await
    }

    async fn list_chips(
        &self,
        request: Request<v1::ListChipsRequest>,
    ) -> Result<Response<v1::ListChipsResponse>, Status> {
        self.list(request).await
    }

    async fn update_chip(
        &self,
        request: Request<v1::UpdateChipRequest>,
    ) -> Result<Response<v1::Chip>, Status> {
        self.update(request).await
    }

    async fn retire_chip(
        &self,
        request: Request<v1::RetireChipRequest>,
    ) -> Result<Response<v1::Chip>, Status> {
        self.retire(request).await
    }

    async fn pair_chip(&self, request: Request<v1::PairChipRequest>) -> Result<Response<v1::Chip>, Status> {
        let caller = caller(&request)?;
        let pairing = registry::pairing(request.into_inner(), now_ns(), &caller.subject.id)?;
        let was = self.reached(&caller, Act::Use, &pairing.tie.chip).await?;
        let is_recorded_by_caller = was.tenant == caller.subject.tenant;
        if pairing.tie.rma && !is_recorded_by_caller {
            let allowed = "false: that it came back is for whoever entered the chip to say";
            return Err(Violation::invalid("rma", true, allowed).into());
        }
        // Whoever ties a chip answers for both ends: the agent that it comes to, and the one that it leaves, unless it
        // came back to whoever entered it.
        let left = was.agent.as_ref().filter(|_| !(pairing.tie.rma && is_recorded_by_caller));
        for agent in left.into_iter().chain(&pairing.tie.agent) {
            self.context.gate.agent(&caller, Act::Change, agent).await?;
        }
        let alert = (!pairing.tie.rma).then(|| pairing.alert(&was));
        let registry::Pairing { tie, once } = pairing;
        // The chip that was looked at, and no other: of two who tie it at once one is told to look again.
        let tied = self.context.store.tie_chip(tie, Some(&was.etag), alert, once.as_ref()).await;
        let chip = tied.map_err(status::store)?;
        self.context.changes.of_registry();
        Ok(Response::new(chip.show()?))
    }

    async fn list_chip_ties(
        &self,
        request: Request<v1::ListChipTiesRequest>,
    ) -> Result<Response<v1::ListChipTiesResponse>, Status> {
        let (caller, chip) = (caller(&request)?, registry::ties_of(request.get_ref())?);
        // A chip that was never tied has no ties; one that does not exist is not found.
        self.reached(&caller, Act::See, &chip).await?;
        let ties = self.context.store.chip_ties(&chip).await.map_err(status::store)?;
        Ok(Response::new(registry::ties(ties)))
    }
}
