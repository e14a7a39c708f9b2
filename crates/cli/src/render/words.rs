//! Verdicts in words: one wording for tables, maps and properties.

use lightcone_core::area::AreaKind;
use lightcone_core::region::Extent;
use lightcone_core::verdict::{Answer, Assumption, Reason, Settlement};
use lightcone_core::{AreaId, AreaSet, Borders, Finding, LandmarkId, LightMode, Mesh, Question, Verdict};

use crate::data::Nodes;
use crate::out::{Tone, printable};

/// Codes shown before a list is cut.
const CODES_SHOWN: usize = 14;

/// What words are made with.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    /// Names of areas.
    pub(crate) borders: &'a Borders,
    /// Ids of landmarks.
    pub(crate) mesh: &'a Mesh,
    /// Names of nodes.
    pub(crate) nodes: &'a Nodes,
}

impl Words<'_> {
    /// A landmark by its id, with its name where that says more.
    pub(crate) fn landmark(&self, id: LandmarkId) -> String {
        self.node(&self.mesh.landmark(id).name)
    }

    /// A node by its id, with its name where that says more.
    pub(crate) fn node(&self, id: &str) -> String {
        named(id, self.nodes.find(id).map_or(id, |node| &node.name))
    }

    /// A landmark's name for people.
    pub(crate) fn short(&self, id: LandmarkId) -> String {
        let id = &self.mesh.landmark(id).name;
        self.nodes.find(id).map_or_else(String::new, |node| printable(&node.name))
    }

    /// Codes of areas, the sea last, cut when there are many.
    pub(crate) fn areas(&self, areas: &AreaSet) -> String {
        let mut land = *areas;
        land.remove(AreaId::SEA);
        let codes = self.borders.codes(&land);
        let mut text = codes.iter().take(CODES_SHOWN).copied().collect::<Vec<_>>().join(" ");
        if codes.len() > CODES_SHOWN {
            text += &format!(" and {} more", codes.len() - CODES_SHOWN);
        }
        match (text.is_empty(), areas.contains(AreaId::SEA)) {
            (true, true) => "sea (XZ)".to_owned(),
            (true, false) => "none".to_owned(),
            (false, true) => text + " and sea (XZ)",
            (false, false) => text,
        }
    }

    /// All codes of areas with a space between, in alphabetical order.
    pub(crate) fn all_codes(&self, areas: &AreaSet) -> String {
        self.borders.codes(areas).join(" ")
    }

    /// The destinations that the verdict's atoms count as: the jurisdictions still possible.
    pub(crate) fn jurisdictions(&self, verdict: &Verdict) -> AreaSet {
        verdict
            .touched
            .iter()
            .fold(AreaSet::EMPTY, |all, atom| all.union(self.borders.destinations(verdict.worldview, atom)))
    }

    /// The jurisdictions still possible, cut when there are many; or why there are none to tell.
    pub(crate) fn possible(&self, verdict: &Verdict) -> String {
        match verdict.extent {
            None => "unknown".to_owned(),
            Some(Extent::Empty) => "no place fits".to_owned(),
            Some(Extent::Bounded | Extent::Whole) => self.areas(&self.jurisdictions(verdict)),
        }
    }

    /// The disputed atoms that the region touches.
    pub(crate) fn disputed(&self, verdict: &Verdict) -> Vec<String> {
        let areas = self.borders.areas();
        let disputed = verdict.touched.iter().filter(|atom| areas[atom.index()].kind == AreaKind::Disputed);
        disputed
            .map(|atom| {
                let counts_as = self.all_codes(&self.borders.destinations(verdict.worldview, atom));
                format!("{} ({}) counts as {counts_as}", areas[atom.index()].name, areas[atom.index()].code)
            })
            .collect()
    }

    /// A question as it is asked.
    pub(crate) fn question(&self, question: &Question) -> String {
        match question {
            Question::Inside { areas, on_land: false } => format!("INSIDE {}", self.all_codes(areas)),
            Question::Inside { areas, on_land: true } => format!("INSIDE {} on land", self.all_codes(areas)),
            Question::Outside { areas } => format!("OUTSIDE {}", self.all_codes(areas)),
            Question::Claim { point, tolerance } => {
                format!("CLAIM {point} within {}", km(tolerance.ceil()))
            }
        }
    }

    /// Why the finding of a question is what it is.
    pub(crate) fn reason(&self, question: &Question, reason: &Reason) -> String {
        match reason {
            Reason::TouchesNone => "the region touches none of these areas".to_owned(),
            Reason::TouchesOnly(areas) => format!("the region touches only {}", self.areas(areas)),
            Reason::Touches(areas) => format!("the region touches {}", self.areas(areas)),
            Reason::ReachesSea => "the region reaches the sea (XZ), which is in no area".to_owned(),
            Reason::ClaimWithin => match question {
                Question::Claim { tolerance, .. } if tolerance.get() > 0.0 => {
                    "the claimed place is within the region, or within its tolerance of it".to_owned()
                }
                _ => "the claimed place is within the region".to_owned(),
            },
            Reason::ClaimBeyond { distance_m } => {
                format!("the claimed place is at least {} outside the region", km(*distance_m))
            }
            Reason::NoPlaceFits { least_liars } => {
                format!("no place fits all but the allowed liars; {}", lying(*least_liars))
            }
            Reason::TooFewGroups { groups, needed } => {
                format!("{groups} trust groups measured, {needed} are needed")
            }
            Reason::TooOld { dropped } => format!("{dropped} measurements are too old to count"),
            Reason::Fragile => "does not survive one more lying group".to_owned(),
        }
    }

    /// What would settle an open question.
    pub(crate) fn settlement(&self, settlement: &Settlement) -> String {
        match settlement {
            Settlement::RoundTripBelow { landmark, rtt_ns, groups } => {
                format!("a round trip below {} to {}{}", ms(*rtt_ns), self.landmark(*landmark), each(*groups))
            }
            Settlement::LandmarkAt { point, rtt_ns, groups } => {
                format!("a landmark at {point} with a round trip below {}{}", ms(*rtt_ns), each(*groups))
            }
        }
    }

    /// How far a finding can be leaned on.
    pub(crate) fn holds(&self, answer: &Answer) -> Option<String> {
        answer.holds_up_to_liars.map(|liars| match liars {
            0 => "holds only if every landmark is honest".to_owned(),
            1 => "holds with 1 lying group".to_owned(),
            more => format!("holds with {more} lying groups"),
        })
    }
}

/// A node for people: its id, with its name where that says more.
pub(crate) fn named(id: &str, name: &str) -> String {
    if name == id { printable(id) } else { printable(&format!("{id} ({name})")) }
}

/// A finding as a headline. One that is certain only under an assumption never stands without it.
pub(crate) fn headline(verdict: &Verdict, answer: &Answer) -> String {
    let name = answer.finding.name();
    if !answer.finding.is_certain() {
        return name.to_owned();
    }
    let conditions: Vec<String> =
        verdict.assumptions.iter().filter_map(|assumption| condition(assumption, &answer.question)).collect();
    if conditions.is_empty() { name.to_owned() } else { format!("{name} (if {})", conditions.join(" and ")) }
}

/// An assumption as a condition on the finding of a question. How landmarks are grouped is told beside it.
fn condition(assumption: &Assumption, question: &Question) -> Option<String> {
    match assumption {
        Assumption::EveryLandmarkHonest => Some("every landmark is honest".to_owned()),
        Assumption::Fibre(index) => Some(format!("all signals travel in glass of index {}", index.get())),
        Assumption::OnLand if matches!(question, Question::Inside { on_land: true, .. }) => {
            Some("the chip is on land".to_owned())
        }
        Assumption::OnLand | Assumption::EachLandmarkItsOwnGroup => None,
    }
}

/// What a finding means for whoever asked.
pub(crate) const fn tone(finding: Finding) -> Tone {
    match finding {
        Finding::Proven | Finding::Possible => Tone::Good,
        Finding::Disproven | Finding::Impossible | Finding::Inconsistent => Tone::Bad,
        Finding::Inconclusive | Finding::Stale => Tone::Doubt,
    }
}

/// Whether a finding says that something is amiss.
pub(crate) const fn is_amiss(finding: Finding) -> bool {
    matches!(finding, Finding::Disproven | Finding::Impossible | Finding::Inconsistent)
}

/// What can be said without a question: inconsistent, stale, or nothing.
pub(crate) const fn unasked(verdict: &Verdict) -> Option<Finding> {
    match verdict.extent {
        None => Some(Finding::Stale),
        Some(Extent::Empty) => Some(Finding::Inconsistent),
        Some(Extent::Bounded | Extent::Whole) => None,
    }
}

/// An assumption in a few words.
pub(crate) fn assumption(assumption: &Assumption) -> String {
    match assumption {
        Assumption::EveryLandmarkHonest => "every landmark is honest (f = 0)".to_owned(),
        Assumption::EachLandmarkItsOwnGroup => "each landmark counts as its own trust group".to_owned(),
        Assumption::Fibre(index) => {
            format!("all signals travel in glass of refractive index {}", index.get())
        }
        Assumption::OnLand => "the chip is on land".to_owned(),
    }
}

/// The light mode, with what it rests on.
pub(crate) fn light(mode: LightMode) -> String {
    match mode {
        LightMode::Vacuum => "vacuum (needs no assumption about cables)".to_owned(),
        LightMode::Chord => "chord (straight through the Earth, no assumption about paths)".to_owned(),
        LightMode::Fibre(_) => format!("{mode} (an assumption about every cable; proves nothing without it)"),
    }
}

/// So many trust groups.
pub(crate) fn groups(count: u32) -> String {
    if count == 1 { "1 group".to_owned() } else { format!("{count} groups") }
}

/// So many groups that must be lying.
pub(crate) fn lying(least: u32) -> String {
    if least == 1 { "at least 1 group lies".to_owned() } else { format!("at least {least} groups lie") }
}

fn each(groups: u32) -> String {
    match groups {
        0 | 1 => String::new(),
        2 => ", and 1 more group with such a bound".to_owned(),
        more => format!(", and {} more groups with such a bound", more - 1),
    }
}

/// Metres as kilometres, rounded up; finer when near.
pub(crate) fn km(metres: u64) -> String {
    if metres < 100_000 {
        let tenths = metres.div_ceil(100);
        return if tenths.is_multiple_of(10) {
            format!("{} km", tenths / 10)
        } else {
            format!("{}.{} km", tenths / 10, tenths % 10)
        };
    }
    format!("{} km", grouped(metres.div_ceil(1_000)))
}

/// Square metres as square kilometres, rounded up.
pub(crate) fn km2(square_metres: u64) -> String {
    format!("{} km²", grouped(square_metres.div_ceil(1_000_000)))
}

/// Nanoseconds as milliseconds.
pub(crate) fn ms(ns: u64) -> String {
    format!("{:.3} ms", ns as f64 / 1e6)
}

/// A whole number with a comma after each three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_rounded_up() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(4_329_752), "4,329,752");
        assert_eq!(km(1_234), "1.3 km");
        assert_eq!(km(9_000), "9 km");
        assert_eq!(km(1_234_001), "1,235 km");
        assert_eq!(km2(1), "1 km²");
    }
}
