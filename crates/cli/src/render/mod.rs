//! Verdicts shown: for people, for programs, for spreadsheets, for maps.

#[cfg(feature = "attest")]
pub(crate) mod attestation;
#[cfg(feature = "policy")]
pub(crate) mod classes;
mod columns;
#[cfg(feature = "policy")]
pub(crate) mod decision;
pub(crate) mod geojson;
pub(crate) mod list;
#[cfg(feature = "server")]
pub(crate) mod records;
pub(crate) mod rows;
pub(crate) mod sheet;
pub(crate) mod words;

pub(crate) use columns::{Align, Columns};
pub(crate) use words::Words;

use lightcone_core::{Located, Observation};

/// A target with its answer.
pub(crate) struct Answered {
    /// Its id.
    pub(crate) target: String,
    /// What was measured.
    pub(crate) observations: Vec<Observation>,
    /// What came of it.
    pub(crate) located: Located,
}

impl Answered {
    /// What a line of a list needs, without the weight of the geometry.
    pub(crate) fn without_region(mut self) -> Self {
        (self.located.region, self.observations) = (None, Vec::new());
        self
    }
}
