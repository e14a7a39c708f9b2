//! One result, of a machine and an accelerator.

use lightcone_attest::ear::{Ear, Terms, VerifierId};
use lightcone_attest::references::References;
use lightcone_attest::{Appraisal, Check, Code, Counters, Kind, Reason, Residency, Tier, UnixTime};

/// 2026-01-01T00:00:00Z.
pub const ISSUED: UnixTime = UnixTime::from_s(1_767_225_600);
/// 2100-01-01T00:00:00Z: foreign libraries hold it against their own clock.
pub const EXPIRES: UnixTime = UnixTime::from_s(4_102_444_800);

pub fn ear() -> Ear {
    Ear::of(&[machine(), accelerator()], terms(&references())).expect("terms that can be")
}

pub fn references() -> String {
    References::built_in().version()
}

pub fn terms(policy: &str) -> Terms<'_> {
    let verifier =
        VerifierId { developer: "https://lightcone.example".into(), build: "lightcone 0.1.0".into() };
    let nonce = Some(&b"a nonce of the client"[..]);
    Terms { issued: ISSUED, expires: EXPIRES, verifier, nonce, policy }
}

pub fn machine() -> Appraisal {
    let mut machine = Appraisal::of(Kind::Tpm2Quote, format!("tpm:{}", "5a".repeat(32)));
    "a TPM 2.0".clone_into(&mut machine.model);
    machine.residency = Residency::R1;
    machine.binds_session_key = true;
    machine.nonce = vec![7; 32];
    machine.code = Some(Code { name: "lightcone-agent 0.1.0".into(), opens_accelerator: false });
    machine.counters = Some(Counters { resets: 3, restarts: 0, clock_ms: 5_000, safe: true });
    machine.trust.hardware = Tier::Affirming;
    machine.trust.executables = Tier::Affirming;
    machine.pass(Check::Signature);
    machine.pass(Check::Debug);
    machine.leave(Check::Revocation);
    machine
}

pub fn accelerator() -> Appraisal {
    let mut accelerator = Appraisal::of(Kind::NvidiaGpu, format!("nvidia:{}", "c3".repeat(32)));
    "GH100 A01 GSP BROM".clone_into(&mut accelerator.model);
    accelerator.nonce = vec![7; 32];
    accelerator.claim("driver", "550.90.07");
    accelerator.claim("protected-pcie", false);
    accelerator.claim("board", &[1, 2, 255][..]);
    accelerator.claim("switches", vec!["a".to_owned(), "b".to_owned()]);
    accelerator.claim("measured", 64_u64);
    accelerator.reasons.insert(Reason::IdentityOnly);
    accelerator.trust.hardware = Tier::Affirming;
    accelerator.trust.executables = Tier::Warning;
    accelerator.pass(Check::Signature);
    accelerator.leave(Check::LocalBus);
    accelerator
}
