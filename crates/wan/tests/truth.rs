//! What the WAN is for: round trips through it prove true things about where hosts are.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a test that cannot go on should fail")]

mod net;

use std::net::{SocketAddr, UdpSocket};
use std::thread;

use lightcone_core::region::NoRegion;
use lightcone_core::{
    Age, ClockError, Evidence, Landmark, LightMode, Mesh, Metres, Observation, Point, Region, RoundTrip,
    ellipsoid,
};
use lightcone_wan::attack::{AddDelay, RelayElsewhere};
use lightcone_wan::clock::now_ns;
use lightcone_wan::{Geography, Host, HostId, Paths, Target, Wan};

use net::{bind, point, v4};

/// Where landmarks stand: on every continent, two in Singapore.
const CITIES: [(&str, f64, f64); 12] = [
    ("singapore", 1.35, 103.82),
    ("changi", 1.36, 103.99),
    ("hong kong", 22.32, 114.17),
    ("tokyo", 35.68, 139.69),
    ("mumbai", 19.08, 72.88),
    ("frankfurt", 50.11, 8.68),
    ("london", 51.51, -0.13),
    ("johannesburg", -26.2, 28.05),
    ("ashburn", 39.04, -77.49),
    ("san jose", 37.34, -121.89),
    ("sao paulo", -23.55, -46.63),
    ("sydney", -33.87, 151.21),
];
/// Chips of one WAN, as a rule.
const CHIPS: usize = 50;
/// Sessions after which a machine is too loud to see anything.
const SESSIONS_MAX: usize = 50;

/// A WAN of the landmarks and of chips at random places, and what it takes to ask.
struct World {
    wan: Wan,
    chips: Vec<(UdpSocket, Point)>,
    mesh: Mesh,
    landmarks: Vec<UdpSocket>,
}

impl World {
    /// Addresses differ from test to test by `net`.
    fn new(net: u8, chips: usize, dice: &mut fastrand::Rng) -> Self {
        let landmarks: Vec<UdpSocket> = (0..12).map(|n| bind(v4(21, net, n + 1))).collect();
        let chips: Vec<(UdpSocket, Point)> =
            (0..chips).map(|n| (bind(v4(10, net, n as u8 + 1)), anywhere(dice))).collect();
        let serving = CITIES.iter().zip(&landmarks).enumerate().map(|(n, (&(name, lat, lon), landmark))| {
            let front = SocketAddr::from((v4(20, net, n as u8 + 1), 0));
            Host::new(name, point(lat, lon)).serves(front, landmark.local_addr().unwrap())
        });
        let chip = |(n, (socket, point)): (usize, &(UdpSocket, Point))| {
            Host::new(format!("chip {n}"), *point).sends_from(socket.local_addr().unwrap().ip())
        };
        let hosts: Vec<Host> = serving.chain(chips.iter().enumerate().map(chip)).collect();
        let geography = Geography::azure_2026(dice.u64(..));
        let wan = Wan::start(&hosts, Paths::geographic(&hosts, &geography)).unwrap();
        Self { wan, chips, mesh: mesh(), landmarks }
    }

    /// Asks every chip from every landmark by real datagrams: the round trips of each landmark in nanoseconds.
    fn session(&self) -> Vec<Vec<u64>> {
        let fronts: Vec<SocketAddr> = (0..12).map(|n| self.wan.fronts(HostId::nth(n))[0]).collect();
        let chips = self.chips.len();
        thread::scope(|scope| {
            let timing = self.landmarks.iter().map(|landmark| scope.spawn(move || time(landmark, chips)));
            let timing: Vec<_> = timing.collect();
            for (n, (chip, _)) in self.chips.iter().enumerate() {
                let fronts = &fronts;
                scope.spawn(move || answer(chip, n as u8, fronts));
            }
            timing.into_iter().map(|timing| timing.join().unwrap()).collect()
        })
    }

    /// A region for each chip, at no liar assumed.
    fn regions(&self) -> Vec<Result<Region, NoRegion>> {
        let rtts_ns = self.session();
        let of = |chip: usize| rtts_ns.iter().map(move |of_chips| of_chips[chip]);
        (0..self.chips.len()).map(|chip| self.region(of(chip))).collect()
    }

    /// Sessions with the first chip, their least round trips taken together, until the region no longer allows a
    /// place.
    fn region_without(&self, place: Point) -> Region {
        let mut least_ns = vec![u64::MAX; CITIES.len()];
        for _ in 0..SESSIONS_MAX {
            for (least_ns, rtts_ns) in least_ns.iter_mut().zip(self.session()) {
                *least_ns = rtts_ns[0].min(*least_ns);
            }
            let region = self.region(least_ns.iter().copied()).unwrap();
            if !region.contains(ellipsoid::direction(place)) {
                return region;
            }
        }
        panic!("{SESSIONS_MAX} sessions allow {place} still");
    }

    fn region(&self, rtts_ns: impl Iterator<Item = u64>) -> Result<Region, NoRegion> {
        let observations: Vec<Observation> = rtts_ns
            .zip(CITIES)
            .map(|(rtt_ns, (name, ..))| Observation {
                landmark: self.mesh.find(name).unwrap(),
                round_trip: RoundTrip::from_ns(rtt_ns as i64).unwrap(),
                age: Age::default(),
            })
            .collect();
        Evidence::new(&self.mesh, LightMode::Vacuum, &observations).region(0)
    }

    fn assert_all_contain_the_truth(&self) {
        for (region, (_, place)) in self.regions().into_iter().zip(&self.chips) {
            let region = region.unwrap_or_else(|none| panic!("no region for a chip at {place}: {none}"));
            assert!(region.contains(ellipsoid::direction(*place)), "a chip at {place} was excluded");
        }
    }
}

fn anywhere(dice: &mut fastrand::Rng) -> Point {
    point((2.0 * dice.f64() - 1.0).asin().to_degrees(), 360.0 * dice.f64() - 180.0)
}

fn mesh() -> Mesh {
    let landmark = |&(name, lat, lon): &(&str, f64, f64)| Landmark {
        name: name.to_owned(),
        point: point(lat, lon),
        position_error: Metres::ZERO,
        clock_error: ClockError::default(),
        group: None,
    };
    Mesh::new(CITIES.iter().map(landmark).collect()).unwrap()
}

/// A landmark: challenges each chip that says its number once, and times the answer, in nanoseconds.
fn time(landmark: &UdpSocket, chips: usize) -> Vec<u64> {
    let (mut sent_ns, mut rtts_ns) = (vec![0; chips], vec![0; chips]);
    for _ in 0..2 * chips {
        let (datagram, from) = net::receive_from(landmark);
        let chip = usize::from(datagram[1]);
        if datagram[0] == b'h' {
            sent_ns[chip] = now_ns();
            landmark.send_to(&[b'c', chip as u8], from).unwrap();
        } else {
            rtts_ns[chip] = now_ns() - sent_ns[chip];
        }
    }
    rtts_ns
}

/// A chip: says hello to all landmarks and answers each once.
fn answer(chip: &UdpSocket, number: u8, fronts: &[SocketAddr]) {
    for front in fronts {
        chip.send_to(&[b'h', number], front).unwrap();
    }
    for _ in fronts {
        let (challenge, from) = net::receive_from(chip);
        chip.send_to(&[b'a', challenge[1]], from).unwrap();
    }
}

fn rounds() -> u64 {
    std::env::var("LIGHTCONE_LONG").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

#[test]
fn honest_paths_never_exclude_the_truth() {
    for round in 0..rounds() {
        World::new(41, CHIPS, &mut fastrand::Rng::with_seed(round)).assert_all_contain_the_truth();
    }
}

#[test]
fn a_relay_or_a_delay_never_excludes_it_either() {
    for round in 0..rounds() {
        let world = World::new(42, CHIPS, &mut fastrand::Rng::with_seed(1_000 + round));
        let singapore = world.wan.host("singapore").unwrap();
        for chip in 0..CHIPS {
            let chip = HostId::nth(CITIES.len() + chip);
            if chip.position().is_multiple_of(2) {
                world.wan.attack(Target::Host(chip), RelayElsewhere { via: singapore }).unwrap();
            } else {
                let late = AddDelay { by: net::ms(chip.position() as u64) };
                world.wan.attack(Target::From(chip), late).unwrap();
            }
        }
        world.assert_all_contain_the_truth();
    }
}

#[test]
fn a_chip_that_left_is_proven_to_have_left() {
    let world = World::new(43, 1, &mut fastrand::Rng::with_seed(9));
    let chip = HostId::nth(CITIES.len());
    let (singapore, shenzhen) = (point(1.30, 103.80), point(22.54, 114.06));
    let contains = |region: &Region, place| region.contains(ellipsoid::direction(place));
    world.wan.move_host(chip, singapore).unwrap();
    assert!(contains(&world.region_without(shenzhen), singapore));
    world.wan.move_host(chip, shenzhen).unwrap();
    assert!(contains(&world.region_without(singapore), shenzhen));
}
