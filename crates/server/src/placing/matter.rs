//! Whose work it is: the party and its owners from the tenant's papers, or as the caller says.

use std::collections::BTreeMap;

use lightcone_policy::party::{Parties, Party, Stake, Traits};
use lightcone_policy::source::{Grade, Source};
use lightcone_policy::{Country, Date};
use tonic::Status;

use super::Placing;
use super::court::Matter;
use crate::access::Caller;
use crate::papers;
use crate::wire::placement::{Whose, Workload};

/// What the party is called of which the caller says where it is.
const SAID: &str = "the workload's tenant";
/// A share that makes its owner an ultimate parent.
const WHOLE_PPM: u32 = 1_000_000;

impl Placing {
    /// Whose work it is and what for, with the chips of the caller's own.
    ///
    /// # Errors
    /// NOT_FOUND for a party that is not the caller's.
    pub(super) async fn matter(&self, caller: &Caller, workload: &Workload) -> Result<Matter, Status> {
        let tenant = &caller.subject.tenant;
        let (parties, id) = match &workload.whose {
            Whose::Party(id) => {
                let ids = [id.clone()].into();
                (papers::party_closure(self.store(), tenant, &ids).await?, id.clone())
            }
            Whose::Said { headquarters, parents, parents_complete } => {
                (said(*headquarters, parents.iter(), *parents_complete), SAID.to_owned())
            }
        };
        let skus = papers::skus(self.store(), tenant).await?;
        Ok(Matter { parties, tenant: id, uses: workload.uses.clone(), skus })
    }
}

/// A party as the caller says that it is, wholly owned by somebody in each of these countries.
fn said(
    headquarters: Option<Country>,
    parents: impl Iterator<Item = Country>,
    parents_complete: bool,
) -> Parties {
    let owner = |country: Country| format!("{SAID}: a parent in {country}");
    let owners: BTreeMap<String, Country> = parents.map(|country| (owner(country), country)).collect();
    let stake = |owner: &String| Stake {
        owner: owner.clone(),
        share_ppm: WHOLE_PPM / u32::try_from(owners.len().max(1)).unwrap_or(WHOLE_PPM),
        from: Date::MIN,
        to: Date::MAX,
        source: by_caller(),
    };
    let itself = Party {
        stakes: owners.keys().map(stake).collect(),
        owners_complete: parents_complete,
        ..party(SAID, headquarters)
    };
    let above =
        owners.iter().map(|(id, country)| Party { owners_complete: true, ..party(id, Some(*country)) });
    above.chain([itself]).map(|party| (party.id.clone(), party)).collect()
}

fn party(id: &str, headquarters: Option<Country>) -> Party {
    Party {
        id: id.to_owned(),
        name: id.to_owned(),
        aliases: Vec::new(),
        addresses: Vec::new(),
        headquarters,
        trades: Vec::new(),
        stakes: Vec::new(),
        owners_complete: false,
        listings: Vec::new(),
        first_order: None,
        traits: Traits::default(),
    }
}

/// What the caller says is as good as the caller.
fn by_caller() -> Source {
    Source { grade: Grade::S, source: "said by the caller".to_owned(), read: None }
}
