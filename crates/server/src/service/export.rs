//! `ExportService`: may these goods go there, to them, on that day.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use lightcone::v1;
use lightcone::v1::check_export_request::Subject;
use lightcone::v1::export_service_server::ExportService;
use lightcone_access::{Act, Kind, Record};
use lightcone_policy::replay::{Inputs, replay};
use lightcone_policy::{Decision as Decided, Law, Stand, flags};
use lightcone_pool::{Cost, Lane};
use lightcone_store::{Decision, Registry, Transfer};
use tonic::{Request, Response, Status};

use crate::access::{Caller, Goal, caller, errand};
use crate::clock::{now_ns, today};
use crate::compute::{Errand, Fault};
use crate::context::Context;
use crate::decisions::{self, ENGINE, EXPORT};
use crate::papers;
use crate::rules::{self, KeptBook};
use crate::status;
use crate::wire::registry::once;
use crate::wire::{Violation, decision, export as wire, transfer};

/// How long a decision is expected to take.
const DECIDE: Duration = Duration::from_millis(1);

/// `ExportService`.
pub(crate) struct Exports {
    context: Arc<Context>,
}

/// What a check is made of.
struct Check {
    inputs: Inputs,
    /// The transfer as a resource name; empty: it was given inline.
    subject: String,
    tenant: String,
    /// What the consignee and those around it did before.
    around: Option<papers::Surroundings>,
}

impl Exports {
    /// The service over these books and papers.
    pub(crate) fn new(context: Arc<Context>) -> Self {
        Self { context }
    }

    /// A transfer that was entered, with its parties, chips and what went before.
    async fn entered(&self, caller: &Caller, name: &str) -> Result<Check, Status> {
        let store = &*self.context.store;
        let shelf: &dyn Registry<Transfer> = store;
        let kept = shelf.get(&wire::transfer_id(name)?).await.map_err(status::store)?;
        let record = Record::of(Kind::Paper, &kept.id, &kept.tenant);
        let goal = Goal { record, name: name.to_owned(), site: None };
        self.context.gate.reach(caller, Act::See, &goal).await?;
        let transfer = transfer::opened(&kept)?;
        let inputs =
            Inputs { transfer, parties: Default::default(), skus: Default::default(), flags: Vec::new() };
        let (tenant, subject) = (kept.tenant, name.to_owned());
        self.filled(Check { inputs, subject, tenant, around: None }).await
    }

    /// Adds parties, SKUs and the past that a tenant entered.
    async fn filled(&self, mut check: Check) -> Result<Check, Status> {
        let store = &*self.context.store;
        let wanted: BTreeSet<String> = wire::unknown_parties(&check.inputs);
        let mut found = papers::party_closure(store, &check.tenant, &wanted).await?;
        found.append(&mut check.inputs.parties);
        check.inputs.parties = found;
        let mut own = papers::skus(store, &check.tenant).await?;
        own.append(&mut check.inputs.skus);
        let goes: BTreeSet<&String> = check.inputs.transfer.lines.iter().map(|line| &line.sku).collect();
        own.retain(|name, _| goes.contains(name));
        check.inputs.skus = own;
        let consignee = std::slice::from_ref(&check.inputs.transfer.consignee);
        let kept = store.parties(&check.tenant, consignee).await.map_err(status::store)?;
        if let Some(consignee) = kept.into_iter().next() {
            check.around = Some(papers::Surroundings::of(store, consignee).await?);
        }
        Ok(check)
    }

    /// Looks for flags and decides, in the pool.
    async fn decided(
        &self,
        errand: Errand,
        check: Check,
        book: Arc<KeptBook>,
        stand: Stand,
    ) -> Result<(Check, Decided), Status> {
        let work = move |_: &_| {
            let mut check = check;
            let law = Law::new(&book.book, stand);
            let (mut parties, pasts) = match &check.around {
                Some(around) => around.opened().map_err(|garbled| Fault::Own(garbled.to_string()))?,
                None => Default::default(),
            };
            parties.extend(check.inputs.parties.iter().map(|(id, party)| (id.clone(), party.clone())));
            check.inputs.flags = flags::raise(&law, &check.inputs.transfer, &parties, &pasts);
            let decided = replay(&book.book, law.stand(), &check.inputs);
            Ok((check, decided))
        };
        self.context.compute.run(errand, Cost::from(DECIDE), work).await
    }

    /// A decision that was kept, if the caller may see it.
    async fn kept(&self, caller: &Caller, name: &str) -> Result<Decision, Status> {
        let kept = self.context.store.decision(&wire::id(name)?).await.map_err(status::store)?;
        let record = Record::of(Kind::Paper, &kept.id, &kept.tenant);
        let goal = Goal { record, name: name.to_owned(), site: None };
        self.context.gate.reach(caller, Act::See, &goal).await?;
        Ok(kept)
    }

    /// Shows a decision as it was kept.
    async fn shown(&self, errand: Errand, kept: Decision) -> Result<v1::Decision, Status> {
        let work = move |_: &_| {
            let unreadable = |error| Fault::Own(format!("decision {}: {error}", kept.id));
            let decided: Decided = serde_json::from_slice(&kept.canonical).map_err(unreadable)?;
            let shown = decision::decision(&decided, kept.book, hex::encode(kept.inputs_sha256));
            Ok(v1::Decision { name: wire::name_of(&kept.id), ..shown })
        };
        self.context.compute.run(errand, Cost::from(DECIDE), work).await
    }

    /// Makes a kept decision again.
    async fn again(&self, errand: Errand, kept: Decision) -> Result<(bool, v1::Decision), Status> {
        let book = self.context.books.number(kept.book).await?;
        let work = move |_: &_| {
            let own = |error: String| Fault::Own(format!("decision {}: {error}", kept.id));
            let stand = wire::kept_stand(&kept).map_err(own)?;
            let inputs = Inputs::read(&kept.inputs).map_err(|error| own(error.to_string()))?;
            let decided = replay(&book.book, &stand, &inputs);
            let same = decided.canonical() == kept.canonical;
            let shown = decision::decision(&decided, kept.book, hex::encode(kept.inputs_sha256));
            Ok((same, v1::Decision { name: wire::name_of(&kept.id), ..shown }))
        };
        self.context.compute.run(errand, Cost::from(DECIDE), work).await
    }
}

#[tonic::async_trait]
impl ExportService for Exports {
    async fn check_export(
        &self,
        request: Request<v1::CheckExportRequest>,
    ) -> Result<Response<v1::Decision>, Status> {
        let (caller, errand) = (caller(&request)?, errand(&request, Lane::Interactive));
        let mut asked = request.into_inner();
        let once = once(&mut asked, now_ns(), &caller.subject.id)?;
        let v1::CheckExportRequest { subject, parties, skus, rules, record, .. } = asked;
        let is_active = rules.as_ref().is_none_or(|rules| rules.policy_version.is_empty());
        let check = match subject {
            None => {
                let remedy = "name a `transfer`, or give one `inline`";
                return Err(Violation::missing("subject", remedy).into());
            }
            Some(Subject::Transfer(name)) => self.entered(&caller, &name).await?,
            Some(Subject::Inline(_)) if record => {
                let allowed =
                    "`false` for an inline transfer: enter it first, so that the record has a subject";
                return Err(Violation::invalid("record", true, allowed).into());
            }
            Some(Subject::Inline(transfer)) => {
                let work = move |_: &_| Ok(wire::inline(&transfer, &parties, &skus)?);
                let inputs = self.context.compute.run(errand, Cost::from(DECIDE), work).await?;
                let (subject, tenant) = (String::new(), caller.subject.tenant.clone());
                self.filled(Check { inputs, subject, tenant, around: None }).await?
            }
        };
        if record && !is_active {
            let allowed =
                "`false` with a version of the caller's choice: what is recorded is by the active one";
            return Err(Violation::invalid("record", true, allowed).into());
        }
        let day = today()?.max(check.inputs.transfer.date);
        let (book, stand) = rules::resolve(&self.context.books, rules, day).await?;
        let number = book.number;
        let (check, decided) = self.decided(errand, check, book, stand).await?;
        let whose = (check.tenant.as_str(), caller.subject.id.as_str());
        let row =
            decisions::to_keep(EXPORT, &check.subject, &decided, &check.inputs, number, whose, now_ns())?;
        if !record {
            let inputs_sha256 = hex::encode(row.inputs_sha256);
            return Ok(Response::new(decision::decision(&decided, number, inputs_sha256)));
        }
        let kept = self.context.store.put_decisions(vec![row], once.as_ref()).await.map_err(status::store)?;
        let kept = kept.into_iter().next().ok_or_else(|| status::internal("a decision was not kept"))?;
        // The same request may have been answered before, when facts or rules were others: what was kept is shown.
        self.shown(errand, kept).await.map(Response::new)
    }

    async fn get_decision(
        &self,
        request: Request<v1::GetDecisionRequest>,
    ) -> Result<Response<v1::RecordedDecision>, Status> {
        let (caller, errand) = (caller(&request)?, errand(&request, Lane::Interactive));
        let kept = self.kept(&caller, &request.into_inner().name).await?;
        let inputs_json = String::from_utf8(kept.inputs.clone())
            .map_err(|_| status::internal("the facts of a decision are no text"))?;
        let (subject, asked_by) = (kept.subject.clone(), kept.asked_by.clone());
        let create_time = Some(crate::wire::moment::timestamp(kept.create_time));
        let decision = Some(self.shown(errand, kept).await?);
        Ok(Response::new(v1::RecordedDecision { decision, subject, inputs_json, create_time, asked_by }))
    }

    async fn list_decisions(
        &self,
        request: Request<v1::ListDecisionsRequest>,
    ) -> Result<Response<v1::ListDecisionsResponse>, Status> {
        let caller = caller(&request)?;
        let (page, mut filter) = wire::listed(request.into_inner())?;
        filter.tenant = self.context.gate.scope(&caller, Kind::Paper).tenant();
        let found = self.context.store.list_decisions(&filter).await.map_err(status::store)?;
        wire::page(&page, found).map(Response::new).map_err(|fault| status::internal(&fault))
    }

    async fn replay_decision(
        &self,
        request: Request<v1::ReplayDecisionRequest>,
    ) -> Result<Response<v1::ReplayDecisionResponse>, Status> {
        let (caller, errand) = (caller(&request)?, errand(&request, Lane::Interactive));
        let kept = self.kept(&caller, &request.into_inner().name).await?;
        let engine = kept.engine.clone();
        let (same, decision) = self.again(errand, kept).await?;
        let engine_now = ENGINE.to_owned();
        let decision = Some(decision);
        Ok(Response::new(v1::ReplayDecisionResponse { same, decision, engine, engine_now }))
    }
}
