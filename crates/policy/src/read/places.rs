//! Places: groups and countries that a rule names.

use crate::read::mention::Named;
use crate::read::text::{Table, Value};
use crate::rule::Places;
use crate::spot::Spot;

const KEYS: [&str; 5] = ["groups", "countries", "anywhere", "not_groups", "not_countries"];

/// Places, and where they stand: some countries must stand beside a group.
pub(crate) type Placed = (Places, Spot);

/// Reads the places of a key; absent: none.
pub(crate) fn read<'v>(table: &Table<'v, '_>, key: &'v str, placed: &mut Vec<Placed>) -> Option<Places> {
    let value = table.get(key)?;
    let places = of(value)?;
    placed.push((places.clone(), value.spot()));
    Some(places)
}

fn of(value: Value<'_, '_>) -> Option<Places> {
    let table = value.table(&KEYS)?;
    let places = Places {
        groups: table.names("groups", Named::Group),
        countries: table.countries("countries").into_iter().collect(),
        anywhere: table.flag("anywhere"),
        not_groups: table.names("not_groups", Named::Group),
        not_countries: table.countries("not_countries").into_iter().collect(),
    };
    let named = !places.groups.is_empty() || !places.countries.is_empty();
    if !places.anywhere && !named {
        table.note("these places are empty", "name groups or countries, or write anywhere = true");
    }
    if places.anywhere && named {
        table.note("places are named although it is anywhere", "take out `anywhere`, or the names");
    }
    let both = places.countries.intersection(places.not_countries);
    if let Some(country) = both.iter().next() {
        table.note(format!("`{country}` is named and excluded"), "take one of them out");
    }
    if let Some(group) = places.groups.iter().find(|group| places.not_groups.contains(group)) {
        table.note(format!("`{group}` is named and excluded"), "take one of them out");
    }
    Some(places)
}
