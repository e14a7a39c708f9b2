//! The sweep around each rim: where exactly as many groups fail as may lie, the rim bounds the region.
//!
//! Rims that coincide are told apart by treating the later cap as the larger by nothing at all, so each
//! boundary is counted once.

use alloc::vec;
use alloc::vec::Vec;

use super::Bound;
use super::arc::{Arc, Rim, Turn};
use crate::direction::Vector;
use crate::stop::{Stop, Stopped};

/// The arcs that bound the region of `bounds` with at most `liars` failing groups.
pub(super) fn boundary(
    bounds: &[Bound],
    rims: &[Rim],
    liars: u32,
    stop: Stop<'_>,
) -> Result<Vec<Arc>, Stopped> {
    let groups = dense_groups(bounds);
    let mut arcs = Vec::new();
    let mut sweep = Sweep::new(&groups);
    for rim in 0..rims.len() {
        stop.check()?;
        if sweep.gather(rims, rim, liars) {
            sweep.collect(rim, liars, &mut arcs);
        }
    }
    Ok(arcs)
}

/// The least number of failing groups anywhere, for bounds of which none is the whole sphere.
pub(super) fn least_failures(bounds: &[Bound], stop: Stop<'_>) -> Result<u32, Stopped> {
    let groups = dense_groups(bounds);
    let rims: Vec<Rim> = bounds.iter().map(|bound| Rim::of(&bound.cap)).collect();
    let mut sweep = Sweep::new(&groups);
    let mut least = groups.count;
    for rim in 0..rims.len() {
        stop.check()?;
        // A rim on which as many fail throughout cannot improve on the least.
        if least > 0 && sweep.gather(&rims, rim, least - 1) {
            sweep.walk(rim, |state| least = least.min(state.others + u32::from(state.own > 0)));
        }
    }
    Ok(least)
}

/// The groups of some bounds, numbered from zero without gaps.
struct Groups {
    of: Vec<u32>,
    count: u32,
}

fn dense_groups(bounds: &[Bound]) -> Groups {
    let mut seen: Vec<u32> = bounds.iter().map(|bound| bound.group.0).collect();
    seen.sort_unstable();
    seen.dedup();
    let number = |group: u32| seen.partition_point(|&other| other < group) as u32;
    Groups { of: bounds.iter().map(|bound| number(bound.group.0)).collect(), count: seen.len() as u32 }
}

/// A place on a rim where a cap begins or ceases to fail.
#[derive(Clone, Copy)]
struct Event {
    rank: f64,
    turn: Turn,
    bound: u32,
    fails: bool,
}

/// How a cap relates to a rim.
enum Relation {
    /// It holds all around.
    Holds,
    /// It fails all around.
    Fails,
    /// It fails from one azimuth, against the clock, to another.
    FailsBetween(Turn, Turn),
}

/// Failing groups at one place of a rim.
#[derive(Clone, Copy)]
struct State {
    /// Groups other than the rim's own.
    others: u32,
    /// Caps of the rim's own group.
    own: u32,
}

/// Working storage for one rim after the other.
struct Sweep<'a> {
    groups: &'a Groups,
    /// Caps failing now, a count for each group.
    failing: Vec<u32>,
    events: Vec<Event>,
    /// Caps that fail across azimuth zero: their failing begins later than it ends.
    failing_at_zero: Vec<u32>,
    others: u32,
}

impl<'a> Sweep<'a> {
    fn new(groups: &'a Groups) -> Self {
        let failing = vec![0; groups.count as usize];
        Self { groups, failing, events: Vec::new(), failing_at_zero: Vec::new(), others: 0 }
    }

    /// Relates every other cap to a rim. False when more than `limit` other groups fail all around it, or
    /// one of its own group does: then no part of it counts.
    fn gather(&mut self, rims: &[Rim], rim: usize, limit: u32) -> bool {
        let own = self.groups.of[rim];
        self.failing.fill(0);
        self.events.clear();
        self.failing_at_zero.clear();
        self.others = 0;
        for other in 0..rims.len() {
            if other == rim {
                continue;
            }
            match relate(&rims[rim], &rims[other], rim < other) {
                Relation::Holds => {}
                Relation::Fails if self.groups.of[other] == own => return false,
                Relation::Fails => {
                    self.raise(other, own);
                    if self.others > limit {
                        return false;
                    }
                }
                Relation::FailsBetween(from, to) => self.cross(other, from, to),
            }
        }
        self.events.sort_unstable_by(|a, b| {
            a.rank.total_cmp(&b.rank).then(a.bound.cmp(&b.bound)).then(a.fails.cmp(&b.fails))
        });
        true
    }

    fn cross(&mut self, bound: usize, from: Turn, to: Turn) {
        let bound = bound as u32;
        let begins = Event { rank: from.rank(), turn: from, bound, fails: true };
        let ends = Event { rank: to.rank(), turn: to, bound, fails: false };
        if begins.rank > ends.rank {
            self.failing_at_zero.push(bound);
        }
        self.events.extend([begins, ends]);
    }

    fn raise(&mut self, bound: usize, own: u32) {
        let group = self.groups.of[bound];
        self.failing[group as usize] += 1;
        if group != own && self.failing[group as usize] == 1 {
            self.others += 1;
        }
    }

    fn lower(&mut self, bound: usize, own: u32) {
        let group = self.groups.of[bound];
        self.failing[group as usize] -= 1;
        if group != own && self.failing[group as usize] == 0 {
            self.others -= 1;
        }
    }

    /// Puts the counts to those at azimuth zero.
    fn rewind(&mut self, own: u32) {
        for index in 0..self.failing_at_zero.len() {
            self.raise(self.failing_at_zero[index] as usize, own);
        }
    }

    fn state(&self, own: u32) -> State {
        State { others: self.others, own: self.failing[own as usize] }
    }

    fn apply(&mut self, event: Event, own: u32) {
        if event.fails {
            self.raise(event.bound as usize, own)
        } else {
            self.lower(event.bound as usize, own)
        }
    }

    /// Shows the state of every piece of the rim.
    fn walk(&mut self, rim: usize, mut visit: impl FnMut(State)) {
        let own = self.groups.of[rim];
        self.rewind(own);
        visit(self.state(own));
        for index in 0..self.events.len() {
            self.apply(self.events[index], own);
            visit(self.state(own));
        }
    }

    /// Adds the arcs of a rim on which exactly `liars` other groups fail and its own holds.
    fn collect(&mut self, rim: usize, liars: u32, arcs: &mut Vec<Arc>) {
        let own = self.groups.of[rim];
        self.rewind(own);
        let bounds_region = |state: State| state.others == liars && state.own == 0;
        let mut inside = bounds_region(self.state(own));
        let mut start: Option<Turn> = None; // none while in an arc that began before azimuth zero
        let mut first_end: Option<Turn> = None;
        for index in 0..self.events.len() {
            let event = self.events[index];
            self.apply(event, own);
            let now = bounds_region(self.state(own));
            match (inside, now) {
                (false, true) => start = Some(event.turn),
                (true, false) => match start.take() {
                    Some(start) => arcs.push(Arc::new(rim, start, event.turn)),
                    None => first_end = Some(event.turn),
                },
                _ => {}
            }
            inside = now;
        }
        match (inside, start, first_end) {
            (true, Some(start), Some(end)) => arcs.push(Arc::new(rim, start, end)),
            (true, None, None) => arcs.push(Arc::whole(rim)),
            _ => {}
        }
    }
}

/// How the cap of `other` relates to `rim`. `first` says which of two coinciding caps counts as smaller.
///
/// On the rim, at an azimuth φ from the direction to the other centre, the other cap holds while
/// `cos φ ≥ (cos r' − cos r · cos d) / (sin r · sin d)`; all three cosines are taken from versines, so that
/// nothing cancels for small caps.
fn relate(rim: &Rim, other: &Rim, first: bool) -> Relation {
    let apart: Vector = other.centre - rim.centre;
    let versine = 0.5 * apart.dot(apart);
    let sine = libm::sqrt((versine * (2.0 - versine)).max(0.0));
    let excess = rim.versine + versine - rim.versine * versine - other.versine;
    let scale = rim.sine * sine;
    if excess == 0.0 && scale == 0.0 {
        return if first { Relation::Holds } else { Relation::Fails };
    }
    if excess <= -scale {
        return Relation::Holds;
    }
    if excess >= scale {
        return Relation::Fails;
    }
    let Some(towards) = Turn::of(other.centre.dot(rim.u), other.centre.dot(rim.v)) else {
        return if excess < 0.0 { Relation::Holds } else { Relation::Fails };
    };
    let cos = excess / scale;
    let half = Turn { cos, sin: libm::sqrt((1.0 - cos * cos).max(0.0)) };
    let (from, to) = (towards.plus(half), towards.minus(half));
    if from.rank() == to.rank() {
        // Too near to touching to tell the two crossings apart.
        return if cos < 0.0 { Relation::Holds } else { Relation::Fails };
    }
    Relation::FailsBetween(from, to)
}
