//! Reports on their way to the service: sent in batches, in the order of their numbers, until it has them for good.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use lightcone::v1;
use lightcone::v1::ingest_request::Frame;
use lightcone::v1::measurement_service_client::MeasurementServiceClient;
use tokio::time::{sleep, timeout};
use tonic::transport::Channel;
use tonic::{Request, Status};

use crate::config::Settings;
use crate::desk::Desk;
use crate::outbox::OutboxError;

/// How long one call may take.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// The most reports of a frame, by the contract.
const FRAME_REPORTS_MAX: usize = 256;
/// The most bytes of a frame; the contract allows 4 MiB.
const FRAME_BYTES_MAX: usize = 2 << 20;
/// The most reports of a call. Few enough that their refusals fit its answer.
const CALL_REPORTS_MAX: usize = 1_024;
/// The most bytes of a call.
const CALL_BYTES_MAX: u64 = 16 << 20;

/// Sends for ever. Ends only when the disk fails.
pub(crate) async fn upload(
    settings: &Settings,
    client: &MeasurementServiceClient<Channel>,
    desk: &Desk,
) -> OutboxError {
    let mut next = waits(settings);
    loop {
        let reports = desk.next(CALL_REPORTS_MAX, CALL_BYTES_MAX);
        let Some(first) = reports.first().map(|report| report.sequence) else {
            desk.filled().await;
            continue;
        };
        let count = reports.len();
        let status = match bring(settings, client, desk, reports).await {
            Ok(Ok(durable)) if durable >= first => {
                next = waits(settings);
                continue;
            }
            Ok(Ok(_)) => Status::aborted("the service kept nothing of what was sent"),
            Ok(Err(error)) => return error,
            Err(status) => status,
        };
        let wait = next.next().unwrap_or(settings.reconnect_max);
        tracing::warn!(%status, reports = count, wait_ms = wait.as_millis() as u64, "reports wait");
        sleep(wait).await;
    }
}

/// One call, and what it says of what the service has for good; without reports it only asks.
///
/// The outer error is the service's, the inner one the disk's.
pub(crate) async fn bring(
    settings: &Settings,
    client: &MeasurementServiceClient<Channel>,
    desk: &Desk,
    reports: Vec<v1::SignedReport>,
) -> Result<Result<i64, OutboxError>, Status> {
    let _alone = desk.call().await;
    let answer = send(settings, client, reports).await?;
    tell(&answer);
    let noted = desk.acknowledge(answer.durable_sequence).await;
    Ok(noted.map(|()| answer.durable_sequence))
}

/// Waits that double, each with as much chance added.
pub(crate) fn waits(settings: &Settings) -> impl Iterator<Item = Duration> + use<> {
    let builder = ExponentialBuilder::default();
    let builder = builder.with_min_delay(settings.reconnect_min).with_max_delay(settings.reconnect_max);
    builder.without_max_times().with_jitter().build()
}

async fn send(
    settings: &Settings,
    client: &MeasurementServiceClient<Channel>,
    reports: Vec<v1::SignedReport>,
) -> Result<v1::IngestResponse, Status> {
    let header = v1::IngestHeader { landmark: settings.landmark.to_string() };
    let batches = frames(reports).into_iter().map(|reports| Frame::Batch(v1::ReportBatch { reports }));
    let frames: Vec<v1::IngestRequest> = std::iter::once(Frame::Header(header))
        .chain(batches)
        .map(|frame| v1::IngestRequest { frame: Some(frame) })
        .collect();
    let mut request = Request::new(tokio_stream::iter(frames));
    request.set_timeout(CALL_TIMEOUT);
    let mut client = client.clone();
    match timeout(CALL_TIMEOUT, client.ingest(request)).await {
        Ok(answer) => answer.map(tonic::Response::into_inner),
        Err(_) => Err(Status::deadline_exceeded("the service does not answer")),
    }
}

/// Reports in frames that keep to the limits of the contract.
fn frames(reports: Vec<v1::SignedReport>) -> Vec<Vec<v1::SignedReport>> {
    let mut frames: Vec<Vec<v1::SignedReport>> = Vec::new();
    let mut bytes = usize::MAX;
    for report in reports {
        let size = report.body.len();
        let full = frames.last().is_none_or(|frame| frame.len() == FRAME_REPORTS_MAX);
        if full || bytes.saturating_add(size) > FRAME_BYTES_MAX {
            frames.push(Vec::new());
            bytes = 0;
        }
        bytes += size;
        if let Some(frame) = frames.last_mut() {
            frame.push(report);
        }
    }
    frames
}

fn tell(answer: &v1::IngestResponse) {
    for rejection in &answer.rejections {
        tracing::error!(
            sequence = rejection.sequence,
            reason = rejection.reason().short_name(),
            told = %rejection.message.escape_debug(),
            "the service refused a report"
        );
    }
    tracing::debug!(durable = answer.durable_sequence, accepted = answer.accepted, "reports are kept");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(bytes: usize) -> v1::SignedReport {
        v1::SignedReport { body: vec![0; bytes], ..v1::SignedReport::default() }
    }

    #[test]
    fn frames_keep_to_both_limits_and_lose_nothing() {
        for (bytes, count) in [(0, 1_000), (65_536, 100), (FRAME_BYTES_MAX + 1, 3), (100, 0)] {
            let frames = frames(vec![report(bytes); count]);
            assert_eq!(frames.iter().map(Vec::len).sum::<usize>(), count);
            for frame in &frames {
                let size: usize = frame.iter().map(|report| report.body.len()).sum();
                assert!(frame.len() <= FRAME_REPORTS_MAX && (size <= FRAME_BYTES_MAX || frame.len() == 1));
            }
        }
    }
}
