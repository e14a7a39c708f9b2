//! Who was shown whose records, and by which policies.

use async_trait::async_trait;

use crate::committer::Job;
use crate::error::StoreError;
use crate::filter::{AccessFilter, clamp};
use crate::record::{Access, PolicyVersion};
use crate::sql::{Tx, Work};
use crate::sql_store::SqlStore;
use crate::store::{ACCESSES_MAX, Accesses};
use crate::value::Value;

/// The counters of these tables.
const ACCESSES: &str = "accesses";
const POLICY_VERSIONS: &str = "policy_versions";

#[async_trait]
impl Accesses for SqlStore {
    async fn put_accesses(&self, accesses: Vec<Access>) -> Result<(), StoreError> {
        let count = accesses.len();
        if count > ACCESSES_MAX {
            return Err(StoreError::TooMany { what: "accesses", count, limit: ACCESSES_MAX });
        }
        if count == 0 {
            return Ok(());
        }
        self.accesses.commit(Shown(accesses)).await
    }

    async fn list_accesses(&self, filter: &AccessFilter) -> Result<Vec<Access>, StoreError> {
        let before = filter.before_revision.unwrap_or(i64::MAX);
        let mut values = vec![Value::Int(before), Value::Int(filter.limit())];
        values.extend(filter.tenant.iter().chain(&filter.resource).cloned().map(Value::Text));
        // A text for each, so that it is found by an index.
        let tail = match (&filter.tenant, &filter.resource) {
            (Some(_), Some(_)) => {
                "WHERE tenant = $3 AND resource = $4 AND revision < $1 ORDER BY revision DESC LIMIT $2"
            }
            (Some(_), None) => "WHERE tenant = $3 AND revision < $1 ORDER BY revision DESC LIMIT $2",
            (None, Some(_)) => "WHERE resource = $3 AND revision < $1 ORDER BY revision DESC LIMIT $2",
            (None, None) => "WHERE revision < $1 ORDER BY revision DESC LIMIT $2",
        };
        self.database.reader().await?.records(tail, values).await
    }

    async fn put_policy_version(&self, version: PolicyVersion) -> Result<PolicyVersion, StoreError> {
        self.database
            .transact("put-policy-version", version, |tx, version| Box::pin(put_version(tx, version)))
            .await
    }

    async fn list_policy_versions(
        &self,
        before: Option<i64>,
        size: u32,
    ) -> Result<Vec<PolicyVersion>, StoreError> {
        let values = vec![Value::Int(before.unwrap_or(i64::MAX)), Value::Int(clamp(size))];
        let tail = "WHERE number < $1 ORDER BY number DESC LIMIT $2";
        self.database.reader().await?.records(tail, values).await
    }
}

/// One call of [`Accesses::put_accesses`].
pub(crate) struct Shown(Vec<Access>);

impl Job for Shown {
    type Answer = ();
    const NAME: &'static str = "put-accesses";

    fn rows(&self) -> usize {
        self.0.len()
    }

    fn do_all<'t>(tx: &'t mut Tx, jobs: &'t [Self]) -> Work<'t, Vec<Result<(), StoreError>>> {
        Box::pin(note(tx, jobs))
    }
}

async fn note(tx: &mut Tx, jobs: &[Shown]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
    let mut accesses: Vec<Access> = jobs.iter().flat_map(|job| job.0.iter().cloned()).collect();
    let before = tx.take(ACCESSES, accesses.len()).await?;
    for (access, revision) in accesses.iter_mut().zip(before + 1..) {
        access.revision = revision;
    }
    tx.insert(&accesses, "", &[]).await?;
    Ok(jobs.iter().map(|_| Ok(())).collect())
}

async fn put_version(tx: &mut Tx, version: &PolicyVersion) -> Result<PolicyVersion, StoreError> {
    // Taking none keeps others from theirs: which is the newest stays so until this ends.
    let newest = tx.take(POLICY_VERSIONS, 0).await?;
    let found: Vec<PolicyVersion> = tx.records("WHERE number = $1", vec![Value::Int(newest)]).await?;
    if let Some(found) = found.into_iter().find(|found| found.sha256 == version.sha256) {
        return Ok(found);
    }
    let number = tx.take(POLICY_VERSIONS, 1).await? + 1;
    let version = PolicyVersion { number, ..version.clone() };
    tx.insert(std::slice::from_ref(&version), "", &[]).await?;
    Ok(version)
}
