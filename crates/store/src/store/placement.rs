//! Which chip is where, and what ran on it.

use async_trait::async_trait;

use crate::error::StoreError;
use crate::filter::UsageFilter;
use crate::record::{PlacedChip, Usage};

/// The most chips or agents that one call looks up: those of one question.
pub const PLACED_MAX: usize = 10_000;
/// The most usages that one call brings.
pub const USAGES_MAX: usize = 1_000;

/// Which chip is where, and what ran.
#[async_trait]
pub trait Placements: Send + Sync {
    /// Chips with what was found last of the agents that answer for them, by id, [`PLACED_MAX`] at most. What does not
    /// exist is left out.
    ///
    /// # Errors
    /// [`StoreError::TooMany`].
    async fn placed(&self, chips: &[String]) -> Result<Vec<PlacedChip>, StoreError>;

    /// The chips that are tied to agents, [`PLACED_MAX`] of these at most: pairs of a chip's id and its agent's, by chip.
    ///
    /// # Errors
    /// [`StoreError::TooMany`].
    async fn chips_of_agents(&self, agents: &[String]) -> Result<Vec<(String, String)>, StoreError>;

    /// Keeps what ran, all or none, [`USAGES_MAX`] at most, and says how many are new. The same again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::TooMany`], [`StoreError::AlreadyExists`] for another report under an id that is taken.
    async fn put_usages(&self, usages: Vec<Usage>) -> Result<u64, StoreError>;

    /// What ran, by id.
    ///
    /// # Errors
    /// When the database fails.
    async fn list_usages(&self, filter: &UsageFilter) -> Result<Vec<Usage>, StoreError>;
}
