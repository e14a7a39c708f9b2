//! The table of atoms that ships with the borders.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::CorruptBorders;
use crate::area::{AREAS_MAX, Area, AreaKind};

/// Reads the tab-separated table: index, code, name, kind, administered by, claimants, note.
pub(super) fn read(table: &str) -> Result<Vec<Area>, CorruptBorders> {
    let rows = table.lines().filter(|line| !line.starts_with('#')).skip(1);
    let areas =
        rows.enumerate().map(|(index, row)| area(index, row).ok_or(CorruptBorders::Atoms { row: index }));
    let areas: Vec<Area> = areas.collect::<Result<_, _>>()?;
    match areas.first() {
        Some(sea) if sea.kind == AreaKind::Sea && areas.len() <= AREAS_MAX => Ok(areas),
        _ => Err(CorruptBorders::Atoms { row: 0 }),
    }
}

fn area(index: usize, row: &str) -> Option<Area> {
    let mut fields = row.split('\t');
    if fields.next()?.parse() != Ok(index) {
        return None;
    }
    let (code, name) = (fields.next()?.to_string(), fields.next()?.to_string());
    let kind = match fields.next()? {
        "sea" => AreaKind::Sea,
        "area" => AreaKind::Iso,
        "disputed" => AreaKind::Disputed,
        _ => return None,
    };
    let (administered_by, claimants) = (codes(fields.next()?), codes(fields.next()?));
    Some(Area { code, name, kind, administered_by, claimants })
}

/// Codes separated by commas; `-` or nothing for none.
pub(super) fn codes(list: &str) -> Vec<String> {
    list.split(',').filter(|code| !code.is_empty() && *code != "-").map(ToString::to_string).collect()
}
