//! Sites at the door.

use lightcone::names::{InvalidName, SiteName};
use lightcone::v1;
use lightcone::v1::site::State;
use lightcone_access::Kind as Sort;
use lightcone_core::{Borders, Question};
use lightcone_store::{Registry, Site, SiteState, Store};
use prost::Message as _;

use super::kind::{Garbled, Kind, Origin};
use super::page::{Listing, Page};
use super::{place, text};
use crate::access::Goal;
use crate::limits::{DISPLAY_NAME_BYTES_MAX, SITE_QUESTIONS_MAX};
use crate::wire::violation::at_most;
use crate::wire::{Violation, from_wire, moment, numbers};

impl Kind for Site {
    type Wire = v1::Site;
    type List = v1::ListSitesRequest;
    type Listed = v1::ListSitesResponse;
    type Batched = v1::BatchCreateSitesResponse;

    const FIELD: &'static str = "site";
    const SORT: Sort = Sort::Site;
    const PATTERN: &'static str = SiteName::PATTERN;
    const MASK: &'static [&'static str] =
        &["display_name", "claimed_point", "claimed_tolerance_m", "questions"];

    fn name_of(id: &str) -> String {
        format!("sites/{id}")
    }

    fn id_of(name: &str) -> Result<String, InvalidName> {
        SiteName::parse(name).map(|name| name.site)
    }

    fn read(wire: Self::Wire, origin: &Origin<'_, Self>, borders: &Borders) -> Result<Self, Violation> {
        let claim =
            wire.claimed_point.map(|point| numbers::point("claimed_point", Some(point))).transpose()?;
        let tolerance = place::millimetres("claimed_tolerance_m", wire.claimed_tolerance_m)?;
        if claim.is_none() && tolerance != 0 {
            let allowed = "0 while no `claimed_point` is declared";
            return Err(Violation::invalid("claimed_tolerance_m", wire.claimed_tolerance_m, allowed));
        }
        at_most("questions", wire.questions.len(), SITE_QUESTIONS_MAX)?;
        from_wire::questions(borders, wire.questions.clone())?;
        Ok(Self {
            display_name: text::optional("display_name", wire.display_name, DISPLAY_NAME_BYTES_MAX)?,
            latitude_nd: claim.map(|point| point.lat_ndeg()),
            longitude_nd: claim.map(|point| point.lon_ndeg()),
            position_error_mm: tolerance,
            questions: packed(wire.questions),
            ..begun(origin)
        })
    }

    fn show(&self) -> Result<Self::Wire, Garbled> {
        let claim = self.latitude_nd.zip(self.longitude_nd);
        let state = match self.state {
            SiteState::Active => State::Active,
            SiteState::Retired => State::Retired,
        };
        Ok(v1::Site {
            tenant: self.tenant.clone(),
            name: Self::name_of(&self.id),
            display_name: self.display_name.clone(),
            claimed_point: claim.map(|(latitude, longitude)| place::point(latitude, longitude)),
            claimed_tolerance_m: place::metres(self.position_error_mm),
            questions: unpacked(self)?,
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
            "display_name" => into.display_name = std::mem::take(&mut from.display_name),
            "claimed_point" => into.claimed_point = from.claimed_point,
            "claimed_tolerance_m" => into.claimed_tolerance_m = from.claimed_tolerance_m,
            _ => into.questions = std::mem::take(&mut from.questions),
        }
    }

    fn listing(mut wire: Self::List) -> Result<Listing, Violation> {
        let (size, token) = (std::mem::take(&mut wire.page_size), std::mem::take(&mut wire.page_token));
        let page = Page::read("ListSites", size, &token, &wire)?;
        let state = |number| State::try_from(number).ok().map(|state| state.as_str_name());
        Listing::new(page, wire.state, state, "STATE_ACTIVE, STATE_RETIRED, or unset for all", None)
    }

    fn listed(sites: Vec<Self::Wire>, next_page_token: String) -> Self::Listed {
        v1::ListSitesResponse { sites, next_page_token }
    }

    fn batched(sites: Vec<Self::Wire>) -> Self::Batched {
        v1::BatchCreateSitesResponse { sites }
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn etag(&self) -> &str {
        &self.etag
    }

    fn retired(&self) -> Option<&'static str> {
        (self.state == SiteState::Retired).then(|| self.state.as_str())
    }

    fn goal(&self) -> Goal {
        Goal::from(self)
    }

    fn shelf(store: &dyn Store) -> &dyn Registry<Self> {
        store
    }
}

/// What is asked of every session at a site, in the core's words: its questions and then, if it declares a
/// point, whether that can be.
pub(crate) fn asked(borders: &Borders, site: &Site) -> Result<Vec<Question>, Garbled> {
    let garbled =
        |violation: Violation| garbled(site, format!("{} {}", violation.field, violation.description));
    let wires = asked_on_the_wire(site)?;
    from_wire::questions(borders, wires).map_err(garbled)
}

/// The same in the contract's words, in the same order.
fn asked_on_the_wire(site: &Site) -> Result<Vec<v1::Question>, Garbled> {
    use v1::question::{Claim, Question as Asked};
    let mut questions = unpacked(site)?;
    if let Some((latitude, longitude)) = site.latitude_nd.zip(site.longitude_nd) {
        let point = Some(place::point(latitude, longitude));
        let claim = Claim { point, tolerance_m: place::metres(site.position_error_mm) };
        questions.push(v1::Question { question: Some(Asked::Claim(claim)) });
    }
    Ok(questions)
}

/// Questions as they are kept: a site that has nothing else.
fn packed(questions: Vec<v1::Question>) -> Vec<u8> {
    v1::Site { questions, ..v1::Site::default() }.encode_to_vec()
}

fn unpacked(site: &Site) -> Result<Vec<v1::Question>, Garbled> {
    let kept = v1::Site::decode(site.questions.as_slice());
    kept.map(|kept| kept.questions).map_err(|error| garbled(site, error.to_string()))
}

fn garbled(site: &Site, cause: String) -> Garbled {
    Garbled { kind: Site::FIELD, id: site.id.clone(), cause }
}

/// What callers do not set. The store sets the etag.
fn begun(origin: &Origin<'_, Site>) -> Site {
    match origin {
        Origin::Change { was, now, .. } => Site { update_time: *now, ..(*was).clone() },
        Origin::New { id, now, by, .. } => Site {
            id: id.clone(),
            etag: String::new(),
            create_time: *now,
            update_time: *now,
            state: SiteState::Active,
            state_reason: String::new(),
            display_name: String::new(),
            latitude_nd: None,
            longitude_nd: None,
            position_error_mm: 0,
            questions: Vec::new(),
            tenant: by.tenant.clone(),
        },
    }
}
