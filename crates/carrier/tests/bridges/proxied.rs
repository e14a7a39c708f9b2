//! Through a real proxy, `tinyproxy`. Skipped aloud where it is not installed.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use lightcone_carrier::{CarrierError, Outlet, Proxy, Way};
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::ends::{reach, settings, socket, soon};
use crate::session::a_session;

struct Tinyproxy {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Tinyproxy {
    /// A proxy with these settings more; none where there is none on this machine.
    async fn start(more: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let path = folder.path().join("tinyproxy.conf");
        let log = folder.path().join("log");
        let text = format!(
            "Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 60\nMaxClients 20\nLogFile \"{}\"\n{more}\n",
            log.display()
        );
        std::fs::write(&path, text).unwrap();
        let mut command = Command::new("tinyproxy");
        command
            .args(["-d", "-c"])
            .arg(&path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut process = match command.spawn() {
            Ok(process) => process,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                eprintln!("SKIPPED: tinyproxy is not installed; nothing was shown about real proxies");
                return None;
            }
            Err(error) => panic!("tinyproxy: {error}"),
        };
        soon(async {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                let ended = process.try_wait().unwrap();
                assert!(ended.is_none(), "{ended:?}: {}", std::fs::read_to_string(&log).unwrap_or_default());
                tokio::task::yield_now().await;
            }
        })
        .await;
        Some(Self { process, port, _folder: folder })
    }

    fn way(&self, credentials: &str) -> Way {
        let proxy: Proxy = format!("http://{credentials}127.0.0.1:{}", self.port).parse().unwrap();
        Way::new(Some(proxy), None, &[]).unwrap()
    }
}

impl Drop for Tinyproxy {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

async fn refused(way: &Way) -> Arc<CarrierError> {
    let (landmark, agent) = (socket().await, socket().await);
    let outlet = Outlet::open(settings(landmark.local_addr().unwrap())).await.unwrap();
    let refused = reach(way, outlet.address(), agent.local_addr().unwrap()).await.err().unwrap();
    assert_eq!(outlet.counted().carried, 0);
    refused
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_goes_through_a_proxy() {
    let Some(proxy) = Tinyproxy::start("").await else { return };
    a_session(&proxy.way("")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_goes_through_a_proxy_that_asks_who_is_there() {
    let Some(proxy) = Tinyproxy::start("BasicAuth agent se-cret").await else { return };
    a_session(&proxy.way("agent:se-cret@")).await;
    for credentials in ["", "agent:wrong@", "other:se-cret@"] {
        let refused = refused(&proxy.way(credentials)).await;
        assert!(matches!(*refused, CarrierError::ProxyRefused { status: 407 | 401, .. }), "{refused}");
        assert!(!refused.to_string().contains("se-cret"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_does_not_connect_to_that_port_is_named_with_its_answer() {
    let Some(proxy) = Tinyproxy::start("ConnectPort 1").await else { return };
    let refused = refused(&proxy.way("")).await;
    assert!(matches!(*refused, CarrierError::ProxyRefused { status: 403, .. }), "{refused}");
    assert!(refused.to_string().contains(&format!("127.0.0.1:{} answered 403", proxy.port)), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_landmark_that_the_proxy_cannot_reach_and_a_proxy_that_is_not_there_are_told_apart() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let agent = socket().await.local_addr().unwrap();
    let way = Way::new(Some(format!("http://{nobody}").parse().unwrap()), None, &[]).unwrap();
    let landmark = "192.0.2.77:443".parse().unwrap();
    let absent = reach(&way, landmark, agent).await.err().unwrap();
    assert!(matches!(&*absent, CarrierError::Connect { to, .. } if *to == nobody.to_string()), "{absent}");
    let Some(proxy) = Tinyproxy::start("").await else { return };
    let unreached = reach(&proxy.way(""), nobody, agent).await.err().unwrap();
    assert!(matches!(*unreached, CarrierError::ProxyRefused { status: 500..600, .. }), "{unreached}");
}
