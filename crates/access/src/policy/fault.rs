//! What is wrong with policies, and where.

use std::fmt;

use miette::Diagnostic;

/// Policies that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct InvalidPolicy {
    faults: Vec<Fault>,
}

/// One thing that is wrong with policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file in which it is; empty: there is but one, or it is in none.
    pub file: String,
    /// The line and column, from 1; none: it is nowhere in particular.
    pub place: Option<(usize, usize)>,
    /// What is wrong.
    pub told: String,
    /// What to do about it; empty: what is wrong says it.
    pub remedy: String,
}

impl InvalidPolicy {
    /// What is wrong, one or more, in the order of the text.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    pub(super) fn new(faults: Vec<Fault>) -> Self {
        Self { faults }
    }

    /// About all of them together.
    pub(super) fn whole(told: String) -> Self {
        Self::new(vec![Fault { file: String::new(), place: None, told, remedy: String::new() }])
    }
}

impl Fault {
    pub(super) fn at(file: &str, text: &str, offset: Option<usize>, told: &str, remedy: &str) -> Self {
        Self {
            file: file.to_owned(),
            place: offset.map(|offset| place(text, offset)),
            told: in_one_line(told),
            remedy: in_one_line(remedy),
        }
    }

    /// What Cedar says, at the place that it says.
    pub(super) fn of(file: &str, text: &str, diagnostic: &dyn Diagnostic) -> Self {
        let mut labels = diagnostic.labels().into_iter().flatten();
        let first = labels.next();
        let mut told = diagnostic.to_string();
        if let Some(label) = first.as_ref().and_then(|label| label.label()) {
            told = format!("{told}: {label}");
        }
        let remedy = diagnostic.help().map(|help| help.to_string()).unwrap_or_default();
        Self::at(file, text, first.map(|label| label.offset()), &told, &remedy)
    }
}

impl fmt::Display for InvalidPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the policies cannot be used")?;
        if let Some(first) = self.faults.first() {
            write!(f, ": {first}")?;
        }
        match self.faults.len() {
            0 | 1 => Ok(()),
            several => write!(f, " (and {} more)", several - 1),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.file.is_empty() { "line " } else { &self.file };
        match self.place {
            Some((line, column)) if self.file.is_empty() => write!(f, "{name}{line}:{column}: ")?,
            Some((line, column)) => write!(f, "{name}:{line}:{column}: ")?,
            None if self.file.is_empty() => {}
            None => write!(f, "{name}: ")?,
        }
        f.write_str(&self.told)?;
        if self.remedy.is_empty() { Ok(()) } else { write!(f, "; {}", self.remedy) }
    }
}

/// Line and column of an offset, from 1, in letters.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
