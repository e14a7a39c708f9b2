//! One transaction, or one connection that only reads, on either engine.

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Postgres, SqlSafeStr, Sqlite, Transaction};

use super::{postgres, sqlite, statement};
use crate::error::StoreError;
use crate::record::Row;
use crate::value::{Kind, Value};

/// Rows that one statement lists.
const LISTED_MAX: usize = 512;
/// Queries that one statement joins.
const EACH_MAX: usize = 64;

/// Where statements go. Dropped without [`Tx::commit`], nothing of it is kept.
pub(crate) struct Tx {
    name: &'static str,
    handle: Handle,
}

pub(super) enum Handle {
    SqliteWrite(Transaction<'static, Sqlite>),
    SqliteRead(PoolConnection<Sqlite>),
    PostgresWrite(Transaction<'static, Postgres>),
    PostgresRead(PoolConnection<Postgres>),
}

enum Connection<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl Tx {
    pub(super) fn new(name: &'static str, handle: Handle) -> Self {
        Self { name, handle }
    }

    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self.handle {
            Handle::SqliteWrite(transaction) => transaction.commit().await?,
            Handle::PostgresWrite(transaction) => transaction.commit().await?,
            Handle::SqliteRead(_) | Handle::PostgresRead(_) => {}
        }
        Ok(())
    }

    /// Runs a statement and counts the rows it changed. The last placeholder of a write is `updated_by`, for which
    /// [`Tx::author`] is the value.
    pub(crate) async fn execute(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
    ) -> Result<u64, StoreError> {
        let sql = sql.into_sql_str();
        Ok(match self.connection() {
            Connection::Sqlite(connection) => sqlite::execute(connection, sql, values).await?,
            Connection::Postgres(connection) => postgres::execute(connection, sql, values).await?,
        })
    }

    /// Rows of columns of these kinds.
    pub(crate) async fn fetch(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
        kinds: &[Kind],
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        let sql = sql.into_sql_str();
        Ok(match self.connection() {
            Connection::Sqlite(connection) => sqlite::fetch(connection, sql, values, kinds).await?,
            Connection::Postgres(connection) => postgres::fetch(connection, sql, values, kinds).await?,
        })
    }

    /// Records that `tail` chooses.
    pub(crate) async fn records<R: Row>(
        &mut self,
        tail: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<R>, StoreError> {
        let rows = self.fetch(statement::select::<R>(tail), values, R::KINDS).await?;
        rows.into_iter().map(R::of_values).collect()
    }

    /// The record of an id.
    pub(crate) async fn record<R: Row>(&mut self, id: &str) -> Result<R, StoreError> {
        let found = self.records("WHERE id = $1", vec![Value::Text(id.to_owned())]).await?;
        found.into_iter().next().ok_or_else(|| StoreError::not_found(R::KIND, id))
    }

    /// Records of ids; those that do not exist are left out.
    pub(crate) async fn records_in<R: Row>(&mut self, ids: &[String]) -> Result<Vec<R>, StoreError> {
        let ids: Vec<Value> = ids.iter().cloned().map(Value::Text).collect();
        let head = statement::select::<R>("WHERE id");
        let rows = self.fetch_listed(head.as_str(), &ids, "", R::KINDS).await?;
        rows.into_iter().map(R::of_values).collect()
    }

    /// Rows of one query for each of many keys, its only placeholder of its own `{key}`; `$1` is in common.
    pub(crate) async fn fetch_each(
        &mut self,
        query: &str,
        common: &str,
        keys: &[String],
        kinds: &[Kind],
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        let mut found = Vec::new();
        for keys in keys.chunks(EACH_MAX) {
            // The last key fills the places up to a power of two: few texts, and what is found twice is no harm.
            let count = keys.len().next_power_of_two();
            let part = |at: usize| {
                let query = query.replace("{key}", &format!("${}", at + 2));
                format!("SELECT * FROM ({query}) AS part{at}")
            };
            let sql = (0..count).map(part).collect::<Vec<_>>().join(" UNION ");
            let padded = keys.iter().chain(keys.last().into_iter().cycle()).take(count);
            let values = std::iter::once(common).chain(padded.map(String::as_str));
            let values = values.map(|text| Value::Text(text.to_owned())).collect();
            found.extend(self.fetch(AssertSqlSafe(sql), values, kinds).await?);
        }
        Ok(found)
    }

    /// The record of an id, which no other transaction can change until this one ends.
    pub(crate) async fn lock<R: Row>(&mut self, id: &str) -> Result<R, StoreError> {
        // On SQLite a transaction that writes is alone from its beginning.
        let tail = match self.handle {
            Handle::PostgresWrite(_) => "WHERE id = $1 FOR UPDATE",
            _ => "WHERE id = $1",
        };
        let found = self.records(tail, vec![Value::Text(id.to_owned())]).await?;
        found.into_iter().next().ok_or_else(|| StoreError::not_found(R::KIND, id))
    }

    /// Inserts records with as few statements as the engine allows. `tail` may say `ON CONFLICT` and `RETURNING`.
    pub(crate) async fn insert<R: Row>(
        &mut self,
        rows: &[R],
        tail: &'static str,
        returning: &[Kind],
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        let name = self.name;
        Ok(match self.connection() {
            Connection::Sqlite(connection) => {
                sqlite::insert_rows(connection, name, rows, tail, returning).await?
            }
            Connection::Postgres(connection) => {
                postgres::insert_rows(connection, name, rows, tail, returning).await?
            }
        })
    }

    /// Replaces the record of its id.
    pub(crate) async fn replace<R: Row>(&mut self, id: &str, record: &R) -> Result<(), StoreError> {
        let mut values = record.values();
        values.extend([self.author(), Value::Text(id.to_owned())]);
        self.execute(statement::update::<R>(), values).await.map(drop)
    }

    /// Rows whose key, the last thing that `head` names, is one of `keys`.
    pub(crate) async fn fetch_in(
        &mut self,
        head: &'static str,
        keys: &[&str],
        kinds: &[Kind],
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        let keys: Vec<Value> = keys.iter().map(|key| Value::Text((*key).to_owned())).collect();
        self.fetch_listed(head, &keys, "", kinds).await
    }

    /// The same with keys of any type.
    pub(crate) async fn fetch_where_in(
        &mut self,
        head: &'static str,
        keys: &[Value],
        kinds: &[Kind],
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        self.fetch_listed(head, keys, "", kinds).await
    }

    /// As [`Tx::fetch_in`], and no other transaction can change these rows until this one ends.
    pub(crate) async fn lock_in(
        &mut self,
        head: &'static str,
        keys: &[&str],
        kinds: &[Kind],
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        // In one order, so that two transactions do not wait for each other in a circle.
        let tail = match self.handle {
            Handle::PostgresWrite(_) => " ORDER BY id FOR UPDATE",
            _ => "",
        };
        let mut keys = keys.to_vec();
        keys.sort_unstable();
        let keys: Vec<Value> = keys.into_iter().map(|key| Value::Text(key.to_owned())).collect();
        self.fetch_listed(head, &keys, tail, kinds).await
    }

    async fn fetch_listed(
        &mut self,
        head: &str,
        keys: &[Value],
        tail: &'static str,
        kinds: &[Kind],
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        let mut found = Vec::new();
        for keys in keys.chunks(LISTED_MAX) {
            // A power of two of placeholders makes few texts; the last key may be asked for more than once.
            let places: Vec<String> =
                (1..=keys.len().next_power_of_two()).map(|at| format!("${at}")).collect();
            let last = keys.last().into_iter().cycle();
            let values = keys.iter().chain(last).take(places.len()).cloned().collect();
            let sql = AssertSqlSafe(format!("{head} IN ({}){tail}", places.join(", ")));
            found.extend(self.fetch(sql, values, kinds).await?);
        }
        Ok(found)
    }

    /// Updates many rows, each by a text and a number of its own: `head` is all up to `FROM` and uses `values`,
    /// `tail` begins with `WHERE` and calls the text `listed.column1` and the number `listed.column2`, as both engines
    /// call the columns of a list of values.
    pub(crate) async fn update_listed(
        &mut self,
        head: &'static str,
        values: Vec<Value>,
        listed: &[(String, i64)],
        tail: &'static str,
    ) -> Result<(), StoreError> {
        for listed in listed.chunks(LISTED_MAX) {
            let count = listed.len().next_power_of_two();
            let place = |at: usize| values.len() + 1 + at;
            let row = |at: usize| {
                format!("(CAST(${} AS TEXT), CAST(${} AS BIGINT))", place(2 * at), place(2 * at + 1))
            };
            let rows: Vec<String> = (0..count).map(row).collect();
            let sql = AssertSqlSafe(format!("{head} FROM (VALUES {}) AS listed {tail}", rows.join(", ")));
            let padded = listed.iter().chain(listed.last().into_iter().cycle()).take(count);
            let mut values = values.clone();
            values.extend(padded.flat_map(|(text, number)| [Value::Text(text.clone()), Value::Int(*number)]));
            self.execute(sql, values).await?;
        }
        Ok(())
    }

    /// The value of `updated_by`.
    pub(crate) fn author(&self) -> Value {
        Value::Text(self.name.to_owned())
    }

    /// Takes `count` values of a counter, and gives the one before them. Nobody else gets one until this transaction
    /// ends.
    pub(crate) async fn take(&mut self, counter: &str, count: usize) -> Result<i64, StoreError> {
        let count = count as i64;
        let sql = "UPDATE counters SET value = value + $3, updated_by = $2 WHERE name = $1 RETURNING value";
        let values = vec![Value::Text(counter.to_owned()), self.author(), Value::Int(count)];
        let rows = self.fetch(sql, values, &[Kind::Int]).await?;
        match rows.into_iter().flatten().next() {
            Some(Value::Int(value)) => Ok(value - count),
            _ => Err(StoreError::not_found("counter", counter)),
        }
    }

    fn connection(&mut self) -> Connection<'_> {
        match &mut self.handle {
            Handle::SqliteWrite(transaction) => Connection::Sqlite(&mut *transaction),
            Handle::SqliteRead(connection) => Connection::Sqlite(&mut *connection),
            Handle::PostgresWrite(transaction) => Connection::Postgres(&mut *transaction),
            Handle::PostgresRead(connection) => Connection::Postgres(&mut *connection),
        }
    }
}
