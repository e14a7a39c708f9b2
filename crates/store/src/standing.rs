//! Standings: of an epoch the first answer stays.

use async_trait::async_trait;

use crate::error::StoreError;
use crate::record::{Row as _, Standing};
use crate::sql::Tx;
use crate::sql_store::SqlStore;
use crate::store::Standings;
use crate::value::Value;

const OF: &str = "WHERE subject = $1 AND epoch = $2";
const LATEST: &str = "WHERE subject = $1 ORDER BY epoch DESC LIMIT 1";

#[async_trait]
impl Standings for SqlStore {
    async fn put_standing(&self, standing: Standing) -> Result<Standing, StoreError> {
        self.database.transact("put-standing", standing, |tx, standing| Box::pin(put(tx, standing))).await
    }

    async fn standing(&self, subject: &str, epoch: i64) -> Result<Option<Standing>, StoreError> {
        let values = vec![Value::Text(subject.to_owned()), Value::Int(epoch)];
        Ok(self.database.reader().await?.records(OF, values).await?.into_iter().next())
    }

    async fn latest_standing(&self, subject: &str) -> Result<Option<Standing>, StoreError> {
        let values = vec![Value::Text(subject.to_owned())];
        Ok(self.database.reader().await?.records(LATEST, values).await?.into_iter().next())
    }
}

async fn put(tx: &mut Tx, standing: &Standing) -> Result<Standing, StoreError> {
    tx.insert(std::slice::from_ref(standing), "ON CONFLICT (subject, epoch) DO NOTHING", &[]).await?;
    let values = vec![Value::Text(standing.subject.clone()), Value::Int(standing.epoch)];
    let kept: Vec<Standing> = tx.records(OF, values).await?;
    kept.into_iter().next().ok_or_else(|| StoreError::not_found(Standing::KIND, &standing.subject))
}
