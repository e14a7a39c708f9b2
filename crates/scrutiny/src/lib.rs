//! What a policy set allows at all: proven over all subjects and records there can be, not tried on some.
//!
//! Cedar's symbolic compiler turns policies into formulas, and the solver cvc5 says whether any request satisfies them.
//! A proof rests on both. A [`Witness`], which shows what is allowed, rests on neither: the engine that serves decides
//! on it again before it is told.
//!
//! Needs the program `cvc5` (Debian's package has that name), or another one that the variable `CVC5` names.

mod assumption;
mod difference;
mod prover;
mod witness;

pub use assumption::Assumption;
pub use difference::Difference;
pub use prover::{Ask, Prover, ScrutinyError};
pub use witness::Witness;
