//! A TPM from enrolment to verdict, on swtpm: what a quote shows, and what is noticed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod swtpm;

use std::time::{SystemTime, UNIX_EPOCH};

use lightcone_attest::references::{Document, Image, References, Root};
use lightcone_attest::tpm2::{self, Credential, Evidence, Tpm2Quote, counters_follow, same_boot};
use lightcone_attest::{
    Activated, Appraisal, Case, Check, Counters, Kind, Reason, Rejection, Residency, UnixTime, Verifier as _,
};
use lightcone_attester::Source as _;
use lightcone_attester::tpm::{PCRS, Tpm};
use sha2::{Digest as _, Sha256};
use swtpm::{Maker, Swtpm};

const BINDING: [u8; 32] = [0x5a; 32];
const SECRET: &[u8] = b"a secret of 32 bytes, as it is.\n";
const SEED: [u8; 32] = [0x11; 32];

/// The verifier's side: what it knows, and whom it enrolled.
struct Verifier {
    document: Document,
    activated: Vec<Activated>,
}

impl Verifier {
    /// Trusts a maker, and takes what this evidence measures for a known image.
    fn new(issuers: &[Vec<u8>], known: &Evidence) -> Self {
        let sha256 = hex(&Sha256::digest(issuers.last().unwrap()));
        let root = Root { kind: Kind::Tpm2Quote.name().to_owned(), name: "swtpm".to_owned(), sha256 };
        let image =
            Image { name: "agent 1".to_owned(), opens_accelerator: false, measured: known.measured() };
        let document = Document { roots: vec![root], images: vec![image], ..Document::default() };
        Self { document, activated: Vec::new() }
    }

    fn appraise(&self, evidence: &Evidence, binding: &[u8; 32]) -> Result<Appraisal, Rejection> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let references = References::unsigned(self.document.clone());
        let case = Case {
            binding: Some(binding),
            identity_key: None,
            activated: &self.activated,
            references: &references,
            collateral: None,
            now: UnixTime::from_s(i64::try_from(now).unwrap()),
        };
        Tpm2Quote.verify(&evidence.to_json(), &case)
    }

    /// Has a TPM prove that the key of some evidence lives in it, and remembers that.
    fn enrol(&mut self, tpm: &mut Tpm, evidence: &Evidence) {
        let claims = evidence.claims().unwrap();
        let credential =
            Credential::make(&evidence.endorsement_key().unwrap(), &claims.name, SECRET, &SEED).unwrap();
        assert_eq!(tpm.activate(&credential).unwrap(), SECRET);
        self.activated.push(claims);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn source(maker: &Maker, device: &Swtpm) -> (Tpm, Vec<Vec<u8>>) {
    let issuers: Vec<Vec<u8>> =
        maker.issuers().iter().flat_map(|pem| tpm2::certificates(pem).unwrap()).collect();
    (Tpm::new(device.tcti(), issuers.clone()), issuers)
}

fn quote(tpm: &mut Tpm, binding: &[u8; 32]) -> Evidence {
    let pieces = tpm.collect(binding).unwrap();
    let [piece] = pieces.as_slice() else { panic!("{} pieces", pieces.len()) };
    assert_eq!(piece.kind, Kind::Tpm2Quote);
    Evidence::parse(&piece.payload).unwrap()
}

/// A TPM that is switched on, and a verifier that enrolled it.
fn enrolled(maker: &Maker) -> (Swtpm, Tpm, Verifier) {
    let device = maker.make();
    let (mut tpm, issuers) = source(maker, &device);
    let evidence = quote(&mut tpm, &BINDING);
    let mut verifier = Verifier::new(&issuers, &evidence);
    verifier.enrol(&mut tpm, &evidence);
    (device, tpm, verifier)
}

fn is_unbound(appraisal: &Appraisal) -> bool {
    appraisal.residency == Residency::R0
        && appraisal.reasons.contains(&Reason::KeyUnbound)
        && appraisal.not_done.contains(&Check::Activation)
}

#[test]
fn a_tpm_is_r1_once_its_key_is_activated() {
    if !swtpm::is_installed() {
        return;
    }
    let maker = Maker::new();
    let device = maker.make();
    let (mut tpm, issuers) = source(&maker, &device);
    let evidence = quote(&mut tpm, &BINDING);
    let mut verifier = Verifier::new(&issuers, &evidence);
    assert!(is_unbound(&verifier.appraise(&evidence, &BINDING).unwrap()));
    verifier.enrol(&mut tpm, &evidence);
    let shown = verifier.appraise(&evidence, &BINDING).unwrap();
    assert_eq!(shown.residency, Residency::R1);
    assert_eq!(shown.code.unwrap().name, "agent 1");
    assert!(shown.model.contains("swtpm"), "{}", shown.model);
}

#[test]
fn a_stale_nonce_is_refused() {
    if !swtpm::is_installed() {
        return;
    }
    let (_device, mut tpm, verifier) = enrolled(&Maker::new());
    let stale = quote(&mut tpm, &[0xa5; 32]);
    assert_eq!(verifier.appraise(&stale, &BINDING).unwrap_err().check, Check::Binding);
    assert_eq!(verifier.appraise(&stale, &[0xa5; 32]).unwrap().residency, Residency::R1);
}

#[test]
fn what_boots_later_is_another_system() {
    if !swtpm::is_installed() {
        return;
    }
    let (device, mut tpm, verifier) = enrolled(&Maker::new());
    device.tool("tpm2_pcrextend", &format!("10:sha256={}", "ab".repeat(32)));
    let shown = verifier.appraise(&quote(&mut tpm, &BINDING), &BINDING).unwrap();
    assert_eq!(shown.residency, Residency::R0);
    assert!(shown.reasons.contains(&Reason::CodeUnknown));
    let elsewhere = quote(&mut tpm.clone().over([0, 7, 23]), &BINDING);
    assert_eq!(elsewhere.pcrs.keys().collect::<Vec<_>>(), [&0, &7, &23]);
    assert!(verifier.appraise(&elsewhere, &BINDING).unwrap().reasons.contains(&Reason::CodeUnknown));
}

#[test]
fn a_power_cycle_is_noticed_and_the_key_stays() {
    if !swtpm::is_installed() {
        return;
    }
    let (mut device, mut tpm, verifier) = enrolled(&Maker::new());
    let mut counters = || -> Counters {
        let shown = verifier.appraise(&quote(&mut tpm, &BINDING), &BINDING).unwrap();
        assert_eq!(shown.residency, Residency::R1, "the same key and registers, each time");
        shown.counters.unwrap()
    };
    let (opening, closing) = (counters(), counters());
    assert!(same_boot(&opening, &closing), "{opening:?} {closing:?}");
    let copy = device.file("tpm2-00.permall");
    device.power_cycle();
    let later = counters();
    assert!(later.resets > closing.resets && !same_boot(&opening, &later), "{closing:?} {later:?}");
    assert_eq!(counters_follow(&closing, &later), Ok(()));
    assert_eq!(counters_follow(&later, &closing).unwrap_err().check, Check::Counters);
    device.power_cycle();
    let last = counters();
    // A copy of its state comes back to life: it counts on from where it was copied.
    device.restore(&copy);
    let restored = counters();
    assert_eq!(
        counters_follow(&last, &restored).unwrap_err().check,
        Check::Counters,
        "{last:?} {restored:?}"
    );
    // Its owner clears it: the same key, and it counts from the start.
    device.tool("tpm2_clear", "-c p");
    let cleared = counters();
    assert_eq!(
        counters_follow(&later, &cleared).unwrap_err().check,
        Check::Counters,
        "{later:?} {cleared:?}"
    );
}

#[test]
fn a_quote_by_an_unrestricted_key_is_refused() {
    if !swtpm::is_installed() {
        return;
    }
    let (device, mut tpm, verifier) = enrolled(&Maker::new());
    let attributes = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign";
    device
        .tool("tpm2_createprimary", &format!("-C e -G ecc256:ecdsa-sha256:null -a {attributes} -c key.ctx"));
    device.tool("tpm2_flushcontext", "-t");
    let registers = "sha256:0,1,2,3,4,5,6,7,10";
    device.tool(
        "tpm2_quote",
        &format!("-c key.ctx -l {registers} -q {} -m attest -s signature", hex(&BINDING)),
    );
    device.tool("tpm2_flushcontext", "-t");
    device.tool("tpm2_readpublic", "-c key.ctx -o public");
    device.tool("tpm2_flushcontext", "-t");
    let [attest, signature, ak_public] = ["attest", "signature", "public"].map(|name| device.file(name));
    let forged = Evidence { attest, signature, ak_public, ..quote(&mut tpm, &BINDING) };
    let refused = verifier.appraise(&forged, &BINDING).unwrap_err();
    assert_eq!(refused.check, Check::KeyAttributes);
    assert!(refused.why.contains("0x40072"), "{refused}");
}

#[test]
fn the_quote_of_one_tpm_shows_nothing_of_another() {
    if !swtpm::is_installed() {
        return;
    }
    let maker = Maker::new();
    let (_near, mut near, verifier) = enrolled(&maker);
    let far_device = maker.make();
    let (mut far, _) = source(&maker, &far_device);
    let (near_quote, far_quote) = (quote(&mut near, &BINDING), quote(&mut far, &BINDING));
    // The far TPM's quote under the certificate of the near one.
    let copied = Evidence { ek_chain: near_quote.ek_chain.clone(), ..far_quote.clone() };
    assert!(is_unbound(&verifier.appraise(&copied, &BINDING).unwrap()));
    // Neither opens a credential for the key of one beside the certificate of the other.
    let name = far_quote.claims().unwrap().name;
    let mixed = Credential::make(&near_quote.endorsement_key().unwrap(), &name, SECRET, &SEED).unwrap();
    for tpm in [&mut near, &mut far] {
        let refused = tpm.activate(&mixed).unwrap_err();
        assert!(refused.why.contains("does not open"), "{refused}");
        assert_eq!(quote(tpm, &BINDING).pcrs.len(), PCRS.len(), "and works on");
    }
    // The near TPM's name with the far one's key description.
    let described = Evidence { ak_public: far_quote.ak_public, ..near_quote };
    assert_eq!(verifier.appraise(&described, &BINDING).unwrap_err().check, Check::Signature);
}

#[test]
fn nothing_stays_in_the_tpm_whatever_fails() {
    if !swtpm::is_installed() {
        return;
    }
    let (_device, mut tpm, verifier) = enrolled(&Maker::new());
    let evidence = quote(&mut tpm, &BINDING);
    let claims = evidence.claims().unwrap();
    let good = Credential::make(&evidence.endorsement_key().unwrap(), &claims.name, SECRET, &SEED).unwrap();
    let mut bad = good.clone();
    *bad.blob.last_mut().unwrap() ^= 1;
    // A TPM has room for three objects and three sessions.
    for _ in 0..5 {
        assert!(tpm.activate(&bad).is_err());
    }
    assert_eq!(tpm.activate(&good).unwrap(), SECRET);
    let shown = verifier.appraise(&quote(&mut tpm, &BINDING), &BINDING).unwrap();
    assert_eq!(shown.residency, Residency::R1);
}

/// On P-256 as well, where the library of TPMs and its tools stand in for an agent.
#[test]
fn a_credential_for_an_elliptic_endorsement_key_opens() {
    if !swtpm::is_installed() {
        return;
    }
    let device = Maker::new().make();
    device.tool("tpm2_createek", "-G ecc -c ek.ctx -u ek.der -f der");
    device.tool("tpm2_flushcontext", "-t");
    device.tool("tpm2_createak", "-C ek.ctx -G ecc -g sha256 -s ecdsa -c ak.ctx -n ak.name");
    device.tool("tpm2_flushcontext", "-t");
    let credential =
        Credential::make(&device.file("ek.der"), &device.file("ak.name"), SECRET, &SEED).unwrap();
    let head = [0xba, 0xdc, 0xc0, 0xde, 0, 0, 0, 1];
    let file = [&head[..], &credential.blob, &credential.encrypted_secret].concat();
    std::fs::write(device.folder().join("credential"), file).unwrap();
    device.tool("tpm2_startauthsession", "--policy-session -S session.ctx");
    device.tool("tpm2_policysecret", "-S session.ctx -c e");
    device.tool(
        "tpm2_activatecredential",
        "-c ak.ctx -C ek.ctx -i credential -o secret -P session:session.ctx",
    );
    assert_eq!(device.file("secret"), SECRET);
}

#[test]
fn a_tpm_that_cannot_vouch_says_what_to_do() {
    if !swtpm::is_installed() {
        return;
    }
    let device = Maker::new().make_uncertified();
    let unavailable = Tpm::new(device.tcti(), Vec::new()).collect(&BINDING).unwrap_err();
    assert!(unavailable.remedy.contains("0x01c00002"), "{unavailable}");
    let none = Tpm::new(device.tcti(), Vec::new()).over([]).collect(&BINDING).unwrap_err();
    assert!(none.remedy.contains("0 to 23"), "{none}");
    for device in ["device:/dev/no-tpm-here", "tpm"] {
        let absent = Tpm::new(device, Vec::new()).collect(&BINDING).unwrap_err();
        assert!(absent.device == device && absent.remedy.contains("/dev/tpmrm0"), "{absent}");
    }
}
