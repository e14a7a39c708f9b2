//! Which landmarks measure an agent.

use lightcone_core::{Direction, Point, ellipsoid};

/// A landmark that may measure.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// Its identifier.
    pub(crate) id: String,
    /// Where it stands.
    pub(crate) point: Point,
    /// Its trust group.
    pub(crate) group: String,
    /// Whether verdicts rest on it; one on probation measures where there is room.
    pub(crate) counts: bool,
}

/// Chooses at most `most` landmarks: those that count before those that do not, the nearest to `from` first, or
/// spread over the Earth where nothing is known. The nearest of each of `groups` trust groups are among them, where
/// there are so many and room for them.
pub(crate) fn choose(
    candidates: &[Candidate],
    from: Option<Point>,
    most: usize,
    groups: usize,
) -> Vec<&Candidate> {
    let mut ranked = match from {
        Some(point) => nearest(candidates, ellipsoid::direction(point)),
        None => spread(candidates, most),
    };
    // Both sorts are stable: within each part the order stays.
    ranked.sort_by_key(|candidate| !candidate.counts);
    let mut seen: Vec<&str> = Vec::new();
    let mut is_needed: Vec<bool> = Vec::with_capacity(ranked.len());
    for candidate in &ranked {
        let needed = candidate.counts && seen.len() < groups && !seen.contains(&candidate.group.as_str());
        if needed {
            seen.push(&candidate.group);
        }
        is_needed.push(needed);
    }
    let mut order: Vec<usize> = (0..ranked.len()).collect();
    order.sort_by_key(|place| !is_needed[*place]);
    order.truncate(most);
    order.into_iter().map(|place| ranked[place]).collect()
}

fn nearest(candidates: &[Candidate], from: Direction) -> Vec<&Candidate> {
    let mut ranked: Vec<(f64, &Candidate)> = candidates
        .iter()
        .map(|candidate| (ellipsoid::direction(candidate.point).versine_to(from), candidate))
        .collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.id.cmp(&b.1.id)));
    ranked.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Each next one as far as can be from those before; what is beyond `most` follows in any order.
fn spread(candidates: &[Candidate], most: usize) -> Vec<&Candidate> {
    let mut left: Vec<(f64, &Candidate)> = candidates.iter().map(|candidate| (f64::MAX, candidate)).collect();
    left.sort_by(|a, b| a.1.counts.cmp(&b.1.counts).reverse().then_with(|| a.1.id.cmp(&b.1.id)));
    let mut chosen: Vec<&Candidate> = Vec::new();
    while !left.is_empty() && chosen.len() < most {
        let farthest = left.iter().enumerate().max_by(|a, b| {
            // Of equals the first, so that the order is that of the names.
            (a.1.1.counts.cmp(&b.1.1.counts)).then(a.1.0.total_cmp(&b.1.0)).then(b.0.cmp(&a.0))
        });
        let Some(place) = farthest.map(|(place, _)| place) else { break };
        let (_, next) = left.remove(place);
        let direction = ellipsoid::direction(next.point);
        for (distance, candidate) in &mut left {
            *distance = distance.min(ellipsoid::direction(candidate.point).versine_to(direction));
        }
        chosen.push(next);
    }
    chosen.extend(left.into_iter().map(|(_, candidate)| candidate));
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(id: &str, lat: f64, lon: f64, group: &str) -> Candidate {
        let point = Point::from_degrees(lat, lon).unwrap();
        Candidate { id: id.to_owned(), point, group: group.to_owned(), counts: true }
    }

    fn ids(chosen: &[&Candidate]) -> Vec<String> {
        chosen.iter().map(|candidate| candidate.id.clone()).collect()
    }

    fn world() -> Vec<Candidate> {
        vec![
            candidate("frankfurt", 50.1, 8.7, "a"),
            candidate("johor", 1.5, 103.7, "b"),
            candidate("lima", -12.0, -77.0, "c"),
            candidate("singapore", 1.3, 103.8, "b"),
            candidate("tokyo", 35.7, 139.7, "d"),
        ]
    }

    #[test]
    fn the_nearest_measure_and_enough_groups_are_among_them() {
        let (world, near) = (world(), Point::from_degrees(1.29, 103.85).ok());
        assert_eq!(ids(&choose(&world, near, 2, 1)), ["singapore", "johor"]);
        assert_eq!(ids(&choose(&world, near, 2, 2)), ["singapore", "tokyo"]);
        assert_eq!(ids(&choose(&world, near, 3, 2)), ["singapore", "tokyo", "johor"]);
        assert_eq!(choose(&world, near, 16, 2).len(), 5);
    }

    #[test]
    fn where_nothing_is_known_they_are_spread() {
        let world = world();
        let chosen = ids(&choose(&world, None, 3, 2));
        assert!(!(chosen.contains(&"johor".to_owned()) && chosen.contains(&"singapore".to_owned())));
        assert_eq!(chosen.len(), 3);
    }

    #[test]
    fn probation_takes_no_place_from_those_that_count() {
        let mut world = world();
        world[3].counts = false;
        let near = Point::from_degrees(1.29, 103.85).ok();
        assert_eq!(ids(&choose(&world, near, 4, 2)), ["johor", "tokyo", "frankfurt", "lima"]);
        assert_eq!(ids(&choose(&world, near, 5, 2))[4], "singapore");
        assert!(!ids(&choose(&world, None, 4, 2)).contains(&"singapore".to_owned()));
    }
}
