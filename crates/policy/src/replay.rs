//! The facts of a decision as they are kept, and the same decision again from them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::book::Book;
use crate::decide::{Case, decide};
use crate::decision::Decision;
use crate::flag::Raised;
use crate::law::Law;
use crate::party::Parties;
use crate::sku::Sku;
use crate::stand::Stand;
use crate::transfer::Transfer;

/// The most bytes of facts that are read: a transfer of ten thousand lines with its parties is less.
pub const BYTES_MAX: usize = 16 << 20;

/// The facts of a case, whole: with a book and a stand they give the decision again, to the bit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    /// What is to go where.
    pub transfer: Transfer,
    /// Everybody who takes part, and all owners above them.
    pub parties: Parties,
    /// Chips of the caller's own.
    pub skus: BTreeMap<String, Sku>,
    /// Red flags that are up.
    pub flags: Vec<Raised>,
}

/// Why facts cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum InvalidInputs {
    /// Too many bytes.
    #[error("facts have {found} bytes, more than {BYTES_MAX}: decide on fewer goods at a time")]
    TooLong {
        /// How many there are.
        found: usize,
    },
    /// Not the stored form.
    #[error("facts are not in the stored form: {0}: give the bytes that were kept with the decision")]
    Malformed(#[from] serde_json::Error),
}

impl Inputs {
    /// The bytes that are kept. Lists are put in order where their order means nothing, so that the same facts have the
    /// same bytes.
    ///
    /// # Errors
    /// None that is known: every part has a text.
    pub fn canonical(&self) -> Result<Vec<u8>, InvalidInputs> {
        let mut inputs = self.clone();
        inputs.sort();
        Ok(serde_json::to_vec(&inputs)?)
    }

    /// Facts from the bytes that were kept.
    ///
    /// # Errors
    /// Too many bytes, or not the stored form.
    pub fn read(bytes: &[u8]) -> Result<Self, InvalidInputs> {
        if bytes.len() > BYTES_MAX {
            return Err(InvalidInputs::TooLong { found: bytes.len() });
        }
        Ok(serde_json::from_slice(bytes)?)
    }

    /// Lower-case SHA-256 of the canonical bytes, 64 digits: what a decision refers to.
    ///
    /// # Errors
    /// As [`Self::canonical`].
    pub fn sha256(&self) -> Result<String, InvalidInputs> {
        let digest = Sha256::digest(self.canonical()?);
        Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The facts as a case.
    #[must_use]
    pub fn case(&self) -> Case<'_> {
        Case { transfer: &self.transfer, parties: &self.parties, skus: &self.skus, flags: &self.flags }
    }

    fn sort(&mut self) {
        let transfer = &mut self.transfer;
        transfer.lines.sort_by(|a, b| (&a.sku, a.units).cmp(&(&b.sku, b.units)));
        transfer.intermediaries.sort();
        transfer.uses.sort();
        transfer.evidence.sort();
        for licence in &mut transfer.licences {
            licence.against.sort();
            licence.skus.sort();
            licence.parties.sort();
        }
        transfer.licences.sort_by(|a, b| (&a.number, a.from, a.to).cmp(&(&b.number, b.from, b.to)));
        for party in self.parties.values_mut() {
            party
                .stakes
                .sort_by(|a, b| (&a.owner, a.from, a.share_ppm).cmp(&(&b.owner, b.from, b.share_ppm)));
            party.listings.sort_by(|a, b| (&a.list, a.from, a.to).cmp(&(&b.list, b.from, b.to)));
        }
        self.flags.sort_by(|a, b| (&a.id, a.sign, &a.found).cmp(&(&b.id, b.sign, &b.found)));
    }
}

/// The decision on facts by a book at a stand. The book is the caller's to choose by its digest: a decision names it.
#[must_use]
pub fn replay(book: &Book, stand: &Stand, inputs: &Inputs) -> Decision {
    decide(&Law::new(book, stand.clone()), &inputs.case())
}
