//! Who is located, and by which landmarks: leave one out, or a mesh of its own.

use std::path::Path;

use lightcone_core::{Age, LandmarkId, Mesh, Metres, Observation, Point};

use crate::args::EvaluateArgs;
use crate::data::{Node, Nodes, Role, Trips};
use crate::exit::{Failure, Outcome};
use crate::survey::{self, Rule};

/// A target is judged only when so many landmarks measured it.
const LANDMARKS_MIN: usize = 3;
/// The sphere on which `--hide-near-km` counts, in metres: the same as in the published systems, so that the
/// same landmarks are hidden.
const SPHERE_M: f64 = 6_371_008.8;

/// A target with what its landmarks measured.
pub(crate) struct Subject {
    /// Its id.
    pub(crate) id: String,
    /// For people.
    pub(crate) name: String,
    /// Where it truly is, if that is known.
    pub(crate) truth: Option<Point>,
    /// How far from there it may truly be.
    pub(crate) tolerance: Metres,
    /// What was measured.
    pub(crate) observations: Vec<Observation>,
}

/// All targets and the mesh that measures them.
pub(crate) struct Subjects {
    /// All landmarks.
    pub(crate) mesh: Mesh,
    /// The nodes of the judged folder.
    pub(crate) nodes: Nodes,
    /// Those with enough landmarks, in the order of the file.
    pub(crate) list: Vec<Subject>,
    /// What was left out, in sentences.
    pub(crate) notes: Vec<String>,
}

impl Subjects {
    /// Reads the folders.
    pub(crate) fn read(args: &EvaluateArgs) -> Outcome<Self> {
        let nodes = Nodes::read(&args.folder.join("nodes.csv"))?;
        let trips = Trips::read(&args.folder.join("rtt.csv"), &nodes)?;
        let own = match &args.landmarks {
            Some(folder) => Some(Nodes::read(&folder.join("nodes.csv"))?),
            None => None,
        };
        let rule = Rule { position_error: args.position_error_km, keep_flagged: args.bad_landmarks };
        let mesh = survey::mesh(own.as_ref().unwrap_or(&nodes), rule)?;
        let is_target = |node: &&Node| {
            let elsewhere =
                own.as_ref().is_none_or(|own| !own.find(&node.id).is_some_and(|node| kept(rule, node)));
            let known = node.point.is_some() && node.trusted;
            let wanted = known || (args.all_targets && node.point.is_none());
            wanted && node.role != Role::Landmark && elsewhere
        };
        let most = args.max_targets.unwrap_or(usize::MAX);
        let targets: Vec<&Node> = nodes.list().iter().filter(is_target).take(most).collect();
        let pool = Pool { nodes: &nodes, trips: &trips, mesh: &mesh, rule, hide_near: args.hide_near_km };
        let (list, few): (Vec<Subject>, Vec<Subject>) = targets
            .into_iter()
            .map(|node| pool.subject(node))
            .partition(|subject| subject.observations.len() >= LANDMARKS_MIN);
        let mut notes = survey::skipped(&trips);
        if !few.is_empty() {
            notes.push(format!(
                "{} targets with fewer than {LANDMARKS_MIN} landmarks are left out",
                few.len()
            ));
        }
        if list.is_empty() {
            return Err(nobody(&args.folder));
        }
        Ok(Self { mesh, nodes, list, notes })
    }
}

fn nobody(folder: &Path) -> Failure {
    Failure::input(format!(
        "{}: no target with a known place and round trips to {LANDMARKS_MIN} landmarks; --all-targets takes those without a place",
        folder.display()
    ))
}

/// Whether the file's node counts at all: with coordinates, and not flagged.
fn kept(rule: Rule, node: &Node) -> bool {
    node.point.is_some() && (node.trusted || rule.keep_flagged)
}

struct Pool<'a> {
    nodes: &'a Nodes,
    trips: &'a Trips,
    mesh: &'a Mesh,
    rule: Rule,
    hide_near: Metres,
}

impl Pool<'_> {
    fn subject(&self, node: &Node) -> Subject {
        let seen = self.trips.of(&node.id).filter_map(|(other, round_trip)| {
            let landmark = self.mesh.find(other)?;
            let dropped = self.nodes.find(other).is_some_and(|other| !kept(self.rule, other));
            let hidden = node.point.is_some_and(|truth| self.is_near(landmark, truth));
            (!dropped && !hidden).then_some(Observation { landmark, round_trip, age: Age::default() })
        });
        let mut observations: Vec<Observation> = seen.collect();
        observations.sort_unstable();
        Subject {
            id: node.id.clone(),
            name: node.name.clone(),
            truth: node.point,
            tolerance: node.truth_radius,
            observations,
        }
    }

    fn is_near(&self, landmark: LandmarkId, truth: Point) -> bool {
        on_sphere_m(self.mesh.landmark(landmark).point, truth) < self.hide_near.get()
    }
}

/// Distance on the sphere, latitudes taken as they are written.
fn on_sphere_m(from: Point, to: Point) -> f64 {
    let [lat, lon] = [from.lat_deg(), from.lon_deg()].map(f64::to_radians);
    let [to_lat, to_lon] = [to.lat_deg(), to.lon_deg()].map(f64::to_radians);
    let (rise, turn) = (((to_lat - lat) / 2.0).sin(), ((to_lon - lon) / 2.0).sin());
    let chord = (rise * rise + lat.cos() * to_lat.cos() * turn * turn).sqrt();
    2.0 * SPHERE_M * chord.min(1.0).asin()
}
