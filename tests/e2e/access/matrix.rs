//! Every call by every role, over the wire, against the golden grid of the policies.

use std::collections::{BTreeMap, BTreeSet};

use lightcone_access::Role;
use lightcone_tests::House;

use super::Court;
use super::bare::{Call, Fate, calls, make};

const GOLDEN: &str = include_str!("../../../crates/access/tests/golden/calls.txt");

/// The cells of the golden grid: which roles may make a call.
fn golden() -> BTreeMap<String, BTreeSet<Role>> {
    let rows = GOLDEN.lines().skip(1).filter(|line| !line.trim().is_empty());
    let row = |line: &str| {
        let mut words = line.split_whitespace();
        let call = words.next().expect("a call").to_owned();
        let cells: Vec<&str> = words.collect();
        assert_eq!(cells.len(), Role::ALL.len(), "{line}");
        let allowed = Role::ALL.into_iter().zip(cells).filter(|(_, cell)| *cell != ".");
        (call, allowed.map(|(role, _)| role).collect())
    };
    rows.map(row).collect()
}

/// The certificate of a role; none for the public.
fn path(role: Role) -> Option<String> {
    match role {
        Role::Public => None,
        Role::Landmark => Some("landmark/itself".to_owned()),
        Role::Agent => Some("agent/itself".to_owned()),
        role => Some(format!("tenant/ours/{role}/matrix")),
    }
}

#[tokio::test]
async fn every_call_by_every_role_is_as_the_golden_grid_says() {
    let court = Court::open().await;
    let golden = golden();
    let calls = calls();
    let listed: BTreeSet<&str> = golden.keys().map(String::as_str).collect();
    let known: BTreeSet<&str> = calls.iter().map(|call| call.name.as_str()).collect();
    assert_eq!(listed, known, "every call of the contract has a row, and no other has");
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let channel = match path(role) {
            Some(path) => court.channel(&path).await,
            None => court.trust.nobody(court.house.address).await,
        };
        for call in &calls {
            let expected = match (golden[&call.name].contains(&role), role) {
                (true, _) => Fate::Allowed,
                (false, Role::Public) => Fate::Unauthenticated,
                (false, _) => Fate::Forbidden,
            };
            let fate = make(&channel, call).await;
            if fate != expected {
                wrong.push(format!("{role} {}: {fate:?}, not {expected:?}", call.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), calls.len() * Role::ALL.len(), wrong.join("\n"));
}

#[tokio::test]
async fn in_development_everyone_may_all_but_be_two_people() {
    let house = House::open().await;
    let channel = house.channel().await;
    for call in calls() {
        let takes_two = [
            "CaseService/RequestCase",
            "CaseService/ApproveCase",
            "PolicyService/RequestPolicyActivation",
            "PolicyService/ApprovePolicyActivation",
        ]
        .contains(&call.name.as_str());
        let expected = if takes_two { Fate::SecondPerson } else { Fate::Allowed };
        assert_eq!(make(&channel, &call).await, expected, "{}", call.name);
    }
}

#[tokio::test]
async fn a_certificate_that_says_nothing_known_is_nobodys() {
    let court = Court::open().await;
    let ask = Call::named("SiteService/ListSites");
    for path in ["tenant/ours/emperor/x", "tenant/ours/agent/x", "stranger", "service/main"] {
        let channel = court.channel(path).await;
        assert_eq!(make(&channel, &ask).await, Fate::Unauthenticated, "{path}");
    }
}
