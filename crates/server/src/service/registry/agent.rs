//! `AgentService`.

use lightcone::v1;
use lightcone::v1::agent_service_server::AgentService;
use lightcone_store::Agent;
use tonic::{Request, Response, Status};

use super::Registrar;

#[tonic::async_trait]
impl AgentService for Registrar<Agent> {
    async fn create_agent(
        &self,
        request: Request<v1::CreateAgentRequest>,
    ) -> Result<Response<v1::Agent>, Status> {
        self.create(request).await
    }

    async fn batch_create_agents(
        &self,
        request: Request<v1::BatchCreateAgentsRequest>,
    ) -> Result<Response<v1::BatchCreateAgentsResponse>, Status> {
        let count = request.get_ref().requests.len();
        self.batch_create(request, count).await
    }

    async fn get_agent(&self, request: Request<v1::GetAgentRequest>) -> Result<Response<v1::Agent>, Status> {
        self.get(request).await
    }

    async fn list_agents(
        &self,
        request: Request<v1::ListAgentsRequest>,
    ) -> Result<Response<v1::ListAgentsResponse>, Status> {
        self.list(request).await
    }

    async fn update_agent(
        &self,
        request: Request<v1::UpdateAgentRequest>,
    ) -> Result<Response<v1::Agent>, Status> {
        self.update(request).await
    }

    async fn retire_agent(
        &self,
        request: Request<v1::RetireAgentRequest>,
    ) -> Result<Response<v1::Agent>, Status> {
        self.retire(request).await
    }
}
