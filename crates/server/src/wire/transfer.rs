//! Transfers at the door.

use lightcone::names::{ChipName, InvalidName, SkuName, TransferName};
use lightcone::v1;
use lightcone::v1::transfer::State;
use lightcone_access::Kind as Sort;
use lightcone_core::Borders;
use lightcone_store::{KeyKind, Registry, Store, Transfer, TransferState};
use prost::Message as _;

use super::registry::{Create, Garbled, Kind, Listing, Named, Origin, Page, Update, once, required};
use super::violation::at_most;
use super::{Violation, moment, party};
use crate::access::Goal;
use crate::limits::{REASON_BYTES_MAX, TRANSFER_CHIPS_MAX};

pub(crate) use facts::to_policy;
pub(super) use facts::uses;

mod facts;

/// An end of a transfer.
pub(crate) struct Closing {
    pub(crate) id: String,
    pub(crate) is_made: bool,
    pub(crate) reason: String,
    pub(crate) once: Option<lightcone_store::Request>,
}

/// Reads a request that ends one.
pub(crate) fn closing(
    mut wire: v1::CloseTransferRequest,
    now: i64,
    subject: &str,
) -> Result<Closing, Violation> {
    let once = once(&mut wire, now, subject)?;
    let id = Named { name: wire.name }.id::<Transfer>()?;
    Ok(Closing { id, is_made: wire.made, reason: required("reason", wire.reason, REASON_BYTES_MAX)?, once })
}

/// A transfer that is kept, in the policy's words.
pub(crate) fn opened(transfer: &Transfer) -> Result<lightcone_policy::transfer::Transfer, Garbled> {
    let said =
        |violation: Violation| garbled(transfer, format!("{} {}", violation.field, violation.description));
    to_policy(&transfer.show()?).map_err(said)
}

impl Kind for Transfer {
    type Wire = v1::Transfer;
    type List = v1::ListTransfersRequest;
    type Listed = v1::ListTransfersResponse;
    /// Many at once are not entered.
    type Batched = ();

    const FIELD: &'static str = "transfer";
    const SORT: Sort = Sort::Paper;
    const PATTERN: &'static str = TransferName::PATTERN;
    const MASK: &'static [&'static str] = &[
        "movement",
        "lines",
        "origin",
        "destinations",
        "through",
        "onward",
        "exporter",
        "consignee",
        "intermediaries",
        "end_user",
        "uses",
        "date",
        "licences",
        "conditions",
        "taken",
        "chips",
    ];

    fn name_of(id: &str) -> String {
        name_of(id)
    }

    fn id_of(name: &str) -> Result<String, InvalidName> {
        TransferName::parse(name).map(|name| name.transfer)
    }

    fn read(mut wire: Self::Wire, origin: &Origin<'_, Self>, _: &Borders) -> Result<Self, Violation> {
        let id = match origin {
            Origin::New { id, .. } => id,
            Origin::Change { was, .. } => &was.id,
        };
        wire.name = name_of(id);
        let transfer = to_policy(&wire)?;
        let keys = keys(&wire, &transfer)?;
        Ok(Self { consignee: transfer.consignee, keys, body: packed(wire), ..begun(origin) })
    }

    fn show(&self) -> Result<Self::Wire, Garbled> {
        let state = match self.state {
            TransferState::Open => State::Open,
            TransferState::Made => State::Made,
            TransferState::Abandoned => State::Abandoned,
        };
        Ok(v1::Transfer {
            name: name_of(&self.id),
            state: state as i32,
            create_time: Some(moment::timestamp(self.create_time)),
            update_time: Some(moment::timestamp(self.update_time)),
            etag: self.etag.clone(),
            tenant: self.tenant.clone(),
            ..v1::Transfer::decode(self.body.as_slice()).map_err(|error| garbled(self, error.to_string()))?
        })
    }

    fn named(wire: &Self::Wire) -> (&str, &str) {
        (&wire.name, &wire.etag)
    }

    fn merge(path: &str, from: &mut Self::Wire, into: &mut Self::Wire) {
        use std::mem::take;
        match path {
            "movement" => into.movement = from.movement,
            "lines" => into.lines = take(&mut from.lines),
            "origin" => into.origin = take(&mut from.origin),
            "destinations" => into.destinations = take(&mut from.destinations),
            "through" => into.through = take(&mut from.through),
            "onward" => into.onward = take(&mut from.onward),
            "exporter" => into.exporter = take(&mut from.exporter),
            "consignee" => into.consignee = take(&mut from.consignee),
            "intermediaries" => into.intermediaries = take(&mut from.intermediaries),
            "end_user" => into.end_user = take(&mut from.end_user),
            "uses" => into.uses = take(&mut from.uses),
            "date" => into.date = take(&mut from.date),
            "licences" => into.licences = take(&mut from.licences),
            "conditions" => into.conditions = take(&mut from.conditions),
            "taken" => into.taken = from.taken.take(),
            _ => into.chips = take(&mut from.chips),
        }
    }

    fn listing(mut wire: Self::List) -> Result<Listing, Violation> {
        let (size, token) = (std::mem::take(&mut wire.page_size), std::mem::take(&mut wire.page_token));
        let page = Page::read("ListTransfers", size, &token, &wire)?;
        let state = |number| State::try_from(number).ok().map(|state| state.as_str_name());
        let consignee = party::id_or_empty("consignee", &wire.consignee)?;
        let parent = (!consignee.is_empty()).then_some(consignee);
        let allowed = "STATE_OPEN, STATE_MADE, STATE_ABANDONED, or unset for all";
        Listing::new(page, wire.state, state, allowed, parent)
    }

    fn listed(transfers: Vec<Self::Wire>, next_page_token: String) -> Self::Listed {
        v1::ListTransfersResponse { transfers, next_page_token }
    }

    fn batched(_: Vec<Self::Wire>) -> Self::Batched {}

    fn id(&self) -> &str {
        &self.id
    }

    fn etag(&self) -> &str {
        &self.etag
    }

    fn retired(&self) -> Option<&'static str> {
        (self.state != TransferState::Open).then(|| self.state.as_str())
    }

    fn goal(&self) -> Goal {
        Goal::paper(name_of(&self.id), &self.id, &self.tenant)
    }

    fn leans_on(&self) -> (&str, &[String]) {
        (&self.tenant, &self.keys)
    }

    fn shelf(store: &dyn Store) -> &dyn Registry<Self> {
        store
    }
}

impl From<v1::CreateTransferRequest> for Create<Transfer> {
    fn from(wire: v1::CreateTransferRequest) -> Self {
        let v1::CreateTransferRequest { transfer_id, transfer, request_id, validate_only } = wire;
        Self { id: transfer_id, record: transfer, request_id, validate_only }
    }
}

impl From<v1::GetTransferRequest> for Named {
    fn from(wire: v1::GetTransferRequest) -> Self {
        Self { name: wire.name }
    }
}

impl From<v1::UpdateTransferRequest> for Update<Transfer> {
    fn from(wire: v1::UpdateTransferRequest) -> Self {
        let v1::UpdateTransferRequest { transfer, update_mask, request_id: _, validate_only } = wire;
        Self { record: transfer, mask: update_mask, validate_only }
    }
}

fn name_of(id: &str) -> String {
    format!("transfers/{id}")
}

/// By what a transfer is found, and what it leans on.
fn keys(
    wire: &v1::Transfer,
    transfer: &lightcone_policy::transfer::Transfer,
) -> Result<Vec<String>, Violation> {
    at_most("chips", wire.chips.len(), TRANSFER_CHIPS_MAX)?;
    let chip = |(at, name): (usize, &String)| {
        let allowed = format!("a name of the form `{}`", ChipName::PATTERN);
        let chip = ChipName::parse(name).map(|name| KeyKind::Chip.key(&name.chip));
        chip.map_err(|_| Violation::invalid(&format!("chips[{at}]"), name, &allowed))
    };
    let chips = wire.chips.iter().enumerate().map(chip).collect::<Result<Vec<_>, _>>()?;
    let of = |kind: KeyKind, id: &String| (!id.is_empty()).then(|| kind.key(id));
    let ends = [
        of(KeyKind::Exporter, &transfer.exporter),
        of(KeyKind::Consignee, &transfer.consignee),
        of(KeyKind::EndUser, &transfer.end_user),
    ];
    let between = transfer.intermediaries.iter().map(|id| KeyKind::Intermediary.key(id));
    let licensees = transfer.licences.iter().flat_map(|licence| &licence.parties);
    let licensees = licensees.map(|id| KeyKind::Licensee.key(id));
    let skus = transfer.lines.iter().map(|line| line.sku.as_str());
    let skus =
        skus.chain(transfer.licences.iter().flat_map(|licence| licence.skus.iter().map(String::as_str)));
    let own = skus.filter_map(|sku| SkuName::parse(sku).ok()).map(|name| KeyKind::Sku.key(&name.sku));
    let keys: std::collections::BTreeSet<String> =
        ends.into_iter().flatten().chain(between).chain(licensees).chain(own).chain(chips).collect();
    Ok(keys.into_iter().collect())
}

/// A transfer as it is kept: without what the service sets.
fn packed(wire: v1::Transfer) -> Vec<u8> {
    let kept = v1::Transfer {
        name: String::new(),
        state: 0,
        create_time: None,
        update_time: None,
        etag: String::new(),
        tenant: String::new(),
        ..wire
    };
    kept.encode_to_vec()
}

fn garbled(transfer: &Transfer, cause: String) -> Garbled {
    Garbled { kind: Transfer::FIELD, id: transfer.id.clone(), cause }
}

/// What callers do not set. The store sets the etag.
fn begun(origin: &Origin<'_, Transfer>) -> Transfer {
    match origin {
        Origin::Change { was, now, .. } => Transfer { update_time: *now, ..(*was).clone() },
        Origin::New { id, now, by, .. } => Transfer {
            id: id.clone(),
            etag: String::new(),
            create_time: *now,
            update_time: *now,
            state: TransferState::Open,
            state_reason: String::new(),
            tenant: by.tenant.clone(),
            consignee: String::new(),
            keys: Vec::new(),
            body: Vec::new(),
        },
    }
}
