//! Verdicts: kept, superseded, listed, followed.

use async_trait::async_trait;

use crate::error::StoreError;
use crate::filter::{VerdictFilter, clamp};
use crate::record::{Resource as _, Row as _, Session, SessionState, Verdict};
use crate::sql::Tx;
use crate::sql_store::SqlStore;
use crate::store::{Judged, Verdicts};
use crate::value::{Field as _, Value};

#[async_trait]
impl Verdicts for SqlStore {
    async fn put_verdict(&self, judged: Judged) -> Result<Verdict, StoreError> {
        self.database.transact("put-verdict", judged, |tx, judged| Box::pin(put(tx, judged))).await
    }

    async fn verdict(&self, id: &str) -> Result<Verdict, StoreError> {
        self.database.reader().await?.record(id).await
    }

    async fn list_verdicts(&self, filter: &VerdictFilter) -> Result<Vec<Verdict>, StoreError> {
        // `latest_only` asks for what no later verdict of the same agent follows.
        let tail = "AS this WHERE ($1 = '' OR agent = $1) AND revision < $2 AND ($3 = 0 OR (superseded_by IS NULL \
                    AND NOT EXISTS (SELECT 1 FROM verdicts WHERE agent = this.agent \
                    AND revision > this.revision AND superseded_by IS NULL))) \
                    ORDER BY revision DESC LIMIT $4";
        let values = vec![
            Value::Text(filter.agent.clone().unwrap_or_default()),
            Value::Int(filter.before_revision.unwrap_or(i64::MAX)),
            filter.latest_only.to_value(),
            Value::Int(filter.limit()),
        ];
        self.database.reader().await?.records(tail, values).await
    }

    async fn verdicts_since(&self, revision: i64, limit: u32) -> Result<Vec<Verdict>, StoreError> {
        let values = vec![Value::Int(revision), Value::Int(clamp(limit))];
        let tail = "WHERE revision > $1 ORDER BY revision LIMIT $2";
        self.database.reader().await?.records(tail, values).await
    }

    async fn hold_verdict(&self, id: &str, hold: bool) -> Result<(), StoreError> {
        self.database.transact("hold-verdict", id, move |tx, id| Box::pin(set_hold(tx, id, hold))).await
    }
}

/// Keeps a verdict; its session becomes judged.
pub(crate) async fn put(tx: &mut Tx, judged: &Judged) -> Result<Verdict, StoreError> {
    let mut verdict = judged.verdict.clone();
    judge_session(tx, &verdict).await?;
    if let Some(old) = &judged.supersedes {
        supersede(tx, old, &verdict.id).await?;
    }
    verdict.revision = tx.next("verdicts").await?;
    let id = verdict.id.clone();
    let kept = tx.insert(&[verdict.clone()], "", &[]).await;
    kept.map_err(|error| error.of_write(Verdict::KIND, &id))?;
    Ok(verdict)
}

/// A session is judged once; what judges it again leaves it as it is.
async fn judge_session(tx: &mut Tx, verdict: &Verdict) -> Result<(), StoreError> {
    let mut session: Session = tx.lock(&verdict.session).await?;
    if session.state == SessionState::Judged {
        return Ok(());
    }
    let (etag, create_time) = (session.etag.clone(), session.create_time);
    session.header().next(&etag, create_time)?;
    session.state = SessionState::Judged;
    session.update_time = verdict.create_time;
    tx.replace(&verdict.session, &session).await
}

async fn supersede(tx: &mut Tx, old: &str, new: &str) -> Result<(), StoreError> {
    let verdict: Verdict = tx.lock(old).await?;
    if let Some(by) = verdict.superseded_by {
        return Err(StoreError::WrongState {
            kind: Verdict::KIND,
            id: old.to_owned(),
            found: format!("superseded by `{by}`"),
            allowed: "one that is not superseded",
        });
    }
    let sql = "UPDATE verdicts SET superseded_by = $2, updated_by = $3 WHERE id = $1";
    let author = tx.author();
    let values = vec![Value::Text(old.to_owned()), Value::Text(new.to_owned()), author];
    tx.execute(sql, values).await.map(drop)
}

async fn set_hold(tx: &mut Tx, id: &str, hold: bool) -> Result<(), StoreError> {
    let sql = "UPDATE verdicts SET legal_hold = $2, updated_by = $3 WHERE id = $1";
    let author = tx.author();
    match tx.execute(sql, vec![Value::Text(id.to_owned()), hold.to_value(), author]).await? {
        0 => Err(StoreError::not_found(Verdict::KIND, id)),
        _ => Ok(()),
    }
}
