//! Results as others read them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub,
    reason = "tests may fail loudly"
)]

#[path = "ear/results.rs"]
mod results;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use coset::{CoseSign1, TaggedCborSerializable as _};
use ed25519_dalek::{Signer as _, SigningKey};
use lightcone_attest::ear::jwt::{self, Refused, TOKEN_BYTES_MAX};
use lightcone_attest::ear::{DebugStatus, Ear, Octets, Terms, Unfit, cwt};
use lightcone_attest::{Appraisal, Kind, Residency, Tier, UnixTime};

use results::{EXPIRES, ISSUED, accelerator, ear, machine, references, terms};

fn key() -> SigningKey {
    SigningKey::from_bytes(&[42; 32])
}

fn token(ear: &Ear) -> String {
    jwt::seal(ear, "k1", |bytes| key().sign(bytes).to_bytes())
}

fn keys() -> [[u8; 32]; 1] {
    [key().verifying_key().to_bytes()]
}

/// A token of that header and those claims, signed as it should be.
fn forged(header: &str, claims: &str) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(key().sign(message.as_bytes()).to_bytes()))
}

fn part(token: &str, number: usize) -> String {
    String::from_utf8(URL_SAFE_NO_PAD.decode(token.split('.').nth(number).unwrap()).unwrap()).unwrap()
}

#[test]
fn a_result_comes_back_as_it_was() {
    let ear = ear();
    assert_eq!(jwt::open(token(&ear).as_bytes(), &keys(), ISSUED), Ok(ear));
}

#[test]
fn the_same_result_gives_the_same_bytes() {
    assert_eq!(token(&ear()), token(&ear()));
    let cwt = || cwt::seal(&ear(), "k1", |bytes| key().sign(bytes).to_bytes());
    assert_eq!(cwt(), cwt());
}

#[test]
fn claims_have_the_names_and_numbers_of_the_drafts() {
    let claims: serde_json::Value = serde_json::from_str(&part(&token(&ear()), 1)).unwrap();
    let expected = serde_json::json!({
        "eat_profile": "tag:github.com,2023:veraison/ear",
        "iat": ISSUED.as_s(),
        "exp": EXPIRES.as_s(),
        "ear.verifier-id": {"developer": "https://lightcone.example", "build": "lightcone 0.1.0"},
        "eat_nonce": "YSBub25jZSBvZiB0aGUgY2xpZW50",
        "submods": claims["submods"],
    });
    assert_eq!(claims, expected);
    let platform = &claims["submods"]["platform"];
    assert_eq!(platform["ear.status"], "affirming");
    assert_eq!(platform["ear.trustworthiness-vector"]["hardware"], 2);
    assert_eq!(platform["ear.appraisal-policy-id"], references());
    assert_eq!(platform["lightcone.residency"], "R1");
    assert_eq!(platform["dbgstat"], "disabled");

    let claims = cbor(&ear());
    assert_eq!(keys_of(&claims), [4, 6, 10, 265, 266, 1004]);
    let submods = entry(&claims, 266).as_map().unwrap();
    let labels: Vec<&str> = submods.iter().map(|(label, _)| label.as_text().unwrap()).collect();
    assert_eq!(labels, ["gpu-0", "platform"]);
    let platform = &submods[1].1;
    let keys =
        [10, 256, 259, 263, 267, 270, 1000, 1001, 1003, -70_000, -80_000, -80_001, -80_002, -80_003, -80_004];
    assert_eq!(keys_of(platform), keys);
    assert_eq!(entry(platform, 1000), &Value::from(2));
    assert_eq!(entry(platform, 263), &Value::from(1));
    assert_eq!(entry(platform, 259), &Value::Bytes(b"a TPM 2.0".to_vec()));
    assert_eq!(keys_of(entry(platform, 1001)), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(keys_of(entry(&claims, 1004)), [0, 1]);
}

#[test]
fn both_forms_say_the_same() {
    let ear = ear();
    let submods = cbor(&ear);
    let submods = entry(&submods, 266).as_map().unwrap();
    for (label, cbor) in submods {
        let json = &ear.submods[label.as_text().unwrap()];
        assert_eq!(entry(cbor, 1000), &Value::from(json.status.value()));
        assert_eq!(entry(cbor, 256), &Value::Bytes(json.ueid.0.clone()));
        assert_eq!(entry(cbor, -80_000), &Value::from(json.residency.name()));
        assert_eq!(entry(cbor, -80_001), &Value::from(json.binds_session_key));
        let texts = |key| {
            let texts = entry(cbor, key).as_array().unwrap().iter();
            texts.map(|text| text.as_text().unwrap().to_owned()).collect::<BTreeSet<_>>()
        };
        assert_eq!((texts(-80_002), texts(-80_003)), (json.reasons.clone(), json.done.clone()));
        assert_eq!(texts(-80_004), json.not_done);
        assert_eq!(entry(cbor, -70_000).as_map().unwrap().len(), json.evidence.len());
    }
}

#[test]
fn a_cwt_is_signed_with_its_header() {
    let token = cwt::seal(&ear(), "k1", |bytes| key().sign(bytes).to_bytes());
    let read = CoseSign1::from_tagged_slice(&token).unwrap();
    assert_eq!(read.protected.header.key_id, b"k1");
    assert!(read.unprotected.is_empty());
    let verifies = |bytes: &[u8]| {
        CoseSign1::from_tagged_slice(bytes).is_ok_and(|read| {
            let check = |signature: &[u8], message: &[u8]| {
                let signature = ed25519_dalek::Signature::from_slice(signature).map_err(drop)?;
                key().verifying_key().verify_strict(message, &signature).map_err(drop)
            };
            read.verify_signature(b"", check).is_ok()
        })
    };
    assert!(verifies(&token));
    for place in 0..token.len() {
        let mut bytes = token.clone();
        bytes[place] ^= 1;
        assert!(!verifies(&bytes), "byte {place}");
    }
}

#[test]
fn nothing_says_where_a_device_is() {
    for text in [part(&token(&ear()), 1), format!("{:?}", cbor(&ear()))] {
        for word in ["location", "latitude", "longitude", "region", "264"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
}

#[test]
fn devices_are_labelled_by_their_sort_in_order() {
    let kinds = [
        Kind::NvidiaGpu,
        Kind::Tpm2Quote,
        Kind::NvidiaSwitch,
        Kind::NvidiaGpu,
        Kind::SevSnp,
        Kind::Software,
        Kind::Tdx,
    ];
    let appraisals: Vec<Appraisal> =
        kinds.into_iter().enumerate().map(|(n, kind)| Appraisal::of(kind, n.to_string())).collect();
    let ear = Ear::of(&appraisals, terms(&references())).unwrap();
    let instances: Vec<(&str, &str)> = ear
        .submods
        .iter()
        .map(|(label, submod)| (label.as_str(), submod.evidence["instance"].as_str().unwrap()))
        .collect();
    let expected = [
        ("gpu-0", "0"),
        ("gpu-1", "3"),
        ("platform", "1"),
        ("platform-1", "5"),
        ("switch-0", "2"),
        ("tee", "4"),
        ("tee-1", "6"),
    ];
    assert_eq!(instances, expected);
}

#[test]
fn a_software_key_has_no_tier_and_no_residency() {
    let ear = Ear::of(&[Appraisal::of(Kind::Software, "software:00")], terms(&references())).unwrap();
    let platform = &ear.submods["platform"];
    assert_eq!((platform.status, platform.residency), (Tier::None, Residency::R0));
}

#[test]
fn values_that_a_claim_cannot_hold_are_left_out() {
    let ear = |change: fn(&mut Appraisal)| {
        let mut machine = machine();
        change(&mut machine);
        Ear::of(&[machine], terms(&references())).unwrap().submods.remove("platform").unwrap()
    };
    let submod = ear(|_| ());
    assert_eq!(submod.ueid.0, [&[1][..], &[0x5a; 32]].concat());
    assert_eq!(submod.debug, Some(DebugStatus::Disabled));
    assert!(submod.nonce.is_some() && submod.model.is_some());
    assert_eq!(ear(|machine| machine.nonce = vec![0; 65]).nonce, None);
    assert_eq!(ear(|machine| machine.nonce = vec![0; 7]).nonce, None);
    assert_eq!(ear(|machine| machine.model = "x".repeat(33)).model, None);
    assert_eq!(ear(|machine| machine.model.clear()).model, None);
    assert_eq!(ear(|machine| machine.done.clear()).debug, None);
    let hashed = ear(|machine| machine.instance = format!("snp:{}", "ab".repeat(64)));
    assert_eq!(hashed.ueid.0.len(), 33);
    assert_ne!(hashed.ueid, ear(|machine| machine.instance = format!("snp:{}", "ac".repeat(64))).ueid);
}

#[test]
fn what_devices_signed_beside_can_be_left_out() {
    let ear = ear().without_evidence();
    let text = part(&token(&ear), 1);
    assert!(!text.contains("annotated-evidence") && !text.contains("550.90.07"), "{text}");
    assert_eq!(jwt::open(token(&ear).as_bytes(), &keys(), ISSUED), Ok(ear));
}

#[test]
fn terms_that_cannot_be_are_told() {
    let references = references();
    let of = |appraisals: &[Appraisal], terms: Terms<'_>| Ear::of(appraisals, terms).unwrap_err();
    assert_eq!(of(&[], terms(&references)), Unfit::Nothing);
    let terms_of = |nonce| Terms { nonce: Some(nonce), ..terms(&references) };
    assert_eq!(of(&[machine()], terms_of(&[0; 7])), Unfit::Nonce(7));
    assert_eq!(of(&[machine()], terms_of(&[0; 65])), Unfit::Nonce(65));
    let over = Terms { expires: ISSUED, ..terms(&references) };
    assert_eq!(of(&[accelerator()], over), Unfit::Expiry { issued: ISSUED, expires: ISSUED });
}

#[test]
fn a_flipped_bit_is_refused() {
    let good = token(&ear()).into_bytes();
    for place in 0..good.len() {
        let mut bytes = good.clone();
        bytes[place] ^= 1 << (place % 8);
        assert!(jwt::open(&bytes, &keys(), ISSUED).is_err(), "byte {place}");
    }
}

#[test]
fn only_a_known_signer_is_taken() {
    let token = token(&ear());
    let open = |keys: &[[u8; 32]]| jwt::open(token.as_bytes(), keys, ISSUED).map(drop);
    let other = SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes();
    assert_eq!(open(&[]), Err(Refused::Signature { known: 0 }));
    assert_eq!(open(&[other, [0xff; 32]]), Err(Refused::Signature { known: 2 }));
    assert_eq!(open(&[other, keys()[0]]), Ok(()));
}

#[test]
fn a_result_holds_until_it_expires() {
    let token = token(&ear());
    let at = |s| jwt::open(token.as_bytes(), &keys(), UnixTime::from_s(s)).map(drop);
    assert_eq!(at(EXPIRES.as_s() - 1), Ok(()));
    assert_eq!(at(EXPIRES.as_s()), Err(Refused::Expired { expires: EXPIRES, now: EXPIRES }));
}

#[test]
fn other_algorithms_types_and_forms_are_refused_though_signed() {
    let claims = part(&token(&ear()), 1);
    let told = |token: &str| jwt::open(token.as_bytes(), &keys(), ISSUED).unwrap_err().to_string();
    let header = |alg: &str| format!("{{\"alg\":\"{alg}\",\"typ\":\"eat+jwt\"}}");
    assert!(jwt::open(forged(&header("EdDSA"), &claims).as_bytes(), &keys(), ISSUED).is_ok());
    for alg in ["none", "None", "HS256", "RS256", "ES256", "eddsa", ""] {
        let token = forged(&header(alg), &claims);
        assert!(told(&token).contains("only `EdDSA` is taken"), "{alg}: {}", told(&token));
        let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
        assert!(told(&unsigned).contains("only `EdDSA` is taken"), "{alg}");
    }
    let cases = [
        (forged("{\"alg\":\"EdDSA\",\"typ\":\"JWT\"}", &claims), "another type"),
        (forged("{\"alg\":\"EdDSA\"}", &claims), "missing field `typ`"),
        (forged("{\"alg\":\"EdDSA\",\"alg\":\"EdDSA\",\"typ\":\"eat+jwt\"}", &claims), "duplicate field"),
        (forged("{\"alg\":\"EdDSA\",\"typ\":\"eat+jwt\",\"crit\":[\"b64\"]}", &claims), "`crit`"),
        (forged(&header("EdDSA"), "{}"), "missing field `eat_profile`"),
        (forged(&header("EdDSA"), &claims.replace("2023:veraison", "2024:other")), "unknown variant"),
        (forged(&header("EdDSA"), &claims.replace("\"R1\"", "\"R9\"")), "no residency"),
        (forged(&header("EdDSA"), &claims.replace("\"hardware\":2", "\"hardware\":3")), "no tier"),
        (format!("{}.x", token(&ear())), "dots do not part it into three: 4"),
        ("a.b".to_owned(), "dots do not part it into three: 2"),
        ("a.b.c".to_owned(), "header is no base64url"),
        ("a".repeat(TOKEN_BYTES_MAX + 1), "at most 1048576"),
        (format!("{}=", token(&ear())), "signature is no base64url"),
    ];
    for (token, words) in cases {
        assert!(told(&token).contains(words), "{words}: {}", told(&token));
    }
}

#[test]
fn unknown_claims_are_ignored() {
    let claims = part(&token(&ear()), 1).replacen('{', "{\"jti\":\"x\",\"lightcone.later\":[1],", 1);
    let token = forged("{\"alg\":\"EdDSA\",\"typ\":\"eat+jwt\",\"x\":1}", &claims);
    assert_eq!(jwt::open(token.as_bytes(), &keys(), ISSUED), Ok(ear()));
    assert_eq!(ear().nonce, Some(Octets(b"a nonce of the client".to_vec())));
}

fn cbor(ear: &Ear) -> Value {
    let token = cwt::seal(ear, "k1", |bytes| key().sign(bytes).to_bytes());
    let payload = CoseSign1::from_tagged_slice(&token).unwrap().payload.unwrap();
    ciborium::from_reader(payload.as_slice()).unwrap()
}

fn keys_of(map: &Value) -> Vec<i64> {
    let keys = map.as_map().unwrap().iter();
    keys.map(|(key, _)| i128::from(key.as_integer().unwrap()).try_into().unwrap()).collect()
}

#[track_caller]
fn entry(map: &Value, key: i64) -> &Value {
    let found = map.as_map().unwrap().iter().find(|(found, _)| *found == Value::from(key));
    found.map_or_else(|| panic!("no claim {key}"), |(_, value)| value)
}
