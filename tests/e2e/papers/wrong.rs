//! Every way in which papers can be wrong, and what is said then.

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone_tests::Ground;
use tonic_types::StatusExt as _;

use super::{Desk, new_party, new_transfer, stake, transfer, whole_party};
use crate::registry::records::{mask, refused};

const MISSING: ErrorReason = ErrorReason::FieldMissing;
const INVALID: ErrorReason = ErrorReason::FieldInvalid;
const LIMIT: ErrorReason = ErrorReason::LimitExceeded;

type Wrong<T> = (fn(&mut T), ErrorReason, &'static str);

const PARTIES: [Wrong<v1::Party>; 25] = [
    (|it| it.display_name.clear(), MISSING, "display_name"),
    (|it| it.display_name = "x".repeat(201), INVALID, "display_name"),
    (|it| it.display_name = "a\nb".into(), INVALID, "display_name"),
    (|it| it.aliases = vec!["x".into(); 17], LIMIT, "aliases"),
    (|it| it.aliases = vec!["x".into(), String::new()], MISSING, "aliases[1]"),
    (|it| it.addresses = vec!["x".into(); 17], LIMIT, "addresses"),
    (|it| it.addresses[0] = "x".repeat(301), INVALID, "addresses[0]"),
    (|it| it.headquarters = "sg".into(), INVALID, "headquarters"),
    (|it| it.headquarters = "SGP".into(), INVALID, "headquarters"),
    (|it| it.trades = vec![5; 6], LIMIT, "trades"),
    (|it| it.trades[1] = 0, INVALID, "trades[1]"),
    (|it| it.trades[1] = 99, INVALID, "trades[1]"),
    (|it| it.stakes = vec![stake("holding", 1); 65], LIMIT, "stakes"),
    (|it| it.stakes[0].owner.clear(), MISSING, "stakes[0].owner"),
    (|it| it.stakes[0].owner = "holding".into(), INVALID, "stakes[0].owner"),
    (|it| it.stakes[0].owner = "parties/there".into(), INVALID, "stakes[0].owner"),
    (|it| it.stakes[0].share_ppm = 0, INVALID, "stakes[0].share_ppm"),
    (|it| it.stakes[0].share_ppm = 1_000_001, INVALID, "stakes[0].share_ppm"),
    (|it| it.stakes[0].to = "2019-12-31".into(), INVALID, "stakes[0].to"),
    (|it| it.stakes[0].source.clear(), MISSING, "stakes[0].source"),
    (|it| it.stakes[0].grade = 0, MISSING, "stakes[0].grade"),
    (|it| it.listings[0].list.clear(), MISSING, "listings[0].list"),
    (|it| it.listings[0].from = "2025-02-30".into(), INVALID, "listings[0].from"),
    (|it| it.listings[0].grade = 17, INVALID, "listings[0].grade"),
    (|it| it.first_order_on = "May 2023".into(), INVALID, "first_order_on"),
];

const TRANSFERS: [Wrong<v1::Transfer>; 24] = [
    (|it| it.movement = 0, MISSING, "movement"),
    (|it| it.movement = 9, INVALID, "movement"),
    (|it| it.lines.clear(), MISSING, "lines"),
    (|it| it.lines = vec![it.lines[0].clone(); 65], LIMIT, "lines"),
    (|it| it.lines[0].sku.clear(), MISSING, "lines[0].sku"),
    (|it| it.lines[0].sku = "skus/A!".into(), INVALID, "lines[0].sku"),
    (|it| it.lines[0].units = 0, INVALID, "lines[0].units"),
    (|it| it.lines[0].units = 10_000_001, INVALID, "lines[0].units"),
    (|it| it.origin = "USA".into(), INVALID, "origin"),
    (|it| it.destinations = vec!["SG".into(), "S".into()], INVALID, "destinations[1]"),
    (|it| it.destinations = vec!["SG".into(); 251], LIMIT, "destinations"),
    (|it| it.through = vec!["MY".into(); 17], LIMIT, "through"),
    (|it| it.exporter = "seller".into(), INVALID, "exporter"),
    (|it| it.intermediaries = vec![String::new()], MISSING, "intermediaries[0]"),
    (|it| it.uses = vec![0], INVALID, "uses[0]"),
    (|it| it.date.clear(), MISSING, "date"),
    (|it| it.date = "2026-13-01".into(), INVALID, "date"),
    (|it| it.licences = vec![v1::Licence::default()], MISSING, "licences[0].destinations"),
    (
        |it| it.licences = vec![v1::Licence { destinations: vec!["SG".into()], ..Default::default() }],
        MISSING,
        "licences[0].number",
    ),
    (
        |it| it.conditions = vec![v1::Condition { condition: "x".into(), met: true }; 2],
        INVALID,
        "conditions[1].condition",
    ),
    (
        |it| it.taken = Some(v1::CapsTaken { user_tpp: "-1".into(), ..Default::default() }),
        INVALID,
        "taken.user_tpp",
    ),
    (|it| it.chips = vec!["c1".into()], INVALID, "chips[0]"),
    (|it| it.chips = vec!["chips/c".into(); 1_001], LIMIT, "chips"),
    (|it| it.end_user = "parties/".into(), INVALID, "end_user"),
];

/// What is wrong, on entry and on change alike.
macro_rules! each_is_named {
    ($client:expr, $table:ident, $good:expr, $kind:literal, $there:literal: $create:ident($new:ident) $update:ident $Update:ident $field:ident) => {
        $client.$create($new("there", $good)).await.unwrap();
        for (change, reason, field) in $table {
            let mut record = $good;
            change(&mut record);
            let path = format!(concat!($kind, ".{}"), field);
            let status =
                refused($client.$create($new("there", record.clone())).await, reason, ("field", &path));
            let details = status.get_error_details();
            let violation = &details.bad_request().unwrap().field_violations[0];
            assert_eq!(violation.field, path);
            assert!(
                violation.description.contains("allowed") || violation.description.contains("missing: "),
                "{status:?}"
            );
            record.name = $there.into();
            let head = field.split(['.', '[']).next().unwrap();
            let update =
                v1::$Update { $field: Some(record), update_mask: mask(&[head]), ..Default::default() };
            refused($client.$update(update).await, reason, ("field", &path));
        }
    };
}

#[tokio::test]
async fn each_wrong_field_is_named_with_a_remedy() {
    let mut desk = Desk::on(&Ground::in_memory()).await;
    desk.enter(&["holding", "buyer"]).await;
    let party = || v1::Party { stakes: vec![stake("holding", 1)], ..whole_party() };
    each_is_named!(desk.parties, PARTIES, party(), "party", "parties/there": create_party(new_party) update_party UpdatePartyRequest party);
    each_is_named!(desk.transfers, TRANSFERS, transfer("buyer"), "transfer", "transfers/there": create_transfer(new_transfer) update_transfer UpdateTransferRequest transfer);
}
