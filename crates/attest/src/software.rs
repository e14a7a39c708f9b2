//! `software`: a signature by the key that an agent enrolled with. Whoever has a copy of the key can make it, so
//! it says who answers and nothing of where: residency R0.

use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::appraisal::Appraisal;
use crate::case::Case;
use crate::check::Check;
use crate::kind::Kind;
use crate::reason::Reason;
use crate::rejection::Rejection;
use crate::verifier::Verifier;

/// What is signed begins with this; the binding follows.
const LABEL: &[u8] = b"lightcone/evidence/software/v1\0";

/// The verifier of `software`. The evidence is the signature, 64 bytes, over [`signed`].
#[derive(Clone, Copy, Debug)]
pub struct Software;

/// What the signature is over, for a binding.
#[must_use]
pub fn signed(binding: &[u8; 32]) -> Vec<u8> {
    [LABEL, binding].concat()
}

impl Verifier for Software {
    fn kind(&self) -> Kind {
        Kind::Software
    }

    fn verify(&self, evidence: &[u8], case: &Case<'_>) -> Result<Appraisal, Rejection> {
        let signature = Signature::from_slice(evidence).map_err(|_| {
            let (found, wanted) = (evidence.len(), Signature::BYTE_SIZE);
            Rejection::format(format!("evidence has {found} bytes; `software` has {wanted}"))
        })?;
        let refused =
            || Rejection::new(Check::Signature, "the signature is not the agent's over this binding");
        let unknown = || {
            Rejection::new(
                Check::Binding,
                "`software` evidence says something of a session's keys only: give its binding and the agent's key",
            )
        };
        let (binding, identity) = case.binding.zip(case.identity_key).ok_or_else(unknown)?;
        let key = VerifyingKey::from_bytes(identity).map_err(|_| refused())?;
        key.verify_strict(&signed(binding), &signature).map_err(|_| refused())?;
        let mut appraisal =
            Appraisal::of(Kind::Software, format!("software:{}", hex::encode(Sha256::digest(identity))));
        "an ordinary process".clone_into(&mut appraisal.model);
        appraisal.binds_session_key = true;
        appraisal.nonce = binding.to_vec();
        appraisal.reasons.insert(Reason::Unattested);
        for check in [Check::Format, Check::Signature, Check::Binding] {
            appraisal.pass(check);
        }
        for check in [Check::Identity, Check::Code, Check::KeyCopy] {
            appraisal.leave(check);
        }
        Ok(appraisal)
    }
}
