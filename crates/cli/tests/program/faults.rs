//! Wrong input: one line that names file, line, column, value and remedy; an exit code that scripts can use.

use std::fs;

use crate::run::{self, AZURE, Run, lightcone};

const NODES: &str = "id,name,lat,lon,pos_err_km\na,A,1,2,1\nb,B,3,4,1\nc,C,5,6,1\n";
const RTT: &str = "src,dst,min_rtt_ms\na,t,10\nb,t,10\nc,t,10\n";

fn of(nodes: &[u8], rtt: &[u8], arguments: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("nodes.csv"), nodes).unwrap();
    fs::write(folder.path().join("rtt.csv"), rtt).unwrap();
    let shown = folder.path().display();
    lightcone(&format!("locate --nodes {shown}/nodes.csv --rtt {shown}/rtt.csv --target t {arguments}"))
}

#[track_caller]
fn refused(nodes: &str, rtt: &str, needles: &[&str]) {
    let run = of(nodes.as_bytes(), rtt.as_bytes(), "");
    assert_eq!(run.code, 3, "{}{}", run.stdout, run.stderr);
    assert_eq!(run.stderr.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{}", run.stderr);
    for needle in needles {
        assert!(run.stderr.contains(needle), "`{needle}` is not in: {}", run.stderr);
    }
}

#[test]
fn good_files_are_answered() {
    assert_eq!(of(NODES.as_bytes(), RTT.as_bytes(), "").code, 0);
    let with_mark = format!("\u{feff}{NODES}");
    assert_eq!(of(with_mark.as_bytes(), RTT.replace('\n', "\r\n").as_bytes(), "").code, 0);
}

#[test]
fn nodes_that_are_wrong() {
    refused("", RTT, &["nodes.csv", "is empty", "id,lat,lon"]);
    refused("id,name\na,A\n", RTT, &["nodes.csv:1", "`lat`, `lon`", "the header has id,name"]);
    refused(&NODES.replace("c,C", "a,C"), RTT, &["nodes.csv:4", "column `id`", "`a`", "line 2"]);
    refused(&NODES.replace("3,4", "93,4"), RTT, &["nodes.csv:3", "column `lat`", "`93`", "-90 to 90"]);
    refused(&NODES.replace("3,4", "3,181"), RTT, &["nodes.csv:3", "column `lon`", "`181`", "-180 to 180"]);
    refused(&NODES.replace("3,4", "NaN,4"), RTT, &["nodes.csv:3", "column `lat`", "`NaN`", "decimal"]);
    refused(&NODES.replace("3,4", "3,"), RTT, &["nodes.csv:3", "column `lon`", "both or neither"]);
    refused(&NODES.replace("4,1", "4,-1"), RTT, &["nodes.csv:3", "column `pos_err_km`", "`-1`"]);
    refused(&NODES.replace("b,B", ",B"), RTT, &["nodes.csv:3", "column `id`", "is empty"]);
    refused(&NODES.replace("b,B,3", "b,B, x,3"), RTT, &["nodes.csv:3", "6 fields", "5"]);
}

#[test]
fn no_position_error_is_no_silent_zero() {
    let remedy = "--position-error-km";
    refused(&NODES.replace(",pos_err_km", ",other"), RTT, &["nodes.csv:1", "no column `pos_err_km`", remedy]);
    refused(&NODES.replace("3,4,1", "3,4,"), RTT, &["nodes.csv:3", "`pos_err_km` is empty", "`b`", remedy]);
    let run = of(NODES.replace(",pos_err_km", ",other").as_bytes(), RTT.as_bytes(), "--position-error-km 5");
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn round_trips_that_are_wrong() {
    refused(NODES, "src,dst\na,t\n", &["rtt.csv:1", "`min_rtt_ms`", "src,dst"]);
    refused(
        NODES,
        &RTT.replace("b,t,10", "b,t,fast"),
        &["rtt.csv:3", "column `min_rtt_ms`", "`fast`", "12.345"],
    );
    refused(NODES, &RTT.replace("b,t,10", "b,t,NaN"), &["rtt.csv:3", "`NaN`"]);
    refused(NODES, &RTT.replace("b,t,10", "b,,10"), &["rtt.csv:3", "column `dst`", "is empty"]);
    refused(NODES, "src,dst,min_rtt_ms\n", &["target `t`", "neither of the files"]);
    let run = of(NODES.as_bytes(), b"src,dst,min_rtt_ms\n\xff,t,10\n", "");
    assert!(
        run.code == 3 && run.stderr.contains("rtt.csv:2") && run.stderr.contains("UTF-8"),
        "{}",
        run.stderr
    );
}

#[test]
fn round_trips_that_bound_nothing_are_left_out_and_said() {
    let rtt = format!("{RTT}a,t,0\nb,t,-3\nc,t,99999\na,a,1\n");
    let run = of(NODES.as_bytes(), rtt.as_bytes(), "-o json");
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("2 round trips of zero or less"), "{}", run.stderr);
    assert!(run.stderr.contains("1 round trips of more than ten seconds"), "{}", run.stderr);
    assert_eq!(run.stdout, of(NODES.as_bytes(), RTT.as_bytes(), "-o json").stdout);
}

#[test]
fn nodes_left_out_are_said() {
    let nodes = "id,lat,lon,quality,pos_err_km\na,1,2,ok,1\nb,3,4,wrong,1\nc,,,ok,1\n";
    let run = of(nodes.as_bytes(), RTT.as_bytes(), "--liars 0");
    assert!(run.stderr.contains("1 of 3 nodes serve as landmarks"), "{}", run.stderr);
    assert!(run.stderr.contains("1 (b)") && run.stderr.contains("--bad-landmarks"), "{}", run.stderr);
    assert!(run.stderr.contains("without coordinates: 1 (c)"), "{}", run.stderr);
    let quiet = of(nodes.as_bytes(), RTT.as_bytes(), "--liars 0 --quiet");
    assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""));
    let kept = of(nodes.as_bytes(), RTT.as_bytes(), "--liars 0 --bad-landmarks -o json");
    assert!(kept.stdout.contains("\"landmarks\":2"), "{}", kept.stdout);
}

#[test]
fn control_characters_of_a_file_never_reach_the_terminal() {
    let nodes = NODES.replace("a,A", "a,\u{1b}[2J\u{7}A").replace("b,B,3,4,1", "b\u{9b},B,,,");
    for arguments in ["--liars 0", "--liars 0 --mode fibre:1.5", "--liars 0 -o svg"] {
        let run = of(nodes.as_bytes(), RTT.as_bytes(), arguments);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let shown = run.stdout + &run.stderr;
        assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
        assert!(shown.contains("\u{fffd}[2J\u{fffd}A"), "{shown}");
    }
}

#[test]
fn what_was_not_computed_is_not_told() {
    let stale = of(NODES.as_bytes(), RTT.as_bytes(), "--liars 3").stdout;
    assert!(stale.contains("STALE") && stale.contains("jurisdictions  unknown"), "{stale}");
    assert!(!stale.contains("; all agree") && !stale.contains("none"), "{stale}");
    let pieces = "--nodes tests/data/pieces_nodes.csv --rtt tests/data/pieces_rtt.csv";
    let clash = lightcone(&format!("locate {pieces} --target t --liars 0")).stdout;
    assert!(clash.contains("INCONSISTENT") && clash.contains("jurisdictions  no place fits"), "{clash}");
}

#[test]
fn a_finding_that_rests_on_an_assumption_never_stands_without_it() {
    let azure = |rest: &str| lightcone(&format!("locate {AZURE} {rest}")).stdout;
    let far = "--target southeastasia --claim 51,0";
    assert!(azure(far).contains("  IMPOSSIBLE: CLAIM"));
    assert!(azure(&format!("{far} --liars 0")).contains("  IMPOSSIBLE (if every landmark is honest): CLAIM"));
    let glass = "IMPOSSIBLE (if all signals travel in glass of index 1.468)";
    assert!(azure(&format!("{far} --mode fibre:1.468")).contains(glass));
    assert!(azure("--all --claim 51,0 --mode fibre:1.468").contains(glass));
    let land = azure("--target australiacentral --allow AU --on-land --deny CN");
    assert!(land.contains("PROVEN (if the chip is on land): INSIDE AU on land"), "{land}");
    assert!(land.contains("  PROVEN: OUTSIDE CN"), "{land}");
}

#[test]
fn an_evaluation_says_who_is_stale_and_finds_out_early_that_it_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("nodes.csv"), NODES.to_owned() + "t,T,2,3,1\n").unwrap();
    fs::write(folder.path().join("rtt.csv"), RTT).unwrap();
    let evaluate = format!("evaluate {}", folder.path().display());
    let judged = lightcone(&format!("{evaluate} --liars 0"));
    assert!(
        judged.stdout.contains("covered: 1 of 1") && judged.stdout.contains("(median "),
        "{}",
        judged.stdout
    );
    assert!(!judged.stdout.contains("stale"), "{}", judged.stdout);
    let stale = lightcone(&format!("{evaluate} --liars 100"));
    assert!(stale.stdout.contains("stale: 1") && !stale.stdout.contains("not covered"), "{}", stale.stdout);
    assert!(stale.stderr.contains("1 targets are STALE"), "{}", stale.stderr);
    let run = lightcone(&format!("{evaluate} --out no/such/rows.csv"));
    assert!(run.code == 1 && run.stderr.contains("cannot write `no/such/rows.csv`"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn files_that_cannot_be_read() {
    let run = lightcone("locate --nodes none.csv --rtt none.csv --target t");
    assert!(run.code == 3 && run.stderr.contains("cannot read `none.csv`"), "{}", run.stderr);
    let run = lightcone("locate --nodes tests --rtt tests --target t");
    assert!(run.code == 3 && run.stderr.contains("`tests`"), "{}", run.stderr);
    let run = lightcone(&format!("locate {AZURE} --target southeastasia -o json --out no/such/folder.json"));
    assert!(run.code == 1 && run.stderr.contains("cannot write `no/such/folder.json`"), "{}", run.stderr);
}

#[test]
fn arguments_that_are_wrong() {
    for (arguments, needle) in [
        (format!("locate {AZURE}"), "--target"),
        (format!("locate {AZURE} --all --target a"), "cannot be used with"),
        (format!("locate {AZURE} --target southeastasia --deny ZZ"), "`ZZ` in --deny"),
        (format!("locate {AZURE} --target southeastasia --deny XPA"), "counts as CN TW VN"),
        (format!("locate {AZURE} --target southeastasia --allow sg,xpa"), "disputed unit"),
        (format!("locate {AZURE} --target southeastasia --mode fibre:0.5"), "within 1 to 2"),
        (format!("locate {AZURE} --target southeastasia --mode sound"), "none of `vacuum`"),
        (format!("locate {AZURE} --target southeastasia --claim 91,0"), "latitude 91"),
        (format!("locate {AZURE} --target southeastasia --worldview mine"), "every-claimant"),
        (format!("locate {AZURE} --target southeastasia --position-error-km -1"), "-1"),
        (format!("locate {AZURE} --target southeastasia --liars -1"), "-1"),
        (format!("locate {AZURE} --all -o svg"), "one target"),
        (format!("locate {AZURE} --target southeastasia --on-land"), "--allow"),
    ] {
        let run = lightcone(&arguments);
        assert_eq!(run.code, 2, "{arguments}: {}", run.stderr);
        assert!(run.stderr.contains(needle), "{arguments}: {}", run.stderr);
    }
    let run = lightcone(&format!("locate {AZURE} --target SouthEast"));
    assert!(run.code == 3 && run.stderr.contains("did you mean `southeastasia`"), "{}", run.stderr);
}

#[test]
fn amiss_is_a_code_of_its_own_only_when_asked_for() {
    let here = format!("locate {AZURE} --target southeastasia --claim 51,0");
    assert_eq!(lightcone(&here).code, 0);
    assert_eq!(lightcone(&format!("{here} --exit-code")).code, 4);
    assert_eq!(
        lightcone(&format!("locate {AZURE} --target southeastasia --claim 1.3,103.8 --exit-code")).code,
        0
    );
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_lightcone"))
        .args(["borders", "-o", "json"])
        .current_dir(run::package())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}
