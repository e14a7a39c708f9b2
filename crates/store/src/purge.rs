//! Forgetting: each kind in a transaction of its own, a bounded number of rows at a time.

use crate::error::StoreError;
use crate::evidence::{durable, number};
use crate::sql::{Database, Tx};
use crate::terms::{Purged, Retention};
use crate::value::{Field as _, Kind, Value};

/// Rows of one kind in one transaction: some ten milliseconds of it.
const ROWS_MAX: i64 = 2_000;

const BODIES: &str = "UPDATE reports SET body = $3, keep_until = NULL, updated_by = $4 WHERE state <> 'PENDING' \
    AND (landmark, sequence) IN (SELECT landmark, sequence FROM reports \
    WHERE keep_until IS NOT NULL AND keep_until < $1 AND state <> 'PENDING' LIMIT $2)";
const REQUESTS: &str =
    "DELETE FROM requests WHERE id IN (SELECT id FROM requests WHERE expire_time < $1 LIMIT $2)";
const ALERTS: &str = "DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE create_time < $1 LIMIT $2)";
const ACCESSES: &str =
    "DELETE FROM accesses WHERE revision IN (SELECT revision FROM accesses WHERE time < $1 LIMIT $2)";
const CASES: &str = "DELETE FROM cases WHERE id IN (SELECT id FROM cases WHERE expire_time < $1 LIMIT $2)";
/// All but the latest of each subject: what is told next turns on it.
const STANDINGS: &str = "DELETE FROM standings WHERE (subject, epoch) IN \
    (SELECT subject, epoch FROM standings AS old WHERE create_time < $1 AND EXISTS \
    (SELECT 1 FROM standings AS newer WHERE newer.subject = old.subject AND newer.epoch > old.epoch) LIMIT $2)";
const VERDICTS: &str = "DELETE FROM verdicts WHERE id IN \
    (SELECT id FROM verdicts WHERE create_time < $1 AND legal_hold = 0 LIMIT $2)";
/// Sessions to which no verdict speaks: those whose verdict is gone are older than the bound for the unjudged.
const SESSIONS: &str = "SELECT id FROM sessions WHERE create_time < $1 AND NOT EXISTS \
    (SELECT 1 FROM verdicts WHERE verdicts.session = sessions.id) ORDER BY create_time LIMIT $2";

pub(crate) async fn purge(
    database: &Database,
    now: i64,
    retention: &Retention,
) -> Result<Purged, StoreError> {
    let mut purged = Purged {
        bodies: database.transact("purge-bodies", now, |tx, now| Box::pin(bodies(tx, *now))).await?,
        requests: delete(database, "purge-requests", REQUESTS, now).await?,
        alerts: delete(database, "purge-alerts", ALERTS, now - retention.alerts).await?,
        accesses: delete(database, "purge-accesses", ACCESSES, now - retention.accesses).await?,
        standings: delete(database, "purge-standings", STANDINGS, now - retention.standings).await?,
        verdicts: delete(database, "purge-verdicts", VERDICTS, now - retention.verdicts).await?,
        ..Purged::default()
    };
    purged.accesses += delete(database, "purge-cases", CASES, now - retention.accesses).await?;
    purged.sessions = database
        .transact("purge-sessions", now - retention.unjudged, |tx, before| Box::pin(sessions(tx, *before)))
        .await?;
    let counts = [
        purged.bodies,
        purged.requests,
        purged.alerts,
        purged.accesses,
        purged.standings,
        purged.verdicts,
        purged.sessions,
    ];
    purged.more = counts.iter().any(|count| *count >= ROWS_MAX as u64);
    for landmark in landmarks(database).await? {
        let work = (landmark, now - retention.reports);
        let (gone, more) = database
            .transact("purge-reports", work, |tx, (landmark, before)| {
                Box::pin(reports(tx, landmark, *before))
            })
            .await?;
        purged.reports += gone;
        purged.more |= more;
    }
    Ok(purged)
}

async fn delete(
    database: &Database,
    name: &'static str,
    sql: &'static str,
    before: i64,
) -> Result<u64, StoreError> {
    database
        .transact(name, before, |tx, before| {
            Box::pin(tx.execute(sql, vec![Value::Int(*before), Value::Int(ROWS_MAX)]))
        })
        .await
}

async fn bodies(tx: &mut Tx, now: i64) -> Result<u64, StoreError> {
    let author = tx.author();
    let values = vec![Value::Int(now), Value::Int(ROWS_MAX), Value::Blob(Vec::new()), author];
    tx.execute(BODIES, values).await
}

async fn landmarks(database: &Database) -> Result<Vec<String>, StoreError> {
    let mut tx = database.reader().await?;
    let rows = tx.fetch("SELECT id FROM landmarks ORDER BY id", Vec::new(), &[Kind::Text]).await?;
    rows.into_iter().flatten().map(|id| String::of_value(id, "id")).collect()
}

/// Forgets a landmark's old reports, after its mark has moved past them. A gap that is older than what is
/// remembered is given up: what should have filled it cannot be told from a repetition any more.
async fn reports(tx: &mut Tx, landmark: &str, before: i64) -> Result<(u64, bool), StoreError> {
    let key = Value::Text(landmark.to_owned());
    let sql = "SELECT sequence FROM reports WHERE landmark = $1 AND received_time < $2 ORDER BY sequence \
               LIMIT 1";
    if number(tx.fetch(sql, vec![key.clone(), Value::Int(before)], &[Kind::Int]).await?)?.is_none() {
        return Ok((0, false));
    }
    let sql = "SELECT MAX(sequence) FROM (SELECT sequence FROM reports WHERE landmark = $1 \
               AND received_time < $2 ORDER BY sequence LIMIT $3) AS old";
    let values = vec![key.clone(), Value::Int(before), Value::Int(ROWS_MAX)];
    let oldest = number(tx.fetch(sql, values, &[Kind::Int]).await?)?.unwrap_or(0);
    let mark = durable(tx, landmark).await?.max(oldest);
    let sql = "INSERT INTO report_marks (landmark, sequence, updated_by) VALUES ($1, $2, $3) \
               ON CONFLICT (landmark) DO UPDATE SET sequence = excluded.sequence, \
               updated_by = excluded.updated_by WHERE excluded.sequence > report_marks.sequence";
    let author = tx.author();
    tx.execute(sql, vec![key.clone(), Value::Int(mark), author]).await?;
    let sql = "DELETE FROM reports WHERE landmark = $1 AND sequence <= $2 AND received_time < $3 \
               AND state <> 'PENDING'";
    let gone = tx.execute(sql, vec![key, Value::Int(oldest), Value::Int(before)]).await?;
    Ok((gone, gone >= ROWS_MAX as u64))
}

async fn sessions(tx: &mut Tx, before: i64) -> Result<u64, StoreError> {
    let rows = tx.fetch(SESSIONS, vec![Value::Int(before), Value::Int(ROWS_MAX)], &[Kind::Text]).await?;
    let count = rows.len() as u64;
    for id in rows.into_iter().flatten() {
        tx.execute("DELETE FROM measurements WHERE session = $1", vec![id.clone()]).await?;
        tx.execute("DELETE FROM reports WHERE session = $1 AND state = 'PENDING'", vec![id.clone()]).await?;
        tx.execute("DELETE FROM sessions WHERE id = $1", vec![id]).await?;
    }
    Ok(count)
}
