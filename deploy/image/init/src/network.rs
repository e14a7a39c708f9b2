//! The network: interfaces up, addresses and ways out as the host record says. IPv6 configures itself where routers
//! say how.

use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use netlink_packet_core::{
    NLM_F_ACK, NLM_F_CREATE, NLM_F_REPLACE, NLM_F_REQUEST, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_route::address::{AddressAttribute, AddressMessage};
use netlink_packet_route::link::{LinkFlags, LinkMessage};
use netlink_packet_route::route::{
    RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RouteProtocol, RouteScope, RouteType,
};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};

use crate::failure::{Failure, Step as _};
use crate::host::Host;

const FOLDER: &str = "/sys/class/net";
/// `lo` is always the first.
const LOOPBACK: u32 = 1;
/// Interfaces appear a moment after their driver.
const PATIENCE: Duration = Duration::from_secs(15);
const RESOLVERS: &str = "/etc/resolv.conf";

/// Brings it up.
pub(crate) fn up(host: &Host) -> Result<(), Failure> {
    let kernel = Kernel::open().step("open a netlink socket")?;
    kernel.raise(LOOPBACK).step("bring lo up")?;
    let index = interface(host)?;
    kernel.raise(index).step("bring the interface up")?;
    for (address, prefix) in &host.addresses {
        kernel.assign(index, *address, *prefix).step(format!("assign {address}/{prefix}"))?;
    }
    for gateway in &host.gateways {
        kernel.route(index, *gateway).step(format!("route through {gateway}"))?;
    }
    let resolvers: String = host.nameservers.iter().map(|server| format!("nameserver {server}\n")).collect();
    fs::write(RESOLVERS, resolvers).step(format!("write {RESOLVERS}"))
}

/// The interface that the record names, or the only one.
fn interface(host: &Host) -> Result<u32, Failure> {
    let begin = Instant::now();
    loop {
        let found = interfaces(host.interface.as_deref()).step(format!("read {FOLDER}"))?;
        match found.as_slice() {
            [index] => return Ok(*index),
            _ if begin.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(100)),
            _ => return Err(Failure::Interface { found: found.len() }),
        }
    }
}

/// Interfaces of real or virtual hardware, by index.
fn interfaces(mac: Option<&str>) -> io::Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(FOLDER)? {
        let path = entry?.path();
        let read = |name: &str| fs::read_to_string(path.join(name)).map(|text| text.trim().to_owned());
        let hardware = Path::new(&path.join("device")).exists();
        if hardware && mac.is_none_or(|mac| read("address").is_ok_and(|address| address == mac)) {
            found.extend(read("ifindex")?.parse::<u32>().ok());
        }
    }
    Ok(found)
}

/// The kernel's side of a netlink socket.
struct Kernel(Socket);

impl Kernel {
    fn open() -> io::Result<Self> {
        let mut socket = Socket::new(NETLINK_ROUTE)?;
        socket.bind_auto()?;
        socket.connect(&SocketAddr::new(0, 0))?;
        Ok(Self(socket))
    }

    fn raise(&self, index: u32) -> io::Result<()> {
        let mut link = LinkMessage::default();
        link.header.index = index;
        link.header.flags = LinkFlags::Up;
        link.header.change_mask = LinkFlags::Up;
        self.ask(RouteNetlinkMessage::SetLink(link))
    }

    fn assign(&self, index: u32, address: IpAddr, prefix: u8) -> io::Result<()> {
        let mut message = AddressMessage::default();
        message.header.family = family(address);
        message.header.prefix_len = prefix;
        message.header.index = index;
        message.attributes = vec![AddressAttribute::Local(address), AddressAttribute::Address(address)];
        self.ask(RouteNetlinkMessage::NewAddress(message))
    }

    fn route(&self, index: u32, gateway: IpAddr) -> io::Result<()> {
        let mut message = RouteMessage::default();
        message.header = RouteHeader {
            address_family: family(gateway),
            table: RouteHeader::RT_TABLE_MAIN,
            protocol: RouteProtocol::Static,
            scope: RouteScope::Universe,
            kind: RouteType::Unicast,
            ..RouteHeader::default()
        };
        let gateway = match gateway {
            IpAddr::V4(gateway) => RouteAddress::Inet(gateway),
            IpAddr::V6(gateway) => RouteAddress::Inet6(gateway),
        };
        message.attributes = vec![RouteAttribute::Gateway(gateway), RouteAttribute::Oif(index)];
        self.ask(RouteNetlinkMessage::NewRoute(message))
    }

    /// Sends a request and waits for its answer.
    fn ask(&self, message: RouteNetlinkMessage) -> io::Result<()> {
        let mut request = NetlinkMessage::from(message);
        request.header.flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE;
        request.finalize();
        let mut bytes = vec![0; request.buffer_len()];
        request.serialize(&mut bytes);
        self.0.send(&bytes, 0)?;
        let (answer, _) = self.0.recv_from_full()?;
        let answer = NetlinkMessage::<RouteNetlinkMessage>::deserialize(&answer).map_err(io::Error::other)?;
        match answer.payload {
            NetlinkPayload::Error(error) if error.code.is_some() => Err(error.to_io()),
            NetlinkPayload::Error(_) => Ok(()),
            other => Err(io::Error::other(format!("not an answer: {other:?}"))),
        }
    }
}

fn family(address: IpAddr) -> AddressFamily {
    if address.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 }
}
