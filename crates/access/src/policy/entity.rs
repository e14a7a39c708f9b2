//! Subjects and records in Cedar's words. A test holds them against the schema.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::str::FromStr as _;
use std::sync::LazyLock;

use cedar_policy::{Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression};

use crate::{Record, Subject};

/// The names of types, read once: Cedar reads them with its whole parser.
struct Types {
    action: EntityTypeName,
    kind: EntityTypeName,
    proof: EntityTypeName,
    record: EntityTypeName,
    role: EntityTypeName,
    service: EntityTypeName,
    subject: EntityTypeName,
}

static TYPES: LazyLock<Types> = LazyLock::new(|| Types {
    action: name("Action"),
    kind: name("Kind"),
    proof: name("Proof"),
    record: name("Record"),
    role: name("Role"),
    service: name("Service"),
    subject: name("Subject"),
});

fn name(name: &'static str) -> EntityTypeName {
    match EntityTypeName::from_str(name) {
        Ok(name) => name,
        Err(_) => unreachable!("the names of types are this file's own"),
    }
}

fn uid(kind: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
}

/// An action of the schema, by its name.
pub(super) fn action(name: &str) -> EntityUid {
    uid(&TYPES.action, name)
}

/// What calls are made of.
pub(super) fn service() -> EntityUid {
    uid(&TYPES.service, "lightcone")
}

pub(super) fn subject_id(subject: &Subject) -> EntityUid {
    uid(&TYPES.subject, &subject.id)
}

pub(super) fn record_id(record: &Record) -> EntityUid {
    uid(&TYPES.record, &format!("{}/{}", record.kind.as_str(), record.id))
}

/// A subject, with its roles as parents.
pub(super) fn subject(subject: &Subject, id: EntityUid) -> Option<Entity> {
    let roles: HashSet<EntityUid> =
        subject.roles.iter().map(|role| uid(&TYPES.role, role.as_str())).collect();
    let attributes = HashMap::from([
        ("tenant".to_owned(), text(&subject.tenant)),
        ("frozen".to_owned(), RestrictedExpression::new_bool(subject.is_frozen)),
        ("areas".to_owned(), texts(&subject.areas)),
        ("landmark".to_owned(), text(subject.landmark().unwrap_or_default())),
        ("agent".to_owned(), text(subject.agent().unwrap_or_default())),
        ("proof".to_owned(), one_of(&TYPES.proof, subject.proof.as_str())),
    ]);
    Entity::new(id, attributes, roles).ok()
}

pub(super) fn record(record: &Record, id: EntityUid) -> Option<Entity> {
    let attributes = HashMap::from([
        ("kind".to_owned(), one_of(&TYPES.kind, record.kind.as_str())),
        ("id".to_owned(), text(&record.id)),
        ("tenant".to_owned(), text(&record.tenant)),
        ("holder".to_owned(), text(&record.holder)),
        ("parties".to_owned(), texts(&record.parties)),
        ("areas".to_owned(), texts(&record.areas)),
    ]);
    Entity::new(id, attributes, HashSet::new()).ok()
}

fn one_of(kind: &EntityTypeName, name: &str) -> RestrictedExpression {
    RestrictedExpression::new_entity_uid(uid(kind, name))
}

fn text(text: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(text.to_owned())
}

fn texts(texts: &BTreeSet<String>) -> RestrictedExpression {
    RestrictedExpression::new_set(texts.iter().map(|item| text(item)))
}

#[cfg(test)]
mod tests {
    use cedar_policy::{Entities, Schema};

    use super::*;
    use crate::{Act, Itself, Kind, Proof, Role};

    fn schema() -> Schema {
        Schema::from_str(crate::Policy::schema()).expect("the schema holds")
    }

    #[test]
    fn subjects_and_records_of_all_kinds_fit_the_schema() {
        let schema = schema();
        let proofs = [Proof::None, Proof::Certificate, Proof::Token, Proof::BoundToken, Proof::Development];
        for (number, proof) in proofs.into_iter().enumerate() {
            let itself = [Itself::Landmark("x".to_owned()), Itself::Agent("x".to_owned())];
            let caller = Subject {
                id: format!("{number}"),
                proof,
                itself: itself.get(number).cloned(),
                ..Subject::developer()
            };
            let caller = subject(&caller, subject_id(&caller)).expect("an entity");
            Entities::from_entities([caller], Some(&schema)).expect("it fits");
        }
        for kind in Kind::ALL {
            let kept = Record {
                parties: BTreeSet::from(["x".to_owned()]),
                areas: BTreeSet::from(["SG".to_owned()]),
                ..Record::of(kind, "x", "y")
            };
            let kept = record(&kept, record_id(&kept)).expect("an entity");
            Entities::from_entities([kept], Some(&schema)).expect("it fits");
        }
    }

    #[test]
    fn the_schema_knows_the_roles_proofs_kinds_and_acts_and_no_others() {
        let text = crate::Policy::schema();
        let listed = |kind: &str| {
            let rest = text.split_once(&format!("entity {kind} enum")).expect("an enum").1;
            let inside = rest.split_once('[').expect("a list").1.split_once(']').expect("its end").0;
            inside.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(listed("Role"), Role::ALL.map(Role::as_str));
        assert_eq!(listed("Kind"), Kind::ALL.map(Kind::as_str));
        assert_eq!(listed("Proof"), Proof::ALL.map(Proof::as_str));
        let schema = schema();
        for act in Act::ALL {
            assert!(schema.actions().any(|known| *known == action(act.as_str())), "{act:?}");
        }
    }
}
