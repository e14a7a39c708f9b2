//! The store on a database of either engine.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::access::Shown;
use crate::committer::Committer;
use crate::complete::Completion;
use crate::error::StoreError;
use crate::sql::{Database, Observer};
use crate::store::Store;
use crate::terms::Arrival;

/// What a URL of the embedded engine begins with.
const SQLITE: &str = "sqlite:";
/// What a URL of PostgreSQL begins with.
const POSTGRES: [&str; 2] = ["postgres://", "postgresql://"];
/// The path that means no file.
const IN_MEMORY: &str = ":memory:";

/// A [`Store`] in SQLite or PostgreSQL. Opening one brings its tables up to date and needs a tokio runtime, in
/// which it keeps the tasks that commit reports.
pub struct SqlStore {
    pub(crate) database: Arc<Database>,
    pub(crate) arrivals: Committer<Vec<Arrival>>,
    pub(crate) completions: Committer<Completion>,
    pub(crate) accesses: Committer<Shown>,
}

impl SqlStore {
    /// Opens what a URL names: `sqlite:` and a path, `sqlite::memory:`, or `postgres://…`.
    ///
    /// # Errors
    /// When the database cannot be reached, or was migrated by another version.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if POSTGRES.iter().any(|scheme| url.starts_with(scheme)) {
            return Self::postgres(url).await;
        }
        match url.strip_prefix(SQLITE) {
            Some(IN_MEMORY) => Self::sqlite_in_memory().await,
            Some(path) => Self::sqlite(Path::new(path.strip_prefix("//").unwrap_or(path))).await,
            None => Err(StoreError::UnknownUrl),
        }
    }

    /// Opens a file of SQLite, made when it is not there.
    ///
    /// # Errors
    /// As [`SqlStore::open`].
    pub async fn sqlite(path: &Path) -> Result<Self, StoreError> {
        Ok(Self::on(Database::sqlite(Some(path)).await?))
    }

    /// Makes a store that ends with the process: for tests and trials.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub async fn sqlite_in_memory() -> Result<Self, StoreError> {
        Ok(Self::on(Database::sqlite(None).await?))
    }

    /// Connects to PostgreSQL, 13 or newer.
    ///
    /// # Errors
    /// As [`SqlStore::open`].
    pub async fn postgres(url: &str) -> Result<Self, StoreError> {
        Ok(Self::on(Database::postgres(url).await?))
    }

    /// Tells `observer` of every transaction that ends, from now on. Only the first observer counts.
    pub fn observe(&self, observer: Observer) {
        self.database.observe(observer);
    }

    fn on(database: Database) -> Self {
        let database = Arc::new(database);
        Self {
            arrivals: Committer::start(&database),
            completions: Committer::start(&database),
            accesses: Committer::start(&database),
            database,
        }
    }
}

impl Store for SqlStore {}

impl fmt::Debug for SqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlStore").finish_non_exhaustive()
    }
}
