//! Verdicts as they are given. A connection that is lost is made again from where it ended.

use std::time::Duration;

use lightcone::v1;
use lightcone::v1::verdict_service_client::VerdictServiceClient;
use tonic::{Code, Status};

use super::super::line::refused;
use super::{MESSAGE_BYTES_MAX, Registry, Shown};
use crate::args::WatchVerdictsArgs;
use crate::exit::Outcome;

/// How long to wait before a lost connection is made again.
const RECONNECT_WAIT: Duration = Duration::from_secs(1);
/// How often that is tried in a row.
const RECONNECTS_MAX: u32 = 30;

/// Verdicts, and from where to go on after them.
pub(crate) struct Given {
    /// The verdicts, in the order in which they were given.
    pub(crate) verdicts: Vec<Shown>,
    /// From where to go on.
    pub(crate) token: String,
}

impl Registry {
    /// Hands on verdicts as they are given, until `take` has enough.
    pub(crate) fn watch_verdicts(
        &self,
        args: &WatchVerdictsArgs,
        mut take: impl FnMut(Given) -> Outcome<bool>,
    ) -> Outcome<()> {
        let client = VerdictServiceClient::new(self.line.channel());
        let client = client.max_decoding_message_size(MESSAGE_BYTES_MAX);
        let mut token = args.resume.clone();
        let mut lost = 0;
        loop {
            let message =
                v1::WatchVerdictsRequest { parent: args.agent.clone(), resume_token: token.clone() };
            let mut stream = match self.line.wait(client.clone().watch_verdicts(message))? {
                Ok(stream) => Some(stream.into_inner()),
                Err(status) if is_passing(&status) && lost < RECONNECTS_MAX => None,
                Err(status) => return Err(refused(&status)),
            };
            while let Some(live) = &mut stream {
                match self.line.wait(live.message())? {
                    Ok(Some(said)) => {
                        (lost, token) = (0, said.resume_token.clone());
                        if !take(given(said)?)? {
                            return Ok(());
                        }
                    }
                    Ok(None) => stream = None,
                    Err(status) if is_passing(&status) => stream = None,
                    Err(status) => return Err(refused(&status)),
                }
            }
            lost += 1;
            self.line.wait(async { tokio::time::sleep(RECONNECT_WAIT).await })?;
        }
    }
}

fn given(said: v1::WatchVerdictsResponse) -> Outcome<Given> {
    let verdicts = said.verdicts.iter().map(|verdict| Shown::of(verdict, "VerdictRecord"));
    Ok(Given { verdicts: verdicts.collect::<Outcome<_>>()?, token: said.resume_token })
}

/// Whether a watch may go on later: the server went down, or the network did.
fn is_passing(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Internal)
        && lightcone::v1::ErrorReason::of(status) != Some(v1::ErrorReason::Internal)
}
