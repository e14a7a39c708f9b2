//! What an honest pair does on a network that loses, moves and turns around.

use std::net::SocketAddr;

use lightcone_probe::agent::{self, Answerer, Engagement, NotEngaged};
use lightcone_probe::chance::{Chance, Seeded};
use lightcone_probe::landmark::{NotAssigned, Settings};
use lightcone_probe::report::Sent;
use lightcone_probe::{LandmarkId, SessionId};

use crate::world::{Flying, MS, SECOND, SESSION, UNIX_NS, World, agent_key, at, unhurried};

#[test]
fn a_session_ends_in_a_report_and_a_transcript_that_agree() {
    let mut world = World::new();
    world.run();
    let checked = world.verdict().unwrap();
    assert!(checked.corroborated);
    assert_eq!((checked.diagnostics.sent, checked.diagnostics.answered), (64, 64));
    let best = checked.best.unwrap();
    assert_eq!(best.rtt_ns, 10 * MS, "the stack's share is taken out, the flight's is not");
    assert_eq!(world.entered, [world.agent_at[0]]);
    assert_eq!(world.established, 1);
    assert_eq!((world.landmark.sessions(), world.agent.sessions()), (0, 0));
    // HELLO, RETRY, HELLO with the cookie, WELCOME; then 64 challenges and replies.
    let lengths: Vec<usize> = world.log.iter().take(4).map(|(_, flying)| flying.bytes.len()).collect();
    assert_eq!(lengths, [192, 48, 192, 96]);
    assert_eq!((world.logged(168, false).len(), world.logged(168, true).len()), (64, 64));
}

#[test]
fn challenges_keep_to_the_window_and_to_five_seconds() {
    let mut world = World::new();
    world.run();
    let sent: Vec<i64> = world.reports[0].sent.iter().map(|sent| sent.answer.unwrap().stamps.r0).collect();
    let window = world.assignment.window;
    assert!(sent.iter().all(|at| window.has(*at)));
    assert!(sent[63] - window.not_before_ns <= 5 * SECOND);
}

#[test]
fn a_landmark_stops_when_more_would_not_help() {
    let mut world = World::empty(Settings::default(), agent::Settings::default());
    world.begin();
    world.run();
    // The second burst brings nothing over the first.
    assert_eq!(world.verdict().unwrap().diagnostics.sent, 32);
}

#[test]
fn a_minimum_that_still_falls_is_followed() {
    let mut world = World::empty(Settings::default(), agent::Settings::default());
    let mut flights = 0;
    world.network = Box::new(move |flying, flight_ns| {
        flights += i64::from(flying.bytes.len() == 168);
        vec![(flying.clone(), flight_ns - flights * 10_000)]
    });
    world.begin();
    world.run();
    assert_eq!(world.verdict().unwrap().diagnostics.sent, 64);
}

#[test]
fn lost_datagrams_are_sent_again_and_lost_probes_are_not() {
    for seed in 0..20 {
        let mut world = World::new();
        let mut chance = Seeded::new(&[seed; 32]);
        world.network = Box::new(move |flying, flight_ns| {
            let [drawn] = chance.array();
            if drawn < 64 { Vec::new() } else { vec![(flying.clone(), flight_ns)] }
        });
        world.run();
        let checked = world.verdict().unwrap();
        assert!(checked.diagnostics.answered < checked.diagnostics.sent, "seed {seed}");
        assert!(checked.diagnostics.answered > 5, "seed {seed}");
        assert_eq!(checked.best.unwrap().rtt_ns, 10 * MS, "seed {seed}");
    }
}

#[test]
fn doubled_and_turned_around_datagrams_change_nothing() {
    let mut world = World::new();
    let mut count = 0;
    world.network = Box::new(move |flying, flight_ns| {
        count += 1;
        let late = if count % 5 == 0 { 120 * MS } else { 0 };
        vec![(flying.clone(), flight_ns + late), (flying.clone(), flight_ns + late + 7 * MS)]
    });
    world.run();
    let checked = world.verdict().unwrap();
    assert_eq!(checked.diagnostics.answered, 64);
    assert_eq!(checked.best.unwrap().rtt_ns, 10 * MS);
    assert_eq!(checked.diagnostics.p50_ns, 10 * MS as u32, "the first answer counts, not a later copy of it");
}

#[test]
fn both_families_are_measured_when_there_are_two() {
    let mut world = World::empty(unhurried(), agent::Settings::default());
    let SocketAddr::V6(v6) = world.landmark_at[1] else { panic!("not IPv6") };
    world.plan.landmarks[0].v6 = Some(v6);
    world.begin();
    world.run();
    let checked = world.verdict().unwrap();
    assert_eq!(checked.diagnostics.answered, 64);
    let (v4, v6): (Vec<&Flying>, Vec<&Flying>) =
        world.logged(168, true).into_iter().partition(|flying| flying.to.is_ipv4());
    assert_eq!((v4.len(), v6.len()), (32, 32));
}

#[test]
fn a_family_that_leads_nowhere_delays_nothing() {
    let mut world = World::empty(unhurried(), agent::Settings::default());
    let SocketAddr::V6(v6) = world.landmark_at[1] else { panic!("not IPv6") };
    world.plan.landmarks[0].v6 = Some(v6);
    world.network =
        Box::new(
            |flying, flight_ns| {
                if flying.to.is_ipv6() { Vec::new() } else { vec![(flying.clone(), flight_ns)] }
            },
        );
    world.begin();
    world.run();
    assert_eq!(world.verdict().unwrap().diagnostics.answered, 64);
}

#[test]
fn an_agent_behind_a_nat_that_forgets_is_found_again() {
    let mut world = World::empty(unhurried(), agent::Settings::default());
    world.assignment.window.not_before_ns = UNIX_NS + 40 * SECOND;
    world.plan.window = world.assignment.window;
    world.begin();
    world.run_for(5 * SECOND);
    assert_eq!(world.entered.len(), 1);
    world.agent_at[0] = at("198.51.100.7:50001");
    world.run();
    // Found by the next KEEP, after a fresh cookie, before the challenges began.
    assert_eq!(world.verdict().unwrap().diagnostics.answered, 64);
    assert!(world.logged(168, false).iter().all(|flying| flying.to == at("198.51.100.7:50001")));
    assert!(world.logged(48, false).iter().any(|flying| flying.to == at("198.51.100.7:50001")));
}

#[test]
fn a_quiet_agent_keeps_its_mapping_open() {
    let mut world = World::empty(unhurried(), agent::Settings::default());
    world.assignment.window.not_before_ns = UNIX_NS + 50 * SECOND;
    world.plan.window = world.assignment.window;
    world.begin();
    world.run_for(49 * SECOND);
    let keeps: Vec<i64> =
        world.log.iter().filter(|(_, flying)| flying.bytes.len() == 64).map(|(at, _)| *at).collect();
    assert_eq!(keeps.len(), 3);
    assert!(keeps.windows(2).all(|pair| pair[1] - pair[0] == 15 * SECOND), "{keeps:?}");
}

#[test]
fn nobody_comes_and_the_report_says_so() {
    let mut world = World::empty(unhurried(), agent::Settings::default());
    world.landmark.assign(world.assignment, world.now()).unwrap();
    world.run();
    let report = &world.reports[0];
    assert_eq!((report.sent.len(), report.stamp_key), (0, [0; 32]));
    assert_eq!(world.now().unix_ns, world.assignment.window.not_after_ns);
}

#[test]
fn an_agent_that_falls_silent_leaves_challenges_unanswered() {
    let mut world = World::new();
    world.run_for(4 * SECOND);
    world.agent_at.clear();
    world.network = Box::new(|_, _| Vec::new());
    while world.landmark.sessions() > 0 {
        world.now_ns = world.now_ns.max(world.landmark.wakes_at().unwrap());
        while let Some(turn) = world.landmark.turn(world.now()) {
            match turn {
                lightcone_probe::landmark::Turn::Probe(probe) => {
                    let now = world.now();
                    world.landmark.sent(probe.shot, now.mono_ns, now.unix_ns);
                }
                lightcone_probe::landmark::Turn::Done(report) => world.reports.push(report),
            }
        }
    }
    let sent: &[Sent] = &world.reports[0].sent;
    assert_eq!(sent.len(), 64);
    assert!(sent.iter().any(|sent| sent.answer.is_none()));
}

#[test]
fn an_agent_is_done_when_all_is_asked_or_all_is_quiet() {
    let mut world = World::new();
    world.run();
    let last = world.log.iter().rev().find(|(_, flying)| flying.bytes.len() == 168).unwrap().0;
    assert_eq!(world.transcripts.len(), 1);
    assert!(world.now_ns - last < SECOND, "all 64 were asked: nothing to wait for");
    let mut early = World::empty(Settings::default(), agent::Settings::default());
    early.begin();
    early.run();
    let last = early.log.iter().rev().find(|(_, flying)| flying.bytes.len() == 168).unwrap().0;
    let waited = early.now_ns - last;
    assert!((6 * SECOND..7 * SECOND).contains(&waited), "waited {waited} ns for more than 32");
}

#[test]
fn what_cannot_be_assigned_is_named() {
    let mut settings = unhurried();
    settings.limits.sessions = 2;
    let mut world = World::empty(settings, agent::Settings::default());
    let (now, good) = (world.now(), world.assignment);
    let mut other = good;
    other.landmark = LandmarkId([0; 16]);
    assert_eq!(world.landmark.assign(other, now), Err(NotAssigned::OtherLandmark(LandmarkId([0; 16]))));
    assert_eq!(world.landmark.assign(good, now), Ok(()));
    assert_eq!(world.landmark.assign(good, now), Err(NotAssigned::Twice(SESSION)));
    let mut second = good;
    second.session = SessionId([8; 8]);
    assert_eq!(world.landmark.assign(second, now), Err(NotAssigned::Busy(SESSION)));
    second.agent_x25519 = [1; 32];
    second.window.not_after_ns = now.unix_ns - 5;
    assert_eq!(world.landmark.assign(second, now), Err(NotAssigned::Over(5)));
    second.window = good.window;
    assert_eq!(world.landmark.assign(second, now), Ok(()));
    let mut third = second;
    (third.session, third.agent_x25519) = (SessionId([9; 8]), [2; 32]);
    assert_eq!(world.landmark.assign(third, now), Err(NotAssigned::TooMany(2)));
}

#[test]
fn what_cannot_be_engaged_is_named() {
    let world = World::new();
    let settings = agent::Settings { has_v4: false, ..agent::Settings::default() };
    let mut agent = Answerer::new(settings, Seeded::new(&[1; 32]));
    let mut engagement = Engagement { plan: world.plan.clone(), key: agent_key() };
    assert_eq!(agent.engage(&engagement, world.now()), Err(NotEngaged::Unreachable(SESSION)));
    let mut agent = Answerer::new(agent::Settings::default(), Seeded::new(&[1; 32]));
    assert_eq!(agent.engage(&engagement, world.now()), Ok(()));
    assert_eq!(agent.engage(&engagement, world.now()), Err(NotEngaged::Twice(SESSION)));
    engagement.plan.session = SessionId([8; 8]);
    engagement.plan.window.not_after_ns = world.now().unix_ns - 5;
    assert_eq!(agent.engage(&engagement, world.now()), Err(NotEngaged::Over(5)));
}

#[test]
fn no_challenge_goes_out_before_the_window_when_the_clock_was_set_back() {
    let mut world = World::new();
    world.run_for(SECOND);
    world.steered_ns = -3 * SECOND;
    world.run();
    let window = world.assignment.window;
    let sent = &world.reports[0].sent;
    assert_eq!(sent.len(), 64);
    assert!(
        sent.iter().filter_map(|sent| sent.answer).all(|answer| answer.stamps.r0 >= window.not_before_ns)
    );
    world.verdict().unwrap();
}

#[test]
fn a_key_may_come_again_after_the_clock_was_set_back() {
    let mut world = World::new();
    world.run();
    world.steered_ns = -3_600 * SECOND;
    let begins = world.now().unix_ns + 2 * SECOND;
    (world.assignment.window.not_before_ns, world.assignment.window.not_after_ns) =
        (begins, begins + 30 * SECOND);
    world.assignment.session = SessionId([8; 8]);
    (world.plan.window, world.plan.session) = (world.assignment.window, world.assignment.session);
    world.begin();
    world.run();
    assert_eq!(world.entered.len(), 2, "its labels went on rising");
}

#[test]
fn a_distrusted_clock_spoils_the_whole_burst_and_nothing_after_it() {
    let mut world = World::new();
    assert!(!world.landmark.distrust(), "nothing is measured yet");
    while world.logged(168, true).len() < 10 {
        assert!(world.step());
    }
    assert!(world.landmark.distrust());
    assert!(!world.landmark.distrust(), "no news");
    world.run();
    let answers: Vec<_> = world.reports[0].sent.iter().filter_map(|sent| sent.answer).collect();
    assert!(answers.len() == 64 && answers.iter().all(|answer| answer.fallback));
    assert_eq!(world.verdict().unwrap().diagnostics.fallbacks, 64);
    let mut next = World::new();
    std::mem::swap(&mut next.landmark, &mut world.landmark);
    (next.now_ns, next.steered_ns) = (world.now_ns, 0);
    let begins = next.now().unix_ns + 2 * SECOND;
    (next.assignment.window.not_before_ns, next.assignment.window.not_after_ns) =
        (begins, begins + 30 * SECOND);
    (next.plan.window, next.agent) =
        (next.assignment.window, Answerer::new(agent::Settings::default(), Seeded::new(&[13; 32])));
    next.begin();
    next.run();
    assert!(next.reports[0].sent.iter().filter_map(|sent| sent.answer).all(|answer| !answer.fallback));
}

#[test]
fn the_first_stamp_of_a_challenge_stays_and_one_of_other_bytes_is_none() {
    let mut world = World::new();
    while world.logged(168, true).len() < 3 {
        assert!(world.step());
    }
    let mut packet = [0; 168];
    packet.copy_from_slice(&world.logged(168, false)[0].bytes);
    world.landmark.stamped(&packet, 1);
    packet[140] ^= 1;
    world.landmark.stamped(&packet, 2);
    world.landmark.stamped(&[0; 168], 3);
    world.run();
    let stamps = world.reports[0].sent[0].answer.unwrap().stamps;
    assert!(stamps.t1 > stamps.r0, "{stamps:?}");
}
