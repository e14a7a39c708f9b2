use super::*;
use crate::built_in;

fn h20() -> String {
    built_in::files()["examples/h20_to_china.toml"].clone()
}

/// The mistakes of the example after an edit of it.
fn faults(from: &str, to: &str) -> Vec<String> {
    let text = h20();
    assert!(text.contains(from), "{from}");
    let faults = Example::read("facts.toml", &text.replacen(from, to, 1)).expect_err(from);
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn the_examples_of_the_built_in_book_come_out_as_they_should() {
    let book = Book::built_in().expect("it is read");
    let checked = run(&book, &built_in::files()).expect("they are read");
    assert!(checked.len() >= 7, "{}", checked.len());
    let wrong: Vec<_> = checked.iter().filter(|checked| !checked.wrong.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_not_as_expected_is_told_with_its_line() {
    let book = Book::built_in().expect("it is read");
    let text = h20().replacen("outcome = \"ALLOW\"", "outcome = \"DENY\"\nrules = [\"P02.NONE\"]", 1);
    let files = Files::from([("examples/own.toml".to_owned(), text)]);
    let checked = run(&book, &files).expect("it is read");
    let line = h20().lines().position(|line| line == "[[expect]]").expect("it expects") + 1;
    assert_eq!((checked[0].name.as_str(), checked[0].spot.line), ("own", line));
    assert_eq!(checked[0].wrong, ["the outcome is ALLOW, not DENY", "rule P02.NONE does not apply"]);
    assert!(checked[1..].iter().all(|checked| checked.wrong.is_empty()));
}

#[test]
fn a_version_that_the_book_does_not_have_is_told() {
    let book = Book::built_in().expect("it is read");
    let text = h20().replacen("under = \"P02\"", "under = \"P99\"", 1);
    let files = Files::from([("examples/own.toml".to_owned(), text)]);
    let checked = run(&book, &files).expect("it is read");
    assert_eq!(checked[0].wrong, ["the book has no version P99"]);
    assert_eq!(checked[0].said, None);
}

#[test]
fn every_mistake_is_told_with_file_line_value_and_remedy() {
    for (from, to, needles) in [
        ("units = 1000", "units = 1.5", ["facts.toml:7:", "`1.5` is no number of units"]),
        ("[\"CN\"]", "[\"UK\"]", ["facts.toml:6:", "write GB"]),
        (
            "consignee = \"hall\"",
            "consignee = \"hal\"",
            ["party `hal` is named and not described", "[[parties]]"],
        ),
        ("exporter", "exportr", ["facts.toml:8:1: `exportr` is no key here", "exporter"]),
        ("under = \"P02\"", "under = \"P02\"\non = 2024-01-01", ["either `on` or `under`", "facts.toml:"]),
        ("\"ALLOW\"", "\"ALOW\"", ["`ALOW` is no outcome", "`ALLOW`"]),
        ("id = \"hall\"", "id = \"maker\"", ["party `maker` is there twice", "its own `id`"]),
        ("date = 2026-02-02\n", "", ["`date` is missing", "add `date"]),
        ("lines = [{ sku = \"H20\", units = 1000 }]\n", "", ["no goods are in it", "units = 1000"]),
        ("title", "titel", ["`title` is missing", "facts.toml"]),
        ("[[expect]]", "[[expect]", ["this is no TOML", "facts.toml:"]),
    ] {
        let told = faults(from, to).join("\n");
        for needle in needles {
            assert!(told.contains(needle), "`{needle}` is not in: {told}");
        }
    }
    assert!(Example::read("facts.toml", "").is_err());
    assert!(Example::read("facts.toml", &"#".repeat(BYTES_MAX + 1)).is_err());
}
