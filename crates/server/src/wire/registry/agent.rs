//! Agents at the door.

use lightcone::names::{AgentName, InvalidName, SessionName};
use lightcone::v1;
use lightcone::v1::agent::State;
use lightcone_access::Kind as Sort;
use lightcone_core::Borders;
use lightcone_store::{Agent, AgentState, Registry, Site, Store};

use super::kind::{Garbled, Kind, Origin};
use super::page::{Listing, Page};
use super::{key, name};
use crate::access::Goal;
use crate::wire::{Violation, moment};

impl Kind for Agent {
    type Wire = v1::Agent;
    type List = v1::ListAgentsRequest;
    type Listed = v1::ListAgentsResponse;
    type Batched = v1::BatchCreateAgentsResponse;

    const FIELD: &'static str = "agent";
    const SORT: Sort = Sort::Agent;
    const PATTERN: &'static str = AgentName::PATTERN;
    const MASK: &'static [&'static str] = &["site", "identity_key"];

    fn name_of(id: &str) -> String {
        format!("agents/{id}")
    }

    fn id_of(name: &str) -> Result<String, InvalidName> {
        AgentName::parse(name).map(|name| name.agent)
    }

    fn read(wire: Self::Wire, origin: &Origin<'_, Self>, _: &Borders) -> Result<Self, Violation> {
        if wire.site.is_empty() {
            return Err(Violation::missing("site", "name the site where it is declared to be"));
        }
        Ok(Self {
            site: name::site("site", &wire.site)?,
            identity_key: key::ed25519("identity_key", &wire.identity_key)?,
            ..begun(origin)
        })
    }

    fn show(&self) -> Result<Self::Wire, Garbled> {
        let state = match self.state {
            AgentState::Active => State::Active,
            AgentState::Retired => State::Retired,
        };
        let session =
            |session: &String| SessionName { agent: self.id.clone(), session: session.clone() }.to_string();
        Ok(v1::Agent {
            tenant: self.tenant.clone(),
            name: Self::name_of(&self.id),
            site: format!("sites/{}", self.site),
            identity_key: self.identity_key.to_vec(),
            state: state as i32,
            state_reason: self.state_reason.clone(),
            latest_session: self.last_session.as_ref().map(session).unwrap_or_default(),
            missed_sessions: self.missed_sessions,
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
            "site" => into.site = std::mem::take(&mut from.site),
            _ => into.identity_key = std::mem::take(&mut from.identity_key),
        }
    }

    fn listing(mut wire: Self::List) -> Result<Listing, Violation> {
        let (size, token) = (std::mem::take(&mut wire.page_size), std::mem::take(&mut wire.page_token));
        let page = Page::read("ListAgents", size, &token, &wire)?;
        let state = |number| State::try_from(number).ok().map(|state| state.as_str_name());
        let site = match wire.site.as_str() {
            "" => None,
            site => Some(name::site("site", site)?),
        };
        Listing::new(page, wire.state, state, "STATE_ACTIVE, STATE_RETIRED, or unset for all", site)
    }

    fn listed(agents: Vec<Self::Wire>, next_page_token: String) -> Self::Listed {
        v1::ListAgentsResponse { agents, next_page_token }
    }

    fn batched(agents: Vec<Self::Wire>) -> Self::Batched {
        v1::BatchCreateAgentsResponse { agents }
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn etag(&self) -> &str {
        &self.etag
    }

    fn retired(&self) -> Option<&'static str> {
        (self.state == AgentState::Retired).then(|| self.state.as_str())
    }

    fn unique(&self) -> Vec<(&'static str, &[u8])> {
        vec![("identity_key", &self.identity_key)]
    }

    fn site(&self) -> Option<&str> {
        Some(&self.site)
    }

    fn goal(&self) -> Goal {
        Goal::from(self)
    }

    fn settle_at(&mut self, site: &Site) {
        self.tenant.clone_from(&site.tenant);
    }

    fn shelf(store: &dyn Store) -> &dyn Registry<Self> {
        store
    }
}

/// What callers do not set. The store sets the etag and keeps count of sessions.
fn begun(origin: &Origin<'_, Agent>) -> Agent {
    match origin {
        Origin::Change { was, now, .. } => Agent { update_time: *now, ..(*was).clone() },
        Origin::New { id, now, by, .. } => Agent {
            id: id.clone(),
            etag: String::new(),
            create_time: *now,
            update_time: *now,
            state: AgentState::Active,
            state_reason: String::new(),
            site: String::new(),
            identity_key: [0; 32],
            next_session_time: None,
            last_session: None,
            missed_sessions: 0,
            // Its site says so.
            tenant: by.tenant.clone(),
        },
    }
}
