//! Conditions that rules name, and lines that they draw.

use crate::figures::Figures;
use crate::formula;
use crate::rule::Bound;
use crate::sku::Market;
use crate::tri::Tri;

use super::matter::{Goods, Matter};
use super::shown::Shown;

/// Whether all conditions are met. What nobody looked at is open.
pub(crate) fn all(matter: &Matter<'_>, conditions: &[String]) -> Shown {
    conditions.iter().fold(Shown::YES, |all, name| all.and(|| met(matter, name)))
}

/// Conditions in words, each with how it stands.
pub(crate) fn words(matter: &Matter<'_>, conditions: &[String]) -> Vec<String> {
    let stands = |name: &String| match met(matter, name).holds {
        Tri::Yes => format!("`{name}` is met"),
        Tri::No => format!("`{name}` is not met"),
        Tri::Open => format!("whether `{name}` is met is not known"),
    };
    conditions.iter().map(stands).collect()
}

/// Whether goods keep all lines, and were made for a market.
pub(crate) fn lines(matter: &Matter<'_>, goods: &Goods, bounds: &[Bound], market: Option<Market>) -> Shown {
    let facts = goods.classification.facts.iter().cloned();
    let weakest = bounds.iter().filter_map(|bound| goods.sku.value(bound.metric).grade).min();
    let checked = weakest.map_or(Tri::Yes, |grade| matter.checked(grade).holds);
    let holds =
        if checked.must() { formula::all_of(bounds, market, &Figures::of(&goods.sku)) } else { checked };
    match holds {
        Tri::No => Shown::NO,
        Tri::Yes => Shown::YES.leaning_on(facts),
        Tri::Open => {
            let remedy = match market {
                Some(_) => "give its figures, and whether it was made for data centres",
                None => "give the figures that the lines ask for",
            };
            Shown::open(format!("sku {}", goods.name), remedy).leaning_on(facts)
        }
    }
}

fn met(matter: &Matter<'_>, name: &str) -> Shown {
    match matter.transfer().conditions.get(name) {
        Some(met) => Shown::from(Tri::from(*met)),
        None => {
            Shown::open(format!("condition {name}"), format!("find out whether `{name}` is met, and say so"))
        }
    }
}
