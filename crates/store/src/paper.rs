//! Papers: found by keys, and leaning on nothing that is not there.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;

use crate::error::StoreError;
use crate::filter::clamp;
use crate::record::{KeyKind, PaperKey, Party, Resource, Row as _, Sku, Transfer, TransferState};
use crate::registry;
use crate::request::Request;
use crate::sql::Tx;
use crate::sql_store::SqlStore;
use crate::store::{PAPERS_MAX, Papers};
use crate::value::{Field as _, Kind, Value};

const PARTIES_WITH: &str = "SELECT paper FROM paper_keys WHERE kind = 'parties' AND tenant = $1 AND key = {key} \
    ORDER BY create_time DESC, paper DESC LIMIT {each}";
const TRANSFERS_WITH: &str = "SELECT paper FROM paper_keys WHERE kind = 'transfers' AND tenant = $1 AND key = {key} \
    ORDER BY create_time DESC, paper DESC LIMIT {each}";
const SKUS_NAMED: &str = "SELECT id FROM skus WHERE tenant = $1 AND name_key = {key} AND state = 'ACTIVE'";

#[async_trait]
impl Papers for SqlStore {
    async fn parties(&self, tenant: &str, ids: &[String]) -> Result<Vec<Party>, StoreError> {
        check("ids", ids)?;
        let mut tx = self.database.reader().await?;
        of_tenant(&mut tx, ids, |party: &Party| party.tenant == tenant).await
    }

    async fn parties_with(&self, tenant: &str, keys: &[String], each: u32) -> Result<Vec<Party>, StoreError> {
        check("keys", keys)?;
        let mut tx = self.database.reader().await?;
        let ids = ids(&mut tx, PARTIES_WITH, (tenant, each), keys).await?;
        of_tenant(&mut tx, &ids, |party: &Party| party.tenant == tenant).await
    }

    async fn transfers_with(
        &self,
        tenant: &str,
        keys: &[String],
        each: u32,
    ) -> Result<Vec<Transfer>, StoreError> {
        check("keys", keys)?;
        let mut tx = self.database.reader().await?;
        let ids = ids(&mut tx, TRANSFERS_WITH, (tenant, each), keys).await?;
        of_tenant(&mut tx, &ids, |transfer: &Transfer| transfer.tenant == tenant).await
    }

    async fn skus(&self, tenant: &str, ids: &[String]) -> Result<Vec<Sku>, StoreError> {
        check("ids", ids)?;
        let mut tx = self.database.reader().await?;
        of_tenant(&mut tx, ids, |sku: &Sku| sku.tenant == tenant).await
    }

    async fn skus_named(&self, tenant: &str, name_keys: &[String]) -> Result<Vec<Sku>, StoreError> {
        check("names", name_keys)?;
        let mut tx = self.database.reader().await?;
        let ids = ids(&mut tx, SKUS_NAMED, (tenant, 1), name_keys).await?;
        of_tenant(&mut tx, &ids, |sku: &Sku| sku.tenant == tenant).await
    }

    async fn check_named(&self, tenant: &str, keys: &[String]) -> Result<(), StoreError> {
        check("keys", keys)?;
        if keys.is_empty() {
            return Ok(());
        }
        check_targets(&mut self.database.reader().await?, keys.iter().map(|key| (tenant, key.as_str()))).await
    }

    async fn close_transfer(
        &self,
        id: &str,
        is_made: bool,
        reason: &str,
        time: i64,
        request: Option<&Request>,
    ) -> Result<Transfer, StoreError> {
        let state = if is_made { TransferState::Made } else { TransferState::Abandoned };
        let work = (id, state, reason, request);
        self.database
            .transact("close-transfer", work, move |tx, (id, state, reason, request)| {
                Box::pin(close(tx, id, (*state, reason, time), *request))
            })
            .await
    }
}

/// Writes the keys of new papers, whose targets must exist.
pub(crate) async fn index<R: Resource>(tx: &mut Tx, records: &[R]) -> Result<(), StoreError> {
    let keys: Vec<PaperKey> = records.iter().filter_map(Resource::keys).flatten().collect();
    if keys.is_empty() {
        return Ok(());
    }
    check_targets(tx, keys.iter().map(|key| (key.tenant.as_str(), key.key.as_str()))).await?;
    tx.insert(&keys, "", &[]).await.map(drop)
}

/// The same for one that may have had others before.
pub(crate) async fn index_anew<R: Resource>(tx: &mut Tx, record: &R) -> Result<(), StoreError> {
    let Some(keys) = record.keys() else { return Ok(()) };
    check_targets(tx, keys.iter().map(|key| (key.tenant.as_str(), key.key.as_str()))).await?;
    let sql = "DELETE FROM paper_keys WHERE paper = $1 AND kind = $2";
    let values = [record.id(), R::TABLE].map(|text| Value::Text(text.to_owned()));
    tx.execute(sql, values.into()).await?;
    tx.insert(&keys, "", &[]).await.map(drop)
}

/// Whether all that papers name is there and of the same tenant. Nothing of it is ever deleted, so no lock is needed.
async fn check_targets<'k>(
    tx: &mut Tx,
    keys: impl Iterator<Item = (&'k str, &'k str)>,
) -> Result<(), StoreError> {
    let mut asked: BTreeMap<(&'static str, &'static str), BTreeSet<(&str, &str)>> = BTreeMap::new();
    for (tenant, key) in keys {
        let Some((word, id)) = key.split_once(' ') else { continue };
        if let Some((kind, head)) = word.parse().ok().and_then(KeyKind::target) {
            asked.entry((kind, head)).or_default().insert((id, tenant));
        }
    }
    for ((kind, head), asked) in asked {
        let ids: BTreeSet<&str> = asked.iter().map(|(id, _)| *id).collect();
        let ids: Vec<&str> = ids.into_iter().collect();
        let mut there = BTreeSet::new();
        for row in tx.fetch_in(head, &ids, &[Kind::Text, Kind::Text]).await? {
            if let Ok([Value::Text(id), Value::Text(tenant)]) = <[Value; 2]>::try_from(row) {
                there.insert((id, tenant));
            }
        }
        let absent = asked.iter().find(|(id, tenant)| !there.contains(&((*id).into(), (*tenant).into())));
        if let Some((id, _)) = absent {
            return Err(StoreError::not_found(kind, id));
        }
    }
    Ok(())
}

fn check(what: &'static str, keys: &[String]) -> Result<(), StoreError> {
    match keys.len() {
        count if count > PAPERS_MAX => Err(StoreError::TooMany { what, count, limit: PAPERS_MAX }),
        _ => Ok(()),
    }
}

/// Ids that a query finds for each of some keys, once and in their order.
async fn ids(
    tx: &mut Tx,
    query: &'static str,
    (tenant, each): (&str, u32),
    keys: &[String],
) -> Result<Vec<String>, StoreError> {
    let query = query.replace("{each}", &clamp(each).to_string());
    let rows = tx.fetch_each(&query, tenant, keys, &[Kind::Text]).await?;
    let ids = rows.into_iter().flatten().map(|id| String::of_value(id, "paper"));
    Ok(ids.collect::<Result<BTreeSet<_>, _>>()?.into_iter().collect())
}

/// Records of these ids that are the tenant's, by id.
async fn of_tenant<R: Resource>(
    tx: &mut Tx,
    ids: &[String],
    is_its: impl Fn(&R) -> bool,
) -> Result<Vec<R>, StoreError> {
    let found: Vec<R> = tx.records_in(ids).await?;
    let by_id = found.into_iter().filter(is_its).map(|record| (record.id().to_owned(), record));
    Ok(by_id.collect::<BTreeMap<_, _>>().into_values().collect())
}

async fn close(
    tx: &mut Tx,
    id: &str,
    (state, reason, time): (TransferState, &str, i64),
    request: Option<&Request>,
) -> Result<Transfer, StoreError> {
    let ended = |transfer: &mut Transfer| {
        transfer.state = state;
        transfer.state_reason = reason.to_owned();
    };
    let transfer = registry::end(tx, id, None, (ended, time), request).await?;
    if transfer.state == state {
        return Ok(transfer);
    }
    let found = transfer.state.as_str().to_owned();
    Err(StoreError::WrongState {
        kind: Transfer::KIND,
        id: id.to_owned(),
        found,
        allowed: TransferState::Open.as_str(),
    })
}
