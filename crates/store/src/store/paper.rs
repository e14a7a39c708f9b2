//! Papers, by what is looked for in them.

use async_trait::async_trait;

use crate::error::StoreError;
use crate::record::{Party, Sku, Transfer};
use crate::request::Request;

/// The most ids, keys or names by which one call looks for papers.
pub const PAPERS_MAX: usize = 4_096;

/// Papers by what is looked for in them. Nothing of another tenant is given.
#[async_trait]
pub trait Papers: Send + Sync {
    /// Parties of a tenant by id, [`PAPERS_MAX`] ids at most; those that do not exist are left out.
    ///
    /// # Errors
    /// [`StoreError::TooMany`].
    async fn parties(&self, tenant: &str, ids: &[String]) -> Result<Vec<Party>, StoreError>;

    /// Parties of a tenant with any of these keys, [`PAPERS_MAX`] keys at most: of each key the `each` latest. By id,
    /// each once.
    ///
    /// # Errors
    /// [`StoreError::TooMany`].
    async fn parties_with(&self, tenant: &str, keys: &[String], each: u32) -> Result<Vec<Party>, StoreError>;

    /// Transfers of a tenant with any of these keys, as [`Papers::parties_with`].
    ///
    /// # Errors
    /// [`StoreError::TooMany`].
    async fn transfers_with(
        &self,
        tenant: &str,
        keys: &[String],
        each: u32,
    ) -> Result<Vec<Transfer>, StoreError>;

    /// SKUs of a tenant by id, retired ones too, [`PAPERS_MAX`] ids at most.
    ///
    /// # Errors
    /// [`StoreError::TooMany`].
    async fn skus(&self, tenant: &str, ids: &[String]) -> Result<Vec<Sku>, StoreError>;

    /// SKUs of a tenant in use by the names they are looked for by, [`PAPERS_MAX`] names at most.
    ///
    /// # Errors
    /// [`StoreError::TooMany`].
    async fn skus_named(&self, tenant: &str, name_keys: &[String]) -> Result<Vec<Sku>, StoreError>;

    /// Whether all that keys name is there and the tenant's, [`PAPERS_MAX`] keys at most: what a write asks too.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the first that is not, [`StoreError::TooMany`].
    async fn check_named(&self, tenant: &str, keys: &[String]) -> Result<(), StoreError>;

    /// Ends a transfer: it was made, or will not be. One that ended so already is given as it is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::RequestReused`], [`StoreError::WrongState`] for one that ended the other
    /// way.
    async fn close_transfer(
        &self,
        id: &str,
        is_made: bool,
        reason: &str,
        time: i64,
        request: Option<&Request>,
    ) -> Result<Transfer, StoreError>;
}
