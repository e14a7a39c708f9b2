//! What an owner, a thief of datagrams or a stranger can do, and what comes of it.

use std::net::SocketAddr;

use lightcone_probe::agent::{self, Engagement};
use lightcone_probe::control::{Cookie, Hello, KEEP_BYTES, Retry, Welcome};
use lightcone_probe::handshake::StaticKey;
use lightcone_probe::limits::Limits;
use lightcone_probe::{Binding, LandmarkId, Nonce, NtpTime, Proof, SessionId, verify};
use lightcone_responder::{Challenge, ProofKey, Reply, StampKey, prove};

use crate::world::{Flying, MS, SECOND, SESSION, STACK_NS, World, agent_key, at, unhurried};

const THIEF: &str = "203.0.113.66:6666";

/// A world in which bad tags are not counted, so that thousands may be tried.
fn patient() -> World {
    let limits = Limits { bad_tags: 1_000_000_000, ..Limits::default() };
    let mut settings = unhurried();
    settings.limits = limits;
    let mut world = World::empty(settings, agent::Settings { limits, ..agent::Settings::default() });
    world.begin();
    world
}

/// Runs until the next datagram of this length, to the landmark or from it, is under way, and holds it back.
fn intercept(world: &mut World, length: usize, to_landmark: bool) -> Flying {
    let landmark = world.landmark_at.clone();
    world.network = Box::new(move |flying, flight_ns| {
        let is_it = flying.bytes.len() == length && landmark.contains(&flying.to) == to_landmark;
        if is_it { Vec::new() } else { vec![(flying.clone(), flight_ns)] }
    });
    let before = world.logged(length, to_landmark).len();
    while world.logged(length, to_landmark).len() == before {
        assert!(world.step());
    }
    let caught = world.logged(length, to_landmark).last().copied().cloned().unwrap();
    world.network = crate::world::honest();
    caught
}

/// What one end sends at once in answer to these bytes.
fn answers(world: &mut World, from: SocketAddr, to: SocketAddr, bytes: &[u8]) -> Vec<Flying> {
    let before = world.log.len();
    world.arrive(&Flying { from, to, bytes: bytes.to_vec() });
    world.log[before..].iter().map(|(_, flying)| flying.clone()).collect()
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

/// The session's keys, as a spy at one end would have them.
fn keys(world: &World) -> (StampKey, ProofKey) {
    let entry = &world.transcripts[0].landmarks[0];
    (StampKey::from_bytes(entry.stamp_key), ProofKey::from_bytes(entry.proof_key))
}

/// The keys of a session that has not ended: from a twin of the same world, in which nothing is chance.
fn keys_of_twin(world: &World) -> (StampKey, ProofKey) {
    let mut twin = patient();
    twin.run();
    let stolen = keys(&twin);
    assert_eq!(world.reports.len(), 0);
    stolen
}

#[test]
fn no_flipped_bit_of_a_challenge_is_answered() {
    let mut world = patient();
    let Flying { from, to, bytes } = intercept(&mut world, 168, false);
    for bit in 0..bytes.len() * 8 {
        assert!(answers(&mut world, from, to, &flipped(&bytes, bit)).is_empty(), "bit {bit}");
    }
    assert_eq!(answers(&mut world, from, to, &bytes).len(), 1, "the true one is");
}

#[test]
fn no_flipped_bit_of_a_reply_counts() {
    let mut world = patient();
    let Flying { from, to, bytes } = intercept(&mut world, 168, true);
    for bit in 0..bytes.len() * 8 {
        assert!(answers(&mut world, from, to, &flipped(&bytes, bit)).is_empty(), "bit {bit}");
    }
    let elsewhere = answers(&mut world, at(THIEF), to, &bytes);
    assert!(elsewhere.is_empty());
    let sequence = usize::from(bytes[3]);
    // 70 ms later, the true one: had any of the others counted, it would have been the first.
    world.now_ns += 70 * MS;
    answers(&mut world, from, to, &bytes);
    world.run();
    let stamps = world.reports[0].sent[sequence].answer.unwrap().stamps;
    assert!(stamps.t3 - stamps.t0 > 75 * MS, "{stamps:?}");
    world.verdict().unwrap();
}

#[test]
fn a_reply_before_its_challenge_counts_for_nothing() {
    let mut world = patient();
    let (stamp, proof) = keys_of_twin(&world);
    intercept(&mut world, 168, false);
    // The owner's far chip holds both keys and guesses nonces: for the challenge under way and for the next.
    for sequence in [0, 1, 255, 256, u32::MAX] {
        for guess in 0..64_u8 {
            let bytes = early(&stamp, &proof, sequence, Nonce([guess; 16]));
            let (from, to) = (world.agent_at[0], world.landmark_at[0]);
            assert!(answers(&mut world, from, to, &bytes).is_empty());
        }
    }
    world.run();
    let best = world.verdict().unwrap().best.unwrap();
    assert_eq!(best.rtt_ns, 10 * MS);
    assert_eq!(world.reports[0].sent[0].answer, None, "the challenge that was held back");
}

/// A reply with good tags to a challenge whose nonce is a guess.
fn early(stamp: &StampKey, proof: &ProofKey, sequence: u32, nonce: Nonce) -> Vec<u8> {
    let timestamp = NtpTime(0);
    let challenge = Challenge {
        sequence,
        timestamp,
        error_estimate: 1,
        ssid: 0x0707,
        session: SESSION,
        index: sequence,
        nonce,
    };
    let reply = Reply {
        sequence,
        t3: timestamp,
        error_estimate: 1,
        ssid: 0x0707,
        t2: timestamp,
        sender_sequence: sequence,
        sender_timestamp: timestamp,
        sender_error_estimate: 1,
        sender_ttl: 64,
        session: SESSION,
        flags: 0,
        proof: prove(&challenge.seal(stamp), proof),
    };
    reply.seal(stamp).to_vec()
}

#[test]
fn a_challenge_sent_back_is_no_reply_and_a_reply_no_challenge() {
    let mut world = patient();
    let challenge = intercept(&mut world, 168, false);
    assert!(answers(&mut world, challenge.to, challenge.from, &challenge.bytes).is_empty());
    world.now_ns += 5 * MS + STACK_NS;
    answers(&mut world, challenge.from, challenge.to, &challenge.bytes);
    let reply = world.log.last().unwrap().1.clone();
    assert!(answers(&mut world, reply.to, reply.from, &reply.bytes).is_empty());
    world.run();
    assert_eq!(world.verdict().unwrap().best.unwrap().rtt_ns, 10 * MS);
}

#[test]
fn a_reply_counts_once_and_a_challenge_again_proves_nothing_new() {
    let mut world = patient();
    let challenge = intercept(&mut world, 168, false);
    let first = answers(&mut world, challenge.from, challenge.to, &challenge.bytes);
    let again = answers(&mut world, challenge.from, challenge.to, &challenge.bytes);
    let proof = |flying: &Flying| flying.bytes[132..148].to_vec();
    assert_eq!(proof(&first[0]), proof(&again[0]));
    world.run();
    let answered = world.transcripts[0].landmarks[0].count;
    assert_eq!(answered, 64, "the one asked twice is counted once");
    // All replies of the session, again, into a session that is over and into the next of the same keys.
    let replies: Vec<Flying> = world.logged(168, true).into_iter().cloned().collect();
    for reply in replies {
        assert!(answers(&mut world, reply.from, reply.to, &reply.bytes).is_empty());
    }
    assert_eq!(world.reports.len(), 1);
}

#[test]
fn a_sequence_means_one_challenge_for_good() {
    let mut world = patient();
    let (stamp, _) = keys_of_twin(&world);
    let challenge = intercept(&mut world, 168, false);
    answers(&mut world, challenge.from, challenge.to, &challenge.bytes);
    let mut other = Challenge::open(&challenge.bytes, &stamp).unwrap();
    other.nonce = Nonce([0x55; 16]);
    let sealed = other.seal(&stamp);
    assert!(answers(&mut world, challenge.from, challenge.to, &sealed).is_empty());
}

#[test]
fn replies_of_one_session_count_in_no_other() {
    let mut world = patient();
    let other_key = StaticKey::from_bytes([3; 32]);
    let mut assignment = world.assignment;
    (assignment.session, assignment.agent_x25519) = (SessionId([8; 8]), other_key.public());
    let mut plan = world.plan.clone();
    plan.session = assignment.session;
    world.landmark.assign(assignment, world.now()).unwrap();
    world.agent.engage(&Engagement { plan, key: other_key }, world.now()).unwrap();
    world.network = Box::new(|flying, flight_ns| {
        let mut changed = flying.clone();
        if changed.bytes.len() == 168 && &changed.bytes[116..120] == b"LCR1" {
            let swapped = 15 - changed.bytes[120];
            changed.bytes[120..128].fill(swapped);
        }
        vec![(changed, flight_ns)]
    });
    world.run();
    assert_eq!(world.reports.len(), 2);
    let answered = world.reports.iter().flat_map(|report| &report.sent).filter(|sent| sent.answer.is_some());
    assert_eq!(answered.count(), 0);
}

#[test]
fn a_landmark_with_another_key_is_not_let_in_and_lets_nobody_in() {
    let mut world = World::empty(unhurried(), agent::Settings::default());
    let other = StaticKey::from_bytes([4; 32]).public();
    world.plan.landmarks[0].x25519 = other;
    world.plan.landmarks[0].id = LandmarkId::of(&other);
    world.begin();
    world.run();
    assert_eq!((world.entered.len(), world.established), (0, 0));
    assert!(world.transcripts[0].landmarks.is_empty());
    assert!(world.reports[0].sent.is_empty());
}

#[test]
fn an_agent_with_another_key_or_binding_is_not_let_in() {
    let mut world = World::empty(unhurried(), agent::Settings::default());
    world.assignment.agent_x25519 = [9; 32];
    world.begin();
    world.run();
    assert_eq!(world.entered.len(), 0);
    let mut world = World::empty(unhurried(), agent::Settings::default());
    world.plan.binding = Binding([5; 32]);
    world.begin();
    world.run();
    assert_eq!(world.entered.len(), 0);
}

#[test]
fn added_delay_only_ever_adds() {
    let mut before = 0;
    for delay_ns in [0, 1, 999, 20_000, MS, 30 * MS, 400 * MS] {
        let mut world = World::new();
        let mut count = 0;
        world.network = Box::new(move |flying, flight_ns| {
            count += 1;
            vec![(flying.clone(), flight_ns + delay_ns + (count * 7_919) % 5_000)]
        });
        world.run();
        let best = world.verdict().unwrap().best.unwrap();
        assert!(best.rtt_ns >= 10 * MS + 2 * delay_ns, "{delay_ns}: {}", best.rtt_ns);
        assert!(best.bound_ns() > before, "{delay_ns}: {} after {before}", best.bound_ns());
        before = best.bound_ns();
    }
}

#[test]
fn an_answer_after_a_second_and_a_half_is_none() {
    let mut world = World::new();
    world.network = Box::new(|flying, flight_ns| {
        let is_reply = flying.bytes.len() == 168 && &flying.bytes[116..120] == b"LCR1";
        vec![(flying.clone(), flight_ns + if is_reply { 1_491 * MS } else { 0 })]
    });
    world.run();
    let checked = world.verdict().unwrap();
    assert_eq!((checked.diagnostics.answered, checked.best), (0, None));
    const { assert!(verify::RTT_NS_MAX == lightcone_probe::limits::ROUND_TRIP_NS_MAX) };
}

#[test]
fn a_session_that_was_not_assigned_meets_silence() {
    let mut world = World::empty(unhurried(), agent::Settings::default());
    world.engage();
    world.run_for(20 * SECOND);
    assert!(world.logged(192, true).len() > 3);
    assert!(world.log.iter().all(|(_, flying)| world.landmark_at.contains(&flying.to)), "no answer at all");
}

#[test]
fn no_handshake_before_a_cookie_and_none_with_anothers() {
    let mut world = World::new();
    let hello = intercept(&mut world, 192, true);
    // A forged source gets a RETRY, a quarter as long, and nothing else happens.
    let retry = answers(&mut world, at(THIEF), hello.to, &hello.bytes);
    assert_eq!((retry.len(), retry[0].bytes.len(), retry[0].to), (1, 48, at(THIEF)));
    let mut cookie = [0; 16];
    cookie.copy_from_slice(&retry[0].bytes[16..32]);
    let mut noise = [0; 60];
    noise.copy_from_slice(&hello.bytes[32..92]);
    let with = Hello { session: SESSION, cookie: Cookie(cookie), noise }.to_bytes();
    let answer = answers(&mut world, hello.from, hello.to, &with);
    assert_eq!(answer[0].bytes.len(), 48, "another address with that cookie: a RETRY again");
    assert!(world.entered.is_empty());
}

#[test]
fn a_stolen_hello_or_keep_does_not_move_a_session() {
    let mut world = World::empty(unhurried(), agent::Settings::default());
    world.assignment.window.not_before_ns += 30 * SECOND;
    world.plan.window = world.assignment.window;
    world.begin();
    world.run_for(SECOND);
    let hello = world.logged(192, true).last().copied().cloned().unwrap();
    assert_eq!(world.entered, [world.agent_at[0]]);
    // The thief shows a cookie of his own with the agent's HELLO.
    let retry = answers(&mut world, at(THIEF), hello.to, &hello.bytes);
    let mut stolen = hello.bytes.clone();
    stolen[16..32].copy_from_slice(&retry[0].bytes[16..32]);
    assert!(answers(&mut world, at(THIEF), hello.to, &stolen).is_empty());
    // An old KEEP from his address: its counter is not higher.
    world.run_for(20 * SECOND);
    let keep = world.logged(KEEP_BYTES, true).last().copied().cloned().unwrap();
    assert!(answers(&mut world, at(THIEF), keep.to, &keep.bytes).is_empty());
    world.run();
    assert!(world.logged(168, false).iter().all(|flying| flying.to == world.agent_at[0]));
}

#[test]
fn a_thief_of_fresh_keeps_is_only_a_relay_that_the_next_keep_undoes() {
    let mut world = World::empty(unhurried(), agent::Settings::default());
    world.assignment.window.not_before_ns += 48 * SECOND;
    world.plan.window = world.assignment.window;
    world.begin();
    world.run_for(10 * SECOND);
    let keep = intercept(&mut world, KEEP_BYTES, true);
    let hello = world.logged(192, true).last().copied().cloned().unwrap();
    let retry = answers(&mut world, at(THIEF), keep.to, &keep.bytes);
    assert_eq!((retry[0].bytes.len(), keep.bytes.len()), (48, 64));
    let mut stolen = hello.bytes.clone();
    stolen[16..32].copy_from_slice(&retry[0].bytes[16..32]);
    assert_eq!(answers(&mut world, at(THIEF), keep.to, &stolen)[0].bytes.len(), 96);
    // The agent's next KEEP comes from where it is, and moves the session back.
    world.run();
    assert_eq!(world.verdict().unwrap().diagnostics.answered, 64);
}

#[test]
fn another_handshake_of_the_same_session_is_not_taken() {
    let mut world = World::new();
    world.run_for(SECOND);
    assert_eq!(world.entered.len(), 1);
    // A second agent with the same key: the clone that a stolen key would make.
    world.agent =
        agent::Answerer::new(agent::Settings::default(), lightcone_probe::chance::Seeded::new(&[99; 32]));
    world.engage();
    let welcomes = world.logged(96, false).len();
    world.run_for(10 * SECOND);
    assert_eq!((world.entered.len(), world.established), (1, 1));
    assert_eq!(world.logged(96, false).len(), welcomes, "not even the old WELCOME");
}

#[test]
fn an_old_handshake_of_a_key_opens_no_new_session() {
    let mut world = World::new();
    world.run();
    // The service assigns the same key again; the landmark's clock has been set back meanwhile or the HELLO is old.
    let mut world_again = World::empty(unhurried(), agent::Settings::default());
    std::mem::swap(&mut world.landmark, &mut world_again.landmark);
    world_again.now_ns = 5_000 * SECOND;
    world_again.begin();
    world_again.run_for(3 * SECOND);
    assert_eq!(world_again.entered.len(), 0, "its label is that of the first session");
}

#[test]
fn a_forged_welcome_or_retry_stops_nothing() {
    let mut world = patient();
    let landmark = world.landmark_at[0];
    let agent = world.agent_at[0];
    let mut retries = 0;
    world.network = Box::new(move |flying, flight_ns| {
        let mut arriving = vec![(flying.clone(), flight_ns)];
        if flying.bytes.len() == 192 {
            // A forged RETRY that overtakes the true one costs the agent one wait.
            retries += 1;
            for length in if retries < 3 { vec![48, 96] } else { vec![96] } {
                let mut forged = vec![0xa5; length];
                forged[..16].copy_from_slice(&flying.bytes[..16]);
                forged[5] = if length == 48 { 2 } else { 3 };
                arriving.push((Flying { from: landmark, to: agent, bytes: forged }, 2 * MS));
            }
        }
        arriving
    });
    world.run();
    assert_eq!(world.verdict().unwrap().diagnostics.answered, 64);
}

#[test]
fn when_the_keys_are_revealed_nothing_is_answered_any_more() {
    let mut world = World::new();
    world.run();
    let (stamp, _) = keys(&world);
    let challenge = Challenge {
        sequence: 70,
        timestamp: NtpTime(0),
        error_estimate: 1,
        ssid: 1,
        session: SESSION,
        index: 70,
        nonce: Nonce([1; 16]),
    };
    let (from, to) = (world.landmark_at[0], world.agent_at[0]);
    assert!(answers(&mut world, from, to, &challenge.seal(&stamp)).is_empty());
}

#[test]
fn a_landmark_cannot_report_what_was_never_answered() {
    let mut world = World::new();
    let mut count = 0;
    world.network = Box::new(move |flying, flight_ns| {
        count += u32::from(flying.bytes.len() == 168);
        if count == 21 { Vec::new() } else { vec![(flying.clone(), flight_ns)] }
    });
    world.run();
    let lost = world.reports[0].sent.iter().position(|sent| sent.answer.is_none()).unwrap();
    let (stamp, proof) = keys(&world);
    let answered = world.reports[0].sent.iter().find_map(|sent| sent.answer).unwrap();
    let sent = &mut world.reports[0].sent[lost];
    let challenge = Challenge {
        sequence: lost as u32,
        timestamp: sent.timestamp,
        error_estimate: sent.error_estimate,
        ssid: 0x0707,
        session: SESSION,
        index: lost as u32,
        nonce: sent.nonce,
    };
    // The landmark holds both keys and can make the proof; the agent's transcript shows that it was never asked.
    let proof: Proof = prove(&challenge.seal(&stamp), &proof);
    sent.answer = Some(lightcone_probe::report::Answer { proof, ..answered });
    let refused = world.verdict().unwrap_err();
    assert_eq!(refused, verify::Refusal::NeverAnswered { sequence: lost as u16 });
}

#[test]
fn an_engagement_shows_no_key() {
    let engagement = Engagement { plan: World::new().plan, key: agent_key() };
    assert!(format!("{engagement:?}").contains("StaticKey(secret)"));
}

#[test]
fn fifty_forged_retries_are_worth_one_hello() {
    let mut world = patient();
    let (from, to) = (world.landmark_at[0], world.agent_at[0]);
    let retry = Retry { session: SESSION, cookie: Cookie([1; 16]) }.to_bytes();
    intercept(&mut world, 192, true);
    let said: usize = (0..50).map(|_| answers(&mut world, from, to, &retry).len()).sum();
    assert_eq!(said, 1);
}

#[test]
fn forged_welcomes_do_not_put_off_a_keep() {
    let waiting = || {
        let mut world = World::empty(unhurried(), agent::Settings::default());
        world.assignment.window.not_before_ns += 40 * SECOND;
        world.plan.window = world.assignment.window;
        world.begin();
        world
    };
    let (mut world, mut left_alone) = (waiting(), waiting());
    let (from, to) = (world.landmark_at[0], world.agent_at[0]);
    let welcome = Welcome { session: SESSION, noise: [3; 60] }.to_bytes();
    for _ in 0..5 {
        world.run_for(SECOND);
        answers(&mut world, from, to, &welcome);
    }
    left_alone.run_for(5 * SECOND);
    assert_eq!(world.agent.wakes_at(), left_alone.agent.wakes_at());
    assert!(world.agent.wakes_at().is_some_and(|at| at < world.now_ns + 11 * SECOND));
}
