//! How a rule is cited in a decision: its force, and how well it is known.

use crate::decision::{Effect, Ground};
use crate::force::{self, Force};
use crate::law::Law;
use crate::rule::Instrument;
use crate::source::Grade;
use crate::tri::Tri;

use super::matter::Matter;
use super::shown::Shown;

/// Whether a rule counts, and what would settle it. In doubt, a rule that nobody checked may count or not.
pub(crate) fn in_force(
    matter: &Matter<'_>,
    (instrument, force): (&Instrument, Force),
    grade: Option<Grade>,
) -> Shown {
    match force.counts() {
        Tri::No => Shown::NO,
        Tri::Yes => matter.checked(graded(matter.law, instrument, grade)),
        Tri::Open => {
            let (citation, day) = (&instrument.citation, matter.day);
            let remedy = format!("find out whether `{citation}` is applied on {day}");
            Shown::open(format!("rule {} enforcement", instrument.id), remedy)
        }
    }
}

/// How well a rule is known: its text, and whether it is applied.
fn graded(law: &Law<'_>, instrument: &Instrument, grade: Option<Grade>) -> Grade {
    let phase = force::phase(instrument, law.stand()).map(|phase| phase.source.grade);
    let text = grade.unwrap_or(instrument.source.grade);
    phase.map_or(text, |phase| phase.min(text))
}

/// A rule as a ground of a decision. `grade`: the rule's own, where it has one.
pub(crate) fn ground(
    law: &Law<'_>,
    (instrument, force): (&Instrument, Force),
    (rule, grade): (&str, Option<Grade>),
    effect: Effect,
    (applies, why): (Tri, String),
) -> Ground {
    Ground {
        rule: rule.to_owned(),
        effect,
        applies,
        force,
        citation: instrument.citation.clone(),
        grade: graded(law, instrument, grade),
        why,
    }
}
