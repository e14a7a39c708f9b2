//! Connections: how many there may be, and how long one may do nothing.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use lightcone::v1::location_service_client::LocationServiceClient;
use lightcone_tests::{House, Trust};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_stream::StreamExt as _;

use crate::calls::{outside, request, world};

/// What begins each connection of HTTP/2, and an empty frame of settings.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
/// Long enough for anything that is meant to happen, on a loud machine too.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether the other end hangs up before patience ends; what it says until then is passed over.
async fn hangs_up(socket: &mut TcpStream) -> bool {
    let end = async {
        let mut said = [0; 1024];
        loop {
            match socket.read(&mut said).await {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return,
                Err(error) => unreachable!("{error}"),
            }
        }
    };
    tokio::time::timeout(PATIENCE, end).await.is_ok()
}

#[tokio::test]
async fn who_says_nothing_is_hung_up_on() {
    let house = House::with(|config| config.server.first_request_ms = 300).await;
    let mut silent = TcpStream::connect(house.address).await.unwrap();
    let mut polite = TcpStream::connect(house.address).await.unwrap();
    polite.write_all(PREFACE).await.unwrap();
    let mut browser = TcpStream::connect(house.web_address).await.unwrap();
    browser.write_all(b"POST / HTTP/1.1\r\nhost:").await.unwrap();
    let mut client = house.client().await;
    client.locate(request()).await.unwrap();
    for socket in [&mut silent, &mut polite, &mut browser] {
        assert!(hangs_up(socket).await);
    }
    client.locate(request()).await.expect("who asked in time is served");
}

#[tokio::test]
async fn a_connection_beyond_its_addresses_share_is_hung_up_on() {
    let house = House::with(|config| config.server.connections_per_address_max = 3).await;
    let mut clients = Vec::new();
    for _ in 0..3 {
        clients.push(house.client().await);
        clients.last_mut().unwrap().locate(request()).await.unwrap();
    }
    let mut beyond = TcpStream::connect(house.address).await.unwrap();
    let started = Instant::now();
    assert!(hangs_up(&mut beyond).await && started.elapsed() < Duration::from_secs(4), "at once");
    drop(clients.pop());
    let mut again = LocationServiceClient::new(house.channel_lazy());
    let deadline = Instant::now() + PATIENCE;
    while again.locate(request()).await.is_err() {
        assert!(Instant::now() < deadline, "a place that is given back can be had again");
    }
    clients[0].locate(request()).await.expect("those before are served");
}

#[tokio::test]
async fn a_connection_without_calls_is_asked_to_go() {
    let house = House::with(|config| config.server.connection_idle_ms = 200).await;
    let mut socket = TcpStream::connect(house.web_address).await.unwrap();
    let ask = format!("OPTIONS / HTTP/1.1\r\nhost: {}\r\n\r\n", house.web_address);
    socket.write_all(ask.as_bytes()).await.unwrap();
    assert!(hangs_up(&mut socket).await);
    // A client takes the hint between calls and comes again by itself.
    let mut client = house.client().await;
    for _ in 0..4 {
        client.locate(request()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_connection_goes_and_its_open_calls_are_given_time() {
    let house = House::with(|config| {
        (config.server.connection_age_ms, config.server.connection_grace_ms) = (300, 1_000);
    })
    .await;
    let mut client = house.client().await;
    let endless = tokio_stream::pending();
    let started = Instant::now();
    let header = tokio_stream::once(world().header(vec![outside(&["CN"])])).chain(endless);
    let mut answers = client.batch_locate(header).await.unwrap().into_inner();
    answers.message().await.unwrap().expect("the opening");
    let ended = tokio::time::timeout(PATIENCE, answers.message()).await.expect("it ends");
    assert!(ended.is_err(), "{ended:?}");
    assert!(started.elapsed() > Duration::from_millis(1_000), "{:?}", started.elapsed());
    // Calls all the while. One that meets the goodbye on its way was not begun, and is told so by the transport.
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(2) {
        if let Err(status) = client.locate(request()).await {
            assert!(format!("{status:?}").contains("GoAway(b\"\", NO_ERROR, Remote)"), "{status:?}");
            client.locate(request()).await.expect("the next connection is new");
        }
    }
}

#[tokio::test]
async fn without_a_handshake_nobody_is_heard() {
    let trust = Trust::new();
    let house = House::with(|config| {
        trust.serve(config);
        config.server.first_request_ms = 500;
    })
    .await;
    let started = Instant::now();
    let mut silent = TcpStream::connect(house.address).await.unwrap();
    let mut slow = TcpStream::connect(house.address).await.unwrap();
    slow.write_all(&[0x16, 0x03, 0x01, 0x02]).await.unwrap();
    let mut plain = TcpStream::connect(house.address).await.unwrap();
    plain.write_all(PREFACE).await.unwrap();
    for socket in [&mut plain, &mut silent, &mut slow] {
        assert!(hangs_up(socket).await);
    }
    assert!(started.elapsed() < PATIENCE);
    let stranger = Trust::new().channel(house.address, "tenant/acme/site-owner/desk").await;
    LocationServiceClient::new(stranger).locate(request()).await.expect_err("they do not trust one another");
    let known = trust.channel(house.address, "tenant/acme/site-owner/desk").await;
    LocationServiceClient::new(known).locate(request()).await.expect("it is served");
}
