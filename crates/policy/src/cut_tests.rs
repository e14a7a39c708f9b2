//! Cuts and room under a small book.

use proptest::prelude::*;

use super::*;
use crate::classify::tests::{book, chip, day};
use crate::sku::Market;
use crate::stand::Stand;

fn cuts(date: &str, figures: [&str; 4]) -> Vec<String> {
    let book = book();
    let law = Law::new(&book, Stand::on(day(date)));
    next(&law, &chip("H20", figures, Market::DataCentre)).into_iter().map(|cut| cut.says).collect()
}

#[test]
fn a_fast_chip_must_get_slower_whatever_its_size() {
    assert_eq!(
        cuts("2024-01-01", ["15832", "814", "3350", "900"]),
        [
            "TPP 15832 must fall until it is below 2400 TPP",
            "no change of die area alone is enough",
            "no change of memory bandwidth alone is enough",
            "no change of interconnect alone is enough",
        ]
    );
    // Small dies: 1600 by 270 is above 5.92, and every density above 3.2 from 1600 on is caught.
    assert_eq!(
        cuts("2024-01-01", ["1940", "294.5", "300", "64"])[..2],
        [
            "TPP 1940 must fall until it is below 1600 TPP",
            "die area 294.5 must grow until it is above 606.25 mm2",
        ]
    );
}

#[test]
fn a_chip_that_is_out_has_room() {
    assert_eq!(
        cuts("2024-01-01", ["2368", "814", "4000", "900"]),
        [
            "TPP 2368 may rise as long as it is below 2400 TPP",
            "die area 814 may shrink as long as it is above 740 mm2",
            "memory bandwidth 4000 may rise without end",
            "interconnect 900 may rise without end",
        ]
    );
}

#[test]
fn after_the_letters_memory_must_be_cut() {
    assert_eq!(
        cuts("2025-04-16", ["2368", "814", "4000", "900"]),
        [
            "no change of TPP alone is enough",
            "no change of die area alone is enough",
            "memory bandwidth 4000 must fall until it is below 800 GB/s",
            "no change of interconnect alone is enough",
        ]
    );
}

#[test]
fn what_is_unknown_may_be_anything() {
    assert_eq!(
        cuts("2024-01-01", ["36000", "-", "-", "-"])[..2],
        ["TPP 36000 must fall until it is below 1600 TPP", "no change of die area alone is enough",]
    );
    let unknown = cuts("2024-01-01", ["-", "814", "-", "-"]);
    assert_eq!(unknown[0], "TPP unknown must fall until it is below 2400 TPP");
    assert_eq!(unknown[1], "no change of die area alone is enough");
}

fn caught_at(law: &Law<'_>, sku: &Sku, knob: Knob, value: Measure) -> bool {
    let figures = Figures::of(sku);
    !Line { law, figures, knob }.is_free(value)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// On the good side of a cut the chip is out, on the bad side it is in, and the same holds of room.
    #[test]
    fn a_cut_is_exact(
        tpp in 1_000_u64..40_000, area in 100_u64..1_200, memory in 100_u64..9_000, links in 0_u64..2_000, late: bool,
    ) {
        let figures = [tpp, area, memory, links].map(|figure| figure.to_string());
        let sku = chip("test", [&figures[0], &figures[1], &figures[2], &figures[3]], Market::DataCentre);
        let book = book();
        let law = Law::new(&book, Stand::on(day(if late { "2025-05-01" } else { "2024-01-01" })));
        let step: Measure = "0.000001".parse().unwrap();
        for cut in next(&law, &sku) {
            let (side, line) = match cut.reach {
                Reach::Needed { side, line, .. } | Reach::Room { side, line, .. } => (side, line),
                Reach::Free => {
                    let far = Measure::whole(if cut.knob.falls() { 1_000_000 } else { 1 });
                    prop_assert!(!caught_at(&law, &sku, cut.knob, far));
                    continue;
                }
                Reach::Never => {
                    let far = Measure::whole(if cut.knob.falls() { 0 } else { 1_000_000 });
                    prop_assert!(caught_at(&law, &sku, cut.knob, far));
                    continue;
                }
            };
            let (under, over) = (line.minus(step).unwrap_or(Measure::ZERO), line.plus(step).unwrap());
            let caught = [under, line, over].map(|value| caught_at(&law, &sku, cut.knob, value));
            let expected = match side {
                Side::Below => [false, true, true],
                Side::AtMost => [false, false, true],
                Side::Above => [true, true, false],
                Side::AtLeast => [true, false, false],
            };
            prop_assert_eq!(caught, expected, "{} {:?}", cut.says, cut.rules);
            prop_assert!(!cut.rules.is_empty());
        }
    }

    /// More of what is bounded from below never leads out of all classes.
    #[test]
    fn more_of_it_never_leads_out(
        tpp in 1_000_u64..9_000, area in 100_u64..1_200, memory in 100_u64..9_000, links in 0_u64..2_000, more in 1_u64..999,
    ) {
        let book = book();
        let law = Law::new(&book, Stand::on(day("2025-05-01")));
        let figures = [tpp, area, memory, links].map(|figure| figure.to_string());
        let sku = chip("test", [&figures[0], &figures[1], &figures[2], &figures[3]], Market::DataCentre);
        for (knob, has) in [Knob::Tpp, Knob::MemoryBandwidth, Knob::Interconnect].into_iter().zip([tpp, memory, links]) {
            let before = caught_at(&law, &sku, knob, Measure::whole(has));
            let after = caught_at(&law, &sku, knob, Measure::whole(has + more));
            prop_assert!(after || !before, "{knob:?}");
        }
        let smaller = Measure::whole(area - more.min(area - 1));
        prop_assert!(caught_at(&law, &sku, Knob::DieArea, smaller) || !caught_at(&law, &sku, Knob::DieArea, Measure::whole(area)));
    }
}
