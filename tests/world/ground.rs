//! Where a server of a test keeps things, so that another can be opened on the same.
#![expect(clippy::print_stderr, reason = "what is skipped or left behind is said aloud")]

use std::path::PathBuf;

use lightcone_server::Config;
use lightcone_server::config::StoreSettings;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;

/// Where PostgreSQL is looked for when nothing else is said.
const POSTGRES: &str = "postgres://root@127.0.0.1:5432/postgres";
/// What says otherwise.
const POSTGRES_VARIABLE: &str = "LIGHTCONE_POSTGRES";

/// Where a server keeps things: in memory, in a folder of its own, or in a schema of its own on PostgreSQL. Gone
/// when dropped.
pub struct Ground {
    folder: TempDir,
    url: String,
    /// Dropped with the rest.
    _schema: Option<Schema>,
}

struct Schema {
    url: String,
    name: String,
}

impl Ground {
    /// Nothing outlives the server.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { folder: folder(), url: StoreSettings::IN_MEMORY.to_owned(), _schema: None }
    }

    /// The embedded engine, in a folder.
    #[must_use]
    pub fn on_disk() -> Self {
        Self { folder: folder(), url: String::new(), _schema: None }
    }

    /// PostgreSQL, if it answers.
    pub async fn on_postgres() -> Option<Self> {
        let url = std::env::var(POSTGRES_VARIABLE).unwrap_or_else(|_| POSTGRES.to_owned());
        let mut connection = match PgConnection::connect(&url).await {
            Ok(connection) => connection,
            Err(error) => {
                eprintln!(
                    "skipped: PostgreSQL does not answer, set {POSTGRES_VARIABLE} to its URL ({error})"
                );
                return None;
            }
        };
        let name = format!("lightcone_e2e_{}", uuid::Uuid::now_v7().simple());
        let sql = format!("CREATE SCHEMA {name}");
        connection.execute(sqlx::AssertSqlSafe(sql)).await.expect("a schema");
        let joint = if url.contains('?') { '&' } else { '?' };
        let own = format!("{url}{joint}options=-c%20search_path%3D{name}");
        Some(Self { folder: folder(), url: own, _schema: Some(Schema { url, name }) })
    }

    /// Makes a server keep things here.
    pub fn lay(&self, config: &mut Config) {
        config.store.url.clone_from(&self.url);
        config.store.folder = self.data().to_string_lossy().into_owned();
    }

    /// The server's data folder; it makes it.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

impl Drop for Schema {
    /// In a thread of its own, for a test's runtime may be gone.
    fn drop(&mut self) {
        let (url, name) = (self.url.clone(), self.name.clone());
        // A server that was in the middle of something holds locks, and goes on no more.
        let sql = format!(
            "SET lock_timeout = '10s'; \
             SELECT pg_terminate_backend(pid) FROM (SELECT DISTINCT pid FROM pg_locks \
             JOIN pg_class ON pg_class.oid = relation \
             JOIN pg_namespace ON pg_namespace.oid = relnamespace \
             WHERE nspname = '{name}' AND pid <> pg_backend_pid()) AS holders; \
             DROP SCHEMA {name} CASCADE"
        );
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let mut connection = PgConnection::connect(&url).await?;
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.map(drop)
            })
        });
        if let Ok(Err(error)) = dropped.join() {
            eprintln!("schema {} stays: {error}", self.name);
        }
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}
