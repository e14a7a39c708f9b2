//! Why a WAN does not start, or does not do as told.

use std::io;
use std::net::SocketAddr;

use crate::HOSTS_MAX;
use crate::attack::{ATTACKS_MAX, InvalidAttack};
use crate::host::{HostId, Source};

/// What can go wrong with a WAN.
#[derive(Debug, thiserror::Error)]
pub enum WanError {
    /// More hosts than a WAN has room for.
    #[error("{hosts} hosts are more than {HOSTS_MAX}")]
    TooManyHosts {
        /// How many there are.
        hosts: usize,
    },
    /// Two hosts of one name.
    #[error("two hosts are named `{name}`; names must differ")]
    NameTwice {
        /// The name.
        name: String,
    },
    /// An address that two hosts send from.
    #[error("both `{first}` and `{second}` send from {source_address}; give each an address of its own")]
    SourceTwice {
        /// The address.
        source_address: Source,
        /// The host that had it first.
        first: String,
        /// The host that wants it too.
        second: String,
    },
    /// A table of paths that was made for other hosts.
    #[error("the paths connect {paths} hosts, but there are {hosts}")]
    PathsForOthers {
        /// How many hosts the paths connect.
        paths: usize,
        /// How many hosts there are.
        hosts: usize,
    },
    /// A front that cannot be bound.
    #[error("cannot bind the front {front} of `{host}`: {source}")]
    Front {
        /// The address.
        front: SocketAddr,
        /// The name of the host that serves there.
        host: String,
        /// What the kernel says.
        source: io::Error,
    },
    /// The relay could not be set up.
    #[error("cannot start the relay: {0}")]
    Start(io::Error),
    /// A host that this WAN has not.
    #[error("there is no host {host}; the WAN has {hosts}, counted from 0")]
    UnknownHost {
        /// The refused id.
        host: HostId,
        /// How many hosts there are.
        hosts: usize,
    },
    /// A host cannot be moved where paths do not come from geography.
    #[error("the paths do not come from geography; set each path instead")]
    NoGeography,
    /// An attack with a figure out of range.
    #[error(transparent)]
    Attack(#[from] InvalidAttack),
    /// Too many attacks at once.
    #[error("{ATTACKS_MAX} attacks run already; switch one off first")]
    TooManyAttacks,
    /// An attack that was switched off before, or is another WAN's.
    #[error("no such attack is running")]
    NoSuchAttack,
    /// The relay ended by itself.
    #[error("the relay ended: {0}")]
    Ended(io::Error),
    /// The relay's thread panicked.
    #[error("the relay's thread panicked")]
    Panicked,
}
