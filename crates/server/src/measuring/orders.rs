//! What a session makes landmarks and agents do: assignments and plans, from the session's record. The same record
//! gives the same orders, so that they can be given again.

use lightcone_probe::assignment::Assignment;
use lightcone_probe::plan::{Plan, PlannedLandmark, Window};
use lightcone_probe::{Binding, LandmarkId, SessionId};
use lightcone_store::Session;
use sha2::{Digest as _, Sha256};

use super::roster::{Directory, Known, Version};

const MESH_LABEL: &[u8] = b"lightcone/mesh/v1\0";

/// When a session is open and how many challenges it may have of each landmark; none before it is attested.
pub(crate) fn window(record: &Session, probes: u16) -> Window {
    Window { probes, not_before_ns: record.not_before, not_after_ns: record.not_after }
}

/// What one landmark is told to do in a session; none before it is attested.
pub(crate) fn assignment(record: &Session, version: &Version, probes: u16) -> Option<Assignment> {
    Some(Assignment {
        session: SessionId(record.wire_id),
        landmark: version.wire_id,
        binding: Binding(record.binding?),
        agent_x25519: record.session_exchange_key?,
        position_version: u32::try_from(version.record.position_version).ok()?,
        window: window(record, probes),
    })
}

/// What the agent of a session is told; none before it is attested.
pub(crate) fn plan(record: &Session, landmarks: &Directory, probes: u16) -> Option<Plan> {
    let known = record.landmarks.iter().filter_map(|id| landmarks.get(id));
    let mut planned: Vec<PlannedLandmark> =
        known.filter_map(|known| planned(known, record.not_before)).collect();
    planned.sort_by_key(|landmark| landmark.id);
    Some(Plan {
        session: SessionId(record.wire_id),
        binding: Binding(record.binding?),
        window: window(record, probes),
        landmarks: planned,
    })
}

fn planned(known: &Known, at_ns: i64) -> Option<PlannedLandmark> {
    let version = known.at(at_ns)?;
    let (v4, v6) = known.addresses();
    let is_reachable = v4.is_some() || v6.is_some();
    is_reachable.then_some(PlannedLandmark {
        id: version.wire_id,
        x25519: version.record.exchange_key,
        v4,
        v6,
    })
}

/// What ties a session between two landmarks to their keys, which are known already and need no evidence.
pub(crate) fn mesh_binding(challenger: LandmarkId, answerer: LandmarkId, wire_id: [u8; 8]) -> [u8; 32] {
    let hash = Sha256::new().chain_update(MESH_LABEL).chain_update(challenger.0);
    hash.chain_update(answerer.0).chain_update(wire_id).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_direction_and_session_has_its_own_binding() {
        let (a, b) = (LandmarkId([1; 16]), LandmarkId([2; 16]));
        let there = mesh_binding(a, b, [3; 8]);
        assert_ne!(there, mesh_binding(b, a, [3; 8]));
        assert_ne!(there, mesh_binding(a, b, [4; 8]));
    }
}
