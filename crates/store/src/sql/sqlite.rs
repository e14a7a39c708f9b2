//! SQLite: one writer, some readers, everything on disk before an answer.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool,
    SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{QueryBuilder, Row as _, SqlStr, Sqlite};

use super::statement::{chunks, insert};
use crate::record::Row;
use crate::value::{Kind, Value};

/// Connections that read.
const READERS: u32 = 4;
/// How long a statement waits for a lock of another process, such as a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Rows of one statement: a statement costs a hop to the connection's thread, so many rows share it.
const ROWS_MAX: usize = 128;
/// Prepared statements kept by a connection.
const STATEMENTS: usize = 200;
/// Bytes of the write-ahead log at which it is folded back into the file, in pages of 4 KiB.
const CHECKPOINT_PAGES: &str = "4000";

type Query<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

/// Where SQLite keeps its data, and who may write.
pub(super) struct Pools {
    pub(super) writer: SqlitePool,
    pub(super) readers: SqlitePool,
}

impl Pools {
    /// A database in a file, made when it is not there.
    pub(super) async fn open(path: &Path) -> sqlx::Result<Self> {
        // sqlx sets the busy timeout when it opens, before any pragma: changing to WAL may have to wait.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .busy_timeout(BUSY_TIMEOUT)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            .statement_cache_capacity(STATEMENTS);
        let writer = pool(1).connect_with(options.clone()).await?;
        let readers = pool(READERS).connect_with(options.pragma("query_only", "ON")).await?;
        Ok(Self { writer, readers })
    }

    /// A database in memory. It lives in its only connection: a second one would see another database.
    pub(super) async fn in_memory() -> sqlx::Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(":memory:")
            .foreign_keys(true)
            .statement_cache_capacity(STATEMENTS);
        let writer = pool(1).min_connections(1).connect_with(options).await?;
        Ok(Self { readers: writer.clone(), writer })
    }
}

/// Connections of a file do not go bad, so none is tested or replaced.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

pub(super) async fn execute(
    connection: &mut SqliteConnection,
    sql: SqlStr,
    values: Vec<Value>,
) -> sqlx::Result<u64> {
    Ok(bound(sql, values).execute(connection).await?.rows_affected())
}

pub(super) async fn fetch(
    connection: &mut SqliteConnection,
    sql: SqlStr,
    values: Vec<Value>,
    kinds: &[Kind],
) -> sqlx::Result<Vec<Vec<Value>>> {
    let rows = bound(sql, values).fetch_all(connection).await?;
    rows.iter().map(|row| read(row, kinds)).collect()
}

pub(super) async fn insert_rows<R: Row>(
    connection: &mut SqliteConnection,
    name: &'static str,
    rows: &[R],
    tail: &'static str,
    returning: &[Kind],
) -> sqlx::Result<Vec<Vec<Value>>> {
    let mut returned = Vec::new();
    let mut rest = rows;
    for chunk in chunks(rows.len(), ROWS_MAX) {
        let (rows, after) = rest.split_at(chunk);
        rest = after;
        let mut query = QueryBuilder::<Sqlite>::new(insert::<R>());
        query.push_values(rows, |mut row, record| {
            for value in record.values() {
                match value {
                    Value::Null(_) => row.push_bind(None::<i64>),
                    Value::Int(int) => row.push_bind(int),
                    Value::Text(text) => row.push_bind(text),
                    Value::Blob(blob) => row.push_bind(blob),
                };
            }
            row.push_bind(name);
        });
        query.push(" ").push(tail);
        let found = query.build().fetch_all(&mut *connection).await?;
        for row in &found {
            returned.push(read(row, returning)?);
        }
    }
    Ok(returned)
}

fn bound<'q>(sql: SqlStr, values: Vec<Value>) -> Query<'q> {
    values.into_iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Null(_) => query.bind(None::<i64>),
        Value::Int(int) => query.bind(int),
        Value::Text(text) => query.bind(text),
        Value::Blob(blob) => query.bind(blob),
    })
}

fn read(row: &SqliteRow, kinds: &[Kind]) -> sqlx::Result<Vec<Value>> {
    let column = |(at, kind): (usize, &Kind)| -> sqlx::Result<Value> {
        let value = match kind {
            Kind::Int => row.try_get::<Option<i64>, _>(at)?.map(Value::Int),
            Kind::Text => row.try_get::<Option<String>, _>(at)?.map(Value::Text),
            Kind::Blob => row.try_get::<Option<Vec<u8>>, _>(at)?.map(Value::Blob),
        };
        Ok(value.unwrap_or(Value::Null(*kind)))
    };
    kinds.iter().enumerate().map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn pragma(pool: &SqlitePool, sql: &'static str) -> String {
        let row = sqlx::query(sql).fetch_one(pool).await.unwrap();
        row.try_get::<String, _>(0).unwrap_or_else(|_| row.get::<i64, _>(0).to_string())
    }

    #[tokio::test]
    async fn a_commit_is_on_disk_and_readers_only_read() {
        let directory = tempfile::tempdir().unwrap();
        let pools = Pools::open(&directory.path().join("store.db")).await.unwrap();
        let settings = [
            ("PRAGMA journal_mode", "wal"),
            // 2 is FULL: the log is on disk before a commit returns.
            ("PRAGMA synchronous", "2"),
            ("PRAGMA foreign_keys", "1"),
            ("PRAGMA busy_timeout", "10000"),
            ("PRAGMA query_only", "0"),
        ];
        for (sql, value) in settings {
            assert_eq!(pragma(&pools.writer, sql).await, value, "{sql}");
        }
        assert_eq!(pragma(&pools.readers, "PRAGMA query_only").await, "1");
        assert_eq!(pools.writer.options().get_max_connections(), 1);
    }

    #[tokio::test]
    async fn memory_is_one_database() {
        let pools = Pools::in_memory().await.unwrap();
        sqlx::query("CREATE TABLE t (a INTEGER)").execute(&pools.writer).await.unwrap();
        let reads = (0..4).map(|_| sqlx::query("SELECT a FROM t").fetch_all(&pools.readers));
        for found in futures_util::future::join_all(reads).await {
            assert_eq!(found.unwrap().len(), 0);
        }
    }
}
