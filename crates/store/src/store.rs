//! What a store does: one trait a concern, and [`Store`] for all of them.
//!
//! Every method is one named transaction. A write that returned is committed, on disk; one that failed left
//! nothing behind. Times are arguments.

mod comparisons;
mod paper;
mod placement;
mod rules;

use async_trait::async_trait;

use crate::error::StoreError;
use crate::filter::{AccessFilter, AlertFilter, CaseFilter, Filter, PageRequest, VerdictFilter};
use crate::record::{
    Access, Agent, Alert, AttestationKey, Case, Chip, ChipTie, DeviceSighting, Landmark, LandmarkVersion,
    Measurement, MeshPair, Party, PolicyVersion, Report, Session, Site, Sku, Standing, Transfer, Verdict,
};
use crate::request::Request;
use crate::terms::{Arrival, Attested, Closed, Ingested, Judged, MeshPairs, Outcome, Purged, Retention};

pub use comparisons::{Comparisons, SCANNED_MAX, SHARDS_MAX, Scans};
pub use paper::{PAPERS_MAX, Papers};
pub use placement::{PLACED_MAX, Placements, USAGES_MAX};
pub use rules::{DECISIONS_MAX, Decisions, RULE_FILES_MAX, RuleBooks};

/// The most records that one call makes.
pub const CREATE_MANY_MAX: usize = 1_000;
/// The most reports that one call brings.
pub const INGEST_MAX: usize = 10_000;
/// The most devices that one call sights: those of one attestation.
pub const DEVICES_MAX: usize = 64;
/// The most accesses that one call notes: those of one page.
pub const ACCESSES_MAX: usize = 1_000;

/// Everything that is kept. Programs hold an `Arc<dyn Store>`.
pub trait Store:
    Registry<Landmark>
    + Registry<Site>
    + Registry<Agent>
    + Registry<Chip>
    + Registry<Party>
    + Registry<Transfer>
    + Registry<Sku>
    + Papers
    + Sessions
    + Evidence
    + Verdicts
    + Attestations
    + Supervision
    + Accesses
    + Cases
    + Standings
    + Placements
    + RuleBooks
    + Decisions
    + Comparisons
    + Scans
{
}

/// Records with an id, an etag and a state: landmarks, sites, agents, chips, parties, transfers, SKUs.
///
/// The type of the record says which: `let agent: Agent = store.get("a1").await?`.
#[async_trait]
pub trait Registry<R: Send + 'static>: Send + Sync {
    /// Makes records, all or none, [`CREATE_MANY_MAX`] at most; etag and version are set by the store.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`], [`StoreError::Dangling`], [`StoreError::TooMany`],
    /// [`StoreError::RequestReused`]; [`StoreError::NotFound`] for what a paper leans on and its tenant does not have.
    async fn create_many(&self, records: Vec<R>, request: Option<&Request>) -> Result<Vec<R>, StoreError>;

    /// The record.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn get(&self, id: &str) -> Result<R, StoreError>;

    /// A page of records, in the order of their ids.
    ///
    /// # Errors
    /// When the database fails.
    async fn list(&self, filter: &Filter, page: &PageRequest) -> Result<Vec<R>, StoreError>;

    /// Replaces a record, `create_time` excepted, if its etag is still `etag`; any etag will do when none is
    /// given. A landmark whose place, errors or keys change gets its next version and the old one is kept.
    /// A chip's tie and an agent's next and last session are left as they are: they have methods of their own. Whose
    /// a record is stays as it is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], of the record or of what a paper leans on, [`StoreError::EtagMismatch`], [`StoreError::RequestReused`], and
    /// [`StoreError::WrongState`] for what is retired.
    async fn update(&self, record: R, etag: Option<&str>, request: Option<&Request>)
    -> Result<R, StoreError>;

    /// Ends a record's life for a reason; it stays readable. Retiring what is retired changes nothing and returns
    /// it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::EtagMismatch`], [`StoreError::RequestReused`].
    async fn retire(
        &self,
        id: &str,
        etag: Option<&str>,
        reason: &str,
        time: i64,
        request: Option<&Request>,
    ) -> Result<R, StoreError>;
}

/// Sessions and when they come.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Opens a session.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] for its id or wire id, [`StoreError::RequestReused`].
    async fn put_session(&self, session: Session, request: Option<&Request>) -> Result<Session, StoreError>;

    /// A session by its id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn session(&self, id: &str) -> Result<Session, StoreError>;

    /// A session by the id that datagrams bear.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn session_by_wire_id(&self, wire_id: [u8; 8]) -> Result<Session, StoreError>;

    /// A page of sessions, in the order of their ids; the filter's parent is the subject.
    ///
    /// # Errors
    /// When the database fails.
    async fn list_sessions(&self, filter: &Filter, page: &PageRequest) -> Result<Vec<Session>, StoreError>;

    /// Binds keys to a session that was summoned.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::WrongState`].
    async fn attest_session(&self, id: &str, attested: Attested) -> Result<Session, StoreError>;

    /// Takes the transcript of an attested session; it becomes its subject's last one, and an agent's
    /// `missed_sessions` is 0 again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::WrongState`].
    async fn close_session(&self, id: &str, closed: Closed) -> Result<Session, StoreError>;

    /// Nobody came, or came back: a session summoned or attested is missed, and counted in its agent's
    /// `missed_sessions`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::WrongState`].
    async fn record_missed(&self, id: &str, time: i64) -> Result<Session, StoreError>;

    /// Active agents whose next session is at or before `time`, the longest due first.
    ///
    /// # Errors
    /// When the database fails.
    async fn due_agents(&self, time: i64, limit: u32) -> Result<Vec<Agent>, StoreError>;

    /// Sets when agents are next summoned: pairs of an agent's id and a time.
    ///
    /// # Errors
    /// When the database fails. Ids that do not exist are passed over.
    async fn schedule_next(&self, times: &[(String, i64)]) -> Result<(), StoreError>;
}

/// Reports, and what is kept of them.
#[async_trait]
pub trait Evidence: Send + Sync {
    /// Takes reports of any landmarks, pending or already verified, [`INGEST_MAX`] at most. Calls that wait at the
    /// same time share one transaction; each is answered after the commit. Answers are in the order of `arrivals`.
    ///
    /// A second measurement of one landmark in one session replaces the first when its round trip is smaller.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a session that does not exist: then nothing of this call is kept, and other
    /// calls are not affected. [`StoreError::TooMany`].
    async fn ingest(&self, arrivals: Vec<Arrival>) -> Result<Vec<Ingested>, StoreError>;

    /// Takes reports whose verification waits for the transcript: [`Evidence::ingest`] without measurements.
    ///
    /// # Errors
    /// As [`Evidence::ingest`].
    async fn append_reports(&self, reports: Vec<Report>) -> Result<Vec<Ingested>, StoreError> {
        let arrivals = reports.into_iter().map(|report| Arrival { report, measurement: None });
        self.ingest(arrivals.collect()).await
    }

    /// The sequence up to which every report of a landmark is durable; 0 before the first. For when a stream
    /// opens: within a stream the answers to [`Evidence::ingest`] say it.
    ///
    /// # Errors
    /// When the database fails.
    async fn durable_sequence(&self, landmark: &str) -> Result<i64, StoreError>;

    /// Reports of a session that wait to be verified, by landmark and sequence.
    ///
    /// # Errors
    /// When the database fails.
    async fn pending_reports(&self, session: &str) -> Result<Vec<Report>, StoreError>;

    /// Ends the wait of a session's reports, and keeps the verdict that they led to with them. A closed session
    /// between landmarks, which leads to none, is judged by that.
    ///
    /// # Errors
    /// As [`Verdicts::put_verdict`]; [`StoreError::NotFound`] for a report that is not of this session. An outcome
    /// for a report that is no longer pending changes nothing.
    async fn complete_reports(
        &self,
        session: &str,
        outcomes: Vec<Outcome>,
        judged: Option<Judged>,
    ) -> Result<Option<Verdict>, StoreError>;

    /// What is kept of a session's measurements, by landmark.
    ///
    /// # Errors
    /// When the database fails.
    async fn measurements(&self, session: &str) -> Result<Vec<Measurement>, StoreError>;

    /// Keeps a round trip between landmarks: the latest, and the best of the same two versions.
    ///
    /// # Errors
    /// When the database fails.
    async fn put_mesh_pair(&self, pair: MeshPair) -> Result<(), StoreError>;

    /// The best and the latest round trip of every pair of landmarks at their present versions.
    ///
    /// # Errors
    /// When the database fails.
    async fn mesh_pairs(&self) -> Result<MeshPairs, StoreError>;
}

/// Attestation keys, and where devices were seen last.
#[async_trait]
pub trait Attestations: Send + Sync {
    /// Keeps a key of an agent. The same key again changes nothing, and the one that was kept is given.
    ///
    /// # Errors
    /// [`StoreError::Dangling`] for an agent that does not exist.
    async fn put_attestation_key(&self, key: AttestationKey) -> Result<AttestationKey, StoreError>;

    /// An agent's keys, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    async fn attestation_keys(&self, agent: &str, limit: u32) -> Result<Vec<AttestationKey>, StoreError>;

    /// Keeps where devices were seen, [`DEVICES_MAX`] at most, and gives what was kept of them before. An older sighting
    /// does not replace a later one.
    ///
    /// # Errors
    /// [`StoreError::TooMany`].
    async fn sight_devices(&self, seen: Vec<DeviceSighting>) -> Result<Vec<DeviceSighting>, StoreError>;

    /// Where devices were seen last; those that never were are left out.
    ///
    /// # Errors
    /// When the database fails.
    async fn device_sightings(&self, instances: &[String]) -> Result<Vec<DeviceSighting>, StoreError>;
}

/// What was judged.
#[async_trait]
pub trait Verdicts: Send + Sync {
    /// Keeps a verdict; its revision is set by the store and its session becomes judged.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`], [`StoreError::NotFound`] for the session or what it supersedes,
    /// [`StoreError::WrongState`] when that is superseded already.
    async fn put_verdict(&self, judged: Judged) -> Result<Verdict, StoreError>;

    /// The verdict.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn verdict(&self, id: &str) -> Result<Verdict, StoreError>;

    /// Verdicts, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    async fn list_verdicts(&self, filter: &VerdictFilter) -> Result<Vec<Verdict>, StoreError>;

    /// Verdicts after a revision, of all or of one tenant, the oldest first: none is skipped by a reader that asks
    /// again with the last revision it saw.
    ///
    /// # Errors
    /// When the database fails.
    async fn verdicts_since(
        &self,
        tenant: Option<&str>,
        revision: i64,
        limit: u32,
    ) -> Result<Vec<Verdict>, StoreError>;

    /// Keeps a verdict and what it leans on beyond its time, or no longer.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn hold_verdict(&self, id: &str, hold: bool) -> Result<(), StoreError>;
}

/// Ties, old versions, alerts and what is to be forgotten.
#[async_trait]
pub trait Supervision: Send + Sync {
    /// Ties a chip to an agent, or to none, from `tie.from_time` on, and ends the tie before; its state becomes
    /// paired or registered. When the chip was tied to another agent and no return to the maker explains the
    /// change, `alert` is raised in the same transaction. Tying it to what it is tied to changes nothing. With an `etag`
    /// only the chip that the caller saw is tied.
    ///
    /// # Errors
    /// [`StoreError::EtagMismatch`], [`StoreError::NotFound`] for the chip or agent, [`StoreError::WrongState`] for a retired chip or agent,
    /// [`StoreError::RequestReused`].
    async fn tie_chip(
        &self,
        tie: ChipTie,
        etag: Option<&str>,
        alert: Option<Alert>,
        request: Option<&Request>,
    ) -> Result<Chip, StoreError>;

    /// Every tie of a chip, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    async fn chip_ties(&self, chip: &str) -> Result<Vec<ChipTie>, StoreError>;

    /// Every version of a landmark, the oldest first, the present one included.
    ///
    /// # Errors
    /// When the database fails.
    async fn landmark_versions(&self, landmark: &str) -> Result<Vec<LandmarkVersion>, StoreError>;

    /// Raises an alert; its revision is set by the store.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`].
    async fn put_alert(&self, alert: Alert) -> Result<Alert, StoreError>;

    /// Alerts after a revision, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    async fn alerts_since(&self, revision: i64, limit: u32) -> Result<Vec<Alert>, StoreError>;

    /// Alerts, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    async fn list_alerts(&self, filter: &AlertFilter) -> Result<Vec<Alert>, StoreError>;

    /// Forgets what is past its time at `now`: a bounded number of rows a call, so that other writers are not kept
    /// waiting; call again while [`Purged::more`].
    ///
    /// # Errors
    /// When the database fails.
    async fn purge(&self, now: i64, retention: &Retention) -> Result<Purged, StoreError>;

    /// Whether a request has its answer already, so that what it was checked against need not hold any more.
    ///
    /// # Errors
    /// [`StoreError::RequestReused`].
    async fn is_answered(&self, request: &Request) -> Result<bool, StoreError>;

    /// Whether the database answers: one read of one row.
    ///
    /// # Errors
    /// When it does not.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Ends the store: waits for what is being committed, then closes all connections.
    async fn close(&self);
}

/// Who was shown whose records, and by which policies.
#[async_trait]
pub trait Accesses: Send + Sync {
    /// Notes accesses, [`ACCESSES_MAX`] at most; their revisions are set by the store. Calls that wait at the same time
    /// share one transaction. To be waited for before anything is shown.
    ///
    /// # Errors
    /// [`StoreError::TooMany`].
    async fn put_accesses(&self, accesses: Vec<Access>) -> Result<(), StoreError>;

    /// Accesses, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    async fn list_accesses(&self, filter: &AccessFilter) -> Result<Vec<Access>, StoreError>;

    /// Keeps that a policy set came into force; its number is set by the store. The one that is in force already, by
    /// its digest, is given as it was kept.
    ///
    /// # Errors
    /// When the database fails.
    async fn put_policy_version(&self, version: PolicyVersion) -> Result<PolicyVersion, StoreError>;

    /// Policy sets, the newest first: only numbers below `before`, if that is given.
    ///
    /// # Errors
    /// When the database fails.
    async fn list_policy_versions(
        &self,
        before: Option<i64>,
        size: u32,
    ) -> Result<Vec<PolicyVersion>, StoreError>;
}

/// Cases of agencies.
#[async_trait]
pub trait Cases: Send + Sync {
    /// Asks for a case.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`], [`StoreError::RequestReused`].
    async fn put_case(&self, case: Case, request: Option<&Request>) -> Result<Case, StoreError>;

    /// The case.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn case(&self, id: &str) -> Result<Case, StoreError>;

    /// Opens a case that was asked for, until `expire_time`. Who opened it already is given it as it is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::SameSubject`] for who asked for it, [`StoreError::WrongState`] for one
    /// that another opened or that is over.
    async fn approve_case(&self, id: &str, by: &str, time: i64, expire_time: i64)
    -> Result<Case, StoreError>;

    /// Ends a case. One that is over is given as it is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn close_case(&self, id: &str, by: &str, time: i64) -> Result<Case, StoreError>;

    /// Cases, the highest id first.
    ///
    /// # Errors
    /// When the database fails.
    async fn list_cases(&self, filter: &CaseFilter) -> Result<Vec<Case>, StoreError>;

    /// Cases of an agency that are open at `now`, by when they end.
    ///
    /// # Errors
    /// When the database fails.
    async fn open_cases(&self, tenant: &str, now: i64) -> Result<Vec<Case>, StoreError>;
}

/// What outsiders were told.
#[async_trait]
pub trait Standings: Send + Sync {
    /// Keeps what is told of a subject in an epoch, and gives what is to be told: of two, the first.
    ///
    /// # Errors
    /// When the database fails.
    async fn put_standing(&self, standing: Standing) -> Result<Standing, StoreError>;

    /// What was told of a subject in an epoch; none: nothing yet.
    ///
    /// # Errors
    /// When the database fails.
    async fn standing(&self, subject: &str, epoch: i64) -> Result<Option<Standing>, StoreError>;

    /// What was told of a subject last, in whichever epoch. It is never forgotten: what is told next turns on it.
    ///
    /// # Errors
    /// When the database fails.
    async fn latest_standing(&self, subject: &str) -> Result<Option<Standing>, StoreError>;
}
