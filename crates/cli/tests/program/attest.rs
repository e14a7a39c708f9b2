//! Evidence and reference values from files, as people hand them over.

use std::fs;

use serde_json::Value;

use crate::run::{self, lightcone};

const VECTORS: &str = "../attest/tests/vectors";

#[test]
fn four_gpus_of_one_host_are_shown_as_one_baseboard_bound_to_nothing() {
    let run = lightcone(&format!("attest verify {VECTORS}/nvidia/gh100x4_evidence.json"));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    for words in
        ["4 chips share 4 switches", "chip genuine; not bound to the timed key", "session key   not bound"]
    {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    assert_eq!(run.stdout.matches("\nnvidia-gpu  nvidia:").count(), 4);
    let json = lightcone(&format!("attest verify {VECTORS}/nvidia/gh100x4_evidence.json -o json"));
    let answer: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((answer["devices"].as_array().unwrap().len(), &answer["residency"]), (4, &Value::from("R0")));
}

#[test]
fn evidence_that_is_refused_ends_with_its_check_and_code_4() {
    let other = "ab".repeat(32);
    let file = format!("{VECTORS}/nvidia/gh100_evidence_590.json");
    let run = lightcone(&format!("attest verify {file} --binding {other}"));
    assert_eq!(run.code, 4);
    assert!(run.stdout.starts_with("refused       nonce\n"), "{}", run.stdout);
    let least = lightcone(&format!("attest verify {file} --residency-min R1"));
    assert_eq!(least.code, 4, "{}", least.stdout);
}

#[test]
fn what_is_no_evidence_is_told_with_its_name_and_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let garbage = folder.path().join("garbage.json");
    fs::write(&garbage, "{\"a\": 1}").unwrap();
    let quote = format!("{VECTORS}/tpm/quote.tpms_attest");
    for (arguments, code, words) in [
        (garbage.display().to_string(), 3, "nvattest collect-evidence"),
        (quote, 3, "name its format with --format"),
        ("nothing.json".to_owned(), 3, "cannot read `nothing.json`"),
        (format!("{} --binding abc", garbage.display()), 2, "64 hexadecimal digits"),
        (format!("{} --format hearsay", garbage.display()), 2, "no format of evidence"),
    ] {
        let run = lightcone(&format!("attest verify {arguments}"));
        assert_eq!(run.code, code, "{arguments}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{arguments}: {}", run.stderr);
    }
}

#[test]
fn reference_values_are_signed_shown_and_believed_by_their_key_only() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    fs::write(
        at("references.json"),
        "{\"format\": \"lightcone-references/1\", \"version\": 3, \"issued_s\": 0, \"expires_s\": 4000000000}",
    )
    .unwrap();
    let key = lightcone(&format!("keys new --kind signing --out {}", at("signer.key"))).stdout;
    let other = lightcone(&format!("keys new --kind signing --out {}", at("other.key"))).stdout;
    let signed = format!(
        "references sign {} --key {} --out {}",
        at("references.json"),
        at("signer.key"),
        at("references.dsse.json")
    );
    assert_eq!(lightcone(&signed).code, 0);
    let shown = lightcone(&format!("references show {} --key {}", at("references.dsse.json"), key.trim()));
    assert!(shown.stdout.starts_with("version    3 sha256:"), "{}", shown.stdout);
    let refused =
        lightcone(&format!("references show {} --key {}", at("references.dsse.json"), other.trim()));
    assert_eq!(refused.code, 3);
    assert!(refused.stderr.contains("none of the 1 configured keys"), "{}", refused.stderr);
    fs::write(at("references.json"), "{\"format\": \"lightcone-references/1\", \"version\": 3}").unwrap();
    let refused = lightcone(&signed);
    assert_eq!(refused.code, 3);
    assert!(refused.stderr.contains("issued_s"), "{}", refused.stderr);
}

#[test]
fn a_result_is_signed_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    lightcone(&format!("keys new --kind signing --out {}", at("key")));
    let evidence = format!("{VECTORS}/nvidia/gh100_evidence_590.json");
    let run = run::lightcone(&format!(
        "attest verify {evidence} --ear-key {} --ear-out {}",
        at("key"),
        at("ear.jwt")
    ));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let token = fs::read_to_string(at("ear.jwt")).unwrap();
    assert_eq!(token.split('.').count(), 3);
}

#[test]
fn the_doctor_tells_what_this_host_can_prove() {
    let run = lightcone("agent doctor -o json");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let rows = report["rows"].as_array().unwrap();
    let subjects: Vec<&str> = rows.iter().map(|row| row["subject"].as_str().unwrap()).collect();
    for format in ["software", "tpm2-quote", "sev-snp", "tdx", "nvidia-gpu"] {
        assert!(subjects.contains(&format), "{subjects:?}");
    }
    // A host without switches lacks nothing.
    let lacking = rows.iter().filter(|row| row["state"] != "available" && row["subject"] != "nvidia-switch");
    assert!(lacking.into_iter().all(|row| row["remedy"] != ""), "{report}");
    assert!(lightcone("agent doctor").stdout.contains("This host can reach R"));
}
