//! Callers: what the contract's comments say of who may call is what the policies decide, and whom they let call may
//! see the answer.

use std::collections::BTreeSet;

use lightcone::v1::Audience;
use lightcone_access::{Policy, Proof, Role, Subject};
use prost_reflect::MethodDescriptor;

use crate::audiences::is_within;
use crate::compiled::{Compiled, call};

/// Words that begin a qualification of those named before.
const QUALIFIERS: [&str; 5] = ["of ", "with ", "on ", "in ", "about "];

/// Calls whose answer is the caller's though it is none of their audience, and why.
const OWN: [(&str, &str); 7] = [
    ("EnrolmentService/Enrol", "the token says whose landmark or agent it is"),
    ("LocationService/Locate", "computed on what the caller brings"),
    ("LocationService/BatchLocate", "computed on what the caller brings"),
    ("LocationService/AuditLandmarks", "computed on what the caller brings"),
    ("AttestationService/AppraiseEvidence", "computed on what the caller brings"),
    ("AttestationService/GetReferences", "what the caller's evidence would be held against"),
    ("SessionService/CloseSession", "a landmark that is measured stands in an agent's place"),
];

/// The roles that the comment of an RPC names.
fn said(method: &MethodDescriptor) -> Result<BTreeSet<Role>, String> {
    let file = method.parent_service().parent_file();
    let source = file.file_descriptor_proto().source_code_info.as_ref().expect("positions");
    let location =
        source.location.iter().find(|location| location.path == method.path()).expect("a position");
    let comment = location.leading_comments().split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, said) = comment.split_once("Caller: ").ok_or("no line `Caller:`")?;
    roles(said.strip_suffix('.').ok_or("`Caller:` is the comment's last sentence")?)
}

/// Reads `site owner, order desk, of their own; auditor`.
fn roles(said: &str) -> Result<BTreeSet<Role>, String> {
    if let Some(others) = said.strip_prefix("everyone but ") {
        let others = roles(&others.replace(" and ", ", "))?;
        return Ok(Role::ALL.into_iter().filter(|role| !others.contains(role)).collect());
    }
    let mut named = BTreeSet::new();
    for words in said.split([',', ';']).map(str::trim) {
        if words == "anyone" {
            named.extend(Role::ALL);
        } else if !QUALIFIERS.iter().any(|qualifier| words.starts_with(qualifier)) {
            let name = words.replace('\'', "").replace(' ', "-");
            named.insert(name.parse().map_err(|error| format!("{error}"))?);
        }
    }
    Ok(named)
}

/// The roles that the built-in policies let make a call.
fn allowed(policy: &Policy, call: &str) -> BTreeSet<Role> {
    let with = |role| Subject {
        id: "somebody".to_owned(),
        tenant: "acme".to_owned(),
        roles: BTreeSet::from([role]),
        proof: Proof::Certificate,
        ..Subject::nobody()
    };
    Role::ALL.into_iter().filter(|role| policy.call(&with(*role), call).allowed).collect()
}

/// What a role is shown by being what it is.
const fn audience(role: Role) -> Audience {
    match role {
        Role::SiteOwner | Role::OrderDesk | Role::Agent | Role::Scheduler => Audience::Owner,
        Role::Landmark | Role::LandmarkOperator => Audience::Landmark,
        Role::Analyst | Role::Supervisor | Role::Auditor => Audience::Case,
        Role::BuyersCounsel | Role::Inspector => Audience::Partner,
        Role::Public => Audience::Public,
    }
}

/// Comments that say other than the policies do.
fn misnamed(contract: &Compiled, policy: &Policy) -> Vec<String> {
    let mut found = Vec::new();
    for method in contract.methods() {
        let allowed = allowed(policy, &call(&method));
        match said(&method) {
            Ok(said) if said == allowed => {}
            Ok(said) => found.push(format!("{}: {said:?} is said, {allowed:?} may", call(&method))),
            Err(error) => found.push(format!("{}: {error}", call(&method))),
        }
    }
    found
}

#[test]
fn comments_name_the_roles_that_policies_let_call() {
    let policy = Policy::built_in().expect("the built-in policies hold");
    assert_eq!(misnamed(&Compiled::ours(), &policy), [""; 0]);
}

#[test]
fn whom_policies_let_call_may_see_the_answer() {
    let (contract, policy) = (Compiled::ours(), Policy::built_in().expect("the built-in policies hold"));
    for method in contract.methods() {
        let name = call(&method);
        if OWN.iter().any(|(own, _)| *own == name) {
            continue;
        }
        let audiences = contract.rpc_audiences(&method);
        for role in allowed(&policy, &name) {
            let may_see = audiences.iter().any(|wide| is_within(audience(role), *wide));
            assert!(may_see, "{name}: {role} may call, and its answer is for {audiences:?}");
        }
    }
}

#[test]
fn a_comment_that_names_others_is_found() {
    let planted = Compiled::planted(
        "message Ask { option (audience) = AUDIENCE_OWNER; }
         service SiteService {
           // Shows one.
           //
           // Caller: site owner, of its own; analyst,
           // with an open case.
           rpc GetSite(Ask) returns (Ask);
           // Shows many.
           //
           // Caller: everyone but agent and public.
           rpc ListSites(Ask) returns (Ask);
           // Caller: operator.
           rpc CreateSite(Ask) returns (Ask);
           // Changes one.
           rpc UpdateSite(Ask) returns (Ask);
         }",
    );
    let found = misnamed(&planted, &Policy::built_in().expect("the built-in policies hold"));
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].starts_with("SiteService/ListSites: {SiteOwner, OrderDesk, "), "{found:?}");
    assert!(found[1].starts_with("SiteService/CreateSite: `operator` is no role"), "{found:?}");
    assert_eq!(found[2], "SiteService/UpdateSite: no line `Caller:`");
}
