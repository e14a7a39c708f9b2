//! What every kind of record answers alike: enter one or many, show one or many, change one, retire one.

use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::sync::Arc;

use lightcone_pool::Lane;
use lightcone_store::{PageRequest, Registry, Request as Once, Site, StoreError};
use tonic::{Request, Response, Status};

use crate::clock::now_ns;
use crate::compute::{Errand, Fault};
use crate::context::Context;
use crate::pace;
use crate::service::caller::errand;
use crate::status;
use crate::wire::Violation;
use crate::wire::registry::{
    Amendment, Create, Entry, Kind, Many, Named, Retire, Retirement, Start, Update, Written, amend, batch,
    create, retire,
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
        let entry = self.read(request, 1, create::<K, W>).await?;
        let records = self.enter(entry).await?;
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
        let entry = self.read(request, count, batch::<K, W>).await?;
        let records = self.enter(entry).await?;
        Ok(Response::new(K::batched(shown(&records)?)))
    }

    pub(super) async fn get(&self, request: Request<impl Into<Named>>) -> Result<Response<K::Wire>, Status> {
        let named: Named = request.into_inner().into();
        let record = self.shelf().get(&named.id::<K>()?).await.map_err(status::store)?;
        Ok(Response::new(record.show()?))
    }

    pub(super) async fn list(&self, request: Request<K::List>) -> Result<Response<K::Listed>, Status> {
        let listing = K::listing(request.into_inner())?;
        let page = PageRequest { after: listing.page.after.clone(), size: listing.page.size };
        let records = self.shelf().list(&listing.filter, &page).await.map_err(status::store)?;
        let token = listing.page.next(records.len(), records.last().map(Kind::id));
        Ok(Response::new(K::listed(shown(&records)?, token)))
    }

    pub(super) async fn update<W>(&self, request: Request<W>) -> Result<Response<K::Wire>, Status>
    where
        W: Written + Into<Update<K>>,
    {
        let errand = errand(&request, Lane::Interactive);
        let amendment = amend::<K, W>(request.into_inner(), now_ns())?;
        let record = self.change(errand, Arc::new(amendment)).await?;
        Ok(Response::new(record.show()?))
    }

    pub(super) async fn retire<W>(&self, request: Request<W>) -> Result<Response<K::Wire>, Status>
    where
        W: Written + Into<Retire>,
    {
        let now = now_ns();
        let Retirement { id, etag, reason, once } = retire::<K, W>(request.into_inner(), now)?;
        let retired = self.shelf().retire(&id, etag.as_deref(), &reason, now, once.as_ref()).await;
        let record = retired.map_err(status::store)?;
        Ok(Response::new(record.show()?))
    }

    pub(super) fn shelf(&self) -> &dyn Registry<K> {
        K::shelf(&*self.context.store)
    }

    /// Checks what is to be entered, in the pool: a key costs a few microseconds, a batch has thousands.
    async fn read<W>(
        &self,
        request: Request<W>,
        count: usize,
        read: fn(W, Start<'_>) -> Result<Entry<K>, Violation>,
    ) -> Result<Entry<K>, Status>
    where
        W: Send + 'static,
    {
        let lane = if count > 1 { Lane::Bulk } else { Lane::Interactive };
        let errand = errand(&request, lane);
        let context = Arc::clone(&self.context);
        let compute = &self.context.compute;
        let work = move |_: &_| {
            let start = Start {
                borders: &context.compute.borders,
                now: now_ns(),
                landmarks_begin: context.landmarks_begin,
            };
            read(request.into_inner(), start).map_err(Fault::from)
        };
        compute.run(errand, pace::entry_cost(count), work).await
    }

    async fn enter(&self, entry: Entry<K>) -> Result<Vec<K>, Status> {
        let Entry { records, once, validate_only } = entry;
        self.check_sites(&records, once.as_ref()).await?;
        if validate_only {
            for record in &records {
                self.check_is_free(record.id()).await?;
            }
            return Ok(records);
        }
        self.shelf().create_many(records, once.as_ref()).await.map_err(status::store)
    }

    async fn change(&self, errand: Errand, amendment: Arc<Amendment<K>>) -> Result<K, Status> {
        let mut changes = 0;
        loop {
            changes += 1;
            let was = self.shelf().get(&amendment.id).await.map_err(status::store)?;
            let record = self.changed(errand, &amendment, &was).await?;
            if record.site() != was.site() {
                self.check_sites(std::slice::from_ref(&record), amendment.once.as_ref()).await?;
            }
            if amendment.validate_only {
                check_is_open(&was, amendment.etag.as_deref())?;
                return Ok(record);
            }
            let etag = amendment.etag.as_deref().unwrap_or(was.etag());
            match self.shelf().update(record, Some(etag), amendment.once.as_ref()).await {
                // The caller said nothing of an etag: what the mask names is changed, whatever else changed.
                Err(StoreError::EtagMismatch { .. }) if amendment.etag.is_none() && changes < CHANGES_MAX => {
                }
                updated => return updated.map_err(status::store),
            }
        }
    }

    /// The record as it will be, checked in the pool.
    async fn changed(&self, errand: Errand, amendment: &Arc<Amendment<K>>, was: &K) -> Result<K, Status> {
        let (compute, amendment, was) =
            (Arc::clone(&self.context.compute), Arc::clone(amendment), was.clone());
        let work = move |_: &_| amendment.of(&was, &compute.borders, now_ns());
        self.context.compute.run(errand, pace::entry_cost(1), work).await
    }

    /// Whether the sites that records are to be at are in use. A repeated request is not asked again: its answer
    /// stands, whatever became of the site.
    async fn check_sites(&self, records: &[K], once: Option<&Once>) -> Result<(), Status> {
        let sites: BTreeSet<&str> = records.iter().filter_map(Kind::site).collect();
        if sites.is_empty() {
            return Ok(());
        }
        if let Some(once) = once
            && self.context.store.is_answered(once).await.map_err(status::store)?
        {
            return Ok(());
        }
        for id in sites {
            let site: Site = self.context.store.get(id).await.map_err(status::store)?;
            if let Some(state) = site.retired() {
                return Err(status::state_forbids(&Site::name_of(id), state, "a site in use"));
            }
        }
        Ok(())
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
