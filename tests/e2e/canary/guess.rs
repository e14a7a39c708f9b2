//! What can be made of the answers by one who knows how large regions are and how answers are made.

use std::collections::BTreeSet;

use lightcone_core::{Borders, Point, WorldviewId};

use super::plant::{Canary, RADII_KM, SIDE, touched};

const SIZES: usize = RADII_KM.len();

/// What would be told of every point of the grid, size by size.
pub(super) struct Maps {
    sets: Vec<[Vec<String>; SIZES]>,
}

impl Maps {
    pub(super) fn of(borders: &Borders, canary: &Canary) -> Self {
        let of =
            |nth: usize| RADII_KM.map(|km| destinations(borders, &touched(borders, canary.grid(nth), km)));
        Self { sets: (0..(SIDE * SIDE) as usize).map(of).collect() }
    }
}

/// Destinations of atoms, as answers have them.
pub(super) fn destinations(borders: &Borders, atoms: &[String]) -> Vec<String> {
    let mut codes = BTreeSet::new();
    for atom in atoms.iter().filter_map(|code| borders.find(code)) {
        let set = borders.destinations(WorldviewId::Destination, atom);
        codes.extend(borders.codes(&set).into_iter().map(str::to_owned));
    }
    codes.into_iter().collect()
}

/// How answers come about.
pub(super) enum Answers {
    /// As the service tells them: they only grow, from all sessions of a week.
    Told,
    /// Each session's own, as it found it.
    EachSession,
}

/// About how many sessions a week's answer is made of.
const WEEK: usize = 16;

/// How well an adversary does, over all canaries.
#[derive(Debug, Default)]
pub(super) struct Guess {
    /// Kilometres off, by all answers and by the last alone.
    off_all_km: f64,
    off_one_km: f64,
    /// How much more likely the truth is by all answers than by the last alone, in bits.
    gained: f64,
    canaries: f64,
}

impl Guess {
    /// Guesses one canary's place by all these answers, and by the last alone.
    pub(super) fn add(&mut self, maps: &Maps, canary: &Canary, sets: &[Vec<String>], answers: &Answers) {
        let last = sets.last().expect("something was told");
        let (all, sessions) = match answers {
            Answers::Told => (posterior(maps, |of| of_growing(of, sets)), WEEK * sets.len()),
            Answers::EachSession => (posterior(maps, |of| of_each(of, sets)), 1),
        };
        let one = posterior(maps, |of| {
            (0..SIZES).filter(|size| of[*size] == *last).map(|size| largest(size, sessions)).sum()
        });
        self.off_all_km += off_km(canary, &all);
        self.off_one_km += off_km(canary, &one);
        self.gained += (all[canary.secret] / one[canary.secret]).log2();
        self.canaries += 1.0;
    }

    /// Kilometres off by all answers, as a share of those by one.
    pub(super) fn nearness(&self) -> f64 {
        self.off_all_km / self.off_one_km
    }

    /// Bits that all answers say more of a place than one.
    pub(super) fn bits(&self) -> f64 {
        self.gained / self.canaries
    }
}

/// How likely each point of the grid is.
fn posterior(maps: &Maps, likelihood: impl Fn(&[Vec<String>; SIZES]) -> f64) -> Vec<f64> {
    let each: Vec<f64> = maps.sets.iter().map(likelihood).collect();
    let sum: f64 = each.iter().sum();
    each.iter().map(|likely| likely / sum).collect()
}

/// Of answers that are each one session's.
fn of_each(of: &[Vec<String>; SIZES], sets: &[Vec<String>]) -> f64 {
    let likely = |set: &Vec<String>| {
        (0..SIZES).filter(|size| of[*size] == *set).map(|size| largest(size, 1)).sum::<f64>()
    };
    sets.iter().map(likely).product()
}

/// Of answers that only grow: regions around one point are nested, so each is that of the largest so far.
fn of_growing(of: &[Vec<String>; SIZES], sets: &[Vec<String>]) -> f64 {
    let mut so_far = [0.0; SIZES];
    for (week, set) in sets.iter().enumerate() {
        let mut next = [0.0; SIZES];
        for size in (0..SIZES).filter(|size| of[*size] == *set) {
            next[size] = if week == 0 {
                largest(size, WEEK)
            } else {
                so_far[size] * up_to(size, WEEK) + so_far[..size].iter().sum::<f64>() * largest(size, WEEK)
            };
        }
        so_far = next;
    }
    so_far.iter().sum()
}

/// How likely it is that the largest region of so many sessions has a size.
fn largest(size: usize, sessions: usize) -> f64 {
    up_to(size, sessions) - if size == 0 { 0.0 } else { up_to(size - 1, sessions) }
}

/// How likely it is that it has at most that.
fn up_to(size: usize, sessions: usize) -> f64 {
    ((size + 1) as f64 / SIZES as f64).powi(i32::try_from(sessions).expect("few"))
}

/// How far a guess drawn by likelihood is off, in kilometres.
fn off_km(canary: &Canary, posterior: &[f64]) -> f64 {
    posterior
        .iter()
        .enumerate()
        .map(|(nth, likely)| likely * apart_km(canary.grid(nth), canary.point()))
        .sum()
}

fn apart_km(one: Point, other: Point) -> f64 {
    let middle = (one.lat_deg() + other.lat_deg()).to_radians() / 2.0;
    let north = one.lat_deg() - other.lat_deg();
    let east = (one.lon_deg() - other.lon_deg()) * middle.cos();
    111.2 * north.hypot(east)
}
