//! The handle: starts a WAN, changes it while it runs, and ends it.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::event::{EventfdFlags, eventfd};
use socket2::{Domain, Protocol, Socket, Type};

use crate::attack::{Attack, AttackId, Target};
use crate::host::{Host, HostId, Place, Service, Source};
use crate::path::Path;
use crate::paths::Paths;
use crate::relay::{Front, Relay, Senders};
use crate::rules::Rules;
use crate::stats::{Lateness, PathStats, Totals};
use crate::world::World;
use crate::{HOSTS_MAX, WanError};

/// What bounds a relay, and how it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The most datagrams under way; more are dropped and counted.
    pub under_way_max: usize,
    /// The most datagrams under way between one client's address and one front.
    pub flow_under_way_max: usize,
    /// The most pairs of client's address and front; each holds a socket.
    pub flows_max: usize,
    /// A pair that was silent for so long may lose its socket, as a NAT's binding ends.
    pub flow_idle: Duration,
    /// How long before a datagram is due the relay stops sleeping and spins: about 60 µs make it punctual at the
    /// price of a core. Nothing by default.
    pub spin: Duration,
    /// Where chance begins: jitter, loss and attacks.
    pub seed: u64,
    /// As whom the services see a client.
    pub seen_as: SeenAs,
}

/// Which address a datagram has that the relay hands on to a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SeenAs {
    /// The client's own, with another port, where that is one of this machine's: limits for each source then see the
    /// clients apart, as they would without a relay.
    #[default]
    Client,
    /// The relay's, whoever the client is: its address stays behind. All clients are then one source.
    Relay,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            under_way_max: 32_768,
            flow_under_way_max: 1_024,
            flows_max: 4_096,
            flow_idle: Duration::from_secs(120),
            spin: Duration::ZERO,
            seed: 0,
            seen_as: SeenAs::default(),
        }
    }
}

/// Room for datagrams that arrive while the relay is busy, in bytes; the kernel may grant less.
const RECEIVE_BUFFER: usize = 4 << 20;

/// A WAN that runs. Dropping it ends it.
pub struct Wan {
    world: Arc<World>,
    names: HashMap<String, HostId>,
    fronts: Vec<Vec<SocketAddr>>,
    wake: Arc<OwnedFd>,
    relay: Option<JoinHandle<io::Result<()>>>,
}

impl Wan {
    /// Binds all fronts and starts to carry.
    ///
    /// # Errors
    /// [`WanError`] when hosts cannot be told apart, paths are for other hosts, or a front cannot be bound.
    pub fn start(hosts: &[Host], paths: Paths) -> Result<Self, WanError> {
        Self::start_with(hosts, paths, Settings::default())
    }

    /// The same with other settings.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_with(hosts: &[Host], paths: Paths, settings: Settings) -> Result<Self, WanError> {
        if hosts.len() > HOSTS_MAX {
            return Err(WanError::TooManyHosts { hosts: hosts.len() });
        }
        if paths.hosts() != hosts.len() {
            return Err(WanError::PathsForOthers { paths: paths.hosts(), hosts: hosts.len() });
        }
        let names = names(hosts)?;
        let senders = senders(hosts)?;
        let bound = bind_all(hosts)?;
        let mut fronts = vec![Vec::new(); hosts.len()];
        for front in &bound {
            let address = front.socket.local_addr().map_err(WanError::Start)?;
            fronts[front.host.position()].push(address);
        }
        let places = hosts.iter().map(|host| host.place().clone()).collect();
        let world = Arc::new(World::new(Rules::new(paths, places)));
        let flags = EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK;
        let wake = Arc::new(eventfd(0, flags).map_err(|error| WanError::Start(error.into()))?);
        let relay = Relay::new(bound, senders, Arc::clone(&world), Arc::clone(&wake), settings);
        let relay = relay.map_err(WanError::Start)?;
        let thread = thread::Builder::new().name("wan-relay".to_owned());
        let relay = Some(thread.spawn(move || relay.run()).map_err(WanError::Start)?);
        Ok(Self { world, names, fronts, wake, relay })
    }

    /// The host of this name.
    #[must_use]
    pub fn host(&self, name: &str) -> Option<HostId> {
        self.names.get(name).copied()
    }

    /// The addresses at which others reach a host's services, in their order; none for a host that serves nothing
    /// or is unknown.
    #[must_use]
    pub fn fronts(&self, host: HostId) -> &[SocketAddr] {
        self.fronts.get(host.position()).map_or(&[], Vec::as_slice)
    }

    /// Where a host is now.
    ///
    /// # Errors
    /// [`WanError::UnknownHost`].
    pub fn place(&self, host: HostId) -> Result<Place, WanError> {
        let rules = self.world.rules();
        rules.known(host)?;
        Ok(rules.places[host.position()].clone())
    }

    /// The path one way, as it is now.
    ///
    /// # Errors
    /// [`WanError::UnknownHost`].
    pub fn path(&self, from: HostId, to: HostId) -> Result<Path, WanError> {
        let rules = self.world.rules();
        rules.known(from)?;
        rules.known(to)?;
        Ok(rules.paths.get(from, to).unwrap_or_default())
    }

    /// Changes a path one way for all that arrives from now on; what is under way stays as it was.
    ///
    /// # Errors
    /// [`WanError::UnknownHost`].
    pub fn set_path(&self, from: HostId, to: HostId, path: Path) -> Result<(), WanError> {
        let mut rules = self.world.rules();
        rules.known(from)?;
        rules.known(to)?;
        let _ = rules.paths.set(from, to, path);
        Ok(())
    }

    /// Carries a host to another place: all its paths are made anew by geography. Its addresses stay.
    ///
    /// # Errors
    /// [`WanError::UnknownHost`]; [`WanError::NoGeography`] when paths are fixed.
    pub fn move_host(&self, host: HostId, place: impl Into<Place>) -> Result<(), WanError> {
        self.world.rules().move_host(host, place.into())
    }

    /// Switches an attack on for all that arrives from now on.
    ///
    /// # Errors
    /// [`WanError`] for figures out of range, unknown hosts, or too many attacks.
    pub fn attack(&self, target: Target, attack: impl Into<Attack>) -> Result<AttackId, WanError> {
        self.world.rules().begin(target, attack.into())
    }

    /// Switches an attack off.
    ///
    /// # Errors
    /// [`WanError::NoSuchAttack`].
    pub fn call_off(&self, attack: AttackId) -> Result<(), WanError> {
        self.world.rules().end(attack)
    }

    /// What the path one way has carried.
    #[must_use]
    pub fn stats(&self, from: HostId, to: HostId) -> PathStats {
        self.world.stats().of((from, to))
    }

    /// What all paths together have carried.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.world.stats().totals()
    }

    /// How late deliveries were.
    #[must_use]
    pub fn lateness(&self) -> Lateness {
        self.world.stats().lateness()
    }

    /// Whether the relay still carries. [`Self::stop`] says why it does not.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.relay.as_ref().is_some_and(|relay| !relay.is_finished())
    }

    /// Ends the relay; what is under way is not delivered.
    ///
    /// # Errors
    /// [`WanError::Ended`] or [`WanError::Panicked`] when it had ended by itself.
    pub fn stop(mut self) -> Result<Totals, WanError> {
        self.join().map(|()| self.totals())
    }

    fn join(&mut self) -> Result<(), WanError> {
        let Some(relay) = self.relay.take() else { return Ok(()) };
        self.world.end();
        // Only a counter that is full refuses the signal, and then it was given already.
        let _ = rustix::io::write(&self.wake, &1_u64.to_ne_bytes());
        relay.join().map_err(|_| WanError::Panicked)?.map_err(WanError::Ended)
    }
}

impl Drop for Wan {
    fn drop(&mut self) {
        // Whoever wants to know how it ended calls `stop`.
        let _ = self.join();
    }
}

fn names(hosts: &[Host]) -> Result<HashMap<String, HostId>, WanError> {
    let mut names = HashMap::new();
    for (position, host) in hosts.iter().enumerate() {
        if names.insert(host.name().to_owned(), HostId::nth(position)).is_some() {
            return Err(WanError::NameTwice { name: host.name().to_owned() });
        }
    }
    Ok(names)
}

fn senders(hosts: &[Host]) -> Result<Senders, WanError> {
    let mut senders: HashMap<Source, HostId> = HashMap::new();
    for (position, host) in hosts.iter().enumerate() {
        let id = HostId::nth(position);
        for source in host.sources() {
            let first = *senders.entry(*source).or_insert(id);
            if first != id {
                return Err(WanError::SourceTwice {
                    source_address: *source,
                    first: hosts[first.position()].name().to_owned(),
                    second: host.name().to_owned(),
                });
            }
        }
    }
    Ok(Senders(senders))
}

fn bind_all(hosts: &[Host]) -> Result<Vec<Front>, WanError> {
    let mut fronts = Vec::new();
    for (position, host) in hosts.iter().enumerate() {
        for &Service { front, real } in host.services() {
            let refused = |source| WanError::Front { front, host: host.name().to_owned(), source };
            let socket = bind(front).map_err(refused)?.into();
            fronts.push(Front { socket, host: HostId::nth(position), real });
        }
    }
    Ok(fronts)
}

fn bind(front: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(front), Type::DGRAM.nonblocking(), Some(Protocol::UDP))?;
    // Both families may be served on one port.
    if front.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    socket.bind(&front.into())?;
    Ok(socket)
}
