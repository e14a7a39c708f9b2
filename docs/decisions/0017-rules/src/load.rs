//! Reads the typed tables and refuses what cannot be meant, with file, line and remedy.

use crate::band::{Band, Unit};
use crate::case::{Day, forever};
use crate::exact::Ratio;
use crate::tables::{
    Class, Classes, Either, Group, Groups, Licence, Outside, Places, Review, Reviews, State,
};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use toml::Spanned;

/// The four files of the tables, as text.
#[derive(Clone)]
pub(crate) struct Texts {
    pub(crate) classes: String,
    pub(crate) licence: String,
    pub(crate) review: String,
    pub(crate) groups: String,
}

/// The tables, read.
pub(crate) struct Rules {
    pub(crate) classes: Classes,
    /// Bounds of what is outside, beside `classes.outside`.
    pub(crate) outside: Vec<Band>,
    /// Alternatives, beside `classes.class`.
    pub(crate) either: Vec<Vec<Alternative>>,
    pub(crate) licence: Licence,
    pub(crate) owner_share: Band,
    pub(crate) reviews: Vec<ReadReview>,
    pub(crate) states: Vec<ReadState>,
    pub(crate) class_from: Day,
    pub(crate) groups: BTreeMap<String, Vec<Version>>,
    pub(crate) same_as: BTreeMap<String, String>,
}

#[derive(Default)]
pub(crate) struct Alternative {
    pub(crate) tpp: Band,
    pub(crate) pd: Band,
}

pub(crate) struct ReadReview {
    pub(crate) rule: Review,
    pub(crate) from: Day,
    pub(crate) tpp: Band,
    pub(crate) dram: Band,
    pub(crate) us_share: Band,
}

/// What is said of a rule, and since when it is known.
pub(crate) struct ReadState {
    pub(crate) rule: String,
    pub(crate) source: String,
    pub(crate) known: Day,
    pub(crate) from: Day,
    pub(crate) until: Day,
    pub(crate) is: String,
}

/// The members of a group on the days from `from` to before `until`.
pub(crate) struct Version {
    pub(crate) from: Day,
    pub(crate) until: Day,
    pub(crate) places: Vec<String>,
}

/// One file, to say where in it something is.
struct Sheet<'t> {
    file: &'t str,
    text: &'t str,
}

impl Sheet<'_> {
    fn fault(&self, at: usize, what: &str) -> String {
        let line = self.text[..at.min(self.text.len())].lines().count().max(1);
        format!("{}:{line}: {what}", self.file)
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, String> {
        let place = |error: &toml::de::Error| error.span().map_or(0, |span| span.start + 1);
        toml::from_str(self.text).map_err(|error| self.fault(place(&error), error.message()))
    }

    fn band(&self, text: &Spanned<String>, unit: Unit) -> Result<Band, String> {
        Band::parse(text.get_ref(), unit).map_err(|what| self.fault(text.span().start + 1, &what))
    }
}

impl Texts {
    pub(crate) fn read(&self) -> Result<Rules, String> {
        let sheet = Sheet { file: "typed/groups.toml", text: &self.groups };
        let Groups { same_as, group } = sheet.read()?;
        let groups = versions(&sheet, group)?;
        let sheet = Sheet { file: "typed/classes.toml", text: &self.classes };
        let classes: Classes = sheet.read()?;
        let outside = classes.outside.iter().map(|rule: &Outside| sheet.band(&rule.tpp, Unit::Tpp));
        let outside = outside.collect::<Result<_, _>>()?;
        let either =
            classes.class.iter().map(|class| alternatives(&sheet, class)).collect::<Result<_, _>>()?;
        let sheet = Sheet { file: "typed/licence.toml", text: &self.licence };
        let licence: Licence = sheet.read()?;
        for places in [&licence.destination, &licence.seat] {
            known_groups(&sheet, places, &groups)?;
        }
        let share = licence.seat.owner_share.as_ref().map(|text| sheet.band(text, Unit::Percent));
        let owner_share = share.transpose()?.unwrap_or_default();
        let sheet = Sheet { file: "typed/review.toml", text: &self.review };
        let Reviews { review, state } = sheet.read()?;
        let reviews = review.into_iter().map(|rule| read_review(&sheet, rule)).collect::<Result<_, _>>()?;
        without_gaps(&sheet, &state)?;
        let states = state.into_iter().map(|state| ReadState::from(state.into_inner())).collect();
        let class_from = classes.from.to_string();
        Ok(Rules {
            classes,
            outside,
            either,
            licence,
            owner_share,
            reviews,
            states,
            class_from,
            groups,
            same_as,
        })
    }
}

impl From<State> for ReadState {
    fn from(state: State) -> Self {
        Self {
            rule: state.rule,
            source: state.source,
            known: state.known.to_string(),
            from: state.from.to_string(),
            until: state.until.map_or_else(forever, |until| until.to_string()),
            is: state.is,
        }
    }
}

fn alternatives(sheet: &Sheet<'_>, class: &Class) -> Result<Vec<Alternative>, String> {
    let band = |text: &Option<Spanned<String>>, unit| {
        text.as_ref().map_or_else(|| Ok(Band::default()), |text| sheet.band(text, unit))
    };
    let read = |either: &Either| {
        Ok(Alternative { tpp: band(&either.tpp, Unit::Tpp)?, pd: band(&either.pd, Unit::TppPerMm2)? })
    };
    class.either.iter().map(read).collect()
}

fn read_review(sheet: &Sheet<'_>, rule: Review) -> Result<ReadReview, String> {
    Ok(ReadReview {
        from: rule.from.to_string(),
        tpp: sheet.band(&rule.tpp, Unit::Tpp)?,
        dram: sheet.band(&rule.dram, Unit::GbPerS)?,
        us_share: sheet.band(&rule.us_share, Unit::Percent)?,
        rule,
    })
}

fn versions(
    sheet: &Sheet<'_>,
    groups: Vec<Spanned<Group>>,
) -> Result<BTreeMap<String, Vec<Version>>, String> {
    let mut read: BTreeMap<String, Vec<Version>> = BTreeMap::new();
    for group in groups {
        let at = group.span().start + 1;
        let Group { name, from, until, places } = group.into_inner();
        let (from, until) = (from.to_string(), until.map_or_else(forever, |until| until.to_string()));
        let before = read.entry(name.clone()).or_default();
        if let Some(last) = before.last().filter(|last| last.until != from) {
            let until = &last.until;
            let kind = if *until < from { "a gap" } else { "an overlap" };
            let what = format!(
                "{kind} in `{name}`: the version before ends on {until}, this one begins on {from}; make them meet"
            );
            return Err(sheet.fault(at, &what));
        }
        before.push(Version { from, until, places });
    }
    Ok(read)
}

fn known_groups(
    sheet: &Sheet<'_>,
    places: &Places,
    groups: &BTreeMap<String, Vec<Version>>,
) -> Result<(), String> {
    let unknown = places.r#in.iter().chain(&places.not_in).find(|name| !groups.contains_key(name.get_ref()));
    unknown.map_or(Ok(()), |name| {
        let known: Vec<&str> = groups.keys().map(String::as_str).collect();
        let what = format!("`{}` is no group; write one of {}", name.get_ref(), known.join(", "));
        Err(sheet.fault(name.span().start + 1, &what))
    })
}

/// Each state that ends has one that begins on that day.
fn without_gaps(sheet: &Sheet<'_>, states: &[Spanned<State>]) -> Result<(), String> {
    for state in states {
        let State { rule, until, is, .. } = state.get_ref();
        let Some(until) = until else { continue };
        let next = |other: &Spanned<State>| other.get_ref().rule == *rule && other.get_ref().from == *until;
        if !states.iter().any(next) {
            let what = format!(
                "a gap: `{rule}` is `{is}` until {until} and nothing begins on that day; add a state that does"
            );
            return Err(sheet.fault(state.span().start + 1, &what));
        }
    }
    Ok(())
}

impl Rules {
    /// The lines of performance and of density, each once, in order.
    pub(crate) fn cuts(&self) -> [Vec<Ratio>; 2] {
        let alternatives = || self.either.iter().flatten();
        let outside = self.outside.iter().flat_map(Band::cuts);
        let tpp = alternatives().flat_map(|alternative| alternative.tpp.cuts()).chain(outside);
        let pd = alternatives().flat_map(|alternative| alternative.pd.cuts());
        [tpp.collect(), pd.collect()].map(|mut cuts: Vec<Ratio>| {
            cuts.sort_unstable();
            cuts.dedup();
            cuts
        })
    }

    /// Whether a place is among those that a rule names, on a day.
    pub(crate) fn names(&self, rule: &Places, place: &str, on: &str) -> bool {
        let any = |names: &[Spanned<String>]| names.iter().any(|name| self.member(place, name.get_ref(), on));
        rule.or_at.iter().any(|other| other == place) || any(&rule.r#in) && !any(&rule.not_in)
    }

    fn member(&self, place: &str, group: &str, on: &str) -> bool {
        let versions = self.groups.get(group).map_or(&[][..], Vec::as_slice);
        let current = versions.iter().find(|version| *version.from <= *on && *on < *version.until);
        current.is_some_and(|version| version.places.iter().any(|member| member == place))
    }
}
