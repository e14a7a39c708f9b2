//! Waiting for work: one stream, opened anew whenever it ends.

use std::time::Duration;

use lightcone::v1;
use lightcone::v1::measurement_service_client::MeasurementServiceClient;
use lightcone::v1::watch_assignments_response::Event;
use tokio::sync::watch::Sender;
use tokio::time::{sleep, timeout};
use tonic::Status;
use tonic::transport::Channel;

use crate::config::Settings;
use crate::desk::Desk;
use crate::error::{LandmarkError, Refused};
use crate::measure::Measuring;
use crate::orders;
use crate::upload::{bring, waits};

/// A stream that says nothing for so long is dead: signs of life come every 15 seconds.
const SILENCE_MAX: Duration = Duration::from_secs(50);

/// Why a stream ended.
enum Ended {
    /// The service or the network; it is opened again.
    Stream(Status),
    /// The landmark cannot go on.
    Landmark(LandmarkError),
}

impl From<Status> for Ended {
    fn from(status: Status) -> Self {
        Self::Stream(status)
    }
}

/// Watches for ever. Ends only when the landmark cannot go on.
pub(crate) async fn watch(
    settings: &Settings,
    client: &MeasurementServiceClient<Channel>,
    desk: &Desk,
    measuring: &Measuring,
    watching: &Sender<bool>,
) -> LandmarkError {
    let mut next = waits(settings);
    loop {
        let ended = match stream(settings, client, desk, measuring, watching).await {
            Ended::Landmark(error) => return error,
            Ended::Stream(status) => status,
        };
        if watching.send_replace(false) {
            next = waits(settings);
        }
        let wait = next.next().unwrap_or(settings.reconnect_max);
        tracing::warn!(
            landmark = %settings.landmark, status = %ended, wait_ms = wait.as_millis() as u64, "not watching"
        );
        sleep(wait).await;
    }
}

/// One stream, until it ends.
async fn stream(
    settings: &Settings,
    client: &MeasurementServiceClient<Channel>,
    desk: &Desk,
    measuring: &Measuring,
    watching: &Sender<bool>,
) -> Ended {
    let ended = async {
        // First where the numbers of reports stand: a landmark that lost its folder must not use one twice.
        bring(settings, client, desk, Vec::new())
            .await?
            .map_err(|error| Ended::Landmark(LandmarkError::Outbox(error)))?;
        let request = v1::WatchAssignmentsRequest { landmark: settings.landmark.to_string() };
        let mut stream = client.clone().watch_assignments(request).await?.into_inner();
        loop {
            let said = timeout(SILENCE_MAX, stream.message())
                .await
                .map_err(|_| Status::deadline_exceeded("the stream gave no sign of life"))??;
            let Some(said) = said else {
                return Err(Ended::Stream(Status::unavailable("the service ended the stream")));
            };
            if !watching.send_replace(true) {
                tracing::info!(landmark = %settings.landmark, "watching for work");
            }
            take(settings, measuring, said).map_err(Ended::Landmark)?;
        }
    };
    let ended: Result<(), Ended> = ended.await;
    ended.err().unwrap_or_else(|| Ended::Stream(Status::ok("")))
}

/// Does what the service asks, if it may be done.
fn take(
    settings: &Settings,
    measuring: &Measuring,
    said: v1::WatchAssignmentsResponse,
) -> Result<(), LandmarkError> {
    let done = match said.event {
        Some(Event::Assignment(wire)) => orders::assignment(&wire, measuring.id(), settings)
            .map(|assignment| measuring.challenge(assignment)),
        Some(Event::Plan(wire)) => {
            orders::plan(&wire, settings).map(|plan| measuring.answer(wire.session, plan))
        }
        Some(Event::Checkpoint(_)) | None => return Ok(()),
    };
    match done {
        Ok(()) => Ok(()),
        Err(Refused::Moved(told)) => Err(LandmarkError::Moved { told, own: settings.position_version }),
        Err(refused) => {
            tracing::error!(landmark = %settings.landmark, error = %refused, "not done");
            Ok(())
        }
    }
}
