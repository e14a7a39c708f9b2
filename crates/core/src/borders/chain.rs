//! Border polylines, and the packed file that they come from (layout: `data/README.md`).

use alloc::vec::Vec;

use super::CorruptBorders;
use crate::area::AreaId;
use crate::direction::Direction;
use crate::ellipsoid;
use crate::point::Point;

/// A polyline of border with the same area on its left, and on its right, all along.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The area on the left hand when walking from the first point to the last.
    pub left: AreaId,
    /// The area on the right hand.
    pub right: AreaId,
    /// The points; straight lines of longitude and latitude run between them.
    pub points: Vec<Point>,
}

const MAGIC: &[u8; 8] = b"LCBORD01";
/// Lines between points are straight in longitude and latitude. Cut into pieces of this many degrees they
/// stay within ten metres of a great circle.
const PIECE_DEG: f64 = 0.25;

/// Reads chain after chain from the packed file.
pub(super) struct Chains<'a> {
    bytes: &'a [u8],
    grid: Grid,
    areas: u16,
    left: u32,
}

#[derive(Clone, Copy)]
struct Grid {
    lon_scale: f64,
    lon_offset: f64,
    lat_scale: f64,
    lat_offset: f64,
}

impl<'a> Chains<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, CorruptBorders> {
        let mut chains = Self {
            bytes,
            grid: Grid { lon_scale: 0.0, lon_offset: 0.0, lat_scale: 0.0, lat_offset: 0.0 },
            areas: 0,
            left: 0,
        };
        if chains.take::<8>()? != *MAGIC {
            return Err(CorruptBorders::Magic);
        }
        chains.grid.lon_scale = f64::from_le_bytes(chains.take()?);
        chains.grid.lon_offset = f64::from_le_bytes(chains.take()?);
        chains.grid.lat_scale = f64::from_le_bytes(chains.take()?);
        chains.grid.lat_offset = f64::from_le_bytes(chains.take()?);
        chains.areas = u16::from_le_bytes(chains.take()?);
        chains.left = u32::from_le_bytes(chains.take()?);
        Ok(chains)
    }

    /// How many atoms the file speaks of.
    pub(super) const fn areas(&self) -> u16 {
        self.areas
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], CorruptBorders> {
        let (head, rest) = self.bytes.split_first_chunk::<N>().ok_or(CorruptBorders::Short)?;
        self.bytes = rest;
        Ok(*head)
    }

    fn varint(&mut self) -> Result<u64, CorruptBorders> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.take()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(CorruptBorders::Short)
    }

    fn signed(&mut self) -> Result<i64, CorruptBorders> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn side(&mut self) -> Result<AreaId, CorruptBorders> {
        let index = u16::from_le_bytes(self.take()?);
        AreaId::new(usize::from(index)).filter(|_| index < self.areas).ok_or(CorruptBorders::Side { index })
    }

    /// The next chain: its sides, and its points as (longitude, latitude) in degrees.
    pub(super) fn next(
        &mut self,
        points: &mut Vec<(f64, f64)>,
    ) -> Result<Option<(AreaId, AreaId)>, CorruptBorders> {
        points.clear();
        if self.left == 0 {
            return if self.bytes.is_empty() { Ok(None) } else { Err(CorruptBorders::Short) };
        }
        self.left -= 1;
        let sides = (self.side()?, self.side()?);
        let (mut x, mut y) = (0, 0);
        for _ in 0..self.varint()? {
            (x, y) = (x + self.signed()?, y + self.signed()?);
            let lon = self.grid.lon_offset + self.grid.lon_scale * x as f64;
            let lat = self.grid.lat_offset + self.grid.lat_scale * y as f64;
            points.push((lon, lat));
        }
        Ok(Some(sides))
    }
}

/// Appends the directions of a chain's points, long lines cut into pieces.
pub(super) fn trace(points: &[(f64, f64)], directions: &mut Vec<Direction>) -> Result<(), CorruptBorders> {
    let at = |lon: f64, lat: f64| point(lon, lat).map(ellipsoid::direction);
    for pair in points.windows(2) {
        let ((lon, lat), (east, north)) = (pair[0], (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1));
        let pieces = libm::ceil(east.abs().max(north.abs()) / PIECE_DEG).max(1.0) as u32;
        for piece in 0..pieces {
            let share = f64::from(piece) / f64::from(pieces);
            directions.push(at(lon + east * share, lat + north * share)?);
        }
    }
    if let Some(&(lon, lat)) = points.last() {
        directions.push(at(lon, lat)?);
    }
    Ok(())
}

/// A point of the grid. The last column is a hair beyond 180°, which rounding put there.
pub(super) fn point(lon: f64, lat: f64) -> Result<Point, CorruptBorders> {
    const HAIR: f64 = 1e-6;
    let clip =
        |value: f64, limit: f64| if value.abs() <= limit + HAIR { value.clamp(-limit, limit) } else { value };
    Point::from_degrees(clip(lat, 90.0), clip(lon, 180.0)).map_err(|_| CorruptBorders::Point)
}
