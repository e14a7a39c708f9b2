//! Measurements at the door: what landmarks are told and what they bring.

use lightcone::names::LandmarkName;
use lightcone::v1;
use lightcone_probe::assignment::Assignment;
use lightcone_store::{Measurement, Report, ReportState};

use super::Violation;
use super::moment::timestamp;
use super::session::{bytes, checkpoint, misnamed, plan};
use super::violation::some_of;
use crate::limits::{REPORT_BYTES_MAX, REPORTS_PER_BATCH_MAX};
use crate::measuring::{Brought, Tally, Work};

/// The identifier in a landmark's name.
pub(crate) fn landmark(field: &str, name: &str) -> Result<String, Violation> {
    LandmarkName::parse(name).map(|name| name.landmark).map_err(|invalid| misnamed(field, &invalid))
}

/// Work for the wire.
pub(crate) fn work(work: &Work) -> v1::WatchAssignmentsResponse {
    use v1::watch_assignments_response::Event;
    let event = match work {
        Work::Challenge(assignment) => Event::Assignment(self::assignment(assignment)),
        Work::Answer { session, plan: planned, signature } => Event::Plan(plan(session, planned, signature)),
    };
    v1::WatchAssignmentsResponse { event: Some(event) }
}

/// A sign of life to a landmark.
pub(crate) fn landmark_checkpoint(now_ns: i64) -> v1::WatchAssignmentsResponse {
    use v1::watch_assignments_response::Event;
    v1::WatchAssignmentsResponse { event: Some(Event::Checkpoint(checkpoint(now_ns))) }
}

fn assignment(assignment: &Assignment) -> v1::Assignment {
    v1::Assignment {
        session_id: assignment.session.0.to_vec(),
        peer_exchange_key: assignment.agent_x25519.to_vec(),
        binding: assignment.binding.0.to_vec(),
        probes: u32::from(assignment.window.probes),
        begin_time: Some(timestamp(assignment.window.not_before_ns)),
        end_time: Some(timestamp(assignment.window.not_after_ns)),
        position_version: assignment.position_version.cast_signed(),
    }
}

/// Reads a batch of reports. One whose frame is wrong is refused by itself.
pub(crate) fn reports(wire: v1::ReportBatch) -> Result<Vec<Brought>, Violation> {
    some_of("batch.reports", wire.reports.len(), REPORTS_PER_BATCH_MAX, "a batch bears at least one report")?;
    Ok(wire.reports.into_iter().map(report).collect())
}

fn report(wire: v1::SignedReport) -> Brought {
    let v1::SignedReport { sequence, body, signature } = wire;
    let signature = if sequence < 1 {
        Err(Violation::invalid("sequence", sequence, "1 and more, without gaps"))
    } else if body.len() > REPORT_BYTES_MAX {
        Err(Violation::too_long("body", body.len(), REPORT_BYTES_MAX))
    } else {
        bytes("signature", &signature)
    };
    Brought { sequence, body, signature }
}

/// What became of a stream's reports, for the wire.
pub(crate) fn ingested(tally: Tally) -> v1::IngestResponse {
    let rejection = |(sequence, violation): (i64, Violation)| v1::ReportRejection {
        sequence,
        reason: violation.reason as i32,
        message: match violation.field.as_str() {
            "" => violation.description,
            field => format!("`{field}` {}", violation.description),
        },
    };
    v1::IngestResponse {
        durable_sequence: tally.durable,
        accepted: i32::try_from(tally.accepted).unwrap_or(i32::MAX),
        duplicates: i32::try_from(tally.duplicates).unwrap_or(i32::MAX),
        rejections: tally.rejections.into_iter().map(rejection).collect(),
    }
}

/// What was measured in a session, for the wire: reports that wait, and what is kept of the others.
pub(crate) fn measurements(measured: &[Measurement], waiting: &[Report]) -> v1::ListMeasurementsResponse {
    use v1::measurement::State;
    let pending = |report: &Report| v1::Measurement {
        landmark: format!("landmarks/{}", report.landmark),
        state: match report.state {
            ReportState::Pending => State::Pending,
            ReportState::Verified => State::Verified,
            ReportState::Refused => State::Refused,
        } as i32,
        refusal: report.refusal.clone(),
        ..v1::Measurement::default()
    };
    v1::ListMeasurementsResponse {
        measurements: measured.iter().map(measurement).chain(waiting.iter().map(pending)).collect(),
    }
}

fn measurement(kept: &Measurement) -> v1::Measurement {
    v1::Measurement {
        landmark: format!("landmarks/{}", kept.landmark),
        state: v1::measurement::State::Verified as i32,
        refusal: String::new(),
        rtt_ns: kept.rtt_ns,
        clock_error_ns: kept.eps_ns,
        observe_time: (kept.answered > 0).then(|| timestamp(kept.observe_time)),
        sent: kept.samples,
        answered: kept.answered,
        median_rtt_ns: kept.p50_ns,
        position_version: kept.position_version,
        samples_root: kept.digest_root.to_vec(),
    }
}
