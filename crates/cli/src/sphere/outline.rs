//! The boundary of a region or cap as loops of points.

use std::f64::consts::TAU;

use lightcone_core::region::{Arc, Rim};
use lightcone_core::{Cap, Direction, Region};

use super::Shape;

/// Azimuth between two points of an arc, at most: the chord is then within 0.004 % of the arc.
const STEP_RAD: f64 = TAU / 360.0;
/// Points of an arc, at least: the thinnest sliver is still a shape.
const STEPS_MIN: f64 = 6.0;

/// The outline of a region.
pub(crate) fn of_region(region: &Region) -> Shape<'_> {
    let arcs = region.arcs();
    let mut taken = vec![false; arcs.len()];
    let mut loops = Vec::new();
    for first in 0..arcs.len() {
        if !taken[first] {
            loops.push(follow(region, first, &mut taken));
        }
    }
    Shape { loops, contains: Box::new(|direction| region.contains(direction)) }
}

/// The outline of a cap.
pub(crate) fn of_cap(cap: &Cap) -> Shape<'_> {
    let (u, v) = cap.centre().frame();
    let steps = (TAU / STEP_RAD).round() as u32;
    let rim = (0..steps).filter_map(|step| {
        let (sin, cos) = (TAU * f64::from(step) / f64::from(steps)).sin_cos();
        (cap.centre().vector() * cap.cosine() + (u * cos + v * sin) * cap.sine()).direction()
    });
    let loops = if cap.is_whole() { Vec::new() } else { vec![rim.collect()] };
    Shape { loops, contains: Box::new(|direction| cap.contains(direction)) }
}

/// The loop that begins with an arc: each arc is followed by the one that begins nearest to its end.
fn follow(region: &Region, first: usize, taken: &mut [bool]) -> Vec<Direction> {
    let arcs = region.arcs();
    let mut points = Vec::new();
    let mut current = first;
    loop {
        taken[current] = true;
        let arc = &arcs[current];
        sample(arc, region.rim(arc), &mut points);
        if arc.is_whole() {
            return points;
        }
        let end = region.rim(arc).at(arc.along(1.0));
        let gap = |index: usize| region.rim(&arcs[index]).at(arcs[index].along(0.0)).versine_to(end);
        let open = (0..arcs.len()).filter(|&index| !taken[index] || index == first);
        match open.min_by(|&a, &b| gap(a).total_cmp(&gap(b))) {
            Some(next) if next != first => current = next,
            _ => return points,
        }
    }
}

/// The points of an arc, its start included and its end left to the next arc.
fn sample(arc: &Arc, rim: &Rim, points: &mut Vec<Direction>) {
    let steps = (arc.span_rad() / STEP_RAD).ceil().max(STEPS_MIN) as u32;
    points.extend((0..steps).map(|step| rim.at(arc.along(f64::from(step) / f64::from(steps)))));
}
