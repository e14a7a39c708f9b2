//! `tpm2-quote`: a TPM signs what was measured when its machine booted, and the session's binding with it: residency R1.
//!
//! The structures are those of the TPM 2.0 Library, part 2. Three of them are read here, by a reader of our own that
//! cannot fail on any bytes: the library for them (`tpm2-protocol`) reads every command of a TPM by casting pointers, and
//! takes a statement of the wrong kind for bytes that cannot be read, where an appraisal has to say which check failed.

mod appraise;
mod claimed;
mod counters;
mod credential;
mod endorsement;
mod evidence;
mod key;
mod reader;
mod seed;
mod statement;

pub use claimed::Claimed;
pub use counters::{CLOCK_LOSS_MS_MAX, counters_follow, same_boot};
pub use credential::{Credential, SECRET_BYTES_MAX};
pub use endorsement::certificates;
pub use evidence::{Evidence, Pcrs};

use crate::appraisal::Appraisal;
use crate::case::Case;
use crate::kind::Kind;
use crate::rejection::Rejection;
use crate::verifier::Verifier;

use endorsement::Endorsement;
use key::AttestationKey;
use statement::Statement;

/// The verifier of `tpm2-quote`. The evidence is an [`Evidence`] in JSON.
#[derive(Clone, Copy, Debug)]
pub struct Tpm2Quote;

impl Verifier for Tpm2Quote {
    fn kind(&self) -> Kind {
        Kind::Tpm2Quote
    }

    fn verify(&self, evidence: &[u8], case: &Case<'_>) -> Result<Appraisal, Rejection> {
        let evidence = Evidence::parse(evidence)?;
        let endorsement = Endorsement::verify(&evidence.ek_chain, case)?;
        let key = AttestationKey::parse(&evidence.ak_public)?;
        key.may_attest()?;
        key.signed(&evidence.attest, &evidence.signature)?;
        let statement = Statement::parse(&evidence.attest)?;
        if let Some(binding) = case.binding {
            statement.bears(binding)?;
        }
        statement.measures(&evidence.pcrs)?;
        Ok(appraise::appraise(&evidence, &endorsement, &key, &statement, case))
    }
}
