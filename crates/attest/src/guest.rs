//! What confidential virtual machines of all makers have in common: 64 bytes that the machine asks its processor to
//! sign, of which the session's binding takes the first half, and code that was measured when it started.

use lightcone_core::Residency;

use crate::appraisal::{Appraisal, Code};
use crate::case::Case;
use crate::check::Check;
use crate::kind::Kind;
use crate::reason::Reason;
use crate::rejection::Rejection;
use crate::trust::Tier;
use crate::x509::Certificate;

/// Holds what the machine had signed against the session's binding.
pub(crate) fn bind(appraisal: &mut Appraisal, data: &[u8; 64], case: &Case<'_>) -> Result<(), Rejection> {
    let (nonce, rest) = data.split_at_checked(32).unwrap_or_default();
    appraisal.nonce = nonce.to_vec();
    let Some(binding) = case.binding else {
        appraisal.leave(Check::Binding);
        appraisal.reasons.insert(Reason::KeyUnbound);
        return Ok(());
    };
    if nonce != binding || rest != [0; 32] {
        let why = "the machine had other bytes signed than this session's binding and 32 zeros";
        return Err(Rejection::new(Check::Binding, why));
    }
    appraisal.binds_session_key = true;
    appraisal.pass(Check::Binding);
    Ok(())
}

/// Says how well the key is tied, by whether the code is known. What a key is tied to by unknown code, or by a statement
/// that does not bind it, is nothing.
pub(crate) fn run(appraisal: &mut Appraisal, code: Option<Code>) {
    appraisal.trust.configuration = Tier::Affirming;
    appraisal.code = code;
    if appraisal.code.is_none() {
        appraisal.reasons.insert(Reason::CodeUnknown);
        appraisal.leave(Check::Code);
        appraisal.trust.executables = Tier::Warning;
        return;
    }
    appraisal.pass(Check::Code);
    appraisal.trust.executables = Tier::Affirming;
    if appraisal.binds_session_key {
        appraisal.residency = Residency::R2;
        appraisal.trust.runtime_opaque = Tier::Affirming;
    }
}

/// Whether a root is pinned for a format.
pub(crate) fn is_pinned(root: &Certificate, kind: Kind, case: &Case<'_>) -> Result<(), Rejection> {
    if case.references.root(kind, &root.sha256()).is_some() {
        return Ok(());
    }
    let why = format!("`{}` is no known root of {kind}: pin its SHA-256 in the references", root.subject());
    Err(Rejection::new(Check::Root, why))
}

/// Whether none of these certificates is on our own list.
pub(crate) fn is_not_revoked(chain: &[Certificate], case: &Case<'_>) -> Result<(), Rejection> {
    for certificate in chain {
        if let Some(reason) = case.references.revoked(&certificate.key_sha256()) {
            let why = format!("`{}` is revoked: {reason}", certificate.subject());
            return Err(Rejection::new(Check::Revoked, why));
        }
    }
    Ok(())
}
