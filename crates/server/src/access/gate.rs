//! What handlers ask: may this caller do that with this record?

use std::borrow::Cow;
use std::sync::Arc;

use lightcone_access::{Act, Decision, Kind, Record, Role, Subject};
use lightcone_store::{Agent, Case, Chip, Landmark, Site, Store};
use tonic::Status;

use super::areas;
use super::authenticate::Authenticator;
use super::caller::Caller;
use super::notes;
use super::rules::{InForce, Rules};
use crate::clock::now_ns;
use crate::compute::Compute;
use crate::measuring::Trouble;
use crate::status;

/// What no tenant can be called: names of tenants are identifiers.
const NOBODYS: &str = "/";

/// Decides about records.
pub(crate) struct Gate {
    rules: Arc<Rules>,
    store: Arc<dyn Store>,
    authenticator: Authenticator,
    compute: Arc<Compute>,
}

/// A record that a call is about.
#[derive(Clone, Debug)]
pub(crate) struct Goal {
    /// As policies see it.
    pub(crate) record: Record,
    /// Its name.
    pub(crate) name: String,
    /// The site that it belongs to, on which a case may be open.
    pub(crate) site: Option<String>,
}

/// Which records of a kind a caller may list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All.
    All,
    /// Those of a tenant.
    Of(String),
}

impl Scope {
    /// What is a subject's own.
    pub(crate) fn of(subject: &Subject) -> Self {
        Self::Of(match subject.tenant.as_str() {
            // What has no tenant is nobody's, and not that of those who have none either.
            "" => NOBODYS.to_owned(),
            tenant => tenant.to_owned(),
        })
    }

    /// The same for the store.
    pub(crate) fn tenant(self) -> Option<String> {
        match self {
            Self::All => None,
            Self::Of(tenant) => Some(tenant),
        }
    }
}

impl Gate {
    /// A gate by these rules.
    pub(crate) fn new(
        rules: Arc<Rules>,
        store: Arc<dyn Store>,
        authenticator: Authenticator,
        compute: Arc<Compute>,
    ) -> Self {
        Self { rules, store, authenticator, compute }
    }

    /// The rules of now.
    pub(crate) fn rules(&self) -> Arc<InForce> {
        self.rules.now()
    }

    /// How callers are known.
    pub(crate) fn authenticator(&self) -> &Authenticator {
        &self.authenticator
    }

    /// Whether nobody is asked who they are.
    pub(crate) fn is_development(&self) -> bool {
        matches!(self.authenticator, Authenticator::Development)
    }

    /// Lets a caller do something with a record, and notes it where the record is somebody else's.
    ///
    /// # Errors
    /// NOT_FOUND for what it may not see, FORBIDDEN for what it may see and not do.
    pub(crate) async fn reach(&self, caller: &Caller, act: Act, goal: &Goal) -> Result<(), Status> {
        let rules = self.rules.now();
        // A landmark or agent has no tenant but its record's.
        let is_frozen = caller.subject.itself.is_some() && rules.directory.is_frozen(&goal.record.tenant);
        let subject = match is_frozen {
            true => Cow::Owned(Subject { is_frozen, ..(*caller.subject).clone() }),
            false => Cow::Borrowed(&*caller.subject),
        };
        let mut decision = rules.policy.reach(&subject, act, &goal.record);
        let mut case = None;
        if !decision.allowed {
            case = self.open_case(&caller.subject, goal).await?;
            if let Some(case) = &case {
                let borders = &self.compute.borders;
                let areas = areas::of_site(&*self.store, borders, &case.site).await.map_err(Status::from)?;
                // What may be anywhere may be in the agency's areas.
                let areas = areas.unwrap_or_else(|| caller.subject.areas.clone());
                let opened = Record { has_open_case: true, areas, ..goal.record.clone() };
                decision = rules.policy.reach(&caller.subject, act, &opened);
            }
        }
        if !decision.allowed {
            return Err(refused(&rules, caller, &decision, act, goal));
        }
        if is_foreign(&caller.subject, &goal.record) {
            let access = notes::access(caller, &rules.version, goal, case.as_ref());
            self.store.put_accesses(vec![access]).await.map_err(status::store)?;
        }
        Ok(())
    }

    /// Whether a caller may do something with a record; nothing is noted.
    pub(crate) fn allows(&self, subject: &Subject, act: Act, record: &Record) -> bool {
        self.rules.now().policy.reach(subject, act, record).allowed
    }

    /// Which records of a kind a caller may list: all, if the rules would show it one of a tenant that it has nothing
    /// to do with.
    pub(crate) fn scope(&self, caller: &Caller, kind: Kind) -> Scope {
        let strangers = Record::of(kind, "", NOBODYS);
        if self.allows(&caller.subject, Act::See, &strangers) {
            return Scope::All;
        }
        Scope::of(&caller.subject)
    }

    /// The agent, if the caller may do that with it.
    ///
    /// # Errors
    /// As [`Gate::reach`].
    pub(crate) async fn agent(&self, caller: &Caller, act: Act, id: &str) -> Result<Agent, Status> {
        let agent: Agent = self.store.get(id).await.map_err(status::store)?;
        self.reach(caller, act, &Goal::from(&agent)).await?;
        Ok(agent)
    }

    /// The landmark, if the caller may do that with it.
    ///
    /// # Errors
    /// As [`Gate::reach`].
    pub(crate) async fn landmark(&self, caller: &Caller, act: Act, id: &str) -> Result<Landmark, Status> {
        let landmark: Landmark = self.store.get(id).await.map_err(status::store)?;
        self.reach(caller, act, &Goal::from(&landmark)).await?;
        Ok(landmark)
    }

    /// The site, if the caller may do that with it.
    ///
    /// # Errors
    /// As [`Gate::reach`].
    pub(crate) async fn site(&self, caller: &Caller, act: Act, id: &str) -> Result<Site, Status> {
        let site: Site = self.store.get(id).await.map_err(status::store)?;
        self.reach(caller, act, &Goal::from(&site)).await?;
        Ok(site)
    }

    /// The case that is open for this analyst on the record's site.
    async fn open_case(&self, subject: &Subject, goal: &Goal) -> Result<Option<Case>, Status> {
        let Some(site) = &goal.site else { return Ok(None) };
        if !subject.roles.contains(&Role::Analyst) || subject.tenant.is_empty() {
            return Ok(None);
        }
        let open = self.store.open_cases(&subject.tenant, now_ns()).await.map_err(Trouble::from)?;
        Ok(open.into_iter().find(|case| case.site == *site && case.requested_by == subject.id))
    }
}

/// Whether a record is of another tenant than who looks: the looks that its owner is shown.
fn is_foreign(subject: &Subject, record: &Record) -> bool {
    let is_itself = match record.kind {
        Kind::Agent => subject.agent() == Some(&record.id),
        Kind::Landmark => subject.landmark() == Some(&record.id),
        _ => false,
    };
    subject.proof != lightcone_access::Proof::Development && !is_itself && subject.tenant != record.tenant
}

fn refused(rules: &InForce, caller: &Caller, decision: &Decision, act: Act, goal: &Goal) -> Status {
    let (subject, record, call) = (&caller.subject.id, &goal.name, caller.call);
    tracing::info!(call, subject, record, act = act.as_str(), version = rules.version, "record denied");
    let sees = act != Act::See && rules.policy.reach(&caller.subject, Act::See, &goal.record).allowed;
    if sees {
        return status::forbidden(caller.call, &rules.version, decision);
    }
    // In the words for what does not exist: who asks finds nothing out.
    status::not_found(&goal.name)
}

impl Goal {
    /// A paper of a tenant's business.
    pub(crate) fn paper(name: String, id: &str, tenant: &str) -> Self {
        Self { record: Record::of(Kind::Paper, id, tenant), name, site: None }
    }
}

impl From<&Site> for Goal {
    fn from(site: &Site) -> Self {
        Self {
            record: Record::of(Kind::Site, &site.id, &site.tenant),
            name: format!("sites/{}", site.id),
            site: Some(site.id.clone()),
        }
    }
}

impl From<&Agent> for Goal {
    fn from(agent: &Agent) -> Self {
        Self {
            record: Record::of(Kind::Agent, &agent.id, &agent.tenant),
            name: format!("agents/{}", agent.id),
            site: Some(agent.site.clone()),
        }
    }
}

impl From<&Chip> for Goal {
    fn from(chip: &Chip) -> Self {
        let mut record = Record::of(Kind::Chip, &chip.id, &chip.tenant);
        record.parties = chip.parties.iter().cloned().collect();
        record.holder.clone_from(&chip.holder);
        Self { record, name: format!("chips/{}", chip.id), site: None }
    }
}

impl From<&Landmark> for Goal {
    fn from(landmark: &Landmark) -> Self {
        Self {
            record: Record::of(Kind::Landmark, &landmark.id, &landmark.tenant),
            name: format!("landmarks/{}", landmark.id),
            site: None,
        }
    }
}

impl From<&Case> for Goal {
    fn from(case: &Case) -> Self {
        Self {
            record: Record::of(Kind::Case, &case.id, &case.tenant),
            name: format!("cases/{}", case.id),
            site: None,
        }
    }
}
