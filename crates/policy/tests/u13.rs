//! U13: a scheduler asks whether a tenant's job may run on a chip.

mod cloud;
mod house;

use std::collections::BTreeMap;

use house::{countries, day, on_list, owned, parties, party};
use lightcone_policy::party::Parties;
use lightcone_policy::placement::{Answer, Facts, Freshness, Judge, Kind, Memo, Placed, Uses};
use lightcone_policy::rule::EndUse;
use lightcone_policy::{Book, Countries, Law, Ruling, Stand};

fn world() -> Parties {
    parties([
        party("operator", "SG"),
        party("local", "SG"),
        owned(party("subsidiary", "SG"), "holding", 1_000_000),
        owned(party("holding", "KY"), "parent", 900_000),
        party("parent", "CN"),
        party("undisclosed", ""),
        on_list(party("denied", "SG"), "DPL"),
        on_list(party("listed", "SG"), "EL"),
    ])
}

struct Asked<'a> {
    on: &'a str,
    drafts: &'a [&'a str],
    tenant: &'a str,
    sku: &'a str,
    possible: Countries,
    freshness: Freshness,
    uses: &'a [EndUse],
    existing_use: Option<bool>,
}

/// Who trains on an advanced chip in Singapore in summer 2026, of which there is a fresh verdict.
fn training<'a>(tenant: &'a str) -> Asked<'a> {
    Asked {
        on: "2026-07-01",
        drafts: &[],
        tenant,
        sku: "FAST",
        possible: countries(&["SG", "MY"]),
        freshness: Freshness::Fresh,
        uses: &[EndUse::Training],
        existing_use: None,
    }
}

/// The answer, with the rules that it rests on and those that would do something if they counted.
fn ask(asked: &Asked<'_>) -> (Placed, Vec<String>, Vec<String>) {
    let book: Book = cloud::cloud();
    let mut stand = Stand::on(day(asked.on));
    stand.drafts = asked.drafts.iter().map(|draft| (*draft).to_owned()).collect();
    let (law, world) = (Law::new(&book, stand), world());
    let judge = Judge::new(&law, &BTreeMap::new(), &world);
    let facts = Facts {
        sku: judge.sku(asked.sku),
        possible: asked.possible,
        freshness: asked.freshness,
        claim_impossible: false,
        holder: judge.party("operator"),
        tenant: judge.party(asked.tenant),
        uses: Uses::of(asked.uses),
        existing_use: asked.existing_use,
    };
    let placed = judge.judge(&mut Memo::default(), &facts);
    let named = |rules: &[u16]| rules.iter().map(|at| judge.rule(*at).to_owned()).collect();
    let (rules, would) = (named(&placed.rules), named(&placed.would));
    (placed, rules, would)
}

fn answer(asked: &Asked<'_>) -> Answer {
    ask(asked).0.answer
}

#[test]
fn u13_a_scheduler_admits_a_job_or_not() {
    // Nobody of D:5 has a hand in it.
    assert_eq!(answer(&training("local")), Answer::Allow);
    // Its ultimate parent is headquartered in China: training may need a licence, a person looks at it.
    let (placed, rules, would) = ask(&training("subsidiary"));
    assert_eq!(placed.answer, Answer::Review);
    assert_eq!((placed.best, placed.worst), (Ruling::Allow, Ruling::LicenceRequired(None)));
    for rule in ["P09.TRAINING", "P15.USE"] {
        assert!(rules.iter().any(|named| named == rule), "{rules:?}");
    }
    assert_eq!(would, ["B1.ACCESS"], "a bill is shown and not applied");
    assert!(placed.missing.contains(Kind::Text));
    // On a list whose members get no licence.
    let (placed, rules, _) = ask(&training("denied"));
    assert_eq!(placed.answer, Answer::Deny);
    assert!(rules.contains(&"L.DPL".to_owned()), "{rules:?}");
    assert_eq!(answer(&training("listed")), Answer::LicenceRequired);
    // A chip that no rule is about.
    assert_eq!(answer(&Asked { sku: "SLOW", ..training("subsidiary") }), Answer::Allow);
}

#[test]
fn what_nobody_stated_is_reviewed_and_never_allowed() {
    let before_p15 = |tenant, uses| Asked { on: "2026-02-01", uses, ..training(tenant) };
    // The statement of policy asks for knowledge: nobody said what it is for.
    let (placed, rules, _) = ask(&before_p15("subsidiary", &[]));
    assert_eq!(placed.answer, Answer::Review);
    assert_eq!(rules, ["P09.TRAINING", "R.a"].map(str::to_owned));
    assert!(placed.missing.contains(Kind::EndUse), "{:?}", placed.missing);
    assert_eq!(answer(&before_p15("subsidiary", &[EndUse::Inference])), Answer::Allow);
    assert_eq!(answer(&before_p15("local", &[])), Answer::Allow);
    let (placed, ..) = ask(&training("undisclosed"));
    assert_eq!(placed.answer, Answer::Review);
    assert!(placed.missing.contains(Kind::Headquarters));
    let (placed, ..) = ask(&training("nobody"));
    assert_eq!(placed.answer, Answer::Review);
    assert!(placed.missing.contains(Kind::Party));
}

#[test]
fn existing_use_of_a_bona_fide_operator_may_go_on() {
    let serving = |existing_use| Asked { uses: &[EndUse::Inference], existing_use, ..training("subsidiary") };
    assert_eq!(answer(&serving(Some(true))), Answer::Allow);
    assert_eq!(answer(&serving(Some(false))), Answer::Review);
    assert_eq!(answer(&serving(None)), Answer::Review);
    assert_eq!(
        answer(&Asked { on: "2026-05-30", ..serving(None) }),
        Answer::Allow,
        "the day before the guidance"
    );
}

#[test]
fn the_bill_counts_only_as_a_draft() {
    let drafted = Asked { drafts: &["B1"], ..training("subsidiary") };
    let (placed, rules, would) = ask(&drafted);
    assert_eq!(placed.answer, Answer::LicenceRequired);
    assert!(rules.contains(&"B1.ACCESS".to_owned()) && would.is_empty());
    assert_eq!(answer(&Asked { drafts: &["B1"], ..training("local") }), Answer::Allow);
}

#[test]
fn without_a_fresh_verdict_or_a_known_chip_the_answer_is_unknown() {
    for freshness in [Freshness::Stale, Freshness::Missing] {
        let (placed, ..) = ask(&Asked { freshness, ..training("local") });
        assert_eq!(placed.answer, Answer::Unknown);
        assert!(placed.missing.contains(Kind::Place));
    }
    let (placed, ..) = ask(&Asked { sku: "NEVER HEARD", ..training("subsidiary") });
    assert_eq!(placed.answer, Answer::Unknown);
    assert!(placed.missing.contains(Kind::Sku) && placed.worst > Ruling::Allow);
    // What is worst is told all the same.
    let (placed, ..) = ask(&Asked { freshness: Freshness::Stale, ..training("denied") });
    assert_eq!((placed.answer, placed.best), (Answer::Unknown, Ruling::Deny));
}
