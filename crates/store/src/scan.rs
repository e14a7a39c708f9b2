//! The scan over all chips with where they are, and filling in what old verdicts lack for it.

use async_trait::async_trait;

use crate::error::StoreError;
use crate::record::{ScannedChip, UnplacedVerdict};
use crate::sql::Tx;
use crate::sql_store::SqlStore;
use crate::store::{SCANNED_MAX, Scans};
use crate::terms::Reach;
use crate::value::{Field as _, Kind, Value};

/// The counter that says up to which revision verdicts are yet to be filled in.
const UNPLACED: &str = "unplaced_verdicts";

/// Chips with ids after `$1` and up to `$2`, `$4` at most, each with its agent's latest verdict up to revision `$3`: of
/// all that are not superseded by one of these it is the one with the highest revision. The index on verdicts holds
/// every column that is asked for.
const ALL: &str = "SELECT c.id, c.sku, c.tenant, c.holder, v.agent, v.id, v.as_of, v.places FROM chips AS c \
    LEFT JOIN verdicts AS v ON v.agent = c.agent AND v.revision = \
    (SELECT MAX(w.revision) FROM verdicts AS w WHERE w.agent = c.agent AND w.revision <= $3) \
    WHERE c.id > $1 AND c.id <= $2 AND c.state <> 'RETIRED' ORDER BY c.id LIMIT $4";
/// The same of chips that a tenant, `$5`, entered or holds; verdicts are looked at where it holds the agent.
const OF: &str = "SELECT c.id, c.sku, c.tenant, c.holder, v.agent, v.id, v.as_of, v.places FROM chip_tenants AS t \
    JOIN chips AS c ON c.id = t.chip LEFT JOIN verdicts AS v ON c.holder = $5 AND v.agent = c.agent \
    AND v.revision = (SELECT MAX(w.revision) FROM verdicts AS w WHERE w.agent = c.agent AND w.revision <= $3) \
    WHERE t.tenant = $5 AND t.chip > $1 AND t.chip <= $2 AND (c.tenant = $5 OR c.holder = $5) \
    AND c.state <> 'RETIRED' ORDER BY t.chip LIMIT $4";

#[async_trait]
impl Scans for SqlStore {
    async fn scan_chips(&self, reach: &Reach, size: u32) -> Result<Vec<ScannedChip>, StoreError> {
        let mut values = vec![
            Value::Text(reach.after.clone()),
            Value::Text(reach.until.clone()),
            Value::Int(reach.revision),
            Value::Int(i64::from(size.clamp(1, SCANNED_MAX))),
        ];
        let sql = if reach.scope.is_empty() { ALL } else { OF };
        values.extend((!reach.scope.is_empty()).then(|| Value::Text(reach.scope.clone())));
        let rows = self.database.reader().await?.fetch(sql, values, &ScannedChip::KINDS).await?;
        rows.into_iter().map(ScannedChip::of_values).collect()
    }

    async fn unplaced_verdicts(&self, size: u32) -> Result<Vec<UnplacedVerdict>, StoreError> {
        let sql = "SELECT revision, wire FROM verdicts WHERE revision <= \
                   (SELECT value FROM counters WHERE name = $1) ORDER BY revision DESC LIMIT $2";
        let values =
            vec![Value::Text(UNPLACED.to_owned()), Value::Int(i64::from(size.clamp(1, SCANNED_MAX)))];
        let rows = self.database.reader().await?.fetch(sql, values, &[Kind::Int, Kind::Blob]).await?;
        let verdict = |row: Vec<Value>| {
            let mut row = row.into_iter();
            let mut next = || row.next().unwrap_or(Value::Null(Kind::Int));
            Ok(UnplacedVerdict {
                revision: i64::of_value(next(), "revision")?,
                wire: Vec::of_value(next(), "wire")?,
            })
        };
        rows.into_iter().map(verdict).collect()
    }

    async fn place_verdicts(&self, places: Vec<(i64, Vec<u8>)>) -> Result<(), StoreError> {
        self.database.transact("place-verdicts", places, |tx, places| Box::pin(place(tx, places))).await
    }
}

/// Fills in verdicts, the newest first. Those of higher revisions are filled in by then.
async fn place(tx: &mut Tx, placed: &[(i64, Vec<u8>)]) -> Result<(), StoreError> {
    for (revision, places) in placed {
        let sql = "UPDATE verdicts SET places = $2, updated_by = $3 WHERE revision = $1 AND places = $4";
        let values =
            vec![Value::Int(*revision), Value::Blob(places.clone()), tx.author(), Value::Blob(Vec::new())];
        tx.execute(sql, values).await?;
    }
    let Some(lowest) = placed.iter().map(|(revision, _)| *revision).min() else { return Ok(()) };
    let sql = "UPDATE counters SET value = $2, updated_by = $3 WHERE name = $1 AND value > $2";
    let author = tx.author();
    tx.execute(sql, vec![Value::Text(UNPLACED.to_owned()), Value::Int(lowest - 1), author]).await.map(drop)
}
