//! A wrong table of country groups, as public ones are.

use super::*;

const WRONG: &str = "group,country,from,to,meaning
A:5,,,,arms embargo
A:6,,,,NATO
A:5,DE,,,
A:6,DE,,,
D:4,AE,,,
D:5,,,,arms embargo
D:5,KH,,,
";

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn table(more: &str) -> Table {
    Table::of_csv("public.csv", &format!("{WRONG}{more}")).unwrap()
}

#[test]
fn the_known_errors_of_public_tables_are_found() {
    let state: String = groups_known::STATE_LIST
        .iter()
        .filter(|(country, _)| country.code() != "ZW")
        .map(|(country, _)| format!("D:5,{country},,,\n"))
        .collect();
    let found: Vec<_> = table(&state).check(day("2026-08-01")).iter().map(ToString::to_string).collect();
    let expected = [
        "public.csv: Hong Kong does not count as China: let `HK` count as `CN` for every rule",
        "public.csv: Macau is neither in D:5 nor named beside it: name `MO` apart beside D:5, as the rules do",
        "public.csv:2: A:5 is said to mean `embargo`: A:5 is the group of allies: License Exception STA (c)(1)",
        "public.csv:3: A:6 is said to mean `nato`: A:6 is further partners by License Exception STA (c)(2): load it from \
         Supplement 1 to part 740",
        "public.csv:4: `AE` is missing in A:5: add it from 2026-07-10: FR Doc 2026-14132",
        "public.csv:5: 1 members of A:5 are in A:6 too, such as `DE`: A:6 is not NATO: load it from Supplement 1 to part \
         740",
        "public.csv:6: `AE` is still in D:4 on 2026-08-01: end it with 2026-07-09: FR Doc 2026-14132",
        "public.csv:8: `KH` is still in D:5 on 2026-08-01: end it with 2026-02-02: 91 FR 5091",
        "public.csv:8: `ZW` is missing in D:5: add it: 22 CFR 126.1 governs, the table of the EAR lags behind",
    ];
    assert_eq!(found, expected);
}

#[test]
fn before_a_country_moved_it_is_where_it_was() {
    let found = table("").check(day("2026-02-02"));
    assert!(
        !found.iter().any(|fault| fault.what.contains("`KH`") || fault.what.contains("`AE`")),
        "{found:?}"
    );
    let found = table("").check(day("2026-02-03"));
    assert!(found.iter().any(|fault| fault.what == "`KH` is still in D:5 on 2026-02-03"), "{found:?}");
}

#[test]
fn a_table_that_is_right_has_no_fault() {
    let state = groups_known::STATE_LIST.iter().map(|(country, _)| format!("D:5,{country},,,\n"));
    let right: String = [
        "group,country,from,to,meaning\n",
        "A:5,,,,allies\nA:5,AE,2026-07-10,,\nD:4,AE,,2026-07-09,\nD:5,KH,,2026-02-02,\n",
        "counts as CN,HK,,,\nbeside D:5,MO,,,\n",
    ]
    .into_iter()
    .map(ToOwned::to_owned)
    .chain(state)
    .collect();
    let table = Table::of_csv("right.csv", &right).unwrap();
    assert_eq!(table.check(day("2026-11-24")), []);
}

#[test]
fn lines_that_are_none_are_told_by_line() {
    let wrong = "group,country,from,to,meaning\nD:5,XX,,,\nD:5,CN,soon,,\n";
    let lines: Vec<_> = Table::of_csv("x.csv", wrong).unwrap_err().iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [2, 3]);
    assert_eq!(Table::of_csv("x.csv", "D:5,CN").unwrap_err()[0].line, 1);
}
