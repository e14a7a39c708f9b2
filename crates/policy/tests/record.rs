//! A consignee's record: what speaks for it, what against it, and that no rule is lighter because of it.

mod trade;

use lightcone_policy::decision::{Decision, Outcome, Ruling};
use lightcone_policy::flag::{Raised, Sign};
use lightcone_policy::record::{
    self, Check, Conduct, Inspection, Level, Often, Record, SOFT_SIGNS, Seen, Silence,
};
use lightcone_policy::rule::Review;
use lightcone_policy::transfer::Past;
use lightcone_policy::{Date, Stand};
use proptest::prelude::*;
use trade::{FLAGS, day, past, source, transfer};

fn kept(count: usize, first: &str) -> Vec<Past> {
    let made = |at| {
        let mut past = past(transfer(&format!("t{at}"), "acme", first));
        past.proven_in_place = Some(true);
        past
    };
    (0..count).map(made).collect()
}

fn inspection(id: &str, date: &str, passed: bool) -> Inspection {
    Inspection { id: id.to_owned(), date: day(date), passed }
}

fn inspected(dates: &[&str]) -> Conduct {
    Conduct {
        inspections: dates.iter().map(|date| inspection(date, date, true)).collect(),
        ..Conduct::default()
    }
}

fn on() -> Date {
    day("2026-11-01")
}

#[test]
fn levels_come_by_what_stayed_in_place_time_and_inspections() {
    let level = |pasts: &[Past], conduct: &Conduct| record::of("acme", pasts, conduct, on()).level;
    let none = Conduct::default();
    assert_eq!(level(&[], &none), Level::Unproven);
    assert_eq!(level(&kept(1, "2026-08-03"), &none), Level::Known);
    assert_eq!(level(&kept(1, "2026-08-04"), &none), Level::Unproven, "89 days");
    assert_eq!(level(&kept(3, "2025-11-01"), &inspected(&["2026-01-01"])), Level::Proven);
    assert_eq!(level(&kept(3, "2025-11-02"), &inspected(&["2026-01-01"])), Level::Known, "364 days");
    assert_eq!(level(&kept(2, "2025-11-01"), &inspected(&["2026-01-01"])), Level::Known);
    assert_eq!(level(&kept(10, "2024-11-01"), &inspected(&["2025-03-01", "2026-01-01"])), Level::Trusted);
    assert_eq!(level(&kept(10, "2024-11-01"), &inspected(&["2026-01-01", "2026-01-01"])), Level::Proven);
    assert_eq!(
        level(&kept(10, "2024-11-01"), &inspected(&["2024-10-31", "2026-01-01"])),
        Level::Proven,
        "too old"
    );
    let mut twice = kept(2, "2025-11-01");
    twice.extend(kept(2, "2025-11-01"));
    assert_eq!(level(&twice, &inspected(&["2026-01-01"])), Level::Known, "each transfer counts once");
    let mut unseen = kept(3, "2025-11-01");
    unseen[0].proven_in_place = None;
    assert_eq!(level(&unseen, &inspected(&["2026-01-01"])), Level::Known, "nobody looked");
    assert_eq!(record::of("other", &kept(3, "2025-11-01"), &none, on()).level, Level::Unproven);
}

#[test]
fn what_is_missing_for_the_next_level_is_told() {
    let record = record::of("acme", &kept(1, "2026-08-03"), &Conduct::default(), on());
    assert_eq!(record.missing.len(), 3, "{:?}", record.missing);
    assert!(record.missing[0].contains("1 of 3 transfers") && record.missing[1].contains("90 of 365 days"));
    let trusted =
        record::of("acme", &kept(10, "2024-11-01"), &inspected(&["2025-03-01", "2026-01-01"]), on());
    assert!(trusted.missing.is_empty() && trusted.against.is_empty() && trusted.reasons.len() == 3);
}

#[test]
fn what_speaks_against_a_party_holds_it_on_the_lowest_level() {
    let pasts = kept(10, "2024-11-01");
    let clean = || inspected(&["2025-03-01", "2026-01-01"]);
    let silence = |to: &str| {
        let silence = Silence { id: "s".to_owned(), from: day("2024-06-01"), to: day(to) };
        Conduct { silences: vec![silence], ..clean() }
    };
    let seen = |cleared: Option<&str>| {
        let (flag, transfer) = ("HF1".to_owned(), "t1".to_owned());
        let seen = Seen { flag, transfer, date: day("2026-05-01"), cleared: cleared.map(day) };
        Conduct { flags: vec![seen], ..clean() }
    };
    let mut failed = clean();
    failed.inspections.push(inspection("i", "2025-06-01", false));
    let mut moved = pasts.clone();
    moved[3].proven_in_place = Some(false);
    for (pasts, conduct) in [
        (&moved, clean()),
        (&pasts, failed),
        (&pasts, silence("2024-11-01")),
        (&pasts, silence("2027-01-01")),
        (&pasts, seen(None)),
        (&pasts, seen(Some("2026-11-02"))),
    ] {
        let record = record::of("acme", pasts, &conduct, on());
        assert_eq!((record.level, record.against.len()), (Level::Unproven, 1), "{conduct:?}");
        assert!(record.missing[0].starts_with("settle: "));
    }
    for conduct in [silence("2024-10-31"), seen(Some("2026-11-01"))] {
        assert_eq!(record::of("acme", &pasts, &conduct, on()).level, Level::Trusted, "{conduct:?}");
    }
}

fn decision(best: Ruling, worst: Ruling, signs: &[Sign]) -> Decision {
    let raised = |sign: &Sign| Raised {
        id: String::new(),
        sign: *sign,
        found: String::new(),
        about: Vec::new(),
        source: source(),
    };
    Decision {
        outcome: if signs.is_empty() && best == worst { best.outcome() } else { Outcome::Review },
        best,
        worst,
        book: String::new(),
        stand: Stand::on(on()),
        classes: Vec::new(),
        grounds: Vec::new(),
        margins: Vec::new(),
        facts: Vec::new(),
        missing: Vec::new(),
        flags: signs.iter().map(raised).collect(),
        leans_on_unverified: false,
        rules_change_on: None,
    }
}

fn trusted(level: Level) -> Record {
    Record { party: "acme".to_owned(), on: on(), level, reasons: vec![], against: vec![], missing: vec![] }
}

#[test]
fn soft_flags_are_looked_at_less_often_and_hard_ones_always() {
    let look =
        |level, signs: &[Sign]| trusted(level).look_at_flags(&decision(Ruling::Allow, Ruling::Allow, signs));
    assert_eq!(look(Level::Trusted, &SOFT_SIGNS), Often::OneIn(4));
    assert_eq!(look(Level::Proven, &SOFT_SIGNS), Often::OneIn(2));
    assert_eq!(look(Level::Known, &SOFT_SIGNS), Often::Always);
    assert_eq!(look(Level::Trusted, &[Sign::SharedForwarder, Sign::Transshipment]), Often::Always);
    assert_eq!(Level::Known.often(Check::Sampling), Often::OneIn(2));
}

proptest! {
    /// Whatever the record: where a rule asks for anything, or may, nothing is lighter.
    #[test]
    fn no_rule_is_ever_waived(level in 0..4_usize, best in 0..5_usize, worst in 0..5_usize, signs in prop::collection::vec(0..14_usize, 0..3)) {
        let level = [Level::Unproven, Level::Known, Level::Proven, Level::Trusted][level];
        let rulings = [
            Ruling::Allow,
            Ruling::LicenceRequired(None),
            Ruling::LicenceRequired(Some(Review::PresumptionOfApproval)),
            Ruling::LicenceRequired(Some(Review::PresumptionOfDenial)),
            Ruling::Deny,
        ];
        let (best, worst) = (rulings[best.min(worst)], rulings[best.max(worst)]);
        let signs: Vec<Sign> = signs.into_iter().map(|at| FLAGS[at].1).collect();
        let decision = decision(best, worst, &signs);
        let often = trusted(level).look_at_flags(&decision);
        if worst != Ruling::Allow || signs.iter().any(|sign| !SOFT_SIGNS.contains(sign)) {
            prop_assert_eq!(often, Often::Always);
        }
    }

    /// More that speaks against a party never raises it, and a level never makes a check more frequent than the one below.
    #[test]
    fn a_blemish_never_helps(count in 0..12_usize, blemish in 0..3_usize) {
        let pasts = kept(count, "2024-01-01");
        let clean = inspected(&["2025-03-01", "2026-01-01"]);
        let mut worse = clean.clone();
        match blemish {
            0 => worse.inspections.push(inspection("i", "2025-06-01", false)),
            1 => worse.silences.push(Silence { id: "s".to_owned(), from: on(), to: on() }),
            _ => worse.flags.push(Seen { flag: "RF1".to_owned(), transfer: "t".to_owned(), date: on(), cleared: None }),
        }
        let before = record::of("acme", &pasts, &clean, on());
        let after = record::of("acme", &pasts, &worse, on());
        prop_assert!(after.level == Level::Unproven && after.level <= before.level);
        for check in [Check::SoftFlags, Check::Sampling, Check::Visit] {
            prop_assert_eq!(after.level.often(check), Often::Always);
        }
    }
}
