//! Certificates, roots and rules that change under load: who is entitled loses no call, who is not is cut off.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lightcone::v1;
use lightcone::v1::site_service_client::SiteServiceClient;
use lightcone::v1::verdict_service_client::VerdictServiceClient;
use lightcone_access::Policy;
use lightcone_identity::authority::{self, Authority};
use lightcone_identity::{Identity, TlsSettings, dial};
use lightcone_tests::trust::{self, HOUR, TRUST_DOMAIN, Trust};
use tokio::task::JoinHandle;
use tonic::Status;
use tonic::transport::Channel;

use super::Court;

/// Callers at a time.
const CALLERS: usize = 4;
/// How long a connection is used: shorter than what is waited for between two changes.
const AGE_MS: u64 = 1_000;
/// Files are looked at each second and taken when they are at rest, and then connections of before have to go.
const SETTLE: Duration = Duration::from_secs(6);
/// Whoever is no longer entitled is cut off within this.
const MINUTE: Duration = Duration::from_secs(60);

/// Somebody who calls without pause.
struct Load {
    calls: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<Vec<Status>>>,
}

impl Load {
    async fn of(court: &Court) -> Self {
        let (calls, is_over) = (Arc::<AtomicU64>::default(), Arc::<AtomicBool>::default());
        let mut tasks = Vec::new();
        for number in 0..CALLERS {
            let channel = court.channel(&format!("tenant/ours/site-owner/caller-{number}")).await;
            let (calls, is_over) = (Arc::clone(&calls), Arc::clone(&is_over));
            tasks.push(tokio::spawn(call(channel, calls, is_over)));
        }
        Self { calls, is_over, tasks }
    }

    /// How many calls there were, and what was refused.
    async fn end(self) -> (u64, Vec<Status>) {
        self.is_over.store(true, Ordering::Relaxed);
        let mut refused = Vec::new();
        for task in self.tasks {
            refused.extend(task.await.expect("it ends"));
        }
        (self.calls.load(Ordering::Relaxed), refused)
    }
}

async fn call(channel: Channel, calls: Arc<AtomicU64>, is_over: Arc<AtomicBool>) -> Vec<Status> {
    let mut sites = SiteServiceClient::new(channel);
    let mut refused = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        calls.fetch_add(1, Ordering::Relaxed);
        let mut answered = sites.list_sites(v1::ListSitesRequest::default()).await;
        if answered.as_ref().is_err_and(was_never_sent) {
            answered = sites.list_sites(v1::ListSitesRequest::default()).await;
        }
        if let Err(status) = answered {
            refused.push(status);
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    refused
}

/// Whether a connection that said goodbye gave a call back, as HTTP/2 has it: most clients of gRPC make it again by
/// themselves, tonic does not.
fn was_never_sent(status: &Status) -> bool {
    let never = ["GoAway(b\"\", NO_ERROR", "hyper::Error(Canceled"];
    let told = std::error::Error::source(status).map(|source| format!("{source:?}")).unwrap_or_default();
    never.iter().any(|sign| told.contains(sign))
}

/// A stream that is open all the time, taken up again where it was when its connection grows old.
async fn keeps_watching(channel: Channel, is_over: Arc<AtomicBool>) -> Vec<Status> {
    let mut verdicts = VerdictServiceClient::new(channel);
    let (mut refused, mut resume_token) = (Vec::new(), String::new());
    while !is_over.load(Ordering::Relaxed) {
        let watch =
            v1::WatchVerdictsRequest { parent: "agents/-".into(), resume_token: resume_token.clone() };
        let mut stream = match verdicts.watch_verdicts(watch).await {
            Ok(stream) => stream.into_inner(),
            Err(status) if was_never_sent(&status) => continue,
            Err(status) => {
                refused.push(status);
                continue;
            }
        };
        while !is_over.load(Ordering::Relaxed) {
            match tokio::time::timeout(Duration::from_millis(100), stream.message()).await {
                Err(_) => {}
                Ok(Ok(Some(message))) => resume_token = message.resume_token,
                Ok(_) => break,
            }
        }
    }
    refused
}

/// How long until a stream that is open, and then new calls, are refused.
async fn until_cut_off(channel: Channel, begin: Instant) -> Duration {
    let mut verdicts = VerdictServiceClient::new(channel);
    let watch = v1::WatchVerdictsRequest { parent: "agents/-".into(), resume_token: String::new() };
    while begin.elapsed() < MINUTE {
        match verdicts.watch_verdicts(watch.clone()).await {
            Err(_) => return begin.elapsed(),
            Ok(stream) => {
                let mut stream = stream.into_inner();
                while let Ok(Some(_)) = stream.message().await {}
            }
        }
    }
    unreachable!("still let in after a minute");
}

/// Another root of the same trust domain, as after a change of the authority.
fn successor(trust: &Trust) -> Authority {
    let folder = trust.file("successor");
    authority::init(&folder, TRUST_DOMAIN).expect("an authority");
    Authority::open(&folder).expect("an issuer")
}

/// Everybody whose files are renewed: the service and the callers who stay.
fn entitled() -> Vec<String> {
    let callers = (0..CALLERS).map(|number| format!("tenant/ours/site-owner/caller-{number}"));
    callers.chain(["service/main".to_owned(), "tenant/ours/site-owner/watcher".to_owned()]).collect()
}

fn folder_of(settings: &TlsSettings) -> PathBuf {
    settings.certificate.parent().expect("a folder").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_roots_and_rules_change_and_no_entitled_call_fails() {
    let mut rules = PathBuf::new();
    let court = Court::with(|trust, config| {
        rules = trust.file("rules.cedar");
        std::fs::write(&rules, Policy::built_in().unwrap().text()).unwrap();
        config.access.policies = rules.display().to_string();
        config.access.recheck_ms = 1_000;
        config.server.connection_age_ms = AGE_MS;
        config.server.connection_grace_ms = AGE_MS;
    })
    .await;
    let trust = &court.trust;
    let load = Load::of(&court).await;
    let watcher = court.channel("tenant/ours/site-owner/watcher").await;
    let watcher = tokio::spawn(keeps_watching(watcher, Arc::clone(&load.is_over)));
    let bundle = |text: &str| {
        for path in entitled() {
            let file = trust.folder_of(&path).join("bundle.pem");
            std::fs::write(file, text).expect("a bundle");
        }
    };

    // Certificates of the same root, twice.
    for _ in 0..2 {
        for path in entitled() {
            let _ = trust.files(&path, HOUR);
        }
        tokio::time::sleep(SETTLE).await;
    }

    // The rules forbid a role, and only that.
    let leaver = court.channel("tenant/ours/analyst/leaver").await;
    let forbid = "@id(\"no-analysts-today\")\nforbid (principal in Role::\"analyst\", action in \
                  Action::\"seeing-sites\", resource);\n";
    let begin = Instant::now();
    std::fs::write(&rules, format!("{}\n{forbid}", Policy::built_in().unwrap().text())).unwrap();
    let by_rules = until_cut_off(leaver, begin).await;

    // Another root: first both are trusted, then all bear certificates of the new one, then the old one goes. Who keeps
    // an old certificate is cut off.
    let files = trust.files("tenant/ours/site-owner/left-behind", HOUR);
    let left_behind = Identity::open(&files).await.unwrap();
    let left_behind = dial::channel(&trust::url(court.house.address), Some(&left_behind)).unwrap();
    let old = std::fs::read_to_string(folder_of(&files).join("bundle.pem")).unwrap();
    let new_authority = successor(trust);
    let new = std::fs::read_to_string(trust.file("successor").join("bundle.pem")).unwrap();
    bundle(&format!("{old}{new}"));
    std::fs::write(folder_of(&files).join("bundle.pem"), format!("{old}{new}")).unwrap();
    tokio::time::sleep(SETTLE).await;
    for path in entitled() {
        let fresh = trust.file("fresh");
        trust::issue(&new_authority, &path, HOUR, &fresh);
        // Certificate and key alone: the old root is trusted for a while yet.
        for file in ["key.pem", "certificate.pem"] {
            std::fs::copy(fresh.join(file), trust.folder_of(&path).join(file)).expect("copied");
        }
    }
    tokio::time::sleep(SETTLE).await;
    let begin = Instant::now();
    bundle(&new);
    let by_root = until_cut_off(left_behind, begin).await;
    tokio::time::sleep(SETTLE).await;

    let (calls, refused) = load.end().await;
    let unwatched = watcher.await.expect("it ends");
    println!(
        "{calls} calls, {} refused; {} streams refused; cut off {by_rules:?} after the rules, {by_root:?} after the root",
        refused.len(),
        unwatched.len()
    );
    assert!(calls > 1_000, "{calls}");
    assert!(refused.is_empty(), "{} of {calls}: {:?}", refused.len(), refused.first());
    assert!(unwatched.is_empty(), "{:?}", unwatched.first());
    assert!(by_rules < MINUTE && by_root < MINUTE);
}
