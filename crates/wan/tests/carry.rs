//! Datagrams between real sockets: whole, in order, as late as asked at least.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test that cannot go on should fail")]

mod net;

use std::net::{IpAddr, Ipv6Addr, SocketAddr, UdpSocket};
use std::thread;

use lightcone_wan::clock::now_ns;
use lightcone_wan::{
    Geography, Host, Jitter, Path, PathStats, Paths, SeenAs, Settings, Source, Wan, WanError,
};

use net::{AGENT, ELSEWHERE, LANDMARK, NEIGHBOUR, Net, bind, ms, point, receive, steady, until, v4};

/// Datagrams sent before the first is awaited: well within a socket's default buffer.
const ROUND: u64 = 50;

/// Sends rounds of numbered datagrams; each is received no earlier than `least_ns` after it was sent. Returns the
/// numbers in the order of arrival.
fn rounds(count: u64, least_ns: u64, send: impl Fn(&[u8]), receive: impl Fn() -> Vec<u8>) -> Vec<u64> {
    let mut arrived = Vec::new();
    for _ in 0..count {
        let first = arrived.len() as u64;
        let sent_ns: Vec<u64> = (first..first + ROUND)
            .map(|number| {
                let sent_ns = now_ns();
                send(&number.to_be_bytes());
                sent_ns
            })
            .collect();
        for _ in 0..ROUND {
            let number = u64::from_be_bytes(receive().try_into().unwrap());
            let took_ns = now_ns() - sent_ns[(number - first) as usize];
            assert!(took_ns >= least_ns, "datagram {number} took {took_ns} ns of {least_ns}");
            arrived.push(number);
        }
    }
    arrived
}

#[test]
fn nothing_is_early_and_order_is_kept() {
    let net = Net::new(steady(ms(3)));
    net.wan.set_path(LANDMARK, AGENT, steady(ms(7))).unwrap();
    let out = |datagram: &[u8]| assert_eq!(net.agent.send_to(datagram, net.front).unwrap(), datagram.len());
    let arrived = rounds(8, 3_000_000, out, || receive(&net.landmark));
    assert!(arrived.is_sorted(), "{arrived:?}");
    let back = net.hello();
    let out = |datagram: &[u8]| assert_eq!(net.landmark.send_to(datagram, back).unwrap(), datagram.len());
    let arrived = rounds(8, 7_000_000, out, || receive(&net.agent));
    assert!(arrived.is_sorted(), "{arrived:?}");
    until(|| net.wan.lateness().deliveries == 801);
    let lateness = net.wan.lateness();
    assert!(lateness.p50 <= lateness.p99 && lateness.p99 <= lateness.max * 2);
}

#[test]
fn jitter_only_adds() {
    for jitter in [Jitter::Uniform { most: ms(4) }, Jitter::Exponential { mean: ms(2) }] {
        let net = Net::new(steady(ms(2)).with_jitter(jitter).unwrap());
        let out =
            |datagram: &[u8]| assert_eq!(net.agent.send_to(datagram, net.front).unwrap(), datagram.len());
        let arrived = rounds(6, 2_000_000, out, || receive(&net.landmark));
        assert!(!arrived.is_sorted(), "{jitter:?} changed nothing");
        until(|| net.wan.stats(AGENT, LANDMARK).delivered == 300);
        assert_eq!(net.wan.stats(AGENT, LANDMARK).arrived, 300);
    }
}

#[test]
fn the_answer_comes_from_the_front_and_the_question_from_the_client() {
    let net = Net::new(steady(ms(1)));
    let seen_as = net.hello();
    assert_eq!(seen_as.ip(), net.agent.local_addr().unwrap().ip());
    net.landmark.send_to(b"answer", seen_as).unwrap();
    let (answer, from) = net::receive_from(&net.agent);
    assert_eq!((answer.as_slice(), from), (b"answer".as_slice(), net.front));
    assert_eq!(net.hello(), seen_as, "a flow keeps its socket");
    assert_ne!(net.hello_of(&net.neighbour).ip(), seen_as.ip());
}

#[test]
fn a_relay_that_hides_its_clients_shows_its_own_address_for_all() {
    let net = Net::with(steady(ms(0)), Settings { seen_as: SeenAs::Relay, ..Settings::default() });
    let (agent, neighbour) = (net.hello(), net.hello_of(&net.neighbour));
    assert_eq!((agent.ip(), neighbour.ip()), (v4(0, 0, 1).into(), v4(0, 0, 1).into()));
    assert_ne!(agent.port(), neighbour.port(), "answers find their way back");
    net.landmark.send_to(b"answer", neighbour).unwrap();
    assert_eq!(net::receive_from(&net.neighbour), (b"answer".to_vec(), net.front));
}

#[test]
fn the_share_that_is_lost_is_the_share_asked_for() {
    let net = Net::new(steady(ms(0)).with_loss(0.3).unwrap());
    let sent = 3_000;
    for round in 1..=sent / ROUND {
        for _ in 0..ROUND {
            net.agent.send_to(b"x", net.front).unwrap();
        }
        until(|| net.wan.stats(AGENT, LANDMARK).arrived == round * ROUND);
    }
    let settled = |stats: PathStats| stats.delivered + stats.lost == sent;
    until(|| settled(net.wan.stats(AGENT, LANDMARK)));
    let lost = net.wan.stats(AGENT, LANDMARK).lost;
    // Five standard deviations of 25 either way.
    assert!((775..=1_025).contains(&lost), "{lost} of {sent}");
    assert_eq!(net.wan.stats(LANDMARK, AGENT), PathStats::default());
}

#[test]
fn a_moved_host_has_other_delays() {
    let geography = Geography::at_speed(0.5).unwrap();
    let net = Net::of(|hosts| Paths::geographic(hosts, &geography), Settings::default());
    let near = net.wan.path(AGENT, LANDMARK).unwrap().delay();
    assert!(near < ms(1), "{near:?}");
    net.wan.move_host(AGENT, point(22.54, 114.06)).unwrap();
    let far = net.wan.path(AGENT, LANDMARK).unwrap().delay();
    assert!(far > ms(16), "{far:?}");
    assert_eq!(far, net.wan.path(LANDMARK, AGENT).unwrap().delay());
    assert_eq!(net.wan.place(AGENT).unwrap().name(), "22.5400° N 114.0600° E");
    let (_, took_ns) = net.out(b"from afar");
    assert!(took_ns >= far.as_nanos() as u64);
    net.wan.move_host(AGENT, point(1.35, 103.82)).unwrap();
    assert_eq!(net.wan.path(AGENT, LANDMARK).unwrap().delay(), near);
}

#[test]
fn what_is_not_carried_is_counted() {
    let settings = Settings { under_way_max: 5, flow_under_way_max: 3, ..Settings::default() };
    let net = Net::with(steady(ms(9_999)), settings);
    for agent in [&net.agent, &net.neighbour] {
        for _ in 0..10 {
            agent.send_to(b"x", net.front).unwrap();
        }
    }
    until(|| net.wan.totals().paths.arrived == 20);
    let overflowed = |from| net.wan.stats(from, LANDMARK).overflowed;
    until(|| overflowed(AGENT) == 7 && overflowed(NEIGHBOUR) == 8);
    bind(v4(10, 0, 99)).send_to(b"x", net.front).unwrap();
    until(|| net.wan.totals().strangers == 1);
    net.agent.send_to(&[0; lightcone_wan::DATAGRAM_MAX + 1], net.front).unwrap();
    until(|| net.wan.stats(AGENT, LANDMARK).too_long == 1);
    let totals = net.wan.stop().unwrap();
    assert_eq!((totals.paths.delivered, totals.paths.arrived), (0, 21));
}

#[test]
fn the_longest_datagram_is_carried_whole_and_the_empty_one_too() {
    let net = Net::new(steady(ms(0)));
    let longest: Vec<u8> = (0..lightcone_wan::DATAGRAM_MAX).map(|n| n as u8).collect();
    assert_eq!(net.out(&longest).0, longest);
    assert_eq!(net.out(&[]).0, []);
}

#[test]
fn idle_flows_make_room_and_busy_ones_do_not() {
    let idle = Settings { flows_max: 1, flow_idle: ms(0), ..Settings::default() };
    let net = Net::with(steady(ms(0)), idle);
    net.hello();
    net.hello_of(&net.neighbour);
    net.hello();
    let net = Net::with(steady(ms(0)), Settings { flows_max: 1, ..Settings::default() });
    net.hello();
    net.neighbour.send_to(b"hello", net.front).unwrap();
    until(|| net.wan.totals().flows_refused == 1);
    net.hello();
}

#[test]
fn a_closed_service_harms_no_one_else() {
    let Net { wan, agent, neighbour, landmark, front } = Net::new(steady(ms(0)));
    let real = landmark.local_addr().unwrap();
    drop(landmark);
    // The first of two is taken, word comes back that nobody is there, and the second is refused; unless the relay
    // hears the word first.
    let mut sent = 0;
    while wan.stats(AGENT, LANDMARK).undeliverable == 0 {
        (0..2).for_each(|_| assert_eq!(agent.send_to(b"x", front).unwrap(), 1));
        sent += 2;
        let settled = |stats: PathStats| stats.delivered + stats.undeliverable == sent;
        until(|| settled(wan.stats(AGENT, LANDMARK)));
    }
    let landmark = UdpSocket::bind(real).unwrap();
    landmark.set_read_timeout(Some(net::PATIENCE)).unwrap();
    neighbour.send_to(b"y", front).unwrap();
    assert_eq!(receive(&landmark), b"y");
}

#[test]
fn landmarks_reach_one_another_too() {
    let (first, second) = (bind(v4(21, 2, 1)), bind(v4(21, 2, 2)));
    let front = |n| SocketAddr::from((v4(20, 2, n), 0));
    let hosts = [
        Host::new("first", point(0.0, 0.0)).serves(front(1), first.local_addr().unwrap()),
        Host::new("second", point(0.0, 1.0)).serves(front(2), second.local_addr().unwrap()),
    ];
    let wan = Wan::start(&hosts, Paths::fixed(&hosts, steady(ms(2)))).unwrap();
    let [first_id, second_id] = ["first", "second"].map(|name| wan.host(name).unwrap());
    let sent_ns = now_ns();
    first.send_to(b"ask", wan.fronts(second_id)[0]).unwrap();
    let (ask, from) = net::receive_from(&second);
    second.send_to(&ask, from).unwrap();
    assert_eq!(net::receive_from(&first), (b"ask".to_vec(), wan.fronts(second_id)[0]));
    assert!(now_ns() - sent_ns >= 4_000_000);
    second.send_to(b"ask back", wan.fronts(first_id)[0]).unwrap();
    assert_eq!(receive(&first), b"ask back");
}

#[test]
fn version_6_is_carried_too() {
    let (agent, landmark) = (bind(Ipv6Addr::LOCALHOST), bind(Ipv6Addr::LOCALHOST));
    let front = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
    let hosts = [
        Host::new("agent", point(0.0, 0.0)).sends_from(agent.local_addr().unwrap()),
        Host::new("landmark", point(0.0, 9.0)).serves(front, landmark.local_addr().unwrap()),
    ];
    let geography = Geography::azure_2026(1);
    let wan = Wan::start(&hosts, Paths::geographic(&hosts, &geography)).unwrap();
    let front = wan.fronts(wan.host("landmark").unwrap())[0];
    let sent_ns = now_ns();
    agent.send_to(b"six", front).unwrap();
    let (six, back) = net::receive_from(&landmark);
    landmark.send_to(&six, back).unwrap();
    assert_eq!(net::receive_from(&agent), (b"six".to_vec(), front));
    // A million metres of equator each way.
    assert!(now_ns() - sent_ns >= 6_680_000);
}

#[test]
fn forty_agents_and_twelve_landmarks_reach_one_another() {
    let landmarks: Vec<UdpSocket> = (0..12).map(|n| bind(v4(21, 1, n + 1))).collect();
    let agents: Vec<UdpSocket> = (0..40).map(|n| bind(v4(10, 1, n + 1))).collect();
    let served = landmarks.iter().enumerate().map(|(n, landmark)| {
        let front = SocketAddr::from((v4(20, 1, n as u8 + 1), 0));
        Host::new(format!("landmark {n}"), point(n as f64 * 3.0, n as f64 * 2.0))
            .serves(front, landmark.local_addr().unwrap())
    });
    let asking = agents.iter().enumerate().map(|(n, agent)| {
        let address = agent.local_addr().unwrap().ip();
        Host::new(format!("agent {n}"), point(50.0, n as f64)).sends_from(address)
    });
    let hosts: Vec<Host> = served.chain(asking).collect();
    let wan = Wan::start(&hosts, Paths::geographic(&hosts, &Geography::azure_2026(3))).unwrap();
    let fronts: Vec<SocketAddr> =
        (0..12).map(|n| wan.fronts(wan.host(&format!("landmark {n}")).unwrap())[0]).collect();
    thread::scope(|scope| {
        for landmark in &landmarks {
            // Each of the agents asks three times.
            scope.spawn(move || {
                for _ in 0..40 * 3 {
                    let (question, from) = net::receive_from(landmark);
                    landmark.send_to(&question, from).unwrap();
                }
            });
        }
        for agent in &agents {
            scope.spawn(|| (0..3).for_each(|round| ask_all(agent, &fronts, round)));
        }
    });
    let totals = wan.stop().unwrap();
    assert_eq!((totals.paths.delivered, totals.strangers), (2 * 40 * 12 * 3, 0));
}

/// Asks all, and hears from each what it was asked.
fn ask_all(agent: &UdpSocket, fronts: &[SocketAddr], round: u8) {
    for (n, front) in fronts.iter().enumerate() {
        agent.send_to(&[round, n as u8], front).unwrap();
    }
    let mut heard = vec![false; fronts.len()];
    for _ in fronts {
        let (answer, from) = net::receive_from(agent);
        let n = usize::from(answer[1]);
        assert_eq!((answer[0], from), (round, fronts[n]));
        assert!(!std::mem::replace(&mut heard[n], true), "two answers of {n}");
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let host = |name: &str| Host::new(name, point(0.0, 0.0));
    let start = |hosts: &[Host]| Wan::start(hosts, Paths::fixed(hosts, Path::default()));
    assert!(matches!(start(&[host("a"), host("a")]), Err(WanError::NameTwice { .. })));
    let address = IpAddr::from(v4(10, 9, 9));
    let twice = [host("a").sends_from(address), host("b").sends_from(Source::Address(address))];
    let refused = start(&twice).err().unwrap().to_string();
    assert_eq!(refused, "both `a` and `b` send from 127.10.9.9; give each an address of its own");
    let others = Wan::start(&[host("a")], Paths::fixed(&[], Path::default()));
    assert_eq!(others.err().unwrap().to_string(), "the paths connect 0 hosts, but there are 1");
    let taken = bind(v4(20, 9, 9)).local_addr().unwrap();
    let holder = UdpSocket::bind(taken).unwrap();
    let front = start(&[host("a").serves(holder.local_addr().unwrap(), taken)]).err().unwrap();
    assert!(front.to_string().starts_with("cannot bind the front 127.20.9.9:"), "{front}");
    let many: Vec<Host> = (0..=lightcone_wan::HOSTS_MAX).map(|n| host(&n.to_string())).collect();
    assert_eq!(start(&many).err().unwrap().to_string(), "513 hosts are more than 512");
    assert!(Path::new(ms(10_001)).is_err() && Path::default().with_loss(f64::NAN).is_err());
}

#[test]
fn fronts_are_free_again_after_the_end() {
    let net = Net::new(steady(ms(0)));
    assert!(matches!(net.wan.move_host(AGENT, point(0.0, 0.0)), Err(WanError::NoGeography)));
    assert!(net.wan.fronts(ELSEWHERE).is_empty());
    let (front, wan) = (net.front, net.wan);
    assert!(wan.is_running() && UdpSocket::bind(front).is_err());
    drop(wan);
    assert!(UdpSocket::bind(front).is_ok());
}
