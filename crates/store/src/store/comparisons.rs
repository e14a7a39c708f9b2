//! Comparisons of rules, and the scan that they read.

use async_trait::async_trait;

use crate::error::StoreError;
use crate::filter::PageRequest;
use crate::record::{
    Comparison, ComparisonShard, ComparisonState, Flip, ScannedChip, ShardKind, UnplacedVerdict,
};
use crate::request::Request;
use crate::terms::{Reach, ShardDone};

/// The most shards of a comparison.
pub const SHARDS_MAX: usize = 65_536;
/// The most chips of one call of the scan.
pub const SCANNED_MAX: u32 = 16_384;

/// Comparisons of rules over what is kept.
#[async_trait]
pub trait Comparisons: Send + Sync {
    /// Asks for a comparison; the store sets up to which revision verdicts are looked at. Who asked may have
    /// `running_max` that run.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::AlreadyExists`], [`StoreError::RequestReused`].
    async fn start_comparison(
        &self,
        comparison: Comparison,
        running_max: u32,
        request: Option<&Request>,
    ) -> Result<Comparison, StoreError>;

    /// The comparison.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], also of what is deleted.
    async fn comparison(&self, id: &str) -> Result<Comparison, StoreError>;

    /// Comparisons that a tenant, or anybody, asked for, the highest id first: only ids below `before`, if that is given.
    ///
    /// # Errors
    /// When the database fails.
    async fn list_comparisons(
        &self,
        tenant: Option<&str>,
        before: Option<&str>,
        size: u32,
    ) -> Result<Vec<Comparison>, StoreError>;

    /// Comparisons that run, the lowest id first.
    ///
    /// # Errors
    /// When the database fails.
    async fn running_comparisons(&self) -> Result<Vec<Comparison>, StoreError>;

    /// The id that a shard after `after` ends with when it holds `size` subjects, or all that are left; none: none is
    /// left. `scope` is a tenant; empty: of all.
    ///
    /// # Errors
    /// When the database fails.
    async fn next_bound(
        &self,
        kind: ShardKind,
        scope: &str,
        after: &str,
        size: u32,
    ) -> Result<Option<String>, StoreError>;

    /// Keeps which shards a comparison has, [`SHARDS_MAX`] at most. Of two lists the first stays.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::TooMany`].
    async fn list_shards(&self, id: &str, shards: Vec<ComparisonShard>) -> Result<Comparison, StoreError>;

    /// Every shard of a comparison, in order.
    ///
    /// # Errors
    /// When the database fails.
    async fn comparison_shards(&self, id: &str) -> Result<Vec<ComparisonShard>, StoreError>;

    /// Keeps what a shard came to, and how far the comparison is with it. A shard that is done already, and one of a
    /// comparison that does not run, changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn complete_shard(&self, done: ShardDone, time: i64) -> Result<Comparison, StoreError>;

    /// Ends a comparison that runs: `told` is its result, the digest of its flips and why it failed. What is over is
    /// given as it is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn end_comparison(
        &self,
        id: &str,
        ended: ComparisonState,
        told: (&[u8], &str, &str),
        time: i64,
    ) -> Result<Comparison, StoreError>;

    /// Deletes a comparison that is over. It is gone for everybody at once; its rows go by
    /// [`Comparisons::sweep_comparisons`].
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::WrongState`] for one that runs.
    async fn delete_comparison(&self, id: &str, time: i64) -> Result<(), StoreError>;

    /// Forgets a bounded number of rows of what is deleted, and deletes what was asked for before `before` and is over.
    /// Whether there may be more to forget.
    ///
    /// # Errors
    /// When the database fails.
    async fn sweep_comparisons(&self, before: i64, time: i64) -> Result<bool, StoreError>;

    /// What flips, in the order of the subjects' bytes; the page goes on after a subject.
    ///
    /// # Errors
    /// When the database fails.
    async fn list_flips(&self, comparison: &str, page: &PageRequest) -> Result<Vec<Flip>, StoreError>;
}

/// Chips with where they are.
#[async_trait]
pub trait Scans: Send + Sync {
    /// Chips that are not retired, by id, each with its agent's latest verdict up to a revision; [`SCANNED_MAX`] at most.
    ///
    /// # Errors
    /// When the database fails.
    async fn scan_chips(&self, reach: &Reach, size: u32) -> Result<Vec<ScannedChip>, StoreError>;

    /// Verdicts whose places were never filled in, the newest first, [`SCANNED_MAX`] at most.
    ///
    /// # Errors
    /// When the database fails.
    async fn unplaced_verdicts(&self, size: u32) -> Result<Vec<UnplacedVerdict>, StoreError>;

    /// Fills in what [`Scans::unplaced_verdicts`] gave: pairs of a revision and places, all that were given.
    ///
    /// # Errors
    /// When the database fails.
    async fn place_verdicts(&self, places: Vec<(i64, Vec<u8>)>) -> Result<(), StoreError>;
}
