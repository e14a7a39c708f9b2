//! `EnrolmentService`: who has a token of the authority is entered, and gets a certificate for as long as it is in use.

use std::sync::Arc;

use lightcone::v1;
use lightcone::v1::enrolment_service_server::EnrolmentService;
use lightcone_access::{Act, Itself};
use lightcone_identity::SpiffeId;
use lightcone_identity::authority::Issued;
use lightcone_pool::Lane;
use lightcone_store::{Agent, Landmark, LandmarkState, Request as Once, Site, StoreError};
use tonic::{Request, Response, Status};

use crate::access::{caller, errand};
use crate::clock::now_ns;
use crate::compute::Fault;
use crate::context::Context;
use crate::enrolling::Enrolling;
use crate::wire::Violation;
use crate::wire::registry::Kind;
use crate::wire::registry::enrolment::{self, Enrolment, Entrant};
use crate::{pace, status};

/// `EnrolmentService`.
pub(crate) struct Enrolments {
    context: Arc<Context>,
    enrolling: Option<Arc<Enrolling>>,
}

impl Enrolments {
    /// The service; without an authority nobody is taken in.
    pub(crate) fn new(context: Arc<Context>, enrolling: Option<Arc<Enrolling>>) -> Self {
        Self { context, enrolling }
    }

    fn enrolling(&self) -> Result<Arc<Enrolling>, Violation> {
        self.enrolling.clone().ok_or_else(|| {
            let remedy = "this service has no authority; whoever runs it sets `authority.folder`";
            Violation::state_forbids("service", "NO_AUTHORITY", remedy)
        })
    }

    /// The landmark as it is now that it is entered, or was by the same request before.
    async fn enter_landmark(&self, landmark: Landmark, once: &Once) -> Result<Landmark, Status> {
        let (id, key) = (landmark.id.clone(), landmark.signing_key);
        self.enter(landmark, once).await?;
        let now: Landmark = self.current(&id).await?;
        is_of(now.signing_key, key)?;
        Ok(now)
    }

    async fn enter_agent(&self, agent: Agent, once: &Once) -> Result<Agent, Status> {
        // A repeated request is not asked again: its answer stands, whatever became of the site.
        if !self.context.store.is_answered(once).await.map_err(used)? {
            self.is_at_its_own(&agent).await?;
        }
        let (id, key) = (agent.id.clone(), agent.identity_key);
        self.enter(agent, once).await?;
        let now: Agent = self.current(&id).await?;
        is_of(now.identity_key, key)?;
        Ok(now)
    }

    /// Enters a record, once a token.
    async fn enter<K: Kind>(&self, record: K, once: &Once) -> Result<(), Status> {
        K::shelf(&*self.context.store).create_many(vec![record], Some(once)).await.map(drop).map_err(used)
    }

    /// A record that is in use.
    async fn current<K: Kind>(&self, id: &str) -> Result<K, Status> {
        let record: K = K::shelf(&*self.context.store).get(id).await.map_err(status::store)?;
        match record.retired() {
            Some(state) => Err(status::state_forbids(&K::name_of(id), state, "one that is not retired")),
            None => Ok(record),
        }
    }

    /// Whether the site is in use, and of the tenant that the agent is vouched for to be of. The site of another is not
    /// told from none.
    async fn is_at_its_own(&self, agent: &Agent) -> Result<(), Status> {
        let name = Site::name_of(&agent.site);
        let nowhere = || Status::from(Violation::nothing_named("token.site", &name));
        let site: Site = match self.context.store.get(&agent.site).await {
            Err(StoreError::NotFound { .. }) => return Err(nowhere()),
            found => found.map_err(status::store)?,
        };
        if site.tenant != agent.tenant {
            return Err(nowhere());
        }
        match site.retired() {
            Some(state) => Err(status::state_forbids(&name, state, "a site in use")),
            None => Ok(()),
        }
    }
}

#[tonic::async_trait]
impl EnrolmentService for Enrolments {
    async fn enrol(&self, request: Request<v1::EnrolRequest>) -> Result<Response<v1::EnrolResponse>, Status> {
        let errand = errand(&request, Lane::Interactive);
        let (enrolling, wire) = (self.enrolling()?, request.into_inner());
        enrolment::is_small_enough(&wire)?;
        let begin = self.context.landmarks_begin;
        let work = move |_: &_| checked(&enrolling, wire, begin);
        let (Enrolment { entrant, once, .. }, issued) =
            self.context.compute.run(errand, pace::entry_cost(1), work).await?;
        let verifier_key = self.context.signer.public();
        let answer = match entrant {
            Entrant::Landmark(landmark) => {
                let landmark = self.enter_landmark(landmark, &once).await?;
                enrolment::enrolled_landmark(&landmark, verifier_key)
            }
            Entrant::Agent(agent) => {
                let agent = self.enter_agent(agent, &once).await?;
                enrolment::enrolled_agent(&agent, verifier_key)
            }
        };
        tracing::info!(name = answer.name, "enrolled");
        Ok(Response::new(v1::EnrolResponse { certificate: issued.map(enrolment::certificate), ..answer }))
    }

    async fn renew_certificate(
        &self,
        request: Request<v1::RenewCertificateRequest>,
    ) -> Result<Response<v1::RenewCertificateResponse>, Status> {
        let errand = errand(&request, Lane::Interactive);
        let enrolling = self.enrolling()?;
        let caller = caller(&request)?;
        let (gate, subject) = (&self.context.gate, Arc::clone(&caller.subject));
        match &subject.itself {
            Some(Itself::Landmark(id)) => {
                gate.landmark(&caller, Act::Use, id).await?;
                self.current::<Landmark>(id).await.map(drop)?
            }
            Some(Itself::Agent(id)) => {
                gate.agent(&caller, Act::Use, id).await?;
                self.current::<Agent>(id).await.map(drop)?
            }
            None => return Err(status::unauthenticated("subject_unknown")),
        }
        let csr = request.into_inner().certificate_request;
        enrolment::request_is_small_enough(&csr)?;
        let work = move |_: &_| {
            let id = SpiffeId::parse(&subject.id).map_err(|error| Fault::Own(error.to_string()))?;
            enrolling.sign(&csr, &id).map_err(|error| enrolment::not_signed(&error))
        };
        let issued = self.context.compute.run(errand, pace::entry_cost(1), work).await?;
        let certificate = Some(enrolment::certificate(issued));
        Ok(Response::new(v1::RenewCertificateResponse { certificate }))
    }
}

/// All that can be said of a request without the store. The certificate is signed before the token is used up, so that
/// a request that is none does not use it up.
fn checked(
    enrolling: &Enrolling,
    wire: v1::EnrolRequest,
    begin: LandmarkState,
) -> Result<(Enrolment, Option<Issued>), Fault> {
    let now = now_ns();
    let token = enrolling.token(&wire.token, now).map_err(|error| enrolment::token_refused(&error))?;
    let id = token.spiffe_id().map_err(|error| Fault::Own(error.to_string()))?;
    let enrolment = enrolment::enrolment(wire, token, begin, now)?;
    let issued = match enrolment.certificate_request.as_slice() {
        [] => None,
        csr => Some(enrolling.sign(csr, &id).map_err(|error| enrolment::not_signed(&error))?),
    };
    Ok((enrolment, issued))
}

/// A token that brought other keys before is used up.
fn used(error: StoreError) -> Status {
    match error {
        StoreError::RequestReused { .. } => token_is_used().into(),
        error => status::store(error),
    }
}

/// What the token entered may have been given other keys since.
fn is_of(now: [u8; 32], key: [u8; 32]) -> Result<(), Violation> {
    if now == key { Ok(()) } else { Err(token_is_used()) }
}

fn token_is_used() -> Violation {
    Violation::enrolment_refused("token", "used", "was used for other keys: have the authority make another")
}
