//! Witnesses: one subject, and one record where it is about one, that show what a set allows.

use std::collections::BTreeSet;
use std::fmt;

use cedar_policy::{Entity, EvalResult};
use cedar_policy_symcc::Env;
use lightcone_access::{Decision, Itself, Kind, Policy, Proof, Record, Role, Subject};

use crate::Ask;

/// Somebody who gets through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// What is asked for.
    pub ask: Ask,
    /// By whom.
    pub subject: Subject,
    /// About what, where an act is asked for.
    pub record: Option<Record>,
}

impl Witness {
    /// What a set says of it.
    #[must_use]
    pub fn decision(&self, policy: &Policy) -> Decision {
        match (&self.ask, &self.record) {
            (Ask::Call(call), _) => policy.call(&self.subject, call),
            (Ask::Reach(act), Some(record)) => policy.reach(&self.subject, *act, record),
            (Ask::Reach(_), None) => Decision::DENIED,
        }
    }

    pub(crate) fn of(ask: &Ask, found: &Env) -> Result<Self, String> {
        let entity = |id: Option<&cedar_policy::EntityUid>| {
            let id = id.ok_or("a request without subject or record")?;
            found.entities.get(id).ok_or_else(|| format!("{id} is not described"))
        };
        let subject = subject(entity(found.request.principal())?)?;
        let record = match ask {
            Ask::Call(_) => None,
            Ask::Reach(_) => {
                let is_open = found.request.context().and_then(|context| context.get("open_case"));
                let record = record(entity(found.request.resource())?)?;
                Some(Record { has_open_case: matches!(is_open, Some(EvalResult::Bool(true))), ..record })
            }
        };
        Ok(Self { ask: ask.clone(), subject, record })
    }
}

fn subject(entity: &Entity) -> Result<Subject, String> {
    let (landmark, agent) = (text(entity, "landmark")?, text(entity, "agent")?);
    let itself = match (landmark.as_str(), agent.as_str()) {
        ("", "") => None,
        (_, "") => Some(Itself::Landmark(landmark)),
        ("", _) => Some(Itself::Agent(agent)),
        _ => return Err("a subject that is a landmark and an agent".to_owned()),
    };
    let parents = entity.clone().into_inner().2;
    let roles: Result<BTreeSet<Role>, String> = parents
        .iter()
        .map(|role| {
            role.id().unescaped().parse().map_err(|error: lightcone_access::UnknownRole| error.to_string())
        })
        .collect();
    let proof = name(entity, "proof")?;
    Ok(Subject {
        id: entity.uid().id().unescaped().to_owned(),
        tenant: text(entity, "tenant")?,
        is_frozen: matches!(attribute(entity, "frozen")?, EvalResult::Bool(true)),
        roles: roles?,
        areas: texts(entity, "areas")?,
        itself,
        proof: Proof::ALL
            .into_iter()
            .find(|known| known.as_str() == proof)
            .ok_or_else(|| format!("no proof: {proof}"))?,
    })
}

fn record(entity: &Entity) -> Result<Record, String> {
    let kind = name(entity, "kind")?;
    Ok(Record {
        kind: Kind::ALL
            .into_iter()
            .find(|known| known.as_str() == kind)
            .ok_or_else(|| format!("no kind: {kind}"))?,
        id: text(entity, "id")?,
        tenant: text(entity, "tenant")?,
        holder: text(entity, "holder")?,
        parties: texts(entity, "parties")?,
        areas: texts(entity, "areas")?,
        has_open_case: false,
    })
}

fn attribute(entity: &Entity, name: &str) -> Result<EvalResult, String> {
    let value = entity.attr(name).ok_or_else(|| format!("{} without {name}", entity.uid()))?;
    value.map_err(|error| error.to_string())
}

fn text(entity: &Entity, name: &str) -> Result<String, String> {
    match attribute(entity, name)? {
        EvalResult::String(text) => Ok(text),
        other => Err(format!("{name} is {other}")),
    }
}

fn name(entity: &Entity, name: &str) -> Result<String, String> {
    match attribute(entity, name)? {
        EvalResult::EntityUid(uid) => Ok(uid.id().unescaped().to_owned()),
        other => Err(format!("{name} is {other}")),
    }
}

fn texts(entity: &Entity, name: &str) -> Result<BTreeSet<String>, String> {
    let EvalResult::Set(set) = attribute(entity, name)? else { return Err(format!("{name} is no set")) };
    let text = |item: &EvalResult| match item {
        EvalResult::String(text) => Ok(text.clone()),
        other => Err(format!("{name} holds {other}")),
    };
    set.iter().map(text).collect()
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.ask {
            Ask::Call(call) => write!(f, "{call} by ")?,
            Ask::Reach(act) => write!(f, "{} ", act.as_str())?,
        }
        if let Some(record) = &self.record {
            describe(f, record)?;
            write!(f, " by ")?;
        }
        let subject = &self.subject;
        match &subject.itself {
            Some(Itself::Landmark(id)) => write!(f, "the landmark `{id}`")?,
            Some(Itself::Agent(id)) => write!(f, "the agent `{id}`")?,
            None if subject.roles.is_empty() => write!(f, "somebody without a role")?,
            None => write!(f, "a subject with {}", listed("the role", "the roles", &names(&subject.roles)))?,
        }
        if !subject.tenant.is_empty() {
            write!(f, " of tenant `{}`", subject.tenant)?;
        }
        if !subject.areas.is_empty() {
            write!(f, ", which looks after {}", listed("area", "areas", &subject.areas))?;
        }
        if subject.is_frozen {
            write!(f, ", frozen")?;
        }
        write!(f, ", by proof `{}`", subject.proof.as_str())
    }
}

fn describe(f: &mut fmt::Formatter<'_>, record: &Record) -> fmt::Result {
    write!(f, "the {} `{}` of tenant `{}`", record.kind.as_str(), record.id, record.tenant)?;
    if !record.holder.is_empty() {
        write!(f, ", held by `{}`", record.holder)?;
    }
    if !record.parties.is_empty() {
        write!(f, ", with {}", listed("party", "parties", &record.parties))?;
    }
    if !record.areas.is_empty() {
        write!(f, ", in {}", listed("area", "areas", &record.areas))?;
    }
    if record.has_open_case {
        write!(f, ", on which a case is open,")?;
    }
    Ok(())
}

fn names(roles: &BTreeSet<Role>) -> BTreeSet<String> {
    roles.iter().map(ToString::to_string).collect()
}

fn listed(one: &str, several: &str, items: &BTreeSet<String>) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("`{item}`")).collect();
    format!("{} {}", if quoted.len() == 1 { one } else { several }, quoted.join(", "))
}
