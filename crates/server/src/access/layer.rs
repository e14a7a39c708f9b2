//! The layer before all handlers: a call gets its caller, or its refusal.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use http::{HeaderMap, Request, Response};
use lightcone_access::Proof;
use lightcone_pool::Tenant;
use tonic::Status;
use tonic::body::Body;
use tower::{Layer, Service};

use super::authenticate::{Authenticator, Known, Shown};
use super::caller::Caller;
use super::revocable::{Revocable, Revocation};
use super::rules::{InForce, Rules};
use crate::accept::Peering;
use crate::limits::STRANGERS_CALL;
use crate::wire::Violation;
use crate::{observe, status};

/// Where the contract's calls are: its own services, and the published one for work that takes long.
const CONTRACT: [&str; 2] = ["/lightcone.v1.", "/google.longrunning."];
/// What is called that the contract does not have.
const UNKNOWN_CALL: &str = "unknown";

/// Gives each call its caller, and cuts it off when that one ceases to be entitled.
#[derive(Clone, Debug)]
pub(crate) struct AccessLayer(Arc<Access>);

#[derive(Debug)]
struct Access {
    authenticator: Authenticator,
    rules: Arc<Rules>,
    recheck: Duration,
}

impl AccessLayer {
    /// The layer. Long calls are checked again so often, and whenever rules or roots change.
    pub(crate) fn new(authenticator: Authenticator, rules: Arc<Rules>, recheck: Duration) -> Self {
        Self(Arc::new(Access { authenticator, rules, recheck }))
    }
}

impl<S> Layer<S> for AccessLayer {
    type Service = AccessService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        AccessService { inner, access: Arc::clone(&self.0) }
    }
}

/// See [`AccessLayer`].
#[derive(Clone, Debug)]
pub(crate) struct AccessService<S> {
    inner: S,
    access: Arc<Access>,
}

impl<S> Service<Request<Body>> for AccessService<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // Health and reflection say nothing of what is kept, and anything else has no handler.
        if !CONTRACT.iter().any(|package| request.uri().path().starts_with(package)) {
            return Box::pin(self.inner.call(request));
        }
        let call = observe::contract_call(request.uri().path()).unwrap_or(UNKNOWN_CALL);
        if !is_grpc(request.headers()) {
            let allowed = "application/grpc, which no page may send unasked";
            let told = Status::from(Violation::invalid_unsaid("content-type", allowed));
            return Box::pin(async move { Ok(told.into_http()) });
        }
        let access = Arc::clone(&self.access);
        let Some(peering) = request.extensions().get::<Peering>().cloned() else {
            let told = status::internal("a call without a connection");
            return Box::pin(async move { Ok(told.into_http()) });
        };
        // The one that is ready makes the call.
        let waiting = self.inner.clone();
        let mut ready = std::mem::replace(&mut self.inner, waiting);
        Box::pin(async move {
            let (caller, mut revocation) = match access.admit(call, peering, request.headers()).await {
                Ok(admitted) => admitted,
                Err(refused) => return Ok(refused.into_http()),
            };
            let is_stranger = caller.subject.proof == Proof::None;
            request.extensions_mut().insert(caller);
            let limit = if is_stranger { STRANGERS_CALL } else { Duration::MAX };
            tokio::select! {
                biased;
                answered = tokio::time::timeout(limit, ready.call(request)) => match answered {
                    Ok(answered) => answered.map(|response| {
                        response.map(|body| Body::new(Revocable::new(body, revocation)))
                    }),
                    Err(_) => Ok(status::deadline_exceeded(Some(limit)).into_http()),
                },
                refused = &mut revocation => Ok(refused.into_http()),
            }
        })
    }
}

impl Access {
    /// Who calls, if it may.
    async fn admit(
        self: &Arc<Self>,
        call: &'static str,
        peering: Peering,
        headers: &HeaderMap,
    ) -> Result<(Caller, Revocation), Status> {
        let shown = self.authenticator.read(&peering, headers).await;
        let shown = shown.map_err(|error| status::unauthenticated(error.0))?;
        let changes = self.rules.changes();
        let known = self.entitled(call, &shown)?;
        let turn = match known.subject.tenant.as_str() {
            "" => Tenant::named(&peering.origin().to_string()),
            tenant => Tenant::named(tenant),
        };
        let caller = Caller { subject: Arc::clone(&known.subject), expires_ns: known.expires_ns, turn, call };
        let (access, began) = (Arc::clone(self), (Arc::clone(&known.subject), self.rules.now()));
        let check = move || {
            let known = access.entitled(call, &shown)?;
            // A stream was opened for whom its caller was; a machine's, by a directory that may have frozen its owner.
            let is_machine = known.subject.itself.is_some();
            if known.subject != began.0 || (is_machine && access.rules.now().directory != began.1.directory) {
                return Err(status::unauthenticated("subject_changed"));
            }
            Ok(known.expires_ns)
        };
        Ok((caller, Revocation::new(check, known.expires_ns, changes, self.recheck)))
    }

    /// Who shows that, if it may make the call by the rules of now.
    fn entitled(&self, call: &str, shown: &Shown) -> Result<Known, Status> {
        let rules = self.rules.now();
        let known = self.authenticator.known(&rules.directory, shown, SystemTime::now());
        let known = known.map_err(|error| status::unauthenticated(error.0))?;
        may_call(&rules, &known, call)?;
        Ok(known)
    }
}

/// Whether a request is one of gRPC by its type: those of other types a page of any origin may send, and the browser
/// would show its owner's certificate with it.
fn is_grpc(headers: &HeaderMap) -> bool {
    let kind = headers.get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/grpc"))
}

fn may_call(rules: &InForce, known: &Known, call: &str) -> Result<(), Status> {
    if call == UNKNOWN_CALL {
        return Err(Status::unimplemented("the contract has no such call"));
    }
    let decision = rules.policy.call(&known.subject, call);
    if decision.allowed {
        return Ok(());
    }
    if known.subject.proof == Proof::Development {
        let told = "in development mode nobody shows who they are, and nobody is two people; set `[tls]`";
        return Err(status::second_person_needed("", told));
    }
    if known.subject.id.is_empty() {
        return Err(status::unauthenticated("nobody"));
    }
    let (subject, rules_said) = (&known.subject.id, decision.rules.join(" "));
    tracing::info!(call, subject, rules = rules_said, version = rules.version, "call denied");
    Err(status::forbidden(call, &rules.version, &decision))
}
