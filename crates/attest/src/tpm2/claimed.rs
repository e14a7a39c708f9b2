//! An attestation key that is said to live in a TPM: what has to hold before its TPM is asked.

use super::Credential;
use super::endorsement::Endorsement;
use super::key::AttestationKey;
use crate::case::{Activated, Case};
use crate::references::References;
use crate::rejection::Rejection;
use crate::time::UnixTime;

/// A key that may attest, and a TPM whose maker is known. That the one lives in the other is true only once a
/// [`Credential`] for it came back opened.
#[derive(Clone, Debug)]
pub struct Claimed {
    name: Vec<u8>,
    endorsement: Endorsement,
}

impl Claimed {
    /// Checks the chain of an endorsement certificate, itself first, in DER, and a key's public area, a `TPM2B_PUBLIC`.
    ///
    /// # Errors
    /// The chain does not lead to a pinned root, a key in it is revoked, or the key may sign what no TPM made.
    pub fn verify(
        chain: &[Vec<u8>],
        ak_public: &[u8],
        references: &References,
        now: UnixTime,
    ) -> Result<Self, Rejection> {
        let case =
            Case { binding: None, identity_key: None, activated: &[], references, collateral: None, now };
        let endorsement = Endorsement::verify(chain, &case)?;
        let key = AttestationKey::parse(ak_public)?;
        key.may_attest()?;
        Ok(Self { name: key.name().to_vec(), endorsement })
    }

    /// What is known of the key once its TPM answered.
    #[must_use]
    pub fn activated(&self) -> Activated {
        Activated { name: self.name.clone(), endorsement: self.endorsement.key_sha256() }
    }

    /// A secret that only this TPM can read, and only for this key. The caller draws `seed` anew each time.
    ///
    /// # Errors
    /// The endorsement key is of a kind that nothing is encrypted to.
    pub fn challenge(&self, secret: &[u8; 32], seed: &[u8; 32]) -> Result<Credential, Rejection> {
        Credential::make(&self.endorsement.key_info(), &self.name, secret, seed)
    }
}
