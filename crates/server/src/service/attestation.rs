//! `AttestationService`: evidence by itself, the references in force, keys of TPMs.

use std::sync::Arc;

use lightcone::v1;
use lightcone::v1::attestation_service_server::AttestationService;
use lightcone_access::Act;
use lightcone_pool::Lane;
use tonic::{Request, Response, Status};

use crate::access::{Gate, caller, errand};
use crate::clock::now_ns;
use crate::measuring::Measuring;
use crate::wire;
use crate::wire::attestation as shown;

/// `AttestationService`.
#[derive(Clone)]
pub(crate) struct Attestations {
    measuring: Arc<Measuring>,
    gate: Arc<Gate>,
}

impl Attestations {
    /// The service.
    pub(crate) fn new(measuring: Arc<Measuring>, gate: Arc<Gate>) -> Self {
        Self { measuring, gate }
    }
}

#[tonic::async_trait]
impl AttestationService for Attestations {
    async fn appraise_evidence(
        &self,
        request: Request<v1::AppraiseEvidenceRequest>,
    ) -> Result<Response<v1::AppraiseEvidenceResponse>, Status> {
        let (caller, errand) = (caller(&request)?, errand(&request, Lane::Interactive));
        let asked = shown::appraise(request.into_inner(), now_ns())?;
        if let Some(agent) = &asked.agent {
            self.gate.agent(&caller, Act::See, agent).await?;
        }
        Ok(Response::new(self.measuring.appraise_alone(errand, asked).await?))
    }

    async fn get_references(
        &self,
        _: Request<v1::GetReferencesRequest>,
    ) -> Result<Response<v1::References>, Status> {
        Ok(Response::new(shown::references(&self.measuring.references())))
    }

    async fn challenge_attestation_key(
        &self,
        request: Request<v1::ChallengeAttestationKeyRequest>,
    ) -> Result<Response<v1::ChallengeAttestationKeyResponse>, Status> {
        let (caller, errand) = (caller(&request)?, errand(&request, Lane::Interactive));
        let asked = shown::challenge(request.into_inner())?;
        self.gate.agent(&caller, Act::Use, &asked.agent).await?;
        Ok(Response::new(self.measuring.challenge_key(errand, asked).await?))
    }

    async fn activate_attestation_key(
        &self,
        request: Request<v1::ActivateAttestationKeyRequest>,
    ) -> Result<Response<v1::AttestationKey>, Status> {
        let (caller, errand) = (caller(&request)?, errand(&request, Lane::Interactive));
        let asked = shown::activate(request.into_inner())?;
        self.gate.agent(&caller, Act::Use, &asked.claimed.agent).await?;
        Ok(Response::new(shown::key(&self.measuring.activate_key(errand, asked).await?)))
    }

    async fn list_attestation_keys(
        &self,
        request: Request<v1::ListAttestationKeysRequest>,
    ) -> Result<Response<v1::ListAttestationKeysResponse>, Status> {
        let caller = caller(&request)?;
        let agent = wire::agent("parent", &request.into_inner().parent)?;
        self.gate.agent(&caller, Act::See, &agent).await?;
        let keys = self.measuring.keys_of(&agent).await?;
        let attestation_keys = keys.iter().map(shown::key).collect();
        Ok(Response::new(v1::ListAttestationKeysResponse { attestation_keys }))
    }
}
