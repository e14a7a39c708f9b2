//! Statements made of a record's columns. Only names from this crate's sources go into them, never a value.

use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};

use crate::record::Row;

/// `SELECT columns FROM table` of a record, and what follows.
pub(crate) fn select<R: Row>(tail: &'static str) -> SqlStr {
    select_from::<R>(R::TABLE, tail)
}

/// As [`select`], from another table with the same columns.
pub(crate) fn select_from<R: Row>(table: &'static str, tail: &'static str) -> SqlStr {
    AssertSqlSafe(format!("SELECT {} FROM {table} {tail}", R::COLUMNS.join(", "))).into_sql_str()
}

/// `UPDATE table SET columns … WHERE id = …`: the columns in their order, then `updated_by`, then the id.
pub(crate) fn update<R: Row>() -> SqlStr {
    let columns = R::COLUMNS.iter().chain([&"updated_by"]).enumerate();
    let set: Vec<String> = columns.map(|(at, column)| format!("{column} = ${}", at + 1)).collect();
    let id = R::COLUMNS.len() + 2;
    AssertSqlSafe(format!("UPDATE {} SET {} WHERE id = ${id}", R::TABLE, set.join(", "))).into_sql_str()
}

/// `INSERT INTO table (columns, updated_by)`.
pub(crate) fn insert<R: Row>() -> String {
    format!("INSERT INTO {} ({}, updated_by) ", R::TABLE, R::COLUMNS.join(", "))
}

/// Cuts `rows` into statements of a power of two of rows each, `most` at most: few texts, so that each is prepared
/// once a connection.
pub(crate) fn chunks(rows: usize, most: usize) -> impl Iterator<Item = usize> {
    let mut left = rows;
    std::iter::from_fn(move || {
        let fits = left.min(most).checked_ilog2()?;
        let chunk = 1 << fits;
        left -= chunk;
        Some(chunk)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Alert;

    #[test]
    fn chunks_are_powers_of_two_and_cover_all() {
        assert_eq!(chunks(300, 128).collect::<Vec<_>>(), [128, 128, 32, 8, 4]);
        assert_eq!(chunks(1, 128).collect::<Vec<_>>(), [1]);
        assert_eq!(chunks(0, 128).count(), 0);
        for rows in 0..1_000 {
            assert_eq!(chunks(rows, 128).sum::<usize>(), rows);
        }
    }

    #[test]
    fn statements_are_made_of_columns() {
        let sql = select::<Alert>("WHERE id = $1");
        let columns = "id, revision, create_time, kind, subject, detail, tenant";
        assert_eq!(sql.as_str(), format!("SELECT {columns} FROM alerts WHERE id = $1"));
        assert!(update::<Alert>().as_str().ends_with("tenant = $7, updated_by = $8 WHERE id = $9"));
    }
}
