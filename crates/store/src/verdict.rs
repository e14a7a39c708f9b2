//! Verdicts: kept, superseded, listed, followed.

use async_trait::async_trait;

use crate::error::StoreError;
use crate::filter::{VerdictFilter, clamp};
use crate::record::{Row as _, Session, Verdict};
use crate::sql::Tx;
use crate::sql_store::SqlStore;
use crate::store::Verdicts;
use crate::terms::Judged;
use crate::value::{Field as _, Kind, Value};

/// Verdicts below revision `$1`, `$3` at most; the latest alone, which no later one of its agent follows, if `$2` is 1.
const LIST: &str = "AS this WHERE revision < $1 AND ($2 = 0 OR (superseded_by IS NULL AND NOT EXISTS \
    (SELECT 1 FROM verdicts WHERE agent = this.agent AND revision > this.revision AND superseded_by IS NULL))) \
    ORDER BY revision DESC LIMIT $3";
/// The same of one agent, `$4`; a text of its own, so that it is found by an index.
const LIST_OF: &str = "AS this WHERE agent = $4 AND revision < $1 AND ($2 = 0 OR (superseded_by IS NULL \
    AND NOT EXISTS (SELECT 1 FROM verdicts WHERE agent = this.agent AND revision > this.revision \
    AND superseded_by IS NULL))) ORDER BY revision DESC LIMIT $3";

/// The same of one tenant, `$4`.
const LIST_FOR: &str = "AS this WHERE tenant = $4 AND revision < $1 AND ($2 = 0 OR (superseded_by IS NULL \
    AND NOT EXISTS (SELECT 1 FROM verdicts WHERE agent = this.agent AND revision > this.revision \
    AND superseded_by IS NULL))) ORDER BY revision DESC LIMIT $3";
/// The same of one tenant, `$4`, and one agent, `$5`.
const LIST_OF_FOR: &str = "AS this WHERE tenant = $4 AND agent = $5 AND revision < $1 AND ($2 = 0 OR \
    (superseded_by IS NULL AND NOT EXISTS (SELECT 1 FROM verdicts WHERE agent = this.agent \
    AND revision > this.revision AND superseded_by IS NULL))) ORDER BY revision DESC LIMIT $3";

#[async_trait]
impl Verdicts for SqlStore {
    async fn put_verdict(&self, judged: Judged) -> Result<Verdict, StoreError> {
        self.database.transact("put-verdict", judged, |tx, judged| Box::pin(put(tx, judged))).await
    }

    async fn verdict(&self, id: &str) -> Result<Verdict, StoreError> {
        self.database.reader().await?.record(id).await
    }

    async fn list_verdicts(&self, filter: &VerdictFilter) -> Result<Vec<Verdict>, StoreError> {
        let mut values = vec![
            Value::Int(filter.before_revision.unwrap_or(i64::MAX)),
            filter.latest_only.to_value(),
            Value::Int(filter.limit()),
        ];
        values.extend(filter.tenant.iter().chain(&filter.agent).cloned().map(Value::Text));
        let tail = match (&filter.tenant, &filter.agent) {
            (Some(_), Some(_)) => LIST_OF_FOR,
            (Some(_), None) => LIST_FOR,
            (None, Some(_)) => LIST_OF,
            (None, None) => LIST,
        };
        self.database.reader().await?.records(tail, values).await
    }

    async fn verdicts_since(
        &self,
        tenant: Option<&str>,
        revision: i64,
        limit: u32,
    ) -> Result<Vec<Verdict>, StoreError> {
        let mut values = vec![Value::Int(revision), Value::Int(clamp(limit))];
        values.extend(tenant.map(|tenant| Value::Text(tenant.to_owned())));
        let tail = match tenant {
            Some(_) => "WHERE tenant = $3 AND revision > $1 ORDER BY revision LIMIT $2",
            None => "WHERE revision > $1 ORDER BY revision LIMIT $2",
        };
        self.database.reader().await?.records(tail, values).await
    }

    async fn hold_verdict(&self, id: &str, hold: bool) -> Result<(), StoreError> {
        self.database.transact("hold-verdict", id, move |tx, id| Box::pin(set_hold(tx, id, hold))).await
    }
}

async fn put(tx: &mut Tx, judged: &Judged) -> Result<Verdict, StoreError> {
    let kept = put_all(tx, &[judged]).await?.into_iter().next();
    kept.ok_or_else(|| StoreError::not_found(Verdict::KIND, &judged.verdict.id))
}

/// Keeps verdicts; their sessions become judged. A session that is judged again stays as it is.
pub(crate) async fn put_all(tx: &mut Tx, judged: &[&Judged]) -> Result<Vec<Verdict>, StoreError> {
    if judged.is_empty() {
        return Ok(Vec::new());
    }
    let mut verdicts: Vec<Verdict> = judged.iter().map(|judged| judged.verdict.clone()).collect();
    judge_sessions(tx, &verdicts).await?;
    for judged in judged {
        if let Some(old) = &judged.supersedes {
            supersede(tx, old, &judged.verdict.id).await?;
        }
    }
    // Last, as whoever takes a revision keeps others from theirs.
    let before = tx.take("verdicts", verdicts.len()).await?;
    for (verdict, revision) in verdicts.iter_mut().zip(before + 1..) {
        verdict.revision = revision;
    }
    let ids: Vec<&str> = verdicts.iter().map(|verdict| verdict.id.as_str()).collect();
    let kept = tx.insert(&verdicts, "", &[]).await;
    kept.map_err(|error| error.of_write(Verdict::KIND, &ids.join("`, `")))?;
    Ok(verdicts)
}

async fn judge_sessions(tx: &mut Tx, verdicts: &[Verdict]) -> Result<(), StoreError> {
    let ids: Vec<&str> = verdicts.iter().map(|verdict| verdict.session.as_str()).collect();
    let found = tx.lock_in("SELECT id FROM sessions WHERE id", &ids, &[Kind::Text]).await?;
    let found: Vec<Value> = found.into_iter().flatten().collect();
    if let Some(absent) = ids.iter().find(|id| !found.contains(&Value::Text((**id).to_owned()))) {
        return Err(StoreError::not_found(Session::KIND, absent));
    }
    let head = "UPDATE sessions SET updated_by = $1, state = 'JUDGED', update_time = listed.column2, \
                etag = CAST(CAST(etag AS BIGINT) + 1 AS TEXT)";
    let times =
        verdicts.iter().map(|verdict| (verdict.session.clone(), verdict.create_time)).collect::<Vec<_>>();
    let author = tx.author();
    let tail = "WHERE sessions.id = listed.column1 AND sessions.state <> 'JUDGED'";
    tx.update_listed(head, vec![author], &times, tail).await
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
