//! Coasts and borders, no finer than the map can show.

use std::collections::HashMap;

use lightcone_core::{AreaId, AreaSet, Borders, Direction, ellipsoid};

use super::view::View;
use crate::sphere::Shape;

/// Points nearer together than this, in units of paper, are one.
const MERGED_UNITS: f64 = 0.35;
/// Beyond the map, points nearer together than this share of their distance from it are one: no line between
/// two that are kept can come back onto the map.
const MERGED_BEYOND: f64 = 0.2;

/// Border lines as a view shows them.
pub(crate) struct Land {
    lines: Vec<Line>,
}

struct Line {
    left: AreaId,
    right: AreaId,
    points: Vec<Direction>,
    shown: bool,
}

impl Land {
    /// Reads all borders.
    pub(crate) fn new(view: &View) -> Self {
        let lines = Borders::chains().map(|chain| {
            let directions = chain.points.iter().map(|&point| ellipsoid::direction(point));
            let (points, shown) = thinned(view, directions);
            Line { left: chain.left, right: chain.right, points, shown }
        });
        Self { lines: lines.collect() }
    }

    /// The lines between land and sea, or those between two areas of land.
    pub(crate) fn lines(&self, coast: bool) -> impl Iterator<Item = &[Direction]> {
        let is_coast = |line: &Line| (line.left == AreaId::SEA) != (line.right == AreaId::SEA);
        let lines = self.lines.iter().filter(move |line| line.shown && is_coast(line) == coast);
        lines.map(|line| line.points.as_slice())
    }

    /// The areas that have a line on the map.
    pub(crate) fn shown(&self) -> AreaSet {
        let lines = self.lines.iter().filter(|line| line.shown);
        let mut areas: AreaSet = lines.flat_map(|line| [line.left, line.right]).collect();
        areas.remove(AreaId::SEA);
        areas
    }

    /// A set of areas as a shape.
    pub(crate) fn shape<'a>(&self, borders: &'a Borders, areas: AreaSet) -> Shape<'a> {
        let contains = move |direction| areas.contains(borders.area_at(ellipsoid::point(direction)));
        Shape { loops: self.loops(&areas), contains: Box::new(contains) }
    }

    /// The boundary of a set, the set on the left, joined end to end.
    fn loops(&self, areas: &AreaSet) -> Vec<Vec<Direction>> {
        let mut open: Vec<Option<Vec<Direction>>> = Vec::new();
        let mut begins: HashMap<[i64; 3], Vec<usize>> = HashMap::new();
        for line in &self.lines {
            let points = match (areas.contains(line.left), areas.contains(line.right)) {
                (true, false) => line.points.clone(),
                (false, true) => line.points.iter().rev().copied().collect(),
                _ => continue,
            };
            begins.entry(key(points[0])).or_default().push(open.len());
            open.push(Some(points));
        }
        let mut loops = Vec::new();
        for first in 0..open.len() {
            let Some(mut ring) = open[first].take() else { continue };
            while let Some(next) = ring.last().and_then(|end| {
                let next = begins.get(&key(*end))?.iter().copied().find(|&index| open[index].is_some())?;
                open[next].take()
            }) {
                ring.extend(next);
            }
            loops.push(ring);
        }
        loops
    }
}

/// A place to within a metre, the same on either side of the antimeridian.
fn key(direction: Direction) -> [i64; 3] {
    let vector = direction.vector();
    [vector.x, vector.y, vector.z].map(|value| (value * 1e7).round() as i64)
}

/// The points that a map needs, and whether any of them is on it.
fn thinned(view: &View, points: impl Iterator<Item = Direction>) -> (Vec<Direction>, bool) {
    let finest = view.unit_rad() * MERGED_UNITS;
    let mut kept: Vec<Direction> = Vec::new();
    let (mut shown, mut skipped) = (false, None);
    for point in points {
        let beyond = (view.centre().angle_to(point) - view.radius_rad()).max(0.0);
        shown |= beyond == 0.0;
        let merged = finest + MERGED_BEYOND * beyond;
        if kept.last().is_none_or(|last| last.angle_to(point) >= merged) {
            kept.push(point);
            skipped = None;
        } else {
            skipped = Some(point);
        }
    }
    kept.extend(skipped);
    (kept, shown)
}
