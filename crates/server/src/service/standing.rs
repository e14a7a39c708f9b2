//! `StandingService`: what others than its owner are told of a chip, and anyone of this service.

use std::sync::Arc;

use lightcone::v1;
use lightcone::v1::standing_service_server::StandingService;
use lightcone_access::Act;
use lightcone_store::{Chip, Filter, PageRequest, Registry};
use tonic::{Request, Response, Status};

use crate::access::{Caller, Goal, Scope, caller};
use crate::context::Context;
use crate::limits::PAGE_SIZE_MAX;
use crate::measuring::Measuring;
use crate::standing::{Answer, EPOCH_DAYS, Teller};
use crate::status;
use crate::wire::standing as wire;

/// The most chips that one call of a list looks at. An agency of few areas gets short pages, and goes on.
const SCANNED_MAX: usize = 2_000;

/// `StandingService`.
pub(crate) struct Standings {
    context: Arc<Context>,
    teller: Teller,
}

impl Standings {
    /// The service by what is kept and measured.
    pub(crate) fn new(context: Arc<Context>, measuring: Arc<Measuring>) -> Self {
        Self { teller: Teller::new(Arc::clone(&context), measuring), context }
    }

    /// Which chips a caller may ask about at all, as the store finds them: an agency's are found by area, all others'
    /// by tenant.
    fn filter(caller: &Caller) -> Filter {
        let subject = &caller.subject;
        let scope = if subject.areas.is_empty() { Scope::of(subject) } else { Scope::All };
        Filter { tenant: scope.tenant(), ..Filter::default() }
    }
}

/// A chip that somebody is told of, with the areas in which it may be.
fn goal(chip: &Chip, answer: &Answer) -> Goal {
    let mut goal = Goal::from(chip);
    goal.record.areas = answer.jurisdictions.clone();
    goal
}

#[tonic::async_trait]
impl StandingService for Standings {
    async fn get_standing(
        &self,
        request: Request<v1::GetStandingRequest>,
    ) -> Result<Response<v1::Standing>, Status> {
        let caller = caller(&request)?;
        let id = wire::chip(&request.into_inner().chip)?;
        let chip: Chip = self.context.store.get(&id).await.map_err(status::store)?;
        let answer = self.teller.of(&chip).await?;
        self.context.gate.reach(&caller, Act::Tell, &goal(&chip, &answer)).await?;
        Ok(Response::new(wire::shown(answer)))
    }

    async fn list_standings(
        &self,
        request: Request<v1::ListStandingsRequest>,
    ) -> Result<Response<v1::ListStandingsResponse>, Status> {
        let caller = caller(&request)?;
        let page = wire::listed(request.into_inner())?;
        let (wanted, filter) = (page.size as usize, Self::filter(&caller));
        let shelf: &dyn Registry<Chip> = &*self.context.store;
        let mut asked = PageRequest { after: page.after.clone(), size: page.size.min(PAGE_SIZE_MAX) };
        let (mut standings, mut scanned) = (Vec::new(), 0);
        loop {
            let chips = shelf.list(&filter, &asked).await.map_err(status::store)?;
            let is_end = chips.len() < asked.size as usize;
            for chip in chips {
                let answer = self.teller.of(&chip).await?;
                let goal = goal(&chip, &answer);
                if self.context.gate.allows(&caller.subject, Act::Tell, &goal.record) {
                    self.context.gate.reach(&caller, Act::Tell, &goal).await?;
                    standings.push(wire::shown(answer));
                }
                scanned += 1;
                asked.after = Some(chip.id);
                if standings.len() >= wanted || scanned >= SCANNED_MAX {
                    // A page may be short and still not be the last.
                    let next_page_token = page.next(wanted, asked.after.as_deref());
                    return Ok(Response::new(v1::ListStandingsResponse { standings, next_page_token }));
                }
            }
            if is_end {
                return Ok(Response::new(v1::ListStandingsResponse { standings, ..Default::default() }));
            }
        }
    }

    async fn get_service(
        &self,
        _request: Request<v1::GetServiceRequest>,
    ) -> Result<Response<v1::Service>, Status> {
        let gate = &self.context.gate;
        Ok(Response::new(v1::Service {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            verifier_key: self.context.signer.public().to_vec(),
            trust_domain: gate.authenticator().trust_domain(),
            token_issuers: gate.authenticator().issuers(),
            policy_version: gate.rules().version.clone(),
            epoch_days: EPOCH_DAYS,
        }))
    }
}
