//! An agent in a hall whose only way out is a proxy: a real landmark and a real agent, through TLS and `tinyproxy`, to a
//! verdict that says so. Skipped aloud where that proxy is not installed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails loudly and skips aloud"
)]

use std::fs;
use std::future::pending;
use std::io::ErrorKind;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use lightcone::v1;
use lightcone::v1::verdict_service_client::VerdictServiceClient;
use lightcone_agent::Agent;
use lightcone_keyring::SigningIdentity;
use lightcone_landmark::{Keys, Landmark};
use lightcone_tests::players::{Device, Tower, site};
use lightcone_tests::{Ground, House};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tonic::transport::Channel;

use crate::calls::{SINGAPORE, outside};
use crate::town::{next_verdict, quick, within};

const CREDENTIALS: [&str; 2] = ["hall", "se-cret"];

/// A proxy that asks who is there. Its log names whom it connects to.
struct Tinyproxy {
    process: Child,
    port: u16,
    folder: TempDir,
}

impl Tinyproxy {
    async fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = folder.path().join("tinyproxy.conf");
        let [user, password] = CREDENTIALS;
        let log = folder.path().join("log");
        let text = format!(
            "Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 60\nBasicAuth {user} {password}\n\
             LogLevel Connect\nLogFile \"{}\"\n",
            log.display()
        );
        fs::write(&config, text).unwrap();
        let mut command = Command::new("tinyproxy");
        command.args(["-d", "-c"]).arg(&config);
        let process = match command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
            Ok(process) => process,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                eprintln!("skipped: tinyproxy is not installed");
                return None;
            }
            Err(error) => panic!("tinyproxy: {error}"),
        };
        within(async {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                tokio::task::yield_now().await;
            }
        })
        .await;
        Some(Self { process, port, folder })
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// A file of its credentials, as an agent takes it.
    fn credentials(&self) -> PathBuf {
        let file = self.folder.path().join("credentials");
        fs::write(&file, format!("{}\n", CREDENTIALS.join(":"))).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        file
    }
}

impl Drop for Tinyproxy {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// A port that is free for UDP and for TCP.
fn free_port() -> u16 {
    loop {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        if UdpSocket::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A landmark that greets over UDP and TLS at one port; it measures as long as the test runs.
pub(crate) async fn landmark(house: &House, channel: &Channel, verifier: &str, data: PathBuf) -> u16 {
    let port = free_port();
    let address = format!("127.0.0.1:{port}");
    let tower = Tower::with(channel, "tower", |record| {
        record.point = Some(SINGAPORE);
        record.addresses = vec![address.clone()];
    })
    .await;
    let config = lightcone_landmark::Config {
        service: format!("http://{}", house.address),
        landmark: tower.name(),
        verifier_key: verifier.to_owned(),
        listen_v4: address.clone(),
        listen_v6: String::new(),
        listen_tls: address,
        data,
        ..Default::default()
    };
    let Tower { signing, exchange, .. } = tower;
    let landmark = Landmark::open(&config, &Keys { signing, exchange }).unwrap();
    tokio::spawn(async { landmark.run(pending()).await.unwrap() });
    port
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_through_a_proxy_gives_a_verdict_that_says_so() {
    let Some(proxy) = Tinyproxy::start().await else { return };
    let (ground, data) = (Ground::on_disk(), tempfile::tempdir().unwrap());
    let house = House::on(&ground, |config| {
        quick(config);
        config.sessions.window_ms = 4_000;
    })
    .await;
    let channel = house.channel().await;
    let service = SigningIdentity::load(&ground.data().join("service.key")).unwrap();
    let verifier: String = service.public().iter().map(|byte| format!("{byte:02x}")).collect();
    site(&channel, "hall", Some(SINGAPORE), vec![outside(&["CN"])]).await;
    // One, so that it is the one that is chosen.
    let port = landmark(&house, &channel, &verifier, data.path().join("outbox")).await;
    let device = Device::enter(&channel, "a-1", "hall").await;
    let config = lightcone_agent::Config {
        service: format!("http://{}", house.address),
        agent: device.name(),
        verifier_key: verifier,
        carrier: "tls".to_owned(),
        proxy: format!("http://127.0.0.1:{}", proxy.port),
        proxy_credentials: proxy.credentials(),
        ..Default::default()
    };
    let request = v1::WatchVerdictsRequest { parent: device.name(), resume_token: String::new() };
    let verdicts = VerdictServiceClient::new(channel.clone()).watch_verdicts(request).await;
    let mut verdicts = verdicts.unwrap().into_inner();
    let agent = Agent::with_identity(&config, device.identity).unwrap();
    tokio::spawn(async { agent.run(pending()).await.unwrap() });
    let request = v1::SummonAgentRequest { agent: config.agent.clone(), request_id: String::new() };
    // Refused until the landmark is known to be there.
    within(async {
        while device.sessions.clone().summon_agent(request.clone()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let verdict = next_verdict(&mut verdicts).await;
    let said = "how much of a round trip is the path's: 1 of 1 were carried over a stream";
    assert!(verdict.not_checked.iter().any(|left| left == said), "{:?}", verdict.not_checked);
    let log = proxy.log();
    assert!(log.contains(&format!("CONNECT 127.0.0.1:{port}")), "{log}");
    assert!(!log.contains(&house.address.port().to_string()), "only landmarks are reached so");
}
