//! PostgreSQL: the same rows for several programs at once.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, Postgres, Row as _, SqlSafeStr as _, SqlStr};

use super::statement::insert;
use crate::record::Row;
use crate::value::{Kind, Value};

/// Connections of one program.
const CONNECTIONS: u32 = 8;
/// How long a call waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// Rows of one statement.
const ROWS_MAX: usize = 4_096;
/// A server that is set to answer before it has written is told otherwise; stricter settings stay.
const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', false) \
                       WHERE current_setting('synchronous_commit') = 'off'";

type Query<'q> = sqlx::query::Query<'q, Postgres, PgArguments>;

/// Connects to a `postgres://` URL.
pub(super) async fn connect(url: &str) -> sqlx::Result<PgPool> {
    let options = PgConnectOptions::from_str(url)?;
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .after_connect(|connection, _| {
            Box::pin(async move { sqlx::query(DURABLE).execute(connection).await.map(drop) })
        })
        .connect_with(options)
        .await
}

pub(super) async fn execute(
    connection: &mut PgConnection,
    sql: SqlStr,
    values: Vec<Value>,
) -> sqlx::Result<u64> {
    Ok(bound(sql, values).execute(connection).await?.rows_affected())
}

pub(super) async fn fetch(
    connection: &mut PgConnection,
    sql: SqlStr,
    values: Vec<Value>,
    kinds: &[Kind],
) -> sqlx::Result<Vec<Vec<Value>>> {
    let rows = bound(sql, values).fetch_all(connection).await?;
    rows.iter().map(|row| read(row, kinds)).collect()
}

/// Rows travel as one array a column: one text for any number of rows, which the server plans once.
pub(super) async fn insert_rows<R: Row>(
    connection: &mut PgConnection,
    name: &'static str,
    rows: &[R],
    tail: &'static str,
    returning: &[Kind],
) -> sqlx::Result<Vec<Vec<Value>>> {
    let sql = insert_arrays::<R>(tail);
    let mut returned = Vec::new();
    for rows in rows.chunks(ROWS_MAX) {
        let mut columns: Vec<Column> = R::KINDS.iter().map(|kind| Column::new(*kind)).collect();
        for row in rows {
            columns.iter_mut().zip(row.values()).for_each(|(column, value)| column.push(value));
        }
        let query = sqlx::query(AssertSqlSafe(sql.as_str()));
        let query = columns.into_iter().fold(query, |query, column| column.bind(query)).bind(name);
        for row in &query.fetch_all(&mut *connection).await? {
            returned.push(read(row, returning)?);
        }
    }
    Ok(returned)
}

fn insert_arrays<R: Row>(tail: &'static str) -> String {
    let array = |(at, kind): (usize, &Kind)| {
        let element = match kind {
            Kind::Int => "BIGINT",
            Kind::Text => "TEXT",
            Kind::Blob => "BYTEA",
        };
        format!("${}::{element}[]", at + 1)
    };
    let arrays: Vec<String> = R::KINDS.iter().enumerate().map(array).collect();
    let name = R::KINDS.len() + 1;
    format!("{}SELECT rows.*, ${name}::TEXT FROM UNNEST({}) AS rows {tail}", insert::<R>(), arrays.join(", "))
}

/// The values of one column.
enum Column {
    Int(Vec<Option<i64>>),
    Text(Vec<Option<String>>),
    Blob(Vec<Option<Vec<u8>>>),
}

impl Column {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Int => Self::Int(Vec::new()),
            Kind::Text => Self::Text(Vec::new()),
            Kind::Blob => Self::Blob(Vec::new()),
        }
    }

    fn push(&mut self, value: Value) {
        match (self, value) {
            (Self::Int(ints), Value::Int(int)) => ints.push(Some(int)),
            (Self::Text(texts), Value::Text(text)) => texts.push(Some(text)),
            (Self::Blob(blobs), Value::Blob(blob)) => blobs.push(Some(blob)),
            // A field's kind is its value's: what is left is null.
            (Self::Int(ints), _) => ints.push(None),
            (Self::Text(texts), _) => texts.push(None),
            (Self::Blob(blobs), _) => blobs.push(None),
        }
    }

    fn bind(self, query: Query<'_>) -> Query<'_> {
        match self {
            Self::Int(ints) => query.bind(ints),
            Self::Text(texts) => query.bind(texts),
            Self::Blob(blobs) => query.bind(blobs),
        }
    }
}

fn bound<'q>(sql: SqlStr, values: Vec<Value>) -> Query<'q> {
    values.into_iter().fold(sqlx::query(sql.into_sql_str()), |query, value| match value {
        Value::Null(Kind::Int) => query.bind(None::<i64>),
        Value::Null(Kind::Text) => query.bind(None::<String>),
        Value::Null(Kind::Blob) => query.bind(None::<Vec<u8>>),
        Value::Int(int) => query.bind(int),
        Value::Text(text) => query.bind(text),
        Value::Blob(blob) => query.bind(blob),
    })
}

fn read(row: &PgRow, kinds: &[Kind]) -> sqlx::Result<Vec<Value>> {
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

    #[tokio::test]
    async fn a_commit_is_on_disk_whatever_the_server_is_set_to() {
        let url = std::env::var("LIGHTCONE_POSTGRES");
        let here = url.clone().unwrap_or_else(|_| "postgres://root@127.0.0.1:5432/".to_owned());
        let setting = |value: &str| {
            let mark = if here.contains('?') { '&' } else { '?' };
            format!("{here}{mark}options[synchronous_commit]={value}")
        };
        for (set, found) in [("off", "on"), ("on", "on"), ("remote_apply", "remote_apply")] {
            let pool = match connect(&setting(set)).await {
                Err(error) if url.is_err() => return eprintln!("SKIPPED: no PostgreSQL here: {error}"),
                pool => pool.unwrap(),
            };
            let row = sqlx::query("SHOW synchronous_commit").fetch_one(&pool).await.unwrap();
            assert_eq!(row.get::<String, _>(0), found, "{set}");
        }
    }
}
