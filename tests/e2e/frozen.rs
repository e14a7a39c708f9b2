//! What an agent can receive is a frozen list of messages and fields, each with its one allowed effect.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::{Cardinality, DescriptorPool, FieldDescriptor, Kind, MessageDescriptor};

const FROZEN: &str = include_str!("golden/agent_receives.txt");
/// What a field may do. A new one is a change of the promise that no message makes an agent act.
const EFFECTS: [&str; 8] = ["holds", "ignored", "compared", "echoed", "hashed", "keyed", "greeted", "timed"];
/// The calls that an agent makes; `tests/tidy` holds that it makes no others.
const CALLS: [&str; 3] = ["Attend", "Attest", "CloseSession"];

/// Lines of the list without comments.
fn lines() -> impl Iterator<Item = &'static str> {
    FROZEN.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[test]
fn an_agent_can_receive_what_is_listed_and_nothing_else() {
    let pool = DescriptorPool::decode(lightcone::FILE_DESCRIPTOR_SET).expect("a descriptor set");
    let service = pool.get_service_by_name("lightcone.v1.SessionService").expect("the service");
    let mut calls = BTreeSet::new();
    let mut fields = BTreeMap::new();
    for call in CALLS {
        let method = service.methods().find(|method| method.name() == call).expect("the call");
        calls.insert(format!("{call} -> {}", short(method.output().full_name())));
        collect(&method.output(), &mut fields);
    }
    let listed: BTreeSet<String> = lines().filter(|line| line.contains(" -> ")).map(str::to_owned).collect();
    assert_eq!(listed, calls);
    let listed: BTreeMap<String, String> = entries().map(|(field, kind, _)| (field, kind)).collect();
    assert_eq!(listed, fields);
}

#[test]
fn every_effect_is_one_of_those_that_are_allowed() {
    for (field, kind, effect) in entries() {
        assert!(EFFECTS.contains(&effect.as_str()), "{field}: {effect}");
        // Only what holds others may be a message that is read; a time is read as a time.
        let is_message = kind.contains(|letter: char| letter.is_uppercase()) && kind != "Residency";
        let is_held = effect == "holds";
        let is_plain = ["ignored", "timed"].contains(&effect.as_str());
        assert!(!is_message || is_held || is_plain, "{field}: a {kind} that is {effect}");
    }
}

/// Field, type and effect of each line.
fn entries() -> impl Iterator<Item = (String, String, String)> {
    lines().filter(|line| !line.contains(" -> ")).map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [field, kind @ .., effect] = &words[..] else {
            unreachable!("no field, type and effect: {line}")
        };
        ((*field).to_owned(), kind.join(" "), (*effect).to_owned())
    })
}

/// Every field of a message and of those within it.
fn collect(message: &MessageDescriptor, fields: &mut BTreeMap<String, String>) {
    if message.package_name() != "lightcone.v1" {
        return;
    }
    for field in message.fields() {
        let name = format!("{}.{}", short(message.full_name()), field.name());
        if fields.insert(name, kind(&field)).is_none()
            && let Kind::Message(inner) = field.kind()
        {
            collect(&inner, fields);
        }
    }
}

fn kind(field: &FieldDescriptor) -> String {
    let kind = match field.kind() {
        Kind::Message(message) => short(message.full_name()).to_owned(),
        Kind::Enum(described) => short(described.full_name()).to_owned(),
        scalar => format!("{scalar:?}").to_lowercase(),
    };
    let kind = if kind.starts_with("google") { kind } else { kind.trim_start_matches('.').to_owned() };
    if field.cardinality() == Cardinality::Repeated { format!("repeated {kind}") } else { kind }
}

fn short(name: &str) -> &str {
    name.strip_prefix("lightcone.v1.").unwrap_or(name)
}
