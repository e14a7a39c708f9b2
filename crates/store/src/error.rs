//! What can go wrong between a caller and the database.

/// Why a call of the store has no answer. Nothing of a failed call is kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such row.
    #[error("{kind} `{id}` does not exist")]
    NotFound {
        /// What was asked for, such as `landmark`.
        kind: &'static str,
        /// Its id.
        id: String,
    },
    /// The id, or another thing that must be unique such as a session's wire id, is taken.
    #[error("{kind} `{id}`: its {field} is taken; choose another, or update what is there")]
    AlreadyExists {
        /// What was to be made.
        kind: &'static str,
        /// Its id.
        id: String,
        /// What is taken: `id`, or a column such as `serial` or `signing_key`.
        field: &'static str,
    },
    /// A row that must exist for this one does not.
    #[error("{kind} names something that does not exist: {detail}")]
    Dangling {
        /// What was to be written.
        kind: &'static str,
        /// What the database says of it.
        detail: String,
    },
    /// The row changed since the caller read it.
    #[error("{kind} `{id}` has etag `{found}`, not `{expected}`; read it again and repeat the change")]
    EtagMismatch {
        /// What was to be changed.
        kind: &'static str,
        /// Its id.
        id: String,
        /// The caller's etag.
        expected: String,
        /// The row's.
        found: String,
    },
    /// The row is in a state that does not allow this.
    #[error("{kind} `{id}` is {found}; this needs {allowed}")]
    WrongState {
        /// What was to be changed.
        kind: &'static str,
        /// Its id.
        id: String,
        /// The state it is in.
        found: String,
        /// The states that allow it.
        allowed: &'static str,
    },
    /// A second subject is needed, and it is the first again.
    #[error("{kind} `{id}` was asked for by `{subject}`; another subject has to agree")]
    SameSubject {
        /// What was to be agreed on.
        kind: &'static str,
        /// Its id.
        id: String,
        /// Who asked for it.
        subject: String,
    },
    /// The request id was used for another request.
    #[error("request id `{id}` was used for another request; use a fresh one for each request")]
    RequestReused {
        /// The request id.
        id: String,
    },
    /// More at once than one transaction takes.
    #[error("{count} {what} in one call, more than {limit}; split the call")]
    TooMany {
        /// What there was too much of.
        what: &'static str,
        /// How many.
        count: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// As many run already as may run at once.
    #[error("{running} {what} are running, and {limit} may at a time; wait for one, or cancel one")]
    Busy {
        /// What runs.
        what: &'static str,
        /// How many run.
        running: i64,
        /// How many may.
        limit: u32,
    },
    /// A column holds what no version of this program writes.
    #[error("column `{column}` holds {found}, which this version cannot read; upgrade, or restore a backup")]
    Unreadable {
        /// The column.
        column: &'static str,
        /// What was found there.
        found: String,
    },
    /// Transactions kept colliding.
    #[error("transaction `{name}` collided with others {attempts} times; try again later")]
    Contended {
        /// The transaction's name.
        name: &'static str,
        /// How often it was tried.
        attempts: u32,
    },
    /// The database's tables are not those of this version.
    #[error("the database was migrated by another version: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The URL names no engine. It is not repeated: it may hold a password.
    #[error("the store's url names no engine; write `sqlite:PATH`, `sqlite::memory:` or `postgres://…`")]
    UnknownUrl,
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
    /// The database failed: unreachable, full, or broken.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

/// Result codes of SQLite that ask to come back: busy and locked, in the lowest byte.
const SQLITE_BUSY: [u32; 2] = [5, 6];
/// States of PostgreSQL that ask to come back: serialization failure, deadlock, lock not available.
const POSTGRES_BUSY: [&str; 3] = ["40001", "40P01", "55P03"];

/// Columns other than an id that are unique. Both engines name the column in what they say: `chips.serial`,
/// `chips_serial_key`.
const UNIQUE: [&str; 8] =
    ["serial", "identity_key", "signing_key", "exchange_key", "wire_id", "revision", "sha256", "name_key"];

fn taken(message: &str) -> &'static str {
    UNIQUE.into_iter().find(|column| message.contains(column)).unwrap_or("id")
}

impl StoreError {
    pub(crate) fn not_found(kind: &'static str, id: &str) -> Self {
        Self::NotFound { kind, id: id.to_owned() }
    }

    /// Names what a write ran into, when it is the caller's row and not the database.
    pub(crate) fn of_write(self, kind: &'static str, id: &str) -> Self {
        let Self::Database(sqlx::Error::Database(error)) = &self else { return self };
        match error.kind() {
            sqlx::error::ErrorKind::UniqueViolation => {
                Self::AlreadyExists { kind, id: id.to_owned(), field: taken(error.message()) }
            }
            sqlx::error::ErrorKind::ForeignKeyViolation => {
                Self::Dangling { kind, detail: error.message().to_owned() }
            }
            _ => self,
        }
    }

    /// Whether another transaction was in the way, so that the same again may succeed.
    pub(crate) fn is_collision(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else { return false };
        let code = error.code().unwrap_or_default();
        // States of PostgreSQL have five characters, SQLite's numbers fewer.
        match code.parse::<u32>() {
            Ok(number) if code.len() < 5 => SQLITE_BUSY.contains(&(number & 0xff)),
            _ => POSTGRES_BUSY.contains(&code.as_ref()),
        }
    }
}
