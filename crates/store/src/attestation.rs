//! Attestation keys, and where devices were seen last.

use async_trait::async_trait;

use crate::error::StoreError;
use crate::record::{AttestationKey, DeviceSighting, Row as _};
use crate::sql::Tx;
use crate::sql_store::SqlStore;
use crate::store::{Attestations, DEVICES_MAX};
use crate::value::Value;

const PUT_KEY: &str = "INSERT INTO attestation_keys (agent, key_name, endorsement, create_time, updated_by) \
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (agent, key_name) DO NOTHING";
const SIGHT: &str = "INSERT INTO device_sightings \
    (instance, agent, session, seen_time, valid_until, counters, updated_by) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (instance) DO UPDATE SET \
    agent = excluded.agent, session = excluded.session, seen_time = excluded.seen_time, \
    valid_until = excluded.valid_until, counters = excluded.counters, updated_by = excluded.updated_by \
    WHERE excluded.seen_time >= device_sightings.seen_time";
const OF_AGENT: &str = "WHERE agent = $1 ORDER BY create_time DESC, key_name LIMIT $2";

#[async_trait]
impl Attestations for SqlStore {
    async fn put_attestation_key(&self, key: AttestationKey) -> Result<AttestationKey, StoreError> {
        self.database.transact("put-attestation-key", key, |tx, key| Box::pin(put_key(tx, key))).await
    }

    async fn attestation_keys(&self, agent: &str, limit: u32) -> Result<Vec<AttestationKey>, StoreError> {
        let values = vec![Value::Text(agent.to_owned()), Value::Int(i64::from(limit))];
        self.database.reader().await?.records(OF_AGENT, values).await
    }

    async fn sight_devices(&self, seen: Vec<DeviceSighting>) -> Result<Vec<DeviceSighting>, StoreError> {
        let count = seen.len();
        if count > DEVICES_MAX {
            return Err(StoreError::TooMany { what: "devices", count, limit: DEVICES_MAX });
        }
        if count == 0 {
            return Ok(Vec::new());
        }
        self.database.transact("sight-devices", seen, |tx, seen| Box::pin(sight(tx, seen))).await
    }

    async fn device_sightings(&self, instances: &[String]) -> Result<Vec<DeviceSighting>, StoreError> {
        let mut reader = self.database.reader().await?;
        let mut found = Vec::new();
        for instance in instances.iter().take(DEVICES_MAX) {
            let tail = "WHERE instance = $1";
            found.extend(reader.records(tail, vec![Value::Text(instance.clone())]).await?);
        }
        Ok(found)
    }
}

async fn put_key(tx: &mut Tx, key: &AttestationKey) -> Result<AttestationKey, StoreError> {
    let mut values = key.values();
    values.push(tx.author());
    tx.execute(PUT_KEY, values).await.map_err(|error| error.of_write(AttestationKey::KIND, &key.agent))?;
    let values = vec![Value::Text(key.agent.clone()), Value::Blob(key.key_name.clone())];
    let kept = tx.records("WHERE agent = $1 AND key_name = $2", values).await?;
    kept.into_iter().next().ok_or_else(|| StoreError::not_found(AttestationKey::KIND, &key.agent))
}

/// Keeps sightings and gives those that they replace. In one order, so that two do not wait for each other in a circle.
async fn sight(tx: &mut Tx, seen: &[DeviceSighting]) -> Result<Vec<DeviceSighting>, StoreError> {
    let mut seen: Vec<&DeviceSighting> = seen.iter().collect();
    seen.sort_unstable_by(|one, other| one.instance.cmp(&other.instance));
    let mut before = Vec::new();
    for device in seen {
        let tail = "WHERE instance = $1";
        before.extend(tx.records(tail, vec![Value::Text(device.instance.clone())]).await?);
        let mut values = device.values();
        values.push(tx.author());
        let kept = tx.execute(SIGHT, values).await;
        kept.map_err(|error| error.of_write(DeviceSighting::KIND, &device.instance))?;
    }
    Ok(before)
}
