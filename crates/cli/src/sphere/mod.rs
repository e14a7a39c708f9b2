//! Shapes on the sphere made flat: boundaries followed, cut at an edge and joined again, for maps and
//! GeoJSON. Pictures, not proofs: nothing here feeds a finding.

mod antimeridian;
mod circle;
mod outline;
mod weave;

use lightcone_core::Direction;

pub(crate) use antimeridian::{Polygon, polygons};
pub(crate) use circle::Circle;
pub(crate) use outline::{of_cap, of_region};

/// A set of places by its boundary: loops with the set on their left.
pub(crate) struct Shape<'a> {
    /// Closed loops; the last point is joined to the first.
    pub(crate) loops: Vec<Vec<Direction>>,
    /// Whether a place that is on no loop belongs to the set.
    pub(crate) contains: Box<dyn Fn(Direction) -> bool + 'a>,
}
