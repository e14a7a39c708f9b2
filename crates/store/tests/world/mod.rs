//! Databases that go when a test ends, and records to fill them.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests may fail loudly and say what they skip"
)]

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use lightcone_store::*;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;

/// Names the server to test against; where it is unset, one on this host is tried.
pub(crate) const POSTGRES_VARIABLE: &str = "LIGHTCONE_POSTGRES";
const POSTGRES_HERE: [&str; 2] =
    ["postgres://root@127.0.0.1:5432/", "postgres://root@localhost/?host=/var/run/postgresql"];

/// Where a store of a test lives.
pub(crate) struct Place {
    /// What [`SqlStore::open`] takes.
    pub(crate) url: String,
    home: Home,
}

enum Home {
    Directory(TempDir),
    Schema { server: String, name: String },
}

impl Place {
    /// A file of SQLite.
    pub(crate) fn sqlite() -> Self {
        let directory = TempDir::new().unwrap();
        let url = format!("sqlite:{}", directory.path().join("store.db").display());
        Self { url, home: Home::Directory(directory) }
    }

    /// A schema of its own on PostgreSQL; none, said aloud, where there is no server.
    pub(crate) async fn postgres() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let (server, mut connection) = server().await?;
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("lightcone_test_{}_{since}_{next}", std::process::id());
        sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {name}"))).execute(&mut connection).await.unwrap();
        let mark = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{mark}options[search_path]={name}");
        Some(Self { url, home: Home::Schema { server, name } })
    }

    pub(crate) async fn open(&self) -> SqlStore {
        SqlStore::open(&self.url).await.unwrap()
    }

    /// Drops the database; a test that failed drops it too.
    pub(crate) async fn leave(self) {
        if let Home::Schema { server, name } = &self.home {
            let mut connection = PgConnection::connect(server).await.unwrap();
            let sql = AssertSqlSafe(format!("DROP SCHEMA {name} CASCADE"));
            sqlx::query(sql).execute(&mut connection).await.unwrap();
        }
    }
}

/// The server to test against, connected to.
async fn server() -> Option<(String, PgConnection)> {
    if let Ok(url) = std::env::var(POSTGRES_VARIABLE) {
        let connection = PgConnection::connect(&url).await;
        return Some((url, connection.unwrap_or_else(|error| panic!("{POSTGRES_VARIABLE}: {error}"))));
    }
    for url in POSTGRES_HERE {
        if let Ok(connection) = PgConnection::connect(url).await {
            return Some((url.to_owned(), connection));
        }
    }
    eprintln!("SKIPPED: no PostgreSQL answers on this host; set {POSTGRES_VARIABLE} to a postgres:// url");
    None
}

pub(crate) const NOW: i64 = 1_800_000_000_000_000_000;
pub(crate) const SECOND: i64 = 1_000_000_000;

/// 32 bytes that differ where `seed` does.
pub(crate) fn bytes(seed: &str) -> [u8; 32] {
    let mut bytes = [0_u8; 32];
    for (at, byte) in seed.bytes().chain(std::iter::repeat(7)).take(64).enumerate() {
        bytes[at % 32] = bytes[at % 32].wrapping_mul(31).wrapping_add(byte).wrapping_add(at as u8);
    }
    bytes
}

pub(crate) fn landmark(id: &str) -> Landmark {
    Landmark {
        id: id.into(),
        etag: String::new(),
        create_time: NOW,
        update_time: 0,
        state: LandmarkState::Probation,
        latitude_nd: 1_352_083_000,
        longitude_nd: 103_819_836_000,
        position_error_mm: 25_000,
        clock_error_ns: 1_000,
        operator: "Straits Timing".into(),
        trust_group: "straits".into(),
        signing_key: bytes(&format!("sign {id}")),
        exchange_key: bytes(&format!("exchange {id}")),
        addresses: vec!["192.0.2.1:862".into(), "[2001:db8::1]:862".into()],
        stated_area: "SG".into(),
        position_version: 0,
        state_reason: String::new(),
        tenant: "straits".into(),
        affiliation: String::new(),
    }
}

pub(crate) fn site(id: &str) -> Site {
    Site {
        id: id.into(),
        etag: String::new(),
        create_time: NOW,
        update_time: 0,
        state: SiteState::Active,
        state_reason: String::new(),
        display_name: "Jurong 2, “Halle”".into(),
        latitude_nd: Some(1_330_000_000),
        longitude_nd: Some(103_700_000_000),
        position_error_mm: 500_000,
        questions: vec![0, 1, 255],
        tenant: "jurong".into(),
    }
}

pub(crate) fn agent(id: &str, site: &str) -> Agent {
    Agent {
        id: id.into(),
        etag: String::new(),
        create_time: NOW,
        update_time: 0,
        state: AgentState::Active,
        state_reason: String::new(),
        site: site.into(),
        identity_key: bytes(&format!("agent {id}")),
        next_session_time: None,
        last_session: None,
        missed_sessions: 0,
        tenant: "jurong".into(),
    }
}

pub(crate) fn chip(id: &str) -> Chip {
    Chip {
        id: id.into(),
        etag: String::new(),
        create_time: NOW,
        update_time: 0,
        state: ChipState::Registered,
        state_reason: String::new(),
        serial: format!("serial of {id}"),
        sku: "H100-SXM5-80".into(),
        agent: None,
        tenant: "maker".into(),
        parties: Vec::new(),
        holder: String::new(),
    }
}

pub(crate) fn session(id: &str, agent: &str) -> Session {
    Session {
        id: id.into(),
        etag: String::new(),
        create_time: NOW,
        update_time: 0,
        state: SessionState::Summoned,
        wire_id: bytes(id)[..8].try_into().unwrap(),
        subject_kind: SubjectKind::Agent,
        subject: agent.into(),
        verifier_nonce: bytes(id),
        binding: None,
        session_signing_key: None,
        session_exchange_key: None,
        evidence_format: String::new(),
        evidence: Vec::new(),
        residency: String::new(),
        landmarks: Vec::new(),
        not_before: NOW,
        not_after: NOW + 600 * SECOND,
        as_of: None,
        story_time: None,
        transcript: Vec::new(),
        transcript_signature: Vec::new(),
        appraisal: Vec::new(),
        attest_time: None,
        inventory: Vec::new(),
        closing_evidence: Vec::new(),
        closing_appraisal: Vec::new(),
        tenant: "jurong".into(),
    }
}

pub(crate) fn attested(landmarks: &[&str]) -> Attested {
    Attested {
        binding: bytes("binding"),
        session_signing_key: bytes("signing"),
        session_exchange_key: bytes("exchange"),
        evidence_format: "software".into(),
        evidence: vec![1, 2, 3],
        residency: "R0 SOFTWARE".into(),
        appraisal: vec![4, 5],
        inventory: vec![6],
        landmarks: landmarks.iter().map(|&id| id.to_owned()).collect(),
        not_before: NOW + SECOND,
        not_after: NOW + 6 * SECOND,
        time: NOW + SECOND,
    }
}

pub(crate) fn closed() -> Closed {
    Closed {
        transcript: vec![9; 500],
        transcript_signature: vec![8; 64],
        closing_evidence: vec![1, 2],
        closing_appraisal: vec![3],
        as_of: NOW + 5 * SECOND,
        story_time: None,
        time: NOW + 7 * SECOND,
    }
}

pub(crate) fn report(landmark: &str, sequence: i64, session: &str) -> Report {
    Report {
        landmark: landmark.into(),
        sequence,
        session: session.into(),
        state: ReportState::Pending,
        digest: bytes(&format!("{landmark} {sequence} {session}")),
        body: vec![sequence as u8; 64],
        signature: [5; 64],
        received_time: NOW + sequence * SECOND,
        keep_until: None,
        refusal: String::new(),
    }
}

pub(crate) fn measurement(session: &str, landmark: &str, rtt_ns: i64) -> Measurement {
    Measurement {
        session: session.into(),
        landmark: landmark.into(),
        position_version: 1,
        rtt_ns,
        eps_ns: 1_200,
        observe_time: NOW + 2 * SECOND,
        best: vec![1; 96],
        backup: vec![2; 96],
        digest_root: [3; 32],
        samples: 64,
        answered: 63,
        loss_ppm: 15_625,
        p1_ns: rtt_ns,
        p50_ns: rtt_ns + 20_000,
        flags: 0,
    }
}

/// A report whose measurement is known when it comes.
pub(crate) fn verified(landmark: &str, sequence: i64, session: &str, rtt_ns: i64) -> Arrival {
    let report = Report { state: ReportState::Verified, ..report(landmark, sequence, session) };
    Arrival { measurement: Some(measurement(session, landmark, rtt_ns)), report }
}

pub(crate) fn verdict(id: &str, agent: &str, session: &str) -> Verdict {
    Verdict {
        id: id.into(),
        revision: 0,
        create_time: NOW + 8 * SECOND,
        agent: agent.into(),
        session: session.into(),
        as_of: NOW + 5 * SECOND,
        story_time: Some(NOW),
        canonical: vec![4; 700],
        wire: vec![5; 900],
        summary: "OUTSIDE CN: PROVEN".into(),
        residency: "R0 SOFTWARE".into(),
        liars: 1,
        mode: "vacuum".into(),
        superseded_by: None,
        legal_hold: false,
        tenant: "jurong".into(),
        places: b"-SG".to_vec(),
    }
}

pub(crate) fn judged(id: &str, agent: &str, session: &str) -> Judged {
    Judged { verdict: verdict(id, agent, session), supersedes: None }
}

pub(crate) fn alert(id: &str) -> Alert {
    Alert {
        id: id.into(),
        revision: 0,
        create_time: NOW,
        kind: "CHIP_MOVED".into(),
        subject: "chips/c1".into(),
        detail: "tied to another agent without a return to the maker".into(),
        tenant: "maker".into(),
    }
}

pub(crate) fn request(id: &str, digest: u8) -> Request {
    Request { id: id.into(), method: "Test", digest: [digest; 32], expire_time: NOW + 86_400 * SECOND }
}

/// Fills a store with landmarks, a site `s`, and agents.
pub(crate) async fn settle(store: &SqlStore, landmarks: &[&str], agents: &[&str]) {
    store.create_many(landmarks.iter().map(|id| landmark(id)).collect(), None).await.unwrap();
    store.create_many(vec![site("s")], None).await.unwrap();
    store.create_many(agents.iter().map(|id| agent(id, "s")).collect(), None).await.unwrap();
}

/// Opens sessions of an agent.
pub(crate) async fn summon(store: &SqlStore, agent: &str, sessions: &[&str]) {
    for id in sessions {
        store.put_session(session(id, agent), None).await.unwrap();
    }
}
