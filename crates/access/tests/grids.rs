//! The built-in policies as grids, in files that are read and not only written: `LIGHTCONE_BLESS=1` rewrites them.

use std::path::Path;

use lightcone_access::grid::{Grid, Relation, subject};
use lightcone_access::{Act, Kind, Policy, Role, Subject};

fn policy() -> Policy {
    Policy::built_in().expect("the built-in policies hold")
}

fn golden(name: &str, grid: &Grid) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let told = grid.to_string();
    if std::env::var_os("LIGHTCONE_BLESS").is_some() {
        std::fs::write(&path, told).expect("written");
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, told, "bless it with LIGHTCONE_BLESS=1 once every changed cell is meant");
}

#[test]
fn which_role_may_make_which_call() {
    golden("calls.txt", &Grid::calls(&policy()));
}

#[test]
fn which_role_may_do_what_with_which_record() {
    golden("records.txt", &Grid::records(&policy()));
}

#[test]
fn a_frozen_tenant_does_nothing_but_ask_about_itself() {
    let policy = policy();
    for role in Role::ALL {
        let frozen = Subject { is_frozen: true, ..subject(role) };
        for call in policy.calls() {
            let decision = policy.call(&frozen, call);
            let is_about_itself =
                ["AccessService/WhoAmI", "AccessService/CanI", "StandingService/GetService"].contains(&call);
            assert_eq!(decision.allowed, is_about_itself, "{role}: {call}");
            assert!(decision.allowed || decision.rules == ["frozen-tenants"], "{role}: {call}: {decision:?}");
        }
        for (kind, relation) in pairs() {
            for act in Act::ALL {
                let decision = policy.reach(&frozen, act, &relation.record(kind));
                assert!(!decision.allowed, "{role}: {act:?} {kind:?} {relation:?}");
            }
        }
    }
}

#[test]
fn two_grids_are_held_against_one_another_cell_by_cell() {
    let before = Grid::calls(&policy());
    assert!(before.changes(&before).is_empty());
    let edited = policy().text().replace(
        "permit (principal in Role::\"scheduler\", action in Action::\"summoning\", resource);",
        "permit (principal in Role::\"inspector\", action in Action::\"summoning\", resource);",
    );
    let after = Grid::calls(&Policy::parse(&edited).expect("the edited policies hold"));
    let changes = before.changes(&after);
    let told: Vec<_> =
        changes.iter().map(|change| (change.role, change.before.as_str(), change.after.as_str())).collect();
    assert_eq!(told, [(Role::Scheduler, "x", "."), (Role::Inspector, ".", "x")]);
    assert!(changes.iter().all(|change| change.row == "SessionService/SummonAgent"));
}

fn pairs() -> impl Iterator<Item = (Kind, Relation)> {
    Kind::ALL.into_iter().flat_map(|kind| Relation::ALL.map(|relation| (kind, relation)))
}
