//! Cases: asked for, agreed on by a second subject, ended.

use async_trait::async_trait;

use crate::error::StoreError;
use crate::filter::{CaseFilter, LIST_MAX};
use crate::record::{Case, CaseState, Resource as _, Row as _};
use crate::registry;
use crate::request::Request;
use crate::sql::Tx;
use crate::sql_store::SqlStore;
use crate::store::Cases;
use crate::value::Value;

/// Cases with ids below `$1`, if it is not empty, in the state `$2` or any, as of `$3`; `$4` at most.
const LIST: &str = "WHERE ($1 = '' OR id < $1) AND ($2 = '' OR $2 = CASE WHEN expire_time <= $3 THEN 'CLOSED' ELSE state END) \
    ORDER BY id DESC LIMIT $4";
/// The same of one agency, `$5`.
const LIST_FOR: &str = "WHERE tenant = $5 AND ($1 = '' OR id < $1) AND ($2 = '' OR $2 = CASE WHEN expire_time <= $3 \
    THEN 'CLOSED' ELSE state END) ORDER BY id DESC LIMIT $4";

#[async_trait]
impl Cases for SqlStore {
    async fn put_case(&self, case: Case, request: Option<&Request>) -> Result<Case, StoreError> {
        let id = case.id.clone();
        let work = ([case], request);
        let made = self
            .database
            .transact("put-case", work, |tx, (case, request)| Box::pin(registry::create(tx, case, *request)))
            .await?;
        made.into_iter().next().ok_or_else(|| StoreError::not_found(Case::KIND, &id))
    }

    async fn case(&self, id: &str) -> Result<Case, StoreError> {
        self.database.reader().await?.record(id).await
    }

    async fn approve_case(
        &self,
        id: &str,
        by: &str,
        time: i64,
        expire_time: i64,
    ) -> Result<Case, StoreError> {
        self.database
            .transact("approve-case", (id, by), move |tx, (id, by)| {
                Box::pin(approve(tx, id, by, time, expire_time))
            })
            .await
    }

    async fn close_case(&self, id: &str, by: &str, time: i64) -> Result<Case, StoreError> {
        self.database
            .transact("close-case", (id, by), move |tx, (id, by)| Box::pin(close(tx, id, by, time)))
            .await
    }

    async fn list_cases(&self, filter: &CaseFilter) -> Result<Vec<Case>, StoreError> {
        let mut values = vec![
            Value::Text(filter.before_id.clone().unwrap_or_default()),
            Value::Text(filter.state.map_or("", CaseState::as_str).to_owned()),
            Value::Int(filter.now),
            Value::Int(filter.limit()),
        ];
        values.extend(filter.tenant.clone().map(Value::Text));
        let tail = if filter.tenant.is_some() { LIST_FOR } else { LIST };
        self.database.reader().await?.records(tail, values).await
    }

    async fn open_cases(&self, tenant: &str, now: i64) -> Result<Vec<Case>, StoreError> {
        let values = vec![Value::Text(tenant.to_owned()), Value::Int(now), Value::Int(i64::from(LIST_MAX))];
        let tail =
            "WHERE state = 'OPEN' AND tenant = $1 AND expire_time > $2 ORDER BY expire_time, id LIMIT $3";
        self.database.reader().await?.records(tail, values).await
    }
}

async fn approve(tx: &mut Tx, id: &str, by: &str, time: i64, expire_time: i64) -> Result<Case, StoreError> {
    let case: Case = tx.lock(id).await?;
    if case.requested_by == by {
        return Err(StoreError::SameSubject { kind: Case::KIND, id: id.to_owned(), subject: by.to_owned() });
    }
    match case.state {
        CaseState::Open if case.approved_by == by && !case.is_over(time) => return Ok(case),
        CaseState::Requested if !case.is_over(time) => {}
        state => {
            let found = if case.is_over(time) { CaseState::Closed } else { state };
            return Err(StoreError::WrongState {
                kind: Case::KIND,
                id: id.to_owned(),
                found: found.as_str().to_owned(),
                allowed: CaseState::Requested.as_str(),
            });
        }
    }
    let approved = Case {
        state: CaseState::Open,
        approved_by: by.to_owned(),
        open_time: Some(time),
        expire_time,
        ..case
    };
    write(tx, approved, time).await
}

async fn close(tx: &mut Tx, id: &str, by: &str, time: i64) -> Result<Case, StoreError> {
    let case: Case = tx.lock(id).await?;
    if case.is_over(time) {
        return Ok(case);
    }
    let closed = Case { state: CaseState::Closed, closed_by: by.to_owned(), close_time: Some(time), ..case };
    write(tx, closed, time).await
}

async fn write(tx: &mut Tx, mut case: Case, time: i64) -> Result<Case, StoreError> {
    let (etag, create_time) = (case.etag.clone(), case.create_time);
    case.header().next(&etag, create_time)?;
    case.update_time = time;
    tx.replace(&case.id, &case).await?;
    Ok(case)
}
