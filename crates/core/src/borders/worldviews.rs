//! The worldviews that ship with the borders.

use alloc::vec::Vec;

use super::{Borders, CorruptBorders, atoms};
use crate::area::{AreaId, AreaKind, AreaSet};
use crate::worldview::WorldviewId;

static DESTINATION: &str = include_str!("../../data/worldviews/destination.tsv");
static EVERY_CLAIMANT: &str = include_str!("../../data/worldviews/every-claimant.tsv");

/// For each worldview, the destinations of each atom.
#[derive(Debug, Default)]
pub(super) struct Worldviews([Vec<AreaSet>; 2]);

impl Worldviews {
    pub(super) fn read(borders: &Borders) -> Result<Self, CorruptBorders> {
        Ok(Self([
            one(borders, WorldviewId::Destination, DESTINATION)?,
            one(borders, WorldviewId::EveryClaimant, EVERY_CLAIMANT)?,
        ]))
    }

    pub(super) fn destinations(&self, worldview: WorldviewId, atom: AreaId) -> AreaSet {
        let table = match worldview {
            WorldviewId::Destination => &self.0[0],
            WorldviewId::EveryClaimant => &self.0[1],
        };
        table.get(atom.index()).copied().unwrap_or(AreaSet::of(atom))
    }
}

/// Defaults, overruled by the rows of a table: atom, destinations, since, source.
fn one(borders: &Borders, id: WorldviewId, table: &str) -> Result<Vec<AreaSet>, CorruptBorders> {
    let mut destinations: Vec<AreaSet> =
        (0..borders.areas().len()).filter_map(AreaId::new).map(|atom| by_default(borders, atom)).collect();
    let rows = table.lines().filter(|line| !line.starts_with('#')).skip(1);
    for (row, line) in rows.enumerate() {
        let corrupt = CorruptBorders::Worldview { worldview: id.name(), row };
        let mut fields = line.split('\t');
        let atom = fields.next().and_then(|code| borders.find(code)).ok_or(corrupt)?;
        let codes = fields.next().map(atoms::codes).ok_or(corrupt)?;
        let set: Option<AreaSet> = codes.iter().map(|code| borders.find(code)).collect();
        destinations[atom.index()] = set.filter(|set| !set.is_empty()).ok_or(corrupt)?;
    }
    Ok(destinations)
}

/// An ISO area counts as itself. A disputed unit of which no rule speaks counts as everyone's who claims or
/// administers it.
fn by_default(borders: &Borders, atom: AreaId) -> AreaSet {
    let area = &borders.areas()[atom.index()];
    if area.kind != AreaKind::Disputed {
        return AreaSet::of(atom);
    }
    let codes = area.claimants.iter().chain(&area.administered_by);
    let set: AreaSet = codes.filter_map(|code| borders.find(code)).collect();
    if set.is_empty() { AreaSet::of(atom) } else { set }
}
