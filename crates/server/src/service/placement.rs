//! `PlacementService`: may this work run there, and what ran.

use std::sync::Arc;

use futures_util::stream::BoxStream;
use lightcone::v1;
use lightcone::v1::placement_service_server::PlacementService;
use lightcone_policy::Stand;
use lightcone_pool::Lane;
use tonic::{Request, Response, Status};

use crate::access::{caller, errand};
use crate::clock::{now_ns, today};
use crate::context::Context;
use crate::placing::{Placements, Placing, Watcher};
use crate::rules;
use crate::status;
use crate::usage;
use crate::wire::Violation;
use crate::wire::decision::{shown_stand, version_name};
use crate::wire::party;
use crate::wire::placement::{self as wire, Asked};
use crate::wire::registry::Page;

/// Places whose answer is no more urgent than other bulk work.
const BULK_ABOVE: usize = 64;

/// `PlacementService`.
pub(crate) struct PlacementsOf {
    context: Arc<Context>,
    placing: Arc<Placing>,
}

impl PlacementsOf {
    /// The service.
    pub(crate) const fn new(context: Arc<Context>, placing: Arc<Placing>) -> Self {
        Self { context, placing }
    }
}

#[tonic::async_trait]
impl PlacementService for PlacementsOf {
    type WatchPlacementStream = BoxStream<'static, Result<v1::WatchPlacementResponse, Status>>;

    async fn check_placement(
        &self,
        request: Request<v1::CheckPlacementRequest>,
    ) -> Result<Response<v1::CheckPlacementResponse>, Status> {
        let caller = caller(&request)?;
        let lane = if request.get_ref().places.len() > BULK_ABOVE { Lane::Bulk } else { Lane::Interactive };
        let errand = errand(&request, lane);
        let mut request = request.into_inner();
        let (asked, now) = (wire::asked(&request)?, now_ns());
        let (book, stand) = rules::resolve(&self.context.books, request.rules.clone(), today()?).await?;
        if request.record
            && (book.number, &stand) != (self.context.books.active().number, &Stand::on(today()?))
        {
            let allowed = "absent: what is recorded is decided by the active version, today, as enforced";
            return Err(Violation::invalid_unsaid("rules", allowed).into());
        }
        let court = self.placing.court(&caller, &asked.workload, book, stand).await?;
        let Asked { places, max_age, .. } = &asked;
        let mut answered = self.placing.check(&caller, errand, court, places, *max_age).await?;
        let decisions = if request.record {
            let once = wire::recorded(&mut request, now, &caller.subject.id)?;
            self.placing.record(&caller, errand, places, &mut answered, once.as_ref()).await?
        } else {
            Vec::new()
        };
        let Placements { placements, court, revision } = &answered;
        let shown = placements.iter().enumerate().map(|(at, placement)| {
            let until = self.placing.valid_until(placement, now, *max_age);
            let decision = decisions.get(at).and_then(Option::as_deref);
            wire::shown(&places[at], placement, until, decision, request.brief)
        });
        Ok(Response::new(v1::CheckPlacementResponse {
            placements: shown.collect(),
            policy_version: version_name(court.book.number),
            policy_sha256: court.book.book.digest.clone(),
            stand: Some(shown_stand(&court.stand)),
            verdict_revision: u64::try_from(*revision).unwrap_or_default(),
        }))
    }

    async fn watch_placement(
        &self,
        request: Request<v1::WatchPlacementRequest>,
    ) -> Result<Response<Self::WatchPlacementStream>, Status> {
        let (caller, errand) = (caller(&request)?, errand(&request, Lane::Bulk));
        let mut request = request.into_inner();
        let token = std::mem::take(&mut request.resume_token);
        let page = Page::read("WatchPlacement", 1, &token, &request)
            .map_err(|_| Violation::bad_token("resume_token"))?;
        let asked = wire::watched(&request)?;
        // A refusal is told before the stream begins.
        let (book, stand) = self.placing.today()?;
        let court = self.placing.court(&caller, &asked.workload, book, stand).await?;
        self.placing.check(&caller, errand, court, &asked.places, asked.max_age).await?;
        let watcher = Watcher::new(Arc::clone(&self.placing), caller, errand, asked, page)?;
        Ok(Response::new(watcher.messages()))
    }

    async fn record_usage(
        &self,
        request: Request<v1::RecordUsageRequest>,
    ) -> Result<Response<v1::RecordUsageResponse>, Status> {
        let caller = caller(&request)?;
        let usages = wire::usages(request.into_inner().usages, &caller.subject.tenant, now_ns())?;
        let count = usages.len() as u64;
        usage::check(&self.context, &caller, &usages).await?;
        let added = self.context.store.put_usages(usages).await.map_err(status::store)?;
        let known = count.saturating_sub(added);
        let shown = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        Ok(Response::new(v1::RecordUsageResponse { added: shown(added), known: shown(known) }))
    }

    async fn get_usage_report(
        &self,
        request: Request<v1::GetUsageReportRequest>,
    ) -> Result<Response<v1::UsageReport>, Status> {
        let (caller, errand) = (caller(&request)?, errand(&request, Lane::Bulk));
        let request = request.into_inner();
        let (begin, end) = wire::period(request.begin_time, request.end_time)?;
        let party = match request.party.as_str() {
            "" => None,
            name => Some(party::id("party", name)?),
        };
        let (book, stand) = rules::resolve(&self.context.books, request.rules, today()?).await?;
        let report = usage::report(&self.context, &caller, errand, party, (begin, end), book, stand).await?;
        Ok(Response::new(report))
    }
}
