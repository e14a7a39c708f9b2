//! What of a policy set can apply to one action, cut out once: a decision looks at a fifth of all policies then, and at
//! no action but its own. Which action a policy is for stands in its head, so that nothing is left out that could
//! decide.

use std::collections::{BTreeMap, HashSet};

use cedar_policy::{ActionConstraint, Entity, EntityUid, Policy, PolicySet, Schema};

use super::entity;
use crate::Act;

/// A policy set, cut by action.
pub(super) struct Slices {
    calls: BTreeMap<String, Slice>,
    acts: BTreeMap<Act, Slice>,
}

/// What can apply to one action.
pub(super) struct Slice {
    pub(super) action: EntityUid,
    /// The action, with the groups that it belongs to.
    pub(super) entity: Entity,
    pub(super) policies: PolicySet,
}

/// A set that cannot be cut.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Uncut(String);

impl Slices {
    pub(super) fn cut(schema: &Schema, set: &PolicySet) -> Result<Self, Uncut> {
        let groups = schema.action_entities().map_err(|error| Uncut(error.to_string()))?;
        let slice = |action: &EntityUid| {
            let groups: HashSet<EntityUid> =
                groups.ancestors(action).into_iter().flatten().cloned().collect();
            let applies = set.policies().filter(|policy| applies(policy, action, &groups));
            let policies = PolicySet::from_policies(applies.cloned());
            Ok(Slice {
                action: action.clone(),
                entity: Entity::new_no_attrs(action.clone(), groups),
                policies: policies.map_err(|error| Uncut(error.to_string()))?,
            })
        };
        let calls = schema.actions().filter(|action| action.id().unescaped().contains('/'));
        Ok(Self {
            calls: calls
                .map(|action| Ok((action.id().unescaped().to_owned(), slice(action)?)))
                .collect::<Result<_, _>>()?,
            acts: Act::ALL
                .into_iter()
                .map(|act| Ok((act, slice(&entity::action(act.as_str()))?)))
                .collect::<Result<_, _>>()?,
        })
    }

    pub(super) fn call(&self, call: &str) -> Option<&Slice> {
        self.calls.get(call)
    }

    pub(super) fn act(&self, act: Act) -> Option<&Slice> {
        self.acts.get(&act)
    }

    pub(super) fn calls(&self) -> impl Iterator<Item = &str> {
        self.calls.keys().map(String::as_str)
    }
}

/// Whether the head of a policy admits an action.
fn applies(policy: &Policy, action: &EntityUid, groups: &HashSet<EntityUid>) -> bool {
    let is_in = |named: &EntityUid| named == action || groups.contains(named);
    match policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::In(named) => named.iter().any(is_in),
        ActionConstraint::Eq(named) => named == *action,
    }
}
