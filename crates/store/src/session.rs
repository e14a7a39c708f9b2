//! Sessions and when they come.

use async_trait::async_trait;

use crate::error::StoreError;
use crate::filter::{Filter, PageRequest, clamp};
use crate::record::{Agent, Resource as _, Row as _, Session, SessionState, SubjectKind};
use crate::registry;
use crate::request::Request;
use crate::sql::Tx;
use crate::sql_store::SqlStore;
use crate::store::Sessions;
use crate::terms::{Attested, Closed};
use crate::value::Value;

#[async_trait]
impl Sessions for SqlStore {
    async fn put_session(&self, session: Session, request: Option<&Request>) -> Result<Session, StoreError> {
        let wire_id = session.wire_id;
        let work = ([session], request);
        let made = self
            .database
            .transact("put-session", work, |tx, (session, request)| {
                Box::pin(registry::create(tx, session, *request))
            })
            .await?;
        made.into_iter().next().ok_or_else(|| missing(wire_id))
    }

    async fn session(&self, id: &str) -> Result<Session, StoreError> {
        self.database.reader().await?.record(id).await
    }

    async fn session_by_wire_id(&self, wire_id: [u8; 8]) -> Result<Session, StoreError> {
        let values = vec![Value::Blob(wire_id.to_vec())];
        let found = self.database.reader().await?.records("WHERE wire_id = $1", values).await?;
        found.into_iter().next().ok_or_else(|| missing(wire_id))
    }

    async fn list_sessions(&self, filter: &Filter, page: &PageRequest) -> Result<Vec<Session>, StoreError> {
        registry::list(&mut self.database.reader().await?, filter, page).await
    }

    async fn attest_session(&self, id: &str, attested: Attested) -> Result<Session, StoreError> {
        self.database
            .transact("attest-session", (id, attested), |tx, (id, attested)| {
                Box::pin(attest(tx, id, attested))
            })
            .await
    }

    async fn close_session(&self, id: &str, closed: Closed) -> Result<Session, StoreError> {
        self.database
            .transact("close-session", (id, closed), |tx, (id, closed)| Box::pin(close(tx, id, closed)))
            .await
    }

    async fn record_missed(&self, id: &str, time: i64) -> Result<Session, StoreError> {
        self.database.transact("record-missed", id, move |tx, id| Box::pin(miss(tx, id, time))).await
    }

    async fn due_agents(&self, time: i64, limit: u32) -> Result<Vec<Agent>, StoreError> {
        let tail = "WHERE state = 'ACTIVE' AND next_session_time <= $1 ORDER BY next_session_time LIMIT $2";
        let values = vec![Value::Int(time), Value::Int(clamp(limit))];
        self.database.reader().await?.records(tail, values).await
    }

    async fn schedule_next(&self, times: &[(String, i64)]) -> Result<(), StoreError> {
        self.database.transact("schedule-sessions", times, |tx, times| Box::pin(schedule(tx, times))).await
    }
}

async fn attest(tx: &mut Tx, id: &str, attested: &Attested) -> Result<Session, StoreError> {
    let Attested { time, .. } = *attested;
    advance(tx, id, &[SessionState::Summoned], "SUMMONED", time, |session| {
        let attested = attested.clone();
        session.state = SessionState::Attested;
        session.binding = Some(attested.binding);
        session.session_signing_key = Some(attested.session_signing_key);
        session.session_exchange_key = Some(attested.session_exchange_key);
        session.evidence_format = attested.evidence_format;
        session.evidence = attested.evidence;
        session.residency = attested.residency;
        session.appraisal = attested.appraisal;
        session.attest_time = Some(time);
        session.inventory = attested.inventory;
        session.landmarks = attested.landmarks;
        session.not_before = attested.not_before;
        session.not_after = attested.not_after;
    })
    .await
}

async fn close(tx: &mut Tx, id: &str, closed: &Closed) -> Result<Session, StoreError> {
    let session = advance(tx, id, &[SessionState::Attested], "ATTESTED", closed.time, |session| {
        session.state = SessionState::Closed;
        session.transcript.clone_from(&closed.transcript);
        session.transcript_signature.clone_from(&closed.transcript_signature);
        session.closing_evidence.clone_from(&closed.closing_evidence);
        session.closing_appraisal.clone_from(&closed.closing_appraisal);
        session.as_of = Some(closed.as_of);
        session.story_time = closed.story_time;
    })
    .await?;
    if session.subject_kind == SubjectKind::Agent {
        let sql = "UPDATE agents SET last_session = $2, missed_sessions = 0, updated_by = $3 WHERE id = $1";
        let author = tx.author();
        let values = vec![Value::Text(session.subject.clone()), Value::Text(id.to_owned()), author];
        tx.execute(sql, values).await?;
    }
    Ok(session)
}

async fn miss(tx: &mut Tx, id: &str, time: i64) -> Result<Session, StoreError> {
    let from = [SessionState::Summoned, SessionState::Attested];
    let session = advance(tx, id, &from, "SUMMONED or ATTESTED", time, |session| {
        session.state = SessionState::Missed;
    })
    .await?;
    if session.subject_kind == SubjectKind::Agent {
        let sql = "UPDATE agents SET missed_sessions = missed_sessions + 1, updated_by = $2 WHERE id = $1";
        let author = tx.author();
        tx.execute(sql, vec![Value::Text(session.subject.clone()), author]).await?;
    }
    Ok(session)
}

/// Changes a session that is in one of some states.
pub(crate) async fn advance(
    tx: &mut Tx,
    id: &str,
    from: &[SessionState],
    allowed: &'static str,
    time: i64,
    change: impl FnOnce(&mut Session) + Send,
) -> Result<Session, StoreError> {
    let mut session: Session = tx.lock(id).await?;
    if !from.contains(&session.state) {
        let found = session.state.as_str().to_owned();
        return Err(StoreError::WrongState { kind: Session::KIND, id: id.to_owned(), found, allowed });
    }
    change(&mut session);
    let (etag, create_time) = (session.etag.clone(), session.create_time);
    session.header().next(&etag, create_time)?;
    session.update_time = time;
    tx.replace(id, &session).await?;
    Ok(session)
}

async fn schedule(tx: &mut Tx, times: &[(String, i64)]) -> Result<(), StoreError> {
    // In one order, so that two schedulers do not wait for each other in a circle.
    let mut times = times.to_vec();
    times.sort_unstable();
    times.dedup_by(|later, earlier| later.0 == earlier.0);
    let head = "UPDATE agents SET updated_by = $1, next_session_time = listed.column2";
    let author = tx.author();
    tx.update_listed(head, vec![author], &times, "WHERE agents.id = listed.column1").await
}

fn missing(wire_id: [u8; 8]) -> StoreError {
    StoreError::not_found(Session::KIND, &format!("{:016x}", u64::from_be_bytes(wire_id)))
}
