//! The borders of the Earth: where each area lies, which areas a region touches, how far the next one is.
//!
//! Source: Natural Earth 1:10 m, by way of the `world-atlas` package; see `data/README.md` and
//! `docs/borders.md`. The data is compiled in.

mod atoms;
mod chain;
mod face;
mod index;
mod nearest;
mod sea;
mod touch;
mod worldviews;

use alloc::vec::Vec;

pub use chain::Chain;

use crate::area::{Area, AreaId, AreaSet};
use crate::direction::Direction;
use crate::ellipsoid;
use crate::point::Point;
use crate::region::Region;
use crate::units::Metres;
use crate::worldview::WorldviewId;
use chain::Chains;
use index::{Edge, Index};
use worldviews::Worldviews;

/// How far a true border may be from the drawn one, in metres: generalisation to 1:10 million and the grid
/// of the file together. Every region is grown by it before it is held against borders. Of 234,908 named
/// places, four lie farther outside the area they belong to, each disputed or doubtful itself
/// (`data/README.md`).
pub const BORDER_ERROR_M: f64 = 5_000.0;
/// Width of the territorial sea, in metres: 12 nautical miles (UNCLOS, article 3).
pub const TERRITORIAL_SEA_M: f64 = 22_224.0;

static ATOMS: &str = include_str!("../../data/atoms.tsv");
static PACKED: &[u8] = include_bytes!("../../data/borders.bin");

/// The borders, ready to be asked. Building takes a fraction of a second and some 40 MB: make one and
/// share it.
#[derive(Debug)]
pub struct Borders {
    areas: Vec<Area>,
    by_code: Vec<AreaId>,
    index: Index,
    worldviews: Worldviews,
}

/// Border data that does not hold together. The embedded data does, and a test says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CorruptBorders {
    /// Not a border file of this version.
    #[error("border file does not begin as version 1 does")]
    Magic,
    /// The file ends too early or too late.
    #[error("border file is cut short or has something after its end")]
    Short,
    /// A row of the table of atoms does not parse.
    #[error("row {row} of the table of atoms is wrong")]
    Atoms {
        /// The row, from zero.
        row: usize,
    },
    /// A chain has a side that is no atom, or table and file disagree on how many there are.
    #[error("border file speaks of atom {index}, which the table does not have")]
    Side {
        /// The position.
        index: u16,
    },
    /// A point is not on the Earth.
    #[error("border file has a point that is not on the Earth")]
    Point,
    /// A worldview names an atom or a destination that does not exist.
    #[error("row {row} of worldview {worldview} is wrong")]
    Worldview {
        /// Its name.
        worldview: &'static str,
        /// The row, from zero.
        row: usize,
    },
}

impl Borders {
    /// The edition of the data.
    pub const VERSION: &'static str = "natural-earth-10m-4.1.0/lightcone-1";
    /// SHA-256 of the packed borders, in hexadecimal.
    pub const SHA256: &'static str = include_str!("../../data/borders.sha256");

    /// The borders that are compiled in.
    ///
    /// # Errors
    /// [`CorruptBorders`], which a test rules out for the data as shipped.
    pub fn embedded() -> Result<Self, CorruptBorders> {
        Self::read(ATOMS, PACKED)
    }

    /// Borders of a table of atoms and a packed file.
    ///
    /// # Errors
    /// [`CorruptBorders`] when they do not hold together.
    pub fn read(atoms: &str, packed: &[u8]) -> Result<Self, CorruptBorders> {
        let areas = atoms::read(atoms)?;
        let mut chains = Chains::open(packed)?;
        if usize::from(chains.areas()) != areas.len() {
            return Err(CorruptBorders::Side { index: chains.areas() });
        }
        let (mut vertices, mut edges, mut points) = (Vec::new(), Vec::new(), Vec::new());
        while let Some((left, right)) = chains.next(&mut points)? {
            let first = vertices.len() as u32;
            chain::trace(&points, &mut vertices)?;
            edges.extend((first..(vertices.len() as u32).max(1) - 1).map(|from| Edge { from, left, right }));
        }
        let mut by_code: Vec<AreaId> = (0..areas.len()).filter_map(AreaId::new).collect();
        by_code.sort_unstable_by(|a, b| areas[a.index()].code.cmp(&areas[b.index()].code));
        let mut borders =
            Self { areas, by_code, index: Index::build(vertices, edges), worldviews: Worldviews::default() };
        borders.worldviews = Worldviews::read(&borders)?;
        Ok(borders)
    }

    /// All atoms, in the order of their ids.
    #[must_use]
    pub fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// The atom of that code.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<AreaId> {
        let place = self.by_code.binary_search_by(|id| self.areas[id.index()].code.as_str().cmp(code));
        place.ok().map(|place| self.by_code[place])
    }

    /// The destination of that code: an area that some worldview maps an atom to, the sea (`XZ`) among them.
    /// A disputed unit that only counts as its claimants' is none, so no question can name it.
    #[must_use]
    pub fn find_destination(&self, code: &str) -> Option<AreaId> {
        self.find(code).filter(|area| self.worldviews.has_destination(*area))
    }

    /// The code of an atom.
    #[must_use]
    pub fn code(&self, area: AreaId) -> &str {
        self.areas.get(area.index()).map_or("?", |area| area.code.as_str())
    }

    /// The codes of a set, in alphabetical order.
    #[must_use]
    pub fn codes(&self, areas: &AreaSet) -> Vec<&str> {
        self.by_code.iter().filter(|id| areas.contains(**id)).map(|id| self.code(*id)).collect()
    }

    /// Which destinations an atom counts as. The sea counts as itself.
    #[must_use]
    pub fn destinations(&self, worldview: WorldviewId, atom: AreaId) -> AreaSet {
        self.worldviews.destinations(worldview, atom)
    }

    /// The atom that a point lies in; on a border, either side.
    #[must_use]
    pub fn area_at(&self, point: Point) -> AreaId {
        self.index.area(ellipsoid::direction(point))
    }

    /// The atoms that a region touches. Grow the region by [`BORDER_ERROR_M`] first where truth depends on
    /// the answer.
    #[must_use]
    pub fn touched(&self, region: &Region) -> AreaSet {
        touch::areas(&self.index, region)
    }

    /// Whether a region has water farther than a distance from all land.
    #[must_use]
    pub fn reaches_beyond_coast(&self, region: &Region, band: Metres) -> bool {
        sea::reaches_beyond(&self.index, region, band)
    }

    /// The least angle from a direction to a place in one of the areas, in radians.
    #[must_use]
    pub fn nearest_rad(&self, from: Direction, areas: &AreaSet) -> f64 {
        nearest::angle_rad(&self.index, from, areas)
    }

    /// All border lines, for maps.
    pub fn chains() -> impl Iterator<Item = Chain> {
        let mut chains = Chains::open(PACKED).ok();
        let mut points = Vec::new();
        core::iter::from_fn(move || {
            let (left, right) = chains.as_mut()?.next(&mut points).ok()??;
            let points = points.iter().filter_map(|&(lon, lat)| chain::point(lon, lat).ok()).collect();
            Some(Chain { left, right, points })
        })
    }
}
