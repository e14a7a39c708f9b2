//! Grounds of all destinations as one list, in one order whatever the order of the facts.

use std::collections::{BTreeMap, BTreeSet};

use crate::country::Country;
use crate::decision::{Effect, Ground};
use crate::tri::Tri;

use super::combine::Found;
use super::matter::Matter;

/// So many different reasons of one rule are told; the rest is counted.
pub const REASONS_MAX: usize = 4;

/// All grounds: how goods are classed, what rules ask, what takes that away, and what is shown only.
pub(crate) fn grounds(matter: &Matter<'_>, found: &[(Option<Country>, Found)]) -> Vec<Ground> {
    let mut rules: BTreeMap<(Effect, &str, &str), Vec<At<'_>>> = BTreeMap::new();
    for (destination, found) in found {
        for (goods, ground) in &found.grounds {
            rules.entry((ground.effect, &ground.rule, goods)).or_default().push((*destination, ground));
        }
    }
    let classes = matter.goods.iter().flat_map(|goods| {
        let several = matter.goods.len() > 1;
        goods.classification.classes.iter().map(move |classed| {
            let name = if several { format!("`{}`: ", goods.name) } else { String::new() };
            Ground { why: format!("{name}{}", classed.ground.why), ..classed.ground.clone() }
        })
    });
    let asked = found.len();
    let mut grounds: Vec<Ground> = classes.collect();
    grounds.extend(rules.into_values().filter_map(|of_rule| joined(&of_rule, asked)));
    grounds.sort_by(|a, b| (a.effect, &a.rule, &a.why).cmp(&(b.effect, &b.rule, &b.why)));
    grounds.dedup();
    grounds
}

/// A ground at a destination.
type At<'a> = (Option<Country>, &'a Ground);

/// One rule at all destinations: where it differs, whether it applies turns on the destination.
fn joined(of_rule: &[At<'_>], asked: usize) -> Option<Ground> {
    let (_, first) = of_rule.first()?;
    let destinations: BTreeSet<Option<Country>> =
        of_rule.iter().map(|(destination, _)| *destination).collect();
    let everywhere = destinations.len() == asked;
    let all = of_rule.iter().map(|(_, ground)| ground.applies);
    let applies = match (Tri::all(all.clone()), Tri::any(all)) {
        (Tri::Yes, _) if everywhere => Tri::Yes,
        (_, Tri::No) => Tri::No,
        _ => Tri::Open,
    };
    let reasons: BTreeSet<&str> = of_rule.iter().map(|(_, ground)| ground.why.as_str()).collect();
    let more = reasons.len().saturating_sub(REASONS_MAX);
    let mut why = reasons.into_iter().take(REASONS_MAX).collect::<Vec<_>>().join(" | ");
    if more > 0 {
        why = format!("{why} | and {more} more");
    }
    Some(Ground { applies, why, ..(*first).clone() })
}
