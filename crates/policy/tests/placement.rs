//! The fast judge says what `decide` says, whatever the facts.

mod cloud;
mod house;

use std::collections::BTreeMap;

use house::{country, day, on_list, owned, parties, party, sku};
use lightcone_policy::decision::{Decision, Effect};
use lightcone_policy::party::Parties;
use lightcone_policy::placement::{Answer, Facts, Freshness, Judge, Kind, Memo, Uses};
use lightcone_policy::rule::EndUse;
use lightcone_policy::{Case, Countries, Law, Stand, decide};
use proptest::prelude::*;

const PLACES: [&str; 6] = ["SG", "MY", "CN", "ZW", "US", "XZ"];
const SKUS: [&str; 5] = ["FAST", "SLOW", "MIDDLE", "OWN", "NOBODY KNOWS"];

/// Parties of every kind that rules can tell apart, and several of some kinds.
fn crowd() -> Parties {
    let mut all = Vec::new();
    for copy in 0..3 {
        let id = |name: &str| format!("{name}{copy}");
        let mut open = party(&id("open"), "SG");
        open.owners_complete = false;
        all.extend([
            party(&id("sg"), "SG"),
            party(&id("cn"), "CN"),
            party(&id("zw"), "ZW"),
            party(&id("undisclosed"), ""),
            owned(party(&id("sub"), "SG"), &id("cn"), 600_000),
            owned(party(&id("minor"), "SG"), &id("cn"), 400_000),
            owned(party(&id("deep"), "MY"), &id("sub"), 1_000_000),
            owned(party(&id("orphan"), "SG"), "nobody", 700_000),
            on_list(party(&id("el"), "SG"), "EL"),
            on_list(party(&id("dpl"), "SG"), "DPL"),
            owned(party(&id("half"), "SG"), &id("el"), 500_000),
            owned(owned(party(&id("over"), "SG"), &id("sg"), 800_000), &id("el"), 800_000),
            open,
        ]);
    }
    parties(all)
}

fn stands() -> [Stand; 4] {
    let drafted = Stand { drafts: ["B1".to_owned()].into(), ..Stand::on(day("2026-11-20")) };
    [Stand::on(day("2024-01-01")), Stand::on(day("2025-10-15")), Stand::on(day("2026-07-01")), drafted]
}

type Drawn = (usize, Vec<usize>, usize, bool, usize, usize, Vec<usize>, usize);

fn drawn() -> impl Strategy<Value = Drawn> {
    let places = prop::collection::vec(0..PLACES.len(), 0..4);
    let uses = prop::collection::vec(0..5_usize, 0..3);
    (0..SKUS.len(), places, 0..3_usize, any::<bool>(), 0..50_usize, 0..50_usize, uses, 0..3_usize)
}

fn facts(judge: &Judge<'_>, parties: &Parties, drawn: &Drawn) -> Facts {
    let (sku, places, freshness, claim_impossible, holder, tenant, uses, existing) = drawn;
    let of = |at: usize| parties.keys().nth(at).and_then(|id| judge.party(id));
    let all = [EndUse::Training, EndUse::Inference, EndUse::Supercomputer, EndUse::Military, EndUse::Other];
    let uses: Vec<EndUse> = uses.iter().map(|at| all[*at]).collect();
    Facts {
        sku: judge.sku(SKUS[*sku]),
        possible: places.iter().map(|at| country(PLACES[*at])).collect(),
        freshness: [Freshness::Fresh, Freshness::Stale, Freshness::Missing][*freshness],
        claim_impossible: *claim_impossible,
        holder: of(*holder),
        tenant: of(*tenant),
        uses: Uses::of(&uses),
        existing_use: [None, Some(false), Some(true)][*existing],
    }
}

fn rules(decision: &Decision, would: bool) -> Vec<&str> {
    let grounds = decision.grounds.iter().filter(|ground| ground.applies.may());
    let grounds = grounds.filter(|ground| (ground.effect == Effect::WouldApply) == would);
    let rules: std::collections::BTreeSet<&str> = grounds.map(|ground| ground.rule.as_str()).collect();
    rules.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_fast_judge_and_decide_say_the_same(at in 0..4_usize, draws in prop::collection::vec(drawn(), 1..24)) {
        let (book, crowd) = (cloud::cloud(), crowd());
        let own = BTreeMap::from([("OWN".to_owned(), sku("OWN", 9_600))]);
        let law = Law::new(&book, stands()[at].clone());
        let judge = Judge::new(&law, &own, &crowd);
        let mut memo = Memo::default();
        for drawn in &draws {
            let facts = facts(&judge, &crowd, drawn);
            let placed = judge.judge(&mut memo, &facts);
            let transfer = judge.transfer(&facts);
            let slow = decide(&law, &Case { transfer: &transfer, parties: &crowd, skus: &own, flags: &[] });
            prop_assert_eq!((placed.best, placed.worst), (slow.best, slow.worst), "{:?}", facts);
            let known = facts.freshness == Freshness::Fresh && facts.sku.is_some();
            let expected = if known { slow.outcome.into() } else { Answer::Unknown };
            prop_assert_eq!(placed.answer, expected, "{:?}", facts);
            let named = |rules: &[u16]| rules.iter().map(|at| judge.rule(*at)).collect::<Vec<_>>();
            prop_assert_eq!(named(&placed.rules), rules(&slow, false), "{:?}", facts);
            prop_assert_eq!(named(&placed.would), rules(&slow, true), "{:?}", facts);
            // Whatever is missing to the one is missing to the other, but for the place of a verdict that is not fresh.
            for missing in &slow.missing {
                prop_assert!(placed.missing.contains(Kind::of(missing)), "{:?} of {:?}", missing, placed);
            }
            // A second look is the same.
            prop_assert_eq!(judge.judge(&mut memo, &facts), placed);
        }
    }
}

#[test]
fn parties_that_no_rule_can_tell_apart_are_one_kind() {
    let (book, crowd) = (cloud::cloud(), crowd());
    let law = Law::new(&book, Stand::on(day("2026-07-01")));
    let judge = Judge::new(&law, &BTreeMap::new(), &crowd);
    assert_eq!(crowd.len(), 3 * 13 + 1);
    // `minor` is as `sg`, for a share of two fifths is no parent; `maker` is the one of the US.
    assert_eq!(judge.profiles(), 13);
}

#[test]
fn doubt_of_a_claim_is_never_allowed() {
    let (book, crowd) = (cloud::cloud(), crowd());
    let law = Law::new(&book, Stand::on(day("2026-07-01")));
    let judge = Judge::new(&law, &BTreeMap::new(), &crowd);
    let facts = Facts {
        sku: judge.sku("FAST"),
        possible: Countries::of(country("SG")),
        freshness: Freshness::Fresh,
        claim_impossible: false,
        holder: judge.party("sg0"),
        tenant: judge.party("sg1"),
        uses: Uses::of(&[EndUse::Inference]),
        existing_use: None,
    };
    let mut memo = Memo::default();
    assert_eq!(judge.judge(&mut memo, &facts).answer, Answer::Allow);
    let doubted = Facts { claim_impossible: true, ..facts };
    assert_eq!(judge.judge(&mut memo, &doubted).answer, Answer::Review);
    let contradictory = Facts { tenant: judge.party("over0"), ..facts };
    assert_eq!(judge.judge(&mut memo, &contradictory).answer, Answer::Review);
}
