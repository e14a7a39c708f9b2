//! The rows of a run once more, written raw: read out, deleted, and inserted over one connection with the widest
//! statements, nothing checked, into the same tables with the same indices.

use std::time::Instant;

use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, Postgres, QueryBuilder, Row as _, Sqlite, SqliteConnection,
};

use crate::Failure;

/// Rows of one transaction, and of one statement.
const TRANSACTION: usize = 4_096;
const STATEMENT: usize = 128;
const STATEMENT_POSTGRES: usize = 2_048;

const REPORTS: &str = "landmark, sequence, session, state, digest, body, signature, received_time, keep_until, \
    refusal, updated_by";
const MEASUREMENTS: &str = "session, landmark, position_version, rtt_ns, eps_ns, observe_time, best, backup, \
    digest_root, samples, answered, loss_ppm, p1_ns, p50_ns, flags, updated_by";

/// A column's value.
#[derive(Clone)]
enum Cell {
    Text(String),
    Int(Option<i64>),
    Blob(Vec<u8>),
}

/// Reports a second, each with its measurement.
pub(super) async fn insert(place: &[&str; 2], reports: usize) -> Result<f64, Failure> {
    let seconds = match place {
        [folder, ""] => sqlite(&format!("sqlite:{folder}/lightcone.db"), reports).await?,
        [_, url] => postgres(url, reports).await?,
    };
    Ok(reports as f64 / seconds)
}

macro_rules! engine {
    ($name:ident, $database:ty, $connection:ty, $statement:expr, $begin:expr) => {
        async fn $name(url: &str, reports: usize) -> Result<f64, Failure> {
            let mut connection = <$connection>::connect(url).await?;
            for sql in $begin {
                sqlx::query(sql).execute(&mut connection).await?;
            }
            let mut tables = Vec::new();
            for (table, columns) in [("reports", REPORTS), ("measurements", MEASUREMENTS)] {
                let sql = format!("SELECT {columns} FROM {table} LIMIT {reports}");
                let mut rows = Vec::with_capacity(reports);
                for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut connection).await? {
                    let cells = columns.split(", ").map(|column| {
                        let column = column.trim();
                        let cell = match column {
                            "landmark" | "session" | "state" | "refusal" | "updated_by" => {
                                Cell::Text(row.try_get(column)?)
                            }
                            "digest" | "body" | "signature" | "best" | "backup" | "digest_root" => {
                                Cell::Blob(row.try_get(column)?)
                            }
                            _ => Cell::Int(row.try_get(column)?),
                        };
                        Ok::<Cell, sqlx::Error>(cell)
                    });
                    rows.push(cells.collect::<Result<Vec<Cell>, _>>()?);
                }
                tables.push((table, columns, rows));
            }
            // Emptied and written again: the same tables, the same indices.
            for table in ["measurements", "reports"] {
                sqlx::query(AssertSqlSafe(format!("DELETE FROM {table}"))).execute(&mut connection).await?;
            }
            let began = Instant::now();
            for from in (0..reports).step_by(TRANSACTION) {
                let mut transaction = connection.begin().await?;
                for (table, columns, rows) in &tables {
                    let until = rows.len().min(from + TRANSACTION);
                    for rows in rows.get(from..until).unwrap_or_default().chunks($statement) {
                        let mut query =
                            QueryBuilder::<$database>::new(format!("INSERT INTO {table} ({columns}) "));
                        query.push_values(rows, |mut values, cells| {
                            for cell in cells.clone() {
                                match cell {
                                    Cell::Text(text) => values.push_bind(text),
                                    Cell::Int(int) => values.push_bind(int),
                                    Cell::Blob(blob) => values.push_bind(blob),
                                };
                            }
                        });
                        query.build().execute(&mut *transaction).await?;
                    }
                }
                transaction.commit().await?;
            }
            Ok(began.elapsed().as_secs_f64())
        }
    };
}

engine!(
    sqlite,
    Sqlite,
    SqliteConnection,
    STATEMENT,
    ["PRAGMA busy_timeout = 10000", "PRAGMA synchronous = FULL", "PRAGMA wal_autocheckpoint = 4000"]
);
engine!(postgres, Postgres, PgConnection, STATEMENT_POSTGRES, ["SET synchronous_commit = on"]);
