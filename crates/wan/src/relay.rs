//! The thread that carries datagrams: waits for the next to arrive or to be due, and never delivers early.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::num::NonZeroU64;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use fastrand::Rng;
use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::io::Errno;
use rustix::thread::set_current_timer_slack;
use rustix::time::Timespec;

use crate::attack::{End, Fate, Forgery, Session, flip};
use crate::clock::now_ns;
use crate::flow::{Behind, FlowId, Flows, Toward};
use crate::host::{HostId, Source};
use crate::path::ns;
use crate::queue::{Buffer, Queue};
use crate::stats::PathStats;
use crate::wan::Settings;
use crate::world::World;
use crate::{DATAGRAM_MAX, PROBE_BYTES};

/// Datagrams read from one socket before the others, and what is due, have their turn.
const READ_AT_ONCE: usize = 32;
/// Sockets looked at in one round.
const EVENTS_AT_ONCE: usize = 256;
/// The kernel may wake the relay this much late to save power, in nanoseconds: the least there is.
const TIMER_SLACK_NS: NonZeroU64 = NonZeroU64::MIN;
/// Of a challenge's answer, where its proof and seal begin: the last 36 bytes.
const PROOF_FROM: usize = PROBE_BYTES - 36;
const WAKE: u64 = 0;

/// A bound front.
pub(crate) struct Front {
    pub(crate) socket: UdpSocket,
    pub(crate) host: HostId,
    pub(crate) real: SocketAddr,
}

/// Who sends from which address.
#[derive(Default)]
pub(crate) struct Senders(pub(crate) HashMap<Source, HostId>);

impl Senders {
    fn find(&self, sender: SocketAddr) -> Option<HostId> {
        let by_address = || self.0.get(&Source::Address(sender.ip()));
        self.0
            .get(&Source::Socket(sender))
            .or_else(by_address)
            .or_else(|| self.0.get(&Source::Anyone))
            .copied()
    }
}

/// The relay: all that its thread owns.
pub(crate) struct Relay {
    epoll: OwnedFd,
    wake: Arc<OwnedFd>,
    fronts: Vec<Front>,
    senders: Senders,
    flows: Flows,
    queue: Queue,
    world: Arc<World>,
    settings: Settings,
    dice: Rng,
}

impl Relay {
    pub(crate) fn new(
        fronts: Vec<Front>,
        senders: Senders,
        world: Arc<World>,
        wake: Arc<OwnedFd>,
        settings: Settings,
    ) -> io::Result<Self> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, &wake, EventData::new_u64(WAKE), EventFlags::IN)?;
        for (position, front) in fronts.iter().enumerate() {
            epoll::add(&epoll, &front.socket, EventData::new_u64(1 + position as u64), EventFlags::IN)?;
        }
        let flows = Flows::new(&settings);
        let queue = Queue::new(settings.under_way_max);
        let dice = Rng::with_seed(settings.seed);
        Ok(Self { epoll, wake, fronts, senders, flows, queue, world, settings, dice })
    }

    /// Carries until told to end.
    pub(crate) fn run(mut self) -> io::Result<()> {
        set_current_timer_slack(Some(TIMER_SLACK_NS))?;
        let mut events = Vec::with_capacity(EVENTS_AT_ONCE);
        while !self.world.is_ending() {
            self.deliver_due();
            events.clear();
            match epoll::wait(&self.epoll, spare_capacity(&mut events), self.patience().as_ref()) {
                Err(Errno::INTR) => continue,
                waited => waited?,
            };
            self.read_ready(&events)?;
        }
        Ok(())
    }

    /// How long to wait for arrivals: until the next is due, less what is spun.
    fn patience(&self) -> Option<Timespec> {
        let due_ns = self.queue.next_due_ns()?.saturating_sub(ns(self.settings.spin));
        let ns = due_ns.saturating_sub(now_ns());
        Some(Timespec { tv_sec: (ns / 1_000_000_000) as i64, tv_nsec: (ns % 1_000_000_000) as i64 })
    }

    fn read_ready(&mut self, events: &[Event]) -> io::Result<()> {
        let fronts = self.fronts.len() as u64;
        for event in events {
            let data = event.data;
            match data.u64() {
                WAKE => self.quiet_wake()?,
                token if token <= fronts => self.read_front(token as usize - 1),
                token => self.read_upstream((token - fronts - 1) as FlowId),
            }
            self.deliver_due();
        }
        Ok(())
    }

    /// Takes the signal, so that it does not wake twice.
    fn quiet_wake(&self) -> io::Result<()> {
        match rustix::io::read(&self.wake, &mut [0; 8]) {
            Ok(_) | Err(Errno::AGAIN) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn read_front(&mut self, position: usize) {
        for _ in 0..READ_AT_ONCE {
            let mut buffer = self.queue.buffer();
            // An error is nothing to read, or word of a port that was closed: neither is the relay's.
            let Ok((bytes, client)) = self.fronts[position].socket.recv_from(&mut buffer[..]) else {
                self.queue.give_back(buffer);
                return;
            };
            match self.flow_of(client, position) {
                Some(flow) => self.arrived((flow, Toward::Service), buffer, bytes),
                None => self.queue.give_back(buffer),
            }
        }
    }

    fn read_upstream(&mut self, id: FlowId) {
        for _ in 0..READ_AT_ONCE {
            let mut buffer = self.queue.buffer();
            let received = self.flows.get(id).map(|flow| flow.upstream.recv(&mut buffer[..]));
            let Some(Ok(bytes)) = received else {
                self.queue.give_back(buffer);
                return;
            };
            self.arrived((id, Toward::Client), buffer, bytes);
        }
    }

    /// The flow that a datagram belongs to, opened if it is the first; none for a stranger's.
    fn flow_of(&mut self, client: SocketAddr, front: usize) -> Option<FlowId> {
        if let Some(flow) = self.flows.find(client, front) {
            return Some(flow);
        }
        let Some(host) = self.senders.find(client) else {
            self.world.stats().strangers += 1;
            return None;
        };
        let behind = Behind { front, host: self.fronts[front].host, real: self.fronts[front].real };
        let opened = self.flows.open((client, host), behind, now_ns());
        let watched = opened.and_then(|id| self.watch(id).map(|()| id).inspect_err(|_| self.flows.close(id)));
        if watched.is_err() {
            self.world.stats().flows_refused += 1;
        }
        watched.ok()
    }

    fn watch(&mut self, id: FlowId) -> io::Result<()> {
        let token = 1 + self.fronts.len() as u64 + id as u64;
        let Some(flow) = self.flows.get(id) else { return Ok(()) };
        epoll::add(&self.epoll, flow.upstream.as_fd(), EventData::new_u64(token), EventFlags::IN)?;
        Ok(())
    }

    /// Decides what becomes of a datagram that just arrived, and puts it on its way.
    fn arrived(&mut self, way: (FlowId, Toward), mut buffer: Buffer, bytes: usize) {
        let now_ns = now_ns();
        let Some(flow) = self.flows.get(way.0) else { return self.queue.give_back(buffer) };
        let ends = flow.ends(way.1);
        flow.used_ns = now_ns;
        flow.remember(way.1, &buffer[..bytes]);
        let fate = self.world.rules().fate(ends, bytes, &mut self.dice);
        let end = if bytes > DATAGRAM_MAX { Some(too_long as Count) } else { fate.end.map(counter) };
        self.count(ends, |path| {
            path.arrived += 1;
            end.into_iter().for_each(|end| end(path));
        });
        if let Some((after_ns, forgery)) = fate.answer {
            self.forge(way, &buffer[..bytes], now_ns + after_ns, forgery);
        }
        if end.is_some() {
            return self.queue.give_back(buffer);
        }
        let due_ns = now_ns + fate.late_ns();
        self.repeat(way, &buffer[..bytes], due_ns, &fate);
        flip(&mut buffer[..bytes], fate.flips, &mut self.dice);
        self.send_at(due_ns, way, buffer, bytes);
    }

    /// Copies that a duplicating or replaying attacker delivers.
    fn repeat(&mut self, way: (FlowId, Toward), datagram: &[u8], due_ns: u64, fate: &Fate) {
        for _ in 0..fate.copies {
            self.make(due_ns, way, datagram);
        }
        let Some((after_ns, into)) = fate.again else { return };
        let flow = match into {
            Session::Same => Some(way.0),
            Session::Other => self.flows.other(way.0),
        };
        if let Some(flow) = flow {
            self.make(due_ns + after_ns, (flow, way.1), datagram);
        }
    }

    /// An answer to whoever sent this, made without the key.
    fn forge(&mut self, way: (FlowId, Toward), challenge: &[u8], due_ns: u64, forgery: Forgery) {
        let back = way.1.back();
        let recorded = self.flows.get(way.0).and_then(|flow| flow.seen(back).copied());
        let mut answer = [0; PROBE_BYTES];
        match (forgery, recorded) {
            (Forgery::Recorded | Forgery::RandomProof, None) => return,
            (Forgery::Recorded | Forgery::RandomProof, Some(recorded)) => answer = recorded,
            (Forgery::Random, _) => self.dice.fill(&mut answer),
            (Forgery::Echo, _) => answer.copy_from_slice(&challenge[..PROBE_BYTES]),
        }
        if forgery == Forgery::RandomProof {
            self.dice.fill(&mut answer[PROOF_FROM..]);
        }
        self.make(due_ns, (way.0, back), &answer);
    }

    /// Puts an attacker's datagram on its way.
    fn make(&mut self, due_ns: u64, way: (FlowId, Toward), datagram: &[u8]) {
        let Some(ends) = self.flows.get(way.0).map(|flow| flow.ends(way.1)) else { return };
        self.count(ends, |path| path.made += 1);
        let mut buffer = self.queue.buffer();
        buffer[..datagram.len()].copy_from_slice(datagram);
        self.send_at(due_ns, way, buffer, datagram.len());
    }

    fn send_at(&mut self, due_ns: u64, way: (FlowId, Toward), buffer: Buffer, bytes: usize) {
        let is_full = self.queue.is_full();
        let Some(flow) = self.flows.get(way.0) else { return self.queue.give_back(buffer) };
        if is_full || flow.under_way >= self.settings.flow_under_way_max {
            let ends = flow.ends(way.1);
            self.count(ends, |path| path.overflowed += 1);
            return self.queue.give_back(buffer);
        }
        flow.under_way += 1;
        self.queue.push(due_ns, way, buffer, bytes);
    }

    /// Delivers all that is due; the clock is read for each, after it is known to be the next.
    fn deliver_due(&mut self) {
        while let Some(pending) = self.queue.pop_due(now_ns()) {
            let datagram = &pending.buffer[..pending.bytes];
            if let Some(flow) = self.flows.get(pending.flow) {
                flow.under_way -= 1;
                let late_ns = now_ns().saturating_sub(pending.due_ns);
                let sent = match pending.toward {
                    Toward::Service => flow.upstream.send(datagram),
                    Toward::Client => self.fronts[flow.front].socket.send_to(datagram, flow.client),
                };
                let ends = flow.ends(pending.toward);
                match sent {
                    Ok(_) => self.world.stats().delivered(ends, late_ns),
                    Err(_) => self.count(ends, |path| path.undeliverable += 1),
                }
            }
            self.queue.give_back(pending.buffer);
        }
    }

    fn count(&self, ends: (HostId, HostId), count: impl FnOnce(&mut PathStats)) {
        count(self.world.stats().path(ends));
    }
}

type Count = fn(&mut PathStats);

fn too_long(path: &mut PathStats) {
    path.too_long += 1;
}

fn counter(end: End) -> Count {
    match end {
        End::Lost => |path| path.lost += 1,
        End::Attacked => |path| path.attacked += 1,
    }
}
