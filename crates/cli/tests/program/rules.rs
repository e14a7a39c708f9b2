//! Rule books, decisions by them, and chips: from files, without a server.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::run::{Run, lightcone, with};

const H20: &str = "../policy/rules/examples/h20_to_china.toml";

/// The built-in book in a folder, to be spoiled.
fn book(folder: &Path) -> PathBuf {
    let book = folder.join("book");
    let run = with(&["policy", "show", book.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    book
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "`{from}` is not in {}", path.display());
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

fn policy(what: &str, folder: &Path, rest: &str) -> Run {
    let rest: Vec<&str> = rest.split_whitespace().collect();
    with(&[&["policy", what, folder.to_str().unwrap()], &rest[..]].concat())
}

#[track_caller]
fn says(run: &Run, code: i32, needles: &[&str]) {
    let told = format!("{}{}", run.stdout, run.stderr);
    assert_eq!(run.code, code, "{told}");
    for needle in needles {
        assert!(told.contains(needle), "`{needle}` is not in: {told}");
    }
}

#[test]
fn what_is_shown_can_be_checked_and_is_the_built_in_book() {
    let folder = tempfile::tempdir().unwrap();
    let book = book(folder.path());
    let (own, built_in) =
        (policy("check", &book, "--on 2026-11-24"), lightcone("policy check --on 2026-11-24"));
    assert_eq!((own.code, &own.stdout), (0, &built_in.stdout), "{}", own.stderr);
    says(&own, 0, &["as of   2026-11-24", "P11", "2025-09-29..2025-11-09, 2026-11-10..?", "unverified: "]);
    let json: Value =
        serde_json::from_str(&policy("check", &book, "--on 2024-01-01 -o json").stdout).unwrap();
    let texts = json["instruments"].as_array().unwrap();
    let force = |id: &str| texts.iter().find(|text| text["id"] == id).map(|text| text["force"].clone());
    assert_eq!((force("P02"), force("P13")), (Some("IN_FORCE".into()), Some("NOT_KNOWN".into())));
    assert!(json["unverified"].as_array().is_some_and(|all| all.iter().any(|it| it == "rule P08.REACHES")));
    says(&policy("show", &book, ""), 2, &["is there and not empty", "name a new folder"]);
}

#[test]
fn every_mistake_of_a_book_is_told_with_file_line_column_and_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let book = book(folder.path());
    edit(&book.join("us/P13.toml"), "tpp < 21000 TPP", "tpp < 21000 TFLOPS");
    edit(&book.join("groups/D5.toml"), "\"CN\"", "\"UK\"");
    let run = policy("check", &book, "");
    says(&run, 3, &["book/us/P13.toml:", "book/groups/D5.toml:", "write GB", "mistakes"]);
    assert_eq!(run.stdout, "");
    let placed = run.stderr.lines().filter(|line| line.contains(".toml:"));
    for line in placed {
        let numbers = line.split(".toml:").nth(1).unwrap().splitn(3, ':').take(2);
        assert!(numbers.clone().all(|number| number.parse::<usize>().is_ok()), "{line}");
    }
    for command in ["test", "sign --key none"] {
        let words: Vec<&str> = command.split(' ').collect();
        says(&policy(words[0], &book, &words[1..].join(" ")), 3, &["us/P13.toml:"]);
    }
    says(&with(&["sku", "classify", "H20", "--rules", book.to_str().unwrap()]), 3, &["us/P13.toml:"]);
}

#[test]
fn folders_that_are_no_book_are_refused() {
    says(&lightcone("policy check no/such"), 3, &["cannot read `no/such`"]);
    let folder = tempfile::tempdir().unwrap();
    says(&policy("check", folder.path(), ""), 3, &["book.toml", "the file is missing"]);
    fs::write(folder.path().join("book.toml"), [0xff, 0xfe]).unwrap();
    says(&policy("check", folder.path(), ""), 3, &["book.toml", "UTF-8"]);
    fs::write(folder.path().join("book.toml"), "#".repeat(5 << 20)).unwrap();
    says(&policy("check", folder.path(), ""), 3, &["book.toml", "too long"]);
}

#[test]
fn examples_that_come_out_otherwise_are_told_with_their_line() {
    says(&lightcone("policy test"), 0, &["h20_to_china", "61 of 61 came out as expected"]);
    let folder = tempfile::tempdir().unwrap();
    let book = book(folder.path());
    edit(&book.join("examples/h20_to_china.toml"), "outcome = \"ALLOW\"", "outcome = \"DENY\"");
    let run = policy("test", &book, "");
    says(&run, 4, &["WRONG", "examples/h20_to_china.toml:24:1: the outcome is ALLOW, not DENY", "60 of 61"]);
    let json = policy("test", &book, "-o json");
    let first: Value = serde_json::from_str(json.stdout.lines().next().unwrap()).unwrap();
    assert_eq!((json.code, &first["said"]["outcome"]), (4, &"ALLOW".into()));
}

#[test]
fn a_decision_says_its_outcome_first_and_every_reason_after_it() {
    let letter = lightcone(&format!("policy explain {H20} --under P08"));
    says(
        &letter,
        0,
        &["P08.LETTER  demands a licence", "is-informed letters", "UNVERIFIED", "facts", "lines"],
    );
    assert!(letter.stdout.lines().nth(1).is_some_and(|line| line.starts_with("LICENCE_REQUIRED")));
    let announced = lightcone(&format!("policy explain {H20} --on 2025-07-20"));
    says(&announced, 0, &["not applied, shown only", "P10", "announced"]);
    let open = lightcone("policy explain --example place_open --on 2024-06-03");
    says(
        &open,
        0,
        &["REVIEW (best: allowed; worst: licence required", "missing", "which destination of CN, SG"],
    );
    let later = lightcone(&format!("policy explain {H20} --on 2027-01-01"));
    says(&later, 0, &["texts after 2026-11-24 were not looked for"]);
}

#[test]
fn scripts_can_mind_an_outcome_and_have_the_same_bytes() {
    assert_eq!(lightcone(&format!("policy explain {H20} --under P08 --exit-code")).code, 4);
    assert_eq!(lightcone(&format!("policy explain {H20} --under P02 --exit-code")).code, 0);
    let json = |rest: &str| lightcone(&format!("policy explain {H20} --under P08 -o json {rest}")).bytes;
    let value: Value = serde_json::from_slice(&json("")).unwrap();
    assert_eq!(
        (&value["outcome"], &value["stand"]["valid_on"]),
        (&"LICENCE_REQUIRED".into(), &"2025-04-15".into())
    );
    assert_eq!(json(""), json(""));
    assert_ne!(json(""), json("--as-written"));
}

#[test]
fn facts_that_are_wrong_are_told_with_line_value_and_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("facts.toml");
    for (from, to, needles) in [
        ("units = 1000", "units = -3", ["facts.toml:7:", "-3"]),
        ("[\"CN\"]", "[\"ZZ\"]", ["facts.toml:6:", "`ZZ` is the code of no country"]),
        (
            "consignee = \"hall\"",
            "consignee = \"hal\"",
            ["party `hal` is named and not described", "[[parties]]"],
        ),
        ("exporter", "exportr", ["facts.toml:8:1: `exportr` is no key here", "exporter"]),
    ] {
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(H20), &path).unwrap();
        edit(&path, from, to);
        says(&policy("explain", &path, ""), 3, &needles);
        says(&policy("diff", &path, "--from P02 --to P13"), 3, &needles);
    }
    says(&lightcone("policy explain no-such.toml"), 3, &["cannot read `no-such.toml`"]);
    says(&lightcone("policy explain --example none"), 2, &["it has", "h20_to_china"]);
    says(&lightcone("policy explain"), 2, &["--example"]);
    for (rest, needle) in [
        ("--under P99", "its versions are G01, P01"),
        ("--under P10", "was only announced"),
        ("--draft P13", "it has B1, B2"),
        ("--on 2021-01-01", "before the rule book begins"),
        ("--on 2021-13-01", "is no day"),
        ("--on 2024-01-01 --under P02", "cannot be used with"),
    ] {
        says(&lightcone(&format!("policy explain {H20} {rest}")), 2, &[needle]);
    }
}

#[test]
fn two_versions_differ_in_what_flips_and_why() {
    let run = lightcone(&format!("policy diff {H20} --from P02 --to P08"));
    says(&run, 0, &["ALLOW -> LICENCE_REQUIRED", "P08.LETTER: demands a licence", "1 of 1 flip"]);
    assert_eq!(lightcone(&format!("policy diff {H20} --from P02 --to P08 --exit-code")).code, 4);
    let same = lightcone(&format!("policy diff {H20} --from P02 --to 2024-01-01 --exit-code"));
    says(&same, 0, &["the same", "0 of 1 flip"]);
    let json = lightcone(&format!("policy diff {H20} --from P08 --to P13 --draft B2 -o json"));
    let flip: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(flip["flip"]["to"]["outcome"], "LICENCE_REQUIRED", "{flip}");
    says(&lightcone(&format!("policy diff {H20} --from soon")), 2, &["`soon` is neither a day"]);
}

#[test]
#[cfg(any(feature = "landmark", feature = "agent"))]
fn a_signature_is_of_one_book_by_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let book = book(folder.path());
    let (key, other) = (folder.path().join("a.key"), folder.path().join("b.key"));
    let made = |path: &Path| {
        let run = with(&["keys", "new", "--kind", "signing", "--out", path.to_str().unwrap()]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stdout.trim().to_owned()
    };
    let (public, stranger) = (made(&key), made(&other));
    let signature = folder.path().join("book.sig");
    let shown = |path: &Path| path.to_str().unwrap().to_owned();
    says(
        &policy("sign", &book, &format!("--key {} --out {}", shown(&key), shown(&signature))),
        0,
        &["signed", &public],
    );
    let check =
        |key: &str| policy("sign", &book, &format!("--check {} --public-key {key}", shown(&signature)));
    says(&check(&public), 0, &["signed: built-in-"]);
    says(&check(&stranger), 3, &["no trusted key signed the book"]);
    says(&check("abc"), 2, &["64 hexadecimal digits"]);
    edit(&book.join("us/P13.toml"), "tpp < 21000 TPP", "tpp < 22000 TPP");
    says(&check(&public), 3, &["no trusted key signed the book"]);
    fs::write(&signature, "abc").unwrap();
    says(&check(&public), 3, &["is no signature", "128 hexadecimal digits"]);
    says(&policy("sign", &book, "--key no.key"), 3, &["no.key"]);
}

#[test]
fn a_chip_is_classified_version_by_version_with_its_margins() {
    let all = lightcone("sku classify H20 --all");
    let row = |id: &str| all.stdout.lines().find(|line| line.starts_with(id)).unwrap_or_default().to_owned();
    assert!(row("P02").contains("below") && !row("P02").contains("caught"), "{}", all.stdout);
    assert!(
        row("P08").contains("caught: is-informed") && row("P08").contains("below 800 GB/s"),
        "{}",
        all.stdout
    );
    assert!(row("P13").contains("P13.REVIEW in"), "{}", all.stdout);
    let one = lightcone("sku classify H20 --under P02");
    says(&one, 0, &["32 TPP (1.3 %)", "TPP 2368 may rise as long as it is below 2400 TPP"]);
    says(&lightcone("sku classify --list"), 0, &["H20", "B30A"]);
    says(&lightcone("sku classify H21"), 2, &["`H21` is no chip of this rule book", "--list"]);
    says(&lightcone("sku classify"), 2, &["--list", "--file"]);
    let json: Value =
        serde_json::from_str(&lightcone("sku classify H20 --under P08 -o json").stdout).unwrap();
    assert_eq!(json["classification"]["caught"], "YES");
}

#[test]
fn chips_of_ones_own_are_read_or_refused_with_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    let own = "[[chips]]\nname = \"X1\"\nmaker = \"me\"\nmarket = \"data_centre\"\n\
        rates = [{ bits = 8, tops = \"1000 TOPS\", grade = \"S\", source = \"sheet\" }]\n\
        die_area = { is = \"800 mm2\", grade = \"S\", source = \"sheet\" }\n";
    fs::write(&path, own).unwrap();
    let classify = || with(&["sku", "classify", "--file", path.to_str().unwrap(), "--under", "P02"]);
    says(&classify(), 0, &["X1", "caught: 3A090.a"]);
    edit(&path, "800 mm2", "8 cm2");
    says(&classify(), 3, &["own.toml:6:", "write `800 mm2`"]);
    fs::write(&path, "").unwrap();
    says(&classify(), 3, &["has no chips", "[[chips]]"]);
}
