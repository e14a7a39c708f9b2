//! Areas: the atoms that borders divide the Earth into, and sets of them.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// The most atoms that a border file may have.
pub const AREAS_MAX: usize = 320;
const WORDS: usize = AREAS_MAX / 64;

/// An atom of the map: an ISO 3166-1 area, a disputed unit with a name of its own, or the sea.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// ISO 3166-1 alpha-2 code; three characters beginning with X for a disputed unit; `XZ` for the sea.
    pub code: String,
    /// English name.
    pub name: String,
    /// What it is.
    pub kind: AreaKind,
    /// Who administers it: codes of ISO areas.
    pub administered_by: Vec<String>,
    /// Every state that claims it: codes of ISO areas.
    pub claimants: Vec<String>,
}

/// What an atom is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AreaKind {
    /// Water outside every area.
    Sea,
    /// An ISO 3166-1 area.
    Iso,
    /// Land that more than one state claims, kept apart.
    Disputed,
}

/// Position of an atom in the border file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaId(u16);

impl AreaId {
    /// The sea, `XZ`: every water outside all areas.
    pub const SEA: Self = Self(0);

    /// The atom at a position, if there can be one.
    #[must_use]
    pub const fn new(index: usize) -> Option<Self> {
        if index < AREAS_MAX { Some(Self(index as u16)) } else { None }
    }

    /// The position, from zero.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A set of areas.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct AreaSet([u64; WORDS]);

impl AreaSet {
    /// No area.
    pub const EMPTY: Self = Self([0; WORDS]);

    /// One area.
    #[must_use]
    pub const fn of(area: AreaId) -> Self {
        let mut words = [0; WORDS];
        words[area.index() / 64] = 1 << (area.index() % 64);
        Self(words)
    }

    /// Adds an area.
    pub const fn insert(&mut self, area: AreaId) {
        self.0[area.index() / 64] |= 1 << (area.index() % 64);
    }

    /// Takes an area out.
    pub const fn remove(&mut self, area: AreaId) {
        self.0[area.index() / 64] &= !(1 << (area.index() % 64));
    }

    /// Whether an area is in it.
    #[must_use]
    pub const fn contains(&self, area: AreaId) -> bool {
        self.0[area.index() / 64] >> (area.index() % 64) & 1 == 1
    }

    /// Both sets together.
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
        self
    }

    /// What both have.
    #[must_use]
    pub fn intersection(mut self, other: Self) -> Self {
        for (word, also) in self.0.iter_mut().zip(other.0) {
            *word &= also;
        }
        self
    }

    /// What the other does not have.
    #[must_use]
    pub fn without(mut self, other: Self) -> Self {
        for (word, less) in self.0.iter_mut().zip(other.0) {
            *word &= !less;
        }
        self
    }

    /// Whether the other has all of it.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).all(|(word, all)| word & !all == 0)
    }

    /// Whether both have an area in common.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).any(|(word, also)| word & also != 0)
    }

    /// Whether no area is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// How many areas are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The areas in the order of the border file.
    pub fn iter(&self) -> impl Iterator<Item = AreaId> + use<> {
        let words = self.0;
        (0..AREAS_MAX).filter(move |index| words[index / 64] >> (index % 64) & 1 == 1).filter_map(AreaId::new)
    }
}

impl FromIterator<AreaId> for AreaSet {
    fn from_iter<I: IntoIterator<Item = AreaId>>(areas: I) -> Self {
        areas.into_iter().fold(Self::EMPTY, |set, area| set.union(Self::of(area)))
    }
}

impl fmt::Debug for AreaSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(AreaId::index)).finish()
    }
}
