//! Bounds on strangers, each where it bites.

use lightcone_probe::agent;
use lightcone_probe::control::{Cookie, Hello, Keep};
use lightcone_probe::landmark::Settings;
use lightcone_probe::limits::{IGNORED_NS, Limits, SOURCES_MAX};
use lightcone_probe::{Nonce, NtpTime};
use lightcone_responder::{Challenge, StampKey};

use crate::world::{Flying, MS, SECOND, SESSION, World, at, unhurried};

fn hello() -> Vec<u8> {
    Hello { session: SESSION, cookie: Cookie::NONE, noise: [0x33; 60] }.to_bytes().to_vec()
}

/// How many datagrams one end sends in answer to one.
fn count(world: &mut World, from: &str, bytes: &[u8]) -> usize {
    let before = world.log.len();
    let to = world.landmark_at[usize::from(at(from).is_ipv6())];
    world.arrive(&Flying { from: at(from), to, bytes: bytes.to_vec() });
    world.log.len() - before
}

fn assigned(settings: Settings) -> World {
    let mut world = World::empty(settings, agent::Settings::default());
    world.landmark.assign(world.assignment, world.now()).unwrap();
    world
}

#[test]
fn five_hellos_a_second_of_one_source() {
    let mut world = assigned(unhurried());
    let answered: usize =
        (0..50).map(|port| count(&mut world, &format!("203.0.113.5:{}", 1000 + port), &hello())).sum();
    assert_eq!(answered, 5, "one address, whatever the port");
    assert_eq!(count(&mut world, "203.0.113.6:1000", &hello()), 1, "its neighbour is another source");
    let answered: usize = (0..50)
        .map(|host| count(&mut world, &format!("[2001:db8:0:1f{:02x}::{host}]:9", host), &hello()))
        .sum();
    assert_eq!(answered, 5, "one /56, whatever the rest");
    assert_eq!(count(&mut world, "[2001:db8:0:2000::1]:9", &hello()), 1, "the next /56");
    world.now_ns += SECOND;
    assert_eq!(count(&mut world, "203.0.113.5:1000", &hello()), 1, "a second later");
}

#[test]
fn so_many_hellos_in_all() {
    let mut settings = unhurried();
    settings.limits.hellos = 300;
    let mut world = assigned(settings);
    let answered: usize = (0..2_000)
        .map(|host| count(&mut world, &format!("10.0.{}.{}:1000", host / 250, host % 250), &hello()))
        .sum();
    assert_eq!(answered, 300);
}

#[test]
fn a_crowd_of_sources_is_forgotten_not_kept() {
    let mut world = assigned(unhurried());
    let crowd = 3 * SOURCES_MAX;
    let answered: usize = (0..crowd)
        .map(|host| count(&mut world, &format!("10.{}.{}.1:1000", host / 250, host % 250), &hello()))
        .sum();
    assert_eq!(answered, crowd, "each is new, and each is heard");
}

#[test]
fn bad_tags_make_a_source_unheard_for_ten_seconds() {
    let mut world = World::new();
    world.run_for(SECOND);
    let (from, to) = (world.agent_at[0], world.landmark_at[0]);
    let mut forged = [0; 64];
    forged[..16].copy_from_slice(&world.logged(192, true)[0].bytes[..16]);
    forged[5] = 4;
    for _ in 0..101 {
        world.arrive(&Flying { from, to, bytes: forged.to_vec() });
    }
    world.run_for(4 * SECOND);
    let replies = world.logged(168, true).len();
    assert!(replies > 10, "{replies}");
    world.run_for(IGNORED_NS);
    world.run();
    let answered = world.reports[0].sent.iter().filter(|sent| sent.answer.is_some()).count();
    assert_eq!(answered, 0, "all replies came while the source was ignored");
}

#[test]
fn fifty_answers_a_second_for_a_landmark_that_asks_more() {
    let mut world = World::new();
    world.run();
    let entry = &world.transcripts[0].landmarks[0];
    let stamp = StampKey::from_bytes(entry.stamp_key);
    let mut twin = World::new();
    twin.run_for(SECOND);
    let (from, to) = (twin.landmark_at[0], twin.agent_at[0]);
    for sequence in 0..256_u32 {
        let bytes = challenge(sequence, &stamp);
        twin.arrive(&Flying { from, to, bytes });
    }
    assert_eq!(twin.logged(168, true).len(), 50);
    twin.now_ns += 500 * MS;
    for sequence in 0..256_u32 {
        let bytes = challenge(sequence, &stamp);
        twin.arrive(&Flying { from, to, bytes });
    }
    assert_eq!(twin.logged(168, true).len(), 75);
}

fn challenge(sequence: u32, key: &StampKey) -> Vec<u8> {
    let (timestamp, nonce) = (NtpTime(0), Nonce([sequence as u8; 16]));
    let challenge = Challenge {
        sequence,
        timestamp,
        error_estimate: 1,
        ssid: 1,
        session: SESSION,
        index: sequence,
        nonce,
    };
    challenge.seal(key).to_vec()
}

#[test]
fn fifty_challenges_a_second_into_one_session() {
    let mut settings = unhurried();
    (settings.schedule.gap_ns, settings.schedule.within_ns) = (1, SECOND / 1_000);
    let mut world = World::empty(settings, agent::Settings::default());
    world.assignment.window.probes = 256;
    world.plan.window.probes = 256;
    world.begin();
    world.run();
    let sent: Vec<i64> = world
        .log
        .iter()
        .filter(|(_, it)| it.bytes.len() == 168 && world.agent_at.contains(&it.to))
        .map(|(at, _)| *at)
        .collect();
    assert_eq!(sent.len(), 256);
    for (index, first) in sent.iter().enumerate() {
        let within = sent[index..].iter().filter(|at| **at - first < SECOND).count();
        assert!(within <= 100, "{within} in a second: the burst and one second's worth");
    }
    assert!(sent[255] - sent[0] > 4 * SECOND);
}

#[test]
fn the_defaults_are_the_protocols() {
    let limits = Limits::default();
    assert_eq!((limits.hellos_per_source, limits.hellos, limits.bad_tags), (5, 20_000, 100));
    assert_eq!((limits.probes_per_session, limits.answers_per_landmark, limits.answers), (50, 50, 500));
    assert_eq!((limits.sessions, limits.engagements), (100_000, 64));
}

#[test]
fn keeps_from_new_addresses_count_like_hellos() {
    let mut world = World::new();
    world.run();
    let stamp = StampKey::from_bytes(world.transcripts[0].landmarks[0].stamp_key);
    let mut twin = World::new();
    twin.run_for(SECOND);
    let keeps = (100..150).map(|counter| Keep::seal(SESSION, counter, &stamp).to_bytes());
    let answered: usize = keeps.map(|keep| count(&mut twin, "203.0.113.5:1000", &keep)).sum();
    assert_eq!(answered, 5);
}

#[test]
fn bad_tags_of_challenges_and_replies_count_too() {
    for is_reply in [true, false] {
        let mut world = World::new();
        while world.logged(168, is_reply).is_empty() {
            assert!(world.step());
        }
        let Flying { from, to, mut bytes } = world.logged(168, is_reply)[0].clone();
        bytes[100] ^= 1;
        for _ in 0..101 {
            world.arrive(&Flying { from, to, bytes: bytes.clone() });
        }
        world.run();
        let answered = world.reports[0].sent.iter().filter(|sent| sent.answer.is_some()).count();
        assert_eq!(answered, 0, "the source is not heard for ten seconds");
    }
}
