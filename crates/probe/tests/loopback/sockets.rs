//! What the sockets promise.

use std::net::UdpSocket;

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

#[test]
fn long_datagrams_are_not_fragmented() {
    let socket = Socket::bind(address(v4()), Stamping::Off).unwrap();
    let here = socket.local().unwrap();
    // Loopback's MTU is 65,536: a datagram that would need two frames is refused, not cut.
    let error = socket.send(&[0; 65_508], here).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(90), "{error}");
}

#[test]
fn families_are_apart_and_one_is_needed() {
    let sockets = Sockets::bind(both(), Stamping::Off).unwrap();
    let bound = sockets.bound().unwrap();
    assert!(bound.v4.is_some_and(|at| at.port() > 0) && bound.v6.is_some_and(|at| at.port() > 0));
    // The IPv6 socket leaves the same port of IPv4 free.
    let same = std::net::SocketAddrV4::new([127, 0, 0, 1].into(), bound.v6.unwrap().port());
    assert!(Socket::bind(same.into(), Stamping::Off).is_ok() || bound.v4 == Some(same));
    assert!(Sockets::bind(Bound::default(), Stamping::Off).is_err());
}
