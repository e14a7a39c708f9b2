//! For engines that know only yes and no: every way in which the unknown could be known.

use crate::case::{Case, Seat, forever};
use crate::exact::Ratio;

/// A case without unknowns. Numbers are in ten-thousandths.
#[derive(Clone)]
pub(crate) struct World<'c> {
    pub(crate) case: &'c Case,
    pub(crate) tpp: i64,
    pub(crate) pd: i64,
    pub(crate) dram: i64,
    pub(crate) us_share: i64,
    pub(crate) data_centre: bool,
    pub(crate) to: &'c str,
    pub(crate) seats: Vec<KnownSeat<'c>>,
    /// As in `CONDITIONS`.
    pub(crate) met: Vec<bool>,
}

#[derive(Clone)]
pub(crate) struct KnownSeat<'c> {
    pub(crate) place: &'c str,
    pub(crate) share: i64,
    pub(crate) from: &'c str,
    pub(crate) until: String,
}

/// What P13 asks for besides numbers.
pub(crate) const CONDITIONS: [&str; 3] = ["exported_from_us", "third_party_test", "kyc"];

/// Stand for every place: one that rules name and one that they do not. A second copy of the rules' content.
const ANYWHERE: [&str; 2] = ["CN", "US"];

/// A share, in percent, that is above every line.
const ALL: i64 = 1_000_000_000;

impl<'c> World<'c> {
    /// All worlds of a case. The lines of density must be given: an engine that holds them in code cannot
    /// say them.
    pub(crate) fn all(case: &'c Case, cuts: &[Ratio]) -> Vec<Self> {
        let known = Self {
            case,
            tpp: case.tpp.floor4(),
            pd: case.pd.lo.floor4(),
            dram: case.dram.floor4(),
            us_share: case.us_share.lo.ceil4(),
            data_centre: true,
            to: "",
            seats: Vec::new(),
            met: Vec::new(),
        };
        let mut worlds = vec![known];
        let reached = cuts.iter().filter(|cut| case.pd.reaches(**cut)).map(|cut| cut.floor4());
        let densities: Vec<i64> = std::iter::once(case.pd.lo.floor4()).chain(reached).collect();
        spread(&mut worlds, &densities, |world, pd| world.pd = *pd);
        let shares = [case.us_share.lo.ceil4(), case.us_share.hi.map_or(ALL, Ratio::ceil4)];
        let shares = if shares[0] == shares[1] { &shares[..1] } else { &shares };
        spread(&mut worlds, shares, |world, share| world.us_share = *share);
        spread(&mut worlds, &tri(case.data_centre), |world, centre| world.data_centre = *centre);
        let to: Vec<&str> = case.to.iter().map(String::as_str).collect();
        spread(&mut worlds, &to, |world, to| world.to = *to);
        for seat in &case.seats {
            spread(&mut worlds, &known_seats(seat), |world, seat| world.seats.push(seat.clone()));
        }
        for name in CONDITIONS {
            spread(&mut worlds, &tri(case.met.get(name).copied()), |world, met| world.met.push(*met));
        }
        worlds
    }
}

/// Replaces each world by one for each choice.
fn spread<'c, T>(worlds: &mut Vec<World<'c>>, choices: &[T], set: impl Fn(&mut World<'c>, &T)) {
    let before = std::mem::take(worlds);
    for world in before {
        for choice in choices {
            let mut world = world.clone();
            set(&mut world, choice);
            worlds.push(world);
        }
    }
}

fn tri(answer: Option<bool>) -> Vec<bool> {
    answer.map_or_else(|| vec![false, true], |answer| vec![answer])
}

fn known_seats(seat: &Seat) -> Vec<KnownSeat<'_>> {
    let places: Vec<&str> =
        seat.within.as_ref().map_or(ANYWHERE.to_vec(), |within| within.iter().map(String::as_str).collect());
    let (from, until) = seat
        .owner
        .as_ref()
        .map_or(("0001-01-01", forever()), |owner| (owner.from.as_str(), owner.until.clone()));
    let shares = match &seat.owner {
        None => vec![1_000_000],
        Some(owner) => owner.share.map_or(vec![0, 1_000_000], |share| vec![share.floor4()]),
    };
    let seats = places.iter().flat_map(|place| {
        let seat = |share: &i64| KnownSeat { place, share: *share, from, until: until.clone() };
        shares.iter().map(seat).collect::<Vec<_>>()
    });
    seats.collect()
}
