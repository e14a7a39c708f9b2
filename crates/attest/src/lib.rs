//! Evidence to key and residency: what ties the key that answered to a chip, how well, and what nobody checked.
//!
//! Everything here is pure: roots, reference values, collateral and the time come in as arguments. Formats are read by
//! modules of their own, apart from what is decided on them. Roles are those of RFC 9334: the agent is the attester,
//! this is the verifier's half.

mod appraisal;
mod attestation;
mod base64;
mod case;
mod check;
pub mod claim;
mod evidence_set;
mod formats;
mod guest;
mod kind;
mod policy;
mod reason;
mod rejection;
mod time;
mod trust;
mod verifier;

pub mod ear;
pub mod inventory;
pub mod nvidia;
pub mod references;
mod signature;
pub mod snp;
pub mod software;
pub mod tdx;
pub mod tpm2;
mod x509;

pub use appraisal::{Appraisal, Claim, Code, Counters};
pub use attestation::{Attestation, Occasion, PIECES_MAX, Piece, RefusedPiece, appraise};
pub use case::{Activated, Case};
pub use check::Check;
pub use evidence_set::{evidence_signed, inventory_signed};
pub use formats::verifier;
pub use kind::Kind;
pub use lightcone_core::Residency;
pub use policy::Policy;
pub use reason::Reason;
pub use rejection::Rejection;
pub use time::UnixTime;
pub use trust::{Tier, TrustVector};
pub use verifier::{EVIDENCE_BYTES_MAX, Verifier};
