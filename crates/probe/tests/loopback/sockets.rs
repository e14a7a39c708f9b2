//! What the sockets promise.

use std::net::UdpSocket;
use std::os::fd::{AsFd, AsRawFd};

use lightcone_probe::udp::socket::{Socket, Stamping};
use lightcone_probe::udp::{Bound, Sockets, clocks};

use crate::pair::{address, both, v4, v6};

/// Waits until a datagram is there; the socket itself never blocks.
fn until<T>(mut take: impl FnMut() -> Option<T>) -> T {
    let begun = clocks::raw_ns();
    loop {
        if let Some(taken) = take() {
            return taken;
        }
        assert!(clocks::raw_ns() - begun < 30_000_000_000, "nothing came");
        std::thread::yield_now();
    }
}

#[test]
fn clocks_and_stamps_are_in_the_order_of_the_rule() {
    for at in [v4(), v6()] {
        let mut socket = Socket::bind(address(at), Stamping::Kernel).unwrap();
        let here = socket.local().unwrap();
        // A kernel begins to stamp what arrives a moment after it was asked to.
        until(|| {
            socket.send(&[0; 168], here).unwrap();
            until(|| socket.departed().unwrap());
            until(|| socket.receive().unwrap().map(|received| received.arrival)).t4
        });
        for round in 0..200_u8 {
            let packet = [round; 168];
            let departure = socket.send_timed(&packet, here).unwrap();
            let (sent, t1) = until(|| socket.departed().unwrap());
            let arrival = until(|| {
                let received = socket.receive().unwrap()?;
                assert_eq!((received.bytes, received.from), (&packet[..], here));
                assert!(received.ttl > 0);
                Some(received.arrival)
            });
            assert_eq!(sent, packet, "the stamp comes with the bytes that were sent");
            let t4 = arrival.t4.unwrap();
            assert!(departure.t0 < arrival.t3);
            // REALTIME may be set by somebody while this runs; then the rule falls back, here it is left out.
            let spans = (arrival.r3 - departure.r0) - (arrival.t3 - departure.t0);
            if spans.abs() < 2_000 {
                assert!(departure.r0 <= t1 && t1 <= t4 && t4 <= arrival.r3, "{departure:?} {t1} {arrival:?}");
            }
        }
    }
}

#[test]
fn a_stamp_is_never_taken_for_that_of_another_datagram() {
    let mut socket = Socket::bind(address(v4()), Stamping::Kernel).unwrap();
    let here = socket.local().unwrap();
    let sink = UdpSocket::bind("127.0.0.1:0").unwrap();
    for round in 0..50_u8 {
        // Others in between, and sends that fail: a counter would be out of step.
        socket.send(&[0xee; 64], sink.local_addr().unwrap()).unwrap();
        assert!(socket.send(&[0xdd; 65_508], here).is_err());
        socket.send_timed(&[round; 168], here).unwrap();
    }
    let mut seen = Vec::new();
    while seen.len() < 50 {
        seen.push(until(|| socket.departed().unwrap()).0[0]);
    }
    assert_eq!(seen, (0..50).collect::<Vec<u8>>());
}

#[expect(unsafe_code, reason = "no library reads this option for both families")]
fn option(socket: &Socket, level: i32, name: i32) -> i32 {
    let (mut value, mut length) = (0_i32, 4);
    let descriptor = socket.as_fd().as_raw_fd();
    // SAFETY: the value is an int of four bytes, which the length says, and both outlive the call.
    let done =
        unsafe { nix::libc::getsockopt(descriptor, level, name, (&raw mut value).cast(), &raw mut length) };
    assert_eq!((done, length), (0, 4));
    value
}

#[test]
fn nothing_is_sent_in_pieces() {
    let v4 = Socket::bind(address(v4()), Stamping::Off).unwrap();
    let v6 = Socket::bind(address(v6()), Stamping::Off).unwrap();
    let probe = nix::libc::IP_PMTUDISC_PROBE;
    assert_eq!(option(&v4, nix::libc::IPPROTO_IP, nix::libc::IP_MTU_DISCOVER), probe);
    assert_eq!(option(&v6, nix::libc::IPPROTO_IPV6, nix::libc::IPV6_MTU_DISCOVER), probe);
}

#[test]
fn families_are_apart_and_one_is_needed() {
    let sockets = Sockets::bind(both(), Stamping::Off).unwrap();
    let bound = sockets.bound().unwrap();
    assert!(bound.v4.is_some_and(|at| at.port() > 0) && bound.v6.is_some_and(|at| at.port() > 0));
    let v6 = Socket::bind(address(v6()), Stamping::Off).unwrap();
    assert!(nix::sys::socket::getsockopt(&v6, nix::sys::socket::sockopt::Ipv6V6Only).unwrap());
    assert!(Sockets::bind(Bound::default(), Stamping::Off).is_err());
}
