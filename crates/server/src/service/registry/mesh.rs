//! What the landmarks say about one another, by all that they measured.

use lightcone::v1;
use lightcone_core::audit::audit;
use lightcone_pool::Lane;
use lightcone_store::{Landmark, LandmarkState, MeshPair, PageRequest};
use std::collections::BTreeSet;
use std::sync::Arc;
use tonic::{Request, Response, Status};

use super::Registrar;
use crate::limits::PAGE_SIZE_MAX;
use crate::service::caller::errand;
use crate::wire::moment;
use crate::wire::registry::mesh;
use crate::{pace, status, wire};

impl Registrar<Landmark> {
    pub(super) async fn audited(
        &self,
        request: Request<v1::AuditMeshRequest>,
    ) -> Result<Response<v1::AuditMeshResponse>, Status> {
        let errand = errand(&request, Lane::Bulk);
        let landmarks = self.in_use().await?;
        let known: BTreeSet<&str> = landmarks.iter().map(|landmark| landmark.id.as_str()).collect();
        let mut pairs = self.context.store.mesh_pairs().await.map_err(status::store)?.best;
        pairs.retain(|pair| known.contains(pair.first.as_str()) && known.contains(pair.second.as_str()));
        if pairs.is_empty() {
            return Ok(Response::new(v1::AuditMeshResponse::default()));
        }
        let oldest = pairs.iter().map(|pair: &MeshPair| pair.observe_time).min();
        let cost = pace::table_cost(pairs.len() + landmarks.len());
        let compute = Arc::clone(&self.context.compute);
        let found = self.context.compute.run(errand, cost, move |token| {
            let asked = wire::audit(&compute.borders, mesh::asked(&landmarks, &pairs))?;
            let stop = || token.is_stopped();
            let found = audit(&compute.borders, &asked.mesh, asked.mode, &asked.pairs, &asked.stated, &stop)?;
            Ok(wire::audited(&compute.borders, &asked.mesh, &found))
        });
        let audit = Some(found.await?);
        Ok(Response::new(v1::AuditMeshResponse { audit, oldest_time: oldest.map(moment::timestamp) }))
    }

    /// All landmarks that are not out of use for good.
    async fn in_use(&self) -> Result<Vec<Landmark>, Status> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = PageRequest { after, size: PAGE_SIZE_MAX };
            let shown =
                self.shelf().list(&lightcone_store::Filter::default(), &page).await.map_err(status::store)?;
            after = shown.last().map(|landmark| landmark.id.clone());
            let is_last = shown.len() < PAGE_SIZE_MAX as usize;
            all.extend(shown.into_iter().filter(|landmark| landmark.state != LandmarkState::Retired));
            if is_last {
                return Ok(all);
            }
        }
    }
}
