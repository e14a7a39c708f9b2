//! How the tables came to be. Migrations are added, never edited: `migrations/checksums.txt` holds them to that.

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// The migrations of SQLite, in order.
const SQLITE: [(i64, &str, &str); 8] = [
    (1, "tables", include_str!("../migrations/sqlite/0001_tables.sql")),
    (2, "bodies", include_str!("../migrations/sqlite/0002_bodies.sql")),
    (3, "attestation", include_str!("../migrations/sqlite/0003_attestation.sql")),
    (4, "access", include_str!("../migrations/sqlite/0004_access.sql")),
    (5, "papers", include_str!("../migrations/sqlite/0005_papers.sql")),
    (6, "rules", include_str!("../migrations/sqlite/0006_rules.sql")),
    (7, "comparisons", include_str!("../migrations/sqlite/0007_comparisons.sql")),
    (8, "usages", include_str!("../migrations/sqlite/0008_usages.sql")),
];
/// The migrations of PostgreSQL, in order.
const POSTGRES: [(i64, &str, &str); 8] = [
    (1, "tables", include_str!("../migrations/postgres/0001_tables.sql")),
    (2, "bodies", include_str!("../migrations/postgres/0002_bodies.sql")),
    (3, "attestation", include_str!("../migrations/postgres/0003_attestation.sql")),
    (4, "access", include_str!("../migrations/postgres/0004_access.sql")),
    (5, "papers", include_str!("../migrations/postgres/0005_papers.sql")),
    (6, "rules", include_str!("../migrations/postgres/0006_rules.sql")),
    (7, "comparisons", include_str!("../migrations/postgres/0007_comparisons.sql")),
    (8, "usages", include_str!("../migrations/postgres/0008_usages.sql")),
];

pub(crate) fn sqlite() -> Migrator {
    migrator(&SQLITE)
}

pub(crate) fn postgres() -> Migrator {
    migrator(&POSTGRES)
}

fn migrator(migrations: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migration = |(version, description, sql): &(i64, &'static str, &'static str)| {
        Migration::new(*version, (*description).into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(migrations.iter().map(migration).collect())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// Lines of engine, version and checksum, as in `checksums.txt`.
    fn lines() -> String {
        let mut lines = String::new();
        for (engine, migrator) in [("sqlite", sqlite()), ("postgres", postgres())] {
            for migration in migrator.iter() {
                write!(lines, "{engine} {:04} ", migration.version).unwrap();
                migration.checksum.iter().for_each(|byte| write!(lines, "{byte:02x}").unwrap());
                lines.push('\n');
            }
        }
        lines
    }

    #[test]
    fn committed_migrations_are_not_edited() {
        let committed = include_str!("../migrations/checksums.txt");
        assert_eq!(
            lines(),
            committed,
            "a migration was edited or removed, or a new one has no line in checksums.txt: databases that ran \
             the old text would refuse this program; add another migration instead"
        );
    }

    #[test]
    fn both_engines_have_the_same_migrations() {
        let names = |migrator: Migrator| -> Vec<_> {
            migrator.iter().map(|m| (m.version, m.description.clone())).collect()
        };
        assert_eq!(names(sqlite()), names(postgres()));
    }
}
