//! What mutual TLS costs: a new connection, and a record on one that is there, each as a ratio to plain TCP in the same
//! run. Both ends are in this process, so that the figures are of both ends together.
//!
//! `cargo bench -p lightcone-identity --bench handshake`

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench may fail loudly and says what it found"
)]

use std::time::{Duration, Instant};

use lightcone_identity::authority::{self, Authority, Name};
use lightcone_identity::{Identity, SpiffeId, TlsSettings};
use rustls_pki_types::ServerName;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Connections of each kind, in turns.
const CONNECTIONS: usize = 400;
/// Records there and back on one connection.
const RECORDS: usize = 20_000;
/// Bytes of a record: a small call's.
const RECORD: usize = 512;

struct Both {
    server: Identity,
    client: Identity,
    _folder: TempDir,
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let both = both().await;
        connections(&both).await;
        records(&both).await;
    });
}

async fn both() -> Both {
    let folder = TempDir::new().unwrap();
    authority::init(folder.path(), "example.org").unwrap();
    let authority = Authority::open(folder.path()).unwrap();
    let open = async |path: &[&str]| {
        let out = folder.path().join(path[0]);
        let id = SpiffeId::within("example.org", path).unwrap();
        let names = [Name::Dns("localhost".to_owned())];
        authority.issue(&id, &names, Duration::from_secs(3_600)).unwrap().write(&out, false).unwrap();
        let settings = TlsSettings {
            certificate: out.join("certificate.pem"),
            private_key: out.join("key.pem"),
            trust_bundle: out.join("bundle.pem"),
            ..TlsSettings::default()
        };
        Identity::open(&settings).await.unwrap()
    };
    let (server, client) = (open(&["service", "a"]).await, open(&["agent", "b"]).await);
    Both { server, client, _folder: folder }
}

/// A connection is there once each end has heard from the other.
async fn connections(both: &Both) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(both.server.server_config());
    tokio::spawn(async move {
        for at in 0_usize.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            if at.is_multiple_of(2) {
                stream.write_all(b"!").await.unwrap();
            } else {
                acceptor.accept(stream).await.unwrap().write_all(b"!").await.unwrap();
            }
        }
    });
    let connector = TlsConnector::from(both.client.client_config());
    let (mut plain, mut secured) = (Vec::new(), Vec::new());
    for _ in 0..CONNECTIONS {
        let begin = Instant::now();
        TcpStream::connect(address).await.unwrap().read_u8().await.unwrap();
        plain.push(begin.elapsed());
        let begin = Instant::now();
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        connector.connect(name, stream).await.unwrap().read_u8().await.unwrap();
        secured.push(begin.elapsed());
    }
    told("new connection", plain, secured);
}

async fn records(both: &Both) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(both.server.server_config());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        tokio::spawn(echo(stream));
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        echo(acceptor.accept(stream).await.unwrap()).await;
    });
    let mut plain = TcpStream::connect(address).await.unwrap();
    plain.set_nodelay(true).unwrap();
    there_and_back(&mut plain).await;
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let connector = TlsConnector::from(both.client.client_config());
    let mut secured = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap();
    there_and_back(&mut secured).await;
    let (mut plain_times, mut secured_times) = (Vec::new(), Vec::new());
    for _ in 0..RECORDS {
        plain_times.push(there_and_back(&mut plain).await);
        secured_times.push(there_and_back(&mut secured).await);
    }
    told(&format!("{RECORD} bytes there and back"), plain_times, secured_times);
}

async fn echo(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut record = [0; RECORD];
    while stream.read_exact(&mut record).await.is_ok() {
        stream.write_all(&record).await.unwrap();
        stream.flush().await.unwrap();
    }
}

async fn there_and_back(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Duration {
    let mut record = [7; RECORD];
    let begin = Instant::now();
    stream.write_all(&record).await.unwrap();
    stream.flush().await.unwrap();
    stream.read_exact(&mut record).await.unwrap();
    begin.elapsed()
}

fn told(what: &str, mut plain: Vec<Duration>, mut secured: Vec<Duration>) {
    plain.sort();
    secured.sort();
    let at = |times: &[Duration], part: usize| times[times.len() * part / 100].as_secs_f64() * 1e6;
    for (name, part) in [("median", 50), ("p99", 99)] {
        let (plain, secured) = (at(&plain, part), at(&secured, part));
        println!(
            "{what}, {name}: plain {plain:.1} µs, mutual TLS {secured:.1} µs: {:.2} times, {:.1} µs more",
            secured / plain,
            secured - plain
        );
    }
}
