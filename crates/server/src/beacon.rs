//! What is told to those who ask whether the server is well: the store is gone, or the server goes down.

use std::sync::Arc;
use std::time::Duration;

use lightcone::v1::agent_service_server::SERVICE_NAME as AGENTS;
use lightcone::v1::alert_service_server::SERVICE_NAME as ALERTS;
use lightcone::v1::chip_service_server::SERVICE_NAME as CHIPS;
use lightcone::v1::landmark_service_server::SERVICE_NAME as LANDMARKS;
use lightcone::v1::location_service_server::SERVICE_NAME as LOCATION;
use lightcone::v1::measurement_service_server::SERVICE_NAME as MEASUREMENTS;
use lightcone::v1::session_service_server::SERVICE_NAME as SESSIONS;
use lightcone::v1::site_service_server::SERVICE_NAME as SITES;
use lightcone::v1::verdict_service_server::SERVICE_NAME as VERDICTS;
use lightcone_store::Store;
use tokio::sync::{Mutex, watch};
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

/// Services that answer as long as the server is up: they keep nothing.
const WITHOUT_STORE: [&str; 1] = [LOCATION];
/// Services that are of no use without the store, and the server as a whole.
const WITH_STORE: [&str; 9] = ["", AGENTS, ALERTS, CHIPS, LANDMARKS, MEASUREMENTS, SESSIONS, SITES, VERDICTS];
/// How often the store is asked for a sign of life.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long that sign may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Tells how the server is.
pub(crate) struct Beacon {
    health: HealthReporter,
    is_down: Mutex<bool>,
    /// Whether calls may be sent here.
    ready: watch::Sender<bool>,
}

impl Beacon {
    /// A beacon that says that all is well.
    pub(crate) async fn lit(health: HealthReporter) -> Self {
        let beacon = Self { health, is_down: Mutex::new(false), ready: watch::Sender::new(true) };
        beacon.tell(&WITHOUT_STORE, true).await;
        beacon.tell(&WITH_STORE, true).await;
        beacon
    }

    /// Whether calls may be sent here: its store answers, and it does not go down.
    pub(crate) fn is_ready(&self) -> watch::Receiver<bool> {
        self.ready.subscribe()
    }

    /// Tells for good that the server goes down.
    pub(crate) async fn go_down(&self) {
        let mut is_down = self.is_down.lock().await;
        *is_down = true;
        self.ready.send_replace(false);
        self.tell(&WITH_STORE, false).await;
        self.tell(&WITHOUT_STORE, false).await;
    }

    /// Asks the store for signs of life, and tells when they cease or come again, until the server goes down.
    pub(crate) async fn watch(&self, store: Arc<dyn Store>, mut draining: watch::Receiver<bool>) {
        let mut was_well = true;
        loop {
            let answer = tokio::time::timeout(PATIENCE, store.ping()).await;
            let is_well = matches!(answer, Ok(Ok(())));
            if is_well != was_well {
                self.store_is(is_well).await;
                match answer {
                    Ok(Ok(())) => tracing::info!("the store answers again"),
                    Ok(Err(error)) => tracing::error!(%error, "the store is gone"),
                    Err(_) => tracing::error!("the store is gone: no answer within {} s", PATIENCE.as_secs()),
                }
            }
            was_well = is_well;
            tokio::select! {
                () = tokio::time::sleep(INTERVAL) => {}
                _ = draining.wait_for(|draining| *draining) => return,
            }
        }
    }

    async fn store_is(&self, is_well: bool) {
        let is_down = self.is_down.lock().await;
        if !*is_down {
            self.ready.send_replace(is_well);
            self.tell(&WITH_STORE, is_well).await;
        }
    }

    async fn tell(&self, services: &[&str], is_serving: bool) {
        let status = if is_serving { ServingStatus::Serving } else { ServingStatus::NotServing };
        for service in services {
            self.health.set_service_status(*service, status).await;
        }
    }
}
