//! Messages as people and programs are shown them, whatever their kind: the contract's own description says what
//! there is.

use std::sync::LazyLock;

use lightcone::FILE_DESCRIPTOR_SET;
use prost_reflect::{DescriptorPool, DynamicMessage, EnumDescriptor, Kind, ReflectMessage as _, Value};
use serde_json::json;

use crate::exit::{Failure, Outcome};
use crate::out::printable;

/// Bytes that are shown as digits; longer ones are told by their number.
const BYTES_SHOWN_MAX: usize = 64;

static POOL: LazyLock<Option<DescriptorPool>> =
    LazyLock::new(|| DescriptorPool::decode(FILE_DESCRIPTOR_SET).ok());

/// A message of the contract.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shown(DynamicMessage);

impl Shown {
    /// A message of that kind, as the contract names it.
    pub(crate) fn of<M: prost::Message>(message: &M, kind: &str) -> Outcome<Self> {
        let unknown = || Failure::machine(format!("the program's own contract has no message `{kind}`"));
        let pool = POOL.as_ref().ok_or_else(unknown)?;
        let described = pool.get_message_by_name(&format!("lightcone.v1.{kind}")).ok_or_else(unknown)?;
        DynamicMessage::decode(described, message.encode_to_vec().as_slice()).map(Self).map_err(|_| unknown())
    }

    /// One line, as the API's JSON mapping has it.
    pub(crate) fn json(&self) -> String {
        json!(self.0).to_string()
    }

    /// What stands at a path such as `point.latitude_deg`; empty when nothing does.
    pub(crate) fn at(&self, path: &str) -> String {
        let (mut message, mut left) = (self.0.clone(), path);
        while let Some((name, rest)) = left.split_once('.') {
            match message.get_field_by_name(name).as_deref() {
                Some(Value::Message(inner)) => message = inner.clone(),
                _ => return String::new(),
            }
            left = rest;
        }
        let Some(field) = message.descriptor().get_field_by_name(left) else { return String::new() };
        if field.supports_presence() && !message.has_field(&field) {
            return String::new();
        }
        told(&message.get_field(&field), &field.kind())
    }

    /// Every field that is set, by its path, with what stands there.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        flatten("", &self.0, &mut fields);
        fields
    }
}

fn flatten(path: &str, message: &DynamicMessage, fields: &mut Vec<(String, String)>) {
    for (field, value) in message.fields() {
        let path = if path.is_empty() { field.name().to_owned() } else { format!("{path}.{}", field.name()) };
        match value {
            Value::Message(inner) if moment(inner).is_none() => flatten(&path, inner, fields),
            Value::List(values) if matches!(field.kind(), Kind::Message(_)) => {
                for (index, inner) in values.iter().enumerate() {
                    if let Value::Message(inner) = inner {
                        flatten(&format!("{path}[{index}]"), inner, fields);
                    }
                }
            }
            value => fields.push((path, told(value, &field.kind()))),
        }
    }
}

/// A value in words.
fn told(value: &Value, kind: &Kind) -> String {
    match (value, kind) {
        (Value::EnumNumber(number), Kind::Enum(described)) => named(*number, described),
        (Value::List(values), _) => {
            values.iter().map(|value| told(value, kind)).collect::<Vec<_>>().join(", ")
        }
        (Value::Message(message), _) => moment(message).unwrap_or_default(),
        (Value::Bytes(bytes), _) if bytes.len() > BYTES_SHOWN_MAX => format!("{} bytes", bytes.len()),
        (Value::Bytes(bytes), _) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        (Value::String(text), _) => printable(text),
        (Value::Bool(is), _) => is.to_string(),
        (Value::I32(number), _) => number.to_string(),
        (Value::I64(number), _) => number.to_string(),
        (Value::U32(number), _) => number.to_string(),
        (Value::U64(number), _) => number.to_string(),
        (Value::F32(number), _) => number.to_string(),
        (Value::F64(number), _) => number.to_string(),
        _ => String::new(),
    }
}

/// A moment in UTC.
fn moment(message: &DynamicMessage) -> Option<String> {
    if message.descriptor().full_name() != "google.protobuf.Timestamp" {
        return None;
    }
    let time: prost_types::Timestamp = message.transcode_to().ok()?;
    Some(time.to_string())
}

/// A value's name without what all of its enum begin with.
fn named(number: i32, described: &EnumDescriptor) -> String {
    let Some(value) = described.get_value(number) else { return number.to_string() };
    let zero = described.get_value(0).map_or_else(String::new, |zero| zero.name().to_owned());
    let prefix = zero.trim_end_matches("UNSPECIFIED");
    value.name().strip_prefix(prefix).unwrap_or(value.name()).to_owned()
}

#[cfg(test)]
mod tests {
    use lightcone::v1;

    use super::*;

    #[test]
    fn any_message_is_shown_by_the_contract() {
        let agent = v1::Agent {
            name: "agents/a-1".to_owned(),
            site: "sites/\u{1b}x".to_owned(),
            identity_key: vec![0xab; 32],
            state: v1::agent::State::Retired.into(),
            create_time: Some(prost_types::Timestamp { seconds: 0, nanos: 0 }),
            ..v1::Agent::default()
        };
        let shown = Shown::of(&agent, "Agent").unwrap();
        assert_eq!((shown.at("state").as_str(), shown.at("site").as_str()), ("RETIRED", "sites/\u{fffd}x"));
        assert_eq!(shown.at("identity_key"), "ab".repeat(32));
        assert_eq!(shown.at("create_time"), "1970-01-01T00:00:00Z");
        assert_eq!((shown.at("update_time"), shown.at("nothing.here")), (String::new(), String::new()));
        let json: serde_json::Value = serde_json::from_str(&shown.json()).unwrap();
        assert_eq!(json["state"], "STATE_RETIRED");
        assert!(shown.fields().contains(&("name".to_owned(), "agents/a-1".to_owned())));
    }

    #[test]
    fn messages_within_messages_have_paths() {
        let landmark = v1::RegisteredLandmark {
            point: Some(v1::Point { latitude_deg: 59.5, longitude_deg: -10.25 }),
            addresses: vec!["192.0.2.1:1".to_owned(), "[::1]:1".to_owned()],
            ..v1::RegisteredLandmark::default()
        };
        let shown = Shown::of(&landmark, "RegisteredLandmark").unwrap();
        assert_eq!(shown.at("point.longitude_deg"), "-10.25");
        assert_eq!(shown.at("addresses"), "192.0.2.1:1, [::1]:1");
        assert!(shown.fields().iter().any(|(path, _)| path == "point.latitude_deg"));
        assert!(Shown::of(&landmark, "Nothing").is_err());
    }
}
