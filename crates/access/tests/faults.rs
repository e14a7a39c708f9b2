//! Policies that cannot be used: what is wrong, where, and what to do.

use lightcone_access::{Fault, InvalidPolicy, Policy};

fn built_in() -> String {
    Policy::built_in().expect("the built-in policies hold").text().to_owned()
}

/// The built-in policies with something at their end.
fn with(addition: &str) -> Result<Policy, InvalidPolicy> {
    Policy::parse(&format!("{}\n{addition}\n", built_in()))
}

/// The one fault of the built-in policies with this at their end, by line from where it begins.
fn fault(addition: &str) -> Fault {
    let error = with(addition).expect_err("a refusal");
    assert_eq!(error.faults().len(), 1, "{:#?}", error.faults());
    let fault = error.faults().first().expect("one");
    let before = built_in().lines().count() + 1;
    let place = fault.place.map(|(line, column)| (line - before, column));
    Fault { place, ..fault.clone() }
}

#[test]
fn a_rule_more_is_taken() {
    let more = with(
        "@id(\"more\") permit (principal in Role::\"auditor\", action in Action::\"summoning\", resource);",
    );
    assert!(more.is_ok());
    assert_ne!(
        more.map(|policy| policy.sha256()).ok(),
        Policy::built_in().map(|policy| policy.sha256()).ok()
    );
}

#[test]
fn what_is_no_cedar_is_told_with_its_place() {
    let fault = fault("@id(\"x\")\npermit (principal, action resource);");
    assert_eq!(fault.place, Some((2, 27)), "{fault}");
    assert!(fault.told.contains("unexpected token `resource`"), "{fault}");
}

#[test]
fn a_call_that_does_not_exist_is_told_with_its_place() {
    let fault =
        fault("@id(\"x\")\npermit (principal, action == Action::\"SiteService/LstSites\", resource);");
    assert!(fault.place.is_some(), "{fault}");
    assert!(fault.told.contains("unrecognized action `Action::\"SiteService/LstSites\"`"), "{fault}");
    assert!(fault.remedy.contains("SiteService/ListSites"), "{fault}");
}

#[test]
fn a_role_a_proof_or_a_kind_that_does_not_exist_is_told() {
    for (text, wrong) in [
        ("principal in Role::\"ownr\"", "ownr"),
        ("principal.proof == Proof::\"certficate\"", "certficate"),
        ("resource.kind == Kind::\"sites\"", "sites"),
    ] {
        let rule = format!(
            "@id(\"x\")\npermit (principal, action == Action::\"see\", resource)\nwhen {{ {text} }};"
        );
        let fault = fault(&rule);
        assert!(fault.told.contains(wrong), "{fault}");
        assert_eq!(fault.place.map(|(line, _)| line), Some(3), "{fault}");
    }
    let head =
        fault("@id(\"x\")\npermit (principal in Role::\"ownr\", action == Action::\"see\", resource);");
    assert!(head.told.contains("ownr"), "{head}");
}

#[test]
fn a_type_that_does_not_fit_is_told_with_its_place() {
    let rule =
        "@id(\"x\")\npermit (principal, action == Action::\"see\", resource)\nwhen { resource.tenant == 7 };";
    let told = fault(rule);
    assert_eq!(told.place.map(|(line, _)| line), Some(3), "{told}");
    let rule = "@id(\"x\")\npermit (principal, action == Action::\"see\", resource)\nwhen { resource.owner == \"a\" };";
    let told = fault(rule);
    assert!(told.told.contains("owner"), "{told}");
}

#[test]
fn a_rule_that_can_never_apply_is_refused() {
    let rule = "@id(\"x\")\npermit (principal, action == Action::\"see\", resource)\nwhen { resource.tenant != resource.tenant && false };";
    let told = fault(rule);
    assert!(told.told.contains("impossible"), "{told}");
}

#[test]
fn every_rule_has_a_name_of_its_own() {
    let told = fault("\npermit (principal, action == Action::\"see\", resource);");
    assert_eq!(told.place, Some((2, 1)), "{told}");
    assert!(
        told.told.contains("a policy with the name ``") && told.remedy.contains("@id(\"...\")"),
        "{told}"
    );
    for name in ["X", "a b", "a_b", &"x".repeat(65), "ä"] {
        let told =
            fault(&format!("@id(\"{name}\") permit (principal, action == Action::\"see\", resource);"));
        assert!(told.remedy.contains("1 to 64 of a-z, 0-9 and -"), "{name}: {told}");
    }
    let told = fault("@id(\"open-cases\")\npermit (principal, action == Action::\"see\", resource);");
    assert_eq!(told.place, Some((1, 1)), "{told}");
    assert!(told.told.contains("two policies bear the name `open-cases`"), "{told}");
}

#[test]
fn templates_are_not_taken() {
    let told = fault("@id(\"x\") permit (principal in ?principal, action == Action::\"see\", resource);");
    assert!(told.told.contains("a template") && told.remedy.contains("write the policy out"), "{told}");
}

#[test]
fn rules_that_stand_in_every_set_cannot_be_left_out_or_changed() {
    let kept = [
        "no-second-person-in-development",
        "frozen-tenants",
        "machines-are-only-themselves",
        "machines-show-certificates",
        "halls-are-sealed",
    ];
    let error = Policy::parse("").expect_err("a refusal");
    let mut told: Vec<_> = error.faults().iter().map(ToString::to_string).collect();
    told.sort_unstable();
    assert_eq!(told.len(), kept.len());
    assert!(kept.iter().all(|name| told.iter().any(|told| told.contains(&format!("`{name}`")))), "{told:?}");
    for (whole, half) in [
        ("when { principal.frozen }", "when { principal.frozen && principal.tenant == \"x\" }"),
        ("@id(\"halls-are-sealed\")\n@keep\nforbid", "@id(\"halls-are-sealed\")\n@keep\npermit"),
    ] {
        assert!(built_in().contains(whole), "{whole}");
        let error = Policy::parse(&built_in().replace(whole, half)).expect_err("a refusal");
        assert!(error.to_string().contains("missing or changed"), "{error}");
    }
}

#[test]
fn a_kept_rule_may_stand_elsewhere_and_otherwise_spaced() {
    let text = built_in();
    let (rest, kept) = text.split_once("@id(\"frozen-tenants\")").expect("the rule");
    let (rule, behind) = kept.split_once(';').expect("its end");
    let moved = format!("@id(\"frozen-tenants\"){};\n{rest}{behind}", rule.replace('\n', "  \n // so\n  "));
    assert!(Policy::parse(&moved).is_ok());
}

#[test]
fn several_files_are_one_set_and_faults_name_theirs() {
    let built_in = built_in();
    let more = "\n@id(\"more\") permit (principal in Role::\"ownr\", action == Action::\"see\", resource);";
    let error = Policy::parse_files(&[("a.cedar", &built_in), ("b.cedar", more)]).expect_err("a refusal");
    assert!(error.to_string().starts_with("the policies cannot be used: b.cedar:2:"), "{error}");
    let twice =
        Policy::parse_files(&[("a.cedar", &built_in), ("b.cedar", &built_in)]).expect_err("a refusal");
    assert!(twice.to_string().contains("more)") && !twice.to_string().contains('\n'), "{twice}");
}

#[test]
fn what_is_too_long_is_refused_before_it_is_read() {
    let told = Policy::parse(&"/".repeat(300_000)).expect_err("a refusal").to_string();
    assert_eq!(told, "the policies cannot be used: they are 300000 bytes long; at most 262144 are read");
}
