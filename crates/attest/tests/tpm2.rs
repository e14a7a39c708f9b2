//! `tpm2-quote`: one good quote, what was changed on it, and what a key outside any TPM signed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may fail loudly")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lightcone_attest::references::{Document, Image, Measured, References, Revoked, Root};
use lightcone_attest::tpm2::{Credential, Evidence, Tpm2Quote, certificates};
use lightcone_attest::{
    Activated, Appraisal, Case, Check, Claim, Counters, Kind, Reason, Rejection, Residency, Tier, UnixTime,
    Verifier as _,
};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

/// 2026-11-24, when the certificates were a day old.
const NOW: UnixTime = UnixTime::from_s(1_795_478_400);

fn vector(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/tpm");
    std::fs::read(folder.join(name)).unwrap()
}

fn text(name: &str) -> String {
    String::from_utf8(vector(name)).unwrap()
}

fn pem(name: &str) -> Vec<u8> {
    let text = text(name);
    let lines: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(lines).unwrap()
}

fn good() -> Evidence {
    let pcrs = text("pcrs.yaml");
    let lines = pcrs.lines().filter_map(|line| line.split_once(": 0x"));
    let values = lines.map(|(number, value)| {
        let value = hex::decode(value.trim()).unwrap().try_into().unwrap();
        (number.trim().parse().unwrap(), value)
    });
    Evidence {
        attest: vector("quote.tpms_attest"),
        signature: vector("quote.tpmt_signature"),
        ak_public: vector("ak.tpm2b_public"),
        ek_chain: vec![vector("ek.cer.der"), pem("ek_issuer.pem"), pem("ek_root.pem")],
        pcrs: values.collect(),
    }
}

fn binding() -> [u8; 32] {
    let json: serde_json::Value = serde_json::from_slice(&vector("binding.json")).unwrap();
    hex::decode(json["binding_sha256"].as_str().unwrap()).unwrap().try_into().unwrap()
}

fn pinned() -> Root {
    let sha256 = hex::encode(Sha256::digest(pem("ek_root.pem")));
    Root { kind: Kind::Tpm2Quote.name().to_owned(), name: "throw-away authority".to_owned(), sha256 }
}

fn document() -> Document {
    let image = Image { name: "agent 1".to_owned(), opens_accelerator: false, measured: good().measured() };
    Document { roots: vec![pinned()], images: vec![image], ..Document::default() }
}

/// What evidence is held against, with parts to change.
struct World {
    document: Document,
    activated: Vec<Activated>,
    binding: Option<[u8; 32]>,
    now: UnixTime,
}

impl World {
    /// Knows the good evidence in all its parts.
    fn new() -> Self {
        let activated = vec![good().claims().unwrap()];
        Self { document: document(), activated, binding: Some(binding()), now: NOW }
    }

    fn appraise_bytes(&self, evidence: &[u8]) -> Result<Appraisal, Rejection> {
        let references = References::unsigned(self.document.clone());
        let case = Case {
            binding: self.binding.as_ref(),
            identity_key: None,
            activated: &self.activated,
            references: &references,
            collateral: None,
            now: self.now,
        };
        Tpm2Quote.verify(evidence, &case)
    }

    fn appraise(&self, evidence: &Evidence) -> Result<Appraisal, Rejection> {
        self.appraise_bytes(&evidence.to_json())
    }

    #[track_caller]
    fn refuses(&self, evidence: &Evidence, check: Check) -> String {
        let refused = self.appraise(evidence).unwrap_err();
        assert_eq!(refused.check, check, "{refused}");
        refused.why
    }
}

/// Whether nothing that an attestation key signed counts.
fn is_unbound(appraisal: &Appraisal) -> bool {
    appraisal.residency == Residency::R0
        && appraisal.reasons.contains(&Reason::KeyUnbound)
        && !appraisal.binds_session_key
}

/// A key in no TPM, that says of itself whatever its attributes say.
struct Forger {
    key: EcdsaKeyPair,
    ak_public: Vec<u8>,
}

impl Forger {
    fn new(attributes: u32) -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref()).unwrap();
        let ak_public = public(attributes, key.public_key().as_ref());
        Self { key, ak_public }
    }

    /// The good evidence, with this statement, signed by the forger.
    fn evidence(&self, attest: Vec<u8>) -> Evidence {
        let signed = self.key.sign(&SystemRandom::new(), &attest).unwrap();
        let (r, s) = signed.as_ref().split_at(32);
        let signature = [&[0, 0x18, 0, 0x0b, 0, 32], r, &[0, 32], s].concat();
        Evidence { attest, signature, ak_public: self.ak_public.clone(), ..good() }
    }
}

/// The good key's public area, with other attributes and another point.
fn public(attributes: u32, point: &[u8]) -> Vec<u8> {
    let (x, y) = point[1..].split_at(32);
    let mut area = vector("ak.tpm2b_public");
    area[6..10].copy_from_slice(&attributes.to_be_bytes());
    area[24..56].copy_from_slice(x);
    area[58..90].copy_from_slice(y);
    area
}

#[test]
fn a_good_quote_of_known_code_is_r1() {
    let shown = World::new().appraise(&good()).unwrap();
    assert_eq!(shown.residency, Residency::R1);
    assert!(shown.binds_session_key && shown.reasons.is_empty());
    assert_eq!(shown.nonce, binding());
    assert_eq!(shown.code.unwrap().name, "agent 1");
    assert_eq!(shown.counters, Some(Counters { resets: 2, restarts: 0, clock_ms: 91_835, safe: true }));
    let key = hex::encode(good().claims().unwrap().endorsement);
    assert_eq!(shown.instance, format!("tpm:{key}"));
    assert_eq!(shown.model, "TPM id:00001014 swtpm id:20191023");
    assert_eq!(shown.claims["ak-name"], Claim::Bytes(vector("ak.name")));
    assert_eq!(shown.claims["ek-serial"], Claim::Bytes(vec![2]));
    assert_eq!(shown.claims["firmware-version"], Claim::Text("20191023.00163636".to_owned()));
    assert_eq!((shown.trust.hardware, shown.trust.executables), (Tier::Affirming, Tier::Affirming));
    for check in [Check::Activation, Check::Binding, Check::Code, Check::PcrDigest, Check::Root] {
        assert!(shown.done.contains(&check), "{check}");
    }
    let left: Vec<Check> = shown.not_done.into_iter().collect();
    assert_eq!(left, [Check::Revocation, Check::Counters, Check::Identity, Check::KeyCopy]);
}

#[test]
fn unknown_registers_are_r0() {
    let mut world = World::new();
    let expect_unknown = |world: &World, what: &str| {
        let shown = world.appraise(&good()).unwrap();
        assert_eq!(shown.residency, Residency::R0, "{what}");
        assert!(
            shown.reasons.contains(&Reason::CodeUnknown) && shown.not_done.contains(&Check::Code),
            "{what}"
        );
        assert!(shown.code.is_none() && shown.binds_session_key, "{what}");
        assert_eq!(shown.trust.executables, Tier::Warning, "{what}");
    };
    let Measured::Tpm2 { pcrs } = good().measured() else { panic!("no registers") };
    let zeros = "00".repeat(32);
    let with = |number: u8| {
        let mut pcrs = pcrs.clone();
        pcrs.insert(number, zeros.clone());
        pcrs
    };
    let less: BTreeMap<u8, String> =
        pcrs.iter().skip(1).map(|(number, value)| (*number, value.clone())).collect();
    let changed = [("another value", with(10)), ("a register less", less), ("a register more", with(11))];
    for (what, pcrs) in changed {
        world.document.images[0].measured = Measured::Tpm2 { pcrs };
        expect_unknown(&world, what);
    }
    world.document.images.clear();
    expect_unknown(&world, "no image");
}

#[test]
fn a_key_that_was_not_activated_in_this_tpm_binds_nothing() {
    let known = good().claims().unwrap();
    let others = [
        vec![],
        vec![Activated { endorsement: [7; 32], ..known.clone() }],
        vec![Activated { name: vec![0, 11], ..known }],
    ];
    for activated in others {
        let shown = World { activated, ..World::new() }.appraise(&good()).unwrap();
        assert!(is_unbound(&shown) && shown.not_done.contains(&Check::Activation));
        assert!(shown.code.is_none() && shown.counters.is_none());
        assert_eq!(shown.trust.hardware, Tier::None);
    }
}

#[test]
fn without_a_binding_nothing_is_bound() {
    let shown = World { binding: None, ..World::new() }.appraise(&good()).unwrap();
    assert!(is_unbound(&shown) && shown.not_done.contains(&Check::Binding));
    assert_eq!(shown.code.unwrap().name, "agent 1");
}

#[test]
fn bad_vectors_are_refused_by_name() {
    let world = World::new();
    let stale = Evidence {
        attest: vector("neg_stale_nonce.tpms_attest"),
        signature: vector("neg_stale_nonce.tpmt_signature"),
        ..good()
    };
    world.refuses(&stale, Check::Binding);
    let other_register = Evidence {
        attest: vector("neg_wrong_pcr10.tpms_attest"),
        signature: vector("neg_wrong_pcr10.tpmt_signature"),
        ..good()
    };
    world.refuses(&other_register, Check::PcrDigest);
    let unrestricted = Evidence {
        ak_public: vector("neg_unrestricted_ak.tpm2b_public"),
        signature: vector("neg_unrestricted.tpmt_signature"),
        ..good()
    };
    let why = world.refuses(&unrestricted, Check::KeyAttributes);
    assert!(why.contains("0x40072") && why.contains("lacks 0x10000"), "{why}");
}

#[test]
fn a_key_outside_any_tpm_signs_for_none() {
    let world = World::new();
    // r and s of the DER signature, as a TPM would write them.
    let der = vector("neg_software_signature.der");
    let (r, rest) = der[4..].split_at(usize::from(der[3]));
    let number = |bytes: &[u8]| [&[0, 32], &bytes[bytes.len() - 32..]].concat();
    let signature = [vec![0, 0x18, 0, 0x0b], number(r), number(&rest[2..])].concat();
    world.refuses(&Evidence { signature: signature.clone(), ..good() }, Check::Signature);
    // The key describes itself as restricted. Only an activation could tell, and there is none.
    let point = pem("neg_software_ak.pem");
    let ak_public = public(0x50072, &point[point.len() - 65..]);
    let shown = world.appraise(&Evidence { signature, ak_public, ..good() }).unwrap();
    assert!(is_unbound(&shown));
}

#[test]
fn each_attribute_counts() {
    let world = World::new();
    let check = |attributes: u32| {
        let evidence = Forger::new(attributes).evidence(vector("quote.tpms_attest"));
        world.appraise(&evidence).map(|shown| is_unbound(&shown)).map_err(|refused| refused.check)
    };
    assert_eq!(check(0x50072), Ok(true));
    assert_eq!(check(0x50032), Ok(true), "userWithAuth is the host's affair");
    for bit in [1, 4, 5, 16, 18] {
        assert_eq!(check(0x50072 & !(1 << bit)), Err(Check::KeyAttributes), "without bit {bit}");
    }
    assert_eq!(check(0x50072 | 1 << 17), Err(Check::KeyAttributes), "decrypts");
}

#[test]
fn statements_of_another_form_are_refused_by_name() {
    let (world, forger) = (World::new(), Forger::new(0x50072));
    let quote = vector("quote.tpms_attest");
    let changed = |at: usize, to: &[u8]| {
        let mut quote = quote.clone();
        quote[at..at + to.len()].copy_from_slice(to);
        quote
    };
    let (banks, bank, map_size, map) = (101, 105, 107, 108);
    let cut_map = [&quote[..map_size], &[0], &quote[map + 3..]].concat();
    let wide_map = [&quote[..map_size], &[32], &quote[map..map + 3], &[0; 29], &quote[map + 3..]].concat();
    let high = [&quote[..map_size], &[4], &quote[map..map + 3], &[1], &quote[map + 3..]].concat();
    let cases: [(&str, Vec<u8>, Check); 13] = [
        ("the quote itself", changed(0, &[]), Check::Residency),
        ("no magic", changed(0, &[0]), Check::Statement),
        ("a certification", changed(4, &[0x80, 0x17]), Check::Statement),
        ("another nonce", changed(44, &[0]), Check::Binding),
        ("neither safe nor unsafe", changed(92, &[2]), Check::Format),
        ("two banks", changed(banks, &[0, 0, 0, 2]), Check::PcrSelection),
        ("SHA-1", changed(bank, &[0, 4]), Check::PcrSelection),
        ("a register less", changed(map, &[0xfe]), Check::PcrSelection),
        ("no register", cut_map, Check::PcrSelection),
        ("a register 24", high, Check::PcrSelection),
        ("a wide map", wide_map, Check::PcrSelection),
        ("a byte behind", [&quote[..], &[0]].concat(), Check::Format),
        ("nothing", Vec::new(), Check::Format),
    ];
    for (what, attest, check) in cases {
        match world.appraise(&forger.evidence(attest)) {
            Ok(shown) => assert!(check == Check::Residency && is_unbound(&shown), "{what}"),
            Err(refused) => assert_eq!(refused.check, check, "{what}: {refused}"),
        }
    }
}

#[test]
fn an_rsa_key_signs_as_well() {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    // The number of 256 bytes in the DER of the public key.
    let modulus = &key.public_key().as_ref()[9..265];
    let area = |bits: [u8; 2]| {
        let head =
            [0, 1, 0, 0x0b, 0, 5, 0, 0x72, 0, 0, 0, 0x10, 0, 0x14, 0, 0x0b, bits[0], bits[1], 0, 0, 0, 0];
        let area = [&head[..], &[1, 0], modulus].concat();
        [&u16::try_from(area.len()).unwrap().to_be_bytes(), area.as_slice()].concat()
    };
    let attest = vector("quote.tpms_attest");
    let mut signed = vec![0; 256];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &attest, &mut signed).unwrap();
    let signature = [&[0, 0x14, 0, 0x0b, 1, 0], signed.as_slice()].concat();
    let evidence = Evidence { ak_public: area([8, 0]), signature, ..good() };
    let world = World { activated: vec![evidence.claims().unwrap()], ..World::new() };
    assert_eq!(world.appraise(&evidence).unwrap().residency, Residency::R1);
    world.refuses(&Evidence { ak_public: area([4, 0]), ..evidence.clone() }, Check::KeyAttributes);
    let mut signature = evidence.signature.clone();
    signature[100] ^= 1;
    world.refuses(&Evidence { signature, ..evidence }, Check::Signature);
}

#[test]
fn a_chain_must_lead_from_an_endorsement_key_to_a_pinned_root() {
    let world = World::new();
    let with = |ek_chain: Vec<Vec<u8>>| Evidence { ek_chain, ..good() };
    let [ek, issuer, root] = <[Vec<u8>; 3]>::try_from(good().ek_chain).unwrap();
    world.refuses(&with(vec![]), Check::Size);
    world.refuses(&with(vec![ek.clone(), issuer.clone()]), Check::Chain);
    world.refuses(&with(vec![ek.clone(), root.clone()]), Check::Chain);
    world.refuses(&with(vec![ek, root.clone(), issuer.clone()]), Check::Chain);
    let why = world.refuses(&with(vec![issuer, root]), Check::Chain);
    assert!(why.contains("no endorsement certificate"), "{why}");
    let early = World { now: UnixTime::from_s(1_700_000_000), ..World::new() };
    early.refuses(&good(), Check::Chain);
    for roots in [vec![], vec![Root { kind: Kind::SevSnp.name().to_owned(), ..pinned() }]] {
        let world = World { document: Document { roots, ..document() }, ..World::new() };
        let why = world.refuses(&good(), Check::Root);
        assert!(why.contains(&pinned().sha256), "{why}");
    }
}

#[test]
fn a_revoked_tpm_is_refused() {
    let key_sha256 = hex::encode(good().claims().unwrap().endorsement);
    let revoked = vec![Revoked { key_sha256, reason: "seen twice".to_owned() }];
    let world = World { document: Document { revoked, ..document() }, ..World::new() };
    let why = world.refuses(&good(), Check::Revoked);
    assert!(why.contains("seen twice"), "{why}");
}

#[test]
fn documents_of_another_form_are_refused() {
    let world = World::new();
    let json: serde_json::Value = serde_json::from_slice(&good().to_json()).unwrap();
    assert_eq!(world.appraise_bytes(json.to_string().as_bytes()).unwrap().residency, Residency::R1);
    let changes: [(&str, &str, serde_json::Value, &str); 7] = [
        ("", "host", "mine".into(), "unknown field"),
        ("", "attest", "_w==".into(), "`attest` is not base64"),
        ("", "attest", "/x==".into(), "`attest` is not base64"),
        ("", "ek_chain", vec!["AA=="; 11].into(), "11 certificates"),
        ("pcrs", "10", "AB".repeat(32).into(), "register 10"),
        ("pcrs", "10", "ab".repeat(31).into(), "register 10"),
        ("pcrs", "24", "ab".repeat(32).into(), "register 24"),
    ];
    for (within, field, value, why) in changes {
        let mut json = json.clone();
        let place = if within.is_empty() { &mut json } else { &mut json[within] };
        place[field] = value;
        let refused = world.appraise_bytes(json.to_string().as_bytes()).unwrap_err();
        assert!(refused.check == Check::Format && refused.why.contains(why), "{refused}");
    }
    let long = [good().to_json(), vec![b' '; 65_536]].concat();
    assert_eq!(world.appraise_bytes(&long).unwrap_err().check, Check::Size);
}

/// The blob was computed by another program from the same seed; the rest is opened by TPMs only.
#[test]
fn a_credential_is_as_the_standard_has_it() {
    let (secret, seed) = (b"a secret of 32 bytes, as it is.\n", [0x11; 32]);
    let key = good().endorsement_key().unwrap();
    let made = Credential::make(&key, &vector("ak.name"), secret, &seed).unwrap();
    let blob = "004400203c55da6d1a40bd604334f3824dc9519e99bf4b04bdbb904963a76402f6dc\
                6e9ba9b99a0dbd670040c96d8fb436207b1fe57367c70c166d81e892a9806c0e97645fce";
    assert_eq!(hex::encode(made.blob), blob);
    assert_eq!((made.encrypted_secret.len(), &made.encrypted_secret[..2]), (258, [1, 0].as_slice()));
    let refused = |key: &[u8], secret: &[u8]| {
        Credential::make(key, &vector("ak.name"), secret, &seed).unwrap_err().check
    };
    assert_eq!(refused(&key, b""), Check::Activation);
    assert_eq!(refused(&key, &[0; 33]), Check::Activation);
    assert_eq!(refused(&key[1..], secret), Check::Format);
    let large = Evidence { ek_chain: vec![pem("ek_root.pem")], ..good() }.endorsement_key().unwrap();
    assert_eq!(refused(&large, secret), Check::Activation, "RSA of 3072 bits");
}

#[test]
fn a_file_of_certificates_is_der_or_pem() {
    let both = [vector("ek_issuer.pem"), vector("ek_root.pem")].concat();
    assert_eq!(certificates(&both).unwrap(), [pem("ek_issuer.pem"), pem("ek_root.pem")]);
    assert_eq!(certificates(&vector("ek.cer.der")).unwrap(), [vector("ek.cer.der")]);
    for neither in [vector("binding.json"), vector("quote.tpms_attest"), Vec::new()] {
        assert_eq!(certificates(&neither).unwrap_err().check, Check::Format);
    }
}

/// Every byte of every part. Changed bytes of the key's description give another key by name, which nobody activated:
/// where they are its policy or an attribute of the host's, it still signed. Nothing else is taken at all.
#[test]
fn every_flipped_byte_is_noticed() {
    let world = World::new();
    let flipped = |bytes: &[u8], place: usize, bit: u8| {
        let mut bytes = bytes.to_vec();
        bytes[place] ^= 1 << bit;
        bytes
    };
    let all = |bytes: &[u8]| {
        let places = 0..bytes.len();
        places.flat_map(|place| (0..8).map(move |bit| (place, bit))).collect::<Vec<_>>()
    };
    for (place, bit) in all(&good().attest) {
        let attest = flipped(&good().attest, place, bit);
        world.refuses(&Evidence { attest, ..good() }, Check::Signature);
    }
    for (place, bit) in all(&good().signature) {
        let signature = flipped(&good().signature, place, bit);
        assert!(world.appraise(&Evidence { signature, ..good() }).is_err(), "signature, byte {place}");
    }
    for (place, bit) in all(&good().ak_public) {
        let ak_public = flipped(&good().ak_public, place, bit);
        match world.appraise(&Evidence { ak_public, ..good() }) {
            Ok(shown) => assert!(is_unbound(&shown) && (6..10).contains(&place), "key, byte {place}"),
            Err(_) => continue,
        }
    }
    for number in 0..good().ek_chain.len() {
        for place in 0..good().ek_chain[number].len() {
            let mut evidence = good();
            evidence.ek_chain[number][place] ^= 1;
            assert!(world.appraise(&evidence).is_err(), "certificate {number}, byte {place}");
        }
    }
    for (number, place) in good().pcrs.keys().flat_map(|number| (0..32).map(move |place| (*number, place))) {
        let mut evidence = good();
        evidence.pcrs.get_mut(&number).unwrap()[place] ^= 1;
        world.refuses(&evidence, Check::PcrDigest);
    }
}

#[test]
fn parts_that_end_early_are_refused() {
    let world = World::new();
    for end in 0..good().signature.len() {
        let signature = good().signature[..end].to_vec();
        assert!(world.appraise(&Evidence { signature, ..good() }).is_err(), "signature to {end}");
    }
    for end in 0..good().ak_public.len() {
        let ak_public = good().ak_public[..end].to_vec();
        assert!(world.appraise(&Evidence { ak_public, ..good() }).is_err(), "key to {end}");
    }
    let forger = Forger::new(0x50072);
    for end in 0..good().attest.len() {
        let attest = good().attest[..end].to_vec();
        assert!(world.appraise(&forger.evidence(attest)).is_err(), "statement to {end}");
    }
}

#[test]
fn nothing_may_follow_a_part() {
    let world = World::new();
    let longer = |bytes: Vec<u8>| [bytes, vec![0]].concat();
    let mut chain = good().ek_chain;
    chain[0].push(0);
    for evidence in [
        Evidence { signature: longer(good().signature), ..good() },
        Evidence { ak_public: longer(good().ak_public), ..good() },
        Evidence { ek_chain: chain, ..good() },
    ] {
        world.refuses(&evidence, Check::Format);
    }
    // Inside the key's own size as well.
    let mut ak_public = longer(good().ak_public);
    ak_public[1] += 1;
    world.refuses(&Evidence { ak_public, ..good() }, Check::Format);
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer(
        attest in prop::collection::vec(any::<u8>(), 0..200),
        signature in prop::collection::vec(any::<u8>(), 0..100),
        ak_public in prop::collection::vec(any::<u8>(), 0..100),
        document in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let world = World::new();
        let parts = [Evidence { attest, signature, ..good() }, Evidence { ak_public, ..good() }];
        prop_assert!(parts.iter().all(|evidence| world.appraise(evidence).is_err()));
        prop_assert!(world.appraise_bytes(&document).is_err());
    }
}
