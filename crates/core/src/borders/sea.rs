//! Whether a region has water beyond a band along the coasts.

use super::face::{Face, Tile};
use super::index::Index;
use super::nearest;
use crate::area::{AREAS_MAX, AreaId, AreaSet};
use crate::ellipsoid::B_M;
use crate::region::Region;
use crate::units::Metres;

/// Cells smaller than this, as an angle (some 250 m), are not divided: what is undecided then counts as
/// water beyond the band.
const FINEST_RAD: f64 = 4e-5;

/// Whether some place of the region is water and farther than the band from all land.
pub(super) fn reaches_beyond(index: &Index, region: &Region, band: Metres) -> bool {
    let land: AreaSet = (1..AREAS_MAX).filter_map(AreaId::new).collect();
    let search = Search { index, region, land, band_rad: band.get() / B_M };
    Face::ALL.into_iter().any(|face| search.beyond(face, Tile::WHOLE))
}

struct Search<'a> {
    index: &'a Index,
    region: &'a Region,
    land: AreaSet,
    band_rad: f64,
}

impl Search<'_> {
    fn beyond(&self, face: Face, tile: Tile) -> bool {
        let centre = face.direction(tile.centre());
        let corners = tile.corners().map(|corner| face.direction(corner).angle_to(centre));
        let radius = corners.into_iter().fold(0.0, f64::max) * (1.0 + 1e-9);
        let may_hold =
            |cap: &crate::cap::Cap| cap.centre().angle_to(centre) <= cap.radius_rad() + radius + 1e-9;
        if !self.region.holds(may_hold) {
            return false;
        }
        let to_land = nearest::angle_rad(self.index, centre, &self.land);
        if to_land + radius <= self.band_rad {
            return false; // all of it is land or near it
        }
        if to_land > self.band_rad && self.region.contains(centre) || radius < FINEST_RAD {
            return true;
        }
        tile.quarters().into_iter().any(|quarter| self.beyond(face, quarter))
    }
}
