//! The built-in policies: they hold, and decide as they say.

use lightcone_access::grid::{self, Relation};
use lightcone_access::{Act, Directory, Kind, Policy, Record, Role, Subject};

fn policy() -> Policy {
    Policy::built_in().expect("the built-in policies hold")
}

fn machine(path: &str) -> Subject {
    Directory::default().machine("example.org", &format!("spiffe://example.org/{path}")).expect("a subject")
}

#[test]
fn what_no_rule_allows_is_denied_and_the_rule_that_allows_is_named() {
    let policy = policy();
    let owner = machine("tenant/acme/site-owner/desk-1");
    let decision = policy.call(&owner, "SiteService/ListSites");
    assert!(decision.allowed);
    assert_eq!(decision.rules, ["owners-run-sites"]);
    assert!(!policy.call(&owner, "CaseService/ApproveCase").allowed);
    assert!(!policy.call(&owner, "SiteService/Melt").allowed);
    assert!(!policy.call(&Subject::nobody(), "SiteService/ListSites").allowed);
    assert!(policy.call(&Subject::nobody(), "AccessService/WhoAmI").allowed);
}

#[test]
fn an_owner_reaches_its_own_records_and_no_others() {
    let (policy, owner) = (policy(), machine("tenant/acme/site-owner/desk-1"));
    assert!(policy.reach(&owner, Act::Change, &Record::of(Kind::Site, "jurong", "acme")).allowed);
    assert!(!policy.reach(&owner, Act::See, &Record::of(Kind::Site, "jurong", "rival")).allowed);
}

#[test]
fn development_may_all_but_be_two_people() {
    let (policy, developer) = (policy(), Subject::developer());
    for call in policy.calls() {
        let is_dual = [
            "CaseService/RequestCase",
            "CaseService/ApproveCase",
            "PolicyService/RequestPolicyActivation",
            "PolicyService/ApprovePolicyActivation",
        ]
        .contains(&call);
        assert_eq!(policy.call(&developer, call).allowed, !is_dual, "{call}");
    }
    let _ = Role::ALL;
}

/// What was decided before changes no answer: asked again, in another order and of another copy, all is as the first time.
#[test]
fn an_answer_that_is_kept_is_the_one_that_was_made() {
    let (kept, fresh) = (policy(), policy());
    let asked = |policy: &Policy, subject: &Subject| -> Vec<_> {
        let pairs =
            Kind::ALL.into_iter().flat_map(|kind| Relation::ALL.map(|relation| relation.record(kind)));
        let reached = pairs.flat_map(|record| Act::ALL.map(|act| policy.reach(subject, act, &record)));
        reached.chain(policy.calls().map(|call| policy.call(subject, call))).collect()
    };
    let first: Vec<_> = Role::ALL.iter().map(|role| asked(&kept, &grid::subject(*role))).collect();
    for role in Role::ALL.iter().rev() {
        let again = asked(&kept.clone(), &grid::subject(*role));
        let alone = asked(&fresh, &grid::subject(*role));
        let at = Role::ALL.iter().position(|other| other == role).expect("a role");
        assert_eq!(Some(&again), first.get(at), "{role}");
        assert_eq!(again, alone, "{role}");
    }
}
