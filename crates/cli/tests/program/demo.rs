//! The demo, played whole: the same story at every run, whatever the clock says of each figure.

use std::fs;

use crate::run::{self, with};

/// The golden file is what one run told; figures, and the areas that they decide, are as they came then.
#[test]
fn the_story_is_the_same_at_every_run() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("demo");
    let run = with(&["demo", "--out", out.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let told = run.stdout.replace(out.to_str().unwrap(), "lightcone-demo");
    let path = run::package().join("tests/golden/demo.txt");
    if std::env::var_os("LIGHTCONE_BLESS").is_some() {
        fs::write(&path, &told).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(plot(&told), plot(&expected), "LIGHTCONE_BLESS=1 rewrites the golden file. Told:\n{told}");
    for picture in fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()) {
        let is_picture = picture.extension().is_some_and(|kind| kind == "png" || kind == "svg");
        assert!(!is_picture || fs::metadata(&picture).unwrap().len() > 10_000, "{}", picture.display());
    }
}

/// What a story is once its figures are left out: each line with `#` for numbers, one blank between words, and rows of
/// the table up to their last finding.
fn plot(told: &str) -> Vec<String> {
    told.lines().map(line).collect()
}

fn line(line: &str) -> String {
    let line = line.replace(|letter: char| letter.is_ascii_digit() || letter == ',', "#");
    let end =
        ["POSSIBLE ", "IMPOSSIBLE "].iter().filter_map(|last| Some(line.rfind(last)? + last.len())).max();
    let is_row =
        line.starts_with("  ") && line.contains("  outside") | line.contains(" PROVEN ") | end.is_some();
    let row = end.filter(|_| is_row).map_or(line.as_str(), |end| &line[..end]);
    let mut words: Vec<String> = row.split_whitespace().map(str::to_owned).collect();
    for word in &mut words {
        while word.contains("##") {
            *word = word.replace("##", "#");
        }
    }
    words.join(" ")
}
