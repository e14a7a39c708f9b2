//! `VerdictService`: verdicts one by one, page by page, and as they are given.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::{BoxStream, unfold};
use lightcone::v1;
use lightcone::v1::verdict_service_server::VerdictService;
use lightcone_access::{Act, Kind};
use lightcone_store::{Verdict, VerdictFilter};
use tokio::sync::watch;
use tokio::time::Interval;
use tonic::{Request, Response, Status};

use super::events::ticks;
use crate::access::{Caller, Gate, caller};
use crate::limits::WATCHED_VERDICTS_MAX;
use crate::measuring::{Measuring, Trouble};
use crate::status;
use crate::wire::registry::Page;
use crate::wire::{self, Violation};

/// The last part of the name that stands for an agent's latest verdict.
const LATEST: &str = "latest";

/// Whose verdicts are shown. What is `None` does not restrict.
#[derive(Clone, Debug)]
struct Whose {
    agent: Option<String>,
    tenant: Option<String>,
}

/// `VerdictService`.
#[derive(Clone)]
pub(crate) struct Verdicts {
    measuring: Arc<Measuring>,
    gate: Arc<Gate>,
}

impl Verdicts {
    /// The service.
    pub(crate) fn new(measuring: Arc<Measuring>, gate: Arc<Gate>) -> Self {
        Self { measuring, gate }
    }

    /// Whose verdicts a caller is shown: those of the agent it asks about, or of its tenant.
    async fn whose(&self, caller: &Caller, agent: Option<String>) -> Result<Whose, Status> {
        Ok(match agent {
            Some(agent) => {
                self.gate.agent(caller, Act::See, &agent).await?;
                Whose { agent: Some(agent), tenant: None }
            }
            None => Whose { agent: None, tenant: self.gate.scope(caller, Kind::Agent).tenant() },
        })
    }

    async fn list(&self, filter: &VerdictFilter) -> Result<Vec<Verdict>, Trouble> {
        Ok(self.measuring.store().list_verdicts(filter).await?)
    }
}

#[tonic::async_trait]
impl VerdictService for Verdicts {
    type WatchVerdictsStream = BoxStream<'static, Result<v1::WatchVerdictsResponse, Status>>;

    async fn get_verdict(
        &self,
        request: Request<v1::GetVerdictRequest>,
    ) -> Result<Response<v1::VerdictRecord>, Status> {
        let caller = caller(&request)?;
        let name = wire::verdict_name("name", &request.into_inner().name)?;
        self.gate.agent(&caller, Act::See, &name.agent).await?;
        let unknown = || Status::from(Violation::nothing_named("name", &name.to_string()));
        let found = if name.verdict == LATEST {
            let agent = Some(name.agent.clone());
            let filter = VerdictFilter { agent, latest_only: true, size: 1, ..VerdictFilter::default() };
            self.list(&filter).await?.into_iter().next().ok_or_else(unknown)?
        } else {
            self.measuring.store().verdict(&name.verdict).await.map_err(|error| match error {
                lightcone_store::StoreError::NotFound { .. } => unknown(),
                error => Trouble::from(error).into(),
            })?
        };
        if found.agent != name.agent {
            return Err(unknown());
        }
        Ok(Response::new(shown(found)?))
    }

    async fn list_verdicts(
        &self,
        request: Request<v1::ListVerdictsRequest>,
    ) -> Result<Response<v1::ListVerdictsResponse>, Status> {
        let caller = caller(&request)?;
        let mut asked = request.into_inner();
        let (size, token) = (std::mem::take(&mut asked.page_size), std::mem::take(&mut asked.page_token));
        let page = Page::read("ListVerdicts", size, &token, &asked)?;
        let before_revision = revision(&page, "page_token")?;
        let whose = self.whose(&caller, wire::agent_or_all("parent", &asked.parent)?).await?;
        let Whose { agent, tenant } = whose;
        let (latest_only, size) = (asked.latest_only, page.size);
        let filter = VerdictFilter { agent, tenant, latest_only, before_revision, size };
        let found = self.list(&filter).await?;
        let last = found.last().map(|verdict| verdict.revision.to_string());
        let next_page_token = page.next(found.len(), last.as_deref());
        let verdicts = found.into_iter().map(shown).collect::<Result<_, _>>()?;
        Ok(Response::new(v1::ListVerdictsResponse { verdicts, next_page_token }))
    }

    async fn watch_verdicts(
        &self,
        request: Request<v1::WatchVerdictsRequest>,
    ) -> Result<Response<Self::WatchVerdictsStream>, Status> {
        let caller = caller(&request)?;
        let mut asked = request.into_inner();
        let token = std::mem::take(&mut asked.resume_token);
        let page = Page::read("WatchVerdicts", 1, &token, &asked)
            .map_err(|_| Violation::bad_token("resume_token"))?;
        let whose = self.whose(&caller, wire::agent_or_all("parent", &asked.parent)?).await?;
        // Before the newest is looked up, so that nothing given in between goes unseen.
        let given = self.measuring.given();
        let revision = match revision(&page, "resume_token")? {
            Some(revision) => revision,
            None => {
                let newest = VerdictFilter { size: 1, ..VerdictFilter::default() };
                self.list(&newest).await?.first().map_or(0, |verdict| verdict.revision)
            }
        };
        let watcher = Watcher {
            service: self.clone(),
            caller,
            whose,
            page,
            revision,
            given,
            draining: self.measuring.draining(),
            ticks: ticks(),
            // The first message is a sign of life with a token to come back with.
            is_new: true,
            ready: VecDeque::new(),
            is_over: false,
        };
        Ok(Response::new(watcher.messages()))
    }
}

/// One who watches verdicts. The store's revisions are in the order of commits: to ask for what comes after the last
/// one seen misses nothing.
struct Watcher {
    service: Verdicts,
    caller: Caller,
    whose: Whose,
    page: Page,
    revision: i64,
    given: watch::Receiver<()>,
    draining: watch::Receiver<bool>,
    ticks: Interval,
    is_new: bool,
    ready: VecDeque<v1::WatchVerdictsResponse>,
    is_over: bool,
}

impl Watcher {
    fn messages(self) -> BoxStream<'static, Result<v1::WatchVerdictsResponse, Status>> {
        unfold(self, |mut watcher| async move {
            if watcher.is_over {
                return None;
            }
            let message = watcher.next().await;
            watcher.is_over = message.is_err();
            Some((message, watcher))
        })
        .boxed()
    }

    async fn next(&mut self) -> Result<v1::WatchVerdictsResponse, Status> {
        if std::mem::take(&mut self.is_new) {
            return Ok(self.message(Vec::new()));
        }
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Ok(message);
            }
            self.given.borrow_and_update();
            self.read().await?;
            if !self.ready.is_empty() {
                continue;
            }
            let is_quiet = tokio::select! {
                biased;
                _ = self.draining.wait_for(|draining| *draining) => return Err(status::shutting_down()),
                _ = self.ticks.tick() => true,
                _ = self.given.changed() => false,
            };
            if is_quiet {
                return Ok(self.message(Vec::new()));
            }
        }
    }

    /// Reads what was given since, until something is for this watcher or nothing more is there.
    async fn read(&mut self) -> Result<(), Status> {
        loop {
            let since = self.service.measuring.store().verdicts_since(
                self.whose.tenant.as_deref(),
                self.revision,
                WATCHED_VERDICTS_MAX,
            );
            let found = since.await.map_err(Trouble::from)?;
            let Some(last) = found.last().map(|verdict| verdict.revision) else { return Ok(()) };
            self.revision = last;
            let is_wanted = |verdict: &Verdict| {
                self.whose.agent.as_ref().is_none_or(|agent| *agent == verdict.agent)
                    && self.whose.tenant.as_ref().is_none_or(|tenant| *tenant == verdict.tenant)
            };
            let wanted: Vec<_> = found.into_iter().filter(is_wanted).map(shown).collect::<Result<_, _>>()?;
            if !wanted.is_empty() {
                // Again for each message: a case may be closed by now, and each look is noted.
                self.whose = self.service.whose(&self.caller, self.whose.agent.take()).await?;
                let message = self.message(wanted);
                self.ready.push_back(message);
                return Ok(());
            }
        }
    }

    fn message(&self, verdicts: Vec<v1::VerdictRecord>) -> v1::WatchVerdictsResponse {
        let resume_token = self.page.next(1, Some(&self.revision.to_string()));
        v1::WatchVerdictsResponse { verdicts, resume_token }
    }
}

/// The revision that a token names.
fn revision(page: &Page, field: &str) -> Result<Option<i64>, Violation> {
    page.after.as_deref().map(str::parse).transpose().map_err(|_| Violation::bad_token(field))
}

fn shown(verdict: Verdict) -> Result<v1::VerdictRecord, Status> {
    let id = verdict.id.clone();
    wire::verdict(verdict).map_err(|error| status::internal(&format!("verdict {id}: {error}")))
}
