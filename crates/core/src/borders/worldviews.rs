//! The worldviews that ship with the borders: one is a dated table, the other follows from the claims.

use alloc::vec::Vec;

use super::{Borders, CorruptBorders, atoms};
use crate::area::{AreaId, AreaKind, AreaSet};
use crate::worldview::WorldviewId;

static DESTINATION: &str = include_str!("../../data/worldviews/destination.tsv");

/// For each worldview, the destinations of each atom.
#[derive(Debug, Default)]
pub(super) struct Worldviews([Vec<AreaSet>; 2]);

impl Worldviews {
    pub(super) fn read(borders: &Borders) -> Result<Self, CorruptBorders> {
        let atoms = || (0..borders.areas().len()).filter_map(AreaId::new);
        let mut listed: Vec<AreaSet> = atoms().map(|atom| unless_listed(borders, atom)).collect();
        overrule(&mut listed, borders, DESTINATION)?;
        Ok(Self([listed, atoms().map(|atom| everyones(borders, atom)).collect()]))
    }

    pub(super) fn has_destination(&self, area: AreaId) -> bool {
        self.0.iter().flatten().any(|destinations| destinations.contains(area))
    }

    pub(super) fn destinations(&self, worldview: WorldviewId, atom: AreaId) -> AreaSet {
        let table = match worldview {
            WorldviewId::Destination => &self.0[0],
            WorldviewId::EveryClaimant => &self.0[1],
        };
        table.get(atom.index()).copied().unwrap_or(AreaSet::of(atom))
    }
}

/// Puts the rows of a table in place: atom, destinations, since, source.
fn overrule(listed: &mut [AreaSet], borders: &Borders, table: &str) -> Result<(), CorruptBorders> {
    let rows = table.lines().filter(|line| !line.starts_with('#')).skip(1);
    for (row, line) in rows.enumerate() {
        let corrupt = CorruptBorders::Worldview { worldview: WorldviewId::Destination.name(), row };
        let mut fields = line.split('\t');
        let atom = fields.next().and_then(|code| borders.find(code)).ok_or(corrupt)?;
        let codes = fields.next().map(atoms::codes).ok_or(corrupt)?;
        let set: Option<AreaSet> = codes.iter().map(|code| borders.find(code)).collect();
        listed[atom.index()] = set.filter(|set| !set.is_empty()).ok_or(corrupt)?;
    }
    Ok(())
}

/// An ISO area of which the list says nothing else counts as itself; a disputed unit as everyone's.
fn unless_listed(borders: &Borders, atom: AreaId) -> AreaSet {
    match borders.areas()[atom.index()].kind {
        AreaKind::Disputed => everyones(borders, atom),
        AreaKind::Iso | AreaKind::Sea => AreaSet::of(atom),
    }
}

/// All who claim or administer an atom; itself, when that is nobody.
fn everyones(borders: &Borders, atom: AreaId) -> AreaSet {
    let area = &borders.areas()[atom.index()];
    let codes = area.claimants.iter().chain(&area.administered_by);
    let itself = (area.kind != AreaKind::Disputed).then_some(atom);
    let set: AreaSet = codes.filter_map(|code| borders.find(code)).chain(itself).collect();
    if set.is_empty() { AreaSet::of(atom) } else { set }
}
