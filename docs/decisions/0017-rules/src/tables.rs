//! The typed tables as they are written, with the place of each line.

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;
use toml::value::Datetime;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Classes {
    pub(crate) id: String,
    pub(crate) source: String,
    pub(crate) from: Datetime,
    pub(crate) outside: Vec<Outside>,
    pub(crate) class: Vec<Class>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outside {
    pub(crate) id: String,
    pub(crate) data_centre: bool,
    pub(crate) tpp: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Class {
    pub(crate) id: String,
    pub(crate) is: String,
    pub(crate) either: Vec<Either>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Either {
    pub(crate) tpp: Option<Spanned<String>>,
    pub(crate) pd: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Licence {
    pub(crate) destination: Places,
    pub(crate) seat: Places,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Places {
    pub(crate) id: String,
    pub(crate) source: String,
    pub(crate) r#in: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) not_in: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) or_at: Vec<String>,
    pub(crate) owner_share: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reviews {
    pub(crate) review: Vec<Review>,
    pub(crate) state: Vec<Spanned<State>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Review {
    pub(crate) id: String,
    pub(crate) source: String,
    pub(crate) from: Datetime,
    pub(crate) places: Vec<String>,
    pub(crate) is: String,
    pub(crate) tpp: Spanned<String>,
    pub(crate) dram: Spanned<String>,
    pub(crate) us_share: Spanned<String>,
    pub(crate) holds: Vec<String>,
    pub(crate) otherwise: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    pub(crate) rule: String,
    pub(crate) source: String,
    pub(crate) known: Datetime,
    pub(crate) from: Datetime,
    pub(crate) until: Option<Datetime>,
    pub(crate) is: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Groups {
    pub(crate) same_as: BTreeMap<String, String>,
    pub(crate) group: Vec<Spanned<Group>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) from: Datetime,
    pub(crate) until: Option<Datetime>,
    pub(crate) places: Vec<String>,
}
