//! Reports from arrival to measurement, and the mesh.

use async_trait::async_trait;

use crate::complete::Completion;
use crate::error::StoreError;
use crate::record::{Measurement, MeshPair, Report, Row as _, Verdict};
use crate::sql::{Tx, select_from};
use crate::sql_store::SqlStore;
use crate::store::{Evidence, INGEST_MAX};
use crate::terms::{Arrival, Ingested, Judged, MeshPairs, Outcome};
use crate::value::{Field as _, Kind, Value};

#[async_trait]
impl Evidence for SqlStore {
    async fn ingest(&self, arrivals: Vec<Arrival>) -> Result<Vec<Ingested>, StoreError> {
        let count = arrivals.len();
        if count > INGEST_MAX {
            return Err(StoreError::TooMany { what: "reports", count, limit: INGEST_MAX });
        }
        if count == 0 {
            return Ok(Vec::new());
        }
        self.arrivals.commit(arrivals).await
    }

    async fn durable_sequence(&self, landmark: &str) -> Result<i64, StoreError> {
        durable(&mut self.database.reader().await?, landmark).await
    }

    async fn pending_reports(&self, session: &str) -> Result<Vec<Report>, StoreError> {
        let tail = "WHERE session = $1 AND state = 'PENDING' ORDER BY landmark, sequence";
        self.database.reader().await?.records(tail, vec![Value::Text(session.to_owned())]).await
    }

    async fn complete_reports(
        &self,
        session: &str,
        outcomes: Vec<Outcome>,
        judged: Option<Judged>,
    ) -> Result<Option<Verdict>, StoreError> {
        let session = session.to_owned();
        self.completions.commit(Completion { session, outcomes, judged }).await
    }

    async fn measurements(&self, session: &str) -> Result<Vec<Measurement>, StoreError> {
        let values = vec![Value::Text(session.to_owned())];
        self.database.reader().await?.records("WHERE session = $1 ORDER BY landmark", values).await
    }

    async fn put_mesh_pair(&self, pair: MeshPair) -> Result<(), StoreError> {
        self.database.transact("put-mesh-pair", pair, |tx, pair| Box::pin(put_pair(tx, pair))).await
    }

    async fn mesh_pairs(&self) -> Result<MeshPairs, StoreError> {
        let mut tx = self.database.reader().await?;
        let latest = tx.records(PRESENT, Vec::new()).await?;
        let best =
            tx.fetch(select_from::<MeshPair>("mesh_best", PRESENT), Vec::new(), MeshPair::KINDS).await?;
        let best = best.into_iter().map(MeshPair::of_values).collect::<Result<_, _>>()?;
        Ok(MeshPairs { best, latest })
    }
}

/// Pairs whose landmarks still stand where they were measured.
const PRESENT: &str = "AS pair WHERE EXISTS \
    (SELECT 1 FROM landmarks WHERE id = pair.first AND position_version = pair.first_version) AND EXISTS \
    (SELECT 1 FROM landmarks WHERE id = pair.second AND position_version = pair.second_version) \
    ORDER BY first, second";

/// Up to which sequence a landmark's reports are there without a gap.
pub(crate) async fn durable(tx: &mut Tx, landmark: &str) -> Result<i64, StoreError> {
    let landmark = Value::Text(landmark.to_owned());
    let sql = "SELECT sequence FROM report_marks WHERE landmark = $1";
    let mark = number(tx.fetch(sql, vec![landmark.clone()], &[Kind::Int]).await?)?.unwrap_or(0);
    let sql = "SELECT sequence FROM reports WHERE landmark = $1 AND sequence = $2";
    let after = vec![landmark.clone(), Value::Int(mark + 1)];
    if number(tx.fetch(sql, after, &[Kind::Int]).await?)?.is_none() {
        return Ok(mark);
    }
    // The run that begins after the mark ends at the first report without a successor.
    let sql = "SELECT sequence FROM reports AS last WHERE landmark = $1 AND sequence > $2 AND NOT EXISTS \
               (SELECT 1 FROM reports WHERE landmark = last.landmark AND sequence = last.sequence + 1) \
               ORDER BY sequence LIMIT 1";
    let end = number(tx.fetch(sql, vec![landmark, Value::Int(mark)], &[Kind::Int]).await?)?;
    Ok(end.unwrap_or(mark))
}

/// The number in the first column of the first row.
pub(crate) fn number(rows: Vec<Vec<Value>>) -> Result<Option<i64>, StoreError> {
    rows.into_iter().flatten().next().map(|value| i64::of_value(value, "sequence")).transpose()
}

const LATEST: &str = "INSERT INTO mesh_latest \
    (first, second, first_version, second_version, rtt_ns, eps_ns, observe_time, updated_by) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (first, second) DO UPDATE SET \
    first_version = excluded.first_version, second_version = excluded.second_version, \
    rtt_ns = excluded.rtt_ns, eps_ns = excluded.eps_ns, observe_time = excluded.observe_time, \
    updated_by = excluded.updated_by WHERE excluded.observe_time >= mesh_latest.observe_time";
/// The best of a version that is gone says nothing of the present one.
const BEST: &str = "INSERT INTO mesh_best \
    (first, second, first_version, second_version, rtt_ns, eps_ns, observe_time, updated_by) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (first, second) DO UPDATE SET \
    first_version = excluded.first_version, second_version = excluded.second_version, \
    rtt_ns = excluded.rtt_ns, eps_ns = excluded.eps_ns, observe_time = excluded.observe_time, \
    updated_by = excluded.updated_by \
    WHERE excluded.first_version > mesh_best.first_version \
    OR excluded.second_version > mesh_best.second_version \
    OR (excluded.first_version = mesh_best.first_version \
        AND excluded.second_version = mesh_best.second_version AND excluded.rtt_ns < mesh_best.rtt_ns)";

async fn put_pair(tx: &mut Tx, pair: &MeshPair) -> Result<(), StoreError> {
    for sql in [LATEST, BEST] {
        let mut values = pair.values();
        values.push(tx.author());
        let name = format!("{} {}", pair.first, pair.second);
        tx.execute(sql, values).await.map_err(|error| error.of_write(MeshPair::KIND, &name))?;
    }
    Ok(())
}
