//! Files made into what the core takes: a mesh of landmarks, and each target's observations.

use lightcone_core::{Age, AreaSet, Borders, Landmark, Mesh, Metres, Observation, Question, WorldviewId};

use crate::args::{MeshArgs, QuestionArgs};
use crate::data::{Node, Nodes, Role, Trips};
use crate::exit::{Failure, Outcome};

/// Ids that a note names before it stops.
const NAMED_MAX: usize = 6;

/// Who counts as a landmark, and how well its place is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// For all landmarks; else each one's own.
    pub(crate) position_error: Option<Metres>,
    /// Whether nodes that the file flags are landmarks too.
    pub(crate) keep_flagged: bool,
}

impl Rule {
    /// Whether a node is a landmark under this rule.
    pub(crate) fn takes(&self, node: &Node) -> bool {
        node.role != Role::Target && node.point.is_some() && (node.trusted || self.keep_flagged)
    }
}

/// The two files of a measurement and the mesh in them.
pub(crate) struct Survey {
    pub(crate) nodes: Nodes,
    pub(crate) trips: Trips,
    pub(crate) mesh: Mesh,
}

impl Survey {
    /// Reads both files.
    pub(crate) fn read(args: &MeshArgs, keep_flagged: bool) -> Outcome<Self> {
        let nodes = Nodes::read(&args.nodes)?;
        let trips = Trips::read(&args.rtt, &nodes)?;
        let rule = Rule { position_error: args.position_error_km, keep_flagged };
        let mesh = mesh(&nodes, rule)?;
        if mesh.landmarks().is_empty() {
            return Err(Failure::input(format!(
                "{}: no node can be a landmark: each is a target, flagged or without coordinates",
                nodes.path().display()
            )));
        }
        Ok(Self { nodes, trips, mesh })
    }

    /// What the landmarks measured to a target.
    pub(crate) fn observations(&self, target: &str) -> Vec<Observation> {
        let seen = self.trips.of(target).filter_map(|(other, round_trip)| {
            let landmark = self.mesh.find(other)?;
            Some(Observation { landmark, round_trip, age: Age::default() })
        });
        let mut observations: Vec<Observation> = seen.collect();
        observations.sort_unstable();
        observations
    }

    /// Everyone who can be located: not a landmark by role, and measured by one, in the order of the files.
    pub(crate) fn targets(&self) -> Vec<String> {
        let ids = self.trips.ids().filter(|id| {
            let is_landmark = self.nodes.find(id).is_some_and(|node| node.role == Role::Landmark);
            !is_landmark && self.trips.of(id).any(|(other, _)| self.mesh.find(other).is_some())
        });
        ids.map(str::to_owned).collect()
    }

    /// What was left out of the mesh and of the measurements, in sentences.
    pub(crate) fn notes(&self, keep_flagged: bool) -> Vec<String> {
        let mut notes = Vec::new();
        let not_targets = || self.nodes.list().iter().filter(|node| node.role != Role::Target);
        let homeless: Vec<&Node> = not_targets().filter(|node| node.point.is_none()).collect();
        let flagged: Vec<&Node> =
            not_targets().filter(|node| node.point.is_some() && !node.trusted && !keep_flagged).collect();
        let all = not_targets().count();
        let landmarks = self.mesh.landmarks().len();
        if landmarks < all {
            notes.push(format!("{landmarks} of {all} nodes serve as landmarks"));
        }
        if !flagged.is_empty() {
            let remedy = "; --bad-landmarks keeps them";
            notes.push(format!("left out, flagged in the file: {}{remedy}", named(&flagged)));
        }
        if !homeless.is_empty() {
            notes.push(format!("left out, without coordinates: {}", named(&homeless)));
        }
        notes.extend(skipped(&self.trips));
        notes
    }
}

/// The landmarks of a file.
pub(crate) fn mesh(nodes: &Nodes, rule: Rule) -> Outcome<Mesh> {
    let mut landmarks = Vec::new();
    for node in nodes.list().iter().filter(|node| rule.takes(node)) {
        let Some(point) = node.point else { continue };
        landmarks.push(Landmark {
            name: node.id.clone(),
            point,
            position_error: nodes.position_error(node, rule.position_error)?,
            clock_error: node.clock_error,
            group: node.group.clone(),
        });
    }
    Mesh::new(landmarks).map_err(|error| Failure::input(format!("{}: {error}", nodes.path().display())))
}

/// What was left out of the measurements.
pub(crate) fn skipped(trips: &Trips) -> Vec<String> {
    let skipped = trips.skipped();
    let counts = [
        (skipped.not_positive, "of zero or less"),
        (skipped.too_long, "of more than ten seconds"),
        (skipped.to_itself, "from a node to itself"),
    ];
    let said = counts.into_iter().filter(|(count, _)| *count > 0);
    said.map(|(count, what)| format!("ignored {count} round trips {what}: they bound nothing")).collect()
}

fn named(nodes: &[&Node]) -> String {
    let ids: Vec<&str> = nodes.iter().take(NAMED_MAX).map(|node| node.id.as_str()).collect();
    let more = nodes.len().saturating_sub(NAMED_MAX);
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{} ({}{tail})", nodes.len(), ids.join(", "))
}

/// The questions of a command line.
pub(crate) fn questions(borders: &Borders, args: &QuestionArgs) -> Outcome<Vec<Question>> {
    let mut questions = Vec::new();
    if !args.allow.is_empty() {
        let areas = areas(borders, &args.allow, "--allow")?;
        questions.push(Question::Inside { areas, on_land: args.on_land });
    }
    if !args.deny.is_empty() {
        questions.push(Question::Outside { areas: areas(borders, &args.deny, "--deny")? });
    }
    questions
        .extend(args.claim.map(|claim| Question::Claim { point: claim.point, tolerance: claim.tolerance }));
    Ok(questions)
}

/// The areas of a list of codes, each a destination: that is what questions are about.
pub(crate) fn areas(borders: &Borders, codes: &[String], flag: &str) -> Outcome<AreaSet> {
    let mut set = AreaSet::EMPTY;
    for code in codes {
        let known = borders.find_destination(&code.trim().to_ascii_uppercase());
        set.insert(known.ok_or_else(|| no_destination(borders, code, flag))?);
    }
    Ok(set)
}

/// A code that no question can be about: unknown, or a disputed unit, which counts as others.
fn no_destination(borders: &Borders, code: &str, flag: &str) -> Failure {
    let Some(unit) = borders.find(&code.trim().to_ascii_uppercase()) else {
        return Failure::usage(format!(
            "`{code}` in {flag} is no area code; `lightcone borders` lists them (ISO 3166-1 alpha-2, XZ for the sea)"
        ));
    };
    let counts_as = WorldviewId::ALL.map(|worldview| {
        let codes = borders.codes(&borders.destinations(worldview, unit)).join(" ");
        format!("{codes} (worldview {})", worldview.name())
    });
    Failure::usage(format!(
        "`{code}` in {flag} is a disputed unit, which no question can name; it counts as {}: ask about those",
        counts_as.join(" or ")
    ))
}

/// Who is asked about: the ids of the command line, each with a measurement.
pub(crate) fn named_targets(survey: &Survey, ids: &[String]) -> Outcome<Vec<String>> {
    for id in ids {
        if !survey.trips.knows(id) {
            let near = nearest(id, survey.trips.ids());
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            return Err(Failure::input(format!("target `{id}` is in neither of the files{hint}")));
        }
    }
    Ok(ids.to_vec())
}

/// The known id that is most like a text, if any is: one that holds it, or that it holds.
fn nearest<'a>(text: &str, ids: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = text.to_lowercase();
    let likeness = |id: &str| {
        let id = id.to_lowercase();
        let common = id.chars().zip(wanted.chars()).take_while(|(a, b)| a == b).count();
        if id.contains(&wanted) || wanted.contains(&id) { common + 3 } else { common }
    };
    let best = ids.map(|id| (likeness(id), id)).max_by_key(|(likeness, _)| *likeness);
    best.filter(|(likeness, _)| *likeness >= 3).map(|(_, id)| id)
}
