//! Small stories with known answers: each a few landmarks and what must be said of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot make its world has failed")]

mod world;

use std::sync::LazyLock;

use lightcone_core::region::Extent;
use lightcone_core::verdict::{Reason, Settlement};
use lightcone_core::{
    Age, AreaSet, Borders, ClockError, Finding, Inquiry, Landmark, LightMode, Located, Mesh, Metres,
    Observation, Point, Question, RoundTrip, Settings, WorldviewId, locate,
};

static BORDERS: LazyLock<Borders> = LazyLock::new(|| Borders::embedded().unwrap());

/// A landmark with its round trip in ms.
struct Seen(&'static str, f64, f64, f64);

fn point(lat: f64, lon: f64) -> Point {
    Point::from_degrees(lat, lon).unwrap()
}

fn areas(codes: &[&str]) -> AreaSet {
    codes.iter().map(|code| BORDERS.find(code).unwrap()).collect()
}

fn ask(seen: &[Seen], settings: &Settings, question: Question) -> (Located, Mesh) {
    ask_aged(seen, settings, question, 0)
}

fn ask_aged(seen: &[Seen], settings: &Settings, question: Question, age_ns: i64) -> (Located, Mesh) {
    let landmark = |seen: &Seen| Landmark {
        name: seen.0.into(),
        point: point(seen.1, seen.2),
        position_error: Metres::new(100.0).unwrap(),
        clock_error: ClockError::from_ns(1_000).unwrap(),
        group: None,
    };
    let mesh = Mesh::new(seen.iter().map(landmark).collect()).unwrap();
    let observe = |seen: &Seen| Observation {
        landmark: mesh.find(seen.0).unwrap(),
        round_trip: RoundTrip::from_ns((seen.3 * 1e6) as i64).unwrap(),
        age: Age::from_ns(age_ns).unwrap(),
    };
    let observations: Vec<Observation> = seen.iter().map(observe).collect();
    let inquiry = Inquiry { mesh: &mesh, observations: &observations, questions: &[question], settings };
    (locate(&BORDERS, &inquiry, &|| false).unwrap(), mesh)
}

fn finding(seen: &[Seen], settings: &Settings, question: Question) -> Finding {
    ask(seen, settings, question).0.verdict.answers[0].finding
}

fn with(liars: u32) -> Settings {
    Settings { liars, ..Settings::default() }
}

fn under(worldview: WorldviewId) -> Settings {
    Settings { worldview, ..Settings::default() }
}

const SINGAPORE: [Seen; 3] = [
    Seen("changi", 1.36, 103.99, 0.35),
    Seen("jurong", 1.33, 103.71, 0.3),
    Seen("tampines", 1.35, 103.94, 0.32),
];

#[test]
fn a_chip_in_singapore_is_proven_outside_china() {
    let question = Question::Outside { areas: areas(&["CN", "HK", "MO"]) };
    let (located, _) = ask(&SINGAPORE, &Settings { explain: true, ..with(1) }, question);
    let answer = &located.verdict.answers[0];
    assert_eq!(answer.finding, Finding::Proven);
    assert_eq!(answer.reasons[0], Reason::TouchesNone);
    assert_eq!(answer.holds_up_to_liars, Some(2), "three groups, each near enough alone");
    assert!(located.verdict.touched.contains(BORDERS.find("SG").unwrap()));
}

/// Fifty kilometres around Singapore is also Johor and Batam: three jurisdictions stay possible, and the
/// answer says what would settle it.
#[test]
fn singapore_alone_is_not_proven_by_a_third_of_a_millisecond() {
    let question = Question::Inside { areas: areas(&["SG"]), on_land: true };
    let (located, _) = ask(&SINGAPORE, &Settings { explain: true, ..with(1) }, question);
    assert!(areas(&["SG", "MY", "ID"]).is_within(&located.verdict.touched));
    let answer = &located.verdict.answers[0];
    assert_eq!(answer.finding, Finding::Inconclusive);
    let places: Vec<u64> = answer
        .settled_by
        .iter()
        .map(|settlement| match settlement {
            Settlement::LandmarkAt { rtt_ns, groups, .. }
            | Settlement::RoundTripBelow { rtt_ns, groups, .. } => {
                assert_eq!(*groups, 2);
                *rtt_ns
            }
        })
        .collect();
    // The island's middle is some 13 km from Johor: 0.09 ms at most.
    assert!(!places.is_empty() && places.iter().all(|ns| (1_000..100_000).contains(ns)), "{places:?}");
}

/// What a settlement asks for does settle the question, in every mode, near and far.
#[test]
fn the_settlement_settles() {
    let near = [Seen("a", 1.30, 103.80, 2.0), Seen("b", 1.0, 104.0, 2.0), Seen("c", -2.0, 106.0, 6.0)];
    let far = [Seen("a", -20.0, 130.0, 60.0), Seen("b", -30.0, 120.0, 60.0), Seen("c", -25.0, 150.0, 70.0)];
    let mut open = 0;
    for (seen, code) in [(&near, "MY"), (&far, "CN"), (&far, "US")] {
        for mode in ["vacuum", "chord", "fibre:1.468"] {
            for territorial_sea in [false, true] {
                let settings =
                    Settings { mode: mode.parse().unwrap(), territorial_sea, explain: true, ..with(1) };
                open += settles(seen, &settings, Question::Outside { areas: areas(&[code]) });
            }
        }
    }
    assert!(open >= 28, "most of the 18 questions are open, each with one or two settlements: {open}");
}

/// Tries every settlement of a question, and says how many there were.
fn settles(seen: &[Seen], settings: &Settings, question: Question) -> usize {
    let (located, mesh) = ask(seen, settings, question);
    let answer = &located.verdict.answers[0];
    if answer.finding != Finding::Inconclusive {
        return 0; // glass is slow enough to answer it
    }
    assert!(!answer.settled_by.is_empty());
    for settlement in &answer.settled_by {
        let mut settled: Vec<Seen> = seen.iter().map(|seen| Seen(seen.0, seen.1, seen.2, seen.3)).collect();
        let (place, rtt_ns) = match settlement {
            // A suggestion for a new landmark allows it no error; these have 100 m and a microsecond.
            Settlement::LandmarkAt { point, rtt_ns, .. } => (*point, *rtt_ns as f64 - 2_000.0),
            Settlement::RoundTripBelow { landmark, rtt_ns, .. } => {
                (mesh.landmark(*landmark).point, *rtt_ns as f64)
            }
        };
        for name in ["new-1", "new-2"] {
            settled.push(Seen(name, place.lat_deg(), place.lon_deg(), rtt_ns / 1e6));
        }
        let found = finding(&settled, settings, question);
        assert_eq!(found, Finding::Proven, "{settlement:?} under {}", settings.mode);
    }
    answer.settled_by.len()
}

/// A liar whose bound just meets the others' leaves a sliver at f = 0; at f = 1 it is the one in doubt.
#[test]
fn a_landmark_at_odds_with_the_region_is_doubted() {
    let question = Question::Claim { point: point(50.1, 8.7), tolerance: Metres::new(60e3).unwrap() };
    let seen = [
        Seen("frankfurt", 50.1, 8.7, 1.4),
        Seen("mainz", 50.0, 8.3, 1.5),
        Seen("kassel", 51.3, 9.5, 2.0),
        Seen("cologne", 50.9, 7.0, 2.2),
        Seen("basel", 47.6, 7.6, 4.0),
        Seen("liar-in-paris", 48.9, 2.3, 1.888),
    ];
    let explained = |liars| Settings { explain: true, ..with(liars) };
    let (trusting, _) = ask(&seen, &explained(0), question);
    assert_eq!(trusting.verdict.answers[0].finding, Finding::Impossible);
    assert_eq!(trusting.verdict.answers[0].holds_up_to_liars, Some(0));
    assert!(trusting.verdict.answers[0].reasons.contains(&Reason::Fragile));
    let (located, mesh) = ask(&seen, &explained(1), question);
    assert_eq!(located.verdict.answers[0].finding, Finding::Possible);
    assert_eq!(located.verdict.least_liars, 0);
    let doubted: Vec<&str> =
        located.verdict.doubted.iter().map(|doubt| mesh.landmark(doubt.landmark).name.as_str()).collect();
    assert_eq!(doubted, ["liar-in-paris"]);
}

/// Why f = 1 is the default. One landmark lies that the chip is near; an honest one contradicts it. The
/// owner delays the honest one's answers: at f = 0 the contradiction is gone and a false proof stands.
#[test]
fn delay_hides_an_inconsistency_when_every_landmark_is_trusted() {
    let liar = || Seen("liar-in-singapore", 1.35, 103.8, 2.0);
    let honest = || Seen("hong-kong", 22.3, 114.2, 2.0);
    let seoul = |ms| Seen("seoul", 37.5, 127.0, ms);
    let question = Question::Outside { areas: areas(&["CN", "HK"]) };
    let plain = [liar(), honest(), seoul(30.0)];
    let delayed = [liar(), Seen("hong-kong", 22.3, 114.2, 40.0), seoul(60.0)];
    assert_eq!(finding(&plain, &with(0), question), Finding::Inconsistent);
    assert_eq!(finding(&delayed, &with(0), question), Finding::Proven, "a false proof, bought by delay");
    assert_ne!(finding(&plain, &with(1), question), Finding::Proven);
    assert_ne!(finding(&delayed, &with(1), question), Finding::Proven);
}

#[test]
fn contradicting_landmarks_are_named() {
    let seen = [
        Seen("berlin", 52.5, 13.4, 4.0),
        Seen("prague", 50.1, 14.4, 5.0),
        Seen("warsaw", 52.2, 21.0, 8.0),
        Seen("sydney", -33.9, 151.2, 3.0),
    ];
    let question = Question::Claim { point: point(52.5, 13.4), tolerance: Metres::ZERO };
    let (located, mesh) = ask(&seen, &with(0), question);
    assert_eq!(located.verdict.answers[0].finding, Finding::Inconsistent);
    assert_eq!(located.verdict.least_liars, 1);
    let named: Vec<&str> =
        located.verdict.contradicted.iter().map(|id| mesh.landmark(*id).name.as_str()).collect();
    assert_eq!(named, ["sydney"]);
    assert_eq!(located.verdict.conflicts.len(), 3);
    let (located, mesh) = ask(&seen, &with(1), question);
    assert_eq!(located.verdict.answers[0].finding, Finding::Possible);
    assert_eq!(located.verdict.least_liars, 1, "a security event even though the answer stands");
    assert_eq!(mesh.landmark(located.verdict.contradicted[0]).name, "sydney");
}

/// Three bounds that meet two by two and not all three: each is part of the contradiction, and named.
#[test]
fn a_contradiction_of_three_is_named() {
    let seen = [
        Seen("a", 10.0, 0.0, 3.68),
        Seen("b", 10.0, 10.0, 3.68),
        Seen("c", 18.5, 5.0, 3.68),
        Seen("far", 0.0, 40.0, 90.0),
    ];
    let question = Question::Claim { point: point(12.0, 5.0), tolerance: Metres::ZERO };
    let (located, mesh) = ask(&seen, &with(0), question);
    assert_eq!(located.verdict.answers[0].finding, Finding::Inconsistent);
    assert!(located.verdict.conflicts.is_empty(), "every two agree");
    assert!(located.verdict.touched.is_empty(), "no place fits, so none is touched");
    let named: Vec<&str> =
        located.verdict.contradicted.iter().map(|id| mesh.landmark(*id).name.as_str()).collect();
    assert_eq!(named, ["a", "b", "c"]);
}

/// Of several round trips to one landmark the tightest counts, in whatever order they come, even where the
/// straight line reaches everywhere from a pole.
#[test]
fn repeated_round_trips_leave_no_trace_of_their_order() {
    let landmark = Landmark {
        name: "one".into(),
        point: point(0.0, 10.0),
        position_error: Metres::ZERO,
        clock_error: ClockError::default(),
        group: None,
    };
    let mesh = Mesh::new(vec![landmark]).unwrap();
    let id = mesh.find("one").unwrap();
    for mode in ["vacuum", "chord", "fibre:1.468"] {
        let settings = Settings { mode: mode.parse().unwrap(), ..with(0) };
        let area = |first: i64, second: i64| {
            let observations = [world::seen(id, first), world::seen(id, second)];
            let inquiry =
                Inquiry { mesh: &mesh, observations: &observations, questions: &[], settings: &settings };
            locate(&BORDERS, &inquiry, &|| false).unwrap().verdict.summary.map(|summary| summary.area_m2)
        };
        assert_eq!(area(84_680_000, 84_800_000), area(84_800_000, 84_680_000), "{mode}");
    }
}

/// Hsinchu is Taiwan's under a destination list, and also China's where every claim counts.
#[test]
fn hsinchu_under_both_worldviews() {
    let seen = [
        Seen("hsinchu", 24.80, 120.97, 0.25),
        Seen("taoyuan", 24.99, 121.31, 0.4),
        Seen("taichung", 24.15, 120.67, 0.6),
    ];
    let outside = Question::Outside { areas: areas(&["CN", "HK", "MO"]) };
    assert_eq!(finding(&seen, &under(WorldviewId::Destination), outside), Finding::Proven);
    assert_eq!(finding(&seen, &under(WorldviewId::EveryClaimant), outside), Finding::Inconclusive);
    let inside = Question::Inside { areas: areas(&["TW"]), on_land: true };
    assert_eq!(finding(&seen, &under(WorldviewId::Destination), inside), Finding::Proven);
    assert_eq!(finding(&seen, &under(WorldviewId::EveryClaimant), inside), Finding::Inconclusive);
    let either = Question::Inside { areas: areas(&["TW", "CN"]), on_land: true };
    assert_eq!(finding(&seen, &under(WorldviewId::EveryClaimant), either), Finding::Proven);
}

/// Puerto Princesa itself is nobody's but the Philippines'; 400 km around it lie the Spratly Islands.
#[test]
fn puerto_princesa_under_both_worldviews() {
    let near =
        [Seen("pps-1", 9.74, 118.74, 0.4), Seen("pps-2", 9.80, 118.70, 0.4), Seen("cebu", 10.3, 123.9, 5.0)];
    let far = [
        Seen("manila", 14.6, 121.0, 5.0),
        Seen("cebu", 10.3, 123.9, 5.0),
        Seen("sandakan", 5.84, 118.1, 4.5),
    ];
    let outside = Question::Outside { areas: areas(&["CN"]) };
    let spratly = BORDERS.find("XSP").unwrap();
    for worldview in WorldviewId::ALL {
        let settings = under(worldview);
        assert_eq!(finding(&near, &settings, outside), Finding::Proven, "{}", worldview.name());
        let (located, _) = ask(&far, &settings, outside);
        assert!(located.verdict.touched.contains(spratly));
        let open = BORDERS.destinations(worldview, spratly).contains(BORDERS.find("CN").unwrap());
        let expected = if open { Finding::Inconclusive } else { Finding::Proven };
        assert_eq!(located.verdict.answers[0].finding, expected, "{}", worldview.name());
    }
    // No destination list speaks of the islands: every claimant's, under either view.
    assert!(BORDERS.destinations(WorldviewId::Destination, spratly).contains(BORDERS.find("CN").unwrap()));
}

#[test]
fn too_few_or_too_old_is_stale_before_anything_else() {
    let question = Question::Outside { areas: areas(&["CN"]) };
    let one = [Seen("changi", 1.36, 103.99, 0.35)];
    let (located, _) = ask(&one, &with(1), question);
    assert_eq!(located.verdict.answers[0].finding, Finding::Stale);
    assert_eq!(located.verdict.answers[0].reasons, [Reason::TooFewGroups { groups: 1, needed: 2 }]);
    assert!(located.region.is_none());
    let hour = 3_600_000_000_000;
    let settings = Settings { max_age: Some(Age::from_ns(hour).unwrap()), ..with(1) };
    let (located, _) = ask_aged(&SINGAPORE, &settings, question, 2 * hour);
    let reasons = &located.verdict.answers[0].reasons;
    assert_eq!(reasons, &[Reason::TooOld { dropped: 3 }, Reason::TooFewGroups { groups: 0, needed: 2 }]);
    let (located, _) = ask_aged(&SINGAPORE, &settings, question, hour);
    assert_eq!(
        located.verdict.answers[0].finding,
        Finding::Proven,
        "an hour is 1,008 km: still far from China"
    );
}

/// A sample an hour old reaches an hour's flight farther.
#[test]
fn age_enlarges_the_region() {
    let question = Question::Claim { point: point(1.35, 103.8), tolerance: Metres::ZERO };
    let minute = 60_000_000_000;
    let (fresh, _) = ask(&SINGAPORE, &with(0), question);
    let (aged, _) = ask_aged(&SINGAPORE, &with(0), question, 10 * minute);
    let radius = |located: &Located| located.verdict.summary.unwrap().radius_m;
    let grown = radius(&aged) - radius(&fresh);
    assert!((160_000..190_000).contains(&grown), "ten minutes at 280 m/s are 168 km: {grown}");
}

#[test]
fn light_modes_are_ordered() {
    let question = Question::Claim { point: point(52.5, 13.4), tolerance: Metres::ZERO };
    let seen =
        [Seen("berlin", 52.5, 13.4, 20.0), Seen("paris", 48.9, 2.3, 25.0), Seen("rome", 41.9, 12.5, 30.0)];
    let area = |mode: &str| {
        let settings = Settings { mode: mode.parse().unwrap(), ..with(1) };
        ask(&seen, &settings, question).0.verdict.summary.unwrap().area_m2
    };
    assert!(area("fibre:1.468") < area("fibre:1.0"));
    assert_eq!(area("fibre:1.0"), area("vacuum"));
    assert!(area("vacuum") < area("chord"));
    for wrong in ["", "glass", "fibre", "fibre:", "fibre:0.9", "fibre:2.1", "fibre:NaN", "vacuum:1"] {
        assert!(wrong.parse::<LightMode>().is_err(), "{wrong}");
    }
}

/// Round trips of a fifth of a second reach everywhere: the whole Earth, every area, no proof.
#[test]
fn a_useless_delay_proves_nothing() {
    let seen = [Seen("a", 0.0, 0.0, 200.0), Seen("b", 10.0, 10.0, 200.0), Seen("c", 20.0, 20.0, 200.0)];
    let (located, _) = ask(&seen, &with(1), Question::Outside { areas: areas(&["CN"]) });
    assert_eq!(located.verdict.extent, Some(Extent::Whole));
    assert_eq!(located.verdict.touched.len(), BORDERS.areas().len());
    assert_eq!(located.verdict.answers[0].finding, Finding::Inconclusive);
}

/// Landmarks on the same spot, opposite each other, or with rims that just touch give a region that holds
/// what each of them allows.
#[test]
fn degenerate_landmarks_err_to_the_larger_region() {
    let question = Question::Claim { point: point(0.0, 0.0), tolerance: Metres::ZERO };
    let same = [Seen("a", 10.0, 10.0, 5.0), Seen("b", 10.0, 10.0, 5.0), Seen("c", 10.0, 10.0, 5.0)];
    for liars in 0..3 {
        let (located, _) = ask(&same, &with(liars), question);
        let radius = located.verdict.summary.unwrap().radius_m;
        assert!((750_000..760_000).contains(&radius), "{radius}");
        assert_eq!(located.verdict.binding.len(), 1);
    }
    // Half a turn is 20,004 km one way: rims of opposite landmarks that touch, and that just overlap.
    let opposite = |ms| [Seen("a", 0.0, 0.0, ms), Seen("b", 0.0, 180.0, ms), Seen("c", 0.0, 90.0, 140.0)];
    assert_eq!(finding(&opposite(66.0), &with(0), question), Finding::Inconsistent);
    let (located, _) = ask(&opposite(67.0), &with(0), question);
    assert_eq!(located.verdict.extent, Some(Extent::Bounded), "a belt around the Earth");
    assert_eq!(located.region.unwrap().outline(0.1).len(), 2);
    assert!(located.verdict.touched.contains(BORDERS.find("AQ").unwrap()));
}

/// The two pieces of two large caps that overlap at both ends.
#[test]
fn a_region_of_two_pieces_has_both() {
    let seen = [
        Seen("a", 0.0, 0.0, 75.0),
        Seen("b", 0.0, 160.0, 75.0),
        Seen("c", 0.0, 80.0, 62.0),
        Seen("d", 0.0, -100.0, 75.0),
    ];
    let (located, _) = ask(&seen, &with(0), Question::Outside { areas: areas(&["SG"]) });
    let region = located.region.unwrap();
    assert!(region.outline(0.05).len() >= 2, "{}", region.outline(0.05).len());
}

#[test]
fn a_claim_within_tolerance_is_possible_and_beyond_it_impossible() {
    let claim =
        |km: f64| Question::Claim { point: point(3.139, 101.69), tolerance: Metres::new(km * 1e3).unwrap() };
    // Kuala Lumpur is some 310 km from Singapore, and the region reaches 50 km.
    assert_eq!(finding(&SINGAPORE, &with(0), claim(0.0)), Finding::Impossible);
    assert_eq!(finding(&SINGAPORE, &with(0), claim(300.0)), Finding::Possible);
}

#[test]
fn territorial_sea_gives_the_strait_to_its_coasts() {
    let question = Question::Inside { areas: areas(&["SG", "MY", "ID"]), on_land: false };
    let plain = with(1);
    assert_eq!(finding(&SINGAPORE, &plain, question), Finding::Inconclusive, "the strait is sea");
    // Within five kilometres of the island's middle no water is beyond twelve miles of a coast.
    let tight = [Seen("a", 1.30, 103.80, 0.03), Seen("b", 1.30, 103.80, 0.03)];
    let sea = Settings { territorial_sea: true, ..plain };
    assert_eq!(finding(&tight, &sea, question), Finding::Proven);
    assert_eq!(finding(&tight, &plain, question), Finding::Inconclusive);
}

#[test]
fn work_stops_when_told() {
    let question = Question::Outside { areas: areas(&["CN"]) };
    let landmark = |seen: &Seen| Landmark {
        name: seen.0.into(),
        point: point(seen.1, seen.2),
        position_error: Metres::ZERO,
        clock_error: ClockError::default(),
        group: None,
    };
    let mesh = Mesh::new(SINGAPORE.iter().map(landmark).collect()).unwrap();
    let observations: Vec<Observation> = mesh.ids().map(|id| world::seen(id, 400_000)).collect();
    let settings = with(1);
    let inquiry =
        Inquiry { mesh: &mesh, observations: &observations, questions: &[question], settings: &settings };
    assert!(locate(&BORDERS, &inquiry, &|| true).is_err());
}
