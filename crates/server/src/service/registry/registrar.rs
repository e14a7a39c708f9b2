//! What every kind of record answers alike: enter one or many, show one or many, change one, retire one.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;

use lightcone_access::{Act, Kind as Sort};
use lightcone_pool::Lane;
use lightcone_store::{Filter, PageRequest, Registry, Request as Once, Site, StoreError};
use tonic::{Request, Response, Status};

use crate::access::{Caller, Goal, Scope, caller, errand};
use crate::clock::now_ns;
use crate::compute::{Errand, Fault};
use crate::context::Context;
use crate::pace;
use crate::status;
use crate::wire::Violation;
use crate::wire::registry::{
    Amendment, By, Create, Entry, Kind, Many, Named, Retire, Retirement, Start, Update, Written, amend,
    batch, create, retire,
};

/// How often a change without an etag is made again on what somebody else made of the record meanwhile.
const CHANGES_MAX: u32 = 8;

/// The service of one kind.
pub(crate) struct Registrar<K> {
    pub(super) context: Arc<Context>,
    kind: PhantomData<fn() -> K>,
}

impl<K> Registrar<K> {
    /// The service over this store.
    pub(crate) fn new(context: Arc<Context>) -> Self {
        Self { context, kind: PhantomData }
    }
}

impl<K: Kind> Registrar<K> {
    pub(super) async fn create<W>(&self, request: Request<W>) -> Result<Response<K::Wire>, Status>
    where
        W: Written + Into<Create<K>> + 'static,
    {
        let caller = caller(&request)?;
        let entry = self.read(&caller, request, 1, create::<K, W>).await?;
        let records = self.enter(&caller, entry).await?;
        let record = records.first().ok_or_else(|| status::internal("the store entered nothing"))?;
        Ok(Response::new(record.show()?))
    }

    pub(super) async fn batch_create<W>(
        &self,
        request: Request<W>,
        count: usize,
    ) -> Result<Response<K::Batched>, Status>
    where
        W: Written + Into<Many<K>> + 'static,
    {
        let caller = caller(&request)?;
        let entry = self.read(&caller, request, count, batch::<K, W>).await?;
        let records = self.enter(&caller, entry).await?;
        Ok(Response::new(K::batched(shown(&records)?)))
    }

    pub(super) async fn get(&self, request: Request<impl Into<Named>>) -> Result<Response<K::Wire>, Status> {
        let caller = caller(&request)?;
        let named: Named = request.into_inner().into();
        let record = self.reached(&caller, Act::See, &named.id::<K>()?).await?;
        Ok(Response::new(record.show()?))
    }

    pub(super) async fn list(&self, request: Request<K::List>) -> Result<Response<K::Listed>, Status> {
        let caller = caller(&request)?;
        let mut listing = K::listing(request.into_inner())?;
        listing.filter.tenant = self.scope(&caller, &listing.filter).await?;
        let page = PageRequest { after: listing.page.after.clone(), size: listing.page.size };
        let mut records = self.shelf().list(&listing.filter, &page).await.map_err(status::store)?;
        let token = listing.page.next(records.len(), records.last().map(Kind::id));
        if K::SORT == Sort::Chip {
            // To be party to a chip is to be told how it stands, not to see its record.
            let gate = &self.context.gate;
            records.retain(|record| gate.allows(&caller.subject, Act::See, &record.goal().record));
        }
        Ok(Response::new(K::listed(shown(&records)?, token)))
    }

    pub(super) async fn update<W>(&self, request: Request<W>) -> Result<Response<K::Wire>, Status>
    where
        W: Written + Into<Update<K>>,
    {
        let (caller, errand) = (caller(&request)?, errand(&request, Lane::Interactive));
        let amendment = amend::<K, W>(request.into_inner(), now_ns(), &caller.subject.id)?;
        let record = self.change(&caller, errand, Arc::new(amendment)).await?;
        Ok(Response::new(record.show()?))
    }

    pub(super) async fn retire<W>(&self, request: Request<W>) -> Result<Response<K::Wire>, Status>
    where
        W: Written + Into<Retire>,
    {
        let (caller, now) = (caller(&request)?, now_ns());
        let Retirement { id, etag, reason, once } =
            retire::<K, W>(request.into_inner(), now, &caller.subject.id)?;
        self.reached(&caller, Act::Change, &id).await?;
        let retired = self.shelf().retire(&id, etag.as_deref(), &reason, now, once.as_ref()).await;
        let record = retired.map_err(status::store)?;
        self.tell();
        Ok(Response::new(record.show()?))
    }

    pub(super) fn shelf(&self) -> &dyn Registry<K> {
        K::shelf(&*self.context.store)
    }

    /// The record, if the caller may do that with it.
    pub(super) async fn reached(&self, caller: &Caller, act: Act, id: &str) -> Result<K, Status> {
        let record = self.shelf().get(id).await.map_err(status::store)?;
        self.context.gate.reach(caller, act, &record.goal()).await?;
        Ok(record)
    }

    /// Whose records a caller may list. A site on which a case is open opens what is listed under it.
    async fn scope(&self, caller: &Caller, filter: &Filter) -> Result<Option<String>, Status> {
        let gate = &self.context.gate;
        let scope = gate.scope(caller, K::SORT);
        if let (Scope::Of(_), Sort::Agent, Some(site)) = (&scope, K::SORT, &filter.parent) {
            gate.site(caller, Act::See, site).await?;
            return Ok(None);
        }
        Ok(scope.tenant())
    }

    /// Who writes, at the door.
    fn by(&self, caller: &Caller, goal: Option<&Goal>) -> By {
        let gate = &self.context.gate;
        By {
            subject: caller.subject.id.clone(),
            tenant: caller.subject.tenant.clone(),
            is_development: gate.is_development(),
            may_vouch: goal.is_some_and(|goal| gate.allows(&caller.subject, Act::Vouch, &goal.record)),
        }
    }

    /// Checks what is to be entered, in the pool: a key costs a few microseconds, a batch has thousands.
    async fn read<W>(
        &self,
        caller: &Caller,
        request: Request<W>,
        count: usize,
        read: fn(W, Start<'_>) -> Result<Entry<K>, Violation>,
    ) -> Result<Entry<K>, Status>
    where
        W: Send + 'static,
    {
        let lane = if count > 1 { Lane::Bulk } else { Lane::Interactive };
        let errand = errand(&request, lane);
        let (context, by) = (Arc::clone(&self.context), self.by(caller, None));
        let compute = &self.context.compute;
        let work = move |_: &_| {
            let start = Start {
                borders: &context.compute.borders,
                now: now_ns(),
                landmarks_begin: context.landmarks_begin,
                by: &by,
            };
            read(request.into_inner(), start).map_err(Fault::from)
        };
        compute.run(errand, pace::entry_cost(count), work).await
    }

    async fn enter(&self, caller: &Caller, entry: Entry<K>) -> Result<Vec<K>, Status> {
        let Entry { mut records, once, validate_only } = entry;
        self.settle_at_sites(caller, &mut records, once.as_ref()).await?;
        if validate_only {
            for record in &records {
                self.check_is_free(record.id()).await?;
                self.check_targets(record).await?;
            }
            return Ok(records);
        }
        let entered = self.shelf().create_many(records, once.as_ref()).await.map_err(status::store)?;
        self.tell();
        Ok(entered)
    }

    async fn change(
        &self,
        caller: &Caller,
        errand: Errand,
        amendment: Arc<Amendment<K>>,
    ) -> Result<K, Status> {
        let mut changes = 0;
        loop {
            changes += 1;
            let was = self.shelf().get(&amendment.id).await.map_err(status::store)?;
            // Before the fields are checked: who may not see the record learns nothing from what is refused.
            self.context.gate.reach(caller, Act::See, &was.goal()).await?;
            let mut record = self.changed(caller, errand, &amendment, &was).await?;
            self.may_change(caller, &record, &was).await?;
            if record.site() != was.site() {
                self.settle_at_sites(caller, std::slice::from_mut(&mut record), amendment.once.as_ref())
                    .await?;
            }
            if amendment.validate_only {
                check_is_open(&was, amendment.etag.as_deref())?;
                self.check_targets(&record).await?;
                return Ok(record);
            }
            let etag = amendment.etag.as_deref().unwrap_or(was.etag());
            match self.shelf().update(record, Some(etag), amendment.once.as_ref()).await {
                // The caller said nothing of an etag: what the mask names is changed, whatever else changed.
                Err(StoreError::EtagMismatch { .. }) if amendment.etag.is_none() && changes < CHANGES_MAX => {
                }
                updated => {
                    self.tell();
                    return updated.map_err(status::store);
                }
            }
        }
    }

    /// Whether the caller may make this of the record. Who runs a landmark may move it or withdraw trust from it; who
    /// may vouch for it may do no more than that.
    async fn may_change(&self, caller: &Caller, record: &K, was: &K) -> Result<(), Status> {
        let (gate, goal) = (&self.context.gate, was.goal());
        let vouches = record.only_vouches(was) && gate.allows(&caller.subject, Act::Vouch, &goal.record);
        gate.reach(caller, if vouches { Act::Vouch } else { Act::Change }, &goal).await
    }

    /// The record as it will be, checked in the pool.
    async fn changed(
        &self,
        caller: &Caller,
        errand: Errand,
        amendment: &Arc<Amendment<K>>,
        was: &K,
    ) -> Result<K, Status> {
        let (compute, amendment, was) =
            (Arc::clone(&self.context.compute), Arc::clone(amendment), was.clone());
        let by = self.by(caller, Some(&was.goal()));
        let work = move |_: &_| amendment.of(&was, &compute.borders, now_ns(), &by);
        self.context.compute.run(errand, pace::entry_cost(1), work).await
    }

    /// Puts records at their sites, which must be in use and the caller's to change. A repeated request is not asked
    /// whether its sites are in use: its answer stands, whatever became of them.
    async fn settle_at_sites(
        &self,
        caller: &Caller,
        records: &mut [K],
        once: Option<&Once>,
    ) -> Result<(), Status> {
        let mut sites = BTreeMap::new();
        for id in records.iter().filter_map(Kind::site) {
            if !sites.contains_key(id) {
                sites.insert(id.to_owned(), self.context.gate.site(caller, Act::Change, id).await?);
            }
        }
        if sites.is_empty() {
            return Ok(());
        }
        let is_answered = match once {
            Some(once) => self.context.store.is_answered(once).await.map_err(status::store)?,
            None => false,
        };
        for record in records {
            let Some(site) = record.site().and_then(|id| sites.get(id)) else { continue };
            if let Some(state) = site.retired().filter(|_| !is_answered) {
                return Err(status::state_forbids(&Site::name_of(&site.id), state, "a site in use"));
            }
            record.settle_at(site);
        }
        Ok(())
    }

    /// Says that records changed, to whoever keeps some of them in memory.
    pub(super) fn tell(&self) {
        match K::SORT {
            Sort::Paper => self.context.changes.of_papers(),
            _ => self.context.changes.of_registry(),
        }
    }

    /// Whether what a paper names is there.
    async fn check_targets(&self, record: &K) -> Result<(), Status> {
        let (tenant, keys) = record.leans_on();
        self.context.store.check_named(tenant, keys).await.map_err(status::store)
    }

    async fn check_is_free(&self, id: &str) -> Result<(), Status> {
        match self.shelf().get(id).await {
            Err(StoreError::NotFound { .. }) => Ok(()),
            Ok(_) => {
                let taken = StoreError::AlreadyExists { kind: K::FIELD, id: id.to_owned(), field: "id" };
                Err(status::store(taken))
            }
            Err(error) => Err(status::store(error)),
        }
    }
}

/// Whether a record can be changed by a caller who saw that etag.
fn check_is_open<K: Kind>(was: &K, etag: Option<&str>) -> Result<(), Status> {
    if let Some(etag) = etag
        && etag != was.etag()
    {
        let (id, expected, found) = (was.id().to_owned(), etag.to_owned(), was.etag().to_owned());
        return Err(status::store(StoreError::EtagMismatch { kind: K::FIELD, id, expected, found }));
    }
    match was.retired() {
        Some(state) => Err(status::state_forbids(&K::name_of(was.id()), state, "one that is in use")),
        None => Ok(()),
    }
}

fn shown<K: Kind>(records: &[K]) -> Result<Vec<K::Wire>, Status> {
    records.iter().map(|record| record.show().map_err(Status::from)).collect()
}
