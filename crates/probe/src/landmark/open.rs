//! A session whose agent proved its key.

use std::net::SocketAddr;

use lightcone_responder::{Challenge, Packet, Reply, SessionId, SessionKeys, prove};

use super::session::{Due, Kept};
use super::shots::{NotCounted, Shots};
use super::{Arrival, Probe, Settings, Shot};
use crate::chance::Chance;
use crate::control::{Hello, Keep, NOISE_BYTES, Welcome};
use crate::datagram::Datagram;
use crate::ids::Nonce;
use crate::limits::{Bucket, ROUND_TRIP_NS_MAX};
use crate::now::Now;
use crate::ntp;

/// Not synchronised, multiplier 1 (RFC 4656, section 4.1.2): no proof rests on the timestamps.
pub(super) const ERROR_ESTIMATE: u16 = 0x0001;
/// How long after the last answer a session stays, so that late stamps are still counted.
const LINGER_NS: i64 = 5_000_000;

/// A tag or proof that does not check.
#[derive(Debug)]
pub(super) struct Forged;

pub(super) struct Open {
    session: SessionId,
    keys: SessionKeys,
    pub(super) ssid: u16,
    hello: [u8; NOISE_BYTES],
    welcome: [u8; NOISE_BYTES],
    /// Where the agent is reached: one address a family.
    paths: Vec<SocketAddr>,
    /// An address that a KEEP came from and that has yet to show a cookie.
    moving: Option<SocketAddr>,
    counter: Option<u64>,
    times: Vec<i64>,
    rate: Bucket,
    pub(super) shots: Shots,
    is_settled: bool,
    /// After the last challenge: when it is over.
    over_at: i64,
    wakes: i64,
}

impl Open {
    pub(super) fn new(
        session: SessionId,
        hello: &Hello,
        welcome: &[u8; NOISE_BYTES],
        keys: SessionKeys,
        from: SocketAddr,
        times: Vec<i64>,
        rate: u32,
    ) -> Self {
        let [first, second, ..] = session.0;
        Self {
            session,
            keys,
            // RFC 8972, section 3: not zero.
            ssid: u16::from_be_bytes([first, second]) | 1,
            hello: hello.noise,
            welcome: *welcome,
            paths: vec![from],
            moving: None,
            counter: None,
            shots: Shots::new(times.len()),
            rate: Bucket::new(rate),
            is_settled: false,
            over_at: i64::MAX,
            wakes: times.first().copied().unwrap_or(i64::MIN),
            times,
        }
    }

    pub(super) fn wakes(&self) -> i64 {
        self.wakes
    }

    pub(super) fn stamp_key(&self) -> &[u8; 32] {
        self.keys.stamp().as_bytes()
    }

    pub(super) fn is_reached_at(&self, from: SocketAddr) -> bool {
        self.paths.contains(&from)
    }

    pub(super) fn welcome(&self) -> Datagram {
        Welcome { session: self.session, noise: self.welcome }.to_bytes().into()
    }

    /// A HELLO with a good cookie after the handshake: repeated from where the agent is, or from where its last KEEP
    /// said that it is now. Any other is not answered: one handshake a session.
    pub(super) fn again(&mut self, hello: &Hello, from: SocketAddr) -> Option<Datagram> {
        if hello.noise != self.hello {
            return None;
        }
        if self.moving == Some(from) {
            self.moving = None;
            match self.paths.iter_mut().find(|path| path.is_ipv4() == from.is_ipv4()) {
                Some(path) => *path = from,
                None => self.paths.push(from),
            }
        }
        self.is_reached_at(from).then(|| self.welcome())
    }

    pub(super) fn keep(&mut self, keep: &Keep, from: SocketAddr) -> Kept {
        if !keep.is_sealed_by(self.keys.stamp()) {
            return Kept::Forged;
        }
        let is_old = self.counter.is_some_and(|counter| keep.counter <= counter);
        if is_old {
            return Kept::Known;
        }
        self.counter = Some(keep.counter);
        if self.is_reached_at(from) {
            return Kept::Known;
        }
        self.moving = Some(from);
        Kept::Moves
    }

    pub(super) fn reply(&mut self, datagram: &[u8], arrival: &Arrival) -> Result<(), Forged> {
        let reply = Reply::open(datagram, self.keys.stamp()).map_err(|_| Forged)?;
        match self.shots.answer(&reply, arrival) {
            Ok(()) => {}
            Err(NotCounted::Proof) => return Err(Forged),
            Err(NotCounted::Sequence | NotCounted::Late) => return Ok(()),
        }
        if self.is_all_sent() && self.shots.is_all_answered() {
            self.over_at = self.over_at.min(arrival.t3 + LINGER_NS);
            self.wakes = self.over_at;
        }
        Ok(())
    }

    /// Takes the stamp of a challenge whose own bytes came back with it.
    pub(super) fn stamped(&mut self, packet: &Packet, t1: i64) {
        if let Ok(challenge) = Challenge::open(packet, self.keys.stamp()) {
            self.shots.stamped(&challenge, t1);
        }
    }

    pub(super) fn due(&mut self, now: Now, settings: &Settings, chance: &mut impl Chance) -> Due {
        if !self.is_all_sent() && self.shots.is_settled(settings.schedule.settled_ns) {
            self.is_settled = true;
            self.last_sent(now.mono_ns);
        }
        if self.is_all_sent() {
            self.wakes = self.over_at;
            return if now.mono_ns >= self.over_at { Due::Over } else { Due::Later };
        }
        let due_at = self.times[self.shots.len()];
        if now.mono_ns < due_at || !self.rate.take(now.mono_ns) {
            self.wakes = due_at.max(self.rate.next_ns(now.mono_ns));
            return Due::Later;
        }
        Due::Probe(self.probe(now, chance))
    }

    fn probe(&mut self, now: Now, chance: &mut impl Chance) -> Probe {
        let sequence = self.shots.len() as u16;
        let challenge = Challenge {
            sequence: sequence.into(),
            timestamp: ntp::from_unix_ns(now.unix_ns),
            error_estimate: ERROR_ESTIMATE,
            ssid: self.ssid,
            session: self.session,
            index: sequence.into(),
            nonce: Nonce(chance.array()),
        };
        let packet = challenge.seal(self.keys.stamp());
        self.shots.add(&challenge, prove(&packet, self.keys.proof()));
        match self.times.get(self.shots.len()) {
            Some(next) => self.wakes = *next,
            None => self.last_sent(now.mono_ns),
        }
        let to = self.paths[usize::from(sequence) % self.paths.len()];
        Probe { shot: Shot { session: self.session, sequence }, to, packet }
    }

    fn is_all_sent(&self) -> bool {
        self.is_settled || self.shots.len() == self.times.len()
    }

    /// No more challenges: what is out may still come in.
    fn last_sent(&mut self, now_ns: i64) {
        let wait = if self.shots.is_all_answered() { LINGER_NS } else { ROUND_TRIP_NS_MAX };
        self.over_at = now_ns + wait;
        self.wakes = self.over_at;
    }
}
