//! A plan whose landmarks are reached through bridges.

use std::net::SocketAddr;

use lightcone_probe::LandmarkId;
use lightcone_probe::plan::{Plan, PlannedLandmark};
use tokio::task::JoinSet;

use crate::{CarrierError, Inlet, Way};

/// A plan with addresses on this host, and the bridges behind them.
pub struct StandIn {
    /// The plan to engage in: landmarks that cannot be reached are left out.
    pub plan: Plan,
    /// To be kept as long as the session lasts.
    pub inlets: Vec<Inlet>,
    /// Landmarks that cannot be reached, and why.
    pub unreached: Vec<(LandmarkId, CarrierError)>,
}

/// Opens a bridge to every landmark of a plan, all at once, and puts its address in place of the landmark's. The plan's
/// signature must have been checked before: it covers the landmarks' own addresses. `agent` is where the agent's socket
/// is bound.
///
/// Must be called inside a tokio runtime.
pub async fn stand_in(plan: Plan, agent: SocketAddr, way: &Way) -> StandIn {
    let mut opening = JoinSet::new();
    for landmark in &plan.landmarks {
        let (way, landmark) = (way.clone(), *landmark);
        opening.spawn(async move { (landmark, reach(&way, &landmark, agent).await) });
    }
    let mut stand_in = StandIn { plan, inlets: Vec::new(), unreached: Vec::new() };
    stand_in.plan.landmarks.clear();
    while let Some(opened) = opening.join_next().await {
        match opened {
            Ok((landmark, Ok(inlet))) => {
                stand_in.plan.landmarks.push(at(landmark, inlet.address()));
                stand_in.inlets.push(inlet);
            }
            Ok((landmark, Err(error))) => stand_in.unreached.push((landmark.id, error)),
            // A panic has been printed by its hook; its landmark is not reached.
            Err(_) => {}
        }
    }
    stand_in.plan.landmarks.sort_unstable_by_key(|landmark| landmark.id);
    stand_in
}

/// IPv4 first, then IPv6. A plan has no landmark without an address.
async fn reach(way: &Way, landmark: &PlannedLandmark, agent: SocketAddr) -> Result<Inlet, CarrierError> {
    let [v4, v6] = [landmark.v4.map(SocketAddr::V4), landmark.v6.map(SocketAddr::V6)];
    match (v4, v6) {
        (Some(first), Some(second)) => match Inlet::open(way, first, agent).await {
            Err(_) => Inlet::open(way, second, agent).await,
            opened => opened,
        },
        (Some(only), None) | (None, Some(only)) => Inlet::open(way, only, agent).await,
        (None, None) => Err(CarrierError::NoAddress),
    }
}

fn at(landmark: PlannedLandmark, address: SocketAddr) -> PlannedLandmark {
    let (v4, v6) = match address {
        SocketAddr::V4(address) => (Some(address), None),
        SocketAddr::V6(address) => (None, Some(address)),
    };
    PlannedLandmark { v4, v6, ..landmark }
}
