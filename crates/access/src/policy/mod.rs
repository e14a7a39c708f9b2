//! The policy set, checked against its schema when it is read.

mod bounds;
mod entity;
mod fault;
mod memo;
mod read;
mod slice;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use cedar_policy::{Authorizer, Context, Entities, Entity, EntityUid, Request, RestrictedExpression};
use sha2::{Digest as _, Sha256};

pub use self::fault::{Fault, InvalidPolicy};
use self::memo::Memo;
use self::slice::{Slice, Slices};
use crate::{Act, Decision, Record, Subject};

/// The policies that are built in.
const POLICIES: &str = include_str!("../../policies/lightcone.cedar");
/// The schema of all policies: which calls there are. It is not the operator's to change.
const SCHEMA: &str = include_str!("../../policies/lightcone.cedarschema");
/// The most that policies may be long, in bytes, all files together.
pub const POLICIES_BYTES_MAX: usize = 256 * 1024;

/// A policy set that decides. Cheap to clone.
#[derive(Clone)]
pub struct Policy {
    slices: Arc<Slices>,
    memo: Arc<Memo>,
    text: Arc<str>,
    sha256: [u8; 32],
}

impl Policy {
    /// The policies that are built in.
    ///
    /// # Errors
    /// None, unless this program was built from policies that do not hold; a test says that it was not.
    pub fn built_in() -> Result<Self, InvalidPolicy> {
        Self::parse(POLICIES)
    }

    /// Reads policies in Cedar's language. Each must bear an `@id`, and hold against the schema; what bears `@keep` in
    /// the built-in set must be there word for word.
    ///
    /// # Errors
    /// [`InvalidPolicy`], with the places and what is wrong there.
    pub fn parse(text: &str) -> Result<Self, InvalidPolicy> {
        Self::parse_files(&[("", text)])
    }

    /// Reads policies that stand in several files, each with its name: one set.
    ///
    /// # Errors
    /// As [`Policy::parse`].
    pub fn parse_files(files: &[(&str, &str)]) -> Result<Self, InvalidPolicy> {
        let (schema, set) = read::read(files)?;
        let slices = Slices::cut(&schema, &set).map_err(|error| InvalidPolicy::whole(error.to_string()))?;
        let text = files.iter().map(|(_, text)| *text).collect::<Vec<_>>().join("\n");
        let mut hash = Sha256::new();
        for part in [text.as_str(), SCHEMA] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Ok(Self {
            slices: Arc::new(slices),
            memo: Arc::new(Memo::default()),
            text: text.into(),
            sha256: hash.finalize().into(),
        })
    }

    /// Whether a subject may make a call, such as `SiteService/ListSites`, at all.
    #[must_use]
    pub fn call(&self, subject: &Subject, call: &str) -> Decision {
        // What the schema does not know is allowed by nothing, and not worth a place among what was decided.
        let Some(slice) = self.slices.call(call) else { return Decision::DENIED };
        self.memo.of(memo::key(subject, call, None), || {
            decide(slice, subject, entity::service(), None, Context::empty())
        })
    }

    /// Whether a subject may do something with a record.
    #[must_use]
    pub fn reach(&self, subject: &Subject, act: Act, record: &Record) -> Decision {
        let Some(slice) = self.slices.act(act) else { return Decision::DENIED };
        self.memo.of(memo::key(subject, act.as_str(), Some(record)), || {
            let id = entity::record_id(record);
            let context = [("open_case".to_owned(), RestrictedExpression::new_bool(record.has_open_case))];
            match (entity::record(record, id.clone()), Context::from_pairs(context)) {
                (Some(entity), Ok(context)) => decide(slice, subject, id, Some(entity), context),
                _ => Decision::DENIED,
            }
        })
    }

    /// The calls that the schema knows, such as `SiteService/ListSites`, in order.
    pub fn calls(&self) -> impl Iterator<Item = &str> {
        self.slices.calls()
    }

    /// The policies, as they were read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The schema that policies are checked against.
    #[must_use]
    pub fn schema() -> &'static str {
        SCHEMA
    }

    /// SHA-256 of policies and schema.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        self.sha256
    }
}

fn decide(
    slice: &Slice,
    subject: &Subject,
    resource: EntityUid,
    record: Option<Entity>,
    context: Context,
) -> Decision {
    let principal = entity::subject_id(subject);
    let Some(caller) = entity::subject(subject, principal.clone()) else { return Decision::DENIED };
    // The types are right by construction, and the action is one of the schema's.
    let Ok(request) = Request::new(principal, slice.action.clone(), resource, context, None) else {
        return Decision::DENIED;
    };
    let known = [slice.entity.clone(), caller].into_iter().chain(record);
    let Ok(entities) = Entities::from_entities(known, None) else { return Decision::DENIED };
    let response = Authorizer::new().is_authorized(&request, &slice.policies, &entities);
    let rules: BTreeSet<String> = response.diagnostics().reason().map(ToString::to_string).collect();
    Decision {
        // A rule that cannot be evaluated may be one that forbids.
        allowed: response.decision() == cedar_policy::Decision::Allow
            && response.diagnostics().errors().next().is_none(),
        rules: rules.into_iter().collect(),
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}
