//! Where transactions begin, repeat and end.

use std::path::Path;
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use sqlx::postgres::PgPool;
use tracing::Instrument as _;

use super::tx::{Handle, Tx};
use super::{postgres, sqlite};
use crate::error::StoreError;
use crate::migrations;

/// How often a transaction is tried that collides with others.
const ATTEMPTS_MAX: u32 = 12;
/// How long the first repetition waits; each further one twice as long.
const BACKOFF: Duration = Duration::from_millis(1);
/// How often the wait doubles.
const DOUBLINGS_MAX: u32 = 7;

/// What a transaction does, as a future.
pub(crate) type Work<'t, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 't>>;

/// Told of every transaction that ended.
pub type Observer = Box<dyn Fn(&Finished) + Send + Sync>;

/// A transaction that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Its name, which is also `updated_by` of the rows that it wrote.
    pub name: &'static str,
    /// Whether it committed.
    pub committed: bool,
    /// How often it was tried.
    pub attempts: u32,
    /// From the first try to the end.
    pub elapsed: Duration,
}

/// A database of either engine.
pub(crate) struct Database {
    engine: Engine,
    observer: OnceLock<Observer>,
}

enum Engine {
    Sqlite(sqlite::Pools),
    Postgres(PgPool),
}

impl Database {
    pub(crate) async fn sqlite(path: Option<&Path>) -> Result<Self, StoreError> {
        let pools = match path {
            Some(path) => sqlite::Pools::open(path).await?,
            None => sqlite::Pools::in_memory().await?,
        };
        migrations::sqlite().run(&pools.writer).await?;
        Ok(Self { engine: Engine::Sqlite(pools), observer: OnceLock::new() })
    }

    pub(crate) async fn postgres(url: &str) -> Result<Self, StoreError> {
        let pool = postgres::connect(url).await?;
        migrations::postgres().run(&pool).await?;
        Ok(Self { engine: Engine::Postgres(pool), observer: OnceLock::new() })
    }

    /// How many transactions can be under way at once.
    pub(crate) fn writers(&self) -> usize {
        match self.engine {
            Engine::Sqlite(_) => 1,
            Engine::Postgres(_) => 2,
        }
    }

    /// Tells `observer` of every transaction from now on; only the first observer counts.
    pub(crate) fn observe(&self, observer: Observer) {
        // A second observer would make every transaction count twice.
        let _ = self.observer.set(observer);
    }

    /// Does `work` in a transaction of that name. Tries again what collided with another transaction, so `work`
    /// must have no effect but its statements.
    pub(crate) async fn transact<A, T, W>(
        &self,
        name: &'static str,
        arguments: A,
        work: W,
    ) -> Result<T, StoreError>
    where
        A: Send + Sync,
        T: Send,
        W: for<'t> Fn(&'t mut Tx, &'t A) -> Work<'t, T> + Send + Sync,
    {
        let began = Instant::now();
        let mut attempts = 0;
        let outcome = loop {
            attempts += 1;
            let span = tracing::debug_span!("transaction", name, attempts);
            match self.attempt(name, &arguments, &work).instrument(span).await {
                Err(error) if error.is_collision() && attempts < ATTEMPTS_MAX => {
                    tokio::time::sleep(BACKOFF * (1 << (attempts - 1).min(DOUBLINGS_MAX))).await;
                }
                Err(error) if error.is_collision() => break Err(StoreError::Contended { name, attempts }),
                outcome => break outcome,
            }
        };
        let finished = Finished { name, committed: outcome.is_ok(), attempts, elapsed: began.elapsed() };
        if let Some(observer) = self.observer.get() {
            observer(&finished);
        }
        outcome
    }

    /// Reads without a transaction: each statement sees what is committed when it begins.
    pub(crate) async fn reader(&self) -> Result<Tx, StoreError> {
        let handle = match &self.engine {
            Engine::Sqlite(pools) => Handle::SqliteRead(pools.readers.acquire().await?),
            Engine::Postgres(pool) => Handle::PostgresRead(pool.acquire().await?),
        };
        Ok(Tx::new("read", handle))
    }

    pub(crate) async fn close(&self) {
        match &self.engine {
            Engine::Sqlite(pools) => {
                pools.readers.close().await;
                pools.writer.close().await;
            }
            Engine::Postgres(pool) => pool.close().await,
        }
    }

    async fn attempt<A, T, W>(&self, name: &'static str, arguments: &A, work: &W) -> Result<T, StoreError>
    where
        A: Send + Sync,
        T: Send,
        W: for<'t> Fn(&'t mut Tx, &'t A) -> Work<'t, T> + Send + Sync,
    {
        let mut tx = self.begin(name).await?;
        let value = work(&mut tx, arguments).await?;
        tx.commit().await?;
        Ok(value)
    }

    async fn begin(&self, name: &'static str) -> Result<Tx, StoreError> {
        let handle = match &self.engine {
            // A transaction that begins by reading and then wants to write fails whatever it waits: so it says
            // at once that it will write.
            Engine::Sqlite(pools) => Handle::SqliteWrite(pools.writer.begin_with("BEGIN IMMEDIATE").await?),
            Engine::Postgres(pool) => Handle::PostgresWrite(pool.begin().await?),
        };
        Ok(Tx::new(name, handle))
    }
}
