//! `software`: a signature by the key that an agent enrolled with. Whoever has a copy of the key can make it, so
//! it says who answers and nothing of where: residency R0.

use ed25519_dalek::{Signature, VerifyingKey};

use super::{Appraisal, Unconvincing, Wanted};

/// The format's name.
pub(super) const FORMAT: &str = "software";
/// What is signed begins with this; the binding follows.
const LABEL: &[u8] = b"lightcone/evidence/software/v1\0";

pub(super) fn appraise(evidence: &[u8], wanted: Wanted<'_>) -> Result<Appraisal, Unconvincing> {
    let length = Unconvincing::Length { found: evidence.len(), wanted: Signature::BYTE_SIZE };
    let signature = Signature::from_slice(evidence).map_err(|_| length)?;
    let key = VerifyingKey::from_bytes(wanted.identity_key).map_err(|_| Unconvincing::Signature)?;
    let signed = [LABEL, wanted.binding].concat();
    key.verify_strict(&signed, &signature).map_err(|_| Unconvincing::Signature)?;
    Ok(Appraisal { residency: "R0" })
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::super::appraise;
    use super::*;

    #[test]
    fn only_the_agents_signature_over_this_binding_convinces() {
        let (key, binding) = (SigningKey::from_bytes(&[7; 32]), [9; 32]);
        let identity_key = key.verifying_key().to_bytes();
        let wanted = Wanted { binding: &binding, identity_key: &identity_key };
        let signed = |bytes: &[u8]| key.sign(bytes).to_bytes();
        let good = signed(&[LABEL, &binding].concat());
        assert_eq!(appraise("software", &good, wanted), Ok(Appraisal { residency: "R0" }));
        assert_eq!(appraise("tpm2-quote", &good, wanted), Err(Unconvincing::Format));
        assert!(matches!(
            appraise("software", &good[1..], wanted),
            Err(Unconvincing::Length { found: 63, .. })
        ));
        for bad in [signed(&binding), signed(&[LABEL, &[8; 32]].concat())] {
            assert_eq!(appraise("software", &bad, wanted), Err(Unconvincing::Signature));
        }
        let other = Wanted { identity_key: &[0; 32], ..wanted };
        assert_eq!(appraise("software", &good, other), Err(Unconvincing::Signature));
    }
}
