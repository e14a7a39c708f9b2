//! Update masks: only what is named changes.

use prost_types::FieldMask;

use super::kind::Kind;
use crate::wire::Violation;

const FIELD: &str = "update_mask";

/// What was there with the fields of the mask taken from what came.
pub(super) fn merged<K: Kind>(
    mask: Option<FieldMask>,
    mut came: K::Wire,
    mut there: K::Wire,
) -> Result<K::Wire, Violation> {
    let paths = mask.unwrap_or_default().paths;
    if paths.is_empty() {
        return Err(Violation::missing(FIELD, &format!("name what to change: {}", allowed::<K>())));
    }
    if let Some(unknown) = paths.iter().find(|path| !K::MASK.contains(&path.as_str())) {
        return Err(Violation::invalid(FIELD, unknown, &allowed::<K>()));
    }
    for path in K::MASK.iter().filter(|known| paths.iter().any(|path| path == *known)) {
        K::merge(path, &mut came, &mut there);
    }
    Ok(there)
}

fn allowed<K: Kind>() -> String {
    K::MASK.join(", ")
}
