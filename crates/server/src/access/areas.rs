//! Areas in which a site may be: which agencies a case on it can be for.

use std::collections::BTreeSet;

use lightcone_core::{Borders, Point};
use lightcone_store::{Agent, Filter, PageRequest, Site, Store, VerdictFilter};

use crate::measuring::Trouble;
use crate::wire;

/// The most agents of a site whose latest verdict is looked at. A site with more may be anywhere.
const AGENTS_MAX: u32 = 256;

/// Codes of the areas in which a site may be: where it is declared to be, and where its agents' latest verdicts leave
/// it possible. None: it may be anywhere, because nothing is declared and not all that answers for it is bounded. Who
/// hides where a hall is does not take it out of everybody's hands.
pub(super) async fn of_site(
    store: &dyn Store,
    borders: &Borders,
    id: &str,
) -> Result<Option<BTreeSet<String>>, Trouble> {
    let site: Site = store.get(id).await?;
    let declared = declared(borders, &site);
    let mut areas: BTreeSet<String> = declared.iter().cloned().collect();
    let filter = Filter { parent: Some(site.id), ..Filter::default() };
    let page = PageRequest { after: None, size: AGENTS_MAX };
    let agents: Vec<Agent> = store.list(&filter, &page).await?;
    let mut is_bounded = agents.len() < AGENTS_MAX as usize;
    for agent in agents {
        let latest =
            VerdictFilter { agent: Some(agent.id), latest_only: true, size: 1, ..VerdictFilter::default() };
        let found = match store.list_verdicts(&latest).await?.first() {
            Some(verdict) => {
                wire::standing::sight(borders, verdict)
                    .map_err(|error| Trouble::Own(format!("verdict {}: {error}", verdict.id)))?
                    .found
            }
            None => BTreeSet::new(),
        };
        is_bounded &= !found.is_empty();
        areas.extend(found);
    }
    let is_known = declared.is_some() || (is_bounded && !areas.is_empty());
    Ok(is_known.then_some(areas))
}

fn declared(borders: &Borders, site: &Site) -> Option<String> {
    let point = site.latitude_nd.zip(site.longitude_nd);
    let point = point.and_then(|(latitude, longitude)| Point::from_ndeg(latitude, longitude));
    point.map(|point| borders.code(borders.area_at(point)).to_owned())
}
