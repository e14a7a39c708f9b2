//! The end of sessions in which this landmark answered others: transcripts on their way to the service.

use std::time::Duration;

use lightcone::v1;
use lightcone::v1::session_service_client::SessionServiceClient;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

use crate::config::Settings;
use crate::upload::waits;

/// How long one call may take.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a transcript is offered. One that does not come costs one sample of the mesh, no verdict.
const TRIES: usize = 8;
/// Transcripts that may be on their way at once.
const CLOSINGS_MAX: usize = 64;

/// A transcript, signed.
pub(crate) struct Closing {
    /// The session, `landmarks/{landmark}/sessions/{session}`.
    pub(crate) session: String,
    /// Its canonical bytes.
    pub(crate) transcript: Vec<u8>,
    /// The landmark's signature over them.
    pub(crate) signature: Vec<u8>,
}

/// Sends transcripts as they come, for ever.
pub(crate) async fn close(settings: &Settings, channel: Channel, mut closings: Receiver<Closing>) {
    let client = SessionServiceClient::new(channel);
    let mut under_way = JoinSet::new();
    while let Some(closing) = closings.recv().await {
        while under_way.len() >= CLOSINGS_MAX {
            under_way.join_next().await;
        }
        while under_way.try_join_next().is_some() {}
        let waits: Vec<Duration> = waits(settings).take(TRIES).collect();
        under_way.spawn(offer(client.clone(), closing, waits));
    }
}

async fn offer(mut client: SessionServiceClient<Channel>, closing: Closing, waits: Vec<Duration>) {
    let Closing { session, transcript, signature } = closing;
    let message = v1::CloseSessionRequest { session, transcript, signature, ..Default::default() };
    for wait in waits {
        let mut request = Request::new(message.clone());
        request.set_timeout(CALL_TIMEOUT);
        let status = match timeout(CALL_TIMEOUT, client.close_session(request)).await {
            Ok(Ok(_session)) => return,
            Ok(Err(status)) => status,
            Err(_) => Status::deadline_exceeded("no answer"),
        };
        if matches!(status.code(), Code::InvalidArgument | Code::NotFound | Code::FailedPrecondition) {
            tracing::error!(session = message.session, %status, "the service refused a transcript");
            return;
        }
        sleep(wait).await;
    }
    tracing::error!(session = message.session, "a transcript did not reach the service");
}
