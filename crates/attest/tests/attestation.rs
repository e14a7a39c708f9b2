//! All evidence of one attestation together. The host with four GPUs is real: its reports share one nonce, which a machine
//! of our own binds here as a session's.

#![allow(clippy::unwrap_used, reason = "a test fails loudly; so do its helpers")]

mod forge;

use std::collections::BTreeSet;

use forge::snp::{self, Processor};
use lightcone_attest::nvidia::{baseboards, devices};
use lightcone_attest::references::{Document, Image, References, Revoked};
use lightcone_attest::{
    Attestation, Case, Check, Kind, Occasion, PIECES_MAX, Piece, Policy, Reason, RefusedPiece, Residency,
    UnixTime, appraise, evidence_signed,
};

const FOUR: &[u8] = include_bytes!("vectors/nvidia/gh100x4_evidence.json");
const NOW: UnixTime = UnixTime::from_s(1_780_000_000);

/// The nonce that the four GPUs signed.
fn nonce() -> [u8; 32] {
    let host: serde_json::Value = serde_json::from_slice(FOUR).unwrap();
    let first = host.get(0).or_else(|| host.pointer("/evidences/0")).unwrap();
    hex::decode(first["nonce"].as_str().unwrap()).unwrap().try_into().unwrap()
}

/// A machine of our own with the four GPUs.
struct Host {
    processor: Processor,
    document: Document,
}

impl Host {
    fn new(opens_accelerator: bool) -> Self {
        let processor = Processor::new();
        let document = Document {
            roots: vec![processor.root()],
            images: vec![Image { opens_accelerator, ..snp::image() }],
            ..Document::default()
        };
        Self { processor, document }
    }

    fn pieces(&self, binding: &[u8; 32]) -> Vec<(Kind, Vec<u8>)> {
        let own = (Kind::SevSnp, self.processor.evidence(binding).to_json());
        devices(FOUR).unwrap().into_iter().chain([own]).collect()
    }

    fn appraise(&self, shown: &[(Kind, Vec<u8>)], binding: &[u8; 32]) -> Result<Attestation, RefusedPiece> {
        self.appraise_at(shown, binding, NOW, true)
    }

    /// Appraises today what came at a moment.
    fn appraise_at(
        &self,
        shown: &[(Kind, Vec<u8>)],
        binding: &[u8; 32],
        now: UnixTime,
        is_signed: bool,
    ) -> Result<Attestation, RefusedPiece> {
        let references = References::unsigned(self.document.clone());
        appraised(shown, Some(binding), &references, (now, is_signed))
    }
}

fn appraised(
    shown: &[(Kind, Vec<u8>)],
    binding: Option<&[u8; 32]>,
    references: &References,
    (now, is_signed): (UnixTime, bool),
) -> Result<Attestation, RefusedPiece> {
    let pieces: Vec<Piece<'_>> = shown.iter().map(|(kind, payload)| Piece { kind: *kind, payload }).collect();
    let case = Case { binding, identity_key: None, activated: &[], references, collateral: None, now };
    appraise(&pieces, Occasion { today: NOW, is_signed }, &case)
}

fn check(refused: Result<Attestation, RefusedPiece>) -> Check {
    refused.unwrap_err().rejection.check
}

#[test]
fn a_host_with_four_gpus_is_four_chips_on_one_baseboard_of_one_type() {
    let shown = devices(FOUR).unwrap();
    let attestation = appraised(&shown, Some(&nonce()), &References::built_in(), (NOW, true)).unwrap();
    let chips: BTreeSet<&str> = attestation.chips().map(|chip| chip.instance.as_str()).collect();
    assert_eq!(chips.len(), 4);
    let boards = baseboards(&attestation.devices);
    assert_eq!((boards.len(), boards[0].chips.len(), boards[0].switches.len()), (1, 4, 4));
    assert!(boards[0].system_type.starts_with("4 x NVIDIA GH100"), "{}", boards[0].system_type);
}

#[test]
fn gpus_alone_never_bind_the_sessions_key() {
    let shown = devices(FOUR).unwrap();
    let attestation = appraised(&shown, Some(&nonce()), &References::built_in(), (NOW, true)).unwrap();
    assert_eq!((attestation.residency, attestation.binds_session_key()), (Residency::R0, false));
    assert_eq!(attestation.reasons, BTreeSet::from([Reason::IdentityOnly, Reason::KeyUnbound]));
    assert!(attestation.devices.iter().all(|device| !device.binds_session_key));
}

#[test]
fn a_remote_gpus_report_under_this_machines_binding_is_identity_only() {
    let host = Host::new(false);
    let attestation = host.appraise(&host.pieces(&nonce()), &nonce()).unwrap();
    assert_eq!(attestation.residency, Residency::R2);
    assert!(attestation.reasons.contains(&Reason::IdentityOnly), "{:?}", attestation.reasons);
    assert_eq!(attestation.lead().map(|lead| lead.kind), Some(Kind::SevSnp));
    let local_bus: Vec<Kind> = attestation
        .not_done()
        .into_iter()
        .filter(|(_, check)| *check == Check::LocalBus)
        .map(|(kind, _)| kind)
        .collect();
    assert_eq!(local_bus, [Kind::NvidiaGpu]);
}

#[test]
fn code_that_opens_its_gpus_itself_reaches_r3() {
    let host = Host::new(true);
    let attestation = host.appraise(&host.pieces(&nonce()), &nonce()).unwrap();
    assert_eq!((attestation.residency, attestation.reasons.len()), (Residency::R3, 0));
    assert!(attestation.chips().all(|chip| chip.done.contains(&Check::LocalBus)));
    let alone = host.appraise(&host.pieces(&nonce())[4..], &nonce()).unwrap();
    assert_eq!(alone.residency, Residency::R2, "without a GPU there is nothing to reach");
}

#[test]
fn a_report_that_is_replayed_under_another_binding_is_refused() {
    let (host, other) = (Host::new(true), [0xB2; 32]);
    assert_eq!(check(host.appraise(&host.pieces(&other), &other)), Check::Nonce);
    assert_eq!(check(host.appraise(&host.pieces(&nonce())[4..], &other)), Check::Binding);
}

#[test]
fn code_that_nobody_knows_is_r0_on_the_best_hardware() {
    let mut host = Host::new(true);
    host.document.images.clear();
    let attestation = host.appraise(&host.pieces(&nonce()), &nonce()).unwrap();
    assert_eq!(attestation.residency, Residency::R0);
    assert!(attestation.reasons.contains(&Reason::CodeUnknown) && attestation.binds_session_key());
}

#[test]
fn a_list_that_the_sessions_key_did_not_sign_adopts_no_chip() {
    let host = Host::new(true);
    let shown = host.pieces(&nonce());
    let attestation = host.appraise_at(&shown, &nonce(), NOW, false).unwrap();
    assert_eq!(attestation.residency, Residency::R2);
    assert!(attestation.reasons.contains(&Reason::IdentityOnly));
    let pieces: Vec<Piece<'_>> = shown.iter().map(|(kind, payload)| Piece { kind: *kind, payload }).collect();
    let signed = evidence_signed(&nonce(), &pieces);
    assert_ne!(signed, evidence_signed(&nonce(), &pieces[1..]));
    assert_ne!(signed, evidence_signed(&[0; 32], &pieces));
}

#[test]
fn references_that_are_over_know_nothing_and_still_forbid() {
    let mut host = Host::new(true);
    host.document.expires_s = NOW.as_s();
    // The maker's root went with them.
    assert_eq!(check(host.appraise(&host.pieces(&nonce()), &nonce())), Check::Root);
    let gpus = &host.pieces(&nonce())[..4];
    let attestation = host.appraise(gpus, &nonce()).unwrap();
    assert!(attestation.not_done().contains(&(Kind::NvidiaGpu, Check::References)));
    assert_eq!(attestation.references, "built-in");
    let chip = attestation.chips().next().unwrap();
    let key_sha256 = chip.instance.strip_prefix("nvidia:").unwrap().to_owned();
    host.document.revoked.push(Revoked { key_sha256, reason: "stolen".to_owned() });
    assert_eq!(check(host.appraise(gpus, &nonce())), Check::Revoked);
}

#[test]
fn references_of_today_judge_evidence_of_yesterday() {
    let mut host = Host::new(true);
    host.document.issued_s = NOW.as_s() - 10;
    let yesterday = UnixTime::from_s(NOW.as_s() - 86_400);
    let attestation = host.appraise_at(&host.pieces(&nonce()), &nonce(), yesterday, true).unwrap();
    assert_eq!(attestation.residency, Residency::R3);
}

#[test]
fn one_bad_piece_refuses_them_all() {
    let host = Host::new(true);
    let mut shown = host.pieces(&nonce());
    let place = shown[1].1.len() / 2;
    shown[1].1[place] ^= 1;
    let refused = host.appraise(&shown, &nonce()).unwrap_err();
    assert_eq!((refused.place, refused.kind), (1, Kind::NvidiaGpu));
    let mut revoked = Host::new(true);
    let key_sha256 = revoked.processor.key_sha256();
    revoked.document.revoked.push(Revoked { key_sha256, reason: "stolen".to_owned() });
    assert_eq!(check(revoked.appraise(&revoked.pieces(&nonce()), &nonce())), Check::Revoked);
}

#[test]
fn one_device_counts_once_and_evidence_has_its_measure() {
    let host = Host::new(true);
    let shown = host.pieces(&nonce());
    let twice = [shown[0].clone(), shown[0].clone()];
    assert_eq!(check(host.appraise(&twice, &nonce())), Check::Identity);
    assert_eq!(check(host.appraise(&[], &nonce())), Check::Size);
    let many: Vec<_> = (0..=PIECES_MAX).map(|_| shown[0].clone()).collect();
    assert_eq!(check(host.appraise(&many, &nonce())), Check::Size);
    assert_eq!(check(host.appraise(&[(Kind::SevSnp, vec![b' '; 65_537])], &nonce())), Check::Size);
}

#[test]
fn closing_goes_on_with_the_same_machine_code_and_chips() {
    let host = Host::new(true);
    let opening = host.appraise(&host.pieces(&nonce()), &nonce()).unwrap();
    assert_eq!(opening.goes_on(&opening), Ok(()));
    let gone = |closing: &Attestation| opening.goes_on(closing).unwrap_err().check;
    let without = host.appraise(&host.pieces(&nonce())[1..], &nonce()).unwrap();
    assert_eq!(gone(&without), Check::Identity, "a chip is gone");
    let alone = host.appraise(&host.pieces(&nonce())[..4], &nonce()).unwrap();
    assert_eq!(gone(&alone), Check::Binding, "nothing ties the key");
    let mut other = Host::new(true);
    other.document.images[0].name = "another".to_owned();
    let other = other.appraise(&other.pieces(&nonce()), &nonce()).unwrap();
    assert_eq!(gone(&other), Check::Code);
}

#[test]
fn a_policy_takes_what_is_tied_closely_enough_and_young_enough() {
    let host = Host::new(false);
    let mut attestation = host.appraise(&host.pieces(&nonce()), &nonce()).unwrap();
    let policy = Policy { residency_min: Residency::R2, age_max_s: 60 };
    assert_eq!(policy.admit(&attestation), Ok(()));
    let refused = Policy { residency_min: Residency::R3, ..policy }.admit(&attestation).unwrap_err();
    assert_eq!(refused.check, Check::Residency);
    assert!(refused.why.contains("IDENTITY_ONLY"), "{}", refused.why);
    policy.age(&mut attestation, 60);
    assert_eq!(attestation.residency, Residency::R2);
    policy.age(&mut attestation, 61);
    assert_eq!(attestation.residency, Residency::R0);
    assert!(attestation.reasons.contains(&Reason::Old));
}
