//! Audiences: an answer can hold nothing that is for fewer than may see the answer.

use lightcone::v1::Audience;

use crate::compiled::{Compiled, call, reach, short};

/// Whether whoever is of one audience is also of another, as `options.proto` says.
pub(crate) fn is_within(narrow: Audience, wide: Audience) -> bool {
    use Audience::{Case, Landmark, Owner, Partner, Public, Unspecified};
    match (narrow, wide) {
        (Unspecified, _) | (_, Unspecified) => false,
        (Owner, Owner | Case | Partner | Public) => true,
        (Case, Case | Partner | Public) => true,
        (Landmark, Landmark | Partner | Public) => true,
        (Partner, Partner | Public) => true,
        (Public, Public) => true,
        _ => false,
    }
}

/// Messages and RPCs that do not say who may be shown them, or say it twice.
pub(crate) fn unsaid(contract: &Compiled) -> Vec<String> {
    let messages = contract
        .messages()
        .map(|message| (short(message.full_name()).to_owned(), contract.audiences(&message)));
    let methods = contract.methods().map(|method| (call(&method), contract.rpc_audiences(&method)));
    messages.chain(methods).filter(|(_, audiences)| !is_said(audiences)).map(|(name, _)| name).collect()
}

/// One or more audiences, none of them within another.
fn is_said(audiences: &[Audience]) -> bool {
    let is_apart = |(at, one): (usize, &Audience)| {
        audiences.iter().enumerate().all(|(other_at, other)| at == other_at || !is_within(*one, *other))
    };
    !audiences.is_empty()
        && !audiences.contains(&Audience::Unspecified)
        && audiences.iter().enumerate().all(is_apart)
}

/// Answers, and requests, with something in them that not all may see who may see the whole.
fn too_wide(contract: &Compiled) -> Vec<String> {
    let mut found = Vec::new();
    for method in contract.methods() {
        for message in [method.input(), method.output()] {
            for (inner, way) in reach(&message).into_values() {
                let allowed = contract.audiences(&inner);
                for audience in contract.rpc_audiences(&method) {
                    if !allowed.iter().any(|wide| is_within(audience, *wide)) {
                        let named = short(inner.full_name());
                        found.push(format!("{}: {audience:?} would see {named}, by {way}", call(&method)));
                    }
                }
            }
        }
    }
    found
}

#[test]
fn an_answer_holds_nothing_for_fewer_than_may_see_it() {
    assert_eq!(too_wide(&Compiled::ours()), [""; 0]);
}

#[test]
fn an_answer_that_holds_something_for_fewer_is_found() {
    let planted = Compiled::planted(
        "message Ask { option (audience) = AUDIENCE_PUBLIC; }
         message Told { option (audience) = AUDIENCE_PUBLIC; Wrapped wrapped = 1; }
         message Wrapped { option (audience) = AUDIENCE_PUBLIC; repeated Kept kept = 1; }
         message Kept { option (audience) = AUDIENCE_CASE; option (audience) = AUDIENCE_LANDMARK; }
         service Leaks {
           rpc Partner(Ask) returns (Told) { option (rpc_audience) = AUDIENCE_PARTNER; }
           rpc Both(Ask) returns (Told) {
             option (rpc_audience) = AUDIENCE_OWNER;
             option (rpc_audience) = AUDIENCE_LANDMARK;
           }
         }",
    );
    assert_eq!(too_wide(&planted), ["Leaks/Partner: Partner would see Kept, by Told.wrapped.kept"]);
}

#[test]
fn an_owners_message_in_a_landmarks_answer_is_found() {
    let planted = Compiled::planted(
        "message Ask { option (audience) = AUDIENCE_PUBLIC; }
         message Kept { option (audience) = AUDIENCE_CASE; }
         service Leaks {
           rpc Landmark(Ask) returns (Kept) { option (rpc_audience) = AUDIENCE_LANDMARK; }
           rpc Owner(Ask) returns (Kept) { option (rpc_audience) = AUDIENCE_OWNER; }
         }",
    );
    assert_eq!(too_wide(&planted), ["Leaks/Landmark: Landmark would see Kept, by Kept"]);
}

#[test]
fn what_does_not_say_who_may_see_it_is_found() {
    let planted = Compiled::planted(
        "message Silent {}
         message Twice { option (audience) = AUDIENCE_OWNER; option (audience) = AUDIENCE_CASE; }
         message Unset { option (audience) = AUDIENCE_UNSPECIFIED; }
         service Leaks { rpc Quiet(Silent) returns (Twice); }",
    );
    assert_eq!(unsaid(&planted), ["Silent", "Twice", "Unset", "Leaks/Quiet"]);
}

/// The order is one: whoever is within is within all that is wider.
#[test]
fn the_order_of_audiences_is_an_order() {
    let all: Vec<Audience> = (1..=5).map(|number| Audience::try_from(number).expect("an audience")).collect();
    assert!(Audience::try_from(6).is_err(), "a new audience needs its place in the order");
    for one in &all {
        assert!(is_within(*one, *one));
        for other in &all {
            assert!(one == other || !is_within(*one, *other) || !is_within(*other, *one));
            for third in &all {
                let is_chain = is_within(*one, *other) && is_within(*other, *third);
                assert!(!is_chain || is_within(*one, *third));
            }
        }
    }
}
