//! Papers of a tenant that belong together: a party with all owners above it, those that it may be linked to, and what
//! it received before.

use std::collections::{BTreeMap, BTreeSet};

use lightcone_policy::party::Parties;
use lightcone_policy::sku::Sku as Goods;
use lightcone_policy::transfer::Past;
use lightcone_store::{
    Filter, KeyKind, LIST_MAX, PageRequest, Party, Registry, Sku, SkuState, Store, StoreError, Transfer,
    TransferState,
};
use tonic::Status;

use crate::limits::{OWN_SKUS_MAX, PARTIES_AT_ONCE_MAX, PASTS_MAX};
use crate::status;
use crate::wire::registry::Garbled;
use crate::wire::{Violation, party, sku, transfer};

/// Of one address, name or hub the parties that are looked at: one more than a crowd, so that a crowd is seen as one.
const SHARERS_MAX: u32 = lightcone_policy::links::CROWD_MIN as u32 + 1;
/// Of one party or hub the transfers that are looked at, the latest.
const OF_ONE_MAX: u32 = 64;
/// Rounds from a party outwards: those that it is linked to, and those that they are.
const ROUNDS: usize = 2;

/// Parties of a tenant by id, and all owners above them.
///
/// # Errors
/// NOT_FOUND for the first that is not the tenant's, LIMIT_EXCEEDED above [`PARTIES_AT_ONCE_MAX`]: an ownership that is
/// cut off would say less than is known.
pub(crate) async fn party_closure(
    store: &dyn Store,
    tenant: &str,
    ids: &BTreeSet<String>,
) -> Result<Parties, Status> {
    let mut found: BTreeMap<String, Party> = BTreeMap::new();
    let mut wanted = ids.clone();
    while !wanted.is_empty() {
        let count = found.len() + wanted.len();
        if count > PARTIES_AT_ONCE_MAX {
            return Err(Violation::too_many("parties", count, PARTIES_AT_ONCE_MAX).into());
        }
        let asked: Vec<String> = wanted.iter().cloned().collect();
        for party in store.parties(tenant, &asked).await.map_err(status::store)? {
            found.insert(party.id.clone(), party);
        }
        if let Some(id) = asked.iter().find(|id| !found.contains_key(*id)) {
            return Err(status::store(StoreError::NotFound { kind: "party", id: id.clone() }));
        }
        let owners = found.values().flat_map(|party| of_kind(&party.keys, KeyKind::Owner));
        wanted = owners.filter(|id| !found.contains_key(*id)).map(str::to_owned).collect();
    }
    Ok(parties(found.values())?)
}

/// A tenant's own SKUs, by `skus/{sku}` and those in use by name and alias too; a name goes before an alias.
///
/// # Errors
/// LIMIT_EXCEEDED above [`OWN_SKUS_MAX`].
pub(crate) async fn skus(store: &dyn Store, tenant: &str) -> Result<BTreeMap<String, Goods>, Status> {
    let filter = Filter { tenant: Some(tenant.to_owned()), ..Filter::default() };
    let mut page = PageRequest { after: None, size: LIST_MAX };
    let (mut own, mut aliases, mut count) = (BTreeMap::new(), BTreeMap::new(), 0);
    loop {
        let shelf: &dyn Registry<Sku> = store;
        let rows = shelf.list(&filter, &page).await.map_err(status::store)?;
        count += rows.len();
        if count > OWN_SKUS_MAX {
            return Err(Violation::too_many("skus", count, OWN_SKUS_MAX).into());
        }
        for row in &rows {
            let goods = sku::opened(row)?;
            if row.state == SkuState::Active {
                aliases.extend(goods.aliases.iter().map(|alias| (alias.clone(), goods.clone())));
                own.insert(goods.name.clone(), goods.clone());
            }
            own.insert(sku::name_of(&row.id), goods);
        }
        page.after = rows.last().map(|row| row.id.clone());
        if rows.len() < LIST_MAX as usize {
            break;
        }
    }
    aliases.extend(own);
    Ok(aliases)
}

/// A party and those around it, as they are kept.
pub(crate) struct Surroundings {
    parties: BTreeMap<String, Party>,
    transfers: BTreeMap<String, Transfer>,
}

impl Surroundings {
    /// Looks around a party, the near first: at [`PARTIES_AT_ONCE_MAX`] parties and [`PASTS_MAX`] transfers at most.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn of(store: &dyn Store, itself: Party) -> Result<Self, Status> {
        let tenant = itself.tenant.clone();
        let mut last = vec![itself.id.clone()];
        let mut around =
            Self { parties: BTreeMap::from([(itself.id.clone(), itself)]), transfers: BTreeMap::new() };
        for _ in 0..ROUNDS {
            last = around.widen(store, &tenant, &last).await?;
        }
        Ok(around)
    }

    /// In the policy's words. To be called in the pool.
    ///
    /// # Errors
    /// A record that this version cannot read.
    pub(crate) fn opened(&self) -> Result<(Parties, Vec<Past>), Garbled> {
        let made = self.transfers.values().filter(|transfer| transfer.state != TransferState::Abandoned);
        Ok((parties(self.parties.values())?, made.map(past).collect::<Result<_, _>>()?))
    }

    /// Adds what the parties of the round before share with others, and gives who is new.
    async fn widen(
        &mut self,
        store: &dyn Store,
        tenant: &str,
        last: &[String],
    ) -> Result<Vec<String>, Status> {
        let known = |id: &String| self.parties.get(id).map(|party| &party.keys);
        let mut keys: BTreeSet<String> = last.iter().filter_map(known).flatten().cloned().collect();
        keys.extend(last.iter().map(|id| KeyKind::Owner.key(id)));
        let found = store.parties_with(tenant, &bounded(keys), SHARERS_MAX).await.map_err(status::store)?;
        let mut ids: BTreeSet<String> = BTreeSet::new();
        for id in last {
            let keys = self.parties.get(id).map(|party| party.keys.as_slice()).unwrap_or_default();
            ids.extend(of_kind(keys, KeyKind::Owner).map(str::to_owned));
        }
        ids.extend(self.hauls(store, tenant, last).await?);
        let ids = bounded(ids.into_iter().filter(|id| !self.parties.contains_key(id)).collect());
        let named = store.parties(tenant, &ids).await.map_err(status::store)?;
        let mut new = Vec::new();
        for party in named.into_iter().chain(found) {
            if self.parties.len() < PARTIES_AT_ONCE_MAX && !self.parties.contains_key(&party.id) {
                new.push(party.id.clone());
                self.parties.insert(party.id.clone(), party);
            }
        }
        Ok(new)
    }

    /// Adds transfers of some parties, and others by way of the same hands; gives who received those.
    async fn hauls(
        &mut self,
        store: &dyn Store,
        tenant: &str,
        last: &[String],
    ) -> Result<BTreeSet<String>, Status> {
        const HUBS: [KeyKind; 2] = [KeyKind::Intermediary, KeyKind::EndUser];
        const ENDS: [KeyKind; 3] = [KeyKind::Consignee, KeyKind::EndUser, KeyKind::Intermediary];
        let keys = last.iter().flat_map(|id| ENDS.map(|kind| kind.key(id))).collect();
        let own = store.transfers_with(tenant, &bounded(keys), OF_ONE_MAX).await.map_err(status::store)?;
        let of = |kind: KeyKind| {
            own.iter().flat_map(move |transfer| of_kind(&transfer.keys, kind).map(move |id| kind.key(id)))
        };
        let hubs = HUBS.into_iter().flat_map(of).collect();
        let others = store.transfers_with(tenant, &bounded(hubs), OF_ONE_MAX).await.map_err(status::store)?;
        let mut ids = BTreeSet::new();
        for transfer in own.into_iter().chain(others) {
            let ends = ENDS.into_iter().flat_map(|kind| of_kind(&transfer.keys, kind));
            ids.extend(ends.map(str::to_owned));
            if self.transfers.len() < PASTS_MAX {
                self.transfers.insert(transfer.id.clone(), transfer);
            }
        }
        Ok(ids)
    }
}

/// Transfers that were made to a party, the latest, as they are kept: [`LIST_MAX`] at most of each way to receive.
///
/// # Errors
/// When the store fails.
pub(crate) async fn received(store: &dyn Store, party: &Party) -> Result<Vec<Transfer>, Status> {
    let keys = [KeyKind::Consignee, KeyKind::EndUser].map(|kind| kind.key(&party.id));
    let found = store.transfers_with(&party.tenant, &keys, LIST_MAX).await.map_err(status::store)?;
    Ok(found.into_iter().filter(|transfer| transfer.state == TransferState::Made).collect())
}

/// A transfer of before in the policy's words. Nobody looked whether its chips stayed.
///
/// # Errors
/// A record that this version cannot read.
pub(crate) fn past(kept: &Transfer) -> Result<Past, Garbled> {
    Ok(Past { transfer: transfer::opened(kept)?, decided_by: Vec::new(), proven_in_place: None })
}

fn parties<'p>(kept: impl Iterator<Item = &'p Party>) -> Result<Parties, Garbled> {
    kept.map(|kept| Ok((kept.id.clone(), party::opened(kept)?))).collect()
}

/// What keys of one kind name.
fn of_kind(keys: &[String], kind: KeyKind) -> impl Iterator<Item = &str> {
    keys.iter().filter_map(move |key| key.strip_prefix(kind.as_str())?.strip_prefix(' '))
}

/// As many as the store looks for at once.
fn bounded(keys: BTreeSet<String>) -> Vec<String> {
    keys.into_iter().take(PASTS_MAX).collect()
}
