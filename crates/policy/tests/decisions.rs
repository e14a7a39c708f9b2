//! What always holds of decisions: no order of facts matters, doubt only narrows, and the past comes back to the bit.

mod house;

use house::{book, day, judge_by, on_list, owned, parties, party, transfer};
use lightcone_policy::party::Parties;
use lightcone_policy::replay::{Inputs, replay};
use lightcone_policy::transfer::{Line, Transfer};
use lightcone_policy::{Countries, Date, Decision, Measure, Stand, compare};
use proptest::prelude::*;

/// A case by numbers: what is known of it and what it is.
#[derive(Clone, Debug)]
struct Seen {
    to: Vec<usize>,
    skus: Vec<usize>,
    headquarters: usize,
    parent: usize,
    share_ppm: u32,
    listed: bool,
    notice: bool,
    tested: bool,
    taken: u64,
    on: usize,
}

const PLACES: [&str; 5] = ["SG", "CN", "ZW", "MY", "IR"];
const SKUS: [&str; 4] = ["FAST", "SLOW", "MIDDLE", "unheard of"];
const DAYS: [&str; 4] = ["2022-06-01", "2024-06-01", "2025-10-01", "2026-11-24"];

fn seen() -> impl Strategy<Value = Seen> {
    let to = prop::collection::vec(0..PLACES.len(), 1..4);
    let skus = prop::collection::vec(0..SKUS.len(), 1..3);
    let party = (0..PLACES.len(), 0..PLACES.len(), 0..=1_000_000_u32, any::<bool>());
    (to, skus, party, any::<bool>(), any::<bool>(), 0..400_000_u64, 0..DAYS.len()).prop_map(
        |(to, skus, (headquarters, parent, share_ppm, listed), notice, tested, taken, on)| Seen {
            to,
            skus,
            headquarters,
            parent,
            share_ppm,
            listed,
            notice,
            tested,
            taken,
            on,
        },
    )
}

impl Seen {
    fn stand(&self) -> Stand {
        Stand::on(day(DAYS[self.on]))
    }

    /// The case with everything known.
    fn whole(&self) -> (Transfer, Parties) {
        let to: Vec<&str> = self.to.iter().map(|at| PLACES[*at]).collect();
        let mut order = transfer(SKUS[self.skus[0]], &to);
        order.lines = self.skus.iter().map(|at| Line { sku: SKUS[*at].to_owned(), units: 40 }).collect();
        order.conditions = [("notice".to_owned(), self.notice), ("tested".to_owned(), self.tested)].into();
        order.taken.consignee_year_tpp = Some(Measure::whole(self.taken));
        let parent = party("parent", PLACES[self.parent]);
        let parent = if self.listed { on_list(parent, "EL") } else { parent };
        let buyer = owned(party("buyer", PLACES[self.headquarters]), "parent", self.share_ppm);
        (order, parties([buyer, parent]))
    }

    /// The same with some of it not known.
    fn less(&self, forget: u8) -> (Transfer, Parties) {
        let (mut order, mut parties) = self.whole();
        let forgets = |bit: u8| forget >> bit & 1 == 1;
        if forgets(0) {
            order.conditions.clear();
        }
        if forgets(1) {
            order.taken.consignee_year_tpp = None;
        }
        if forgets(2) {
            parties.remove("parent");
        }
        if let Some(buyer) = parties.get_mut("buyer") {
            if forgets(3) {
                buyer.headquarters = None;
            }
            if forgets(4) {
                buyer.stakes.clear();
                buyer.owners_complete = false;
            }
        }
        if forgets(5) {
            order.uses.clear();
        }
        if forgets(6) {
            order.end_user.clear();
        }
        if forgets(7) {
            order.destinations = Countries::NONE;
        }
        (order, parties)
    }
}

fn decide(stand: &Stand, (order, parties): &(Transfer, Parties)) -> Decision {
    judge_by(&book(), stand, order, parties)
}

proptest! {
    #[test]
    fn more_knowledge_never_widens(seen in seen(), forget: u8) {
        let known = decide(&seen.stand(), &seen.whole());
        let less = decide(&seen.stand(), &seen.less(forget));
        prop_assert!(less.best <= known.best, "{:?} {:?}", less.best, known.best);
        prop_assert!(less.worst >= known.worst, "{:?} {:?}", less.worst, known.worst);
        prop_assert!(known.best <= known.worst);
    }

    #[test]
    fn one_more_destination_never_makes_the_worst_milder_or_the_best_stricter(seen in seen(), forget in 0..128_u8, more in 0..PLACES.len()) {
        let mut case = seen.less(forget);
        let before = decide(&seen.stand(), &case);
        case.0.destinations.insert(house::country(PLACES[more]));
        let after = decide(&seen.stand(), &case);
        prop_assert!(after.best <= before.best && after.worst >= before.worst);
    }

    #[test]
    fn the_order_of_facts_means_nothing(seen in seen(), forget: u8) {
        let (mut order, mut parties) = seen.less(forget);
        order.intermediaries = vec!["maker".to_owned(), "parent".to_owned()];
        let one = decide(&seen.stand(), &(order.clone(), parties.clone()));
        order.lines.reverse();
        order.intermediaries.reverse();
        parties.values_mut().for_each(|party| party.stakes.reverse());
        let other = decide(&seen.stand(), &(order, parties));
        prop_assert_eq!(one.canonical(), other.canonical());
    }

    #[test]
    fn kept_facts_give_the_decision_again_to_the_bit(seen in seen(), forget: u8) {
        let (transfer, parties) = seen.less(forget);
        let inputs = Inputs { transfer, parties, skus: [].into(), flags: vec![] };
        let first = replay(&book(), &seen.stand(), &inputs);
        let kept = Inputs::read(&inputs.canonical().unwrap()).unwrap();
        prop_assert_eq!(kept.sha256().unwrap(), inputs.sha256().unwrap());
        prop_assert_eq!(replay(&book(), &seen.stand(), &kept).canonical(), first.canonical());
    }
}

#[test]
fn a_flip_names_the_rule_that_came() {
    let (order, parties) = (transfer("FAST", &["CN"]), parties([party("buyer", "CN")]));
    let on = |text: &str| judge_by(&book(), &Stand::on(day(text)), &order, &parties);
    let (before, after) = (on("2022-12-31"), on("2023-01-01"));
    let flip = compare::flip(&before, &after).unwrap();
    let came: Vec<&str> = flip
        .because
        .iter()
        .filter(|because| because.change == compare::Change::Applies)
        .map(|because| because.of.as_str())
        .collect();
    assert_eq!(came, ["R.DESTINATION", "R.HEADQUARTERS", "R.REVIEW", "R.a"]);
    assert_eq!(compare::flip(&after, &after), None);
}

#[test]
fn what_was_not_known_on_a_day_does_not_count_for_it() {
    let (order, parties) = (transfer("FAST", &["CN"]), parties([party("buyer", "CN")]));
    let mut book = book();
    for text in &mut book.instruments {
        text.known = text.known.max(day("2023-06-01"));
    }
    let then = Stand { known_on: day("2023-05-31"), ..Stand::on(day("2023-05-31")) };
    let later = Stand { known_on: Date::MAX, ..then.clone() };
    assert_eq!(judge_by(&book, &then, &order, &parties).outcome, lightcone_policy::Outcome::Allow);
    assert_eq!(judge_by(&book, &later, &order, &parties).outcome, lightcone_policy::Outcome::LicenceRequired);
}

#[test]
fn facts_that_are_not_in_the_stored_form_are_refused() {
    let message = Inputs::read(b"{\"transfer\":{}}").unwrap_err().to_string();
    assert!(message.starts_with("facts are not in the stored form: missing field"), "{message}");
}
