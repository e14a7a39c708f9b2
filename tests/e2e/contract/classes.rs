//! Classes: nothing that gives places away can be reached from an answer to outsiders.

use lightcone::v1::{Audience, FieldClass};

use crate::compiled::{Compiled, call, reach, short};

/// Classed fields in what outsiders may be shown: by an RPC's answer, or as a message by itself.
fn given_away(contract: &Compiled) -> Vec<String> {
    let answers = contract
        .methods()
        .filter(|method| is_for_outsiders(&contract.rpc_audiences(method)))
        .map(|method| (call(&method), method.output()));
    let messages = contract
        .messages()
        .filter(|message| is_for_outsiders(&contract.audiences(message)))
        .map(|message| (short(message.full_name()).to_owned(), message));
    let mut found = Vec::new();
    for (place, message) in answers.chain(messages) {
        for (inner, way) in reach(&message).into_values() {
            for field in inner.fields() {
                let class = contract.class(&field);
                if class != FieldClass::Unspecified {
                    found.push(format!("{place}: {class:?} by {way}.{}", field.name()));
                }
            }
        }
    }
    found
}

fn is_for_outsiders(audiences: &[Audience]) -> bool {
    audiences.iter().any(|audience| matches!(audience, Audience::Partner | Audience::Public))
}

#[test]
fn outsiders_can_be_told_no_place_region_timing_address_or_binding() {
    let contract = Compiled::ours();
    assert!(contract.methods().any(|method| is_for_outsiders(&contract.rpc_audiences(&method))));
    assert_eq!(given_away(&contract), [""; 0]);
}

#[test]
fn a_classed_field_deep_in_an_outsiders_answer_is_found() {
    for class in ["POSITION", "REGION", "TIMING", "ADDRESS", "BINDING"] {
        for audience in ["PARTNER", "PUBLIC"] {
            let planted = Compiled::planted(&format!(
                "message Ask {{ option (audience) = AUDIENCE_PUBLIC; }}
                 message Told {{ option (audience) = AUDIENCE_OWNER; oneof one {{ Page page = 1; }} }}
                 message Page {{ option (audience) = AUDIENCE_OWNER; repeated Row rows = 1; Page next = 2; }}
                 message Row {{ option (audience) = AUDIENCE_OWNER; int64 n = 1 [(field_class) = FIELD_CLASS_{class}]; }}
                 service Leaks {{ rpc Tell(Ask) returns (stream Told) {{ option (rpc_audience) = AUDIENCE_{audience}; }} }}"
            ));
            let found = given_away(&planted);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(
                found[0].starts_with("Leaks/Tell: ") && found[0].ends_with("by Told.page.rows.n"),
                "{found:?}"
            );
        }
    }
}

#[test]
fn a_place_in_a_partners_message_is_found_without_any_rpc() {
    let planted =
        Compiled::planted("message Told { option (audience) = AUDIENCE_PARTNER; Point where = 1; }");
    assert_eq!(
        given_away(&planted),
        ["Told: Position by Told.where.latitude_deg", "Told: Position by Told.where.longitude_deg"]
    );
}
