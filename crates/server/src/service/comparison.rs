//! What a change of rules changes: asked for, shown, its flips listed.

use std::sync::Arc;

use lightcone::{longrunning, v1};
use lightcone_access::{Act, Kind, Record};
use lightcone_store::{Comparison, PageRequest};
use prost::DecodeError;
use tonic::{Request, Response, Status};

use crate::access::{Caller, Goal, Scope, caller};
use crate::clock::{now_ns, today};
use crate::context::Context;
use crate::limits::COMPARISONS_RUNNING_MAX;
use crate::rules;
use crate::status;
use crate::whatif::WhatIf;
use crate::wire::{comparison as wire, operation};

/// Comparisons, for the service of policies and that of operations.
#[derive(Clone)]
pub(crate) struct Comparing {
    context: Arc<Context>,
    /// Who works on them.
    pub(super) whatif: Arc<WhatIf>,
}

impl Comparing {
    /// Over this store.
    pub(crate) fn new(context: Arc<Context>, whatif: Arc<WhatIf>) -> Self {
        Self { context, whatif }
    }

    /// What is kept, for the other service.
    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// A comparison, if the caller may do that with it.
    pub(super) async fn reached(&self, caller: &Caller, act: Act, id: &str) -> Result<Comparison, Status> {
        let kept = self.context.store.comparison(id).await.map_err(status::store)?;
        let record = Record::of(Kind::Paper, id, &kept.tenant);
        let goal = Goal { record, name: format!("comparisons/{id}"), site: None };
        self.context.gate.reach(caller, act, &goal).await?;
        Ok(kept)
    }

    /// Asks for one.
    pub(super) async fn compare(
        &self,
        request: Request<v1::ComparePoliciesRequest>,
    ) -> Result<Response<longrunning::Operation>, Status> {
        let (caller, now) = (caller(&request)?, now_ns());
        let asked = wire::asked(request.into_inner(), now, &caller.subject.id)?;
        let (today, books) = (today()?, &self.context.books);
        let base = rules::resolve_field(books, "base", asked.base.clone(), today).await?;
        let draft = rules::resolve_field(books, "draft", Some(asked.draft.clone()), today).await?;
        let filled = (wire::filled(base.0.number, &base.1), wire::filled(draft.0.number, &draft.1));
        // In development mode all chips are nobody's, and everybody's.
        let scope = match self.context.gate.is_development() {
            true => String::new(),
            false => Scope::of(&caller.subject).tenant().unwrap_or_default(),
        };
        let comparison = wire::to_keep(&asked, filled, &caller, scope, now);
        let kept = self
            .context
            .store
            .start_comparison(comparison, COMPARISONS_RUNNING_MAX, asked.once.as_ref())
            .await;
        let kept = kept.map_err(status::store)?;
        self.whatif.begin();
        operation::shown(&kept).map(Response::new).map_err(garbled)
    }

    /// Shows one.
    pub(super) async fn get(
        &self,
        request: Request<v1::GetComparisonRequest>,
    ) -> Result<Response<v1::Comparison>, Status> {
        let caller = caller(&request)?;
        let id = wire::id("name", &request.into_inner().name)?;
        let kept = self.reached(&caller, Act::See, &id).await?;
        wire::shown(&kept).map(Response::new).map_err(garbled)
    }

    /// Lists what flips.
    pub(super) async fn flips(
        &self,
        request: Request<v1::ListFlipsRequest>,
    ) -> Result<Response<v1::ListFlipsResponse>, Status> {
        let caller = caller(&request)?;
        let (page, id) = wire::listed(request.into_inner())?;
        self.reached(&caller, Act::See, &id).await?;
        let asked = PageRequest { after: page.after.clone(), size: page.size };
        let found = self.context.store.list_flips(&id, &asked).await.map_err(status::store)?;
        wire::page(&page, &found).map(Response::new).map_err(garbled)
    }
}

/// What this program kept and cannot read.
pub(super) fn garbled(error: DecodeError) -> Status {
    status::internal(&format!("a comparison that was kept cannot be read: {error}"))
}
