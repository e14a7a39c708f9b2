//! U10: the rules at a date, and what if: orders under several versions of the rules and under a draft.

mod house;

use std::collections::{BTreeMap, BTreeSet};

use house::{day, judge_by, owned, parties, party, rules, transfer};
use lightcone_policy::compare::{self, Change};
use lightcone_policy::decision::Effect;
use lightcone_policy::force::Force;
use lightcone_policy::party::Parties;
use lightcone_policy::replay::{Inputs, replay};
use lightcone_policy::rule::Review;
use lightcone_policy::transfer::Transfer;
use lightcone_policy::{Book, Decision, Outcome, Ruling, Sense, Stand};

fn built_in() -> Book {
    Book::built_in().expect("the built-in book is read")
}

/// An order of a buyer headquartered where the goods go.
fn order(sku: &str, to: &str) -> (Transfer, Parties) {
    (transfer(sku, &[to]), parties([party("buyer", to)]))
}

fn on(book: &Book, date: &str, (transfer, parties): &(Transfer, Parties)) -> Decision {
    judge_by(book, &Stand::on(day(date)), transfer, parties)
}

#[test]
fn u10_rule_at_a_date_and_what_if() {
    let (book, mut h20) = (built_in(), order("H20", "CN"));
    let before = on(&book, "2025-04-08", &h20);
    assert_eq!((before.outcome, rules(&before, Effect::Requires)), (Outcome::Allow, BTreeSet::new()));
    let letter = on(&book, "2025-04-16", &h20);
    assert_eq!((letter.outcome, letter.best), (Outcome::LicenceRequired, Ruling::LicenceRequired(None)));
    assert_eq!(rules(&letter, Effect::Requires), ["P08.LETTER"].into());
    assert!(!letter.leans_on_unverified, "H20 is named: the reported figures decide nothing");
    let announced = on(&book, "2025-07-15", &h20);
    assert_eq!(
        (announced.outcome, announced.best, announced.worst),
        (letter.outcome, letter.best, letter.worst)
    );
    let shown = announced.grounds.iter().find(|ground| ground.rule == "P10.LICENCES").unwrap();
    assert_eq!((shown.effect, shown.force), (Effect::WouldApply, Force::Announced));
    let window = on(&book, "2026-01-16", &h20);
    assert_eq!(window.outcome, Outcome::LicenceRequired);
    assert_eq!(window.best, Ruling::LicenceRequired(Some(Review::CaseByCase)));
    assert_eq!(window.worst, Ruling::LicenceRequired(Some(Review::PresumptionOfDenial)));
    assert_eq!(rules(&window, Effect::Reviews), ["P13.REVIEW"].into());
    assert!(window.missing.iter().any(|missing| missing.fact == "condition third_party_test"));
    for condition in ["third_party_test", "know_your_customer", "remote_access_screening"] {
        h20.0.conditions.insert(condition.to_owned(), true);
    }
    (h20.0.taken.capped_units, h20.0.taken.home_units) = (Some(0), Some(200));
    let met = on(&book, "2026-01-16", &h20);
    assert_eq!(met.worst, Ruling::LicenceRequired(Some(Review::CaseByCase)));
    h20.0.taken.capped_units = Some(1);
    let over = on(&book, "2026-01-16", &h20);
    assert_eq!(over.best, Ruling::LicenceRequired(Some(Review::PresumptionOfDenial)));
}

#[test]
fn u10_what_was_announced_is_shown_and_never_applied() {
    let (book, h20) = (built_in(), order("H20", "CN"));
    for date in ["2025-07-13", "2025-07-14", "2025-12-31"] {
        let decision = on(&book, date, &h20);
        assert_eq!(
            (decision.outcome, decision.best),
            (Outcome::LicenceRequired, Ruling::LicenceRequired(None))
        );
        assert_eq!(rules(&decision, Effect::WouldApply).contains("P10.LICENCES"), date != "2025-07-13");
        let counted = decision.grounds.iter().filter(|ground| ground.effect != Effect::WouldApply);
        assert!(counted.into_iter().all(|ground| !ground.rule.starts_with("P10")));
    }
}

#[test]
fn u10_which_orders_flip_and_why() {
    let book = built_in();
    let orders = [("H20", "CN"), ("L20", "CN"), ("H100", "CN"), ("H100", "SG"), ("RTX 4090D", "CN")];
    let draft = Stand { drafts: ["B2".to_owned()].into(), ..Stand::on(day("2026-11-24")) };
    let stands = ["2023-12-01", "2025-04-16", "2026-01-16", "2026-11-24"].map(|date| Stand::on(day(date)));
    let flips = |from: &Stand, to: &Stand| -> BTreeMap<&str, compare::Flip> {
        let flips = orders.iter().filter_map(|(sku, to_country)| {
            let (transfer, parties) = order(sku, to_country);
            let [old, new] = [from, to].map(|stand| judge_by(&book, stand, &transfer, &parties));
            Some((*sku, compare::flip(&old, &new)?))
        });
        flips.collect()
    };
    let [p02, p08, p13, today] = &stands;
    let letter = flips(p02, p08);
    assert_eq!(letter.keys().copied().collect::<Vec<_>>(), ["H20"]);
    assert_eq!(
        (letter["H20"].from.outcome, letter["H20"].to.outcome),
        (Outcome::Allow, Outcome::LicenceRequired)
    );
    assert!(came(&letter["H20"]).contains("P08.LETTER"), "{:?}", letter["H20"].because);
    let window = flips(p08, p13);
    assert_eq!(window.keys().copied().collect::<Vec<_>>(), ["H100", "H20"]);
    assert!(came(&window["H20"]).contains("P13.REVIEW") && came(&window["H100"]).contains("P13.REVIEW"));
    // The bill knows no exception for chips that are not for data centres.
    let bill = flips(today, &draft);
    assert_eq!(bill["RTX 4090D"].to.outcome, Outcome::LicenceRequired);
    assert!(came(&bill["RTX 4090D"]).contains("B2.LICENCE"), "{:?}", bill["RTX 4090D"].because);
    assert!(!bill.contains_key("H20") && !bill.contains_key("L20"));
    assert!(bill["RTX 4090D"].because.iter().any(|because| because.words.contains("before: proposed")));
}

fn came(flip: &compare::Flip) -> BTreeSet<&str> {
    let came = flip.because.iter().filter(|because| because.change == Change::Applies);
    came.map(|because| because.of.as_str()).collect()
}

#[test]
fn u10_a_past_decision_replays_to_the_bit_with_the_rules_then_known() {
    let (book, (transfer, parties)) = (built_in(), order("H20", "CN"));
    let inputs = Inputs { transfer, parties, skus: BTreeMap::new(), flags: vec![] };
    // The letter was in force on 2025-04-09 and the public learned of it on 2025-04-15.
    let then = Stand { known_on: day("2025-04-10"), ..Stand::on(day("2025-04-10")) };
    let first = replay(&book, &then, &inputs);
    assert_eq!(first.outcome, Outcome::Allow);
    let kept = Inputs::read(&inputs.canonical().unwrap()).unwrap();
    let again = replay(&built_in(), &first.stand, &kept);
    assert_eq!((again.canonical(), &again.book), (first.canonical(), &book.digest));
    let in_hindsight = Stand { known_on: day("2025-04-15"), ..then };
    assert_eq!(replay(&book, &in_hindsight, &inputs).outcome, Outcome::LicenceRequired);
}

#[test]
fn text_and_enforcement_differ_for_the_diffusion_rule() {
    let (book, order) = (built_in(), order("H100", "IN"));
    let stand = |sense| Stand { sense, ..Stand::on(day("2025-06-01")) };
    let enforced = judge_by(&book, &stand(Sense::AsEnforced), &order.0, &order.1);
    let written = judge_by(&book, &stand(Sense::AsWritten), &order.0, &order.1);
    let p06 =
        |decision: &Decision, effect| rules(decision, effect).iter().any(|rule| rule.starts_with("P06"));
    assert!(p06(&written, Effect::Requires) && !p06(&enforced, Effect::Requires));
    assert!(p06(&enforced, Effect::WouldApply));
    assert!(written.worst > Ruling::Allow);
}

#[test]
fn countries_move_between_groups_on_their_day() {
    let book = built_in();
    let worst = |sku, to, date| on(&book, date, &order(sku, to)).worst;
    assert!(worst("H100", "AE", "2026-07-09") > Ruling::Allow);
    assert_eq!(worst("H100", "AE", "2026-07-14"), Ruling::Allow);
    let denial = Ruling::LicenceRequired(Some(Review::PresumptionOfDenial));
    assert_eq!(worst("H100", "KH", "2026-02-02"), denial);
    // It stays in D:1, whose applications are presumed to be granted.
    assert_eq!(
        worst("H100", "KH", "2026-02-03"),
        Ruling::LicenceRequired(Some(Review::PresumptionOfApproval))
    );
}

#[test]
fn the_singapore_site_of_a_d5_parent_needs_a_licence_by_the_built_in_book() {
    let book = built_in();
    let site = parties([owned(party("buyer", "SG"), "parent", 1_000_000), party("parent", "CN")]);
    let decision = on(&book, "2024-06-01", &(transfer("H100", &["SG"]), site));
    assert_eq!(decision.outcome, Outcome::LicenceRequired);
    assert_eq!(rules(&decision, Effect::Requires), ["P02.742.6.HEADQUARTERS"].into());
    assert_eq!(on(&book, "2024-06-01", &order("H100", "SG")).outcome, Outcome::Allow);
}
