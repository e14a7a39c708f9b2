//! Chips from files, good and bad.

use super::*;
use crate::source::Grade;

const SHIPPED: &str = include_str!("../../rules/chips.toml");

fn faults(text: &str) -> Vec<String> {
    let reading = Text::new("chips.toml", text);
    read(&reading);
    reading.into_notes().0.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn check(figure: &str, expected: &str) {
    let text = format!("[[chips]]\nname = \"X\"\nmaker = \"Y\"\n{figure}\n");
    assert_eq!(faults(&text), [expected], "{text}");
}

#[test]
fn the_shipped_chips_are_read_without_a_fault() {
    let reading = Text::new("chips.toml", SHIPPED);
    let chips = read(&reading);
    assert_eq!(reading.into_notes().0, []);
    assert_eq!(chips.len(), SHIPPED.matches("[[chips]]").count());
    let h20 = &chips.iter().find(|(sku, _)| sku.name == "H20").unwrap().0;
    assert_eq!(h20.tpp(), Some(Measure::whole(2_368)));
    assert_eq!(h20.interconnect_gbps.as_ref().unwrap().source.grade, Grade::K);
    let ascend = &chips.iter().find(|(sku, _)| sku.name == "Ascend 910B").unwrap().0;
    let tpp = ascend.value(crate::sku::Metric::Tpp);
    assert_eq!((tpp.span.to_string().as_str(), tpp.grade), ("5120..6400", Some(Grade::U)));
    let mut names: Vec<_> = chips
        .iter()
        .flat_map(|(sku, _)| sku.aliases.iter().chain([&sku.name]))
        .map(|name| name.to_lowercase())
        .collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all, "no two chips share a name");
}

#[test]
fn every_figure_of_the_shipped_chips_has_a_source() {
    let reading = Text::new("chips.toml", SHIPPED);
    for (sku, _) in read(&reading) {
        let figures = [
            &sku.die_area_mm2,
            &sku.package_area_mm2,
            &sku.interconnect_gbps,
            &sku.memory_bandwidth_gbps,
            &sku.memory_gb,
        ];
        let readings = figures.into_iter().flatten().chain(sku.rates.iter().map(|rate| &rate.tops));
        for reading in readings {
            assert!(reading.source.source.len() > 3, "{}: {reading:?}", sku.name);
        }
        assert!(sku.note.len() > 10 || sku.memory_bandwidth_gbps.is_some(), "{}", sku.name);
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_a_remedy() {
    let said = "grade = \"K\", source = \"data sheet\"";
    check(
        &format!("memory_bandwidth = {{ is = \"4 TB/s\", {said} }}"),
        "chips.toml:4:27: `TB/s` is the wrong unit of `memory_bandwidth`: a TB is 1000 GB: write `4000 GB/s`",
    );
    check(
        &format!("memory_bandwidth = {{ is = \"4000\", {said} }}"),
        "chips.toml:4:27: `4000` has no unit: write `4000 GB/s`",
    );
    check(
        &format!("rates = [{{ bits = 8, tops = \"3958 TOPS sparse\", {said} }}]"),
        "chips.toml:4:29: `TOPS sparse` is the wrong unit of `tops`: a rate that skips zeros is not taken: write the dense rate in TOPS, most often half of it",
    );
    check(
        &format!("rates = [{{ bits = 0, tops = \"300 TOPS\", {said} }}]"),
        "chips.toml:4:19: `0` is no bit length: write a whole number from 1 to 128",
    );
    check(
        &format!("die_area = {{ is = \"900..800 mm2\", {said} }}"),
        "chips.toml:4:19: `900..800` ends before it begins: write the smaller number first",
    );
    check(
        &format!("die_area = {{ is = \"0 mm2\", {said} }}"),
        "chips.toml:4:19: `0` begins at zero: leave it out where it is not known",
    );
    check(
        &format!("interconnect = {{ is = \"900000000 GB/s\", {said} }}"),
        "chips.toml:4:23: `900000000` is more than any chip has: write at most 10000000 GB/s: look whether the unit is GB/s",
    );
    check(
        "market = \"gaming\"",
        "chips.toml:4:10: `gaming` is no market: write one of `data_centre`, `other`, `unknown`",
    );
    check(
        "interconect = 3",
        "chips.toml:4:1: `interconect` is no key here: take it out, or write `interconnect`",
    );
    assert_eq!(faults("[[chips]]\nmaker = \"Y\"").len(), 1, "a name is needed");
}

#[test]
fn users_read_chips_of_their_own_in_the_same_form() {
    let own = Sku::read_all("mine.toml", SHIPPED).unwrap();
    assert!(own.iter().any(|sku| sku.name == "H20"));
    let faults =
        Sku::read_all("mine.toml", "[[chips]]\nname = \"X\"\nmaker = \"Y\"\nmarket = 3").unwrap_err();
    assert_eq!((faults.len(), faults[0].line), (1, 4), "{faults:?}");
}
