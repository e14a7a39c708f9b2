//! What all kinds of records have in common.

use lightcone::names::InvalidName;
use lightcone_access::Kind as Sort;
use lightcone_core::Borders;
use lightcone_store::{LandmarkState, Registry, Site, Store};
use prost::Message;

use super::page::Listing;
use crate::access::Goal;
use crate::wire::Violation;

/// A kind of record, at the door: the store's record is the type, the contract's message belongs to it.
pub(crate) trait Kind: Clone + Send + Sync + 'static {
    /// The record as the contract has it.
    type Wire: Message + Default + Clone;
    /// What is asked to list it.
    type List: Message + Default;
    /// A page of it.
    type Listed: Message;
    /// What is answered to many that were entered.
    type Batched: Message;

    /// What it is called in requests, such as `landmark`.
    const FIELD: &'static str;
    /// Where what is wrong with it is in a request that enters one.
    const PATH: &'static str = Self::FIELD;
    /// What it is to policies.
    const SORT: Sort;
    /// The form of its names.
    const PATTERN: &'static str;
    /// The fields that an update may change.
    const MASK: &'static [&'static str];

    /// The name of the record with that id.
    fn name_of(id: &str) -> String;
    /// The id in a name.
    fn id_of(name: &str) -> Result<String, InvalidName>;

    /// Checks a record and makes it one of the store.
    fn read(wire: Self::Wire, origin: &Origin<'_, Self>, borders: &Borders) -> Result<Self, Violation>;
    /// The record in the contract's words.
    fn show(&self) -> Result<Self::Wire, Garbled>;
    /// Name and etag that a caller gave.
    fn named(wire: &Self::Wire) -> (&str, &str);
    /// Moves one field of [`Kind::MASK`].
    fn merge(path: &str, from: &mut Self::Wire, into: &mut Self::Wire);

    /// What of the collection is asked for.
    fn listing(wire: Self::List) -> Result<Listing, Violation>;
    /// A page in the contract's words.
    fn listed(records: Vec<Self::Wire>, next_page_token: String) -> Self::Listed;
    /// Many in the contract's words.
    fn batched(records: Vec<Self::Wire>) -> Self::Batched;

    /// The id.
    fn id(&self) -> &str;
    /// The etag.
    fn etag(&self) -> &str;
    /// The state's word if it is out of use for good.
    fn retired(&self) -> Option<&'static str>;
    /// What no other record may have, besides its id: the field and its bytes.
    fn unique(&self) -> Vec<(&'static str, &[u8])> {
        Vec::new()
    }
    /// Its tenant, and keys of what it leans on: the store refuses what is not there.
    fn leans_on(&self) -> (&str, &[String]) {
        ("", &[])
    }
    /// What access to it turns on.
    fn goal(&self) -> Goal;
    /// What a change of `was` into this one is, beside the change of a record: to say of a landmark that it is to be
    /// trusted, or not, is less than to move it.
    fn only_vouches(&self, _was: &Self) -> bool {
        false
    }
    /// Becomes a part of a site: an agent is whose its site is.
    fn settle_at(&mut self, _: &Site) {}
    /// The site that must be in use for a new one of these.
    fn site(&self) -> Option<&str> {
        None
    }
    /// Where the store keeps them.
    fn shelf(store: &dyn Store) -> &dyn Registry<Self>;
}

/// What a record comes from.
#[derive(Debug)]
pub(crate) enum Origin<'a, K> {
    /// It is new.
    New {
        /// Its id.
        id: String,
        /// Nanoseconds since 1970.
        now: i64,
        /// Where a landmark begins.
        landmarks_begin: LandmarkState,
        /// Who enters it.
        by: &'a By,
    },
    /// It changes.
    Change {
        /// What it was.
        was: &'a K,
        /// Nanoseconds since 1970.
        now: i64,
        /// Who changes it.
        by: &'a By,
    },
}

/// Who writes, as far as what is written turns on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct By {
    /// Who it is.
    pub(crate) subject: String,
    /// Its tenant, to which what it enters belongs.
    pub(crate) tenant: String,
    /// Nobody is asked who they are, and what the authority would vouch for is taken from the caller.
    pub(crate) is_development: bool,
    /// It may say that a landmark is to be trusted.
    pub(crate) may_vouch: bool,
}

/// A record of the store that this version cannot show.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{kind} `{id}` cannot be shown: {cause}")]
pub(crate) struct Garbled {
    /// What it is.
    pub(crate) kind: &'static str,
    /// Its id.
    pub(crate) id: String,
    /// Why.
    pub(crate) cause: String,
}
