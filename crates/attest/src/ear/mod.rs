//! Attestation results as other systems read them: EAR (draft-ietf-rats-ear, in the profile of 2023), a set of claims of
//! the family of EAT (RFC 9711), signed as a JWT (RFC 7519) or a CWT (RFC 8392).
//!
//! A result says what was shown of devices. It says nothing of where they are.

mod claims;
pub mod cwt;
pub mod jwt;
mod names;
mod octets;
mod result;
mod submod;

pub use octets::Octets;
pub use result::{Ear, GOOD_FOR_S, Profile, Terms, Unfit, VerifierId};
pub use submod::{DebugStatus, Submod};
