//! A hall behind a relay: sessions as always, and no address of the hall where landmarks look.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::process::Command;

use lightcone_core::Point;
use lightcone_wan::{Host, HostId, Path, Paths, Source, Wan};

use crate::daemons::{ALL, Daemon, World};
use crate::run::lightcone;

/// Where the agent answers from. Whatever else comes, comes from 127.0.0.1.
const HALL: [u8; 4] = [127, 77, 0, 1];
const LANDMARKS: HostId = HostId::nth(0);
const AGENT: HostId = HostId::nth(1);
const OTHERS: HostId = HostId::nth(2);

/// What stands right in front of the landmarks and tells the hall's datagrams from all others by their address. It adds
/// no delay.
fn tap(world: &World) -> Wan {
    let here = Point::from_degrees(0.0, 0.0).unwrap();
    let real = world.ports.iter().map(|&port| SocketAddr::from(([127, 0, 0, 1], port)));
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let landmarks = real.fold(Host::new("landmarks", here), |host, real| host.serves(free, real));
    let hosts = [
        landmarks,
        Host::new("agent", here).sends_from(IpAddr::from(HALL)),
        Host::new("others", here).sends_from(Source::Anyone),
    ];
    Wan::start(&hosts, Paths::fixed(&hosts, Path::default())).unwrap()
}

/// A relay in front of these, and where it listens for each.
fn relay(landmarks: &[SocketAddr]) -> (Daemon, Vec<SocketAddr>) {
    let pairs = landmarks.iter().map(|landmark| format!(" --listen 127.0.0.1:0 --landmark {landmark}"));
    let mut relay = Daemon::start(&format!("relay{}", pairs.collect::<String>()));
    let mut listens = Vec::new();
    for landmark in landmarks {
        relay.hear(&format!("to {landmark};"));
        let said = relay.heard.last().unwrap();
        listens.push(said.split(' ').nth(2).unwrap().parse().unwrap());
    }
    (relay, listens)
}

/// An agent of the hall that greets these in the place of the landmarks, in their order.
fn agent(world: &World, relays: &[SocketAddr]) -> Daemon {
    let pairs = world.ports.iter().zip(relays).map(|(port, relay)| format!("'127.0.0.1:{port}={relay}'"));
    let setting = format!("site_relay = [{}]\n", pairs.collect::<Vec<_>>().join(", "));
    let mut agent = world.agent_with(&world.verifier(), &IpAddr::from(HALL).to_string(), &setting);
    agent.hear("attending");
    agent
}

/// The landmarks that the agent answers in a session now.
fn answered(world: &World) -> Vec<String> {
    let verdict = world.ok("summon agents/rack --wait").remove(0);
    let measured = world.ok(&format!("list measurements --session {}", verdict["session"].as_str().unwrap()));
    assert_eq!(measured.len(), ALL.len(), "each reports, if only silence");
    let answered = measured.iter().filter(|one| one["answered"].as_i64().is_some_and(|count| count > 0));
    answered.map(|one| one["landmark"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn landmarks_behind_a_relay_never_see_the_hall() {
    let world = World::open();
    let mut landmarks: Vec<Daemon> = (0..3).map(|index| world.landmark(index)).collect();
    landmarks.iter_mut().for_each(|landmark| landmark.hear("watching for work"));
    let tap = tap(&world);
    let fronts = tap.fronts(LANDMARKS).to_vec();
    let came = || (tap.stats(AGENT, LANDMARKS).arrived, tap.stats(OTHERS, LANDMARKS).arrived);

    // The third landmark has no relay. It is left out, and hears of nobody.
    let (mut relay, listens) = relay(&fronts[..2]);
    let mut hidden = agent(&world, &listens);
    assert_eq!(answered(&world), ALL[..2]);
    hidden.hear("left out");
    hidden.kill();
    let (from_hall, from_relay) = came();
    assert!(from_hall == 0 && from_relay > 2, "{from_hall} from the hall, {from_relay} from the relay");
    let pid = relay.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    relay.hear(" datagrams carried, 0 dropped");
    assert_eq!(relay.child.wait().unwrap().code(), Some(0));

    // The same without it: the tap would have seen.
    let _seen = agent(&world, &fronts);
    assert_eq!(answered(&world), ALL);
    assert!(came().0 > 2 && came().1 == from_relay, "{:?}", came());
}

#[test]
fn a_relay_that_cannot_be_is_refused() {
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let holder = UdpSocket::bind(taken).unwrap();
    for (arguments, code, words) in [
        ("--listen 127.0.0.1:0 --landmark 127.0.0.1:1 --listen 127.0.0.1:0".to_owned(), 2, "in pairs"),
        ("--listen 127.0.0.1:0 --landmark 0.0.0.0:7444".to_owned(), 2, "`0.0.0.0:7444`"),
        ("--listen 127.0.0.1:0 --landmark 127.0.0.1:0".to_owned(), 2, "`127.0.0.1:0`"),
        (format!("--listen {taken} --landmark 127.0.0.1:1"), 1, "cannot bind"),
    ] {
        let run = lightcone(&format!("relay {arguments}"));
        assert!(run.code == code && run.stderr.contains(words), "{} {}", run.code, run.stderr);
    }
    drop(holder);
}
