//! The directory: who an identity is, and what no entry can say.

use std::collections::BTreeSet;

use lightcone_access::{Directory, Itself, Proof, Role, Subject};
use serde_json::{Map, Value, json};

const HOUSE: &str = "example.org";

const FILE: &str = r#"
[tenants.agency]
areas = ["SG", "MY"]

[tenants.gone]
frozen = true

[[machines]]
id = "spiffe://partner.example/ns/orders/sa/desk"
tenant = "vendor"
roles = ["order-desk"]

[[machines]]
id = "spiffe://partner.example/ns/batch/*"
tenant = "cloud"
roles = ["scheduler"]

[[machines]]
id = "spiffe://partner.example/ns/batch/head"
tenant = "cloud"
roles = ["scheduler", "site-owner"]

[[machines]]
id = "spiffe://example.org/landmark/l1"
tenant = "thief"
roles = ["site-owner"]

[[people]]
issuer = "https://id.example"
claim = "groups"
value = "analysts"
tenant = "agency"
roles = ["analyst"]

[[people]]
issuer = "https://id.example"
claim = "groups"
value = "heads"
tenant = "agency"
roles = ["supervisor"]

[[people]]
issuer = "https://id.example"
claim = "groups"
value = "auditors"
tenant = "office"
roles = ["auditor"]

[[people]]
issuer = "https://id.example"
claim = "email"
value = "ann@acme.example"
tenant = "acme"
roles = ["site-owner"]

[[people]]
issuer = "https://id.example"
claim = "sub"
value = "u-gone"
tenant = "gone"
roles = ["site-owner"]
"#;

fn directory() -> Directory {
    Directory::parse(FILE).expect("a directory")
}

fn machine(spiffe_id: &str) -> Option<Subject> {
    directory().machine(HOUSE, spiffe_id)
}

fn person(claims: Value) -> Option<Subject> {
    let claims: Map<String, Value> = claims.as_object().expect("claims").clone();
    directory().person("https://id.example", &claims)
}

fn refused(text: &str) -> String {
    Directory::parse(text).expect_err("a refusal").to_string()
}

#[test]
fn machines_of_the_house_are_who_their_path_says() {
    let landmark = machine("spiffe://example.org/landmark/l1").expect("a landmark");
    assert_eq!(landmark.itself, Some(Itself::Landmark("l1".to_owned())));
    assert_eq!((landmark.roles, landmark.tenant.as_str()), (BTreeSet::from([Role::Landmark]), ""));
    let agent = machine("spiffe://example.org/agent/rack-7").expect("an agent");
    assert_eq!((agent.agent(), agent.landmark()), (Some("rack-7"), None));
    let desk = machine("spiffe://example.org/tenant/vendor/order-desk/eu-1").expect("a desk");
    assert_eq!((desk.tenant.as_str(), desk.roles), ("vendor", BTreeSet::from([Role::OrderDesk])));
    assert_eq!((desk.proof, desk.areas.len()), (Proof::Certificate, 0));
    let analyst = machine("spiffe://example.org/tenant/agency/analyst/ann").expect("an analyst");
    assert_eq!(analyst.areas, BTreeSet::from(["MY".to_owned(), "SG".to_owned()]));
}

#[test]
fn the_same_paths_under_another_trust_domain_are_nobodys() {
    for path in ["landmark/l1", "agent/rack-7", "tenant/acme/site-owner/a", "service/lightcone"] {
        assert_eq!(machine(&format!("spiffe://evil.example/{path}")), None, "{path}");
    }
    assert_eq!(Directory::default().machine("", "spiffe:///landmark/l1"), None, "no trust domain");
}

#[test]
fn odd_paths_are_nobodys() {
    let long = format!("landmark/{}", "x".repeat(64));
    let odd = [
        "",
        "/",
        "landmark",
        "landmark/",
        "landmark/l1/",
        "landmark/l1/x",
        "landmark//l1",
        "landmark/L1",
        "landmark/-l1",
        "landmark/l1-",
        "landmark/..",
        "landmark/a.b",
        "landmark/l1?x",
        "landmark/l1%2f",
        &long,
        "agent/",
        "agent/a/b",
        "service/lightcone",
        "tenant/acme/site-owner",
        "tenant/acme/site-owner/",
        "tenant/acme/site-owner/a/b",
        "tenant//site-owner/a",
        "tenant/Acme/site-owner/a",
        "tenant/acme/owner/a",
        "tenant/acme/landmark/l1",
        "tenant/acme/agent/a",
        "tenant/acme/public/a",
        "tenant/acme/Site-Owner/a",
        "Landmark/l1",
        "x/landmark/l1",
    ];
    for path in odd {
        assert_eq!(machine(&format!("spiffe://example.org/{path}")), None, "{path}");
    }
    for id in [
        "",
        "spiffe://",
        "https://example.org/landmark/l1",
        "SPIFFE://example.org/landmark/l1",
        "landmark/l1",
    ] {
        assert_eq!(machine(id), None, "{id}");
    }
}

#[test]
fn an_entry_gives_other_machines_a_place_and_the_exact_one_goes_first() {
    let desk = machine("spiffe://partner.example/ns/orders/sa/desk").expect("a desk");
    assert_eq!(desk.tenant, "vendor");
    let one = machine("spiffe://partner.example/ns/batch/n1").expect("one of the family");
    assert_eq!(one.roles, BTreeSet::from([Role::Scheduler]));
    let head = machine("spiffe://partner.example/ns/batch/head").expect("its head");
    assert_eq!(head.roles, BTreeSet::from([Role::Scheduler, Role::SiteOwner]));
    for path in ["ns/batch", "ns/batch/", "ns/batch/n1/x", "ns/other/n1", "ns/batch/*"] {
        assert_eq!(machine(&format!("spiffe://partner.example/{path}")), None, "{path}");
    }
}

#[test]
fn no_entry_makes_a_landmark_of_the_house_somebody_else() {
    let landmark = machine("spiffe://example.org/landmark/l1").expect("a landmark");
    assert_eq!((landmark.tenant.as_str(), landmark.roles), ("", BTreeSet::from([Role::Landmark])));
}

#[test]
fn people_are_who_their_claims_say_alone_or_in_lists() {
    let ann = person(json!({"sub": "ann", "groups": ["staff", "analysts"]})).expect("an analyst");
    assert_eq!((ann.id.as_str(), ann.tenant.as_str()), ("https://id.example#ann", "agency"));
    assert_eq!((ann.roles, ann.proof), (BTreeSet::from([Role::Analyst]), Proof::Token));
    assert_eq!(ann.areas, BTreeSet::from(["MY".to_owned(), "SG".to_owned()]));
    assert!(person(json!({"sub": "ann", "groups": "analysts"})).is_some());
    let both = person(json!({"sub": "eve", "groups": ["heads", "analysts"]})).expect("both");
    assert_eq!(both.roles, BTreeSet::from([Role::Analyst, Role::Supervisor]));
}

#[test]
fn of_two_tenants_the_first_entry_decides_and_roles_do_not_mix() {
    let eve = person(json!({"sub": "eve", "groups": ["auditors", "analysts"]})).expect("an analyst");
    assert_eq!((eve.tenant.as_str(), eve.roles), ("agency", BTreeSet::from([Role::Analyst])));
}

#[test]
fn claims_that_do_not_fit_are_nobodys() {
    let nobody = [
        json!({"groups": ["analysts"]}),
        json!({"sub": "", "groups": ["analysts"]}),
        json!({"sub": 7, "groups": ["analysts"]}),
        json!({"sub": "a\nb", "groups": ["analysts"]}),
        json!({"sub": "x".repeat(256), "groups": ["analysts"]}),
        json!({"sub": "ann", "groups": ["Analysts", "analysts "]}),
        json!({"sub": "ann", "groups": {"analysts": true}}),
        json!({"sub": "ann", "groups": [["analysts"]]}),
        json!({"sub": "ann", "role": "analysts"}),
    ];
    for claims in nobody {
        assert_eq!(person(claims.clone()), None, "{claims}");
    }
    let claims = json!({"sub": "ann", "groups": ["analysts"]});
    let claims = claims.as_object().expect("claims");
    assert_eq!(directory().person("https://id.example/", claims), None, "another issuer");
}

#[test]
fn an_address_counts_only_once_it_is_verified() {
    let claims =
        |verified: Value| json!({"sub": "ann", "email": "ann@acme.example", "email_verified": verified});
    assert!(person(claims(json!(true))).is_some());
    for verified in [json!(false), json!("true"), Value::Null] {
        assert_eq!(person(claims(verified)), None);
    }
}

#[test]
fn people_and_machines_of_a_frozen_tenant_are_known_and_marked() {
    let machine = machine("spiffe://example.org/tenant/gone/site-owner/a").expect("a machine");
    let person = person(json!({"sub": "u-gone"})).expect("a person");
    assert!(machine.is_frozen && person.is_frozen);
    assert!(directory().is_frozen("gone") && !directory().is_frozen("acme"));
}

#[test]
fn what_an_entry_cannot_say_is_refused_with_field_value_and_remedy() {
    let machine = |id: &str, tenant: &str, roles: &str| {
        refused(&format!("[[machines]]\nid = \"{id}\"\ntenant = \"{tenant}\"\nroles = {roles}"))
    };
    let told = machine("spiffe://x/y", "acme", "[\"landmark\"]");
    assert!(told.contains("machines[0].roles is `landmark`") && told.contains("certificate"), "{told}");
    assert!(machine("spiffe://x/y", "acme", "[\"agent\"]").contains("`agent`"));
    assert!(machine("spiffe://x/y", "acme", "[\"public\"]").contains("everybody"));
    assert!(
        machine("spiffe://x/y", "acme", "[\"owner\"]").contains("`owner` is no role; roles are site-owner")
    );
    assert!(machine("spiffe://x/y", "acme", "[]").contains("machines[0].roles is empty"));
    assert!(machine("spiffe://x/y", "Acme", "[\"analyst\"]").contains("machines[0].tenant is `Acme`"));
    for id in [
        "",
        "x",
        "spiffe://",
        "spiffe://x",
        "spiffe://x/",
        "spiffe://x/*/y",
        "spiffe://x/y*",
        "*",
        "spiffe://*/y",
    ] {
        let told = machine(id, "acme", "[\"analyst\"]");
        assert!(told.contains("machines[0].id is"), "{id}: {told}");
    }
    let person = |issuer: &str, claim: &str, value: &str| {
        refused(&format!(
            "[[people]]\nissuer = \"{issuer}\"\nclaim = \"{claim}\"\nvalue = \"{value}\"\ntenant = \"a\"\nroles = [\"analyst\"]"
        ))
    };
    assert!(person("id.example", "sub", "x").contains("people[0].issuer"));
    assert!(person("https://id.example", "", "x").contains("people[0].claim"));
    assert!(person("https://id.example", "sub", "").contains("people[0].value"));
}

#[test]
fn tenants_have_names_and_areas_have_codes() {
    assert!(refused("[tenants.Acme]").contains("tenants.Acme is `Acme`"));
    assert!(refused("[tenants.\"a b\"]").contains("1 to 63 of a-z"));
    assert!(refused("[tenants.a]\nareas = [\"sg\"]").contains("tenants.a.areas is `sg`"));
    let many: Vec<String> = (0..321).map(|number| format!("\"A{number}\"")).collect();
    assert!(refused(&format!("[tenants.a]\nareas = [{}]", many.join(","))).contains("list at most 320"));
    assert!(Directory::parse("[tenants.a]\nareas = [\"*\"]").is_ok());
}

#[test]
fn one_identity_has_one_entry() {
    let twice = "[[machines]]\nid = \"spiffe://x/y\"\ntenant = \"a\"\nroles = [\"analyst\"]\n".repeat(2);
    assert!(
        refused(&twice)
            .contains("machines[1].id is `spiffe://x/y`; allowed is an ID that no other entry has")
    );
}

#[test]
fn what_is_no_directory_is_refused_with_its_line_in_one_line() {
    assert!(refused("\n[tenants.a]\nfroze = true").contains("line 3: unknown field `froze`"));
    assert!(refused("[[machines]]\nid = \"spiffe://x/y\"").contains("missing field `tenant`"));
    assert!(refused("[people]").contains("line 1"));
    assert!(refused(&"#".repeat((1 << 20) + 1)).contains("at most 1048576 are read"));
    for text in ["[", "\n[tenants.a]\nfroze = true", "a = \"\u{0}\""] {
        assert!(!refused(text).contains('\n'), "{text}");
    }
}
