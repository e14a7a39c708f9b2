//! Files that nobody would write: whatever stands in them, reading ends, and without a crash.

use lightcone_access::{Directory, Policy};

/// What a thread of the service has.
const STACK_BYTES: usize = 2 << 20;

/// Reads on a thread as the service has them: a stack that overflows would end the whole process.
fn read(text: String) -> Option<String> {
    let reader = std::thread::Builder::new().stack_size(STACK_BYTES);
    let read = reader.spawn(move || Policy::parse(&text).err().map(|error| error.to_string()));
    read.expect("a thread").join().expect("no panic")
}

fn rule(condition: &str) -> String {
    format!("@id(\"x\") permit (principal, action == Action::\"see\", resource) when {{ {condition} }};")
}

#[test]
fn nesting_and_chains_without_end_are_refused() {
    let many = 20_000;
    let nested = [
        rule(&format!("{}true{}", "(".repeat(many), ")".repeat(many))),
        rule(&format!("{}1{} == 1", "[".repeat(many), "]".repeat(many))),
        rule(&format!("{}true", "!".repeat(many))),
        rule(&format!("{}1 == 1", "-".repeat(many))),
        rule(&vec!["true"; many].join(" && ")),
        rule(&vec!["true"; many].join(" || ")),
        rule(&format!("{} == 1", vec!["1"; many].join(" + "))),
        rule(&format!("principal{}", ".x".repeat(many))),
        rule(&"if true then ".repeat(5_000)),
        rule(&format!("{}true{}", "if true then ".repeat(5_000), " else false".repeat(5_000))),
        rule(&format!("{}1{}", "{a:".repeat(many), "}".repeat(many))),
    ];
    for text in nested {
        let began = text.chars().take(120).collect::<String>();
        assert!(read(text).is_some(), "{began}");
    }
}

/// As deep and long as is taken: read, checked and decided on the same stack.
#[test]
fn the_deepest_and_longest_that_is_taken_does_no_harm() {
    let built_in = Policy::built_in().expect("the built-in policies hold").text().to_owned();
    let at_the_bound = [
        format!("{}true{}", "(".repeat(31), ")".repeat(31)),
        format!("{}1{}.contains(1)", "[".repeat(30), "]".repeat(30)),
        vec!["context.open_case"; 170].join(" && "),
        vec!["resource.id == \"x\""; 100].join(" || "),
        format!("{}true{}", "if context.open_case then ".repeat(250), " else false".repeat(250)),
        format!("{}true", "if context.open_case then false else ".repeat(250)),
        format!("{} > 1", vec!["1"; 500].join(" + ")),
    ];
    for condition in at_the_bound {
        let text = format!("{built_in}\n{}", rule(&condition));
        let began: String = condition.chars().take(80).collect();
        // Whether it holds is its own matter; that the thread lives is this test's.
        let told = read(text.clone()).unwrap_or_default();
        assert!(!told.contains("more than"), "{began}: {told}");
        let decide = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
            let Ok(policy) = Policy::parse(&text) else { return };
            let record = lightcone_access::grid::Relation::Own.record(lightcone_access::Kind::Site);
            let owner = lightcone_access::grid::subject(lightcone_access::Role::SiteOwner);
            let _ = policy.reach(&owner, lightcone_access::Act::See, &record);
        });
        decide.expect("a thread").join().expect("no panic");
    }
}

/// Pieces of policies in any order, cut anywhere.
#[test]
fn mangled_policies_are_refused_or_taken_and_nothing_else() {
    let text = Policy::built_in().expect("the built-in policies hold").text().to_owned();
    let letters: Vec<char> = text.chars().collect();
    let mut state = 7_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % below
    };
    for _ in 0..200 {
        let mut mangled = String::new();
        for _ in 0..next(6) + 1 {
            let begin = next(letters.len());
            mangled.extend(letters.iter().skip(begin).take(next(400)));
            mangled.push_str(["", "\u{0}", "\"", "/*", "(", "@id(\"x\")", ";", "\u{202e}"][next(8)]);
        }
        assert!(read(mangled).is_some(), "what lacks a rule that every set keeps is refused");
    }
}

#[test]
fn a_directory_without_end_is_refused() {
    for text in ["a = [".to_owned() + &"[".repeat(100_000), "[a.".to_owned() + &"b.".repeat(100_000) + "c]"] {
        let reader = std::thread::Builder::new().stack_size(STACK_BYTES);
        let read = reader.spawn(move || Directory::parse(&text).is_err()).expect("a thread");
        assert!(read.join().expect("no panic"));
    }
}
