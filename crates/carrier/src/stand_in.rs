//! A plan whose landmarks are reached through bridges.

use std::net::SocketAddr;

use lightcone_probe::plan::{Plan, PlannedLandmark};

use crate::{CarrierError, Inlet, Way};

/// Opens a bridge to every landmark of a plan and puts its address in place of the landmark's. The plan's signature must
/// have been checked before: it covers the landmarks' own addresses. The bridges are to be kept as long as the session
/// lasts, in the plan's order; a landmark that they do not reach holds up no other. `agent` is where the agent's socket is
/// bound.
///
/// Must be called inside a tokio runtime.
///
/// # Errors
/// A local address cannot be had, or a landmark has none, which no plan that was read has.
pub async fn stand_in(
    mut plan: Plan,
    agent: SocketAddr,
    way: &Way,
) -> Result<(Plan, Vec<Inlet>), CarrierError> {
    let mut inlets = Vec::with_capacity(plan.landmarks.len());
    for landmark in &mut plan.landmarks {
        let inlet = Inlet::open(way, &addresses(landmark), agent).await?;
        (landmark.v4, landmark.v6) = match inlet.address() {
            SocketAddr::V4(address) => (Some(address), None),
            SocketAddr::V6(address) => (None, Some(address)),
        };
        inlets.push(inlet);
    }
    Ok((plan, inlets))
}

fn addresses(landmark: &PlannedLandmark) -> Vec<SocketAddr> {
    landmark.v4.map(SocketAddr::V4).into_iter().chain(landmark.v6.map(SocketAddr::V6)).collect()
}
