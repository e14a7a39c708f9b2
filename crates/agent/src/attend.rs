//! Waiting for summonses: one stream, opened anew whenever it ends.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use lightcone::v1;
use lightcone::v1::attend_response::Event;
use lightcone::v1::session_service_client::SessionServiceClient;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tonic::Status;
use tonic::transport::Channel;

use crate::error::Refused;
use crate::run::Agent;
use crate::session::{self, Kept};

/// A stream that says nothing for so long is dead: signs of life come every 15 seconds.
const SILENCE_MAX: Duration = Duration::from_secs(50);
/// The most sessions at once. The service holds one at a time; a second one may overlap its end.
const SESSIONS_MAX: usize = 2;

/// Attends for ever. Dropping it ends the stream and every session under way.
pub(crate) async fn attend(agent: Arc<Agent>, channel: Channel) {
    let client = SessionServiceClient::new(channel);
    let mut sessions = Sessions::default();
    let afresh = || waits(agent.settings.reconnect_min, agent.settings.reconnect_max);
    let mut next = afresh();
    loop {
        let (lived, status) = watch(&agent, &client, &mut sessions).await;
        if lived {
            next = afresh();
        }
        let wait = next.next().unwrap_or(agent.settings.reconnect_max);
        tracing::warn!(
            agent = %agent.settings.agent, %status, wait_ms = wait.as_millis() as u64,
            "not attending; a summons in the meantime is a missed session"
        );
        sleep(wait).await;
    }
}

/// Waits that double, each with as much chance added, so that a fleet does not come back in step.
pub(crate) fn waits(least: Duration, most: Duration) -> impl Iterator<Item = Duration> {
    let builder = ExponentialBuilder::default().with_min_delay(least).with_max_delay(most);
    builder.without_max_times().with_jitter().build()
}

/// One stream, until it ends: whether it lived, and why it ended.
async fn watch(
    agent: &Arc<Agent>,
    client: &SessionServiceClient<Channel>,
    sessions: &mut Sessions,
) -> (bool, Status) {
    let request = v1::AttendRequest { agent: agent.settings.agent.to_string() };
    let mut stream = match client.clone().attend(request).await {
        Ok(answer) => answer.into_inner(),
        Err(status) => return (false, status),
    };
    let mut lived = false;
    loop {
        let said = match timeout(SILENCE_MAX, stream.message()).await {
            Ok(Ok(Some(said))) => said,
            Ok(Ok(None)) => return (lived, Status::unavailable("the service ended the stream")),
            Ok(Err(status)) => return (lived, status),
            Err(_) => return (lived, Status::deadline_exceeded("the stream gave no sign of life")),
        };
        if !lived {
            tracing::info!(agent = %agent.settings.agent, "attending");
            lived = true;
        }
        if let Some(Event::Summons(summons)) = said.event {
            sessions.begin(agent, client, summons);
        }
    }
}

/// Sessions under way, beside the stream that announced them.
#[derive(Default)]
struct Sessions {
    tasks: JoinSet<String>,
    names: BTreeSet<String>,
}

impl Sessions {
    /// Begins a session, unless it is under way: a stream that was opened again tells a summons again.
    fn begin(&mut self, agent: &Arc<Agent>, client: &SessionServiceClient<Channel>, summons: v1::Summons) {
        while let Some(ended) = self.tasks.try_join_next() {
            match ended {
                Ok(name) => drop(self.names.remove(&name)),
                // A task that panicked says no name: rather a summons begun twice than one never.
                Err(_) => self.names.clear(),
            }
        }
        let name = summons.session.clone();
        if self.names.contains(&name) {
            return;
        }
        if self.tasks.len() >= SESSIONS_MAX {
            tell(&name, &Refused::Busy { limit: SESSIONS_MAX });
            return;
        }
        self.names.insert(name.clone());
        let (agent, client) = (Arc::clone(agent), client.clone());
        self.tasks.spawn(async move {
            match session::keep(&agent, client, summons).await {
                Ok(Kept { landmarks, answered }) => {
                    tracing::info!(session = %name, landmarks, answered, "session kept");
                }
                Err(refused) => tell(&name, &refused),
            }
            name
        });
    }
}

fn tell(session: &str, refused: &Refused) {
    tracing::error!(session = %session.escape_debug(), error = %refused, "session not kept");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_their_limit_and_never_end() {
        let (least, most) = (Duration::from_millis(10), Duration::from_millis(500));
        let waits: Vec<Duration> = waits(least, most).take(100).collect();
        assert_eq!(waits.len(), 100);
        assert!(waits[0] >= least && waits[0] <= 2 * least);
        assert!(waits[99] >= most && waits.iter().all(|wait| *wait <= 2 * most));
    }
}
