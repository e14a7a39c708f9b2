//! The envelope that references are signed in: DSSE, as Sigstore and in-toto have it
//! (github.com/secure-systems-lab/dsse), with Ed25519.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};

use super::InvalidReferences;

/// The type of what is signed.
pub const PAYLOAD_TYPE: &str = "application/vnd.lightcone.references+json";
/// The most bytes that an envelope may have: the largest document, in base64, and its signatures.
const ENVELOPE_BYTES_MAX: usize = 24 * 1024 * 1024;
/// The most signatures that are looked at.
const SIGNATURES_MAX: usize = 16;

/// Something signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// What is signed, in base64.
    pub payload: String,
    /// Its type.
    pub payload_type: String,
    /// Who signed.
    pub signatures: Vec<Signature>,
}

/// One signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The key's public half, in lower-case hexadecimal: a hint, nothing rests on it.
    #[serde(default)]
    pub keyid: String,
    /// The signature, 64 bytes in base64.
    pub sig: String,
}

/// References that are not to be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No envelope.
    #[error("this is no DSSE envelope: {0}")]
    Envelope(String),
    /// Something else is in it.
    #[error("the envelope holds `{0}`, not `{PAYLOAD_TYPE}`")]
    Type(String),
    /// Nobody signed whose key is known.
    #[error("none of the {known} configured keys signed these references")]
    Signature {
        /// How many keys were tried.
        known: usize,
    },
    /// What is in it cannot be used.
    #[error(transparent)]
    Document(InvalidReferences),
}

impl Envelope {
    /// Reads one.
    ///
    /// # Errors
    /// The bytes are no envelope, or too many.
    pub fn parse(json: &[u8]) -> Result<Self, Refused> {
        if json.len() > ENVELOPE_BYTES_MAX {
            return Err(Refused::Envelope(format!("{} bytes, more than {ENVELOPE_BYTES_MAX}", json.len())));
        }
        serde_json::from_slice(json).map_err(|error| Refused::Envelope(error.to_string()))
    }

    /// An envelope around `payload`, with what `sign` makes of [`Self::signing_bytes`]. `key` is the signer's public half.
    #[must_use]
    pub fn seal(payload: &[u8], key: &[u8; 32], sign: impl FnOnce(&[u8]) -> [u8; 64]) -> Self {
        let signature = sign(&Self::signing_bytes(PAYLOAD_TYPE, payload));
        Self {
            payload: STANDARD.encode(payload),
            payload_type: PAYLOAD_TYPE.to_owned(),
            signatures: vec![Signature { keyid: hex::encode(key), sig: STANDARD.encode(signature) }],
        }
    }

    /// What is signed: DSSE's pre-authentication encoding.
    #[must_use]
    pub fn signing_bytes(payload_type: &str, payload: &[u8]) -> Vec<u8> {
        let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
        [head.as_bytes(), payload].concat()
    }

    /// What is in it, if one of `keys` signed it.
    ///
    /// # Errors
    /// None did, or it holds something else.
    pub fn open(&self, keys: &[[u8; 32]]) -> Result<Vec<u8>, Refused> {
        if self.payload_type != PAYLOAD_TYPE {
            return Err(Refused::Type(self.payload_type.clone()));
        }
        let base64 = |text: &str| STANDARD.decode(text).map_err(|error| Refused::Envelope(error.to_string()));
        let payload = base64(&self.payload)?;
        let message = Self::signing_bytes(&self.payload_type, &payload);
        let keys: Vec<VerifyingKey> =
            keys.iter().filter_map(|key| VerifyingKey::from_bytes(key).ok()).collect();
        for signature in self.signatures.iter().take(SIGNATURES_MAX) {
            let Ok(signature) = ed25519_dalek::Signature::from_slice(&base64(&signature.sig)?) else {
                continue;
            };
            if keys.iter().any(|key| key.verify_strict(&message, &signature).is_ok()) {
                return Ok(payload);
            }
        }
        Err(Refused::Signature { known: keys.len() })
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::super::{Document, References};
    use super::*;

    fn sealed(document: &Document, key: &SigningKey) -> Vec<u8> {
        let public = key.verifying_key().to_bytes();
        let envelope = Envelope::seal(&document.to_json(), &public, |bytes| key.sign(bytes).to_bytes());
        serde_json::to_vec(&envelope).unwrap()
    }

    #[test]
    fn references_are_taken_from_a_known_signer_only() {
        let (ours, other) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
        let keys = [ours.verifying_key().to_bytes()];
        let document = Document { version: 7, ..Document::default() };
        let taken = References::open(&sealed(&document, &ours), &keys).unwrap();
        assert_eq!(taken.document(), &document);
        assert!(taken.version().starts_with("7 sha256:"), "{}", taken.version());
        assert_eq!(References::open(&sealed(&document, &other), &keys), Err(Refused::Signature { known: 1 }));
        assert_eq!(References::open(&sealed(&document, &ours), &[]), Err(Refused::Signature { known: 0 }));
    }

    #[test]
    fn a_flipped_byte_of_the_envelope_is_never_taken_as_another_document() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let keys = [key.verifying_key().to_bytes()];
        let good = sealed(&Document { version: 7, ..Document::default() }, &key);
        let as_it_was = References::open(&good, &keys).unwrap();
        for place in 0..good.len() {
            let mut bytes = good.clone();
            bytes[place] ^= 1;
            // The key's hint and the signature's padding are signed by nobody and change nothing.
            if let Ok(taken) = References::open(&bytes, &keys) {
                assert_eq!(taken, as_it_was, "byte {place}");
            }
        }
    }

    #[test]
    fn values_that_cannot_be_are_named() {
        let refused = |json: &str| Document::parse(json.as_bytes()).unwrap_err().to_string();
        let document = |rest: &str| {
            format!(
                "{{\"format\":\"{}\",\"version\":1,\"issued_s\":0,\"expires_s\":9{rest}}}",
                super::super::FORMAT
            )
        };
        assert!(Document::parse(document("").as_bytes()).is_ok());
        let root = document(",\"roots\":[{\"kind\":\"tpm\",\"name\":\"a\",\"sha256\":\"00\"}]");
        assert!(refused(&root).contains("`roots[0].kind` is `tpm`"), "{}", refused(&root));
        let image = document(
            ",\"images\":[{\"name\":\"a\",\"measured\":{\"tpm2-quote\":{\"pcrs\":{\"24\":\"00\"}}}}]",
        );
        assert!(refused(&image).contains("registers are 0 to 23"), "{}", refused(&image));
        let empty = document(",\"images\":[{\"name\":\"a\",\"measured\":{\"tpm2-quote\":{\"pcrs\":{}}}}]");
        assert!(refused(&empty).contains("every image"), "{}", refused(&empty));
        assert!(refused("{").contains("docs/attestation.md"));
    }
}
