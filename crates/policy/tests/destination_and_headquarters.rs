//! Where goods go and where parties are headquartered both count; lists reach whom a listed party owns.

mod house;

use house::{day, judge, on_list, owned, parties, party, rules, transfer};
use lightcone_policy::decision::Effect;
use lightcone_policy::rule::Review;
use lightcone_policy::{Outcome, Ruling, Tri};

const DAY: &str = "2024-06-01";

#[test]
fn the_singapore_site_of_a_parent_headquartered_in_a_d5_country_needs_a_licence_although_singapore_does_not()
{
    let order = transfer("FAST", &["SG"]);
    let independent = judge(DAY, &order, &parties([party("buyer", "SG")]));
    assert_eq!(
        (independent.outcome, independent.best, independent.worst),
        (Outcome::Allow, Ruling::Allow, Ruling::Allow)
    );
    let site = parties([
        owned(party("buyer", "SG"), "holding", 800_000),
        owned(party("holding", "KY"), "parent", 1_000_000),
        party("parent", "CN"),
    ]);
    let owned = judge(DAY, &order, &site);
    assert_eq!(owned.outcome, Outcome::LicenceRequired);
    assert_eq!(rules(&owned, Effect::Requires), ["R.HEADQUARTERS"].into());
    let ground = owned.grounds.iter().find(|ground| ground.effect == Effect::Requires).unwrap();
    assert!(
        ground.why.contains("`buyer` is controlled by `holding` is controlled by `parent`"),
        "{}",
        ground.why
    );
    assert!(ground.why.contains("CN is in D:5"), "{}", ground.why);
    assert!(owned.facts.iter().any(|fact| fact.fact == "party buyer owner holding" && fact.value == "80 %"));
}

#[test]
fn a_minority_of_a_d5_owner_is_no_parent() {
    let order = transfer("FAST", &["SG"]);
    let minority = parties([owned(party("buyer", "SG"), "parent", 499_999), party("parent", "CN")]);
    assert_eq!(judge(DAY, &order, &minority).outcome, Outcome::Allow);
    let half = parties([owned(party("buyer", "SG"), "parent", 500_000), party("parent", "CN")]);
    assert_eq!(judge(DAY, &order, &half).outcome, Outcome::LicenceRequired);
}

#[test]
fn an_owner_that_is_not_named_leaves_it_open_and_the_decision_says_what_to_ask() {
    let order = transfer("FAST", &["SG"]);
    let mut buyer = party("buyer", "SG");
    buyer.owners_complete = false;
    let decision = judge(DAY, &order, &parties([buyer.clone()]));
    assert_eq!((decision.outcome, decision.best), (Outcome::Review, Ruling::Allow));
    assert!(matches!(decision.worst, Ruling::LicenceRequired(_)));
    assert!(
        decision.missing.iter().any(|missing| missing.fact == "owners of party buyer"),
        "{:?}",
        decision.missing
    );
    // Named owners leave less than a half: whoever is not named does not control it.
    let settled = judge(DAY, &order, &parties([owned(buyer, "fund", 600_000), party("fund", "JP")]));
    assert_eq!(settled.outcome, Outcome::Allow);
}

#[test]
fn a_party_without_a_record_may_be_anybody() {
    let decision = judge(DAY, &transfer("SLOW", &["SG"]), &parties([]));
    assert_eq!(
        (decision.outcome, decision.best, decision.worst),
        (Outcome::Review, Ruling::Allow, Ruling::Deny)
    );
    assert!(decision.missing.iter().any(|missing| missing.fact == "party buyer"));
}

#[test]
fn several_possible_destinations_are_judged_best_and_worst() {
    let buyer = parties([party("buyer", "SG")]);
    let decision = judge(DAY, &transfer("FAST", &["SG", "CN"]), &buyer);
    assert_eq!((decision.outcome, decision.best), (Outcome::Review, Ruling::Allow));
    assert_eq!(decision.worst, Ruling::LicenceRequired(Some(Review::PresumptionOfDenial)));
    let ground = decision.grounds.iter().find(|ground| ground.rule == "R.DESTINATION").unwrap();
    assert_eq!(ground.applies, Tri::Open);
    assert!(decision.missing.iter().any(|missing| missing.fact == "which destination of CN, SG"));
    // What is below every line may go to either.
    assert_eq!(judge(DAY, &transfer("SLOW", &["SG", "CN"]), &buyer).outcome, Outcome::Allow);
}

#[test]
fn the_sea_asks_for_nothing_and_excuses_nothing() {
    let buyer = parties([party("buyer", "SG")]);
    for land in ["SG", "CN"] {
        let without = judge(DAY, &transfer("FAST", &[land]), &buyer);
        let with = judge(DAY, &transfer("FAST", &[land, "XZ"]), &buyer);
        assert_eq!((with.outcome, with.best, with.worst), (without.outcome, without.best, without.worst));
    }
    let only = judge(DAY, &transfer("FAST", &["XZ"]), &buyer);
    let unknown = judge(DAY, &transfer("FAST", &[]), &buyer);
    assert_eq!((only.outcome, only.best, only.worst), (unknown.outcome, unknown.best, unknown.worst));
    assert_eq!(only.outcome, Outcome::Review);
}

#[test]
fn who_is_owned_by_a_listed_party_is_reached_while_the_affiliates_rule_counts() {
    let order = transfer("SLOW", &["SG"]);
    let two = owned(owned(party("buyer", "SG"), "one", 300_000), "two", 200_000);
    let joint = parties([two, on_list(party("one", "CN"), "EL"), on_list(party("two", "CN"), "EL")]);
    let at = |on: &str| judge(on, &order, &joint);
    assert_eq!(at("2025-09-28").outcome, Outcome::Allow);
    assert_eq!(at("2025-09-29").worst, Ruling::LicenceRequired(Some(Review::PresumptionOfDenial)));
    assert_eq!(at("2025-09-29").outcome, Outcome::LicenceRequired);
    let suspended = at("2026-06-01");
    assert_eq!(suspended.outcome, Outcome::Allow);
    assert_eq!(rules(&suspended, Effect::WouldApply), ["O.HALF"].into());
    let open = at("2026-11-10");
    assert_eq!(open.outcome, Outcome::Review);
    assert!(open.leans_on_unverified);
    assert!(open.missing.iter().any(|missing| missing.fact == "rule O enforcement"), "{:?}", open.missing);
    assert_eq!(suspended.rules_change_on, Some(day("2026-11-10")));
}

#[test]
fn a_denied_party_is_denied_and_a_licence_refused_too() {
    let order = transfer("SLOW", &["SG"]);
    let denied = judge(DAY, &order, &parties([on_list(party("buyer", "SG"), "DPL")]));
    assert_eq!((denied.outcome, denied.best, denied.worst), (Outcome::Deny, Ruling::Deny, Ruling::Deny));
    assert!(rules(&denied, Effect::Forbids).contains("L.DPL"));
    let mut order = transfer("FAST", &["CN"]);
    order.conditions.insert("tested".to_owned(), true);
    let buyer = parties([party("buyer", "CN")]);
    assert_eq!(judge(DAY, &order, &buyer).best, Ruling::LicenceRequired(Some(Review::CaseByCase)));
    order.licences.push(licence(true));
    assert_eq!(judge(DAY, &order, &buyer).outcome, Outcome::Deny);
}

#[test]
fn a_licence_covers_what_it_is_for_and_no_more() {
    let buyer = parties([party("buyer", "CN")]);
    let held = |change: fn(&mut lightcone_policy::transfer::Licence)| {
        let mut order = transfer("FAST", &["CN"]);
        let mut licence = licence(false);
        change(&mut licence);
        order.licences.push(licence);
        judge(DAY, &order, &buyer).outcome
    };
    assert_eq!(held(|_| ()), Outcome::Allow);
    assert_eq!(held(|licence| licence.units_left = Some(100)), Outcome::Allow);
    assert_eq!(held(|licence| licence.units_left = Some(99)), Outcome::LicenceRequired);
    assert_eq!(held(|licence| licence.to = day("2024-05-31")), Outcome::LicenceRequired);
    assert_eq!(held(|licence| licence.to = day("2024-06-01")), Outcome::Allow);
    assert_eq!(held(|licence| licence.parties.clear()), Outcome::LicenceRequired);
    assert_eq!(held(|licence| licence.destinations = house::countries(&["SG"])), Outcome::LicenceRequired);
    assert_eq!(held(|licence| licence.skus = vec!["SLOW".to_owned()]), Outcome::LicenceRequired);
    assert_eq!(held(|licence| licence.against = vec!["b".to_owned()]), Outcome::Allow);
    assert_eq!(held(|licence| licence.against = vec!["L.EL".to_owned()]), Outcome::LicenceRequired);
}

#[test]
fn an_exception_that_is_open_helps_the_best_case_only_and_its_cap_counts_these_goods() {
    let buyer = parties([party("buyer", "CN")]);
    let mut order = transfer("MIDDLE", &["CN"]);
    let open = judge(DAY, &order, &buyer);
    assert_eq!((open.outcome, open.best), (Outcome::Review, Ruling::Allow));
    assert!(open.missing.iter().any(|missing| missing.fact == "condition notice"));
    order.conditions.insert("notice".to_owned(), true);
    assert_eq!(judge(DAY, &order, &buyer).outcome, Outcome::Review, "what was taken is not known");
    // 100 units of 3,000 TPP on a cap of 300,000.
    order.taken.consignee_year_tpp = Some(lightcone_policy::Measure::ZERO);
    assert_eq!(judge(DAY, &order, &buyer).outcome, Outcome::Allow);
    order.taken.consignee_year_tpp = Some(lightcone_policy::Measure::whole(1));
    assert_eq!(judge(DAY, &order, &buyer).outcome, Outcome::LicenceRequired);
}

#[test]
fn a_claim_found_impossible_asks_for_a_person_and_lowers_nothing() {
    let buyer = parties([party("buyer", "CN")]);
    for (sku, outcome) in [("SLOW", Outcome::Review), ("FAST", Outcome::LicenceRequired)] {
        let mut order = transfer(sku, &["CN"]);
        order.claim_impossible = true;
        assert_eq!(judge(DAY, &order, &buyer).outcome, outcome);
    }
}

#[test]
fn shares_of_more_than_the_whole_are_told_and_asked_about() {
    let buyer = owned(owned(party("buyer", "SG"), "one", 700_000), "two", 600_000);
    let decision =
        judge(DAY, &transfer("SLOW", &["SG"]), &parties([buyer, party("one", "SG"), party("two", "SG")]));
    assert_eq!(decision.outcome, Outcome::Review);
    assert!(
        decision.missing.iter().any(|missing| missing.fact == "owners of `buyer` hold 130 % of it together")
    );
}

fn licence(refused: bool) -> lightcone_policy::transfer::Licence {
    lightcone_policy::transfer::Licence {
        number: "D1".to_owned(),
        against: vec![],
        skus: vec!["FAST".to_owned()],
        parties: vec!["buyer".to_owned()],
        destinations: house::countries(&["CN"]),
        units_left: None,
        from: day("2024-01-01"),
        to: day("2024-12-31"),
        refused,
    }
}
