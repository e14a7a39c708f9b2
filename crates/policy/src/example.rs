//! Examples: facts of a case in a file that a person can write, and what is expected of the rules at one day or another.
//!
//! A book holds some for itself (`examples/*.toml`); the same form without `expect` is how facts are given to the program.

use crate::book::{Book, Files};
use crate::compare::Said;
use crate::date::Date;
use crate::decide::decide;
use crate::decision::{Decision, Effect, Outcome};
use crate::fault::Fault;
use crate::flags;
use crate::law::Law;
use crate::read::facts;
use crate::replay::Inputs;
use crate::rule::RuleId;
use crate::spot::Spot;
use crate::stand::Stand;

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
    /// Rules that are shown and would apply.
    pub shown: Vec<RuleId>,
    /// Where it stands.
    pub spot: Spot,
}

/// By which rules something is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// Of a day, with bills that are applied as drafts.
    Day(Date, Vec<RuleId>),
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
    let applies = |rule: &str, shown: bool| {
        let mut grounds = decision.grounds.iter().filter(|ground| ground.rule == rule);
        grounds.any(|ground| ground.applies.must() && shown == (ground.effect == Effect::WouldApply))
    };
    let rules = expected.rules.iter().filter(|rule| !applies(rule, false));
    let rules = rules.map(|rule| format!("rule {rule} does not apply"));
    let shown = expected.shown.iter().filter(|rule| !applies(rule, true));
    let shown = shown.map(|rule| format!("rule {rule} is not shown as one that would apply"));
    outcomes.into_iter().flatten().chain(rules).chain(shown).collect()
}

impl At {
    /// The stand; none: the book has no such version.
    #[must_use]
    pub fn stand(&self, book: &Book) -> Option<Stand> {
        match self {
            Self::Day(day, drafts) => {
                Some(Stand { drafts: drafts.iter().cloned().collect(), ..Stand::on(*day) })
            }
            Self::Version(id) => {
                book.versions().into_iter().find(|version| version.id == *id).map(|version| version.stand())
            }
        }
    }

    /// In a few words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Day(day, drafts) if drafts.is_empty() => day.to_string(),
            Self::Day(day, drafts) => format!("{day} with {}", drafts.join(", ")),
            Self::Version(id) => id.clone(),
        }
    }
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

#[cfg(test)]
#[path = "example_tests.rs"]
mod tests;
