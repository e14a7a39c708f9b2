//! Landmarks and an agent as processes of their own, with settings from files, against a server: a session gives a
//! verdict, whoever is killed in the middle.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::run::{self, Run, lightcone};

/// How long a machine that is busy with other tests may take for what takes a second.
const PATIENCE: Duration = Duration::from_secs(60);
/// Where everything stands. Loopback has round trips of microseconds, so all of it is in one place.
const HERE: &str = "59.91,10.75";

/// A process of the program; killed when dropped.
pub(crate) struct Daemon {
    pub(crate) child: Child,
    lines: Receiver<String>,
    pub(crate) heard: Vec<String>,
}

impl Daemon {
    pub(crate) fn start(arguments: &str) -> Self {
        Self::start_to(Stdio::null(), arguments)
    }

    /// Starts one whose standard output goes there.
    fn start_to(out: Stdio, arguments: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lightcone"))
            .args(arguments.split_whitespace())
            .current_dir(run::package())
            .stdout(out)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (told, lines) = channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| told.send(line)));
        Self { child, lines, heard: Vec::new() }
    }

    /// Waits until it says something with these words in it.
    #[track_caller]
    pub(crate) fn hear(&mut self, words: &str) {
        let end = Instant::now() + PATIENCE;
        while let Ok(line) = self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.heard.push(line.clone());
            if line.contains(words) {
                return;
            }
        }
        panic!("never said `{words}`, but:\n{}", self.heard.join("\n"));
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server with three landmarks and an agent in its registry.
pub(crate) struct World {
    folder: TempDir,
    address: String,
    mesh: String,
    server: Daemon,
    pub(crate) ports: Vec<u16>,
}

impl World {
    pub(crate) fn open() -> Self {
        Self::with("interval_ms = 0\nprobation = false")
    }

    fn with(mesh: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let server = Self::serve(folder.path(), &address, mesh);
        // Held together, so that no two are the same.
        let free: Vec<UdpSocket> = (0..3).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
        let ports = free.iter().map(|socket| socket.local_addr().unwrap().port()).collect();
        let world = Self { folder, address, mesh: mesh.to_owned(), server, ports };
        world.register();
        world
    }

    fn serve(folder: &Path, address: &str, mesh: &str) -> Daemon {
        let file = folder.join("server.toml");
        let text = format!(
            "[server]\nlisten = '{address}'\nadmin_listen = ''\n[store]\nfolder = '{}'\n\
             [sessions]\nper_day = 0\nlead_ms = 2000\nwindow_ms = 2000\ngrace_ms = 60000\n\
             [mesh]\n{mesh}\n",
            folder.join("server").display()
        );
        std::fs::write(&file, text).unwrap();
        let mut server = Daemon::start(&format!("serve --config {}", file.display()));
        server.hear("serving");
        server
    }

    fn register(&self) {
        for index in 0..3 {
            let signing = self.key("signing", &format!("signing-{index}.key"));
            let exchange = self.key("exchange", &format!("exchange-{index}.key"));
            self.ok(&format!(
                "register landmark oslo-{index} --at {HERE} --position-error-m 100 --operator op-{index} \
                 --signing-key {signing} --exchange-key {exchange} --address 127.0.0.1:{}",
                self.ports[index]
            ));
        }
        self.ok(&format!("register site hall --claim {HERE},25 --deny CN,HK,MO"));
        let identity = self.key("signing", "identity.key");
        self.ok(&format!("register agent rack --site sites/hall --identity-key {identity}"));
    }

    fn key(&self, kind: &str, file: &str) -> String {
        let path = self.path(file);
        let made = lightcone(&format!("keys new --kind {kind} --out {}", path.display()));
        assert_eq!(made.code, 0, "{}", made.stderr);
        assert_eq!(lightcone(&format!("keys show {}", path.display())).stdout, made.stdout);
        made.stdout.trim().to_owned()
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn ask(&self, command: &str) -> Run {
        lightcone(&format!("{command} --server http://{} -o json", self.address))
    }

    /// What the server answers, one value a line.
    #[track_caller]
    pub(crate) fn ok(&self, command: &str) -> Vec<Value> {
        let run = self.ask(command);
        assert_eq!(run.code, 0, "{command}: {}", run.stderr);
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(crate) fn verifier(&self) -> String {
        let key = self.path("server").join("service.key");
        lightcone(&format!("keys show {}", key.display())).stdout.trim().to_owned()
    }

    pub(crate) fn landmark(&self, index: usize) -> Daemon {
        let file = self.path(&format!("landmark-{index}.toml"));
        let text = format!(
            "service = 'http://{}'\nlandmark = 'landmarks/oslo-{index}'\nsigning_key = '{}'\n\
             exchange_key = '{}'\nverifier_key = '{}'\nlisten_v4 = '127.0.0.1:{}'\nlisten_v6 = ''\n\
             data = '{}'\nreconnect_min_ms = 50\nreconnect_max_ms = 200\n",
            self.address,
            self.path(&format!("signing-{index}.key")).display(),
            self.path(&format!("exchange-{index}.key")).display(),
            self.verifier(),
            self.ports[index],
            self.path(&format!("data-{index}")).display(),
        );
        std::fs::write(&file, text).unwrap();
        Daemon::start(&format!("landmark --config {} --log info,lightcone_landmark=debug", file.display()))
    }

    fn agent(&self, verifier: &str) -> Daemon {
        self.agent_with(verifier, "127.0.0.1", "")
    }

    /// An agent that answers from this address, with more settings.
    pub(crate) fn agent_with(&self, verifier: &str, ip: &str, settings: &str) -> Daemon {
        let file = self.path("agent.toml");
        let text = format!(
            "service = 'http://{}'\nagent = 'agents/rack'\nidentity_key = '{}'\nverifier_key = '{verifier}'\n\
             bind_v4 = '{ip}:0'\nbind_v6 = ''\nreconnect_min_ms = 50\nreconnect_max_ms = 200\n{settings}",
            self.address,
            self.path("identity.key").display(),
        );
        std::fs::write(&file, text).unwrap();
        Daemon::start(&format!("agent --config {} --log info,lightcone_agent=debug", file.display()))
    }

    /// Three landmarks at work and an agent that attends.
    fn crew(&self) -> (Vec<Daemon>, Daemon) {
        let mut landmarks: Vec<Daemon> = (0..3).map(|index| self.landmark(index)).collect();
        landmarks.iter_mut().for_each(|landmark| landmark.hear("watching for work"));
        let mut agent = self.agent(&self.verifier());
        agent.hear("attending");
        (landmarks, agent)
    }

    /// Waits until a session is in one of these states.
    #[track_caller]
    fn until(&self, session: &str, states: &[&str]) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let record = self.ok(&format!("get {session}")).remove(0);
            let state = record["state"].as_str().unwrap_or_default().to_owned();
            if states.contains(&state.as_str()) {
                return record;
            }
            assert!(Instant::now() < end, "{session} is still {state}");
        }
    }

    /// The landmarks whose reports in a session are in that state.
    fn measured(&self, session: &str, state: &str) -> Vec<String> {
        let all = self.ok(&format!("list measurements --session {session}"));
        let found = all.iter().filter(|one| one["state"] == state);
        found.map(|one| one["landmark"].as_str().unwrap().to_owned()).collect()
    }
}

pub(crate) const ALL: [&str; 3] = ["landmarks/oslo-0", "landmarks/oslo-1", "landmarks/oslo-2"];

#[test]
fn a_session_of_processes_gives_a_verdict() {
    let world = World::open();
    let (_landmarks, _agent) = world.crew();
    let verdict = world.ok("summon agents/rack --wait").remove(0);
    assert_eq!(verdict["residency"], "RESIDENCY_R0");
    let headline = verdict["headline"].as_str().unwrap();
    assert!(headline.starts_with("UNATTESTED"), "{headline}");
    let findings = verdict["verdict"].to_string();
    assert!(findings.contains("PROVEN") && findings.contains("POSSIBLE"), "{findings}");
    let session = verdict["session"].as_str().unwrap();
    assert_eq!(world.measured(session, "STATE_VERIFIED"), ALL);
    assert_eq!(world.ok("list verdicts --agent agents/rack").len(), 1);
    assert_eq!(world.ok("get agents/rack/verdicts/latest"), [verdict]);
}

/// A watch shows a verdict as it is given, goes on by itself when the server comes back, and from where it was told.
#[test]
fn verdicts_are_watched_across_a_restart() {
    let mut world = World::open();
    let (_landmarks, mut agent) = world.crew();
    let arguments = format!("watch verdicts --count 2 --server http://{} -o json", world.address);
    let mut watch = Daemon::start_to(Stdio::piped(), &arguments);
    watch.hear("watching");
    let first = world.ok("summon agents/rack --wait").remove(0);
    world.server.kill();
    agent.hear("not attending");
    world.server = World::serve(world.folder.path(), &world.address, &world.mesh);
    agent.hear("attending");
    let second = world.ok("summon agents/rack --wait").remove(0);
    let mut shown = String::new();
    watch.child.stdout.take().unwrap().read_to_string(&mut shown).unwrap();
    assert_eq!(watch.child.wait().unwrap().code(), Some(0));
    let shown: Vec<Value> = shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(shown, [first, second]);
}

/// The service is away when the landmarks have measured, and one of them is killed with its report unsent.
#[test]
fn a_landmark_that_is_killed_loses_no_finished_report() {
    let mut world = World::open();
    let (mut landmarks, mut agent) = world.crew();
    let session = world.ok("summon agents/rack").remove(0)["name"].as_str().unwrap().to_owned();
    landmarks[0].hear("entered");
    world.server.kill();
    landmarks[0].hear("measured");
    landmarks[0].kill();
    world.server = World::serve(world.folder.path(), &world.address, &world.mesh);
    landmarks[0] = world.landmark(0);
    agent.hear("session kept");
    world.until(&session, &["STATE_JUDGED"]);
    assert_eq!(world.measured(&session, "STATE_VERIFIED"), ALL);
}

/// A landmark that is killed while it measures costs its part of that session, and nothing of the next.
#[test]
fn a_landmark_that_is_killed_in_the_middle_is_there_for_the_next_session() {
    let world = World::open();
    let (mut landmarks, mut agent) = world.crew();
    let session = world.ok("summon agents/rack").remove(0)["name"].as_str().unwrap().to_owned();
    landmarks[1].hear("entered");
    landmarks[1].kill();
    landmarks[1] = world.landmark(1);
    landmarks[1].hear("watching for work");
    agent.hear("session kept");
    world.until(&session, &["STATE_JUDGED"]);
    let verdict = world.ok("summon agents/rack --wait").remove(0);
    assert_eq!(world.measured(verdict["session"].as_str().unwrap(), "STATE_VERIFIED"), ALL);
}

/// New landmarks are trusted once they agree with enough others, which they find out by themselves.
#[test]
fn landmarks_that_measure_one_another_leave_probation() {
    let world = World::with("interval_ms = 2000\nprobation = true");
    let mut landmarks: Vec<Daemon> = (0..3).map(|index| world.landmark(index)).collect();
    landmarks.iter_mut().for_each(|landmark| landmark.hear("watching for work"));
    assert_eq!(world.ok("list landmarks --state probation").len(), 3);
    landmarks[0].hear("measured");
    let end = Instant::now() + PATIENCE;
    while world.ok("list landmarks --state active").len() < 3 {
        assert!(Instant::now() < end, "still {:?}", world.ok("list landmarks"));
    }
}

#[test]
fn an_agent_of_another_verifier_refuses_and_the_session_is_missed() {
    let world = World::open();
    let mut landmark = world.landmark(0);
    landmark.hear("watching for work");
    let mut agent = world.agent("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    agent.hear("attending");
    let session = world.ok("summon agents/rack").remove(0)["name"].as_str().unwrap().to_owned();
    agent.hear("the setting `verifier_key` names d75a980182b10ab7");
    world.until(&session, &["STATE_MISSED"]);
}

#[test]
fn an_agent_that_is_killed_misses_its_session_and_that_is_an_alert() {
    let world = World::open();
    let mut landmark = world.landmark(0);
    landmark.hear("watching for work");
    let mut agent = world.agent(&world.verifier());
    agent.hear("attending");
    agent.kill();
    let run = world.ask("summon agents/rack --wait");
    assert_eq!(run.code, 5, "{}", run.stdout);
    assert!(run.stdout.contains("STATE_MISSED") && run.stderr.contains("did not come"), "{}", run.stderr);
    let alerts = world.ok("list alerts --subject agents/rack");
    assert!(alerts.iter().any(|alert| alert["kind"] == "KIND_SILENCE"), "{alerts:?}");
    assert_eq!(world.ok("get agents/rack")[0]["missedSessions"], 1);
}

#[test]
fn a_landmark_at_another_place_than_the_registry_says_stops_and_says_so() {
    let world = World::open();
    let (mut landmarks, _agent) = world.crew();
    landmarks[2].kill();
    let file = world.path("landmark-2.toml");
    let arguments = format!("landmark --config {} --position-version 7", file.display());
    let mut moved = Daemon::start(&arguments);
    moved.hear("watching for work");
    let _ = world.ok("summon agents/rack");
    moved.hear("version 1 of this landmark's place, the setting `position_version` says 7");
    assert_eq!(moved.child.wait().unwrap().code(), Some(3));
}

#[test]
fn settings_are_checked_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("landmark.toml");
    std::fs::write(&file, "landmrk = 'x'\n").unwrap();
    let run = lightcone(&format!("landmark --config {}", file.display()));
    assert!(
        run.code == 3 && run.stderr.contains("landmrk") && run.stderr.contains("landmark.toml"),
        "{}",
        run.stderr
    );
    for daemon in ["landmark", "agent"] {
        let shipped = format!("../../deploy/config/{daemon}.toml");
        let run = lightcone(&format!("{daemon} --config {shipped} --print-config"));
        assert_eq!(run.code, 0, "{}", run.stderr);
        // The file shows every setting, as it would hold.
        let printed: toml::Table = run.stdout.parse().unwrap();
        let written: toml::Table =
            std::fs::read_to_string(run::package().join(&shipped)).unwrap().parse().unwrap();
        assert_eq!(printed, written);
        let over = lightcone(&format!("{daemon} --config {shipped} --print-config --service http://[::1]:1"));
        assert!(over.stdout.contains("service = \"http://[::1]:1\""), "{}", over.stdout);
        let run = lightcone(daemon);
        assert!(run.code == 3 && run.stderr.contains("setting `"), "{}", run.stderr);
    }
}

#[test]
fn a_key_is_made_once_and_only_its_public_half_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.key");
    let new = format!("keys new --kind exchange --out {}", file.display());
    let made = lightcone(&new);
    assert!(made.code == 0 && made.stdout.trim().len() == 64, "{}", made.stderr);
    let secret = std::fs::read_to_string(&file).unwrap();
    assert!(!secret.contains(made.stdout.trim()));
    let again = lightcone(&new);
    assert!(again.code == 2 && again.stderr.contains("exists already"), "{}", again.stderr);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), secret);
    std::fs::write(&file, "nonsense").unwrap();
    let run = lightcone(&format!("keys show {}", file.display()));
    assert!(run.code == 3 && !run.stderr.contains("nonsense"), "{}", run.stderr);
}

/// Where systemd is at hand it reads the units; the program's path is the one thing that need not be there.
#[test]
fn the_units_are_ones_that_systemd_takes() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        eprintln!("skipped: no systemd-analyze");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for name in ["server", "landmark", "agent", "renew@"] {
        let unit = format!("lightcone-{name}.service");
        let text = std::fs::read_to_string(run::package().join("../../deploy/systemd").join(&unit)).unwrap();
        assert!(text.contains("NoNewPrivileges=yes") && text.contains("DynamicUser=yes"), "{unit}");
        let copy = folder.path().join(&unit);
        std::fs::write(&copy, text.replace("/usr/bin/lightcone", "/bin/true")).unwrap();
        let told = Command::new("systemd-analyze").arg("verify").arg(&copy).output().unwrap();
        let told = String::from_utf8_lossy(&told.stderr).into_owned();
        assert!(!told.contains(&unit), "{told}");
    }
}
