//! The deny cells of the golden grids, proven over all subjects and records. Where cvc5 is not installed nothing is
//! proven, and the test says so.

#![expect(clippy::print_stderr, reason = "what was proven, and what was not, is told")]

use lightcone_access::grid::{Grid, Relation, Row};
use lightcone_access::{Act, Kind, Policy, Role};
use lightcone_scrutiny::{Ask, Assumption, Prover, ScrutinyError};

fn policy() -> Policy {
    Policy::built_in().expect("the built-in policies hold")
}

/// The prover; none, said aloud, where there is no cvc5. `LIGHTCONE_CVC5=required` makes that a failure.
fn prover() -> Option<Prover> {
    match Prover::start() {
        Ok(prover) => Some(prover),
        Err(error @ ScrutinyError::Solver(_)) => {
            let is_required = std::env::var("LIGHTCONE_CVC5").is_ok_and(|value| value == "required");
            assert!(!is_required, "{error}");
            eprintln!("SKIPPED, nothing is proven: {error}");
            None
        }
        Err(error) => unreachable!("{error}"),
    }
}

/// The roles that a row of a grid allows something.
fn allowed(row: &Row, what: char) -> Vec<Role> {
    let cells = Role::ALL.into_iter().zip(&row.cells);
    cells.filter(|(_, cell)| cell.contains(what)).map(|(role, _)| role).collect()
}

/// Whoever has none of the roles that a call is for cannot make it, whatever other roles, tenant or proof it has. That
/// is more than each cell by itself.
#[tokio::test]
async fn every_deny_cell_of_the_calls_is_proven() {
    let Some(mut prover) = prover() else { return };
    let policy = policy();
    let mut cells = 0;
    for row in Grid::calls(&policy).rows {
        let allowed = allowed(&row, 'x');
        // What everybody may do takes no role, and has no cell that denies.
        if allowed.len() == Role::ALL.len() {
            continue;
        }
        cells += Role::ALL.len() - allowed.len();
        let others = Assumption::none().authenticated().without(allowed);
        let escape = prover.escape(&policy, &Ask::Call(row.name.clone()), &others).await;
        assert_eq!(escape.expect("an answer"), None, "{}", row.name);
    }
    assert!(cells > 400, "{cells}");
    eprintln!("{cells} cells of calls that deny are proven");
}

#[tokio::test]
async fn every_deny_cell_of_the_records_is_proven() {
    let Some(mut prover) = prover() else { return };
    let policy = policy();
    let rows = Grid::records(&policy).rows;
    let pairs = Kind::ALL.into_iter().flat_map(|kind| Relation::ALL.map(|relation| (kind, relation)));
    let mut cells = 0;
    for ((kind, relation), row) in pairs.zip(rows) {
        assert_eq!(row.name, format!("{}: {}", kind.as_str(), relation.as_str()));
        for (act, letter) in
            [(Act::See, 's'), (Act::Tell, 't'), (Act::Change, 'c'), (Act::Vouch, 'v'), (Act::Use, 'u')]
        {
            let allowed = allowed(&row, letter);
            cells += Role::ALL.len() - allowed.len();
            let others =
                Assumption::none().authenticated().with_kind(kind).with_record(relation).without(allowed);
            let escape = prover.escape(&policy, &Ask::Reach(act), &others).await;
            assert_eq!(escape.expect("an answer"), None, "{} {}", act.as_str(), row.name);
        }
    }
    assert!(cells > 3_000, "{cells}");
    eprintln!("{cells} cells of records that deny are proven");
}

/// What holds of every set that is taken, by the rules that it keeps: no subject, role or policy makes an exception.
#[tokio::test]
async fn what_every_set_keeps_is_proven_of_one_that_permits_all_else() {
    let Some(mut prover) = prover() else { return };
    let all = format!("{}\n@id(\"all\") permit (principal, action, resource);", policy().text());
    let all = Policy::parse(&all).expect("the widest policies hold");
    let somebody = || Assumption::none().authenticated();
    let hall = "[Kind::\"site\", Kind::\"agent\"].contains(resource.kind)";
    let own = "principal.tenant != \"\" && resource.tenant == principal.tenant";
    for act in [Act::See, Act::Change, Act::Use] {
        let others = somebody()
            .but(&format!("!({hall})"))
            .but(own)
            .but("principal.agent != \"\" && resource.id == principal.agent")
            .but("context.open_case && principal in Role::\"analyst\" && action == Action::\"see\"");
        assert_eq!(prover.escape(&all, &Ask::Reach(act), &others).await.expect("an answer"), None, "{act:?}");
    }
    for act in Act::ALL {
        for machine in ["landmark", "agent"] {
            let others = somebody()
                .but(&format!("principal.{machine} == \"\""))
                .but(&format!("resource.kind == Kind::\"{machine}\" && resource.id == principal.{machine}"));
            let escape = prover.escape(&all, &Ask::Reach(act), &others).await;
            assert_eq!(escape.expect("an answer"), None, "{machine} {act:?}");
        }
    }
    for call in ["CaseService/RequestCase", "CaseService/ApproveCase"] {
        let developer = Assumption::none().but("principal.proof != Proof::\"development\"");
        let escape = prover.escape(&all, &Ask::Call(call.to_owned()), &developer).await;
        assert_eq!(escape.expect("an answer"), None, "{call}");
    }
    for ask in prover.asks().cloned().collect::<Vec<_>>() {
        let is_open = Grid::calls(&policy())
            .rows
            .iter()
            .any(|row| ask == Ask::Call(row.name.clone()) && row.cells.iter().all(|cell| cell == "x"));
        let frozen = Assumption::none().but("!principal.frozen");
        let escape = prover.escape(&all, &ask, &frozen).await.expect("an answer");
        assert!(escape.is_none() || is_open, "{ask}: {escape:?}");
    }
}

#[tokio::test]
async fn what_an_edit_newly_allows_is_shown_and_what_it_does_not_is_proven() {
    let Some(mut prover) = prover() else { return };
    let before = policy();
    let same = prover.difference(&before, &before).await.expect("an answer");
    assert_eq!(same.newly_allowed, []);

    // A condition that was taken for a formality.
    let whole = "when { resource.kind == Kind::\"landmark\" };";
    let half = "when { resource.kind == Kind::\"landmark\" || resource.kind == Kind::\"chip\" };";
    assert!(before.text().contains(whole));
    let wider = Policy::parse(&before.text().replace(whole, half)).expect("the wider policies hold");
    let difference = prover.difference(&before, &wider).await.expect("an answer");
    let [witness] = difference.newly_allowed.as_slice() else { unreachable!("{difference:#?}") };
    assert_eq!(
        (&witness.ask, witness.decision(&wider).rules),
        (&Ask::Reach(Act::See), vec!["owners-see-landmarks".to_owned()])
    );
    let record = witness.record.as_ref().expect("a record");
    assert_eq!((record.kind, record.tenant.as_str()), (Kind::Chip, "other"), "{witness}");
    assert!(witness.to_string().starts_with("see the chip `some` of tenant `other`"), "{witness}");
    let narrower = prover.difference(&wider, &before).await.expect("an answer");
    assert_eq!(narrower.newly_allowed, []);

    let more = format!(
        "{}\n@id(\"more\") permit (principal in Role::\"inspector\", action in Action::\"summoning\", resource);",
        before.text()
    );
    let more = Policy::parse(&more).expect("the policies hold");
    let difference = prover.difference(&before, &more).await.expect("an answer");
    let told: Vec<_> = difference.newly_allowed.iter().map(ToString::to_string).collect();
    let [told] = told.as_slice() else { unreachable!("{told:#?}") };
    let expected =
        "SessionService/SummonAgent by a subject with the role `inspector` of tenant `ours`, by proof ";
    assert!(told.starts_with(expected), "{told}");
}

/// Two roles of which each alone is harmless.
#[tokio::test]
async fn an_edit_that_takes_two_roles_to_use_is_shown_too() {
    let Some(mut prover) = prover() else { return };
    let rule = "@id(\"both\") permit (principal in Role::\"auditor\", action in Action::\"approving-cases\", resource)\nwhen { principal in Role::\"inspector\" };";
    let after = Policy::parse(&format!("{}\n{rule}", policy().text())).expect("the policies hold");
    assert_eq!(Grid::calls(&policy()).changes(&Grid::calls(&after)), [], "no grid shows it");
    let difference = prover.difference(&policy(), &after).await.expect("an answer");
    let [witness] = difference.newly_allowed.as_slice() else { unreachable!("{difference:#?}") };
    assert!(
        [Role::Auditor, Role::Inspector].iter().all(|role| witness.subject.roles.contains(role)),
        "{witness}"
    );
}
