//! Caps: how much may go where.

use crate::measure::Measure;
use crate::read::bound;
use crate::read::text::Value;
use crate::rule::{CapOf, CapRule};

const KEYS: [&str; 5] = ["id", "of", "limit", "grade", "text"];

/// Reads a cap.
pub(crate) fn read(value: Value<'_, '_>) -> Option<CapRule> {
    let table = value.table(&KEYS)?;
    let id = table.prose("id");
    let text = table.prose("text");
    let of = table.need("of").and_then(|value| value.word());
    let limit = table.need("limit");
    let limit = limit.zip(of).and_then(|(limit, of)| self::limit(limit, of));
    let grade = table.need("grade").and_then(|value| value.word());
    Some(CapRule { id: id?, of: of?, limit: limit?, grade: grade?, text: text? })
}

fn limit(value: Value<'_, '_>, of: CapOf) -> Option<Measure> {
    match of {
        CapOf::ConsigneeYear | CapOf::Country => bound::amount(value, "TPP"),
        CapOf::ShareOfHomeUnits | CapOf::ShareOfUser => {
            bound::share_ppm(value).map(|ppm| Measure::whole(u64::from(ppm)))
        }
    }
}
