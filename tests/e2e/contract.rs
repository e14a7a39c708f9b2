//! The contract as compiled: audiences, and a page for each error reason.

mod frozen;
mod roles;

use std::collections::BTreeSet;
use std::path::Path;

use lightcone::v1::ErrorReason;
use prost_reflect::{DescriptorPool, MessageDescriptor, Value};

fn pool() -> DescriptorPool {
    DescriptorPool::decode(lightcone::FILE_DESCRIPTOR_SET).expect("a descriptor set")
}

/// The name of an audience option, if it is set.
fn audience(
    pool: &DescriptorPool,
    extension: &str,
    options: &prost_reflect::DynamicMessage,
) -> Option<String> {
    let extension = pool.get_extension_by_name(&format!("lightcone.v1.{extension}")).expect("the option");
    let values = pool.get_enum_by_name("lightcone.v1.Audience").expect("the audiences");
    match options.get_extension(&extension).as_ref() {
        Value::EnumNumber(0) => None,
        Value::EnumNumber(number) => Some(values.get_value(*number).expect("a value").name().to_owned()),
        other => unreachable!("an enum: {other:?}"),
    }
}

fn ours(pool: &DescriptorPool) -> Vec<MessageDescriptor> {
    pool.all_messages().filter(|message| message.package_name() == "lightcone.v1").collect()
}

#[test]
fn every_message_and_rpc_says_who_may_be_shown_it() {
    let pool = pool();
    let messages = ours(&pool);
    assert!(messages.len() > 30);
    for message in messages {
        let audience = audience(&pool, "audience", &message.options());
        assert!(is_inside(audience.as_deref()), "{}", message.full_name());
    }
    for service in pool.services().filter(|service| service.package_name() == "lightcone.v1") {
        for method in service.methods() {
            let audience = audience(&pool, "rpc_audience", &method.options());
            assert!(is_inside(audience.as_deref()), "{}", method.full_name());
        }
    }
}

/// Whether an audience is one of those that exist today: owners and landmarks. Partners and the public are shown
/// nothing yet.
fn is_inside(audience: Option<&str>) -> bool {
    matches!(audience, Some("AUDIENCE_OWNER" | "AUDIENCE_LANDMARK"))
}

#[test]
fn the_enum_of_reasons_is_the_one_in_code() {
    let reasons = pool().get_enum_by_name("lightcone.v1.ErrorReason").unwrap();
    let listed: Vec<i32> =
        reasons.values().map(|value| value.number()).filter(|number| *number != 0).collect();
    assert_eq!(listed, ErrorReason::ALL.map(|reason| reason as i32));
}

#[test]
fn each_reason_has_a_page_and_each_page_a_reason() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors");
    let pages: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    let reasons: BTreeSet<String> =
        ErrorReason::ALL.iter().map(|reason| format!("{}.md", reason.short_name())).collect();
    assert_eq!(pages, reasons);
    for reason in ErrorReason::ALL {
        let name = reason.short_name();
        let page = std::fs::read_to_string(folder.join(format!("{name}.md"))).unwrap();
        assert!(page.starts_with(&format!("# {name}\n")), "{name}");
        for part in ["**Code:**", "**Cause:**", "**Remedy:**", "**Example:**"] {
            assert!(page.contains(part), "{name} lacks {part}");
        }
        let code = format!("{:?}", reason.code());
        assert!(page.replace('_', "").to_uppercase().contains(&code.to_uppercase()), "{name} names {code}");
    }
}
