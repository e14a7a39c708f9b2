//! Areas in which a site may be: which agencies a case on it can be for.

use std::collections::BTreeSet;

use lightcone_core::{Borders, Point};
use lightcone_store::{Agent, Filter, PageRequest, Site, Store, VerdictFilter};

use crate::measuring::Trouble;
use crate::wire;

/// The most agents of a site whose latest verdict is looked at.
const AGENTS_MAX: u32 = 64;

/// Codes of the areas in which a site may be: where it is declared to be, and where its agents' latest verdicts leave
/// it possible. Empty: nothing is known, and only who looks after all areas looks after it.
pub(super) async fn of_site(
    store: &dyn Store,
    borders: &Borders,
    id: &str,
) -> Result<BTreeSet<String>, Trouble> {
    let site: Site = store.get(id).await?;
    let mut areas = declared(borders, &site);
    let filter = Filter { parent: Some(site.id), ..Filter::default() };
    let page = PageRequest { after: None, size: AGENTS_MAX };
    let agents: Vec<Agent> = store.list(&filter, &page).await?;
    for agent in agents {
        let latest =
            VerdictFilter { agent: Some(agent.id), latest_only: true, size: 1, ..VerdictFilter::default() };
        for verdict in store.list_verdicts(&latest).await? {
            let sight = wire::standing::sight(borders, &verdict)
                .map_err(|error| Trouble::Own(format!("verdict {}: {error}", verdict.id)))?;
            areas.extend(sight.found);
        }
    }
    Ok(areas)
}

fn declared(borders: &Borders, site: &Site) -> BTreeSet<String> {
    let point = site.latitude_nd.zip(site.longitude_nd);
    let point = point.and_then(|(latitude, longitude)| Point::from_ndeg(latitude, longitude));
    point.map(|point| borders.code(borders.area_at(point)).to_owned()).into_iter().collect()
}
