//! What was announced without a text.

use crate::read::mention::Named;
use crate::read::text::Value;
use crate::rule::Announced;

const KEYS: [&str; 4] = ["id", "skus", "destinations", "says"];

/// Reads what was announced.
pub(crate) fn read(value: Value<'_, '_>) -> Option<Announced> {
    let table = value.table(&KEYS)?;
    let id = table.prose("id");
    let says = table.prose("says");
    let skus = table.names("skus", Named::Sku);
    let destinations = table.countries("destinations").into_iter().collect();
    Some(Announced { id: id?, skus, destinations, says: says? })
}
