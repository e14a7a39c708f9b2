//! Attesting: evidence held against reference values and policy. What evidence means is in `lightcone-attest`; here is
//! where its arguments come from.

mod reference_file;
mod tie;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use ed25519_dalek::{Signature, VerifyingKey};
use lightcone_attest::references::References;
use lightcone_attest::{
    Activated, Attestation, Case, Kind, Occasion, PIECES_MAX, Piece, Policy, RefusedPiece, UnixTime,
    appraise, evidence_signed,
};

pub(crate) use reference_file::{ReferenceFile, Unusable};
pub(crate) use tie::Tie;

const NS_PER_S: i64 = 1_000_000_000;
/// What one piece of evidence costs: a chain of five certificates and a report, or one signature.
const PIECE: Duration = Duration::from_micros(2_500);
const SOFTWARE: Duration = Duration::from_micros(120);

/// A piece of evidence as it came, of a known format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Its format.
    pub(crate) kind: Kind,
    /// The evidence.
    pub(crate) payload: Vec<u8>,
}

/// What the evidence of one session is held against.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// The binding or nonce that must be in it; none: none is asked for.
    pub(crate) binding: Option<[u8; 32]>,
    /// The agent's key, as it enrolled.
    pub(crate) identity_key: Option<[u8; 32]>,
    /// Keys of TPMs that were activated for the agent.
    pub(crate) activated: Vec<Activated>,
    /// When it came, in nanoseconds since 1970.
    pub(crate) at_ns: i64,
    /// When it is judged.
    pub(crate) today_ns: i64,
    /// The session's key, and its signature of the list of evidence; none: nobody signed the list.
    pub(crate) signed: Option<([u8; 32], Vec<u8>)>,
}

impl Wanted {
    /// Whether the session's key signed this list of evidence.
    fn is_signed(&self, pieces: &[Piece<'_>]) -> bool {
        let Some(((key, signature), nonce)) = self.signed.as_ref().zip(self.binding.as_ref()) else {
            return false;
        };
        let signature = Signature::from_slice(signature);
        let key = VerifyingKey::from_bytes(key);
        key.ok().zip(signature.ok()).is_some_and(|(key, signature)| {
            key.verify_strict(&evidence_signed(nonce, pieces), &signature).is_ok()
        })
    }
}

/// The references in force and what policy asks for.
#[derive(Debug)]
pub(crate) struct Attesting {
    references: RwLock<Arc<References>>,
    file: Option<ReferenceFile>,
    /// What is asked of evidence.
    pub(crate) policy: Policy,
}

impl Attesting {
    /// Reads the references where a file is given.
    pub(crate) fn start(file: Option<ReferenceFile>, policy: Policy) -> Result<Self, Unusable> {
        let references = match &file {
            Some(file) => {
                let references = file.read()?;
                file.take(references.document().version)?;
                references
            }
            None => References::built_in(),
        };
        tracing::info!(version = references.version(), least = %policy.residency_min, "reference values");
        Ok(Self { references: RwLock::new(Arc::new(references)), file, policy })
    }

    /// The references in force.
    pub(crate) fn references(&self) -> Arc<References> {
        Arc::clone(&self.references.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the file again. True if other references are in force since. What cannot be used changes nothing.
    pub(crate) fn refresh(&self) -> Result<bool, Unusable> {
        let Some(file) = &self.file else { return Ok(false) };
        let (read, before) = (file.read()?, self.references());
        if read == *before {
            return Ok(false);
        }
        // Another document under a number that is taken is no successor either.
        if read.document().version <= before.document().version && before.document().version > 0 {
            let (found, known) = (read.document().version, before.document().version);
            return Err(Unusable::Older { path: file.path(), found, known });
        }
        file.take(read.document().version)?;
        tracing::info!(version = read.version(), before = before.version(), "reference values changed");
        *self.references.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(read);
        Ok(true)
    }
}

/// Appraises evidence. To be called where computing is done.
pub(crate) fn appraised(
    shown: &[Shown],
    wanted: &Wanted,
    references: &References,
) -> Result<Attestation, RefusedPiece> {
    let pieces: Vec<Piece<'_>> =
        shown.iter().map(|shown| Piece { kind: shown.kind, payload: &shown.payload }).collect();
    let case = Case {
        binding: wanted.binding.as_ref(),
        identity_key: wanted.identity_key.as_ref(),
        activated: &wanted.activated,
        references,
        collateral: None,
        now: UnixTime::from_ns(wanted.at_ns),
    };
    let occasion =
        Occasion { today: UnixTime::from_ns(wanted.today_ns), is_signed: wanted.is_signed(&pieces) };
    appraise(&pieces, occasion, &case)
}

/// How long it is expected to take.
pub(crate) fn cost(shown: &[Shown]) -> Duration {
    let each = |shown: &Shown| if shown.kind == Kind::Software { SOFTWARE } else { PIECE };
    shown.iter().take(PIECES_MAX).map(each).sum()
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};
    use lightcone_attest::Residency;
    use lightcone_attest::references::{Document, Envelope};

    use super::*;

    const POLICY: Policy = Policy { residency_min: Residency::R0, age_max_s: 60 };

    #[test]
    fn references_never_go_back_not_even_by_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let (path, key) = (folder.path().join("references"), SigningKey::from_bytes(&[3; 32]));
        let public = key.verifying_key().to_bytes();
        let publish = |version, issued_s| {
            let document = Document { version, issued_s, ..Document::default() };
            let sealed = Envelope::seal(&document.to_json(), &public, |bytes| key.sign(bytes).to_bytes());
            std::fs::write(&path, serde_json::to_vec(&sealed).unwrap()).unwrap();
        };
        let start = || {
            let mark = Some(folder.path().join("mark"));
            Attesting::start(Some(ReferenceFile::new(&path, vec![public], mark)), POLICY)
        };
        publish(3, 0);
        let attesting = start().unwrap();
        assert!(!attesting.refresh().unwrap(), "nothing changed");
        publish(3, 1);
        assert!(matches!(attesting.refresh(), Err(Unusable::Older { found: 3, known: 3, .. })));
        publish(4, 0);
        assert!(attesting.refresh().unwrap());
        publish(3, 0);
        assert!(matches!(attesting.refresh(), Err(Unusable::Older { found: 3, known: 4, .. })));
        assert!(matches!(start(), Err(Unusable::Older { found: 3, known: 4, .. })));
        std::fs::write(&path, "{").unwrap();
        assert!(matches!(attesting.refresh(), Err(Unusable::Refused { .. })));
        assert!(attesting.references().version().starts_with("4 "), "what is in force stays");
    }
}
