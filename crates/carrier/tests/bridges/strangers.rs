//! What strangers can make an outlet do: nothing that others notice.

use std::time::{Duration, Instant};

use lightcone_carrier::{Limits, Outlet};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};

use crate::ends::{Authority, reach, receive, settings, socket, soon, way};

/// The other end gives up: it closes, or what is sent is refused.
async fn is_closed(stream: &mut (impl AsyncRead + Unpin)) {
    let mut rest = Vec::new();
    let _ = soon(stream.read_to_end(&mut rest)).await;
}

/// Somebody honest still gets through.
async fn still_carries(outlet: &Outlet, landmark: &UdpSocket) {
    let agent = socket().await;
    let inlet = reach(&way(), outlet.address(), agent.local_addr().unwrap()).await.unwrap();
    agent.send_to(&[192; 192], inlet.address()).await.unwrap();
    let (got, from) = receive(landmark).await;
    assert_eq!(got, [192; 192]);
    landmark.send_to(&[48; 48], from).await.unwrap();
    assert_eq!(receive(&agent).await.0, [48; 48]);
}

async fn until(what: impl Fn() -> bool) {
    soon(async {
        while !what() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

fn frame(length: u16) -> Vec<u8> {
    [&length.to_be_bytes()[..], &vec![length as u8; length.into()]].concat()
}

#[tokio::test]
async fn bytes_that_are_no_tls_end_the_connection() {
    let landmark = socket().await;
    let outlet = Outlet::open(settings(landmark.local_addr().unwrap())).await.unwrap();
    for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0; 4_096], &[0x16, 3, 1, 0xff, 0xff, 1]] {
        let mut stream = TcpStream::connect(outlet.address()).await.unwrap();
        stream.write_all(garbage).await.unwrap();
        stream.shutdown().await.unwrap();
        is_closed(&mut stream).await;
    }
    until(|| outlet.counted().unshaken == 3).await;
    still_carries(&outlet, &landmark).await;
}

#[tokio::test]
async fn a_length_that_the_protocol_has_not_ends_the_connection() {
    let authority = Authority::new();
    let (outlet, landmark) = authority.outlet(Limits::default()).await;
    for wrong in [0, 1, 48, 96, 193, u16::MAX] {
        let mut stream = authority.shake(TcpStream::connect(outlet.address()).await.unwrap()).await.unwrap();
        stream.write_all(&[frame(64), frame(wrong), frame(168)].concat()).await.unwrap();
        is_closed(&mut stream).await;
        assert_eq!(receive(&landmark).await.0, [64; 64]);
    }
    until(|| outlet.counted().garbage == 6).await;
    assert_eq!(outlet.counted().to_landmark, 6, "nothing after the wrong length was handed over");
    still_carries(&outlet, &landmark).await;
}

#[tokio::test]
async fn who_connects_and_says_nothing_loses_the_connection() {
    let limits = Limits { handshake: Duration::from_millis(50), ..Limits::default() };
    let authority = Authority::new();
    let (outlet, _landmark) = authority.outlet(limits).await;
    let mut stream = TcpStream::connect(outlet.address()).await.unwrap();
    is_closed(&mut stream).await;
    assert_eq!((outlet.counted().unshaken, outlet.counted().carried), (1, 0));
}

#[tokio::test]
async fn who_never_finishes_a_datagram_loses_the_connection() {
    let limits = Limits { idle: Duration::from_millis(200), ..Limits::default() };
    let authority = Authority::new();
    let (outlet, _landmark) = authority.outlet(limits).await;
    let mut silent = authority.shake(TcpStream::connect(outlet.address()).await.unwrap()).await.unwrap();
    let slow = authority.shake(TcpStream::connect(outlet.address()).await.unwrap()).await.unwrap();
    let (mut reads, mut writes) = tokio::io::split(slow);
    // A byte at a time: bytes keep coming for a second, but no datagram is ever whole.
    let is_cut = tokio::spawn(async move {
        for byte in frame(192).into_iter().take(193) {
            if writes.write_all(&[byte]).await.is_err() || writes.flush().await.is_err() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        false
    });
    is_closed(&mut silent).await;
    is_closed(&mut reads).await;
    assert!(is_cut.await.unwrap(), "bytes kept the connection open");
    until(|| outlet.counted().idle == 2).await;
    assert_eq!(outlet.counted().to_landmark, 0);
}

#[tokio::test]
async fn who_never_reads_loses_the_connection() {
    let limits = Limits { write: Duration::from_millis(100), ..Limits::default() };
    let authority = Authority::new();
    let (outlet, landmark) = authority.outlet(limits).await;
    let mut stream = authority.shake(TcpStream::connect(outlet.address()).await.unwrap()).await.unwrap();
    stream.write_all(&frame(64)).await.unwrap();
    let (_, from) = receive(&landmark).await;
    // Until both hosts' buffers are full, then until the outlet has had enough.
    soon(async {
        while outlet.counted().idle == 0 {
            let _ = landmark.send_to(&[168; 168], from).await;
            tokio::task::yield_now().await;
        }
    })
    .await;
    still_carries(&outlet, &landmark).await;
}

#[tokio::test]
async fn who_sends_too_fast_is_read_slower() {
    let limits = Limits { datagrams_per_second: 50, ..Limits::default() };
    let authority = Authority::new();
    let (outlet, landmark) = authority.outlet(limits).await;
    let mut stream = authority.shake(TcpStream::connect(outlet.address()).await.unwrap()).await.unwrap();
    let begin = Instant::now();
    stream.write_all(&frame(64).repeat(101)).await.unwrap();
    for _ in 0..101 {
        receive(&landmark).await;
    }
    assert!(begin.elapsed() >= Duration::from_millis(990), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_source_has_so_many_seats_and_gets_them_back() {
    let limits = Limits { connections_per_source: 2, seat_min: Duration::ZERO, ..Limits::default() };
    let authority = Authority::new();
    let (outlet, _landmark) = authority.outlet(limits).await;
    let connect = || async { authority.shake(TcpStream::connect(outlet.address()).await.unwrap()).await };
    let seated = (connect().await.unwrap(), connect().await.unwrap());
    assert!(connect().await.is_err());
    // A client's handshake is done before the outlet's.
    until(|| (outlet.counted().refused, outlet.counted().carried) == (1, 2)).await;
    drop(seated);
    // When the outlet has seen that they are gone, there is room.
    soon(async { while connect().await.is_err() {} }).await;
    until(|| outlet.counted().carried == 3).await;
}

#[tokio::test]
async fn a_seat_is_taken_for_a_while_even_by_who_leaves_at_once() {
    let limits = Limits { connections: 1, seat_min: Duration::from_secs(3_600), ..Limits::default() };
    let authority = Authority::new();
    let (outlet, _landmark) = authority.outlet(limits).await;
    drop(TcpStream::connect(outlet.address()).await.unwrap());
    until(|| outlet.counted().unshaken == 1).await;
    let next = TcpStream::connect(outlet.address()).await.unwrap();
    assert!(authority.shake(next).await.is_err());
    assert_eq!(outlet.counted().refused, 1);
}
