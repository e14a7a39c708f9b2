//! The mesh at the door: what landmarks measured of one another, as the core audits it.

use std::collections::BTreeSet;

use lightcone::v1;
use lightcone_core::audit::{Audit, Cause, Pair, Stated, Suspension, audit};
use lightcone_core::{Borders, ClockError, Landmark, LandmarkId, LightMode, Mesh, Metres, Point, RoundTrip};
use lightcone_store::MeshPair;

use super::to_wire::audited;
use crate::compute::Fault;

const MM_PER_M: f64 = 1_000.0;
/// What a landmark's name begins with.
const COLLECTION: &str = "landmarks/";

/// All that an audit rests on.
#[derive(Debug)]
pub(crate) struct MeshCase {
    /// The landmarks.
    pub(crate) landmarks: Vec<lightcone_store::Landmark>,
    /// The best round trip of each pair.
    pub(crate) pairs: Vec<MeshPair>,
}

/// What an audit found, in the registry's words: identifiers.
#[derive(Debug)]
pub(crate) struct MeshFindings {
    /// Who is to be suspended, and why.
    pub(crate) suspended: Vec<Suspect>,
    /// Whose coordinates are not where they are stated to be, in words without coordinates.
    pub(crate) misplaced: Vec<(String, String)>,
    /// Who contradicts whom, each pair both ways.
    pub(crate) contradictions: BTreeSet<(String, String)>,
    /// What was judged.
    pub(crate) pairs: Vec<MeshPair>,
    /// All of it in the contract's words: resource names.
    pub(crate) audit: v1::AuditLandmarksResponse,
}

/// A landmark that is to be suspended.
#[derive(Debug)]
pub(crate) struct Suspect {
    /// Which.
    pub(crate) id: String,
    /// The other end of a tie; none if it is convicted.
    pub(crate) tied_with: Option<String>,
    /// Why, for people.
    pub(crate) why: String,
}

/// Audits. Pairs of landmarks that are not among those given are left out.
pub(crate) fn judge_mesh(
    borders: &Borders,
    case: MeshCase,
    stop: &dyn Fn() -> bool,
) -> Result<MeshFindings, Fault> {
    let stated: Vec<(String, String)> = case
        .landmarks
        .iter()
        .filter(|record| !record.stated_area.is_empty())
        .map(|record| (record.id.clone(), record.stated_area.clone()))
        .collect();
    let mesh = Mesh::new(case.landmarks.into_iter().filter_map(landmark).collect())
        .map_err(|invalid| Fault::Own(invalid.to_string()))?;
    let pairs: Vec<Pair> = case.pairs.iter().filter_map(|pair| self::pair(&mesh, pair)).collect();
    let stated: Vec<Stated> = stated
        .iter()
        .filter_map(|(id, area)| Some(Stated { landmark: mesh.find(&named(id))?, area: borders.find(area)? }))
        .collect();
    let found = audit(borders, &mesh, LightMode::Vacuum, &pairs, &stated, stop)?;
    Ok(MeshFindings {
        suspended: suspended(&mesh, &found),
        misplaced: misplaced(borders, &mesh, &found),
        contradictions: found
            .conflicts
            .iter()
            .flat_map(|conflict| [(conflict.first, conflict.second), (conflict.second, conflict.first)])
            .map(|(one, other)| (name(&mesh, one), name(&mesh, other)))
            .collect(),
        pairs: case.pairs,
        audit: audited(borders, &mesh, &found),
    })
}

fn landmark(record: lightcone_store::Landmark) -> Option<Landmark> {
    Some(Landmark {
        point: Point::from_ndeg(record.latitude_nd, record.longitude_nd)?,
        position_error: Metres::new(record.position_error_mm as f64 / MM_PER_M).ok()?,
        clock_error: ClockError::from_ns(record.clock_error_ns).ok()?,
        group: Some(record.trust_group),
        name: named(&record.id),
    })
}

/// What clocks may have hidden of a round trip counts as part of it: that makes contradictions rarer, never wrong.
fn pair(mesh: &Mesh, pair: &MeshPair) -> Option<Pair> {
    Some(Pair {
        first: mesh.find(&named(&pair.first))?,
        second: mesh.find(&named(&pair.second))?,
        round_trip: RoundTrip::from_ns(pair.rtt_ns.checked_add(pair.eps_ns)?.max(1)).ok()?,
    })
}

fn named(id: &str) -> String {
    format!("{COLLECTION}{id}")
}

/// The identifier of a landmark of the mesh.
fn name(mesh: &Mesh, id: LandmarkId) -> String {
    mesh.landmark(id).name.trim_start_matches(COLLECTION).to_owned()
}

fn suspended(mesh: &Mesh, found: &Audit) -> Vec<Suspect> {
    let suspect = |suspension: &Suspension| {
        let id = name(mesh, suspension.landmark);
        match suspension.cause {
            Cause::Convicted { conflicts } => {
                let why = format!("{conflicts} others contradict it, and no least explanation leaves it out");
                Suspect { id, tied_with: None, why }
            }
            Cause::Tie { with } => {
                let other = name(mesh, with);
                let why = format!("it or landmarks/{other} is wrong, and nobody else says which");
                Suspect { id, tied_with: Some(other), why }
            }
        }
    };
    found.suspended.iter().map(suspect).collect()
}

fn misplaced(borders: &Borders, mesh: &Mesh, found: &Audit) -> Vec<(String, String)> {
    let told = |it: &lightcone_core::audit::Misplaced| {
        let (stated, lies) = (borders.code(it.stated), borders.code(it.found));
        let km = it.distance_m / 1_000;
        (
            name(mesh, it.landmark),
            format!("stated to be in {stated}, its coordinates are in {lies}, {km} km away"),
        )
    };
    found.misplaced.iter().map(told).collect()
}
