//! The loop of both threads: block until something arrives or falls due, then do it.

use std::io;
use std::net::SocketAddr;

use lightcone_responder::{Packet, Seen};
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use super::Event;
use super::clocks::{self, now};
use super::courier::{Command, Desk};
use super::landmark_thread::LandmarkSetup;
use super::socket::Socket;
use super::sockets::Sockets;
use super::steering::Steering;
use crate::agent::{self, Answerer};
use crate::chance::{Chance, Seeded};
use crate::landmark::{self, Challenger, Probe, Turn};
use crate::ntp;

/// Datagrams taken from one socket before the others have their turn.
const BATCH: usize = 64;
/// How often a full event channel is tried again, in nanoseconds.
const RETRY_NS: i64 = 10_000_000;
const MILLISECOND_NS: i64 = 1_000_000;
/// What woke the thread: a socket, the bell, or a clock that was set, for which no more than waking is needed.
const V4: u64 = 0;
const V6: u64 = 1;
const BELL: u64 = 2;
const STEERING: u64 = 3;

/// What a landmark has beside what every agent has.
struct Landmark {
    challenger: Challenger<Seeded>,
    steering: Steering,
}

/// A thread's whole state.
pub(super) struct Runner {
    sockets: Sockets,
    desk: Desk,
    answerer: Answerer<Seeded>,
    landmark: Option<Landmark>,
    /// What there is to wait for, told to the kernel once.
    epoll: Epoll,
    /// Whether it looks without end while it has a session to answer in.
    busy_poll: bool,
    sends: Vec<agent::Action>,
    enters: Vec<landmark::Action>,
}

impl Runner {
    pub(super) fn landmark(sockets: Sockets, setup: LandmarkSetup, desk: Desk) -> io::Result<Self> {
        let mut chance = Seeded::new(&setup.seed);
        let seeds: [[u8; 32]; 2] = [chance.array(), chance.array()];
        let challenger = Challenger::new(setup.key, setup.settings, Seeded::new(&seeds[0]));
        let landmark = Landmark { challenger, steering: Steering::watch()? };
        let mut runner = Self::agent(sockets, setup.answers, &seeds[1], desk)?;
        runner.epoll.add(&landmark.steering, EpollEvent::new(EpollFlags::EPOLLIN, STEERING))?;
        runner.landmark = Some(landmark);
        Ok(runner)
    }

    pub(super) fn agent(
        sockets: Sockets,
        settings: agent::Settings,
        seed: &[u8; 32],
        desk: Desk,
    ) -> io::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        for (socket, name) in [(&sockets.v4, V4), (&sockets.v6, V6)] {
            if let Some(socket) = socket {
                epoll.add(socket, EpollEvent::new(EpollFlags::EPOLLIN, name))?;
            }
        }
        epoll.add(&desk, EpollEvent::new(EpollFlags::EPOLLIN, BELL))?;
        let (has_v4, has_v6) = (sockets.v4.is_some(), sockets.v6.is_some());
        let settings = agent::Settings { has_v4, has_v6, ..settings };
        let answerer = Answerer::new(settings, Seeded::new(seed));
        let (sends, enters) = (Vec::new(), Vec::new());
        Ok(Self { sockets, desk, answerer, landmark: None, epoll, busy_poll: false, sends, enters })
    }

    /// The same, looking without end while it has a session to answer in.
    pub(super) fn polling(self, busy_poll: bool) -> Self {
        Self { busy_poll, ..self }
    }

    /// Runs until told to stop.
    pub(super) fn run(mut self) {
        loop {
            match self.pass() {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => return self.desk.say(Event::Failed(error)),
            }
        }
    }

    /// One pass: whether there is to be another.
    fn pass(&mut self) -> io::Result<bool> {
        if self.desk.is_over() {
            return Ok(false);
        }
        while let Some(command) = self.desk.next() {
            self.obey(command);
        }
        self.watch_clock()?;
        self.take_turns()?;
        let is_unsaid = self.desk.flush();
        let ready = self.wait(is_unsaid)?;
        self.receive(ready)?;
        if ready.bell {
            self.desk.heard();
        }
        Ok(true)
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Assign(assignment) => {
                let Some(landmark) = &mut self.landmark else { return };
                if let Err(why) = landmark.challenger.assign(assignment, now()) {
                    self.desk.say(Event::NotAssigned { session: assignment.session, why });
                }
            }
            Command::Engage(engagement) => {
                if let Err(why) = self.answerer.engage(&engagement, now()) {
                    self.desk.say(Event::NotEngaged { session: engagement.plan.session, why });
                }
            }
        }
    }

    /// Before anything is concluded from stamps: were they made by a clock that can be believed?
    fn watch_clock(&mut self) -> io::Result<()> {
        let Some(Landmark { challenger, steering }) = &mut self.landmark else { return Ok(()) };
        let is_wrong = steering.has_stepped()? || (challenger.sessions() > 0 && steering.is_bent());
        if is_wrong && challenger.distrust() {
            self.desk.say(Event::Distrusted);
        }
        Ok(())
    }

    /// Everything that falls due.
    fn take_turns(&mut self) -> io::Result<()> {
        while let Some(landmark) = &mut self.landmark {
            match landmark.challenger.turn(now()) {
                Some(Turn::Probe(probe)) => self.probe(&probe)?,
                Some(Turn::Done(report)) => self.desk.say(Event::Reported(report)),
                None => break,
            }
        }
        self.answerer.turn(now(), &mut self.sends);
        self.act();
        Ok(())
    }

    /// The timed path of a landmark: the challenge is sealed, its answer known; nothing but clocks and the send.
    fn probe(&mut self, probe: &Probe) -> io::Result<()> {
        let Some(socket) = self.sockets.to(probe.to) else { return Ok(()) };
        let departure = socket.send_timed(&probe.packet, probe.to);
        // A send that failed is a challenge that was lost: it stays in the report, unanswered.
        if let (Ok(departure), Some(landmark)) = (departure, &mut self.landmark) {
            landmark.challenger.sent(probe.shot, departure.t0, departure.r0);
        }
        collect_stamps(self.sockets.v4.as_mut(), self.landmark.as_mut())?;
        collect_stamps(self.sockets.v6.as_mut(), self.landmark.as_mut())
    }

    /// Blocks until a datagram, a command, a set clock, or the next thing that falls due.
    fn wait(&self, is_unsaid: bool) -> io::Result<Ready> {
        let now_ns = clocks::raw_ns();
        let turn = self.landmark.as_ref().and_then(|landmark| landmark.challenger.wakes_at());
        let again = is_unsaid.then_some(now_ns + RETRY_NS);
        let due = [turn, self.answerer.wakes_at(), again].into_iter().flatten().min();
        let timeout = match due {
            _ if self.busy_poll && self.answerer.wakes_at().is_some() => EpollTimeout::ZERO,
            Some(due) => timeout(due - now_ns),
            None => EpollTimeout::NONE,
        };
        let mut events = [EpollEvent::empty(); 4];
        let count = match self.epoll.wait(&mut events, timeout) {
            Ok(count) => count,
            Err(Errno::EINTR) => 0,
            Err(error) => return Err(error.into()),
        };
        let mut ready = Ready { v4: EpollFlags::empty(), v6: EpollFlags::empty(), bell: false };
        for event in &events[..count] {
            match event.data() {
                V4 => ready.v4 = event.events(),
                V6 => ready.v6 = event.events(),
                BELL => ready.bell = true,
                _ => {}
            }
        }
        Ok(ready)
    }

    /// Takes what arrived, datagrams before anything else that can wait.
    fn receive(&mut self, ready: Ready) -> io::Result<()> {
        let Self { sockets, answerer, landmark, sends, enters, .. } = self;
        for (socket, flags) in [(&mut sockets.v4, ready.v4), (&mut sockets.v6, ready.v6)] {
            let Some(socket) = socket else { continue };
            if flags.contains(EpollFlags::EPOLLERR) {
                collect_stamps(Some(socket), landmark.as_mut())?;
            }
            for _ in 0..if flags.contains(EpollFlags::EPOLLIN) { BATCH } else { 0 } {
                if !take(socket, answerer, landmark.as_mut(), sends, enters)? {
                    break;
                }
            }
        }
        self.act();
        Ok(())
    }

    /// Sends what the state machines want sent, says what they want said.
    fn act(&mut self) {
        let Self { sockets, desk, sends, enters, .. } = self;
        for action in sends.drain(..) {
            match action {
                agent::Action::Send { to, datagram } => send(sockets, &datagram, to),
                agent::Action::Established { session, landmark } => {
                    desk.say(Event::Established { session, landmark });
                }
                agent::Action::Done(transcript) => desk.say(Event::Answered(transcript)),
            }
        }
        for action in enters.drain(..) {
            match action {
                landmark::Action::Send { to, datagram } => send(sockets, &datagram, to),
                landmark::Action::Established { session, agent } => {
                    desk.say(Event::Entered { session, agent })
                }
            }
        }
    }
}

/// What there is to do.
#[derive(Clone, Copy)]
struct Ready {
    v4: EpollFlags,
    v6: EpollFlags,
    bell: bool,
}

/// Hands on the stamps of what a socket sent; an agent throws away what it did not ask for.
fn collect_stamps(socket: Option<&mut Socket>, mut landmark: Option<&mut Landmark>) -> io::Result<()> {
    let Some(socket) = socket else { return Ok(()) };
    while let Some((packet, t1)) = socket.departed()? {
        if let Some(landmark) = &mut landmark {
            landmark.challenger.stamped(&packet, t1);
        }
    }
    Ok(())
}

/// Takes one datagram to the end that it is for; whether there was one.
fn take(
    socket: &mut Socket,
    answerer: &mut Answerer<Seeded>,
    landmark: Option<&mut Landmark>,
    sends: &mut Vec<agent::Action>,
    enters: &mut Vec<landmark::Action>,
) -> io::Result<bool> {
    let Some(received) = socket.receive()? else { return Ok(false) };
    let (bytes, from, arrival) = (received.bytes, received.from, received.arrival);
    let now = crate::now::Now { mono_ns: arrival.t3, unix_ns: arrival.r3 };
    let seen = Seen { t2: ntp::from_unix_ns(arrival.t4.unwrap_or(arrival.r3)), ttl: received.ttl };
    if let Some(reply) = answerer.receive(bytes, from, seen, clocks::ntp, now, sends) {
        reply_to(socket, &reply, from);
        return Ok(true);
    }
    if let Some(landmark) = landmark {
        landmark.challenger.receive(bytes, from, &arrival, now, enters);
    }
    Ok(true)
}

/// A reply that cannot be sent is a reply that was lost.
fn reply_to(socket: &Socket, reply: &Packet, to: SocketAddr) {
    let _ = socket.send(reply, to);
}

/// What cannot be sent is lost, as datagrams are; timers send it again.
fn send(sockets: &Sockets, datagram: &[u8], to: SocketAddr) {
    if let Some(socket) = sockets.to(to) {
        let _ = socket.send(datagram, to);
    }
}

/// At least a millisecond, rounded up: never a busy loop by mistake.
fn timeout(ns: i64) -> EpollTimeout {
    let ms = ns.max(0) / MILLISECOND_NS + 1;
    EpollTimeout::try_from(ms.min(i64::from(i32::MAX)) as i32).unwrap_or(EpollTimeout::NONE)
}
