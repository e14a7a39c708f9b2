//! The contract as compiled: who may be shown what, who may call, and a page for each error reason.

mod frozen;
mod roles;

#[path = "contract/audiences.rs"]
mod audiences;
#[path = "contract/callers.rs"]
mod callers;
#[path = "contract/classes.rs"]
mod classes;
#[path = "contract/compiled.rs"]
mod compiled;
#[path = "contract/smells.rs"]
mod smells;

use std::collections::BTreeSet;
use std::path::Path;

use lightcone::v1::ErrorReason;

use compiled::Compiled;
use lightcone_server::limits::{SMALL_MESSAGE_BYTES_MAX, message_bytes_max};

#[test]
fn every_message_and_rpc_says_who_may_be_shown_it() {
    let contract = Compiled::ours();
    assert!(contract.messages().count() > 30);
    assert_eq!(audiences::unsaid(&contract), [""; 0]);
}

#[test]
fn only_calls_that_carry_much_take_large_messages() {
    let contract = Compiled::ours();
    let large = contract.methods().filter(|method| {
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        message_bytes_max(&path) > SMALL_MESSAGE_BYTES_MAX
    });
    let large: BTreeSet<String> = large.map(|method| compiled::call(&method)).collect();
    let wanted = [
        "AgentService/BatchCreateAgents",
        "AttestationService/AppraiseEvidence",
        "ChipService/BatchCreateChips",
        "LandmarkService/BatchCreateLandmarks",
        "LocationService/AuditLandmarks",
        "LocationService/BatchLocate",
        "LocationService/Locate",
        "MeasurementService/Ingest",
        "PartyService/BatchCreateParties",
        "PlacementService/CheckPlacement",
        "PlacementService/RecordUsage",
        "PlacementService/WatchPlacement",
        "PolicyService/CreatePolicyVersion",
        "PolicyService/ValidatePolicy",
        "SessionService/Attest",
        "SessionService/CloseSession",
        "SiteService/BatchCreateSites",
    ];
    assert_eq!(large, wanted.map(str::to_owned).into());
}

#[test]
fn the_enum_of_reasons_is_the_one_in_code() {
    let reasons = Compiled::ours().pool().get_enum_by_name("lightcone.v1.ErrorReason").unwrap();
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
