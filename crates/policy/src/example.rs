//! Examples: facts of a case in a file that a person can write, and what is expected of the rules at one day or another.
//!
//! A book holds some for itself (`examples/*.toml`); the same form without `expect` is how facts are given to the program.

use std::collections::BTreeSet;

use crate::book::{Book, Files};
use crate::compare::Said;
use crate::decide::decide;
use crate::decision::{Decision, Effect, Outcome, Ruling};
use crate::fault::Fault;
use crate::flags;
use crate::law::Law;
use crate::read::facts;
use crate::replay::Inputs;
use crate::rule::{Review, RuleId};
use crate::spot::Spot;
use crate::stand::{Sense, Stand};
use crate::tri::Tri;

/// The folder of a book's examples.
pub const FOLDER: &str = "examples/";
/// The most bytes of a file of facts.
pub const BYTES_MAX: usize = 1 << 20;
/// The most expectations of one example.
pub const EXPECTED_MAX: usize = 64;

/// A case, and what is expected of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// What it is about.
    pub title: String,
    /// The facts. Flags are those that the file itself gives rise to; see [`Example::raised`].
    pub inputs: Inputs,
    /// What is expected, at which days.
    pub expected: Vec<Expected>,
}

/// What is expected at one stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// By which rules.
    pub at: At,
    /// The outcome.
    pub outcome: Outcome,
    /// Outcomes of the best and the worst case, where the file says so.
    pub best: Option<Outcome>,
    /// The same of the worst.
    pub worst: Option<Outcome>,
    /// Rules that apply for certain and count.
    pub rules: Vec<RuleId>,
    /// How an application is looked at in the worst case, where the file says so.
    pub review: Option<Review>,
    /// Rules that count and of which it is open whether they apply.
    pub open: Vec<RuleId>,
    /// Rules that are shown and would apply.
    pub shown: Vec<RuleId>,
    /// The red flags that are up and no other, where the file says so.
    pub flags: Option<Vec<String>>,
    /// Where it stands.
    pub spot: Spot,
}

/// By which rules something is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// Of a day, with what was known on one, in a sense, with bills that are applied as drafts.
    Day(Stand),
    /// Of a version of the book, by the identifier of its text.
    Version(RuleId),
}

/// An expectation that was held against the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The example's file without folder and ending.
    pub name: String,
    /// What the example is about.
    pub title: String,
    /// Where the expectation stands.
    pub spot: Spot,
    /// By which rules.
    pub at: String,
    /// What came of it; none: there are no such rules.
    pub said: Option<Said>,
    /// What is not as expected; empty: nothing.
    pub wrong: Vec<String>,
}

impl Example {
    /// Reads one from the text of a file.
    ///
    /// # Errors
    /// Every mistake, by line.
    pub fn read(path: &str, text: &str) -> Result<Self, Vec<Fault>> {
        if text.len() > BYTES_MAX {
            let what = format!("the file has {} bytes", text.len());
            return Err(vec![Spot::file(path).fault(what, format!("keep to {BYTES_MAX}"))]);
        }
        facts::read(path, text)
    }

    /// The facts, with the red flags that the book raises on them.
    #[must_use]
    pub fn raised(&self, law: &Law<'_>) -> Inputs {
        let Inputs { transfer, parties, .. } = &self.inputs;
        let flags = flags::raise(law, transfer, parties, &[]);
        Inputs { flags, ..self.inputs.clone() }
    }

    /// The decision on it.
    #[must_use]
    pub fn decide(&self, law: &Law<'_>) -> Decision {
        decide(law, &self.raised(law).case())
    }
}

/// Holds every example of a book against its rules, in the order of files and lines.
///
/// # Errors
/// Mistakes of files, which a book that was read from the same files has not.
pub fn run(book: &Book, files: &Files) -> Result<Vec<Checked>, Vec<Fault>> {
    let mut checked = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with(FOLDER)) {
        let example = Example::read(path, text)?;
        let name = path.trim_start_matches(FOLDER).trim_end_matches(".toml");
        checked.extend(example.expected.iter().map(|expected| check(book, name, &example, expected)));
    }
    Ok(checked)
}

fn check(book: &Book, name: &str, example: &Example, expected: &Expected) -> Checked {
    let stand = expected.at.stand(book);
    let decision = stand.map(|stand| example.decide(&Law::new(book, stand)));
    let wrong = match &decision {
        None => vec![format!("the book has no version {}", expected.at.words())],
        Some(decision) => differs(expected, decision),
    };
    let said = decision.map(|it| Said { outcome: it.outcome, best: it.best, worst: it.worst });
    let (name, title, spot) = (name.to_owned(), example.title.clone(), expected.spot.clone());
    Checked { name, title, spot, at: expected.at.words(), said, wrong }
}

fn differs(expected: &Expected, decision: &Decision) -> Vec<String> {
    let outcome = |what: &str, wanted: Option<Outcome>, found: Outcome| {
        let wanted = wanted.filter(|wanted| *wanted != found)?;
        Some(format!("{what} is {}, not {}", found.name(), wanted.name()))
    };
    let outcomes = [
        outcome("the outcome", Some(expected.outcome), decision.outcome),
        outcome("the best case", expected.best, decision.best.outcome()),
        outcome("the worst case", expected.worst, decision.worst.outcome()),
    ];
    let has = |rule: &str, applies: Tri, shown: bool| {
        let mut grounds = decision.grounds.iter().filter(|ground| ground.rule == rule);
        grounds.any(|ground| ground.applies == applies && shown == (ground.effect == Effect::WouldApply))
    };
    let rules = expected.rules.iter().filter(|rule| !has(rule, Tri::Yes, false));
    let rules = rules.map(|rule| format!("rule {rule} does not apply"));
    let open = expected.open.iter().filter(|rule| !has(rule, Tri::Open, false));
    let open = open.map(|rule| format!("it is not open whether rule {rule} applies"));
    let shown = expected.shown.iter().filter(|rule| !has(rule, Tri::Yes, true));
    let shown = shown.map(|rule| format!("rule {rule} is not shown as one that would apply"));
    let others = review(expected, decision).into_iter().chain(flags_differ(expected, decision));
    outcomes.into_iter().flatten().chain(rules).chain(open).chain(shown).chain(others).collect()
}

fn review(expected: &Expected, decision: &Decision) -> Option<String> {
    let wanted = expected.review?;
    let found = match decision.worst {
        Ruling::LicenceRequired(review) => review,
        Ruling::Allow | Ruling::Deny => None,
    };
    (found != Some(wanted)).then(|| {
        let found = found.map_or("none", Review::name);
        format!("the review in the worst case is {found}, not {}", wanted.name())
    })
}

fn flags_differ(expected: &Expected, decision: &Decision) -> Option<String> {
    let wanted: BTreeSet<&str> = expected.flags.as_ref()?.iter().map(String::as_str).collect();
    let found: BTreeSet<&str> = decision.flags.iter().map(|flag| flag.id.as_str()).collect();
    let listed = |ids: &BTreeSet<&str>| match ids.is_empty() {
        true => "none".to_owned(),
        false => ids.iter().copied().collect::<Vec<_>>().join(" "),
    };
    (found != wanted).then(|| format!("the red flags are {}, not {}", listed(&found), listed(&wanted)))
}

impl At {
    /// The stand; none: the book has no such version.
    #[must_use]
    pub fn stand(&self, book: &Book) -> Option<Stand> {
        match self {
            Self::Day(stand) => Some(stand.clone()),
            Self::Version(id) => {
                book.versions().into_iter().find(|version| version.id == *id).map(|version| version.stand())
            }
        }
    }

    /// In a few words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Day(stand) => words(stand),
            Self::Version(id) => id.clone(),
        }
    }
}

fn words(stand: &Stand) -> String {
    let Stand { valid_on, known_on, sense, drafts } = stand;
    let mut words = valid_on.to_string();
    if known_on != valid_on {
        words += &format!(" as known on {known_on}");
    }
    if *sense == Sense::AsWritten {
        words += " as written";
    }
    if !drafts.is_empty() {
        words += &format!(" with {}", drafts.iter().map(String::as_str).collect::<Vec<_>>().join(", "));
    }
    words
}

impl Outcome {
    /// Its name, as files and answers have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "ALLOW",
            Self::Review => "REVIEW",
            Self::LicenceRequired => "LICENCE_REQUIRED",
            Self::Deny => "DENY",
        }
    }
}

impl Review {
    /// Its name, as files and answers have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PresumptionOfApproval => "PRESUMPTION_OF_APPROVAL",
            Self::CaseByCase => "CASE_BY_CASE",
            Self::PresumptionOfDenial => "PRESUMPTION_OF_DENIAL",
            Self::PolicyOfDenial => "POLICY_OF_DENIAL",
        }
    }
}

#[cfg(test)]
#[path = "example_tests.rs"]
mod tests;
