//! What a tranche waits for, agreed before the first chip ships.

use lightcone_core::{Age, Residency};

/// A million parts make the whole.
pub const PPM: u32 = 1_000_000;

/// The conditions of a gate. Whether the question was the agreed one is for whoever gathers the sightings: they
/// carry the finding on exactly that question and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Chips that the tranche before held.
    pub shipped: u32,
    /// How many of them must be PROVEN where they may be.
    pub proven_min: u32,
    /// The share of them that may be silent, in parts per million.
    pub silent_max_ppm: u32,
    /// A finding that speaks of a moment longer ago than this does not count.
    pub max_age: Age,
    /// How well the key must be tied to a chip.
    pub residency_min: Residency,
    /// How many lying trust groups each finding must survive.
    pub liars_min: u32,
    /// Whether this is a simulation. Only then may keys that no hardware vouches for count, and only then may
    /// verdict time run at another pace.
    pub simulation: bool,
}

/// Terms that nobody can agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTerms {
    /// More chips wanted than shipped, or none.
    #[error("proven_min {wanted} is not within 1 to {shipped}, the chips that were shipped")]
    Proven {
        /// Chips wanted.
        wanted: u32,
        /// Chips shipped.
        shipped: u32,
    },
    /// A share above the whole.
    #[error("silent_max_ppm {ppm} is more than {PPM}, the whole")]
    Silent {
        /// The share.
        ppm: u32,
    },
    /// Keys that anybody can copy, outside a simulation.
    #[error("residency_min R0 counts keys that anybody can copy; ask for R1 or more, or mark a simulation")]
    Unattested,
}

impl Terms {
    /// Checks them.
    ///
    /// # Errors
    /// [`InvalidTerms`] when they can never be met, or would be met by what proves nothing.
    pub const fn check(&self) -> Result<(), InvalidTerms> {
        if self.proven_min == 0 || self.proven_min > self.shipped {
            return Err(InvalidTerms::Proven { wanted: self.proven_min, shipped: self.shipped });
        }
        if self.silent_max_ppm > PPM {
            return Err(InvalidTerms::Silent { ppm: self.silent_max_ppm });
        }
        if !self.residency_min.is_attested() && !self.simulation {
            return Err(InvalidTerms::Unattested);
        }
        Ok(())
    }
}
