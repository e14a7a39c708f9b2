//! Rule books, and the decisions that were made by them.

use async_trait::async_trait;

use crate::error::StoreError;
use crate::filter::DecisionFilter;
use crate::record::{Decision, RuleBook, RuleFile};
use crate::request::Request;

/// The most files of a rule book.
pub const RULE_FILES_MAX: usize = 256;
/// The most decisions that one call keeps: those of one batch.
pub const DECISIONS_MAX: usize = 10_000;

/// Rule books. One is active at most; none is ever forgotten.
#[async_trait]
pub trait RuleBooks: Send + Sync {
    /// Enters a book as a draft with its files, [`RULE_FILES_MAX`] at most. Its number is set by the store.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] for the files of another, which is named; [`StoreError::TooMany`],
    /// [`StoreError::RequestReused`].
    async fn put_rule_book(
        &self,
        book: RuleBook,
        files: Vec<RuleFile>,
        request: Option<&Request>,
    ) -> Result<RuleBook, StoreError>;

    /// Enters the book that came with the program, and gives the one that is active now. A book that is there already
    /// stays as it is. A new one becomes active if none is, or if the active one came with a program too; if people
    /// activated another, it is a draft.
    ///
    /// # Errors
    /// [`StoreError::TooMany`].
    async fn settle_rule_book(&self, book: RuleBook, files: Vec<RuleFile>) -> Result<RuleBook, StoreError>;

    /// A book by its number.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn rule_book(&self, number: i64) -> Result<RuleBook, StoreError>;

    /// The files of a book, by path.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a book that does not exist.
    async fn rule_files(&self, number: i64) -> Result<Vec<RuleFile>, StoreError>;

    /// The active book; none before one was settled.
    ///
    /// # Errors
    /// When the database fails.
    async fn active_rule_book(&self) -> Result<Option<RuleBook>, StoreError>;

    /// Books, the newest first: only numbers below `before`, if that is given.
    ///
    /// # Errors
    /// When the database fails.
    async fn list_rule_books(&self, before: Option<i64>, size: u32) -> Result<Vec<RuleBook>, StoreError>;

    /// Asks that a draft, or one that was active before, become active. Who asked for it already is given it as it is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::WrongState`] for one that is active or that another asked for.
    async fn request_activation(
        &self,
        number: i64,
        by: &str,
        reason: &str,
        time: i64,
    ) -> Result<RuleBook, StoreError>;

    /// Makes the book that was asked for active, and retires the one that was, in one transaction. Who agreed already is
    /// given it as it is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::SameSubject`] for who asked for it or entered it,
    /// [`StoreError::WrongState`] for one that nobody asked for.
    async fn approve_activation(&self, number: i64, by: &str, time: i64) -> Result<RuleBook, StoreError>;
}

/// Decisions that were asked to be kept. They are records of trade, and no purge forgets them.
#[async_trait]
pub trait Decisions: Send + Sync {
    /// Keeps decisions, [`DECISIONS_MAX`] at most, all or none; their revisions are set by the store. The same request
    /// again gives those that were kept, in the same order.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`], [`StoreError::Dangling`] for a book that does not exist, [`StoreError::TooMany`],
    /// [`StoreError::RequestReused`].
    async fn put_decisions(
        &self,
        decisions: Vec<Decision>,
        request: Option<&Request>,
    ) -> Result<Vec<Decision>, StoreError>;

    /// The decision.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn decision(&self, id: &str) -> Result<Decision, StoreError>;

    /// Decisions, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    async fn list_decisions(&self, filter: &DecisionFilter) -> Result<Vec<Decision>, StoreError>;
}
