//! A private authority, from nothing to a server that knows its callers.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::run::{self, Run, lightcone};

fn said(arguments: &str) -> Run {
    let run = lightcone(arguments);
    assert_eq!(run.code, 0, "{arguments}: {}", run.stderr);
    run
}

/// An authority with a server's certificate.
fn authority() -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let ca = folder.path().join("ca").display().to_string();
    said(&format!("ca init {ca}"));
    said(&format!("ca issue {ca} service --dns localhost --ip 127.0.0.1 --out {ca}/server"));
    (folder, ca)
}

#[test]
fn an_authority_is_made_once_and_says_what_to_do_next() {
    let folder = TempDir::new().unwrap();
    let ca = folder.path().join("ca").display().to_string();
    let made = said(&format!("ca init {ca} --trust-domain lightcone.example"));
    assert!(made.stdout.is_empty() && made.stderr.contains("lightcone ca issue"), "{}", made.stderr);
    let again = lightcone(&format!("ca init {ca}"));
    assert!(again.code == 2 && again.stderr.contains("is there already"), "{}", again.stderr);

    let issued =
        said(&format!("ca issue {ca} tenant acme --role order-desk --name desk-1 --hours 2 --out {ca}/desk"));
    assert!(
        issued.stdout.starts_with("spiffe://lightcone.example/tenant/acme/order-desk/desk-1  until "),
        "{}",
        issued.stdout
    );
    let mode = fs::metadata(Path::new(&ca).join("desk/key.pem")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let shown = said(&format!("ca show {ca}/desk/certificate.pem"));
    assert!(shown.stdout.contains("desk-1\n") && shown.stdout.contains("signs others"), "{}", shown.stdout);

    let nameless = lightcone(&format!("ca issue {ca} service --out {ca}/server"));
    assert!(nameless.code == 2 && nameless.stderr.contains("--dns"), "{}", nameless.stderr);
    let wrong = lightcone(&format!("ca issue {ca} landmark a/b --out {ca}/l"));
    assert!(wrong.code == 2 && wrong.stderr.contains("no SPIFFE ID"), "{}", wrong.stderr);
}

#[test]
fn a_token_is_all_that_is_printed_and_the_issuer_cannot_make_one() {
    let (_folder, ca) = authority();
    let ask =
        "landmark oslo-1 --tenant acme --operator acme --point 59.91,-10.75 --position-error-m 50 --asn 224";
    let token = said(&format!("ca token {ca} {ask}"));
    assert_eq!(
        (token.stdout.lines().count(), token.stdout.trim().split('.').count()),
        (1, 3),
        "{}",
        token.stdout
    );
    let agent = said(&format!("ca token {ca} agent a-1 --tenant acme --site sites/hall --hours 24"));
    assert_ne!(agent.stdout, token.stdout);
    let long = lightcone(&format!("ca token {ca} agent a-1 --tenant acme --site sites/hall --hours 25"));
    assert!(long.code == 2 && long.stderr.contains("24 hours"), "{}", long.stderr);
    let issuer = lightcone(&format!("ca token {ca}/issuer {ask}"));
    assert!(issuer.code == 3 && issuer.stderr.contains("root.pem"), "{}", issuer.stderr);
}

struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(ca: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let sets = [
            "store.url=sqlite::memory:".to_owned(),
            format!("store.folder={ca}/data"),
            // Servers of other tests have one too.
            "server.admin_listen=127.0.0.1:0".to_owned(),
            format!("tls.certificate={ca}/server/certificate.pem"),
            format!("tls.private_key={ca}/server/key.pem"),
            format!("tls.trust_bundle={ca}/server/bundle.pem"),
            format!("authority.folder={ca}/issuer"),
        ];
        let child = Command::new(env!("CARGO_BIN_EXE_lightcone"))
            .args(["serve", "--listen", &address])
            .args(sets.iter().flat_map(|set| ["--set", set]))
            .current_dir(run::package())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while std::net::TcpStream::connect(&address).is_err() {
            assert!(started.elapsed() < Duration::from_secs(60), "the server does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { child, port }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_caller_with_a_certificate_is_served_over_tls_and_takes_no_other_server() {
    let (_folder, ca) = authority();
    said(&format!("ca issue {ca} tenant acme --role site-owner --name ops --out {ca}/ops"));
    let server = Server::start(&ca);
    let url = format!("https://localhost:{}", server.port);
    let trust = format!("--trust-bundle {ca}/ops/bundle.pem");
    let own = format!("--certificate {ca}/ops/certificate.pem --private-key {ca}/ops/key.pem {trust}");

    said(&format!("list sites --server {url} {own}"));
    said(&format!("list sites --server {url} {own} --server-id spiffe://example.org/service/lightcone"));
    let other =
        lightcone(&format!("list sites --server {url} {own} --server-id spiffe://example.org/service/b"));
    assert!(other.code == 5 && other.stderr.contains("service/b"), "{}", other.stderr);
    let (_elsewhere, stranger) = authority();
    let stranger = lightcone(&format!("list sites --server {url} --trust-bundle {stranger}/bundle.pem"));
    assert!(stranger.code == 5 && stranger.stderr.contains("no root"), "{}", stranger.stderr);

    // As nobody: there is a connection, and nothing to see.
    let nobody = lightcone(&format!("list sites --server {url} {trust}"));
    assert!(nobody.code == 5 && nobody.stderr.contains("refused"), "{}", nobody.stderr);
    let untrusting = lightcone(&format!("list sites --server {url}"));
    assert!(untrusting.code == 2 && untrusting.stderr.contains("trust_bundle"), "{}", untrusting.stderr);
    let plain = lightcone(&format!("list sites --server http://127.0.0.1:{}", server.port));
    assert_eq!(plain.code, 5, "{}", plain.stderr);
}

#[test]
fn a_landmark_is_enrolled_by_a_token_and_renews_what_it_got() {
    let (folder, ca) = authority();
    let server = Server::start(&ca);
    let url = format!("https://localhost:{}", server.port);
    let token = folder.path().join("token");
    let ask = "landmark oslo-1 --tenant acme --operator acme --point 59.91,10.75 --position-error-m 50";
    fs::write(&token, said(&format!("ca token {ca} {ask}")).stdout).unwrap();
    let out = folder.path().join("oslo-1").display().to_string();
    let enrol = format!(
        "enrol landmark {} --address 203.0.113.5:7444 --out {out} --server {url} --trust-bundle {ca}/bundle.pem",
        token.display()
    );
    let first = said(&enrol).stdout;
    // It says the settings that hold now.
    let settings = folder.path().join("landmark.toml");
    fs::write(&settings, format!("data = '{out}/data'\n{first}")).unwrap();
    said(&format!("landmark --config {} --print-config", settings.display()));
    // The answer may be lost: the same keys ask again.
    assert_eq!(said(&enrol).stdout, first);

    let file = |name: &str| fs::read(Path::new(&out).join(name)).unwrap();
    let before = (file("certificate.pem"), file("key.pem"));
    let renew = format!(
        "renew --server {url} --certificate {out}/certificate.pem --private-key {out}/key.pem \
         --trust-bundle {out}/bundle.pem"
    );
    let waits = said(&format!("{renew} --hours-left 1"));
    assert!(waits.stdout.is_empty() && waits.stderr.contains("h more"), "{}", waits.stderr);
    assert!(before == (file("certificate.pem"), file("key.pem")));
    let renewed = said(&renew).stdout;
    assert!(renewed.starts_with("spiffe://example.org/landmark/oslo-1  until "), "{renewed}");
    assert!(before.0 != file("certificate.pem") && before.1 != file("key.pem"));
    said(&renew);

    // A token that somebody else used is of no use.
    let stolen = lightcone(&enrol.replace(&out, &format!("{out}-2")));
    assert!(stolen.code == 5 && stolen.stderr.contains("ENROLMENT_REFUSED"), "{}", stolen.stderr);
}
