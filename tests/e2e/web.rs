//! gRPC-web, spoken by hand over HTTP/1.1.

use std::future::poll_fn;

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone_tests::House;
use prost::Message as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{Service as _, http};
use tonic::metadata::MetadataMap;

use crate::calls::request;

const ORIGIN: &str = "https://console.example.org";

/// An answer over HTTP/1.1.
pub(crate) struct Answer {
    /// Status line and headers, in lower case.
    pub(crate) head: String,
    /// What follows, chunks joined.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The status of the call, from the trailers in the body or from the headers.
    pub(crate) fn status(&self) -> Status {
        let trailers = self.frames().into_iter().find(|(flag, _)| flag & 0x80 != 0).map(|(_, bytes)| bytes);
        let text =
            trailers.map_or_else(|| self.head.clone(), |bytes| String::from_utf8_lossy(&bytes).into_owned());
        let mut headers = MetadataMap::new().into_headers();
        for (name, value) in text.lines().filter_map(|line| line.split_once(':')) {
            if let Some(name) = name.trim().strip_prefix("grpc-") {
                let name =
                    format!("grpc-{name}").parse::<tonic::codegen::http::HeaderName>().expect("a name");
                headers.insert(name, value.trim().parse().expect("a value"));
            }
        }
        Status::from_header_map(&headers).expect("a status")
    }

    /// The first message.
    pub(crate) fn message<M: prost::Message + Default>(&self) -> M {
        let frames = self.frames();
        M::decode(frames[0].1.as_slice()).expect("a message")
    }

    fn frames(&self) -> Vec<(u8, Vec<u8>)> {
        let (mut frames, mut rest) = (Vec::new(), self.body.as_slice());
        while let [flag, a, b, c, d, after @ ..] = rest {
            let len = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
            frames.push((*flag, after[..len].to_vec()));
            rest = &after[len..];
        }
        frames
    }
}

/// Posts one message as a browser would.
pub(crate) async fn post(house: &House, path: &str, message: &[u8], headers: &[(&str, &str)]) -> Answer {
    let mut body = vec![0];
    body.extend((message.len() as u32).to_be_bytes());
    body.extend(message);
    let mut head = format!(
        "POST /{path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/grpc-web+proto\r\n\
         origin: {ORIGIN}\r\ncontent-length: {}\r\nconnection: close\r\n",
        house.web_address,
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    speak(house, head.as_bytes(), &body).await
}

async fn speak(house: &House, head: &[u8], body: &[u8]) -> Answer {
    let mut socket = TcpStream::connect(house.web_address).await.expect("it accepts");
    socket.write_all(head).await.expect("it reads");
    socket.write_all(body).await.expect("it reads");
    let mut all = Vec::new();
    socket.read_to_end(&mut all).await.expect("it answers");
    let end = all.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8_lossy(&all[..end]).to_string();
    let body = &all[end + 4..];
    let is_chunked = head.to_lowercase().contains("transfer-encoding: chunked");
    Answer { body: if is_chunked { joined(body) } else { body.to_vec() }, head }
}

/// The chunks of a body, joined.
fn joined(mut body: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(end) = body.windows(2).position(|window| window == b"\r\n") {
        let len = usize::from_str_radix(&String::from_utf8_lossy(&body[..end]), 16).expect("a length");
        if len == 0 {
            break;
        }
        all.extend(&body[end + 2..end + 2 + len]);
        body = &body[end + 2 + len + 2..];
    }
    all
}

#[tokio::test]
async fn a_browser_can_locate() {
    let house = House::with(|config| config.server.web_origins = vec![ORIGIN.to_owned()]).await;
    let answer = post(&house, "lightcone.v1.LocationService/Locate", &request().encode_to_vec(), &[]).await;
    assert!(answer.head.starts_with("HTTP/1.1 200"), "{}", answer.head);
    assert!(answer.head.contains(&format!("access-control-allow-origin: {ORIGIN}")), "{}", answer.head);
    assert_eq!(answer.status().code(), tonic::Code::Ok);
    let response: v1::LocateResponse = answer.message();
    let same = house.client().await.locate(request()).await.unwrap().into_inner();
    assert_eq!(response, same);
}

#[tokio::test]
async fn a_page_from_elsewhere_is_given_no_leave() {
    let house = House::open().await;
    let ask = format!(
        "OPTIONS /lightcone.v1.LocationService/Locate HTTP/1.1\r\nhost: {}\r\norigin: https://evil.example\r\n\
         access-control-request-method: POST\r\nconnection: close\r\n\r\n",
        house.web_address
    );
    let answer = speak(&house, ask.as_bytes(), b"").await;
    assert!(!answer.head.contains("access-control-allow-origin"), "{}", answer.head);
}

#[tokio::test]
async fn the_grpc_port_speaks_no_http_1() {
    let house = House::open().await;
    let mut socket = TcpStream::connect(house.address).await.unwrap();
    socket.write_all(b"POST / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP/1.1 200"), "{answer:?}");
}

#[tokio::test]
async fn a_page_makes_no_call_without_asking_for_leave() {
    let house = House::open().await;
    let mut channel = house.channel().await;
    // What a form may send anywhere, and the browser with its owner's certificate.
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let uri = format!("http://{}/lightcone.v1.AccessService/WhoAmI", house.address);
        let request = http::Request::post(uri).header("content-type", kind).body(Body::empty()).unwrap();
        poll_fn(|context| channel.poll_ready(context)).await.unwrap();
        let answer = channel.call(request).await.unwrap();
        let told = Status::from_header_map(answer.headers()).expect("a status");
        assert_eq!(ErrorReason::of(&told), Some(ErrorReason::FieldInvalid), "{kind}: {told:?}");
    }
}
