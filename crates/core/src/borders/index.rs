//! The index: a tree of cells on each face, down to cells with a handful of edges.

use alloc::vec::Vec;

use super::face::{Face, Spot, Tile, turn};
use crate::area::{AreaId, AreaSet};
use crate::direction::{Direction, Vector};

/// A cell with no more edges than this is not divided.
const EDGES_PER_LEAF: usize = 12;
/// Cells are divided at most so often: down to some 150 m.
const DEPTH_MAX: u32 = 16;

/// A piece of border: a great circle from one vertex to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) from: u32,
    pub(super) left: AreaId,
    pub(super) right: AreaId,
}

/// A cell of the tree with the cap around it.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) centre: Vector,
    /// Cosine and sine of the cap's angular radius.
    pub(super) cos: f64,
    pub(super) sin: f64,
    /// Every area that the cell touches.
    pub(super) areas: AreaSet,
    pub(super) inside: Inside,
}

/// What a cell holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Inside {
    /// Four cells, from this position.
    Cells(u32),
    /// Edges, from this position in the list and so many; none: all of one area.
    Edges(u32, u32),
}

/// All edges of all borders, and the tree over them.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) vertices: Vec<Direction>,
    pub(super) edges: Vec<Edge>,
    /// Edges of the leaves, leaf after leaf.
    pub(super) listed: Vec<u32>,
    /// The six faces first, then fours of cells.
    pub(super) cells: Vec<Cell>,
}

impl Index {
    /// Builds the tree. `edges` must form closed curves with consistent sides.
    pub(super) fn build(vertices: Vec<Direction>, edges: Vec<Edge>) -> Self {
        let mut index = Self { vertices, edges, listed: Vec::new(), cells: Vec::new() };
        for face in Face::ALL {
            index.cells.push(blank(face, &Tile::WHOLE));
        }
        for face in Face::ALL {
            let spots: Vec<Line> =
                (0..index.edges.len() as u32).filter_map(|edge| index.line(face, edge)).collect();
            let lines: Vec<Line> =
                spots.into_iter().filter(|line| Tile::WHOLE.meets(line.a, line.b)).collect();
            index.divide(face, face.index(), Tile::WHOLE, lines, 0);
        }
        index
    }

    /// An edge as seen on a face.
    fn line(&self, face: Face, edge: u32) -> Option<Line> {
        let from = self.edges[edge as usize].from as usize;
        let (a, b) = (face.project(self.vertices[from])?, face.project(self.vertices[from + 1])?);
        Some(Line { edge, a, b })
    }

    fn divide(&mut self, face: Face, cell: usize, tile: Tile, lines: Vec<Line>, depth: u32) {
        if lines.len() <= EDGES_PER_LEAF || depth == DEPTH_MAX {
            let from = self.listed.len() as u32;
            self.listed.extend(lines.iter().map(|line| line.edge));
            self.cells[cell].inside = Inside::Edges(from, lines.len() as u32);
            self.cells[cell].areas = self.cells[cell].areas.union(self.sides(&lines));
            return;
        }
        let first = self.cells.len();
        self.cells[cell].inside = Inside::Cells(first as u32);
        let quarters = tile.quarters();
        for quarter in &quarters {
            self.cells.push(blank(face, quarter));
        }
        let mut areas = AreaSet::EMPTY;
        for (place, quarter) in quarters.iter().enumerate() {
            let own: Vec<Line> = lines.iter().filter(|line| quarter.meets(line.a, line.b)).copied().collect();
            if own.is_empty() {
                let area = self.area_at(&lines, &tile, quarter.centre());
                self.cells[first + place].areas = area.map_or(AreaSet::EMPTY, AreaSet::of);
            }
            self.divide(face, first + place, *quarter, own, depth + 1);
            areas = areas.union(self.cells[first + place].areas);
        }
        self.cells[cell].areas = areas;
    }

    fn sides(&self, lines: &[Line]) -> AreaSet {
        let sides = |line: &Line| {
            let edge = &self.edges[line.edge as usize];
            [edge.left, edge.right]
        };
        lines.iter().flat_map(sides).collect()
    }

    /// The area that a direction lies in; on a border, either side.
    pub(super) fn area(&self, direction: Direction) -> AreaId {
        let face = Face::of(direction);
        let Some(spot) = face.project(direction) else { return AreaId::SEA };
        let (mut cell, mut tile) = (&self.cells[face.index()], Tile::WHOLE);
        loop {
            match cell.inside {
                Inside::Cells(first) => {
                    let quarter = tile.quarter_of(spot);
                    cell = &self.cells[first as usize + quarter];
                    tile = tile.quarters()[quarter];
                }
                Inside::Edges(_, 0) => return cell.areas.iter().next().unwrap_or(AreaId::SEA),
                Inside::Edges(from, count) => {
                    let listed = &self.listed[from as usize..(from + count) as usize];
                    let lines: Vec<Line> = listed.iter().filter_map(|edge| self.line(face, *edge)).collect();
                    return self.area_at(&lines, &tile, spot).unwrap_or(AreaId::SEA);
                }
            }
        }
    }

    /// The area at a spot of a tile that the given lines cross: walk straight to a point of some line; the
    /// first line met on the way shows the spot the side that it is on. A walk that passes a corner, where
    /// rounding could miss a line, is tried again towards another line.
    fn area_at(&self, lines: &[Line], tile: &Tile, spot: Spot) -> Option<AreaId> {
        let mut doubtful = None;
        for goal in lines.iter().filter_map(|line| tile.middle_of(line.a, line.b)) {
            let Some(met) = first_met(lines, spot, goal) else { continue };
            let edge = &self.edges[met.line.edge as usize];
            let area = if turn(met.line.a, met.line.b, spot) > 0.0 { edge.left } else { edge.right };
            if met.clear {
                return Some(area);
            }
            doubtful = doubtful.or(Some(area));
        }
        doubtful
    }
}

/// An edge on a face.
#[derive(Clone, Copy, Debug)]
struct Line {
    edge: u32,
    a: Spot,
    b: Spot,
}

/// The first line on a walk, and whether the walk kept clear of corners.
struct Met {
    line: Line,
    clear: bool,
}

/// Nearer than this share of a line to its end, a crossing may belong to the next line.
const CORNER: f64 = 1e-7;

fn first_met(lines: &[Line], from: Spot, goal: Spot) -> Option<Met> {
    let mut nearest = f64::INFINITY;
    let mut met: Option<Met> = None;
    for line in lines {
        let (start, end) = (turn(line.a, line.b, from), turn(line.a, line.b, goal));
        let along = (turn(from, goal, line.a), turn(from, goal, line.b));
        if start == end || along.0 == along.1 {
            continue; // parallel
        }
        let walked = start / (start - end);
        let share = along.0 / (along.0 - along.1);
        let within = (-CORNER..=1.0 + CORNER).contains(&share) && (-CORNER..=1.0 + CORNER).contains(&walked);
        if within && walked < nearest {
            nearest = walked;
            met = Some(Met { line: *line, clear: share > CORNER && share < 1.0 - CORNER });
        }
    }
    met
}

fn blank(face: Face, tile: &Tile) -> Cell {
    let centre = face.direction(tile.centre());
    // A hair larger than the farthest corner: great-circle sides bulge nowhere beyond it.
    let versine = tile
        .corners()
        .map(|corner| face.direction(corner).versine_to(centre))
        .into_iter()
        .fold(0.0, f64::max);
    let versine = versine * (1.0 + 1e-12) + 1e-15;
    let sin = libm::sqrt(versine * (2.0 - versine));
    Cell {
        centre: centre.vector(),
        cos: 1.0 - versine,
        sin,
        areas: AreaSet::EMPTY,
        inside: Inside::Edges(0, 0),
    }
}
