//! Word for word. `LIGHTCONE_BLESS=1 cargo test -p lightcone-cli` rewrites the files.

use std::fs;

use crate::run::{self, AZURE, lightcone};

/// Every command whose help is held word for word.
#[cfg(all(feature = "server", feature = "png", feature = "demo", feature = "attest"))]
const COMMANDS: [&str; 64] = [
    "demo",
    "attack",
    "attack list",
    "attack run",
    "attack relay",
    "locate",
    "audit",
    "evaluate",
    "serve",
    "landmark",
    "agent",
    "agent doctor",
    "relay",
    "attest",
    "attest verify",
    "references",
    "references sign",
    "references import-rim",
    "policy",
    "policy check",
    "policy show",
    "policy test",
    "policy explain",
    "policy diff",
    "policy sign",
    "sku classify",
    "keys",
    "keys new",
    "keys show",
    "ca",
    "ca init",
    "ca issuer",
    "ca issue",
    "ca issue service",
    "ca issue tenant",
    "ca show",
    "ca token",
    "ca token landmark",
    "ca token agent",
    "enrol",
    "enrol landmark",
    "enrol agent",
    "renew",
    "register",
    "register landmark",
    "register site",
    "register agent",
    "register chip",
    "pair",
    "retire",
    "list",
    "get",
    "watch",
    "watch verdicts",
    "summon",
    "login",
    "logout",
    "access",
    "access show",
    "access check",
    "access compare",
    "config",
    "borders",
    "completions",
];

#[track_caller]
fn check(name: &str, arguments: &str) {
    let run = lightcone(arguments);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let told = without_versions(&run.stdout);
    let path = run::package().join("tests/golden").join(name);
    if std::env::var_os("LIGHTCONE_BLESS").is_some() {
        fs::write(&path, &told).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(told == expected, "{} differs; LIGHTCONE_BLESS=1 rewrites it. Told:\n{told}", path.display());
}

/// The text without digests and versions, which change without changing an answer.
fn without_versions(text: &str) -> String {
    let mut plain = String::new();
    for piece in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-') {
        let word = piece.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let is_digest = word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_digest { plain += &piece.replace(word, "DIGEST") } else { plain += piece }
    }
    plain.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
#[cfg(all(feature = "server", feature = "png", feature = "demo", feature = "attest"))]
fn help() {
    check("help.txt", "--help");
    for command in COMMANDS {
        check(&format!("help_{}.txt", command.replace(' ', "_")), &format!("{command} --help"));
    }
}

#[test]
fn one_target_for_people() {
    check("azure_first.txt", &format!("locate {AZURE} --target southeastasia --deny RU,IR,KP"));
    check("azure_table.txt", &format!("locate {AZURE} --target southeastasia --deny CN,HK,MO --explain"));
    let claim = "--claim 35.68,139.77,100 --allow JP --on-land";
    check("azure_claim.txt", &format!("locate {AZURE} --target japaneast {claim} --liars 0 --explain"));
}

#[test]
fn one_target_for_programs() {
    check("azure.json", &format!("locate {AZURE} --target southeastasia --deny CN,HK,MO -o json"));
    check("azure.csv", &format!("locate {AZURE} --target southeastasia --deny CN,HK,MO -o csv"));
}

#[test]
fn all_targets_for_people() {
    check("azure_all.txt", &format!("locate {AZURE} --all --deny CN,HK,MO"));
}

#[test]
#[cfg(feature = "policy")]
fn chips_and_transfers_by_the_built_in_rules() {
    check("policy_explain.txt", "policy explain --example parent_in_china --on 2024-06-03");
    check("policy_explain_open.txt", "policy explain --example place_open --on 2024-06-03");
    check("sku_h20_p08.txt", "sku classify H20 --under P08");
    check("sku_h20_all.txt", "sku classify H20 --all");
}

#[test]
fn an_audit() {
    check("azure_audit.txt", &format!("audit {AZURE}"));
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let of = |threads: &str| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_lightcone"))
            .args(format!("locate {AZURE} --all --deny CN -o json").split_whitespace())
            .current_dir(run::package())
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        output.stdout
    };
    let one = of("1");
    assert!(!one.is_empty() && one == of("2") && one == of("8"));
}

#[test]
fn version_names_engine_and_borders() {
    let told = lightcone("--version").stdout;
    assert!(told.contains("lightcone-core/") && told.contains("natural-earth"), "{told}");
}

#[test]
fn borders_and_completions_are_told() {
    let told = lightcone("borders").stdout;
    assert!(
        told.contains("sha256") && told.contains("Singapore") && told.contains("every-claimant"),
        "{told}"
    );
    let json: serde_json::Value = serde_json::from_str(&lightcone("borders -o json").stdout).unwrap();
    assert!(json["areas"].as_array().is_some_and(|areas| areas.len() > 240));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(lightcone(&format!("completions {shell}")).stdout.contains("locate"), "{shell}");
    }
}
