//! Every mistake has a fault with its file, line and remedy: the built-in book with one thing wrong at a time.

use proptest::prelude::*;

use super::*;
use crate::built_in;

/// The built-in book with one text of one file changed.
#[track_caller]
fn broken(path: &str, right: &str, wrong: &str) -> (Vec<Fault>, usize) {
    let mut files = built_in::files();
    let content = files.get_mut(path).expect("the file is there");
    let at = content.find(right).expect("the text is there");
    let line = content[..at].matches('\n').count() + 1;
    content.replace_range(at..at + right.len(), wrong);
    (Book::read(&files).expect_err("the mistake is found"), line)
}

/// There is one fault, `below` lines below the change, that says this.
#[track_caller]
fn check(path: &str, right: &str, wrong: &str, (below, what, remedy): (isize, &str, &str)) {
    let (faults, line) = broken(path, right, wrong);
    let [fault] = faults.as_slice() else { panic!("{faults:#?}") };
    assert_eq!((fault.file.as_str(), fault.what.as_str(), fault.remedy.as_str()), (path, what, remedy));
    assert_eq!(fault.line, line.checked_add_signed(below).unwrap(), "{fault}");
    assert!(fault.column > 0, "{fault}");
}

/// One fault, somewhere in the file, with these words.
#[track_caller]
fn one(path: &str, right: &str, wrong: &str, words: &[&str]) -> Fault {
    let (faults, _) = broken(path, right, wrong);
    let [fault] = faults.as_slice() else { panic!("{faults:#?}") };
    assert_eq!(fault.file, path, "{fault}");
    assert!(words.iter().all(|word| fault.to_string().contains(word)), "{fault}");
    fault.clone()
}

#[test]
fn a_gap_between_phases() {
    let fault = one(
        "us/P05.toml",
        "to = 2024-12-30",
        "to = 2024-12-29",
        &[
            "there is a gap: no phase covers 2024-12-30 to 2024-12-30",
            "let a phase begin earlier or end later",
        ],
    );
    assert_eq!(fault.line, 22, "the phase after the gap: {fault}");
    let fault =
        one("us/P11.toml", "from = 2025-09-29\nstate", "from = 2025-09-30\nstate", &["covers 2025-09-29"]);
    assert_eq!(fault.line, 13, "{fault}");
}

#[test]
fn phases_that_overlap() {
    let words = ["overlaps the one of line 14 from 2024-12-31 to 2024-12-31", "begin on 2025-01-01"];
    let fault = one("us/P05.toml", "to = 2024-12-30", "to = 2024-12-31", &words);
    assert_eq!(fault.line, 22, "{fault}");
}

#[test]
fn a_phase_outside_of_its_text_or_the_wrong_way_round() {
    one(
        "us/P11.toml",
        "in_force = 2025-09-29",
        "in_force = 2025-09-30",
        &["outside of the text's 2025-09-30"],
    );
    one(
        "us/P11.toml",
        "to = 2026-11-09",
        "to = 2025-11-09",
        &["ends on 2025-11-09 before it begins on 2025-11-10"],
    );
    one(
        "us/P11.toml",
        "known = 2025-11-10",
        "known = 2025-09-01",
        &["known on 2025-09-01 before the text itself"],
    );
}

#[test]
fn names_of_nothing() {
    let group = (0, "there is no group `D:7` in the book", "write `D:1`");
    check("us/P08.toml", "{ groups = [\"D:5\"]", "{ groups = [\"D:7\"]", group);
    let replaced = (0, "there is no rule or instrument `P0l` in the book", "write `P01`");
    check("us/P02.toml", "replaces = [\"P01\"]", "replaces = [\"P0l\"]", replaced);
    let capped = (0, "there is no cap `P06.CAP.LLP` in the book", "write `P06.CAP.LPP`");
    check("us/P06.toml", "caps = [\"P06.CAP.LPP\"]", "caps = [\"P06.CAP.LLP\"]", capped);
    let reviewed = (0, "there is no licence rule or class `P01.742.7` in the book", "write `P01.742.6`");
    check("us/P01.toml", "[\"P01.742.6\", ", "[\"P01.742.7\", ", reviewed);
    let excepted =
        (0, "there is no licence rule `P05.742.6.DESTINATIN` in the book", "write `P05.742.6.DESTINATION`");
    check(
        "us/P05.toml",
        "requirements = [\"P05.742.6.DESTINATION\", \"P05.742.6.HEADQUARTERS\"]\ntext",
        "requirements = [\"P05.742.6.DESTINATIN\"]\ntext",
        excepted,
    );
    let class = (0, "there is no class `3A090c` in the book", "write `3A090.c`");
    check("us/P05.toml", "classes = [\"3A090.c\"]\ndest", "classes = [\"3A090c\"]\ndest", class);
    let chip = (0, "there is no chip `H21` in the book", "write `H20`");
    check("us/P08.toml", "named = [\"H20\"]", "named = [\"H21\"]", chip);
    let by = (0, "there is no instrument `P99` in the book", "write `P09`");
    check("us/P06.toml", "by = \"P09\"", "by = \"P99\"", by);
    let list = (0, "`ELL` is no list", "write `EL`");
    check("us/P11.toml", "lists = [\"EL\", ", "lists = [\"ELL\", ", list);
}

#[test]
fn classes_that_overlap_undeclared() {
    let fault = one(
        "us/P02.toml",
        "overlaps = [\"P02.3A090.a\"]\n",
        "",
        &[
            "this alternative of `P02.3A090.b` overlaps the one of `P02.3A090.a` in line 20",
            "or write overlaps = [\"P02.3A090.a\"]",
        ],
    );
    assert_eq!(fault.line, 33, "the second alternative of .b: {fault}");
}

#[test]
fn a_hole_and_an_overlap_where_one_class_ends_and_the_next_begins() {
    let what =
        "this ends at `tpp < 4800 TPP` and `P02.3A090.a` begins at `tpp >= 4900 TPP`: a hole is between";
    let remedy = "write the same line in both: `tpp < 4800 TPP` here, `tpp >= 4800 TPP` there";
    check("us/P02.toml", "[\"tpp >= 4800 TPP\"]", "[\"tpp >= 4900 TPP\"]", (12, what, remedy));
    let what =
        "this ends at `tpp < 4800 TPP` and `P02.3A090.a` begins at `tpp >= 4700 TPP`: an overlap is between";
    check("us/P02.toml", "[\"tpp >= 4800 TPP\"]", "[\"tpp >= 4700 TPP\"]", (12, what, remedy));
}

#[test]
fn lines_that_leave_nothing() {
    let words =
        ["no `tpp` is on the right side of all lines: tpp >= 4800 TPP, tpp < 2400 TPP", "mend a line"];
    let lines = "[\"tpp >= 2400 TPP\", \"tpp < 4800 TPP\", ";
    let (faults, line) = broken("us/P02.toml", lines, "[\"tpp >= 4800 TPP\", \"tpp < 2400 TPP\", ");
    let fault = faults.iter().find(|fault| fault.what.starts_with("no `tpp`")).expect("it is told");
    assert_eq!(fault.line, line);
    assert!(words.iter().all(|word| fault.to_string().contains(word)), "{fault}");
}

#[test]
fn units_that_are_confused() {
    let line = |wrong: &str, what: &str, remedy: &str| {
        check("us/P13.toml", "memory_bandwidth < 6500 GB/s\"]", &format!("{wrong}\"]"), (0, what, remedy));
    };
    let unit = |unit: &str| format!("`{unit}` is the wrong unit of `memory_bandwidth`");
    line("memory_bandwidth < 6500", "the line of `memory_bandwidth` has no unit", "write `6500 GB/s`");
    line("memory_bandwidth < 6.5 TB/s", &unit("TB/s"), "a TB is 1000 GB: write `6500 GB/s`");
    line("memory_bandwidth < 52000 Gb/s", &unit("Gb/s"), "these are bits; a byte has 8: write `6500 GB/s`");
    line("memory_bandwidth < 52 Tbit/s", &unit("Tbit/s"), "these are bits; a byte has 8: write `6500 GB/s`");
    line("memory_bandwidth < 6500 TPP", &unit("TPP"), "state it in GB/s");
    let tops = "multiply by the bit length: TPP is TOPS times bits, so that 300 TOPS at 8 bits are 2400 TPP";
    check(
        "us/P13.toml",
        "tpp < 21000 TPP",
        "tpp < 2625 TOPS",
        (0, "`TOPS` is the wrong unit of `tpp`", tops),
    );
    let length = (
        0,
        "`TPP/mm` is the wrong unit of `performance_density`",
        "this is a length, an area is meant: write `TPP/mm2`",
    );
    check(
        "us/P02.toml",
        "\"performance_density >= 5.92 TPP/mm2\"",
        "\"performance_density >= 5.92 TPP/mm\"",
        length,
    );
    let cap = (0, "`TOPS` is the wrong unit", "write `26900000 TPP`");
    check("us/P06.toml", "26_900_000 TPP", "26_900_000 TOPS", cap);
    check("us/P13.toml", "\"50 %\"", "\"0.5\"", (0, "`0.5` has no unit", "write `0.5 %`"));
}

#[test]
fn lines_that_are_none() {
    let line = |wrong: &str, what: &str, remedy: &str| {
        check("us/P13.toml", "tpp < 21000 TPP", wrong, (0, what, remedy));
    };
    line("tp < 21000 TPP", "`tp` is no metric", "write `tpp`");
    line("tpp => 21000 TPP", "`=>` is no side of a line", "write >=, >, < or <=");
    line("tpp < lots TPP", "`lots` is no quantity", "write a plain decimal, such as 5.92");
    line("tpp < 21000 TPP or so", "`or so` follows the unit", "write one line a text");
    line("tpp", "`tpp` is no line", "write metric, side, number and unit, such as `tpp >= 4800 TPP`");
}

#[test]
fn countries_days_and_words_that_are_none() {
    let path = "groups/E1.toml";
    let meant = (0, "`UK` is the code of no country", "write GB");
    check(path, "[\"IR\", \"KP\", \"SY\"]", "[\"IR\", \"KP\", \"UK\"]", meant);
    one(path, "\"SY\"", "\"Syria\"", &["`Syria` is no ISO 3166-1 alpha-2 code", "two capital letters"]);
    one(path, "known = 2022-10-01", "known = \"2022-10-32\"", &["`2022-10-32` is no day", "write it as"]);
    one(path, "known = 2022-10-01", "known = 2022-10-32", &["this is no TOML"]);
    one(path, "known = 2022-10-01", "known = 2026-12-01", &["after the book's `as_of` 2026-11-24"]);
    one(
        "us/P02.toml",
        "kind = \"rule\"",
        "kind = \"law\"",
        &["`law` is no kind", "`rule`, `letter`, `guidance`"],
    );
    one("us/P02.toml", "grade = \"V\"", "grade = \"A\"", &["`A` is no grade", "`U`, `I`, `K`, `S`, `V`"]);
}

#[test]
fn what_is_missing_or_too_much() {
    one("us/P02.toml", "grade = \"V\"\n", "", &["`grade` is missing", "V primary text"]);
    let fault = one("us/P06.toml", "grade = \"S\"\ntext = \"7 %", "text = \"7 %", &["`grade` is missing"]);
    assert_eq!(fault.line, 126, "the cap's first line: {fault}");
    one("us/P02.toml", "left_out =", "leftout =", &["`leftout` is no key here", "or write `left_out`"]);
}

#[test]
fn identifiers_that_are_there_twice_or_of_another() {
    let words = ["the identifier `G01.DPL` is given twice: first at us/G01.toml:26", "give each its own"];
    let fault = one("us/G01.toml", "id = \"G01.DPL.REVIEW\"", "id = \"G01.DPL\"", &["given twice"]);
    assert!(words.iter().all(|word| fault.to_string().contains(word)), "{fault}");
}

#[test]
fn every_mistake_is_told_and_not_only_the_first() {
    let mut files = built_in::files();
    for (path, right, wrong) in [
        ("us/P13.toml", "tpp < 21000 TPP", "tp < 21000 TPP"),
        ("us/P13.toml", "memory_bandwidth < 6500 GB/s", "memory_bandwidth < 6500"),
        ("us/P13.toml", "origin = \"US\"", "origin = \"USA\""),
        ("us/P08.toml", "named = [\"H20\"]", "named = [\"H21\"]"),
        ("groups/E2.toml", "grade = \"K\"\n", ""),
    ] {
        let content = files.get_mut(path).unwrap();
        assert!(content.contains(right));
        *content = content.replacen(right, wrong, 1);
    }
    let faults = Book::read(&files).unwrap_err();
    let places: Vec<_> = faults.iter().map(|fault| (fault.file.as_str(), fault.what.as_str())).collect();
    assert_eq!(places.len(), 5, "{places:#?}");
}

#[test]
fn members_that_are_twice_in_a_group_or_of_two_that_exclude_each_other() {
    let fault = one(
        "groups/D5.toml",
        "countries = [\"NI\"]",
        "countries = [\"NI\", \"ZW\"]",
        &["`ZW` is in it twice from 2024-03-15", "end the first with `to`"],
    );
    assert_eq!(fault.line, 18, "{fault}");
    let words = ["`CN` is in A:5 and in D:5 on 2026-07-10", "end one of the memberships"];
    one("groups/A5.toml", "countries = [\"AE\"]", "countries = [\"AE\", \"CN\"]", &words);
    one(
        "groups/A5.toml",
        "countries = [\"AE\"]",
        "countries = [\"AE\", \"KR\"]",
        &["`KR` is a member and disputed"],
    );
}

#[test]
fn a_place_that_is_named_apart_is_forgotten() {
    let words = ["`D:5` is named without `MO`", "write `MO` in `countries` beside it"];
    one(
        "us/P02.toml",
        "headquarters = { groups = [\"D:5\"], countries = [\"MO\"] }",
        "headquarters = { groups = [\"D:5\"] }",
        &words,
    );
}

#[test]
fn announcements_and_bills_are_no_law() {
    one(
        "us/B1.toml",
        "known = 2026-01-12\n",
        "known = 2026-01-12\nin_force = 2026-01-12\n",
        &["is not in force"],
    );
    one("us/P02.toml", "in_force = 2023-11-17\n", "", &["`in_force` is missing", "mend `kind`"]);
}

#[test]
fn files_that_are_not_of_a_book_missing_or_too_many() {
    let with = |path: &str, content: String| {
        let mut files = built_in::files();
        files.insert(path.to_owned(), content);
        Book::read(&files).unwrap_err()
    };
    for path in ["notes.txt", "us/p02.md", "../us/P02.toml", "usa/P02.toml", "groups/a/b.toml"] {
        let faults = with(path, String::new());
        assert_eq!((faults.len(), faults[0].file.as_str()), (1, path), "{faults:?}");
        assert_eq!(faults[0].what, "there is no such file in a book");
    }
    assert!(with("us/P02.toml", "x".repeat(BYTES_MAX)).iter().all(|fault| fault.remedy.contains("keep to")));
    let mut files = built_in::files();
    files.extend((0..FILES_MAX).map(|at| (format!("us/X{at}.toml"), String::new())));
    assert_eq!(Book::read(&files).unwrap_err().len(), 1);
    files = built_in::files();
    files.remove("book.toml");
    assert_eq!(Book::read(&files).unwrap_err()[0].what, "the file is missing");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever is written into the files, reading ends, and every fault has a remedy.
    #[test]
    fn no_file_makes_the_reader_panic(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        length in 0_usize..40,
        with in prop_oneof![
            "[\\[\\]{}=\"'#.\\n 0-9a-z,%/<>-]{0,12}",
            "\\PC{0,8}",
            Just("18446744073709551615/1".to_owned()),
            Just("999999999999.999999999999 GiB/s".to_owned()),
            Just("9999-12-31".to_owned()),
        ],
    ) {
        let mut files = built_in::files();
        let path = which.get(&files.keys().cloned().collect::<Vec<_>>()).clone();
        let content = files.get_mut(&path).expect("it is there");
        let from = content.floor_char_boundary(at.index(content.len() + 1));
        let to = content.floor_char_boundary((from + length).min(content.len()));
        content.replace_range(from..to.max(from), &with);
        if let Err(faults) = Book::read(&files) {
            prop_assert!(!faults.is_empty());
            prop_assert!(faults.iter().all(|fault| !fault.what.is_empty() && !fault.remedy.is_empty()));
        }
    }
}
