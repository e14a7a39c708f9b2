//! Cookies: a landmark learns that an address is no forgery before it computes anything dear, and keeps no state
//! until then.

use std::net::{IpAddr, SocketAddr};

use hmac::Hmac;
use lightcone_responder::SessionId;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::chance::{keyed, tag16};
use crate::control::Cookie;

/// How long one secret makes cookies, in nanoseconds. A cookie is good until the next secret ends.
pub const COOKIE_SECRET_NS: i64 = 120_000_000_000;

/// Makes and checks cookies: HMAC over source address, port and session with a secret that changes every 120 s.
pub struct Cookies {
    root: Hmac<Sha256>,
    /// The epoch that `now` and `before` were made for.
    epoch: i64,
    now: Hmac<Sha256>,
    before: Hmac<Sha256>,
}

impl Cookies {
    /// Cookies under a root secret that nobody else knows.
    #[must_use]
    pub fn new(root: &[u8; 32]) -> Self {
        let root = keyed(root);
        Self { epoch: 0, now: secret(&root, 0), before: secret(&root, -1), root }
    }

    /// The cookie of an address for a session at a monotonic time.
    pub fn issue(&mut self, now_ns: i64, address: SocketAddr, session: SessionId) -> Cookie {
        self.turn(now_ns);
        cookie(&self.now, address, session)
    }

    /// Whether a cookie was given to this address for this session in this epoch or the one before; in constant time.
    pub fn is_good(&mut self, now_ns: i64, address: SocketAddr, session: SessionId, shown: Cookie) -> bool {
        self.turn(now_ns);
        let [now, before] = [&self.now, &self.before].map(|secret| cookie(secret, address, session));
        (now.0.ct_eq(&shown.0) | before.0.ct_eq(&shown.0)).into()
    }

    fn turn(&mut self, now_ns: i64) {
        let epoch = now_ns.div_euclid(COOKIE_SECRET_NS);
        if epoch != self.epoch {
            self.epoch = epoch;
            self.now = secret(&self.root, epoch);
            self.before = secret(&self.root, epoch - 1);
        }
    }
}

fn secret(root: &Hmac<Sha256>, epoch: i64) -> Hmac<Sha256> {
    let halves = [0u8, 1].map(|half| tag16(root, &[b"lightcone/cookie/v1\0", &epoch.to_be_bytes(), &[half]]));
    let mut key = [0; 32];
    key[..16].copy_from_slice(&halves[0]);
    key[16..].copy_from_slice(&halves[1]);
    keyed(&key)
}

fn cookie(secret: &Hmac<Sha256>, address: SocketAddr, session: SessionId) -> Cookie {
    let ip = match address.ip() {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) => ip,
    };
    Cookie(tag16(secret, &[&ip.octets(), &address.port().to_be_bytes(), &session.0]))
}
