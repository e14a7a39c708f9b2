//! Comparisons: asked for, cut into shards, done shard by shard, ended, forgotten.
//!
//! What is done of a shard is one transaction, and a shard that is done again changes nothing: so a comparison goes on
//! after a crash from the shards that are left.

use async_trait::async_trait;

use crate::answer;
use crate::error::StoreError;
use crate::filter::{PageRequest, clamp};
use crate::record::{Comparison, ComparisonShard, ComparisonState, Flip, Row as _, ShardKind};
use crate::request::Request;
use crate::sql::Tx;
use crate::sql_store::SqlStore;
use crate::store::{Comparisons, SHARDS_MAX};
use crate::terms::ShardDone;
use crate::value::{Field as _, Kind, Value};

/// Rows of a deleted comparison that go in one transaction.
const SWEPT_MAX: i64 = 2_000;

#[async_trait]
impl Comparisons for SqlStore {
    async fn start_comparison(
        &self,
        comparison: Comparison,
        running_max: u32,
        request: Option<&Request>,
    ) -> Result<Comparison, StoreError> {
        self.database
            .transact("start-comparison", (comparison, request), move |tx, (comparison, request)| {
                Box::pin(start(tx, comparison, running_max, *request))
            })
            .await
    }

    async fn comparison(&self, id: &str) -> Result<Comparison, StoreError> {
        shown(self.database.reader().await?.record(id).await?)
    }

    async fn list_comparisons(
        &self,
        tenant: Option<&str>,
        before: Option<&str>,
        size: u32,
    ) -> Result<Vec<Comparison>, StoreError> {
        let mut values = vec![Value::Text(before.unwrap_or_default().to_owned()), Value::Int(clamp(size))];
        values.extend(tenant.map(|tenant| Value::Text(tenant.to_owned())));
        let tail = match tenant {
            Some(_) => {
                "WHERE tenant = $3 AND ($1 = '' OR id < $1) AND state <> 'DELETED' ORDER BY id DESC LIMIT $2"
            }
            None => "WHERE ($1 = '' OR id < $1) AND state <> 'DELETED' ORDER BY id DESC LIMIT $2",
        };
        self.database.reader().await?.records(tail, values).await
    }

    async fn running_comparisons(&self) -> Result<Vec<Comparison>, StoreError> {
        let tail = "WHERE state IN ('RUNNING', 'DELETED') AND state = 'RUNNING' ORDER BY id LIMIT $1";
        self.database.reader().await?.records(tail, vec![Value::Int(clamp(0))]).await
    }

    async fn next_bound(
        &self,
        kind: ShardKind,
        scope: &str,
        after: &str,
        size: u32,
    ) -> Result<Option<String>, StoreError> {
        let sql = match (kind, scope) {
            (ShardKind::Chips, "") => {
                "SELECT MAX(id) FROM (SELECT id FROM chips WHERE id > $1 ORDER BY id LIMIT $2) AS next"
            }
            (ShardKind::Chips, _) => {
                "SELECT MAX(chip) FROM (SELECT chip FROM chip_tenants WHERE tenant = $3 AND chip > $1 \
                 ORDER BY chip LIMIT $2) AS next"
            }
            (ShardKind::Transfers, "") => {
                "SELECT MAX(id) FROM (SELECT id FROM transfers WHERE id > $1 ORDER BY id LIMIT $2) AS next"
            }
            (ShardKind::Transfers, _) => {
                "SELECT MAX(id) FROM (SELECT id FROM transfers WHERE tenant = $3 AND id > $1 \
                 ORDER BY id LIMIT $2) AS next"
            }
        };
        let mut values = vec![Value::Text(after.to_owned()), Value::Int(i64::from(size))];
        values.extend((!scope.is_empty()).then(|| Value::Text(scope.to_owned())));
        let found = self.database.reader().await?.fetch(sql, values, &[Kind::Text]).await?;
        let last = found.into_iter().flatten().next().unwrap_or(Value::Null(Kind::Text));
        Option::of_value(last, "id")
    }

    async fn list_shards(&self, id: &str, shards: Vec<ComparisonShard>) -> Result<Comparison, StoreError> {
        if shards.len() > SHARDS_MAX {
            return Err(StoreError::TooMany { what: "shards", count: shards.len(), limit: SHARDS_MAX });
        }
        self.database
            .transact("list-shards", (id, shards), |tx, (id, shards)| Box::pin(list(tx, id, shards)))
            .await
    }

    async fn comparison_shards(&self, id: &str) -> Result<Vec<ComparisonShard>, StoreError> {
        let values = vec![Value::Text(id.to_owned())];
        self.database.reader().await?.records("WHERE comparison = $1 ORDER BY shard", values).await
    }

    async fn complete_shard(&self, done: ShardDone, time: i64) -> Result<Comparison, StoreError> {
        self.database
            .transact("complete-shard", done, move |tx, done| Box::pin(complete(tx, done, time)))
            .await
    }

    async fn end_comparison(
        &self,
        id: &str,
        ended: ComparisonState,
        told: (&[u8], &str, &str),
        time: i64,
    ) -> Result<Comparison, StoreError> {
        self.database
            .transact("end-comparison", (id, told), move |tx, (id, told)| {
                Box::pin(end(tx, id, ended, *told, time))
            })
            .await
    }

    async fn delete_comparison(&self, id: &str, time: i64) -> Result<(), StoreError> {
        self.database.transact("delete-comparison", id, move |tx, id| Box::pin(delete(tx, id, time))).await
    }

    async fn sweep_comparisons(&self, before: i64, time: i64) -> Result<bool, StoreError> {
        self.database
            .transact("sweep-comparisons", before, move |tx, before| Box::pin(sweep(tx, *before, time)))
            .await
    }

    async fn list_flips(&self, comparison: &str, page: &PageRequest) -> Result<Vec<Flip>, StoreError> {
        let after = page.after.clone().unwrap_or_default();
        let values = vec![Value::Text(comparison.to_owned()), Value::Text(after), Value::Int(page.limit())];
        let tail = "WHERE comparison = $1 AND subject > $2 ORDER BY subject LIMIT $3";
        self.database.reader().await?.records(tail, values).await
    }
}

/// What is deleted does not exist for who asks.
fn shown(comparison: Comparison) -> Result<Comparison, StoreError> {
    match comparison.state {
        ComparisonState::Deleted => Err(StoreError::not_found(Comparison::KIND, &comparison.id)),
        _ => Ok(comparison),
    }
}

async fn start(
    tx: &mut Tx,
    comparison: &Comparison,
    running_max: u32,
    request: Option<&Request>,
) -> Result<Comparison, StoreError> {
    if let Some(answer) = answer::before(tx, request).await?.and_then(|made| made.into_iter().next()) {
        return Ok(answer);
    }
    // The counter's lock makes two that start at once come one after the other.
    let verdict_revision = tx.take("verdicts", 0).await?;
    let sql = "SELECT COUNT(*) FROM comparisons WHERE state IN ('RUNNING', 'DELETED') AND state = 'RUNNING' \
               AND tenant = $1";
    let found = tx.fetch(sql, vec![Value::Text(comparison.tenant.clone())], &[Kind::Int]).await?;
    let running = i64::of_value(found.into_iter().flatten().next().unwrap_or(Value::Int(0)), "count")?;
    if running >= i64::from(running_max) {
        return Err(StoreError::Busy { what: "comparisons", running, limit: running_max });
    }
    let made = Comparison { verdict_revision, ..comparison.clone() };
    let kept = tx.insert(std::slice::from_ref(&made), "", &[]).await;
    kept.map_err(|error| error.of_write(Comparison::KIND, &made.id))?;
    answer::after(tx, request, std::slice::from_ref(&made)).await?;
    Ok(made)
}

/// Keeps which shards there are; a second list changes nothing.
async fn list(tx: &mut Tx, id: &str, shards: &[ComparisonShard]) -> Result<Comparison, StoreError> {
    let old: Comparison = tx.lock(id).await?;
    if old.listed || old.state != ComparisonState::Running {
        return Ok(old);
    }
    tx.insert(shards, "", &[]).await?;
    let listed = Comparison { listed: true, shards: shards.len() as i64, ..old };
    tx.replace(id, &listed).await?;
    Ok(listed)
}

async fn complete(tx: &mut Tx, done: &ShardDone, time: i64) -> Result<Comparison, StoreError> {
    let old: Comparison = tx.lock(&done.comparison).await?;
    if old.state != ComparisonState::Running {
        return Ok(old);
    }
    let sql = "UPDATE comparison_shards SET done = 1, judged = $3, flipped = $4, counts = $5, updated_by = $6 \
               WHERE comparison = $1 AND shard = $2 AND done = 0";
    let flipped = done.flips.len() as i64;
    let values = vec![
        Value::Text(done.comparison.clone()),
        Value::Int(done.shard),
        Value::Int(done.judged),
        Value::Int(flipped),
        Value::Blob(done.counts.clone()),
        tx.author(),
    ];
    if tx.execute(sql, values).await? == 0 {
        return Ok(old);
    }
    tx.insert(&done.flips, "ON CONFLICT (comparison, subject) DO NOTHING", &[]).await?;
    let next = Comparison {
        update_time: time,
        shards_done: old.shards_done + 1,
        judged: old.judged + done.judged,
        flipped: old.flipped + flipped,
        ..old
    };
    tx.replace(&done.comparison, &next).await?;
    Ok(next)
}

/// Ends what runs. What is over already is given as it is.
async fn end(
    tx: &mut Tx,
    id: &str,
    ended: ComparisonState,
    (result, flips_sha256, error): (&[u8], &str, &str),
    time: i64,
) -> Result<Comparison, StoreError> {
    let old = shown(tx.lock(id).await?)?;
    if old.state != ComparisonState::Running {
        return Ok(old);
    }
    let over = Comparison {
        state: ended,
        update_time: time,
        end_time: Some(time),
        result: result.to_vec(),
        flips_sha256: flips_sha256.to_owned(),
        error: error.to_owned(),
        ..old
    };
    tx.replace(id, &over).await?;
    Ok(over)
}

async fn delete(tx: &mut Tx, id: &str, time: i64) -> Result<(), StoreError> {
    let old = shown(tx.lock(id).await?)?;
    if old.state == ComparisonState::Running {
        let (id, found) = (id.to_owned(), old.state.as_str().to_owned());
        let allowed = "one that is over; cancel it first";
        return Err(StoreError::WrongState { kind: Comparison::KIND, id, found, allowed });
    }
    let deleted = Comparison { state: ComparisonState::Deleted, update_time: time, ..old };
    tx.replace(id, &deleted).await
}

/// Forgets some rows of what is deleted, and deletes what is too old. Whether there is more to do.
async fn sweep(tx: &mut Tx, before: i64, time: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE comparisons SET state = 'DELETED', update_time = $2, updated_by = $3 \
               WHERE create_time < $1 AND state NOT IN ('RUNNING', 'DELETED')";
    let author = tx.author();
    tx.execute(sql, vec![Value::Int(before), Value::Int(time), author]).await?;
    let tail = "WHERE state IN ('RUNNING', 'DELETED') AND state = 'DELETED' ORDER BY id LIMIT 1";
    let deleted: Vec<Comparison> = tx.records(tail, Vec::new()).await?;
    let Some(Comparison { id, .. }) = deleted.into_iter().next() else { return Ok(false) };
    let sql = "DELETE FROM flips WHERE comparison = $1 AND subject IN \
               (SELECT subject FROM flips WHERE comparison = $1 ORDER BY subject LIMIT $2)";
    let gone = tx.execute(sql, vec![Value::Text(id.clone()), Value::Int(SWEPT_MAX)]).await?;
    if gone < SWEPT_MAX as u64 {
        let key = || vec![Value::Text(id.clone())];
        tx.execute("DELETE FROM comparison_shards WHERE comparison = $1", key()).await?;
        tx.execute("DELETE FROM comparisons WHERE id = $1", key()).await?;
    }
    Ok(true)
}
