//! What landmarks, sites, agents, chips and sessions have in common: an id, an etag, times and a state.

use std::collections::BTreeSet;

use super::{
    Agent, AgentState, Case, Chip, ChipState, ChipTenant, ChipTie, Landmark, LandmarkState, LandmarkVersion,
    PaperKey, Party, PartyState, Row, Session, Site, SiteState, Sku, SkuState, Transfer, TransferState,
};
use crate::error::StoreError;

/// The etag of what was just made.
const FIRST: &str = "1";

/// What a write leaves behind beside the record itself.
pub(crate) enum Trail {
    Version(LandmarkVersion),
    Tie(ChipTie),
}

/// A record that has a life.
pub(crate) trait Resource: Row + Clone {
    /// The end of the query that lists: `$1` after, `$2` state or empty, `$3` limit.
    const LIST: &'static str = "WHERE id > $1 AND ($2 = '' OR state = $2) ORDER BY id LIMIT $3";
    /// The same for the children of one parent, `$4`; a text of its own, so that it is found by an index.
    const LIST_OF: &'static str;
    /// The same for what one tenant, `$4`, has to do with.
    const LIST_FOR: &'static str;
    /// The same for what a tenant, `$4`, has to do with of a parent's children, `$5`.
    const LIST_OF_FOR: &'static str;
    /// The same for states that few are in at a time, and those states.
    const LIST_RARE: (&'static [&'static str], &'static str) = (&[], "");

    /// Columns that no two records share, the id first, each with the beginning of the query which of some values
    /// there are.
    const UNIQUE: &'static [(&'static str, &'static str)];

    fn id(&self) -> &str;
    fn header(&mut self) -> Header<'_>;
    /// The agent's id whose tenant holds it, and where that is kept.
    fn held(&mut self) -> Option<(&str, &mut String)> {
        None
    }
    /// Which tenants have to do with it, where that is kept beside it.
    fn tenants(&self) -> Option<Vec<ChipTenant>> {
        None
    }
    /// By what it is found and what it leans on, where that is kept beside it.
    fn keys(&self) -> Option<Vec<PaperKey>> {
        None
    }
    /// Makes what the store decides fit: of a new record, or of one that replaces `old`.
    fn settle(&mut self, _old: Option<&Self>) {}
    /// What to write beside it.
    fn trail(&self, _old: Option<&Self>) -> Option<Trail> {
        None
    }
}

/// A resource whose life is ended by its registry.
pub(crate) trait Mortal: Resource {
    /// What ends with the record: `$1` its id, `$2` the time, `$3` the author.
    const ON_RETIRE: Option<&'static str>;

    /// The word of its state.
    fn state(&self) -> &'static str;
    fn is_retired(&self) -> bool;
    fn set_retired(&mut self, reason: &str);
}

/// The fields that the store sets.
pub(crate) struct Header<'r> {
    pub(crate) etag: &'r mut String,
    pub(crate) create_time: &'r mut i64,
    pub(crate) update_time: &'r mut i64,
}

impl Header<'_> {
    pub(crate) fn first(self) {
        *self.etag = FIRST.to_owned();
        *self.update_time = *self.create_time;
    }

    /// Becomes the next write of a record with `etag` and `create_time`.
    pub(crate) fn next(self, etag: &str, create_time: i64) -> Result<(), StoreError> {
        let broken = || StoreError::Unreadable { column: "etag", found: format!("the text `{etag}`") };
        let number: u64 = etag.parse().map_err(|_| broken())?;
        *self.etag = number.wrapping_add(1).to_string();
        *self.create_time = create_time;
        Ok(())
    }
}

macro_rules! resource {
    (
        $name:ident in $table:literal, parent $parent:literal, tenant $tenant:literal,
        unique [$($column:literal),*] { $($rest:tt)* }
    ) => {
        impl Resource for $name {
            const LIST_OF: &'static str = concat!(
                "WHERE ", $parent, " = $4 AND id > $1 AND ($2 = '' OR state = $2) ORDER BY id LIMIT $3"
            );
            const LIST_FOR: &'static str = concat!(
                "WHERE ", $tenant, " AND id > $1 AND ($2 = '' OR state = $2) ORDER BY id LIMIT $3"
            );
            const LIST_OF_FOR: &'static str = concat!(
                "WHERE ", $parent, " = $5 AND ", $tenant,
                " AND id > $1 AND ($2 = '' OR state = $2) ORDER BY id LIMIT $3"
            );
            const UNIQUE: &'static [(&'static str, &'static str)] = &[
                ("id", concat!("SELECT id FROM ", $table, " WHERE id")),
                $(($column, concat!("SELECT ", $column, " FROM ", $table, " WHERE ", $column)),)*
            ];
            fn id(&self) -> &str {
                &self.id
            }
            fn header(&mut self) -> Header<'_> {
                Header {
                    etag: &mut self.etag,
                    create_time: &mut self.create_time,
                    update_time: &mut self.update_time,
                }
            }
            $($rest)*
        }
    };
}

/// Whose a record is does not change.
fn keep(tenant: &mut String, old: Option<&String>) {
    if let Some(old) = old {
        tenant.clone_from(old);
    }
}

macro_rules! mortal {
    ($name:ident, $state:ident, $on_retire:expr) => {
        impl Mortal for $name {
            const ON_RETIRE: Option<&'static str> = $on_retire;
            fn state(&self) -> &'static str {
                self.state.as_str()
            }
            fn is_retired(&self) -> bool {
                self.state == $state::Retired
            }
            fn set_retired(&mut self, reason: &str) {
                self.state = $state::Retired;
                self.state_reason = reason.to_owned();
            }
        }
    };
}

mortal!(Landmark, LandmarkState, None);
mortal!(Site, SiteState, None);
mortal!(Agent, AgentState, None);
mortal!(
    Chip,
    ChipState,
    Some("UPDATE chip_ties SET until_time = $2, updated_by = $3 WHERE chip = $1 AND until_time IS NULL")
);

mortal!(Party, PartyState, None);
mortal!(Sku, SkuState, None);

/// A transfer ends in one of two ways; the registry's is that it will not be made.
impl Mortal for Transfer {
    const ON_RETIRE: Option<&'static str> = None;
    fn state(&self) -> &'static str {
        self.state.as_str()
    }
    fn is_retired(&self) -> bool {
        self.state != TransferState::Open
    }
    fn set_retired(&mut self, reason: &str) {
        self.state = TransferState::Abandoned;
        self.state_reason = reason.to_owned();
    }
}

resource!(Site in "sites", parent "''", tenant "tenant = $4", unique [] {
    fn settle(&mut self, old: Option<&Self>) {
        keep(&mut self.tenant, old.map(|old| &old.tenant));
    }
});
resource!(Case in "cases", parent "site", tenant "tenant = $4", unique [] {});
resource!(Session in "sessions", parent "subject", tenant "tenant = $4", unique ["wire_id"] {
    const LIST_RARE: (&'static [&'static str], &'static str) = (
        &["SUMMONED", "ATTESTED", "CLOSED"],
        "WHERE state IN ('SUMMONED', 'ATTESTED', 'CLOSED') AND state = $2 AND id > $1 ORDER BY id LIMIT $3",
    );
});
resource!(Landmark in "landmarks", parent "trust_group", tenant "tenant = $4", unique ["signing_key", "exchange_key"] {
    fn settle(&mut self, old: Option<&Self>) {
        keep(&mut self.tenant, old.map(|old| &old.tenant));
        self.position_version = match old {
            None => 1,
            Some(old) => old.position_version + i32::from(!self.stands_where(old)),
        };
    }
    fn trail(&self, old: Option<&Self>) -> Option<Trail> {
        let moved = old.is_none_or(|old| old.position_version != self.position_version);
        moved.then(|| Trail::Version(self.version()))
    }
});
resource!(Agent in "agents", parent "site", tenant "tenant = $4", unique ["identity_key"] {
    fn settle(&mut self, old: Option<&Self>) {
        keep(&mut self.tenant, old.map(|old| &old.tenant));
        self.missed_sessions = old.map_or(0, |old| old.missed_sessions);
        if let Some(old) = old {
            self.next_session_time = old.next_session_time;
            self.last_session.clone_from(&old.last_session);
        }
    }
});
resource!(Chip in "chips", parent "agent",
    tenant "id IN (SELECT chip FROM chip_tenants WHERE chip_tenants.tenant = $4 AND chip > $1)",
    unique ["serial"] {
    fn settle(&mut self, old: Option<&Self>) {
        keep(&mut self.tenant, old.map(|old| &old.tenant));
        if let Some(old) = old {
            self.agent.clone_from(&old.agent);
            self.holder.clone_from(&old.holder);
        }
        self.state = if self.agent.is_some() { ChipState::Paired } else { ChipState::Registered };
    }
    fn held(&mut self) -> Option<(&str, &mut String)> {
        Some((self.agent.as_deref()?, &mut self.holder))
    }
    fn tenants(&self) -> Option<Vec<ChipTenant>> {
        Some(Self::tenants(self))
    }
    fn trail(&self, old: Option<&Self>) -> Option<Trail> {
        let first = self.agent.is_some() && old.is_none();
        first.then(|| Trail::Tie(ChipTie {
            chip: self.id.clone(),
            agent: self.agent.clone(),
            from_time: self.create_time,
            until_time: None,
            reason: "registered with it".to_owned(),
            rma: false,
        }))
    }
});
resource!(Party in "parties", parent "''", tenant "tenant = $4", unique [] {
    fn settle(&mut self, old: Option<&Self>) {
        keep(&mut self.tenant, old.map(|old| &old.tenant));
    }
    fn keys(&self) -> Option<Vec<PaperKey>> {
        Some(paper_keys(Self::TABLE, (&self.tenant, self.create_time, &self.id), &self.keys))
    }
});
resource!(Transfer in "transfers", parent "consignee", tenant "tenant = $4", unique [] {
    fn settle(&mut self, old: Option<&Self>) {
        keep(&mut self.tenant, old.map(|old| &old.tenant));
    }
    fn keys(&self) -> Option<Vec<PaperKey>> {
        Some(paper_keys(Self::TABLE, (&self.tenant, self.create_time, &self.id), &self.keys))
    }
});
resource!(Sku in "skus", parent "''", tenant "tenant = $4", unique [] {
    fn settle(&mut self, old: Option<&Self>) {
        keep(&mut self.tenant, old.map(|old| &old.tenant));
    }
});

fn paper_keys(
    table: &str,
    (tenant, create_time, paper): (&str, i64, &str),
    keys: &[String],
) -> Vec<PaperKey> {
    let once: BTreeSet<&String> = keys.iter().collect();
    let row = |key: &String| PaperKey {
        kind: table.to_owned(),
        tenant: tenant.to_owned(),
        key: key.clone(),
        create_time,
        paper: paper.to_owned(),
    };
    once.into_iter().map(row).collect()
}
