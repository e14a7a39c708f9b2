//! The proven region: every place that at least `G − f` of `G` trust groups allow.
//!
//! A group allows a place when the caps of *all* its landmarks hold it. With at most `f` groups lying too
//! near, the chip is in the region; a liar that adds delay only widens its own cap. The boundary is made of
//! exact arcs of the caps' rims, found by one sweep around each rim; nothing is sampled.

mod arc;
mod evidence;
mod measure;
mod outline;
mod select;
mod sweep;

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

pub use arc::{Arc, Rim};
pub use evidence::{Evidence, NoRegion, TooFewGroups};
pub use outline::Loop;

use crate::cap::Cap;
use crate::direction::Direction;
use crate::landmark::{GroupId, LandmarkId};
use crate::stop::{Stop, Stopped};

/// One landmark's bound within a region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// Whose bound.
    pub landmark: LandmarkId,
    /// Who could lie together with it.
    pub group: GroupId,
    /// Where the chip can be if it is true.
    pub cap: Cap,
}

/// What a region covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// No place fits.
    Empty,
    /// Some places fit; the boundary has at least one arc.
    Bounded,
    /// Every place on Earth fits.
    Whole,
}

/// All places that at most `liars` trust groups exclude.
#[derive(Clone, Debug)]
pub struct Region {
    /// The bounds that matter, smallest cap first. Every other bound holds wherever few enough of these fail.
    bounds: Vec<Bound>,
    /// One for each bound.
    rims: Vec<Rim>,
    arcs: Vec<Arc>,
    liars: u32,
    extent: Extent,
}

impl Region {
    /// The region of bounds with at most `liars` lying groups.
    pub(crate) fn of(bounds: Vec<Bound>, liars: u32, stop: Stop<'_>) -> Result<Self, Stopped> {
        let rims: Vec<Rim> = bounds.iter().map(|bound| Rim::of(&bound.cap)).collect();
        let arcs = sweep::boundary(&bounds, &rims, liars, stop)?;
        let mut region = Self { bounds, rims, arcs, liars, extent: Extent::Bounded };
        if region.arcs.is_empty() {
            // Without a boundary every place is as good as any other.
            let anywhere = region.bounds.first().map_or(Direction::NORTH, |bound| bound.cap.centre());
            region.extent = if region.contains(anywhere) { Extent::Whole } else { Extent::Empty };
        }
        Ok(region)
    }

    /// The part of the region that one bound holds: the same bounds, with that one's word borne by one group
    /// more than may lie.
    pub(crate) fn within(&self, bound: &Bound, stop: Stop<'_>) -> Result<Self, Stopped> {
        let sworn = (0..=self.liars).map(|number| Bound { group: GroupId(u32::MAX - number), ..*bound });
        Self::of(self.bounds.iter().copied().chain(sworn).collect(), self.liars, stop)
    }

    /// Whether it is empty, bounded or everything.
    #[must_use]
    pub const fn extent(&self) -> Extent {
        self.extent
    }

    /// Whether no place fits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.extent == Extent::Empty
    }

    /// How many groups may lie.
    #[must_use]
    pub const fn liars(&self) -> u32 {
        self.liars
    }

    /// The bounds that matter, smallest cap first.
    #[must_use]
    pub fn bounds(&self) -> &[Bound] {
        &self.bounds
    }

    /// The boundary: arcs with the region on their left, in a fixed order.
    #[must_use]
    pub fn arcs(&self) -> &[Arc] {
        &self.arcs
    }

    /// The rim that an arc is a part of.
    #[must_use]
    pub fn rim(&self, arc: &Arc) -> &Rim {
        &self.rims[arc.bound]
    }

    /// The landmarks whose rims bound the region, smallest cap first: the short proof of it.
    pub fn binding(&self) -> impl Iterator<Item = &Bound> {
        let mut last = None;
        self.arcs.iter().filter_map(move |arc| {
            let first = last != Some(arc.bound);
            last = Some(arc.bound);
            first.then(|| &self.bounds[arc.bound])
        })
    }

    /// Whether a direction is in the region.
    #[must_use]
    pub fn contains(&self, direction: Direction) -> bool {
        self.holds(|cap| cap.contains(direction))
    }

    /// Whether at most `liars` groups have a cap that fails a test.
    pub(crate) fn holds(&self, test: impl Fn(&Cap) -> bool) -> bool {
        if self.liars == 0 {
            return self.bounds.iter().all(|bound| test(&bound.cap));
        }
        let mut failed: BTreeSet<GroupId> = BTreeSet::new();
        for bound in self.bounds.iter().filter(|bound| !test(&bound.cap)) {
            failed.insert(bound.group);
            if failed.len() > self.liars as usize {
                return false;
            }
        }
        true
    }
}
