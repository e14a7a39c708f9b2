//! Whole sessions, over either family and both, and between two landmarks.

use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use lightcone_probe::agent;
use lightcone_probe::handshake::StaticKey;
use lightcone_probe::landmark::NotAssigned;
use lightcone_probe::udp::socket::Stamping;
use lightcone_probe::udp::{AgentSetup, AgentThread, Event, Sockets, Unavailable};

use crate::pair::{self, both, judge, measure, papers, quick, v4, v6};

/// Loopback stands for no distance; a machine under load is slow all the same.
const RTT_NS_MAX: i64 = 50_000_000;

#[test]
fn sixty_four_samples_over_ipv4() {
    let (landmark, agent) = (pair::landmark(1, v4(), quick()), pair::agent(2, v4()));
    let checked = measure(&landmark, &agent, landmark.thread.bound(), 64);
    assert!(checked.corroborated);
    assert_eq!((checked.diagnostics.sent, checked.diagnostics.answered), (64, 64));
    let best = checked.best.unwrap();
    assert!((500..RTT_NS_MAX).contains(&best.rtt_ns), "{} ns", best.rtt_ns);
    // Kernel stamps come on loopback: the best sample is not the program's own reading.
    assert_eq!(best.fallback, None);
    let stamps = best.sent.answer.unwrap().stamps;
    assert!(best.rtt_ns < stamps.t3 - stamps.t0);
}

#[test]
fn sixty_four_samples_over_ipv6() {
    let (landmark, agent) = (pair::landmark(1, v6(), quick()), pair::agent(2, v6()));
    let checked = measure(&landmark, &agent, landmark.thread.bound(), 64);
    assert_eq!((checked.diagnostics.sent, checked.diagnostics.answered), (64, 64));
    assert!((500..RTT_NS_MAX).contains(&checked.best.unwrap().rtt_ns));
    assert_eq!(checked.best.unwrap().fallback, None);
}

#[test]
fn an_agent_that_polls_answers_as_well() {
    let (landmark, agent) = (pair::landmark(1, v4(), quick()), pair::polling(2, v4()));
    let checked = measure(&landmark, &agent, landmark.thread.bound(), 64);
    assert_eq!((checked.diagnostics.sent, checked.diagnostics.answered), (64, 64));
}

#[test]
fn both_families_in_one_session() {
    let (landmark, agent) = (pair::landmark(1, both(), quick()), pair::agent(2, both()));
    let checked = measure(&landmark, &agent, landmark.thread.bound(), 64);
    assert_eq!((checked.diagnostics.sent, checked.diagnostics.answered), (64, 64));
}

#[test]
fn two_hundred_and_fifty_six_samples_and_no_more() {
    let mut eager = quick();
    eager.limits.probes_per_session = 1_000;
    let landmark = pair::landmark(1, v4(), eager);
    let (sender, events) = sync_channel(8);
    let mut answers = agent::Settings { quiet_ns: 2_000_000_000, ..agent::Settings::default() };
    (answers.limits.answers_per_landmark, answers.limits.answers) = (1_000, 1_000);
    let sockets = Sockets::bind(v4(), Stamping::Off).unwrap();
    let thread = AgentThread::start(
        sockets,
        AgentSetup { settings: answers, seed: [3; 32], busy_poll: false },
        sender,
    )
    .unwrap();
    let agent = pair::Agent { thread, events };
    let checked = measure(&landmark, &agent, landmark.thread.bound(), 256);
    assert_eq!((checked.diagnostics.sent, checked.diagnostics.answered), (256, 256));
}

#[test]
fn landmarks_probe_one_another_from_their_own_ports_at_the_same_time() {
    let (one, two) = (pair::landmark(1, v4(), quick()), pair::landmark(2, v4(), quick()));
    let (first, to_one) = papers(11, &two.key, &one, one.thread.bound(), 64);
    let (second, to_two) = papers(12, &one.key, &two, two.thread.bound(), 64);
    one.thread.assign(first).unwrap();
    two.thread.assign(second).unwrap();
    two.thread.engage(to_one).unwrap();
    one.thread.engage(to_two).unwrap();
    let collect = |landmark: &pair::Landmark| {
        let (mut report, mut transcript, mut entered) = (None, None, None);
        while report.is_none() || transcript.is_none() {
            match landmark.events.recv_timeout(Duration::from_secs(60)).unwrap() {
                Event::Reported(it) => report = Some(it),
                Event::Answered(it) => transcript = Some(it),
                Event::Entered { agent, .. } => entered = Some(agent),
                other => assert!(matches!(other, Event::Established { .. } | Event::Distrusted), "{other:?}"),
            }
        }
        (report.unwrap(), transcript.unwrap(), entered.unwrap())
    };
    let (report_one, transcript_one, from_two) = collect(&one);
    let (report_two, transcript_two, from_one) = collect(&two);
    assert_eq!(judge(&first, &report_one, &transcript_two).diagnostics.answered, 64);
    assert_eq!(judge(&second, &report_two, &transcript_one).diagnostics.answered, 64);
    assert_eq!(from_two, pair::address(two.thread.bound()));
    assert_eq!(from_one, pair::address(one.thread.bound()));
}

#[test]
fn one_agent_and_many_landmarks() {
    let agent = pair::agent(9, v4());
    let landmarks: Vec<_> = (1..=6).map(|seed| pair::landmark(seed, v4(), quick())).collect();
    let key = StaticKey::from_bytes([50; 32]);
    let papers: Vec<_> =
        landmarks.iter().map(|landmark| papers(20, &key, landmark, landmark.thread.bound(), 32)).collect();
    let mut together = papers[0].1.plan.clone();
    together.landmarks = papers.iter().map(|(_, engagement)| engagement.plan.landmarks[0]).collect();
    together.landmarks.sort_unstable_by_key(|landmark| landmark.id);
    for (landmark, (assignment, _)) in landmarks.iter().zip(&papers) {
        landmark.thread.assign(*assignment).unwrap();
    }
    agent.thread.engage(lightcone_probe::udp::Engagement { plan: together, key }).unwrap();
    let transcript = pair::answered(&agent.events);
    assert_eq!(transcript.landmarks.len(), 6);
    for (landmark, (assignment, _)) in landmarks.iter().zip(&papers) {
        let checked = judge(assignment, &pair::reported(&landmark.events), &transcript);
        assert_eq!(checked.diagnostics.answered, 32);
    }
}

#[test]
fn refusals_are_said() {
    let landmark = pair::landmark(1, v4(), quick());
    let key = StaticKey::from_bytes([4; 32]);
    let (mut assignment, _) = papers(30, &key, &landmark, landmark.thread.bound(), 8);
    assignment.window.not_after_ns -= 60_000_000_000;
    landmark.thread.assign(assignment).unwrap();
    let event = landmark.events.recv_timeout(Duration::from_secs(60)).unwrap();
    let Event::NotAssigned { session, why: NotAssigned::Over(_) } = event else { panic!("{event:?}") };
    assert_eq!(session, assignment.session);
}

#[test]
fn threads_stop_at_once_with_work_open() {
    let (landmark, agent) = (pair::landmark(1, v4(), quick()), pair::agent(2, v4()));
    let key = StaticKey::from_bytes([4; 32]);
    let (assignment, engagement) = papers(31, &key, &landmark, landmark.thread.bound(), 64);
    landmark.thread.assign(assignment).unwrap();
    agent.thread.engage(engagement).unwrap();
    let begun = Instant::now();
    landmark.thread.stop();
    agent.thread.stop();
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(matches!(landmark.events.iter().last(), None | Some(Event::Entered { .. } | Event::Reported(_))));
}

#[test]
fn a_listener_that_is_gone_or_full_stops_nothing_timed() {
    let (landmark, agent) = (pair::landmark(1, v4(), quick()), pair::agent(2, v4()));
    drop(agent.events);
    let key = StaticKey::from_bytes([4; 32]);
    let (assignment, engagement) = papers(32, &key, &landmark, landmark.thread.bound(), 32);
    landmark.thread.assign(assignment).unwrap();
    agent.thread.engage(engagement).unwrap();
    let report = pair::reported(&landmark.events);
    assert_eq!(report.sent.iter().filter(|sent| sent.answer.is_some()).count(), 32);
    assert!(matches!(
        agent.thread.engage(papers(33, &key, &landmark, v4(), 1).1),
        Ok(()) | Err(Unavailable::Full)
    ));
}
