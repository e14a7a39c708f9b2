//! Facts of one delivery, and what an engine answers.

use crate::exact::{Ratio, Span};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::value::Datetime;

/// A day as `2025-11-10`, which compares as text does.
pub(crate) type Day = String;

/// One delivery. What is unknown is `None`, or a set of what is still possible.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) on: Day,
    pub(crate) known: Day,
    pub(crate) tpp: Ratio,
    pub(crate) pd: Span,
    pub(crate) data_centre: Option<bool>,
    pub(crate) dram: Ratio,
    pub(crate) to: Vec<String>,
    pub(crate) seats: Vec<Seat>,
    pub(crate) us_share: Span,
    /// Conditions by name.
    pub(crate) met: BTreeMap<String, bool>,
    pub(crate) expect: Answer,
}

/// Where the buyer or one of its owners sits: any of some places, or nobody knows.
#[derive(Clone)]
pub(crate) struct Seat {
    pub(crate) within: Option<Vec<String>>,
    /// `None` for the buyer itself.
    pub(crate) owner: Option<Owner>,
}

#[derive(Clone)]
pub(crate) struct Owner {
    pub(crate) share: Option<Ratio>,
    pub(crate) from: Day,
    pub(crate) until: Day,
}

/// What is possible. More than one member is an open question.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) class: BTreeSet<String>,
    pub(crate) licence: BTreeSet<String>,
    pub(crate) review: BTreeSet<String>,
    pub(crate) state: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    chip: BTreeMap<String, Chip>,
    case: Vec<WrittenCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chip {
    tpp: String,
    #[serde(default)]
    die: Vec<String>,
    dram: String,
    data_centre: Option<bool>,
}

#[derive(Deserialize)]
struct WrittenCase {
    name: String,
    chip: String,
    to: Vec<String>,
    on: Datetime,
    known: Datetime,
    seats: Vec<WrittenSeat>,
    shipped: Option<[i64; 2]>,
    expect: Answer,
    #[serde(flatten)]
    met: BTreeMap<String, bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSeat {
    r#in: Option<Vec<String>>,
    share: Option<String>,
    from: Option<Datetime>,
    until: Option<Datetime>,
}

/// Reads the cases. Places that count as another are replaced here, for every engine alike.
pub(crate) fn read(text: &str, same_as: &BTreeMap<String, String>) -> Vec<Case> {
    let Written { chip, case } = toml::from_str(text).expect("the cases are written with care");
    case.into_iter().map(|case| finish(&chip[&case.chip], case, same_as)).collect()
}

/// The density that areas leave possible: a larger die is a lower density.
pub(crate) fn density(tpp: Ratio, die: &[Ratio]) -> Span {
    match die {
        [area] => Span::point(tpp.over(*area)),
        [least, most] => Span { lo: tpp.over(*most), hi: Some(tpp.over(*least)) },
        _ => Span { lo: Ratio::ZERO, hi: None },
    }
}

fn finish(chip: &Chip, case: WrittenCase, same_as: &BTreeMap<String, String>) -> Case {
    let counts_as = |place: String| same_as.get(&place).cloned().unwrap_or(place);
    let tpp = number(&chip.tpp);
    let die: Vec<Ratio> = chip.die.iter().map(|area| number(area)).collect();
    let us_share = match case.shipped {
        Some([there, us]) => Span::point(Ratio::new(there.into(), us.into()).percent()),
        None => Span { lo: Ratio::ZERO, hi: None },
    };
    let seats = case.seats.into_iter().map(|seat| Seat {
        within: seat.r#in.map(|places| places.into_iter().map(counts_as).collect()),
        owner: seat.from.map(|from| Owner {
            share: seat.share.as_deref().map(number),
            from: from.to_string(),
            until: seat.until.map_or_else(forever, |until| until.to_string()),
        }),
    });
    Case {
        name: case.name,
        on: case.on.to_string(),
        known: case.known.to_string(),
        tpp,
        pd: density(tpp, &die),
        data_centre: chip.data_centre,
        dram: number(&chip.dram),
        to: case.to.into_iter().map(counts_as).collect(),
        seats: seats.collect(),
        us_share,
        met: case.met,
        expect: case.expect,
    }
}

/// The day after all others.
pub(crate) fn forever() -> Day {
    "9999-12-31".to_owned()
}

fn number(text: &str) -> Ratio {
    Ratio::parse(text).expect("a decimal")
}
