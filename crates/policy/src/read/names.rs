//! The identifiers and classes that a file gives.

use crate::read::mention::Named;
use crate::read::text::Table;
use crate::spot::Spot;

/// What the rules of each key may be named as.
const KINDS: [(&str, &[Named]); 7] = [
    ("items", &[Named::Rule, Named::Item]),
    ("licences", &[Named::Rule, Named::Licence, Named::Requirement]),
    ("reviews", &[Named::Rule]),
    ("exceptions", &[Named::Rule]),
    ("caps", &[Named::Rule, Named::Cap]),
    ("ownership", &[Named::Rule]),
    ("announced", &[Named::Rule]),
];

/// Identifiers, as what they may be named, and where they stand.
pub(crate) type Ids = Vec<(&'static [Named], String, Spot)>;

/// The identifiers and classes that a file gives.
#[derive(Default)]
pub(crate) struct Given {
    /// Identifiers, as what they may be named, and where they stand.
    pub ids: Ids,
    /// Classes of goods.
    pub classes: Vec<String>,
}

/// What an instrument's file gives. Nothing is noted.
pub(crate) fn given(table: &Table<'_, '_>) -> Given {
    let own = table.peek("id").into_iter();
    let own = own.map(|(id, spot)| (&[Named::Rule, Named::Instrument] as &'static [Named], id, spot));
    let rules = KINDS.into_iter().flat_map(|(key, kinds)| {
        table.peek_each(key, "id").into_iter().map(move |(id, spot)| (kinds, id, spot))
    });
    let classes = table.peek_each("items", "class").into_iter().map(|(class, _)| class).collect();
    Given { ids: own.chain(rules).collect(), classes }
}
