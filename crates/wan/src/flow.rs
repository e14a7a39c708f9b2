//! Who talks with whom: a socket of its own towards the service for each client's address, as a NAT has.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use crate::PROBE_BYTES;
use crate::host::HostId;
use crate::path::ns;
use crate::wan::{SeenAs, Settings};

/// A flow by its slot; slots are used again once nothing of the flow is under way.
pub(crate) type FlowId = usize;

/// Which way a datagram goes within a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toward {
    Service,
    Client,
}

impl Toward {
    pub(crate) const fn back(self) -> Self {
        match self {
            Self::Service => Self::Client,
            Self::Client => Self::Service,
        }
    }
}

/// A client's address and a front, and what connects them.
pub(crate) struct Flow {
    pub(crate) client: SocketAddr,
    pub(crate) front: usize,
    client_host: HostId,
    service_host: HostId,
    /// Connected to the service's real socket.
    pub(crate) upstream: UdpSocket,
    /// How many of its datagrams are under way.
    pub(crate) under_way: usize,
    pub(crate) used_ns: u64,
    /// The last of probe length towards the service, and towards the client.
    seen: [Option<[u8; PROBE_BYTES]>; 2],
}

impl Flow {
    /// Who sends and who receives.
    pub(crate) fn ends(&self, toward: Toward) -> (HostId, HostId) {
        match toward {
            Toward::Service => (self.client_host, self.service_host),
            Toward::Client => (self.service_host, self.client_host),
        }
    }

    /// Remembers a datagram of probe length.
    pub(crate) fn remember(&mut self, toward: Toward, datagram: &[u8]) {
        if let Ok(probe) = datagram.try_into() {
            self.seen[toward as usize] = Some(probe);
        }
    }

    /// The last of probe length that went this way.
    pub(crate) fn seen(&self, toward: Toward) -> Option<&[u8; PROBE_BYTES]> {
        self.seen[toward as usize].as_ref()
    }
}

/// A front, as a flow needs it.
#[derive(Clone, Copy)]
pub(crate) struct Behind {
    pub(crate) front: usize,
    pub(crate) host: HostId,
    pub(crate) real: SocketAddr,
}

/// All flows.
pub(crate) struct Flows {
    slots: Vec<Option<Flow>>,
    free: Vec<FlowId>,
    by_ends: HashMap<(SocketAddr, usize), FlowId>,
    most: usize,
    idle_ns: u64,
    seen_as: SeenAs,
    swept_ns: u64,
}

/// Flows are looked over for idle ones this often at most while there is room, in nanoseconds.
const SWEEP_NS: u64 = 1_000_000_000;

impl Flows {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            by_ends: HashMap::new(),
            most: settings.flows_max,
            idle_ns: ns(settings.flow_idle),
            seen_as: settings.seen_as,
            swept_ns: 0,
        }
    }

    pub(crate) fn find(&self, client: SocketAddr, front: usize) -> Option<FlowId> {
        self.by_ends.get(&(client, front)).copied()
    }

    pub(crate) fn get(&mut self, id: FlowId) -> Option<&mut Flow> {
        self.slots.get_mut(id)?.as_mut()
    }

    /// Opens a flow for a client that came for the first time.
    ///
    /// # Errors
    /// When the most flows are open and none is idle, or no socket can be had.
    pub(crate) fn open(
        &mut self,
        client: (SocketAddr, HostId),
        behind: Behind,
        now_ns: u64,
    ) -> io::Result<FlowId> {
        if now_ns >= self.swept_ns + SWEEP_NS || self.by_ends.len() >= self.most {
            self.sweep(now_ns);
        }
        if self.by_ends.len() >= self.most {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        let upstream = match self.seen_as {
            SeenAs::Client => upstream_of(client.0.ip(), behind.real),
            SeenAs::Relay => upstream(any(behind.real), behind.real),
        }?;
        let id = self.free.pop().unwrap_or(self.slots.len());
        self.by_ends.insert((client.0, behind.front), id);
        let flow = Flow {
            client: client.0,
            front: behind.front,
            client_host: client.1,
            service_host: behind.host,
            upstream,
            under_way: 0,
            used_ns: now_ns,
            seen: [None; 2],
        };
        if id == self.slots.len() {
            self.slots.push(Some(flow));
        } else {
            self.slots[id] = Some(flow);
        }
        Ok(id)
    }

    /// Closes a flow of which nothing is under way. The kernel takes its socket out of the set that is waited for.
    pub(crate) fn close(&mut self, id: FlowId) {
        if let Some(flow) = self.slots.get_mut(id).and_then(Option::take) {
            self.by_ends.remove(&(flow.client, flow.front));
            self.free.push(id);
        }
    }

    /// Another client's flow to the same front, the last used.
    pub(crate) fn other(&self, id: FlowId) -> Option<FlowId> {
        let this = self.slots.get(id)?.as_ref()?;
        let flows = self.slots.iter().enumerate().filter_map(|(id, flow)| Some((id, flow.as_ref()?)));
        let others = flows.filter(|(_, flow)| flow.front == this.front && flow.client != this.client);
        others.max_by_key(|(_, flow)| flow.used_ns).map(|(id, _)| id)
    }

    /// Closes what was idle for long, so that clients with ever new ports do not use up all sockets.
    fn sweep(&mut self, now_ns: u64) {
        self.swept_ns = now_ns;
        for id in 0..self.slots.len() {
            let is_idle =
                |flow: &Flow| flow.under_way == 0 && now_ns.saturating_sub(flow.used_ns) > self.idle_ns;
            if self.slots[id].as_ref().is_some_and(is_idle) {
                self.close(id);
            }
        }
    }
}

/// The client's own address where it can be had: it is this machine's, and of the service's family.
fn upstream_of(client: IpAddr, real: SocketAddr) -> io::Result<UdpSocket> {
    if client.is_ipv4() != real.is_ipv4() {
        return upstream(any(real), real);
    }
    upstream(client, real).or_else(|_| upstream(any(real), real))
}

/// The address that leaves the choice to the kernel: the one by which this machine reaches the service.
fn any(real: SocketAddr) -> IpAddr {
    match real {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    }
}

fn upstream(own: IpAddr, real: SocketAddr) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind((own, 0))?;
    socket.set_nonblocking(true)?;
    socket.connect(real)?;
    Ok(socket)
}
