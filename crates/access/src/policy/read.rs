//! Policies read and checked: in Cedar's language, against the schema, and by what every set must have.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr as _;

use cedar_policy::{Policy, PolicyId, PolicySet, Schema, ValidationError, ValidationMode, Validator};
use miette::Diagnostic;

use super::bounds;
use super::fault::{Fault, InvalidPolicy};
use super::{POLICIES, POLICIES_BYTES_MAX, SCHEMA};

/// The annotation that names a rule.
const ID: &str = "id";
/// The annotation of rules that stand in every set.
const KEEP: &str = "keep";
/// The most that a rule's name may be long, in bytes.
const ID_BYTES_MAX: usize = 64;

/// A policy with the file that it stands in.
struct Placed<'a> {
    file: &'a str,
    text: &'a str,
    /// The policy's own text, as it stands in the file.
    own: String,
}

pub(super) fn read(files: &[(&str, &str)]) -> Result<(Schema, PolicySet), InvalidPolicy> {
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    if bytes > POLICIES_BYTES_MAX {
        let told = format!("they are {bytes} bytes long; at most {POLICIES_BYTES_MAX} are read");
        return Err(InvalidPolicy::whole(told));
    }
    fail_on(files.iter().filter_map(|(file, text)| bounds::check(file, text)).collect())?;
    let mut set = PolicySet::new();
    let mut places = BTreeMap::new();
    let mut faults = Vec::new();
    for (file, text) in files {
        match PolicySet::from_str(text) {
            Ok(read) => take(&mut set, &mut places, &mut faults, file, text, &read),
            Err(errors) => faults.extend(errors.iter().map(|error| Fault::of(file, text, error))),
        }
    }
    // What cannot be read has no types.
    fail_on(faults)?;
    let (schema, _) =
        Schema::from_cedarschema_str(SCHEMA).map_err(|error| InvalidPolicy::whole(error.to_string()))?;
    fail_on(mistyped(&schema, &set, &places))?;
    fail_on(missing(&set)?)?;
    Ok((schema, set))
}

fn fail_on(mut faults: Vec<Fault>) -> Result<(), InvalidPolicy> {
    faults.sort_by(|a, b| (&a.file, a.place).cmp(&(&b.file, b.place)));
    if faults.is_empty() { Ok(()) } else { Err(InvalidPolicy::new(faults)) }
}

/// Takes the policies of one file into the set, each under the name that its `@id` gives.
fn take<'a>(
    set: &mut PolicySet,
    places: &mut BTreeMap<String, Placed<'a>>,
    faults: &mut Vec<Fault>,
    file: &'a str,
    text: &'a str,
    read: &PolicySet,
) {
    for template in read.templates() {
        let own = template.to_cedar();
        let remedy = "write the policy out: templates with `?principal` or `?resource` are not taken";
        faults.push(Fault::at(file, text, text.find(&own), "a template", remedy));
    }
    for policy in read.policies() {
        let own = policy.to_cedar().unwrap_or_default();
        let placed = Placed { file, text, own };
        let name = policy.annotation(ID).unwrap_or_default();
        if !is_name(name) {
            let remedy = format!(
                "give each policy a name of its own with @id(\"...\"): 1 to {ID_BYTES_MAX} of a-z, 0-9 and -"
            );
            faults.push(placed.fault(&format!("a policy with the name `{}`", shortened(name)), &remedy));
        } else if places.contains_key(name) {
            faults.push(placed.fault(&format!("two policies bear the name `{name}`"), "rename one of them"));
        } else if let Err(error) = set.add(policy.new_id(PolicyId::new(name))) {
            faults.push(placed.fault(&error.to_string(), ""));
        } else {
            places.insert(name.to_owned(), placed);
        }
    }
}

fn is_name(name: &str) -> bool {
    (1..=ID_BYTES_MAX).contains(&name.len())
        && name.bytes().all(|letter| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn shortened(name: &str) -> String {
    name.chars().take(ID_BYTES_MAX).collect()
}

/// What the validator finds. What it only warns of is a fault as well: a rule that can never apply was meant to.
fn mistyped(schema: &Schema, set: &PolicySet, places: &BTreeMap<String, Placed<'_>>) -> Vec<Fault> {
    let checked = Validator::new(schema.clone()).validate(set, ValidationMode::Strict);
    let placed = |id: &PolicyId, diagnostic: &dyn Diagnostic| {
        let placed = places.get(AsRef::<str>::as_ref(id));
        let (file, text) = placed.map_or(("", ""), |placed| (placed.file, placed.text));
        Fault::of(file, text, diagnostic)
    };
    let mut wrong = BTreeSet::new();
    let mut faults = Vec::new();
    // That a rule with a misspelt name applies to nothing is a consequence, and not told beside the cause.
    let (consequences, causes): (Vec<_>, Vec<_>) = checked
        .validation_errors()
        .partition(|error| matches!(error, ValidationError::InvalidActionApplication(_)));
    for error in causes.into_iter().chain(consequences) {
        let is_consequence = matches!(error, ValidationError::InvalidActionApplication(_));
        if wrong.insert(error.policy_id().clone()) || !is_consequence {
            faults.push(placed(error.policy_id(), error));
        }
    }
    let warnings = checked.validation_warnings().filter(|warning| !wrong.contains(warning.policy_id()));
    faults.extend(warnings.map(|warning| placed(warning.policy_id(), warning)));
    faults
}

/// Which rules that stand in every set are not in this one, or not as they must be.
fn missing(set: &PolicySet) -> Result<Vec<Fault>, InvalidPolicy> {
    let built_in = PolicySet::from_str(POLICIES).map_err(|error| InvalidPolicy::whole(error.to_string()))?;
    let kept = built_in.policies().filter(|policy| policy.annotation(KEEP).is_some());
    let missing = kept.filter_map(|policy| {
        let name = policy.annotation(ID)?;
        let policy = policy.new_id(PolicyId::new(name));
        let is_there = set.policy(policy.id()).is_some_and(|found| alike(found, &policy));
        (!is_there).then(|| Fault {
            file: String::new(),
            place: None,
            told: format!("the rule `{name}` is missing or changed, which must stand in every set"),
            remedy: "copy it word for word from the built-in policies: `lightcone access show`".to_owned(),
        })
    });
    Ok(missing.collect())
}

/// Whether two policies say the same, wherever they stand.
fn alike(a: &Policy, b: &Policy) -> bool {
    match (a.to_json(), b.to_json()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

impl Placed<'_> {
    fn fault(&self, told: &str, remedy: &str) -> Fault {
        Fault::at(self.file, self.text, self.text.find(&self.own), told, remedy)
    }
}
