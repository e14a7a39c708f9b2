//! Roots and reference values: what good hardware, firmware and code look like. Signed, versioned data; a verdict names
//! the version that it leaned on.

mod document;
mod dsse;
mod firmware;
mod image;
mod roots;

pub use document::{Document, FORMAT, InvalidReferences, Revoked, SnpFloor};
pub use dsse::{Envelope, PAYLOAD_TYPE, Refused, Signature};
pub use firmware::{Firmware, FirmwarePart};
pub use image::{Image, Measured};
pub use roots::{BUILT_IN, Root};

use sha2::{Digest as _, Sha256};

use crate::kind::Kind;
use crate::time::UnixTime;

/// What evidence is held against: the document in force, and the roots that are known without one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    document: Document,
    sha256: Option<[u8; 32]>,
}

impl References {
    /// Roots that are built in, and nothing else: no code is known, so that nothing reaches beyond R0.
    #[must_use]
    pub fn built_in() -> Self {
        Self::default()
    }

    /// What a signed envelope holds, if one of `keys` signed it.
    ///
    /// # Errors
    /// No key of these signed it, or what it holds is no document of references; says what is wrong where.
    pub fn open(envelope: &[u8], keys: &[[u8; 32]]) -> Result<Self, Refused> {
        let payload = Envelope::parse(envelope)?.open(keys)?;
        let document = Document::parse(&payload).map_err(Refused::Document)?;
        Ok(Self { document, sha256: Some(Sha256::digest(&payload).into()) })
    }

    /// What a document holds that nobody signed: for tests and for a look at a file.
    #[must_use]
    pub fn unsigned(document: Document) -> Self {
        Self { document, sha256: None }
    }

    /// What is left of them once their time is over: nothing that vouches, everything that forbids.
    #[must_use]
    pub fn outlived(&self) -> Self {
        let forbids = |document: &Document| Document {
            revoked: document.revoked.clone(),
            snp_floors: document.snp_floors.clone(),
            ..Document::default()
        };
        Self { document: forbids(&self.document), sha256: None }
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Its version and digest, for verdicts: `built-in`, or number and the first 16 hexadecimal digits.
    #[must_use]
    pub fn version(&self) -> String {
        match self.sha256 {
            None if self.document.version == 0 => "built-in".to_owned(),
            None => format!("{} (unsigned)", self.document.version),
            Some(digest) => format!("{} sha256:{}", self.document.version, hex::encode(&digest[..8])),
        }
    }

    /// Whether they are to be used at a moment.
    #[must_use]
    pub fn hold_at(&self, now: UnixTime) -> bool {
        self.document.holds_at(now)
    }

    /// The name of a pinned root, by the digest of its certificate.
    #[must_use]
    pub fn root(&self, kind: Kind, sha256: &[u8; 32]) -> Option<&str> {
        let digest = hex::encode(sha256);
        let built_in = BUILT_IN.iter().find(|(of, _, root)| of.contains(&kind) && *root == digest);
        let given = self.document.roots.iter().find(|root| root.kind == kind.name() && root.sha256 == digest);
        built_in.map(|(_, name, _)| *name).or_else(|| given.map(|root| root.name.as_str()))
    }

    /// The images of a format.
    pub fn images(&self) -> impl Iterator<Item = &Image> {
        self.document.images.iter()
    }

    /// What a maker published of a device's firmware.
    pub fn firmware(&self, kind: Kind, part: FirmwarePart) -> impl Iterator<Item = &Firmware> {
        let of = move |firmware: &&Firmware| firmware.kind == kind.name() && firmware.part == part;
        self.document.firmware.iter().filter(of)
    }

    /// Why a device or certificate was revoked by us, by the SHA-256 of its key.
    #[must_use]
    pub fn revoked(&self, key_sha256: &[u8; 32]) -> Option<&str> {
        let digest = hex::encode(key_sha256);
        let entry = self.document.revoked.iter().find(|entry| entry.key_sha256 == digest);
        entry.map(|entry| entry.reason.as_str())
    }
}
