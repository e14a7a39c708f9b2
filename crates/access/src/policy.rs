//! The policy set, checked against its schema when it is read.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;
use std::str::FromStr as _;
use std::sync::Arc;

use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression, Schema,
    ValidationMode, Validator,
};
use sha2::{Digest as _, Sha256};

use crate::{Act, Decision, Record, Role, Subject};

/// The policies that are built in.
const POLICIES: &str = include_str!("../policies/lightcone.cedar");
/// The schema of all policies: which calls there are. It is not the operator's to change.
const SCHEMA: &str = include_str!("../policies/lightcone.cedarschema");

/// Policies that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the policies cannot be used: {0}")]
pub struct InvalidPolicy(pub String);

/// A policy set that decides.
#[derive(Clone)]
pub struct Policy {
    set: Arc<PolicySet>,
    schema: Arc<Schema>,
    /// The calls and acts with the groups that they belong to.
    actions: Arc<Entities>,
    text: Arc<str>,
    sha256: [u8; 32],
}

impl Policy {
    /// The policies that are built in.
    ///
    /// # Errors
    /// None, unless this program was built from policies that do not hold; a test says that it was not.
    pub fn built_in() -> Result<Self, InvalidPolicy> {
        Self::parse(POLICIES)
    }

    /// Reads policies in Cedar's language. Each must bear an `@id`, and hold against the schema.
    ///
    /// # Errors
    /// [`InvalidPolicy`], with the place and what is wrong there.
    pub fn parse(text: &str) -> Result<Self, InvalidPolicy> {
        let invalid = |error: &dyn fmt::Display| InvalidPolicy(error.to_string());
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).map_err(|error| invalid(&error))?;
        let set = PolicySet::from_str(text).map_err(|error| invalid(&error))?;
        let set = named(set)?;
        let checked = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
        if !checked.validation_passed() {
            return Err(invalid(&checked));
        }
        let mut hash = Sha256::new();
        for part in [text, SCHEMA] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let actions = schema.action_entities().map_err(|error| invalid(&error))?;
        Ok(Self {
            set: Arc::new(set),
            schema: Arc::new(schema),
            actions: Arc::new(actions),
            text: text.into(),
            sha256: hash.finalize().into(),
        })
    }

    /// Whether a subject may make a call, such as `SiteService/ListSites`, at all.
    #[must_use]
    pub fn call(&self, subject: &Subject, call: &str) -> Decision {
        self.decide(subject, call, service(), Vec::new(), Context::empty())
    }

    /// Whether a subject may do something with a record.
    #[must_use]
    pub fn reach(&self, subject: &Subject, act: Act, record: &Record) -> Decision {
        let id = uid("Record", &format!("{}/{}", record.kind.as_str(), record.id));
        let attributes = HashMap::from([
            ("kind".to_owned(), text(record.kind.as_str())),
            ("id".to_owned(), text(&record.id)),
            ("tenant".to_owned(), text(&record.tenant)),
            ("parties".to_owned(), texts(&record.parties)),
            ("areas".to_owned(), texts(&record.areas)),
        ]);
        let context = [("open_case".to_owned(), RestrictedExpression::new_bool(record.has_open_case))];
        let (Ok(entity), Ok(context)) =
            (Entity::new(id.clone(), attributes, HashSet::new()), Context::from_pairs(context))
        else {
            return DENIED;
        };
        self.decide(subject, act.as_str(), id, vec![entity], context)
    }

    /// The calls that the schema knows, such as `SiteService/ListSites`.
    pub fn calls(&self) -> impl Iterator<Item = &str> {
        self.schema.actions().map(|action| action.id().unescaped()).filter(|name| name.contains('/'))
    }

    /// The policies, as they were read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The schema that policies are checked against.
    #[must_use]
    pub fn schema() -> &'static str {
        SCHEMA
    }

    /// SHA-256 of policies and schema.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    fn decide(
        &self,
        subject: &Subject,
        action: &str,
        resource: EntityUid,
        mut entities: Vec<Entity>,
        context: Context,
    ) -> Decision {
        let principal = uid("Subject", &subject.id);
        let Some(entity) = entity(subject, principal.clone()) else { return DENIED };
        entities.push(entity);
        // What does not fit the schema, such as a call that it does not know, is allowed by nothing.
        let Ok(request) =
            Request::new(principal, uid("Action", action), resource, context, Some(&self.schema))
        else {
            return DENIED;
        };
        let Ok(entities) = (*self.actions).clone().add_entities(entities, None) else { return DENIED };
        let response = Authorizer::new().is_authorized(&request, &self.set, &entities);
        let rules: BTreeSet<String> = response.diagnostics().reason().map(ToString::to_string).collect();
        Decision {
            allowed: response.decision() == cedar_policy::Decision::Allow
                && response.diagnostics().errors().next().is_none(),
            rules: rules.into_iter().collect(),
        }
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy").field("policies", &self.set.policies().count()).finish_non_exhaustive()
    }
}

/// Nothing allows it.
const DENIED: Decision = Decision { allowed: false, rules: Vec::new() };

/// The same policies, each under the name that its `@id` gives.
fn named(set: PolicySet) -> Result<PolicySet, InvalidPolicy> {
    let mut named = PolicySet::new();
    for policy in set.policies() {
        let unnamed = || InvalidPolicy(format!("give each policy a name with @id(\"...\"): {policy}"));
        let name = policy.annotation("id").filter(|name| !name.is_empty()).ok_or_else(unnamed)?;
        let policy = policy.new_id(cedar_policy::PolicyId::new(name));
        named.add(policy).map_err(|error| InvalidPolicy(format!("two policies bear one name: {error}")))?;
    }
    if set.templates().next().is_some() {
        return Err(InvalidPolicy("templates are not taken; write the policy out".to_owned()));
    }
    Ok(named)
}

/// A subject in Cedar's words, with its roles as parents.
fn entity(subject: &Subject, id: EntityUid) -> Option<Entity> {
    let roles: HashSet<EntityUid> = subject.roles.iter().copied().map(role).collect();
    let attributes = HashMap::from([
        ("tenant".to_owned(), text(&subject.tenant)),
        ("areas".to_owned(), texts(&subject.areas)),
        ("landmark".to_owned(), text(subject.landmark().unwrap_or_default())),
        ("agent".to_owned(), text(subject.agent().unwrap_or_default())),
        ("proof".to_owned(), text(subject.proof.as_str())),
    ]);
    Entity::new(id, attributes, roles).ok()
}

fn role(role: Role) -> EntityUid {
    uid("Role", role.as_str())
}

fn service() -> EntityUid {
    uid("Service", "lightcone")
}

fn uid(kind: &'static str, id: &str) -> EntityUid {
    let kind = cedar_policy::EntityTypeName::from_str(kind);
    let id = cedar_policy::EntityId::new(id);
    match kind {
        Ok(kind) => EntityUid::from_type_name_and_id(kind, id),
        Err(_) => unreachable!("the names of kinds are this file's own"),
    }
}

fn text(text: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(text.to_owned())
}

fn texts(texts: &BTreeSet<String>) -> RestrictedExpression {
    RestrictedExpression::new_set(texts.iter().map(|item| text(item)))
}
