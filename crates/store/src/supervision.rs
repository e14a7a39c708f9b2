//! Ties of chips, old versions, alerts, and the end.

use async_trait::async_trait;

use crate::answer;
use crate::error::StoreError;
use crate::filter::{AlertFilter, clamp};
use crate::purge;
use crate::record::{
    Agent, AgentState, Alert, Chip, ChipState, ChipTie, LandmarkVersion, Resource as _, Row,
};
use crate::registry::locked;
use crate::registry::share_anew;
use crate::request::Request;
use crate::sql::Tx;
use crate::sql_store::SqlStore;
use crate::store::Supervision;
use crate::terms::{Purged, Retention};
use crate::value::{Kind, Value};

#[async_trait]
impl Supervision for SqlStore {
    async fn tie_chip(
        &self,
        tie: ChipTie,
        etag: Option<&str>,
        alert: Option<Alert>,
        request: Option<&Request>,
    ) -> Result<Chip, StoreError> {
        self.database
            .transact("tie-chip", (tie, etag, alert, request), |tx, (tie, etag, alert, request)| {
                Box::pin(tie_chip(tx, tie, *etag, alert.as_ref(), *request))
            })
            .await
    }

    async fn chip_ties(&self, chip: &str) -> Result<Vec<ChipTie>, StoreError> {
        let values = vec![Value::Text(chip.to_owned())];
        self.database.reader().await?.records("WHERE chip = $1 ORDER BY from_time", values).await
    }

    async fn landmark_versions(&self, landmark: &str) -> Result<Vec<LandmarkVersion>, StoreError> {
        let values = vec![Value::Text(landmark.to_owned())];
        let tail = "WHERE landmark = $1 ORDER BY position_version";
        self.database.reader().await?.records(tail, values).await
    }

    async fn put_alert(&self, alert: Alert) -> Result<Alert, StoreError> {
        self.database.transact("put-alert", alert, |tx, alert| Box::pin(put_alert(tx, alert))).await
    }

    async fn alerts_since(&self, revision: i64, limit: u32) -> Result<Vec<Alert>, StoreError> {
        let values = vec![Value::Int(revision), Value::Int(clamp(limit))];
        let tail = "WHERE revision > $1 ORDER BY revision LIMIT $2";
        self.database.reader().await?.records(tail, values).await
    }

    async fn list_alerts(&self, filter: &AlertFilter) -> Result<Vec<Alert>, StoreError> {
        let mut values =
            vec![Value::Int(filter.before_revision.unwrap_or(i64::MAX)), Value::Int(filter.limit())];
        values.extend(filter.tenant.iter().chain(&filter.subject).cloned().map(Value::Text));
        // A text for each, so that it is found by an index.
        let tail = match (&filter.tenant, &filter.subject) {
            (Some(_), Some(_)) => {
                "WHERE tenant = $3 AND subject = $4 AND revision < $1 ORDER BY revision DESC LIMIT $2"
            }
            (Some(_), None) => "WHERE tenant = $3 AND revision < $1 ORDER BY revision DESC LIMIT $2",
            (None, Some(_)) => "WHERE subject = $3 AND revision < $1 ORDER BY revision DESC LIMIT $2",
            (None, None) => "WHERE revision < $1 ORDER BY revision DESC LIMIT $2",
        };
        self.database.reader().await?.records(tail, values).await
    }

    async fn purge(&self, now: i64, retention: &Retention) -> Result<Purged, StoreError> {
        purge::purge(&self.database, now, retention).await
    }

    async fn is_answered(&self, request: &Request) -> Result<bool, StoreError> {
        Ok(answer::kept(&mut self.database.reader().await?, request).await?.is_some())
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let sql = "SELECT value FROM counters WHERE name = 'verdicts'";
        self.database.reader().await?.fetch(sql, Vec::new(), &[Kind::Int]).await.map(drop)
    }

    async fn close(&self) {
        self.arrivals.close().await;
        self.completions.close().await;
        self.accesses.close().await;
        self.database.close().await;
    }
}

async fn tie_chip(
    tx: &mut Tx,
    tie: &ChipTie,
    etag: Option<&str>,
    alert: Option<&Alert>,
    request: Option<&Request>,
) -> Result<Chip, StoreError> {
    if let Some(answer) = answer::before(tx, request).await?.and_then(|chips| chips.into_iter().next()) {
        return Ok(answer);
    }
    let mut chip: Chip = locked(tx, &tie.chip, etag).await?;
    living::<Chip>(&chip.id, chip.state.as_str(), chip.state == ChipState::Retired)?;
    let mut holder = String::new();
    if let Some(agent) = &tie.agent {
        let agent: Agent = tx.record(agent).await?;
        living::<Agent>(&agent.id, agent.state.as_str(), agent.state == AgentState::Retired)?;
        holder = agent.tenant;
    }
    if chip.agent != tie.agent {
        let before = chip.agent.take();
        move_chip(tx, &mut chip, tie, holder).await?;
        if let Some(alert) = alert.filter(|_| before.is_some() && !tie.rma) {
            put_alert(tx, alert).await?;
        }
    }
    answer::after(tx, request, std::slice::from_ref(&chip)).await?;
    Ok(chip)
}

/// Ends the tie before and begins this one.
async fn move_chip(tx: &mut Tx, chip: &mut Chip, tie: &ChipTie, holder: String) -> Result<(), StoreError> {
    let sql = "UPDATE chip_ties SET until_time = $2, updated_by = $3 WHERE chip = $1 AND until_time IS NULL";
    let author = tx.author();
    tx.execute(sql, vec![Value::Text(tie.chip.clone()), Value::Int(tie.from_time), author]).await?;
    tx.insert(&[ChipTie { until_time: None, ..tie.clone() }], "", &[]).await?;
    let (etag, create_time) = (chip.etag.clone(), chip.create_time);
    chip.header().next(&etag, create_time)?;
    chip.update_time = tie.from_time;
    chip.agent.clone_from(&tie.agent);
    chip.holder = holder;
    chip.settle(Some(&chip.clone()));
    tx.replace(&tie.chip, chip).await?;
    share_anew(tx, chip).await
}

fn living<R: Row>(id: &str, found: &str, retired: bool) -> Result<(), StoreError> {
    if !retired {
        return Ok(());
    }
    Err(StoreError::WrongState {
        kind: R::KIND,
        id: id.to_owned(),
        found: found.to_owned(),
        allowed: "one that is not retired",
    })
}

async fn put_alert(tx: &mut Tx, alert: &Alert) -> Result<Alert, StoreError> {
    let mut alert = alert.clone();
    alert.revision = tx.take("alerts", 1).await? + 1;
    let kept = tx.insert(&[alert.clone()], "", &[]).await;
    kept.map_err(|error| error.of_write(Alert::KIND, &alert.id))?;
    Ok(alert)
}
