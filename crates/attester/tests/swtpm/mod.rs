//! A TPM in software (swtpm) for tests: with an endorsement certificate, under an authority of its own, on loopback.
#![allow(dead_code, reason = "tests of two crates take a part each")]

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

const PROGRAMS: [&str; 4] = ["swtpm", "swtpm_setup", "swtpm_localca", "tpm2_quote"];
/// How long a TPM may take to listen.
const START_MAX: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(20);
/// How often free ports are looked for, until a TPM got them.
const ATTEMPTS: usize = 5;

/// Whether the programs are there. Says so aloud when not: a test that then returns has checked nothing.
#[expect(clippy::print_stderr, reason = "a test that checks nothing must not look like one that passed")]
pub(crate) fn is_installed() -> bool {
    let missing = |program: &&str| Command::new(program).arg("--version").output().is_err();
    let missing: Vec<&str> = PROGRAMS.iter().copied().filter(|program| missing(program)).collect();
    if missing.is_empty() {
        return true;
    }
    eprintln!(
        "\n=== SKIPPED, NOTHING WAS CHECKED: {} not found; apt install swtpm swtpm-tools tpm2-tools ===\n",
        missing.join(", ")
    );
    false
}

/// A maker of TPMs: a root and an issuer, made with its first TPM.
pub(crate) struct Maker {
    folder: TempDir,
}

impl Maker {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display();
        let authority = format!(
            "statedir = {at}\nsigningkey = {at}/key.pem\nissuercert = {at}/issuer.pem\ncertserial = {at}/serial\n"
        );
        let setup = format!(
            "create_certs_tool = swtpm_localca\ncreate_certs_tool_config = {at}/authority.conf\n\
             create_certs_tool_options = {at}/options\n"
        );
        for (name, text) in [("authority.conf", authority), ("setup.conf", setup), ("options", String::new())]
        {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Self { folder }
    }

    /// A new TPM, switched on.
    pub(crate) fn make(&self) -> Swtpm {
        self.manufacture(&["--create-ek-cert"])
    }

    /// A new TPM that nobody certified, switched on.
    pub(crate) fn make_uncertified(&self) -> Swtpm {
        self.manufacture(&[])
    }

    /// The certificates above those of the TPMs, in PEM: issuer, then root. There once a TPM was certified.
    pub(crate) fn issuers(&self) -> [Vec<u8>; 2] {
        ["issuer.pem", "swtpm-localca-rootca-cert.pem"]
            .map(|name| fs::read(self.folder.path().join(name)).unwrap())
    }

    fn manufacture(&self, options: &[&str]) -> Swtpm {
        let state = tempfile::tempdir().unwrap();
        let config = self.folder.path().join("setup.conf");
        let mut setup = Command::new("swtpm_setup");
        setup.args(["--tpm2", "--pcr-banks", "sha256"]).args(options);
        setup.arg("--tpmstate").arg(state.path()).arg("--config").arg(config).args(run_as());
        succeed(&setup.output().unwrap(), "swtpm_setup");
        Swtpm::switch_on(state)
    }
}

/// The setup of TPMs gives up root's rights unless told not to, and could not write into a test's folder then.
fn run_as() -> Vec<String> {
    let id = Command::new("id").arg("-un").output().unwrap();
    let user = String::from_utf8(id.stdout).unwrap().trim().to_owned();
    if user == "root" { vec!["--runas".to_owned(), user] } else { Vec::new() }
}

/// A TPM that is switched on; off when dropped.
pub(crate) struct Swtpm {
    state: TempDir,
    process: Child,
    port: u16,
}

impl Swtpm {
    fn switch_on(state: TempDir) -> Self {
        let started = (0..ATTEMPTS).find_map(|_| {
            let port = free_pair();
            Some((listening(state.path(), port)?, port))
        });
        let (process, port) = started.expect("no swtpm listened");
        Self { state, process, port }
    }

    /// How programs find it.
    pub(crate) fn tcti(&self) -> String {
        format!("swtpm:host=127.0.0.1,port={}", self.port)
    }

    /// Cuts its power without warning and gives it back.
    pub(crate) fn power_cycle(&mut self) {
        self.switch_off();
        self.process = listening(self.state.path(), self.port).expect("swtpm did not listen again");
    }

    /// Cuts its power, and gives it another state before it comes back: a copy of `file("tpm2-00.permall")`.
    pub(crate) fn restore(&mut self, state: &[u8]) {
        self.switch_off();
        fs::write(self.state.path().join("tpm2-00.permall"), state).unwrap();
        self.process = listening(self.state.path(), self.port).expect("swtpm did not listen again");
    }

    /// Runs one of the tpm2-tools on it, in its folder: `tool("tpm2_pcrread", "sha256:0")`.
    pub(crate) fn tool(&self, program: &str, arguments: &str) {
        let mut command = Command::new(program);
        command.args(arguments.split_whitespace()).env("TPM2TOOLS_TCTI", self.tcti());
        succeed(&command.current_dir(self.state.path()).output().unwrap(), program);
    }

    /// A file in its folder, as a tool left it.
    pub(crate) fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder().join(name)).unwrap()
    }

    /// Where tools leave files.
    pub(crate) fn folder(&self) -> &Path {
        self.state.path()
    }

    fn switch_off(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Swtpm {
    fn drop(&mut self) {
        self.switch_off();
    }
}

/// Two free ports side by side: the TPM's own, and that of its control.
fn free_pair() -> u16 {
    let is_free = |port: &u16| {
        let next = port.checked_add(1).and_then(|next| TcpListener::bind((Ipv4Addr::LOCALHOST, next)).ok());
        next.is_some()
    };
    let port = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    std::iter::repeat_with(port).take(100).find(is_free).expect("no two free ports side by side")
}

/// A process that listens, unless somebody else took its ports.
fn listening(state: &Path, port: u16) -> Option<Child> {
    let (server, control) = (
        format!("type=tcp,bindaddr=127.0.0.1,port={port}"),
        format!("type=tcp,bindaddr=127.0.0.1,port={}", port + 1),
    );
    let mut process = Command::new("swtpm")
        .args([
            "socket",
            "--tpm2",
            "--flags",
            "not-need-init,startup-clear",
            "--server",
            &server,
            "--ctrl",
            &control,
        ])
        .arg("--tpmstate")
        .arg(format!("dir={}", state.display()))
        .spawn()
        .unwrap();
    let start = Instant::now();
    while start.elapsed() < START_MAX && process.try_wait().unwrap().is_none() {
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Some(process);
        }
        sleep(POLL);
    }
    let _ = process.kill();
    let _ = process.wait();
    None
}

fn succeed(output: &Output, program: &str) {
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&said));
}
