//! Landmarks, sites, agents, chips and papers: made, changed, retired.

use std::collections::HashMap;

use async_trait::async_trait;

use crate::answer;
use crate::error::StoreError;
use crate::filter::{Filter, PageRequest};
use crate::paper;
use crate::record::{ChipTenant, Mortal, Resource, Trail};
use crate::request::Request;
use crate::sql::Tx;
use crate::sql_store::SqlStore;
use crate::store::{CREATE_MANY_MAX, Registry};
use crate::value::{Kind, Value};

/// What a retired record allows.
const LIVING: &str = "one that is not retired";

#[async_trait]
impl<R: Mortal> Registry<R> for SqlStore {
    async fn create_many(&self, records: Vec<R>, request: Option<&Request>) -> Result<Vec<R>, StoreError> {
        let count = records.len();
        if count > CREATE_MANY_MAX {
            return Err(StoreError::TooMany { what: "records", count, limit: CREATE_MANY_MAX });
        }
        let work = (records, request);
        self.database
            .transact("create-records", work, |tx, (records, request)| {
                Box::pin(create(tx, records, *request))
            })
            .await
    }

    async fn get(&self, id: &str) -> Result<R, StoreError> {
        self.database.reader().await?.record(id).await
    }

    async fn list(&self, filter: &Filter, page: &PageRequest) -> Result<Vec<R>, StoreError> {
        list(&mut self.database.reader().await?, filter, page).await
    }

    async fn update(
        &self,
        record: R,
        etag: Option<&str>,
        request: Option<&Request>,
    ) -> Result<R, StoreError> {
        let work = (record, etag, request);
        self.database
            .transact("update-record", work, |tx, (record, etag, request)| {
                Box::pin(update(tx, record, *etag, *request))
            })
            .await
    }

    async fn retire(
        &self,
        id: &str,
        etag: Option<&str>,
        reason: &str,
        time: i64,
        request: Option<&Request>,
    ) -> Result<R, StoreError> {
        let work = (id, etag, reason, request);
        self.database
            .transact("retire-record", work, move |tx, (id, etag, reason, request)| {
                let retired = |record: &mut R| record.set_retired(reason);
                Box::pin(end(tx, id, *etag, (retired, time), *request))
            })
            .await
    }
}

/// Makes records, or gives the answer that the request had before.
pub(crate) async fn create<R: Resource>(
    tx: &mut Tx,
    records: &[R],
    request: Option<&Request>,
) -> Result<Vec<R>, StoreError> {
    if let Some(answer) = answer::before(tx, request).await? {
        return Ok(answer);
    }
    let mut records = records.to_vec();
    for record in &mut records {
        record.header().first();
        record.settle(None);
    }
    hold(tx, &mut records).await?;
    // Asked first, so that the answer can say which: a refused insert of many does not.
    if let Some((id, field)) = taken(tx, &records).await? {
        return Err(StoreError::AlreadyExists { kind: R::KIND, id, field });
    }
    // What is refused after all came in the middle of this, or twice in it: the first stands for all.
    let which = records.first().map_or_else(String::new, |record| record.id().to_owned());
    tx.insert(&records, "", &[]).await.map_err(|error| error.of_write(R::KIND, &which))?;
    for record in &records {
        leave(tx, record.trail(None)).await?;
    }
    share(tx, &records).await?;
    paper::index(tx, &records).await?;
    answer::after(tx, request, &records).await?;
    Ok(records)
}

/// A page of records.
pub(crate) async fn list<R: Resource>(
    tx: &mut Tx,
    filter: &Filter,
    page: &PageRequest,
) -> Result<Vec<R>, StoreError> {
    let text = |text: &Option<String>| Value::Text(text.clone().unwrap_or_default());
    let mut values = vec![text(&page.after), text(&filter.state), Value::Int(page.limit())];
    let (rare, list_rare) = R::LIST_RARE;
    values.extend(filter.tenant.iter().chain(&filter.parent).cloned().map(Value::Text));
    let tail = match (&filter.tenant, &filter.parent, &filter.state) {
        (Some(_), Some(_), _) => R::LIST_OF_FOR,
        (Some(_), None, _) => R::LIST_FOR,
        (None, Some(_), _) => R::LIST_OF,
        (None, None, Some(state)) if rare.contains(&state.as_str()) => list_rare,
        _ => R::LIST,
    };
    tx.records(tail, values).await
}

async fn update<R: Mortal>(
    tx: &mut Tx,
    record: &R,
    etag: Option<&str>,
    request: Option<&Request>,
) -> Result<R, StoreError> {
    if let Some(answer) = answer::before(tx, request).await?.and_then(only) {
        return Ok(answer);
    }
    let mut old: R = locked(tx, record.id(), etag).await?;
    if old.is_retired() {
        let (id, found) = (old.id().to_owned(), old.state().to_owned());
        return Err(StoreError::WrongState { kind: R::KIND, id, found, allowed: LIVING });
    }
    let mut record = record.clone();
    let header = old.header();
    record.header().next(header.etag, *header.create_time)?;
    record.settle(Some(&old));
    tx.replace(record.id(), &record).await.map_err(|error| error.of_write(R::KIND, record.id()))?;
    leave(tx, record.trail(Some(&old))).await?;
    share_anew(tx, &record).await?;
    paper::index_anew(tx, &record).await?;
    answer::after(tx, request, std::slice::from_ref(&record)).await?;
    Ok(record)
}

/// Ends a record's life, by `ended`, unless it is over.
pub(crate) async fn end<R: Mortal>(
    tx: &mut Tx,
    id: &str,
    etag: Option<&str>,
    (ended, time): (impl FnOnce(&mut R) + Send, i64),
    request: Option<&Request>,
) -> Result<R, StoreError> {
    if let Some(answer) = answer::before(tx, request).await?.and_then(only) {
        return Ok(answer);
    }
    let mut old: R = locked(tx, id, etag).await?;
    let mut record = old.clone();
    if !old.is_retired() {
        ended(&mut record);
        let header = old.header();
        record.header().next(header.etag, *header.create_time)?;
        *record.header().update_time = time;
        tx.replace(id, &record).await?;
        if let Some(sql) = R::ON_RETIRE {
            let author = tx.author();
            tx.execute(sql, vec![Value::Text(id.to_owned()), Value::Int(time), author]).await?;
        }
    }
    answer::after(tx, request, std::slice::from_ref(&record)).await?;
    Ok(record)
}

/// The record, locked, if it is still the one that the caller read.
pub(crate) async fn locked<R: Resource>(tx: &mut Tx, id: &str, etag: Option<&str>) -> Result<R, StoreError> {
    let mut record: R = tx.lock(id).await?;
    let found = record.header().etag.clone();
    match etag {
        Some(expected) if expected != found => Err(StoreError::EtagMismatch {
            kind: R::KIND,
            id: id.to_owned(),
            expected: expected.to_owned(),
            found,
        }),
        _ => Ok(record),
    }
}

/// The first record that would share what others have already, and which column.
async fn taken<R: Resource>(
    tx: &mut Tx,
    records: &[R],
) -> Result<Option<(String, &'static str)>, StoreError> {
    // A refused insert of one names the column itself.
    let asked = if records.len() == 1 { 1 } else { R::UNIQUE.len() };
    for (column, head) in &R::UNIQUE[..asked] {
        let Some(at) = R::COLUMNS.iter().position(|name| name == column) else { continue };
        let keys: Vec<Value> = records.iter().map(|record| record.values().swap_remove(at)).collect();
        let found = tx.fetch_where_in(head, &keys, &[R::KINDS[at]]).await?;
        if let Some(value) = found.into_iter().flatten().next() {
            let culprit = keys.iter().position(|key| *key == value).and_then(|at| records.get(at));
            return Ok(culprit.map(|record| (record.id().to_owned(), *column)));
        }
    }
    Ok(None)
}

/// Says of each record who holds it: the tenant of its agent.
async fn hold<R: Resource>(tx: &mut Tx, records: &mut [R]) -> Result<(), StoreError> {
    let agents: Vec<String> =
        records.iter_mut().filter_map(|record| record.held().map(|(agent, _)| agent.to_owned())).collect();
    if agents.is_empty() {
        return Ok(());
    }
    let keys: Vec<&str> = agents.iter().map(String::as_str).collect();
    let head = "SELECT id, tenant FROM agents WHERE id";
    let mut tenants = HashMap::new();
    for row in tx.fetch_in(head, &keys, &[Kind::Text, Kind::Text]).await? {
        if let Ok([Value::Text(agent), Value::Text(tenant)]) = <[Value; 2]>::try_from(row) {
            tenants.insert(agent, tenant);
        }
    }
    for record in records {
        if let Some((agent, holder)) = record.held() {
            // An agent that is not there is refused by the insert.
            *holder = tenants.get(agent).cloned().unwrap_or_default();
        }
    }
    Ok(())
}

/// Keeps which tenants have to do with new records.
async fn share<R: Resource>(tx: &mut Tx, records: &[R]) -> Result<(), StoreError> {
    let tenants: Vec<ChipTenant> = records.iter().filter_map(Resource::tenants).flatten().collect();
    if tenants.is_empty() {
        return Ok(());
    }
    tx.insert(&tenants, "", &[]).await.map(drop)
}

/// The same for one that may have had others before.
pub(crate) async fn share_anew<R: Resource>(tx: &mut Tx, record: &R) -> Result<(), StoreError> {
    let Some(tenants) = record.tenants() else { return Ok(()) };
    let sql = "DELETE FROM chip_tenants WHERE chip = $1";
    tx.execute(sql, vec![Value::Text(record.id().to_owned())]).await?;
    tx.insert(&tenants, "", &[]).await.map(drop)
}

async fn leave(tx: &mut Tx, trail: Option<Trail>) -> Result<(), StoreError> {
    match trail {
        None => Ok(()),
        Some(Trail::Version(version)) => tx.insert(&[version], "", &[]).await.map(drop),
        Some(Trail::Tie(tie)) => tx.insert(&[tie], "", &[]).await.map(drop),
    }
}

fn only<R>(answer: Vec<R>) -> Option<R> {
    answer.into_iter().next()
}
