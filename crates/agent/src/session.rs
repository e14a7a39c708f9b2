//! One session: fresh keys, evidence, a plan, answers, a signed transcript. What it keeps dies with it.

use std::time::Duration;

use lightcone::names::SessionName;
use lightcone::v1;
use lightcone::v1::session_service_client::SessionServiceClient;
use lightcone_probe::Binding;
use lightcone_probe::binding::closing_nonce;
use lightcone_probe::transcript::Transcript;
use tokio::time::{Instant, sleep_until, timeout};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

use crate::answer;
use crate::attend::waits;
use crate::error::Refused;
use crate::evidence::Shown;
use crate::keys::SessionKeys;
use crate::plan::{Attested, array};
use crate::run::Agent;

/// How long one call may take.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the evidence is offered anew while the service cannot be reached; it says itself when it is too late.
const ATTEST_WITHIN: Duration = Duration::from_secs(60);
/// How long the transcript is offered anew while the service cannot be reached.
const CLOSE_WITHIN: Duration = Duration::from_secs(120);
/// The first and the longest wait between two attempts.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// What came of a session.
pub(crate) struct Kept {
    /// Landmarks with whom a handshake was made.
    pub(crate) landmarks: usize,
    /// Challenges answered.
    pub(crate) answered: u32,
}

/// Keeps a session from its summons to its transcript.
pub(crate) async fn keep(
    agent: &Agent,
    client: SessionServiceClient<Channel>,
    summons: v1::Summons,
) -> Result<Kept, Refused> {
    let nonce = check(agent, &summons)?;
    let settings = &agent.settings;
    let keys = SessionKeys::draw()?;
    let binding = keys.binding(&nonce, &settings.verifier, &settings.agent);
    let Shown { evidence, signature } = agent.evidence.collect(binding.0, &keys.signing).await?;
    let inventory = agent.inventory.tell(&keys.signing, &binding).await?;
    let request = v1::AttestRequest {
        session: summons.session.clone(),
        verifier_nonce: nonce.to_vec(),
        exchange_key: keys.exchange_public().to_vec(),
        signing_key: keys.signing_public().to_vec(),
        evidence,
        evidence_signature: signature,
        inventory: inventory.json,
        inventory_signature: inventory.signature,
    };
    let answer = offered("Attest", ATTEST_WITHIN, || {
        let (mut client, request) = (client.clone(), limited(request.clone()));
        async move { client.attest(request).await }
    });
    let wire = answer.await?.plan.ok_or(Refused::Field {
        message: "answer to Attest",
        field: "plan",
        remedy: "it is there once the session is attested",
    })?;
    let attested = Attested {
        session: &summons.session,
        binding,
        verifier: &settings.verifier,
        landmarks_max: settings.landmarks_max,
    };
    let plan = attested.take(&wire)?;
    tracing::debug!(session = %summons.session, landmarks = plan.landmarks.len(), "answering");
    let transcript = answer::answer(settings, plan, &keys).await?;
    close(agent, &client, summons.session, &transcript, (&keys, &binding)).await?;
    let answered = transcript.landmarks.iter().map(|entry| u32::from(entry.count)).sum();
    Ok(Kept { landmarks: transcript.landmarks.len(), answered })
}

/// Whether the summons is of the one verifier and for this agent: its nonce.
fn check(agent: &Agent, summons: &v1::Summons) -> Result<[u8; 32], Refused> {
    let settings = &agent.settings;
    if summons.verifier_key != settings.verifier.as_bytes() {
        let (found, expected) =
            (hex::encode(&summons.verifier_key), hex::encode(settings.verifier.as_bytes()));
        return Err(Refused::Verifier { found, expected });
    }
    let field = |field, remedy| Refused::Field { message: "summons", field, remedy };
    let name = SessionName::parse(&summons.session);
    if name.is_ok_and(|name| name.agent == settings.agent.agent) {
        return array(&summons.verifier_nonce, "verifier_nonce", "it is 32 bytes");
    }
    Err(field("session", "it is a session of this agent, agents/{agent}/sessions/{session}"))
}

/// Closes a session with its transcript and, where hardware vouches, with evidence that it is still there.
async fn close(
    agent: &Agent,
    client: &SessionServiceClient<Channel>,
    session: String,
    transcript: &Transcript,
    (keys, binding): (&SessionKeys, &Binding),
) -> Result<(), Refused> {
    let (body, signature) = transcript.sign(&keys.signing);
    let shown = after(agent, closing_nonce(binding, &body), keys).await;
    let request = v1::CloseSessionRequest {
        session,
        transcript: body,
        signature: signature.0.to_vec(),
        evidence: shown.evidence,
        evidence_signature: shown.signature,
    };
    let closed = offered("CloseSession", CLOSE_WITHIN, || {
        let (mut client, request) = (client.clone(), limited(request.clone()));
        async move { client.close_session(request).await }
    });
    closed.await.map(|_session| ())
}

/// Evidence after measuring. A device that fails now must not cost the session its transcript: the verdict says that
/// nothing closed it.
async fn after(agent: &Agent, nonce: [u8; 32], keys: &SessionKeys) -> Shown {
    if !agent.evidence.is_of_hardware() {
        return Shown::default();
    }
    agent.evidence.collect(nonce, &keys.signing).await.unwrap_or_else(|error| {
        tracing::error!(%error, "no evidence after measuring; the verdict will be the weaker for it");
        Shown::default()
    })
}

fn limited<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(CALL_TIMEOUT);
    request
}

/// Makes a call, and again while the service cannot be reached, until the time for it is over. Both calls that are
/// made so are safe to repeat.
async fn offered<T, F>(
    call: &'static str,
    within: Duration,
    mut attempt: impl FnMut() -> F,
) -> Result<T, Refused>
where
    F: Future<Output = Result<tonic::Response<T>, Status>>,
{
    let end = Instant::now() + within;
    for wait in waits(RETRY.0, RETRY.1) {
        let status = match timeout(CALL_TIMEOUT, attempt()).await {
            Ok(Ok(answer)) => return Ok(answer.into_inner()),
            Ok(Err(status)) => status,
            Err(_) => Status::deadline_exceeded("no answer"),
        };
        let next = Instant::now() + wait;
        if next >= end || !is_passing(status.code()) {
            return Err(Refused::Service { call, status: Box::new(status) });
        }
        sleep_until(next).await;
    }
    let status = Box::new(Status::deadline_exceeded("no answer"));
    Err(Refused::Service { call, status })
}

/// Whether the same call may succeed later.
const fn is_passing(code: Code) -> bool {
    matches!(
        code,
        Code::Unavailable
            | Code::ResourceExhausted
            | Code::DeadlineExceeded
            | Code::Cancelled
            | Code::Unknown
    )
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_service_that_comes_back_is_asked_again_and_a_refusal_is_not() {
        for (code, attempts) in [(Code::Unavailable, 3), (Code::PermissionDenied, 1)] {
            let made = AtomicU32::new(0);
            let outcome = offered("Attest", ATTEST_WITHIN, || {
                let attempt = made.fetch_add(1, Ordering::Relaxed);
                async move {
                    if attempt == 2 { Ok(tonic::Response::new(())) } else { Err(Status::new(code, "no")) }
                }
            })
            .await;
            assert_eq!((outcome.is_ok(), made.into_inner()), (code == Code::Unavailable, attempts));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_that_stays_away_is_given_up() {
        let begun = Instant::now();
        let outcome: Result<(), _> =
            offered("CloseSession", CLOSE_WITHIN, || async { Err(Status::unavailable("down")) }).await;
        assert!(matches!(outcome, Err(Refused::Service { call: "CloseSession", .. })));
        assert!(begun.elapsed() <= CLOSE_WITHIN);
    }
}
