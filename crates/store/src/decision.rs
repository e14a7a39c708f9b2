//! Decisions: kept whole with their facts, found again, never forgotten.

use async_trait::async_trait;

use crate::answer;
use crate::error::StoreError;
use crate::filter::DecisionFilter;
use crate::record::{Decision, DecisionKey, Row as _};
use crate::request::Request;
use crate::sql::Tx;
use crate::sql_store::SqlStore;
use crate::store::{DECISIONS_MAX, Decisions};
use crate::value::Value;

/// The counter of this table.
const DECISIONS: &str = "decisions";

#[async_trait]
impl Decisions for SqlStore {
    async fn put_decisions(
        &self,
        decisions: Vec<Decision>,
        request: Option<&Request>,
    ) -> Result<Vec<Decision>, StoreError> {
        let count = decisions.len();
        if count > DECISIONS_MAX {
            return Err(StoreError::TooMany { what: "decisions", count, limit: DECISIONS_MAX });
        }
        if count == 0 {
            return Ok(Vec::new());
        }
        let work = (decisions, request);
        self.database
            .transact("put-decisions", work, |tx, (decisions, request)| {
                Box::pin(put(tx, decisions, *request))
            })
            .await
    }

    async fn decision(&self, id: &str) -> Result<Decision, StoreError> {
        self.database.reader().await?.record(id).await
    }

    async fn list_decisions(&self, filter: &DecisionFilter) -> Result<Vec<Decision>, StoreError> {
        let before = filter.before_revision.unwrap_or(i64::MAX);
        let mut values = vec![Value::Int(before), Value::Int(filter.limit())];
        values.extend(filter.tenant.iter().chain(&filter.subject).cloned().map(Value::Text));
        // A text for each, so that it is found by an index.
        let tail = match (&filter.tenant, &filter.subject) {
            (Some(_), Some(_)) => {
                "WHERE tenant = $3 AND subject = $4 AND revision < $1 ORDER BY revision DESC LIMIT $2"
            }
            (Some(_), None) => "WHERE tenant = $3 AND revision < $1 ORDER BY revision DESC LIMIT $2",
            (None, Some(_)) => "WHERE subject = $3 AND revision < $1 ORDER BY revision DESC LIMIT $2",
            (None, None) => "WHERE revision < $1 ORDER BY revision DESC LIMIT $2",
        };
        self.database.reader().await?.records(tail, values).await
    }
}

async fn put(
    tx: &mut Tx,
    decisions: &[Decision],
    request: Option<&Request>,
) -> Result<Vec<Decision>, StoreError> {
    // The answer to a request is the ids alone: what they name is here for good.
    if let Some(keys) = answer::before::<DecisionKey>(tx, request).await? {
        let mut kept = Vec::with_capacity(keys.len());
        for key in keys {
            kept.push(tx.record(&key.id).await?);
        }
        return Ok(kept);
    }
    let mut decisions = decisions.to_vec();
    let before = tx.take(DECISIONS, decisions.len()).await?;
    for (decision, revision) in decisions.iter_mut().zip(before + 1..) {
        decision.revision = revision;
    }
    let which = decisions.first().map_or("", |decision| decision.id.as_str());
    tx.insert(&decisions, "", &[]).await.map_err(|error| error.of_write(Decision::KIND, which))?;
    let keys: Vec<_> = decisions.iter().map(|decision| DecisionKey { id: decision.id.clone() }).collect();
    answer::after(tx, request, &keys).await?;
    Ok(decisions)
}
