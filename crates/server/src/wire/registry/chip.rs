//! Chips at the door.

use std::collections::BTreeSet;

use lightcone::names::{ChipName, InvalidName, is_id};
use lightcone::v1;
use lightcone::v1::chip::State;
use lightcone_access::Kind as Sort;
use lightcone_core::Borders;
use lightcone_store::{Chip, ChipState, Registry, Store};

use super::kind::{Garbled, Kind, Origin};
use super::page::{Listing, Page};
use super::{name, text};
use crate::access::Goal;
use crate::limits::{PARTIES_MAX, SERIAL_BYTES_MAX, SKU_BYTES_MAX};
use crate::wire::violation::at_most;
use crate::wire::{Violation, moment};

impl Kind for Chip {
    type Wire = v1::Chip;
    type List = v1::ListChipsRequest;
    type Listed = v1::ListChipsResponse;
    type Batched = v1::BatchCreateChipsResponse;

    const FIELD: &'static str = "chip";
    const SORT: Sort = Sort::Chip;
    const PATTERN: &'static str = ChipName::PATTERN;
    const MASK: &'static [&'static str] = &["serial", "sku", "parties"];

    fn name_of(id: &str) -> String {
        format!("chips/{id}")
    }

    fn id_of(name: &str) -> Result<String, InvalidName> {
        ChipName::parse(name).map(|name| name.chip)
    }

    fn read(wire: Self::Wire, origin: &Origin<'_, Self>, _: &Borders) -> Result<Self, Violation> {
        Ok(Self {
            serial: text::required("serial", wire.serial, SERIAL_BYTES_MAX)?,
            sku: text::required("sku", wire.sku, SKU_BYTES_MAX)?,
            parties: parties(wire.parties)?,
            ..begun(origin)
        })
    }

    fn show(&self) -> Result<Self::Wire, Garbled> {
        let state = match self.state {
            ChipState::Registered => State::Registered,
            ChipState::Paired => State::Paired,
            ChipState::Retired => State::Retired,
        };
        Ok(v1::Chip {
            tenant: self.tenant.clone(),
            parties: self.parties.clone(),
            holder: self.holder.clone(),
            name: Self::name_of(&self.id),
            serial: self.serial.clone(),
            sku: self.sku.clone(),
            agent: self.agent.as_ref().map(|agent| format!("agents/{agent}")).unwrap_or_default(),
            state: state as i32,
            state_reason: self.state_reason.clone(),
            create_time: Some(moment::timestamp(self.create_time)),
            update_time: Some(moment::timestamp(self.update_time)),
            etag: self.etag.clone(),
        })
    }

    fn named(wire: &Self::Wire) -> (&str, &str) {
        (&wire.name, &wire.etag)
    }

    fn merge(path: &str, from: &mut Self::Wire, into: &mut Self::Wire) {
        match path {
            "serial" => into.serial = std::mem::take(&mut from.serial),
            "parties" => into.parties = std::mem::take(&mut from.parties),
            _ => into.sku = std::mem::take(&mut from.sku),
        }
    }

    fn listing(mut wire: Self::List) -> Result<Listing, Violation> {
        let (size, token) = (std::mem::take(&mut wire.page_size), std::mem::take(&mut wire.page_token));
        let page = Page::read("ListChips", size, &token, &wire)?;
        let names = "STATE_REGISTERED, STATE_PAIRED, STATE_RETIRED, or unset for all";
        let state = |number| State::try_from(number).ok().map(|state| state.as_str_name());
        let agent = name::agent_or_none("agent", &wire.agent)?;
        Listing::new(page, wire.state, state, names, agent)
    }

    fn listed(chips: Vec<Self::Wire>, next_page_token: String) -> Self::Listed {
        v1::ListChipsResponse { chips, next_page_token }
    }

    fn batched(chips: Vec<Self::Wire>) -> Self::Batched {
        v1::BatchCreateChipsResponse { chips }
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn etag(&self) -> &str {
        &self.etag
    }

    fn retired(&self) -> Option<&'static str> {
        (self.state == ChipState::Retired).then(|| self.state.as_str())
    }

    fn unique(&self) -> Vec<(&'static str, &[u8])> {
        vec![("serial", self.serial.as_bytes())]
    }

    fn goal(&self) -> Goal {
        Goal::from(self)
    }

    fn shelf(store: &dyn Store) -> &dyn Registry<Self> {
        store
    }
}

/// Names of tenants, each once and in order.
fn parties(wire: Vec<String>) -> Result<Vec<String>, Violation> {
    at_most("parties", wire.len(), PARTIES_MAX)?;
    for (index, tenant) in wire.iter().enumerate() {
        if !is_id(tenant) {
            let allowed =
                "a tenant's name: 1 to 63 of `a-z`, `0-9` and `-`, a letter or digit first and last";
            return Err(Violation::invalid(&format!("parties[{index}]"), tenant, allowed));
        }
    }
    let parties: BTreeSet<String> = wire.into_iter().collect();
    Ok(parties.into_iter().collect())
}

/// What callers do not set. The store sets the etag, and ties set the agent.
fn begun(origin: &Origin<'_, Chip>) -> Chip {
    match origin {
        Origin::Change { was, now, .. } => Chip { update_time: *now, ..(*was).clone() },
        Origin::New { id, now, by, .. } => Chip {
            id: id.clone(),
            etag: String::new(),
            create_time: *now,
            update_time: *now,
            state: ChipState::Registered,
            state_reason: String::new(),
            serial: String::new(),
            sku: String::new(),
            agent: None,
            tenant: by.tenant.clone(),
            parties: Vec::new(),
            holder: String::new(),
        },
    }
}
