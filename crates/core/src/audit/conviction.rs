//! From conflicts to suspensions.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::cover::{Budget, Graph, NoCover};
use super::{Cause, Suspension};
use crate::landmark::{LandmarkId, Mesh};
use crate::stop::Stopped;
use crate::verdict::Conflict;

pub(super) struct Verdict {
    pub(super) least_liars: u32,
    pub(super) least_groups: u32,
    pub(super) suspended: Vec<Suspension>,
    pub(super) exact: bool,
}

/// Convicts who is in every least cover, and suspends who is in some.
pub(super) fn convict(
    mesh: &Mesh,
    conflicts: &[Conflict],
    stop: &dyn Fn() -> bool,
) -> Result<Verdict, Stopped> {
    let budget = &Budget::new(stop);
    let edges = conflicts.iter().map(|conflict| (conflict.first.0, conflict.second.0));
    let graph = Graph::of(mesh.landmarks().len(), edges);
    let mut verdict = Verdict { least_liars: 0, least_groups: 0, suspended: Vec::new(), exact: true };
    for part in graph.parts() {
        match judge(&graph, &part, budget) {
            Ok((least, suspended)) => {
                verdict.least_liars += least;
                verdict.suspended.extend(suspended);
            }
            Err(NoCover::GaveUp) => {
                verdict.exact = false;
                verdict.least_liars += graph.matching(&part);
                verdict.suspended.extend(cautiously(&graph, &part));
            }
            Err(NoCover::Stopped(stopped)) => return Err(stopped),
        }
    }
    verdict.suspended.sort_unstable_by_key(|suspension| suspension.landmark);
    (verdict.least_groups, verdict.exact) = least_groups(mesh, conflicts, verdict.exact, budget)?;
    Ok(verdict)
}

/// The part of each vertex of one connected part of the graph.
fn judge(graph: &Graph, part: &[u32], budget: &Budget<'_>) -> Result<(u32, Vec<Suspension>), NoCover> {
    let least = graph.least_cover(part, &[], budget)?;
    let mut needed: Vec<u32> = Vec::new();
    let mut possible: Vec<u32> = Vec::new();
    for &vertex in part {
        let neighbours = graph.neighbours(vertex);
        // Left out, all its neighbours must be in.
        if neighbours.len() as u32 + graph.least_cover(part, &[neighbours, &[vertex]].concat(), budget)?
            > least
        {
            needed.push(vertex);
        } else if graph.least_cover(part, &[vertex], budget)? < least {
            possible.push(vertex);
        }
    }
    let convicted = needed.iter().map(|&vertex| convicted(graph, vertex));
    let tied = possible.iter().filter_map(|&vertex| tied(graph, vertex, &needed));
    Ok((least, convicted.chain(tied).collect()))
}

fn convicted(graph: &Graph, vertex: u32) -> Suspension {
    let conflicts = graph.neighbours(vertex).len() as u32;
    Suspension { landmark: LandmarkId(vertex), cause: Cause::Convicted { conflicts } }
}

/// A tie with the first neighbour that is not itself convicted.
fn tied(graph: &Graph, vertex: u32, convicted: &[u32]) -> Option<Suspension> {
    let with = graph.neighbours(vertex).iter().find(|other| !convicted.contains(other))?;
    Some(Suspension { landmark: LandmarkId(vertex), cause: Cause::Tie { with: LandmarkId(*with) } })
}

/// Without a least cover: who contradicts more others than any least cover can have is in all of them
/// (Buss); everyone else in the part is in a tie.
fn cautiously(graph: &Graph, part: &[u32]) -> Vec<Suspension> {
    let most = 2 * graph.matching(part);
    let busy: Vec<u32> =
        part.iter().copied().filter(|&vertex| graph.neighbours(vertex).len() as u32 > most).collect();
    let rest = part.iter().filter(|vertex| !busy.contains(vertex));
    let tied = rest.filter_map(|&vertex| tied(graph, vertex, &busy));
    busy.iter().map(|&vertex| convicted(graph, vertex)).chain(tied).collect()
}

/// The least number of trust groups with a wrong landmark: the same question over groups. A group that
/// contradicts itself is wrong for certain.
fn least_groups(
    mesh: &Mesh,
    conflicts: &[Conflict],
    exact: bool,
    budget: &Budget<'_>,
) -> Result<(u32, bool), Stopped> {
    let groups = |conflict: &Conflict| (mesh.group(conflict.first).0, mesh.group(conflict.second).0);
    let alone: BTreeSet<u32> = conflicts.iter().map(groups).filter(|(a, b)| a == b).map(|(a, _)| a).collect();
    let others = conflicts.iter().map(groups).filter(|(a, b)| !alone.contains(a) && !alone.contains(b));
    let graph = Graph::of(mesh.group_count(), others);
    let (mut least, mut exact) = (alone.len() as u32, exact);
    for part in graph.parts() {
        match graph.least_cover(&part, &[], budget) {
            Ok(cover) => least += cover,
            Err(NoCover::GaveUp) => {
                least += graph.matching(&part);
                exact = false;
            }
            Err(NoCover::Stopped(stopped)) => return Err(stopped),
        }
    }
    Ok((least, exact))
}
