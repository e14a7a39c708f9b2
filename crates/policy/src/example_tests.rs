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
    assert!(checked.len() >= 55, "{}", checked.len());
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
fn a_wrong_review_flag_or_open_rule_is_told() {
    let book = Book::built_in().expect("it is read");
    let wrong =
        "review = \"CASE_BY_CASE\"\nflags = [\"HF1\"]\nopen = [\"P08.LETTER\"]\nshown = [\"P10.LICENCES\"]";
    let text = h20().replacen("rules = [\"P08.LETTER\"]", wrong, 1);
    let files = Files::from([("examples/own.toml".to_owned(), text)]);
    let checked = run(&book, &files).expect("it is read");
    assert_eq!(
        checked[1].wrong,
        [
            "it is not open whether rule P08.LETTER applies",
            "rule P10.LICENCES is not shown as one that would apply",
            "the review in the worst case is none, not CASE_BY_CASE",
            "the red flags are none, not HF1",
        ]
    );
    assert!(checked[2..].iter().all(|checked| checked.wrong.is_empty()));
}

#[test]
fn what_an_example_names_must_be_in_its_book() {
    for (from, to, what) in [
        ("\"H20\"", "\"H2O\"", "7:18: there is no chip `H2O` in the book: write `H20`"),
        (
            "\"P08.LETTER\"",
            "\"P08.LETER\"",
            "31:10: there is no rule or instrument `P08.LETER` in the book: write `P08.LETTER`",
        ),
        (
            "outcome = \"ALLOW\"",
            "outcome = \"ALLOW\"\nflags = [\"HF77\"]",
            "27:10: there is no red flag `HF77` in the book",
        ),
        ("outcome = \"ALLOW\"", "outcome = \"ALLOW\"\nbest = \"REVIEW\"", "27:8: `REVIEW` is no best case"),
        (
            "outcome = \"ALLOW\"",
            "outcome = \"ALLOW\"\nas_written = true",
            "`as_written` stands beside `under`",
        ),
    ] {
        let mut files = built_in::files();
        let text = h20().replacen(from, to, 1);
        assert_ne!(text, h20());
        files.insert("examples/own.toml".to_owned(), text);
        let faults = Book::read(&files).expect_err(from);
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert!(
            told.iter().any(|told| told.starts_with("examples/own.toml:") && told.contains(what)),
            "{told:?}"
        );
    }
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
