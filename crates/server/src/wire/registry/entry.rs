//! What is to be written, checked: one, many, a change, an end.

use std::collections::BTreeMap;

use lightcone_core::Borders;
use lightcone_store::{LandmarkState, Request};

use super::kind::{By, Kind, Origin};
use super::requests::{Create, Many, Named, Retire, Update, Written};
use super::{mask, name, once, text};
use crate::compute::Fault;
use crate::limits::{BATCH_CREATE_MAX, REASON_BYTES_MAX};
use crate::wire::Violation;
use crate::wire::violation::some_of;

/// New records, and the request that brought them if it may come twice.
#[derive(Debug)]
pub(crate) struct Entry<K> {
    pub(crate) records: Vec<K>,
    pub(crate) once: Option<Request>,
    /// Nothing is to be kept.
    pub(crate) validate_only: bool,
}

/// A change whose fields are checked once the record is known.
#[derive(Debug)]
pub(crate) struct Amendment<K: Kind> {
    pub(crate) id: String,
    /// The etag that the caller saw.
    pub(crate) etag: Option<String>,
    pub(crate) once: Option<Request>,
    pub(crate) validate_only: bool,
    mask: Option<prost_types::FieldMask>,
    came: K::Wire,
}

/// An end.
#[derive(Debug)]
pub(crate) struct Retirement {
    pub(crate) id: String,
    pub(crate) etag: Option<String>,
    pub(crate) reason: String,
    pub(crate) once: Option<Request>,
}

/// When and where records begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start<'a> {
    /// The map.
    pub(crate) borders: &'a Borders,
    /// Nanoseconds since 1970.
    pub(crate) now: i64,
    /// Where a landmark begins.
    pub(crate) landmarks_begin: LandmarkState,
    /// Who enters them.
    pub(crate) by: &'a By,
}

/// Reads a request that enters one.
pub(crate) fn create<K: Kind, W>(mut wire: W, start: Start<'_>) -> Result<Entry<K>, Violation>
where
    W: Written + Into<Create<K>>,
{
    let once = once::once(&mut wire, start.now, &start.by.subject)?;
    let wire = wire.into();
    let validate_only = wire.validate_only;
    Ok(Entry { records: vec![one(wire, start)?], once, validate_only })
}

/// Reads a request that enters many.
pub(crate) fn batch<K: Kind, W>(mut wire: W, start: Start<'_>) -> Result<Entry<K>, Violation>
where
    W: Written + Into<Many<K>>,
{
    let once = once::once(&mut wire, start.now, &start.by.subject)?;
    let Many(wires) = wire.into();
    some_of("requests", wires.len(), BATCH_CREATE_MAX, "give at least one")?;
    let part = |(index, wire)| part(wire, start).map_err(|violation| violation.at("requests", index));
    let records: Vec<K> = wires.into_iter().enumerate().map(part).collect::<Result<_, _>>()?;
    are_apart(&records)?;
    Ok(Entry { records, once, validate_only: false })
}

/// Reads a request that changes one.
pub(crate) fn amend<K: Kind, W>(mut wire: W, now: i64, subject: &str) -> Result<Amendment<K>, Violation>
where
    W: Written + Into<Update<K>>,
{
    let once = once::once(&mut wire, now, subject)?;
    let Update { record, mask, validate_only } = wire.into();
    let came = record.ok_or_else(|| Violation::missing(K::FIELD, "give its name and the new values"))?;
    let (name, etag) = K::named(&came);
    let id = name::of_kind::<K>("name", name).map_err(|violation| violation.within(K::FIELD))?;
    let etag = (!etag.is_empty()).then(|| etag.to_owned());
    Ok(Amendment { id, etag, once, validate_only, mask, came })
}

/// Reads a request that takes one out of use.
pub(crate) fn retire<K: Kind, W>(mut wire: W, now: i64, subject: &str) -> Result<Retirement, Violation>
where
    W: Written + Into<Retire>,
{
    let once = once::once(&mut wire, now, subject)?;
    let Retire { name, etag, reason } = wire.into();
    let id = name::of_kind::<K>("name", &name)?;
    let etag = (!etag.is_empty()).then_some(etag);
    Ok(Retirement { id, etag, reason: text::required("reason", reason, REASON_BYTES_MAX)?, once })
}

impl Named {
    /// The id of what is named.
    pub(crate) fn id<K: Kind>(&self) -> Result<String, Violation> {
        name::of_kind::<K>("name", &self.name)
    }
}

impl<K: Kind> Amendment<K> {
    /// The record as it will be.
    pub(crate) fn of(&self, was: &K, borders: &Borders, now: i64, by: &By) -> Result<K, Fault> {
        let there = was.show().map_err(|garbled| Fault::Own(garbled.to_string()))?;
        let changed = mask::merged::<K>(self.mask.clone(), self.came.clone(), there);
        let read = |wire| {
            K::read(wire, &Origin::Change { was, now, by }, borders)
                .map_err(|violation| violation.within(K::FIELD))
        };
        changed.and_then(read).map_err(Fault::Violation)
    }
}

fn one<K: Kind>(wire: Create<K>, start: Start<'_>) -> Result<K, Violation> {
    let id = name::new_id(&format!("{}_id", K::FIELD), wire.id)?;
    let record = wire.record.ok_or_else(|| Violation::missing(K::PATH, "say what to enter"))?;
    let origin = Origin::New { id, now: start.now, landmarks_begin: start.landmarks_begin, by: start.by };
    K::read(record, &origin, start.borders).map_err(|violation| violation.within(K::PATH))
}

/// Whether no two of many have what only one may have; what the store has already, it says itself.
fn are_apart<K: Kind>(records: &[K]) -> Result<(), Violation> {
    let mut seen = BTreeMap::new();
    for (index, record) in records.iter().enumerate() {
        let id = (String::new(), record.id().as_bytes());
        let unique =
            record.unique().into_iter().map(|(field, bytes)| (format!("{}.{field}", K::FIELD), bytes));
        for (field, bytes) in unique.chain([id]) {
            if let Some(first) = seen.insert((field.clone(), bytes), index) {
                let path = if field.is_empty() { format!("{}_id", K::FIELD) } else { field };
                let allowed = format!("another than that of `requests[{first}]`");
                return Err(Violation::invalid_unsaid(&path, &allowed).at("requests", index));
            }
        }
    }
    Ok(())
}

/// One of many: it lives or dies with the others.
fn part<K: Kind>(wire: Create<K>, start: Start<'_>) -> Result<K, Violation> {
    if !wire.request_id.is_empty() {
        return Err(Violation::invalid("request_id", &wire.request_id, "empty; the batch has one for all"));
    }
    if wire.validate_only {
        return Err(Violation::invalid("validate_only", true, "false; a batch is kept whole or not at all"));
    }
    one(wire, start)
}
