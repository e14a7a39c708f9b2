//! `PolicyService`: rule books, and which of them judges.

use std::sync::Arc;

use lightcone::v1;
use lightcone::v1::policy_service_server::PolicyService;
use lightcone_policy::Book;
use lightcone_pool::Lane;
use lightcone_store::{RuleBook, StoreError};
use tonic::{Request, Response, Status};

use super::Comparing;
use crate::access::{caller, errand};
use crate::clock::{now_ns, today};
use crate::compute::Fault;
use crate::context::Context;
use crate::rules;
use crate::status;
use crate::wire::policy as wire;
use crate::wire::registry::once;

/// `PolicyService`.
pub(crate) struct Policies {
    context: Arc<Context>,
    comparing: Comparing,
}

impl Policies {
    /// The service over these books.
    pub(crate) fn new(context: Arc<Context>, comparing: Comparing) -> Self {
        Self { context, comparing }
    }

    /// A version by its name, the active one among them.
    async fn named(&self, name: &str) -> Result<RuleBook, Status> {
        let number = rules::number("name", name)?.unwrap_or_else(|| self.context.books.active().number);
        self.context.store.rule_book(number).await.map_err(status::store)
    }
}

#[tonic::async_trait]
impl PolicyService for Policies {
    async fn validate_policy(
        &self,
        request: Request<v1::ValidatePolicyRequest>,
    ) -> Result<Response<v1::ValidatePolicyResponse>, Status> {
        let errand = errand(&request, Lane::Bulk);
        let files = wire::files(request.into_inner().files)?;
        let cost = rules::cost(&files);
        let work = move |_: &_| Ok(wire::validated(&files, Book::read(&files)));
        self.context.compute.run(errand, cost, work).await.map(Response::new)
    }

    async fn create_policy_version(
        &self,
        request: Request<v1::CreatePolicyVersionRequest>,
    ) -> Result<Response<v1::PolicyVersion>, Status> {
        let (caller, now, errand) = (caller(&request)?, now_ns(), errand(&request, Lane::Bulk));
        let mut asked = request.into_inner();
        let note = wire::why("note", asked.note.clone())?;
        let cost = rules::cost_of(asked.files.iter().map(|file| file.text.len()).sum());
        let (context, by) = (Arc::clone(&self.context), caller.subject.id.clone());
        let work = move |_: &_| {
            let once = once(&mut asked, now, &by)?;
            let files = wire::files(asked.files)?;
            let book = match Book::read(&files) {
                Ok(book) => book,
                Err(faults) => return Ok(Err(faults)),
            };
            let seal = context.books.trust.seal(&book, &asked.signature)?;
            let row = wire::entered(&book, note, &by, now);
            let row = row.ok_or_else(|| Fault::Own("a book's digest is none".to_owned()))?;
            let row = RuleBook { signed_by: seal.key, signature: seal.signature, ..row };
            Ok(Ok((row, rules::file_rows(files), once)))
        };
        let (row, files, once) = match self.context.compute.run(errand, cost, work).await? {
            Ok(read) => read,
            Err(faults) => return Err(status::book_faults(&faults)),
        };
        let kept = self.context.store.put_rule_book(row, files, once.as_ref()).await;
        let kept = kept.map_err(status::store)?;
        tracing::info!(number = kept.number, title = kept.title, by = kept.created_by, "rule book entered");
        Ok(Response::new(wire::shown(kept)))
    }

    async fn get_policy_version(
        &self,
        request: Request<v1::GetPolicyVersionRequest>,
    ) -> Result<Response<v1::PolicyVersion>, Status> {
        let errand = errand(&request, Lane::Interactive);
        let v1::GetPolicyVersionRequest { name, with_files } = request.into_inner();
        let row = self.named(&name).await?;
        let (kept, today) = (self.context.books.number(row.number).await?, today()?);
        let files = match with_files {
            true => self.context.store.rule_files(row.number).await.map_err(status::store)?,
            false => Vec::new(),
        };
        let cost = rules::law_cost();
        let work = move |_: &_| Ok(wire::instruments(&kept.book, today));
        let instruments = self.context.compute.run(errand, cost, work).await?;
        let files = wire::shown_files(files);
        Ok(Response::new(v1::PolicyVersion { instruments, files, ..wire::shown(row) }))
    }

    async fn list_policy_versions(
        &self,
        request: Request<v1::ListPolicyVersionsRequest>,
    ) -> Result<Response<v1::ListPolicyVersionsResponse>, Status> {
        let (page, before) = wire::listed(request.into_inner())?;
        let found = self.context.store.list_rule_books(before, page.size).await;
        Ok(Response::new(wire::page(&page, found.map_err(status::store)?)))
    }

    async fn request_policy_activation(
        &self,
        request: Request<v1::RequestPolicyActivationRequest>,
    ) -> Result<Response<v1::PolicyVersion>, Status> {
        let caller = caller(&request)?;
        let v1::RequestPolicyActivationRequest { name, reason } = request.into_inner();
        let (number, reason) = (wire::one(&name)?, wire::why("reason", reason)?);
        // What this program cannot read must not become what it judges by.
        self.context.books.number(number).await?;
        let by = &caller.subject.id;
        let asked = self.context.store.request_activation(number, by, &reason, now_ns()).await;
        let asked = asked.map_err(status::store)?;
        tracing::info!(number, title = asked.title, by, reason, "activation of a rule book asked for");
        Ok(Response::new(wire::shown(asked)))
    }

    async fn approve_policy_activation(
        &self,
        request: Request<v1::ApprovePolicyActivationRequest>,
    ) -> Result<Response<v1::PolicyVersion>, Status> {
        let caller = caller(&request)?;
        let v1::ApprovePolicyActivationRequest { name, sha256 } = request.into_inner();
        let number = wire::one(&name)?;
        let (store, books) = (&self.context.store, &self.context.books);
        let row = store.rule_book(number).await.map_err(status::store)?;
        wire::check_seen(&sha256, &row)?;
        books.number(number).await?;
        let by = &caller.subject.id;
        let active = store.approve_activation(number, by, now_ns()).await.map_err(|error| match error {
            StoreError::SameSubject { .. } => status::second_person_needed(
                &name,
                "who entered a rule book or asked for it cannot agree to it too; another supervisor can",
            ),
            error => status::store(error),
        })?;
        tracing::info!(
            number,
            title = active.title,
            sha256,
            requested_by = active.requested_by,
            by,
            reason = active.reason,
            "activation of a rule book agreed on"
        );
        // It answers once it judges. Whoever asks again after a failure here is answered alike.
        books.refresh().await?;
        Ok(Response::new(wire::shown(active)))
    }

    async fn compare_policies(
        &self,
        request: Request<v1::ComparePoliciesRequest>,
    ) -> Result<Response<lightcone::longrunning::Operation>, Status> {
        self.comparing.compare(request).await
    }

    async fn get_comparison(
        &self,
        request: Request<v1::GetComparisonRequest>,
    ) -> Result<Response<v1::Comparison>, Status> {
        self.comparing.get(request).await
    }

    async fn list_flips(
        &self,
        request: Request<v1::ListFlipsRequest>,
    ) -> Result<Response<v1::ListFlipsResponse>, Status> {
        self.comparing.flips(request).await
    }
}
