//! The demo, played whole: the same story at every run, whatever the clock says of each figure.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// How often the story is played again: a machine that keeps a chip from answering in time tells another one.
const TRIES: usize = 3;

/// The golden file is what one run told; figures, and the areas that they decide, are as they came then.
#[test]
fn the_story_is_the_same_at_every_run() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/demo.txt");
    let mut told = play();
    if std::env::var_os("LIGHTCONE_BLESS").is_some() {
        fs::write(&golden, &told).unwrap();
    }
    let expected = plot(&fs::read_to_string(&golden).unwrap());
    for _ in 1..TRIES {
        if plot(&told) == expected {
            break;
        }
        told = play();
    }
    assert_eq!(plot(&told), expected, "LIGHTCONE_BLESS=1 rewrites the golden file. Told:\n{told}");
}

/// What one run tells. Its pictures are there and not empty.
fn play() -> String {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("demo");
    let run = Command::new(env!("CARGO_BIN_EXE_lightcone"))
        .args(["demo", "--out", out.to_str().unwrap()])
        .output()
        .unwrap();
    let told = String::from_utf8(run.stdout).unwrap();
    assert!(run.status.success(), "{told}{}", String::from_utf8_lossy(&run.stderr));
    let pictures = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path());
    let is_picture = |path: &Path| path.extension().is_some_and(|kind| kind == "png" || kind == "svg");
    let sizes: Vec<u64> =
        pictures.filter(|path| is_picture(path)).map(|path| fs::metadata(path).unwrap().len()).collect();
    assert!(sizes.len() >= 6 && sizes.iter().all(|size| *size > 10_000), "{sizes:?}");
    told.replace(out.to_str().unwrap(), "lightcone-demo")
}

/// What a story is once its figures are left out.
fn plot(told: &str) -> Vec<String> {
    told.lines().map(line).collect()
}

/// A line with `#` for numbers and one blank between words; a row of a table up to its last finding.
fn line(line: &str) -> String {
    let line = line.replace(|letter: char| letter.is_ascii_digit() || letter == ',', "#");
    let last =
        ["POSSIBLE", "IMPOSSIBLE"].into_iter().filter_map(|last| Some(line.rfind(last)? + last.len())).max();
    let row = last.filter(|_| line.contains("  PO") || line.contains("  IM"));
    let mut words: Vec<String> =
        row.map_or(line.as_str(), |end| &line[..end]).split_whitespace().map(str::to_owned).collect();
    for word in &mut words {
        while word.contains("##") {
            *word = word.replace("##", "#");
        }
    }
    words.join(" ")
}
