//! From the places that are asked about to the chips that are there, as far as the caller may know of them.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use lightcone_access::Act;
use lightcone_store::{Agent, AgentState, Filter, LIST_MAX, PageRequest, StoreError};
use tonic::Status;

use super::Placing;
use super::view::Found;
use crate::access::Caller;
use crate::limits::{PLACED_CHIPS_MAX, POOLS_MAX};
use crate::status;
use crate::wire::Violation;
use crate::wire::placement::Place;

/// The chips of each place, in the order of the places; all that is known of each chip.
pub(super) struct Expanded {
    /// Chips' ids of each place.
    pub(super) members: Vec<Vec<String>>,
    /// What is known of each.
    pub(super) chips: BTreeMap<String, Found>,
}

impl Placing {
    /// The chips of each place.
    ///
    /// # Errors
    /// NOT_FOUND for the first place that does not exist or that the caller may not be told of, LIMIT_EXCEEDED for too
    /// many.
    pub(super) async fn expand(&self, caller: &Caller, places: &[Place]) -> Result<Expanded, Status> {
        let agents = self.agents(caller, places).await?;
        let wanted: BTreeSet<String> = agents.values().flatten().cloned().collect();
        let tied = self.tied(wanted).await?;
        let members: Vec<Vec<String>> = places
            .iter()
            .map(|place| match place {
                Place::Chip(id) => vec![id.clone()],
                Place::Agent(_) | Place::Pool(_) => {
                    let agents = agents.get(place).into_iter().flatten();
                    agents.filter_map(|agent| tied.get(agent)).flatten().cloned().collect()
                }
            })
            .collect();
        let ids: BTreeSet<String> = members.iter().flatten().cloned().collect();
        if ids.len() > PLACED_CHIPS_MAX {
            return Err(Violation::too_many("places", ids.len(), PLACED_CHIPS_MAX).into());
        }
        let mut chips = BTreeMap::new();
        let ids: Vec<String> = ids.into_iter().collect();
        for some in ids.chunks(lightcone_store::PLACED_MAX) {
            let some = some.iter().cloned().collect();
            chips.extend(self.view.chips(&some).await.map_err(Status::from)?);
        }
        self.may_be_told(caller, &ids, &chips)?;
        Ok(Expanded { members, chips })
    }

    /// Whether the caller may be told of every chip.
    fn may_be_told(
        &self,
        caller: &Caller,
        ids: &[String],
        chips: &BTreeMap<String, Found>,
    ) -> Result<(), Status> {
        let gate = &self.context.gate;
        // Chips of one owner and holder are told alike: of thousands few have to be asked about.
        let mut known = HashSet::new();
        let mut may = |id: &&String| match chips.get(*id) {
            Some((placed, _)) => {
                let record = &placed.record;
                let alike = (&record.tenant, &record.holder, &record.parties);
                known.contains(&alike)
                    || (gate.allows(&caller.subject, Act::Tell, record) && known.insert(alike))
            }
            None => false,
        };
        match ids.iter().find(|id| !may(id)) {
            None => Ok(()),
            // In the words for what does not exist: who asks finds nothing out.
            Some(id) => Err(status::store(StoreError::NotFound { kind: "chip", id: id.clone() })),
        }
    }

    /// The agents of places that are not chips.
    async fn agents(
        &self,
        caller: &Caller,
        places: &[Place],
    ) -> Result<BTreeMap<Place, Vec<String>>, Status> {
        let distinct: BTreeSet<&Place> =
            places.iter().filter(|place| !matches!(place, Place::Chip(_))).collect();
        if distinct.len() > POOLS_MAX {
            return Err(Violation::too_many("places", distinct.len(), POOLS_MAX).into());
        }
        let mut agents = BTreeMap::new();
        for place in distinct {
            let found = match place {
                Place::Chip(_) => continue,
                Place::Agent(id) => {
                    self.context.gate.agent(caller, Act::Use, id).await?;
                    vec![id.clone()]
                }
                Place::Pool(site) => self.at(caller, site).await?,
            };
            agents.insert(place.clone(), found);
        }
        Ok(agents)
    }

    /// The agents of a site that are in use and that the caller may use.
    async fn at(&self, caller: &Caller, site: &str) -> Result<Vec<String>, Status> {
        let filter = Filter {
            parent: Some(site.to_owned()),
            state: Some(AgentState::Active.as_str().to_owned()),
            tenant: None,
        };
        let mut page = PageRequest { after: None, size: LIST_MAX };
        let mut found = Vec::new();
        loop {
            let agents: Vec<Agent> = self.store().list(&filter, &page).await.map_err(status::store)?;
            page.after = agents.last().map(|last| last.id.clone());
            let is_end = agents.len() < LIST_MAX as usize;
            let may = |agent: &Agent| {
                let goal = crate::access::Goal::from(agent);
                self.context.gate.allows(&caller.subject, Act::Use, &goal.record)
            };
            found.extend(agents.into_iter().filter(may).map(|agent| agent.id));
            if found.len() > PLACED_CHIPS_MAX {
                return Err(Violation::too_many("places", found.len(), PLACED_CHIPS_MAX).into());
            }
            if is_end {
                break;
            }
        }
        if found.is_empty() {
            let nothing = StoreError::NotFound { kind: "site", id: site.to_owned() };
            return Err(status::store(nothing));
        }
        Ok(found)
    }

    /// The chips that are tied to agents.
    async fn tied(&self, agents: BTreeSet<String>) -> Result<BTreeMap<String, Vec<String>>, Status> {
        let agents: Vec<String> = agents.into_iter().collect();
        let mut tied: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for some in agents.chunks(lightcone_store::PLACED_MAX) {
            for (chip, agent) in self.store().chips_of_agents(some).await.map_err(status::store)? {
                tied.entry(agent).or_default().push(chip);
            }
        }
        Ok(tied)
    }
}
