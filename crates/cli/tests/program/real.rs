//! The published measurements: the figures that the method stands on.

use std::collections::BTreeMap;

use crate::run::{lightcone, measurements};

/// Runs `evaluate` on a folder and gives the summary and the rows by target.
fn evaluate(folder: &str, rest: &str) -> Option<(String, BTreeMap<String, Vec<String>>)> {
    let data = measurements(folder)?;
    let rows = tempfile::NamedTempFile::new().unwrap();
    let (data, out) = (data.display(), rows.path().display());
    let run = lightcone(&format!("evaluate {data} {rest} --out {out}"));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let mut reader = csv::Reader::from_path(rows.path()).unwrap();
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
    Some((run.stdout, rows.map(|row| (row[0].clone(), row)).collect()))
}

fn column(name: &str) -> usize {
    const HEAD: &str = "target,name,method,landmarks,covered,area_km2,error_km,ms,finding,jurisdictions,least_f,\
        holds_up_to_f,contradicted,doubted,question";
    HEAD.split(',').position(|column| column == name).unwrap()
}

fn median_area(rows: &BTreeMap<String, Vec<String>>) -> f64 {
    let mut areas: Vec<f64> = rows.values().map(|row| row[column("area_km2")].parse().unwrap()).collect();
    areas.sort_by(f64::total_cmp);
    let half = areas.len() / 2;
    if areas.len() % 2 == 1 { areas[half] } else { (areas[half - 1] + areas[half]) / 2.0 }
}

#[test]
fn honest_landmarks_cover_every_true_place_in_regions_as_small_as_physics_allows() {
    // Median areas that a sampled reference on a sphere gives for the same rule.
    for (folder, targets, reference_km2) in [("wonder2020", 151, 4_329_752.0), ("azure2026", 50, 9_278_459.0)]
    {
        let Some((told, rows)) = evaluate(folder, "--position-error-km 0 --liars 0") else { continue };
        assert!(told.contains(&format!("covered: {targets} of {targets}")), "{told}");
        let ratio = median_area(&rows) / reference_km2;
        assert!((0.995..=1.015).contains(&ratio), "{folder}: {ratio}");
    }
}

#[test]
fn wrong_landmarks_are_survived_by_as_many_liars_as_contradict_a_target() {
    let rest = "--position-error-km 0 --bad-landmarks";
    let Some((told, _)) = evaluate("wonder2020", &format!("{rest} --liars 1")) else { return };
    assert!(told.contains("covered: 149 of 151"), "{told}");
    assert!(told.contains("not covered: w250 (Berkeley Springs), w14 (Boston)"), "{told}");
    let Some((told, _)) = evaluate("wonder2020", &format!("{rest} --liars 2")) else { return };
    assert!(told.contains("covered: 151 of 151"), "{told}");
}

#[test]
fn anycast_is_inconsistent_and_a_lying_probe_is_named() {
    let rest = "--position-error-km 1 --bad-landmarks --all-targets";
    let Some((_, strict)) = evaluate("atlas2023", &format!("{rest} --liars 0")) else { return };
    let Some((told, rows)) = evaluate("atlas2023", &format!("{rest} --liars 1")) else { return };
    let finding = column("finding");
    let unknown: Vec<_> = strict.values().filter(|row| row[column("covered")].is_empty()).collect();
    assert_eq!(unknown.len(), 12);
    assert!(unknown.iter().all(|row| row[finding] == "INCONSISTENT"));
    assert!(told.contains("covered: 26 of 26"), "{told}");
    let (conflict, edge) = ("t94.23.134.247", "t8.211.35.113");
    assert_eq!(strict[conflict][finding], "INCONSISTENT");
    assert_eq!(strict[conflict][column("contradicted")], "p20466");
    assert_eq!(rows[conflict][finding], "POSSIBLE");
    assert_eq!(rows[conflict][column("contradicted")], "p20466");
    // Its region of 39 km² without a liar misses the truth, and says that it does not survive one.
    assert_eq!(strict[edge][finding], "IMPOSSIBLE");
    assert_eq!(strict[edge][column("holds_up_to_f")], "0");
    assert_eq!(rows[edge][finding], "POSSIBLE");
    assert_eq!(rows[edge][column("doubted")], "p1004545");
}

#[test]
fn an_audit_suspends_who_must_be_and_ties_who_may_be() {
    let Some(data) = measurements("wonder2020") else { return };
    let data = data.display();
    let files = format!("--nodes {data}/nodes.csv --rtt {data}/rtt.csv");
    let run = lightcone(&format!("audit {files} --position-error-km 30 -o json"));
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let mut suspended: Vec<String> = found["suspended"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", one["landmark"].as_str().unwrap(), one["cause"].as_str().unwrap()))
        .collect();
    suspended.sort();
    // Dagupan and La Ceiba; Rome and Milan.
    assert_eq!(suspended, ["w165 CONVICTED", "w190 TIE", "w220 CONVICTED", "w27 TIE"]);
    let misplaced: Vec<&str> =
        found["misplaced"].as_array().unwrap().iter().map(|one| one["landmark"].as_str().unwrap()).collect();
    assert_eq!(misplaced, ["w98", "w99"], "Panama and Guatemala bear each other's coordinates");
    let code = lightcone(&format!("audit {files} --position-error-km 30 --exit-code")).code;
    assert_eq!(code, 4);
}
