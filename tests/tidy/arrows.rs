//! Arrows point down: which crate may know which, and what no domain crate may know at all.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use toml::{Table, Value};

use crate::lexer;
use crate::tree::{self, Source};
use crate::{Complaints, assert_none, assert_one};

/// The floors, from the ground. Crates of one floor do not know each other.
const FLOORS: [&[&str]; 7] = [
    &["lightcone", "lightcone-core", "lightcone-pool", "lightcone-responder"],
    &[
        "lightcone-access",
        "lightcone-attest",
        "lightcone-custody",
        "lightcone-ledger",
        "lightcone-policy",
        "lightcone-probe",
    ],
    &[
        "lightcone-attester",
        "lightcone-carrier",
        "lightcone-identity",
        "lightcone-keyring",
        "lightcone-oidc",
        "lightcone-scrutiny",
        "lightcone-store",
        "lightcone-verify",
    ],
    &[
        "lightcone-agent",
        "lightcone-firmware",
        "lightcone-init",
        "lightcone-landmark",
        "lightcone-server",
        "lightcone-wan",
    ],
    &["lightcone-rehearsal"],
    &["lightcone-cli"],
    &["lightcone-fuzz", "lightcone-tests", "rules-trial"],
];
/// Floors whose crates are domain crates, the contract excepted.
const DOMAIN_FLOORS: usize = 2;
const CONTRACT: &str = "lightcone";

/// What no domain crate may build on, by any way round: runtimes and wires, databases, chance, clocks.
const FORBIDDEN: [&str; 35] = [
    "async-std",
    "axum",
    "chrono",
    "diesel",
    "fastrand",
    "getrandom",
    "h2",
    "http",
    "humantime",
    "hyper",
    "iana-time-zone",
    "jiff",
    "libsqlite3-sys",
    "mio",
    "postgres",
    "prost",
    "quanta",
    "rand",
    "rand_core",
    "redis",
    "reqwest",
    "rusqlite",
    "sea-orm",
    "smol",
    "socket2",
    "sqlx",
    "sqlx-core",
    "time",
    "tokio",
    "tokio-postgres",
    "tonic",
    "tower",
    "ureq",
    "uuid",
    "web-time",
];
/// What one library alone may build on, named first, with the reason. Others that build on the same are told, and so is
/// what lies behind it.
const EXEMPT: [(&str, &str, &str); 2] = [
    (
        "cedar-policy-core",
        "chrono",
        "reads dates that stand in policies with it; no policy of ours has one, and its clock is a feature that is off",
    ),
    (
        "dcap-qvl",
        "chrono",
        "reads the dates in Intel's signed documents with it; `now` is handed in, and its clock is a feature that is off",
    ),
];
/// Arrows that the lock file has and no product: who, to what, and why. They are not followed.
const UNBUILT: [(&str, &str, &str); 6] = [
    (
        "cc",
        "jobserver",
        "shares the cores out while C is compiled; a product holds what was compiled, not this",
    ),
    (
        "chrono",
        "iana-time-zone",
        "its feature `clock`, of which serde_with has a weak one: no domain crate asks for it",
    ),
    ("dcap-qvl-webpki", "ring", WEAK),
    ("serde_with", "chrono", WEAK),
    ("serde_with", "jiff", WEAK),
    ("serde_with", "time", WEAK),
];
const WEAK: &str = "a weak feature: the lock file names it whether or not anybody asks for it";
/// What the sources of `core` may not even name; `no_std` keeps most of it out, this says so.
const IMPURE: [&str; 8] =
    ["HashMap", "HashSet", "Instant", "SystemTime", "thread", "thread_local", "rayon", "process"];
/// Crates that compile without the standard library.
const NO_STD: [&str; 2] = ["crates/core/src/lib.rs", "crates/responder/src/lib.rs"];

/// Where wire messages and the words of `core` may meet: hand-written translation, nothing else.
const DOORS: [&str; 3] = ["crates/server/src/wire/", "crates/cli/src/remote/", "crates/rehearsal/src/seen/"];
/// What a service may name of `core` beside a wire message: what it calls, never what is said.
const CALLED: [&str; 5] = ["Borders", "Inquiry", "LIARS_DEFAULT", "Observation", "Stopped"];

/// A package of the workspace: whom it depends on, and how.
struct Package {
    name: String,
    edges: Vec<Edge>,
}

struct Edge {
    to: String,
    /// Needed to build or run the package, not only to test it.
    needed: bool,
}

#[test]
fn every_arrow_points_down() {
    assert_none(&upward(&packages()));
}

#[test]
fn domain_crates_have_no_runtime_wire_database_chance_or_clock() {
    let lock: Table = tree::read("Cargo.lock").parse().unwrap();
    assert_none(&forbidden(&packages(), &lock));
}

/// The lock file has more than is built, and lists say what is not: here is what cargo would build.
#[test]
fn what_is_built_of_domain_crates_has_nothing_forbidden_either() {
    let exempt = |name: &&str| EXEMPT.iter().any(|(_, package, _)| package == name);
    let built = built(&packages());
    assert!(built.len() > 50, "cargo told of {} packages", built.len());
    let found: Vec<_> = FORBIDDEN.iter().filter(|name| built.contains(**name) && !exempt(name)).collect();
    assert!(found.is_empty(), "built into a domain crate: {found:?}");
}

#[test]
fn core_has_no_clock_no_thread_and_no_random_order() {
    let sources = tree::sources(".rs");
    assert_none(
        &sources
            .iter()
            .filter(|source| source.path.starts_with("crates/core/src/"))
            .flat_map(impure)
            .collect::<Vec<_>>(),
    );
    for path in NO_STD {
        let lib = sources.iter().find(|source| source.path == path);
        assert!(
            lib.is_none_or(|lib| lib.text.contains("no_std")),
            "{path}: compiles with the standard library"
        );
    }
}

#[test]
fn wire_types_stop_at_the_doors() {
    let sources = tree::sources(".rs");
    let inside =
        |source: &&Source| source.is_product() && !DOORS.iter().any(|door| source.path.starts_with(door));
    assert_none(&sources.iter().filter(inside).flat_map(translates).collect::<Vec<_>>());
}

/// The packages of the workspace, from their manifests.
fn packages() -> Vec<Package> {
    let files = tree::files();
    let manifests: Vec<Table> = files
        .iter()
        .filter(|path| *path == "Cargo.toml" || path.ends_with("/Cargo.toml"))
        .map(|path| tree::read(path).parse().unwrap_or_else(|error| panic!("{path}: {error}")))
        .collect();
    manifests.iter().filter_map(package).collect()
}

fn package(manifest: &Table) -> Option<Package> {
    let name = manifest.get("package")?.get("name")?.as_str()?.to_owned();
    let mut edges = edges_of(manifest);
    for (condition, target) in manifest.get("target").and_then(Value::as_table).into_iter().flatten() {
        let target = edges_of(target.as_table()?);
        // Under `cfg(loom)` a crate is a model of itself: a test.
        edges.extend(
            target.into_iter().map(|edge| Edge { needed: edge.needed && condition != "cfg(loom)", ..edge }),
        );
    }
    Some(Package { name, edges })
}

fn edges_of(table: &Table) -> Vec<Edge> {
    let kinds = [("dependencies", true), ("build-dependencies", true), ("dev-dependencies", false)];
    let listed = kinds.into_iter().flat_map(|(kind, needed)| {
        let entries = table.get(kind).and_then(Value::as_table).into_iter().flatten();
        entries.map(move |(key, value)| {
            let renamed = value.get("package").and_then(Value::as_str);
            Edge { to: renamed.unwrap_or(key).to_owned(), needed }
        })
    });
    listed.collect()
}

fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|crates| crates.contains(&name))
}

fn upward(packages: &[Package]) -> Complaints {
    let mut complaints = Vec::new();
    for package in packages {
        let Some(from) = floor(&package.name) else {
            complaints.push(format!("{}: stands on no floor; give it one in {}", package.name, file!()));
            continue;
        };
        // A package that its own tests build with other features is no arrow.
        let known =
            |edge: &&Edge| edge.to != package.name && packages.iter().any(|other| other.name == edge.to);
        for edge in package.edges.iter().filter(known) {
            if floor(&edge.to).is_some_and(|to| to >= from) {
                complaints.push(format!("{}: depends on {}, which is not below it", package.name, edge.to));
            }
        }
    }
    complaints
}

/// What each domain crate reaches that it must not. Ways are followed through the lock file, which knows
/// every platform and feature: more than any one build has, never less.
fn forbidden(packages: &[Package], lock: &Table) -> Complaints {
    let locked = locked(lock);
    let mut complaints = Vec::new();
    for package in packages {
        let is_domain = floor(&package.name).is_some_and(|floor| floor < DOMAIN_FLOORS);
        if !is_domain || package.name == CONTRACT {
            continue;
        }
        for (found, users) in reached(package, packages, &locked) {
            let by = users.iter().find(|by| !is_listed(&EXEMPT, by, &found));
            if let Some(by) = by.filter(|_| FORBIDDEN.contains(&bare(&found))) {
                complaints.push(format!("{}: reaches {found} by way of {by}", package.name));
            }
        }
    }
    complaints
}

/// Every package that cargo builds into a domain crate, with all features of that crate.
fn built(packages: &[Package]) -> BTreeSet<String> {
    let domain = |package: &&Package| floor(&package.name).is_some_and(|floor| floor < DOMAIN_FLOORS);
    let chosen = packages.iter().filter(domain).filter(|package| package.name != CONTRACT);
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--all-features", "--edges=normal,no-proc-macro", "--prefix=none", "--format={p}"])
        .args(chosen.flat_map(|package| ["--package", &package.name]))
        .current_dir(tree::root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(|line| bare(line).to_owned()).collect()
}

fn is_listed(list: &[(&str, &str, &str)], by: &str, to: &str) -> bool {
    list.iter().any(|(from, listed, _)| (*from, *listed) == (bare(by), bare(to)))
}

/// Everything that a package needs, each with all that it is needed by.
fn reached(
    package: &Package,
    packages: &[Package],
    locked: &BTreeMap<String, BTreeSet<String>>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut reached: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut open: Vec<(String, String)> =
        versions(package, locked).into_iter().map(|to| (to, package.name.clone())).collect();
    while let Some((name, by)) = open.pop() {
        let users = reached.entry(name.clone()).or_default();
        let is_new = users.is_empty();
        users.insert(by);
        if !is_new {
            continue;
        }
        let next: Vec<String> = match packages.iter().find(|package| package.name == name) {
            Some(ours) => versions(ours, locked),
            None => {
                locked.get(&name).or_else(|| locked.get(bare(&name))).into_iter().flatten().cloned().collect()
            }
        };
        let built = next.into_iter().filter(|to| !is_listed(&UNBUILT, &name, to));
        open.extend(built.map(|to| (to, name.clone())));
    }
    reached
}

fn needed(package: &Package) -> impl Iterator<Item = String> {
    package.edges.iter().filter(|edge| edge.needed).map(|edge| edge.to.clone())
}

/// What one of our packages needs, in the versions that the lock file gives it.
fn versions(ours: &Package, locked: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let listed = locked.get(&ours.name);
    let exact = |name: String| {
        let found: Vec<String> =
            listed.into_iter().flatten().filter(|entry| bare(entry) == name).cloned().collect();
        if found.is_empty() { vec![name] } else { found }
    };
    needed(ours).flat_map(exact).collect()
}

/// The name of a package, without its version.
fn bare(entry: &str) -> &str {
    entry.split(' ').next().unwrap_or(entry)
}

/// Whom each package of the lock file depends on: by name and version, as entries name it where there are several,
/// and by name alone for all versions together.
fn locked(lock: &Table) -> BTreeMap<String, BTreeSet<String>> {
    let mut locked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in lock["package"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let listed = package.get("dependencies").and_then(Value::as_array).into_iter().flatten();
        let entries: Vec<String> = listed.filter_map(Value::as_str).map(str::to_owned).collect();
        if let Some(version) = package.get("version").and_then(Value::as_str) {
            locked.entry(format!("{name} {version}")).or_default().extend(entries.iter().cloned());
        }
        locked.entry(name.to_owned()).or_default().extend(entries);
    }
    locked
}

fn impure(source: &Source) -> Complaints {
    let code = lexer::blank(&source.text);
    let tests = lexer::tests(&code);
    let mut complaints = Vec::new();
    for (number, line) in code.lines().enumerate() {
        if tests.iter().any(|range| range.contains(&number)) {
            continue;
        }
        let named = lexer::words(line).find(|word| *word == "std" || IMPURE.contains(word));
        if let Some(named) = named {
            complaints.push(format!("{}:{}: names `{named}`", source.path, number + 1));
        }
    }
    complaints
}

fn translates(source: &Source) -> Complaints {
    let code = lexer::blank(&source.text);
    let wire = code.contains("lightcone::v1") || code.contains("lightcone::{");
    if !wire {
        return Vec::new();
    }
    let said: BTreeSet<&str> =
        code.match_indices("lightcone_core").flat_map(|(at, _)| words_of_path(&code[at..])).collect();
    let said = said.into_iter().filter(|word| word.starts_with(char::is_uppercase) && !CALLED.contains(word));
    said.map(|word| {
        format!("{}: holds `{word}` of the core against a wire message outside the doors", source.path)
    })
    .collect()
}

/// The words of one path or one `use` of several.
fn words_of_path(code: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0usize;
    let end = code.find(|letter: char| {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let of_path =
            letter.is_alphanumeric() || "_:{}".contains(letter) || (depth > 0 && ", \n".contains(letter));
        !of_path
    });
    lexer::words(&code[..end.unwrap_or(code.len())])
}

#[cfg(test)]
mod planted {
    use super::*;

    fn packages(manifests: &[&str]) -> Vec<Package> {
        manifests.iter().filter_map(|manifest| package(&manifest.parse().unwrap())).collect()
    }

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    #[test]
    fn an_arrow_up_or_across_is_told_whatever_its_kind() {
        let core = "[package]\nname = 'lightcone-core'\n";
        for kind in
            ["dependencies", "dev-dependencies", "build-dependencies", "target.'cfg(unix)'.dependencies"]
        {
            let pool =
                format!("[package]\nname = 'lightcone-pool'\n[{kind}]\nlightcone-core = '1'\nrayon = '1'");
            assert_one(&upward(&packages(&[core, &pool])), "lightcone-pool: depends on lightcone-core");
        }
        let server = "[package]\nname = 'lightcone-server'\n[dependencies]\nlightcone-core = '1'";
        assert_none(&upward(&packages(&[core, server])));
        let renamed =
            "[package]\nname = 'lightcone-core'\n[dependencies]\nx = { package = 'lightcone-server' }";
        assert_one(&upward(&packages(&[renamed, "[package]\nname = 'lightcone-server'"])), "not below");
    }

    #[test]
    fn a_crate_without_a_floor_is_told() {
        assert_one(&upward(&packages(&["[package]\nname = 'lightcone-misc'"])), "stands on no floor");
    }

    #[test]
    fn a_forbidden_crate_is_found_behind_others_but_not_in_tests() {
        let lock = "[[package]]\nname = 'a'\ndependencies = ['b 1.0.0']\n[[package]]\nname = 'b'\ndependencies = ['tokio']\n[[package]]\nname = 'tokio'";
        let lock: Table = lock.parse().unwrap();
        let core =
            |kind: &str| packages(&[&format!("[package]\nname = 'lightcone-core'\n[{kind}]\na = '1'")]);
        assert_one(&forbidden(&core("dependencies"), &lock), "lightcone-core: reaches tokio by way of b");
        assert_one(&forbidden(&core("target.'cfg(unix)'.dependencies"), &lock), "tokio");
        assert_none(&forbidden(&core("dev-dependencies"), &lock));
        assert_none(&forbidden(&core("target.'cfg(loom)'.dependencies"), &lock));
        let server = packages(&["[package]\nname = 'lightcone-server'\n[dependencies]\na = '1'"]);
        assert_none(&forbidden(&server, &lock));
    }

    #[test]
    fn an_exemption_lets_nobody_else_in() {
        let core = packages(&["[package]\nname = 'lightcone-core'\n[dependencies]\na = '1'\ndcap-qvl = '1'"]);
        let told = |a: &str, chrono: &str| {
            let lock = format!(
                "[[package]]\nname = 'a'\ndependencies = [{a}]\n[[package]]\nname = 'dcap-qvl'\ndependencies = ['chrono']\n[[package]]\nname = 'chrono'\ndependencies = [{chrono}]"
            );
            forbidden(&core, &lock.parse().unwrap())
        };
        assert_none(&told("", ""));
        assert_one(&told("'chrono'", ""), "lightcone-core: reaches chrono by way of a");
        assert_one(&told("'tokio'", ""), "lightcone-core: reaches tokio by way of a");
        assert_one(&told("", "'getrandom'"), "reaches getrandom by way of chrono");
        assert_none(&told("", "'iana-time-zone'"));
        assert!(EXEMPT.iter().all(|(_, package, _)| FORBIDDEN.contains(package)));
    }

    #[test]
    fn an_arrow_that_is_not_built_is_followed_from_elsewhere() {
        let core = packages(&["[package]\nname = 'lightcone-core'\n[dependencies]\na = '1'\ncc = '1'"]);
        let told = |a: &str| {
            let lock = format!(
                "[[package]]\nname = 'a'\ndependencies = [{a}]\n[[package]]\nname = 'cc'\ndependencies = ['jobserver']\n[[package]]\nname = 'jobserver'\ndependencies = ['getrandom']\n[[package]]\nname = 'getrandom'"
            );
            forbidden(&core, &lock.parse().unwrap())
        };
        assert_none(&told(""));
        assert_one(&told("'jobserver'"), "lightcone-core: reaches getrandom by way of jobserver");
    }

    #[test]
    fn another_version_of_a_crate_is_another_crate() {
        let lock = "[[package]]\nname = 'a'\nversion = '1.0.0'\ndependencies = ['tokio']\n[[package]]\nname = 'a'\nversion = '2.0.0'\n[[package]]\nname = 'lightcone-core'\ndependencies = ['a V']";
        let core = packages(&["[package]\nname = 'lightcone-core'\n[dependencies]\na = '1'"]);
        let told = |version: &str| forbidden(&core, &lock.replace('V', version).parse().unwrap());
        assert_one(&told("1.0.0"), "lightcone-core: reaches tokio by way of a");
        assert_none(&told("2.0.0"));
    }

    #[test]
    fn a_clock_in_core_is_told_unless_a_test_has_it() {
        assert_one(&impure(&source("x.rs", "use std::time::Duration;")), "x.rs:1");
        assert_one(&impure(&source("x.rs", "\nlet map: HashMap<u8, u8>;")), "x.rs:2: names `HashMap`");
        assert_none(&impure(&source(
            "x.rs",
            "// thread\n#[cfg(test)]\nmod tests {\n    use std::thread;\n}",
        )));
    }

    #[test]
    fn a_translation_outside_the_doors_is_told() {
        let wire = "use lightcone::v1;\n";
        let told = |rest: &str| translates(&source("x.rs", &format!("{wire}{rest}")));
        assert_one(&told("use lightcone_core::{Inquiry, verdict::Verdict, locate};"), "`Verdict`");
        assert_one(&told("fn f(x: lightcone_core::AreaSet) -> Y {}"), "`AreaSet`");
        assert_none(&told("use lightcone_core::locate::{Inquiry, locate};"));
        assert_none(&translates(&source("x.rs", "use lightcone_core::Verdict;")));
    }
}
