//! The words of a location verdict: what a relying party is told, in whole numbers, rounded outward.

use alloc::vec::Vec;

use crate::area::AreaSet;
use crate::landmark::LandmarkId;
use crate::light::{FibreIndex, LightMode};
use crate::point::Point;
use crate::question::{Finding, Question};
use crate::region::Extent;
use crate::worldview::WorldviewId;

/// The engine that made a verdict; another one may only agree with it or say that it differs.
pub const ENGINE: &str = concat!("lightcone-core/", env!("CARGO_PKG_VERSION"));

/// What a set of round trips says about a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Light mode that the bounds rest on.
    pub mode: LightMode,
    /// How many trust groups may lie.
    pub liars: u32,
    /// How many trust groups measured freshly enough.
    pub groups: u32,
    /// How many landmarks measured freshly enough.
    pub landmarks: u32,
    /// How atoms are mapped to destinations.
    pub worldview: WorldviewId,
    /// Whether 12 nautical miles of sea count as the coast's.
    pub territorial_sea: bool,
    /// What the answers rest on besides physics; each is printed with them.
    pub assumptions: Vec<Assumption>,
    /// Whether the region is empty, bounded or everything; none when too few groups measured.
    pub extent: Option<Extent>,
    /// The region in numbers; none unless it is bounded.
    pub summary: Option<Summary>,
    /// The landmarks whose bounds make the region's boundary, smallest first: its short proof.
    pub binding: Vec<Disk>,
    /// Every atom that the region touches, the sea among them.
    pub touched: AreaSet,
    /// The least number of lying groups that leaves a place; one or more is a security event.
    pub least_liars: u32,
    /// Landmarks that contradict all of the region (or, when it is empty, all of the region that the least
    /// number of liars leaves), in the mesh's order. Where every landmark agrees with some of it and every two
    /// with each other, a smallest set of landmarks that no place fits all of.
    pub contradicted: Vec<LandmarkId>,
    /// Landmarks that bind the region and agree with next to none of it: a hint whom to doubt, never a
    /// ground for a finding. Empty unless it was asked for.
    pub doubted: Vec<Doubt>,
    /// Pairs of landmarks whose bounds cannot both be true, worst first; at most [`CONFLICTS_MAX`].
    pub conflicts: Vec<Conflict>,
    /// The answers, one for each question, in their order.
    pub answers: Vec<Answer>,
}

/// The most conflicts that a verdict lists.
pub const CONFLICTS_MAX: usize = 16;

/// A bounded region in numbers, rounded outward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Area in square metres.
    pub area_m2: u64,
    /// Centre of mass.
    pub centroid: Point,
    /// No place of the region is farther from the centre of mass than this, in metres.
    pub radius_m: u64,
}

/// A landmark's bound: within so many metres of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disk {
    /// Whose bound.
    pub landmark: LandmarkId,
    /// Its middle.
    pub centre: Point,
    /// Its radius along the surface, in metres, all errors included.
    pub radius_m: u64,
}

/// A landmark whose bound holds less than this share of the region, in parts per million, is doubted. An
/// honest landmark near enough to bind holds a good part; a liar's bound just grazes the place where the
/// chip is. The line is drawn from few known liars, which is why it is a hint.
pub const DOUBTED_BELOW_PPM: u32 = 10_000;

/// A landmark at odds with the region that it helps to bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Which landmark.
    pub landmark: LandmarkId,
    /// The share of the region's area that its bound holds, in parts per million, rounded up.
    pub share_ppm: u32,
}

/// Two landmarks of which at least one is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// One landmark.
    pub first: LandmarkId,
    /// The other.
    pub second: LandmarkId,
    /// The gap between their bounds, in metres.
    pub gap_m: u64,
}

/// Something that an answer takes for granted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Assumption {
    /// No landmark lies (`f = 0`).
    EveryLandmarkHonest,
    /// No trust groups were given: each landmark counts as one.
    EachLandmarkItsOwnGroup,
    /// All signals travel in glass of this refractive index.
    Fibre(FibreIndex),
    /// The chip is not at sea.
    OnLand,
}

/// A question with its finding and what led to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What was asked.
    pub question: Question,
    /// What was found.
    pub finding: Finding,
    /// Why, for machines and people.
    pub reasons: Vec<Reason>,
    /// The largest number of lying groups for which the finding is the same; none for a finding that says
    /// nothing for certain, or when it was not asked for.
    pub holds_up_to_liars: Option<u32>,
    /// What would settle an inconclusive answer; empty otherwise, or when it was not asked for.
    pub settled_by: Vec<Settlement>,
}

/// Why a finding is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The region touches none of the areas asked about.
    TouchesNone,
    /// The region touches nothing but these.
    TouchesOnly(AreaSet),
    /// The region touches these, which stand against the answer.
    Touches(AreaSet),
    /// The region reaches the open sea, which is in no area.
    ReachesSea,
    /// The claimed place is within the region, or within its tolerance of it.
    ClaimWithin,
    /// The claimed place is at least so many metres outside the region.
    ClaimBeyond {
        /// Distance in metres, rounded down.
        distance_m: u64,
    },
    /// No place is within the bounds of all but `liars` groups; this many must lie.
    NoPlaceFits {
        /// The least number of lying groups that leaves a place.
        least_liars: u32,
    },
    /// Fewer trust groups measured than could lie, and one more.
    TooFewGroups {
        /// Groups that measured freshly enough.
        groups: u32,
        /// Groups that are needed.
        needed: u32,
    },
    /// Every measurement is older than allowed.
    TooOld {
        /// How many were dropped for their age.
        dropped: u32,
    },
    /// The finding does not survive one more lying group.
    Fragile,
}

impl Reason {
    /// Its code in files and on the wire.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TouchesNone => "TOUCHES_NONE",
            Self::TouchesOnly(_) => "TOUCHES_ONLY",
            Self::Touches(_) => "TOUCHES",
            Self::ReachesSea => "REACHES_SEA",
            Self::ClaimWithin => "CLAIM_WITHIN",
            Self::ClaimBeyond { .. } => "CLAIM_BEYOND",
            Self::NoPlaceFits { .. } => "NO_PLACE_FITS",
            Self::TooFewGroups { .. } => "TOO_FEW_GROUPS",
            Self::TooOld { .. } => "TOO_OLD",
            Self::Fragile => "FRAGILE",
        }
    }
}

/// A measurement that would settle the question, if it came out so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// A landmark that is there already measures a round trip below this.
    RoundTripBelow {
        /// Which landmark.
        landmark: LandmarkId,
        /// The round trip in nanoseconds.
        rtt_ns: u64,
        /// Trust groups that must each deliver such a bound: one more than may lie.
        groups: u32,
    },
    /// A landmark at this place measures a round trip below this.
    LandmarkAt {
        /// Where.
        point: Point,
        /// The round trip in nanoseconds, with a position error of zero.
        rtt_ns: u64,
        /// Trust groups that must each deliver such a bound: one more than may lie.
        groups: u32,
    },
}
