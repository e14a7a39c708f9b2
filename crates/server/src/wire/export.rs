//! Exports at the door: what is to be decided on, and what was decided.

use std::collections::{BTreeMap, BTreeSet};

use lightcone::names::{ChipName, DecisionName, TransferName};
use lightcone::v1;
use lightcone_policy::party::Parties;
use lightcone_policy::replay::Inputs;
use lightcone_policy::{Outcome, Sku, Stand};
use lightcone_store::{Decision, DecisionFilter};

use super::Violation;
use super::decision::{outcome, version_name};
use super::moment::timestamp;
use super::registry::Page;
use super::session::misnamed;
use super::violation::at_most;
use super::{party, sku, transfer};
use crate::limits::{INLINE_PARTIES_MAX, INLINE_SKUS_MAX};

/// The facts of a transfer of the caller's making.
pub(crate) fn inline(
    wire: &v1::Transfer,
    parties: &[v1::Party],
    skus: &[v1::SkuFigures],
) -> Result<Inputs, Violation> {
    at_most("parties", parties.len(), INLINE_PARTIES_MAX)?;
    at_most("skus", skus.len(), INLINE_SKUS_MAX)?;
    let transfer = transfer::to_policy(wire).map_err(|violation| violation.within("inline"))?;
    let mut known = Parties::new();
    for (at, wire) in parties.iter().enumerate() {
        let party = party::to_policy(wire).map_err(|violation| violation.at("parties", at))?;
        let name = &wire.name;
        if known.insert(party.id.clone(), party).is_some() {
            return Err(Violation::invalid("name", name, "a party that no other entry is").at("parties", at));
        }
    }
    let mut own = BTreeMap::new();
    for (at, wire) in skus.iter().enumerate() {
        let goods: Sku = sku::to_policy(wire).map_err(|violation| violation.at("skus", at))?;
        if own.insert(goods.name.clone(), goods).is_some() {
            let twice = Violation::invalid("sku", &wire.sku, "a name that no other entry has");
            return Err(twice.at("skus", at));
        }
    }
    Ok(Inputs { transfer, parties: known, skus: own, flags: Vec::new() })
}

/// Parties of a transfer that are not among those that are known, and owners of those that are.
pub(crate) fn unknown_parties(inputs: &Inputs) -> BTreeSet<String> {
    let transfer = &inputs.transfer;
    let ends = [&transfer.exporter, &transfer.consignee, &transfer.end_user];
    let owners = inputs.parties.values().flat_map(|party| party.stakes.iter().map(|stake| &stake.owner));
    let named = ends.into_iter().chain(&transfer.intermediaries).chain(owners);
    named.filter(|id| !id.is_empty() && !inputs.parties.contains_key(*id)).cloned().collect()
}

/// The id in a transfer's name.
pub(crate) fn transfer_id(name: &str) -> Result<String, Violation> {
    TransferName::parse(name).map(|name| name.transfer).map_err(|invalid| misnamed("transfer", &invalid))
}

/// The id in a decision's name.
pub(crate) fn id(name: &str) -> Result<String, Violation> {
    DecisionName::parse(name).map(|name| name.decision).map_err(|invalid| misnamed("name", &invalid))
}

/// The name of a decision.
pub(crate) fn name_of(id: &str) -> String {
    DecisionName { decision: id.to_owned() }.to_string()
}

/// Reads which decisions are asked for.
pub(crate) fn listed(mut wire: v1::ListDecisionsRequest) -> Result<(Page, DecisionFilter), Violation> {
    let (size, token) = (std::mem::take(&mut wire.page_size), std::mem::take(&mut wire.page_token));
    let page = Page::read("ListDecisions", size, &token, &wire)?;
    let before = page.after.as_deref().map(str::parse).transpose();
    let before_revision = before.map_err(|_| Violation::bad_token("page_token"))?;
    let is_name = TransferName::parse(&wire.subject).is_ok() || ChipName::parse(&wire.subject).is_ok();
    if !wire.subject.is_empty() && !is_name {
        let allowed = "`transfers/{transfer}` or `chips/{chip}`, or empty for all";
        return Err(Violation::invalid("subject", &wire.subject, allowed));
    }
    let subject = (!wire.subject.is_empty()).then_some(wire.subject);
    let size = page.size;
    Ok((page, DecisionFilter { tenant: None, subject, before_revision, size }))
}

/// A page of decisions.
pub(crate) fn page(page: &Page, found: Vec<Decision>) -> Result<v1::ListDecisionsResponse, String> {
    let last = found.last().map(|decision| decision.revision.to_string());
    let next_page_token = page.next(found.len(), last.as_deref());
    let decisions = found.iter().map(entry).collect::<Result<_, _>>()?;
    Ok(v1::ListDecisionsResponse { decisions, next_page_token })
}

fn entry(kept: &Decision) -> Result<v1::DecisionEntry, String> {
    Ok(v1::DecisionEntry {
        name: name_of(&kept.id),
        subject: kept.subject.clone(),
        outcome: outcome(word(&kept.outcome)?) as i32,
        policy_version: version_name(kept.book),
        create_time: Some(timestamp(kept.create_time)),
    })
}

fn word(kept: &str) -> Result<Outcome, String> {
    serde_json::from_value(kept.into()).map_err(|error| error.to_string())
}

/// The stand of a decision that was kept.
pub(crate) fn kept_stand(kept: &Decision) -> Result<Stand, String> {
    serde_json::from_str(&kept.stand).map_err(|error| error.to_string())
}
