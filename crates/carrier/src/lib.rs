//! The fallback carrier: for halls whose only way out is TCP 443, often through a proxy that must be asked.
//!
//! Two bridges carry the timed protocol's datagrams unchanged over one TLS connection: an [`Outlet`] beside a landmark,
//! an [`Inlet`] beside an agent. Neither end of the protocol knows of them, so nothing about handshake, proof or report
//! differs. A bridge can hold a datagram up and it can lose it; both only enlarge a round trip, so that every bound
//! that holds over UDP holds here, looser. Whoever answers this way says so in the flags of each reply
//! ([`flags::CARRIED`]), under the session's key.
//!
//! TLS is only a coat here. It is what proxies let pass; it is not what anybody relies on. The Noise handshake inside
//! proves both ends to one another, and the inlet takes any certificate, that of a proxy which reads along included:
//! it sees what anybody on the path of a UDP datagram sees.
//!
//! This crate must not know what a datagram says: of each it sees the length. It knows no key of the protocol, no
//! region and no store. Both bridges are tasks of the tokio runtime that opens them, and end when dropped.

mod any_certificate;
mod carry;
mod certificate;
mod counts;
mod credentials;
mod dial;
mod error;
mod frame;
mod inlet;
mod limits;
mod outlet;
mod pace;
mod proxy;
mod seats;
mod source;
mod stand_in;

pub use certificate::Certificate;
pub use counts::Counted;
pub use credentials::Credentials;
pub use dial::{DIAL_MAX, Way};
pub use error::CarrierError;
pub use frame::{FRAME_BYTES_MAX, HEADER_BYTES};
pub use inlet::{Inlet, State};
pub use lightcone_responder::flags;
pub use limits::Limits;
pub use outlet::{Outlet, OutletSettings};
pub use proxy::Proxy;
pub use stand_in::stand_in;
