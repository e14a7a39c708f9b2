//! The same answers from a server.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::run::{self, AZURE, lightcone};

struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let child = Command::new(env!("CARGO_BIN_EXE_lightcone"))
            .args([
                "serve",
                "--listen",
                &address,
                "--set",
                "store.url=sqlite::memory:",
                "--set",
                "server.admin_listen=",
            ])
            .current_dir(run::package())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, url: format!("http://{address}") };
        for _ in 0..200 {
            if std::net::TcpStream::connect(&address).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_gives_the_same_bytes() {
    let server = Server::start();
    let url = &server.url;
    let ask = "--deny CN,HK,MO --allow SG,MY --claim 1.3,103.8,50";
    for rest in [
        "--target southeastasia --explain -o json",
        "--target southeastasia --explain -o table",
        "--target southeastasia --liars 0 -o svg",
        "--target southeastasia --mode fibre:1.468 -o geojson",
        "--all -o json",
        "--all --worldview every-claimant --territorial-sea -o csv",
    ] {
        let here = lightcone(&format!("locate {AZURE} {ask} {rest}"));
        let there = lightcone(&format!("locate {AZURE} {ask} {rest} --server {url}"));
        assert_eq!((here.code, there.code), (0, 0), "{rest}: {}", there.stderr);
        assert!(here.stdout == there.stdout, "{rest}:\n{}\n{}", here.stdout, there.stdout);
    }
    let run = lightcone(&format!("locate {AZURE} --target southeastasia --liars 99 --server {url}"));
    assert!(run.code == 5 && run.stderr.contains("FIELD_INVALID"), "{}", run.stderr);
}

#[test]
fn no_server_is_said_with_a_remedy() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let run = lightcone(&format!("locate {AZURE} --all --server 127.0.0.1:{port}"));
    assert!(run.code == 5 && run.stderr.contains("is `lightcone serve` running there?"), "{}", run.stderr);
}

#[test]
fn what_is_wrong_with_an_address_is_said() {
    for (url, remedy) in
        [("https://127.0.0.1:7443", "trust_bundle"), ("grpc://127.0.0.1:7443", "write https")]
    {
        let run = lightcone(&format!("locate {AZURE} --all --server {url}"));
        assert!(run.code == 2 && run.stderr.contains(remedy), "{}", run.stderr);
    }
    let run =
        lightcone(&format!("locate {AZURE} --all --server https://127.0.0.1:1 --trust-bundle none.pem"));
    assert!(run.code == 3 && run.stderr.contains("none.pem"), "{}", run.stderr);
}

#[test]
fn settings_are_checked() {
    let run = lightcone("config check --set pool.threads=3");
    assert!(run.code == 0 && run.stdout.contains("threads = 3"), "{}{}", run.stdout, run.stderr);
    let run = lightcone("config check --set pool.thread=3");
    assert!(run.code == 3 && run.stderr.contains("did you mean `pool.threads`"), "{}", run.stderr);
    let run = lightcone("config check --set pool");
    assert!(run.code == 2 && run.stderr.contains("KEY=VALUE"), "{}", run.stderr);
    let run = lightcone("config check none.toml");
    assert!(run.code == 3 && run.stderr.contains("none.toml"), "{}", run.stderr);
}
