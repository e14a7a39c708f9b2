//! The rule books: which one judges, and those of before, read when they are asked for.
//!
//! One book is active. The first is the one that is built in; a program with a newer one puts it in the place of an older
//! built-in one, and enters it as a draft where people activated another. From then on two people decide. A book that
//! became active stays so when the program is replaced by an older one: rules never go back by themselves.

mod read;
mod resolve;
mod trust;

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use lightcone_policy::{Book, Files, built_in};
use lightcone_store::{RuleBook, RuleBookState, Store};
use tokio::sync::watch;
use tonic::Status;

use crate::clock::now_ns;
use crate::compute::Compute;
use crate::status;

pub(crate) use read::{cost, cost_of, file_rows, law_cost, sha256};
pub(crate) use resolve::{number, resolve, resolve_field, resolve_today};
pub(crate) use trust::Trust;

/// Books that are kept read, besides the active one.
const READ_MAX: usize = 8;
/// How often it is looked whether another server activated a book.
const LOOK: Duration = Duration::from_secs(1);

/// A book by the number that the store gave it.
#[derive(Debug)]
pub(crate) struct KeptBook {
    /// Its number.
    pub(crate) number: i64,
    /// The book.
    pub(crate) book: Book,
}

/// Why there are no rules to judge by.
#[derive(Debug, thiserror::Error)]
pub enum UnusableBook {
    /// The built-in book does not hold.
    #[error("the built-in rule book does not hold, this is a fault of the program: {0}")]
    BuiltIn(String),
    /// The active book does not hold for this program.
    #[error(
        "rule book {number} is active and this program cannot read it: {fault}; run the program that entered it and \
         activate another"
    )]
    Active {
        /// The book.
        number: i64,
        /// The first thing that is wrong with it.
        fault: String,
    },
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] lightcone_store::StoreError),
    /// No thread to read it with.
    #[error("no thread can be had to read the rule book with")]
    Thread,
}

/// The rule books.
pub(crate) struct Books {
    store: Arc<dyn Store>,
    compute: Arc<Compute>,
    active: RwLock<Arc<KeptBook>>,
    /// The last that were asked for, the latest last.
    read: Mutex<Vec<Arc<KeptBook>>>,
    changes: watch::Sender<i64>,
    /// Whose signatures books bear.
    pub(crate) trust: Trust,
}

impl Books {
    /// Enters the built-in book if it is new, and reads the active one.
    ///
    /// # Errors
    /// A book that cannot be read, a store that does not answer.
    pub(crate) async fn start(
        store: Arc<dyn Store>,
        compute: Arc<Compute>,
        trust: Trust,
    ) -> Result<Arc<Self>, UnusableBook> {
        let own = read_aside(built_in::files()).await?.map_err(UnusableBook::BuiltIn)?;
        let row = built_in_row(&own).ok_or_else(|| UnusableBook::BuiltIn("its digest is none".to_owned()))?;
        let active = store.settle_rule_book(row, file_rows(built_in::files())).await?;
        let number = active.number;
        let book = if hex::encode(active.sha256) == own.digest {
            own
        } else {
            let read = read_aside(read::files(store.rule_files(number).await?)).await?;
            read.map_err(|fault| UnusableBook::Active { number, fault })?
        };
        tracing::info!(number, title = book.name, sha256 = book.digest, "rule book in force");
        Ok(Arc::new(Self {
            store,
            compute,
            active: RwLock::new(Arc::new(KeptBook { number, book })),
            read: Mutex::default(),
            changes: watch::Sender::new(number),
            trust,
        }))
    }

    /// The book that judges.
    pub(crate) fn active(&self) -> Arc<KeptBook> {
        Arc::clone(&self.active.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A book by its number, read if it is not yet.
    ///
    /// # Errors
    /// NOT_FOUND, STORE_UNAVAILABLE, OVERLOADED.
    pub(crate) async fn number(&self, number: i64) -> Result<Arc<KeptBook>, Status> {
        let active = self.active();
        if active.number == number {
            return Ok(active);
        }
        if let Some(known) = self.known(number) {
            return Ok(known);
        }
        let files = self.store.rule_files(number).await.map_err(status::store)?;
        let book = read::kept(&self.compute, number, read::files(files)).await?;
        let kept = Arc::new(KeptBook { number, book });
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if read.len() >= READ_MAX {
            read.remove(0);
        }
        read.push(Arc::clone(&kept));
        Ok(kept)
    }

    /// The number of the active book, whenever it changes.
    pub(crate) fn changes(&self) -> watch::Receiver<i64> {
        self.changes.subscribe()
    }

    /// Looks which book is active, and reads it if it is another.
    ///
    /// # Errors
    /// As [`Books::number`].
    pub(crate) async fn refresh(&self) -> Result<(), Status> {
        let active = self.store.active_rule_book().await.map_err(status::store)?;
        let Some(active) = active.filter(|active| active.number != self.active().number) else {
            return Ok(());
        };
        let kept = self.number(active.number).await?;
        let title = kept.book.name.clone();
        *self.active.write().unwrap_or_else(PoisonError::into_inner) = kept;
        self.changes.send_replace(active.number);
        tracing::info!(number = active.number, title, by = active.approved_by, "rule book in force");
        Ok(())
    }

    /// Follows what other servers on the same store activate, for as long as the server lives.
    pub(crate) async fn keep(self: Arc<Self>) {
        let (mut ticks, mut is_told) = (tokio::time::interval(LOOK), false);
        loop {
            ticks.tick().await;
            match self.refresh().await {
                Ok(()) => is_told = false,
                Err(_) if is_told => {}
                Err(status) => {
                    is_told = true;
                    tracing::error!(
                        status = status.message(),
                        "the active rule book cannot be read; the one before judges on"
                    );
                }
            }
        }
    }

    fn known(&self, number: i64) -> Option<Arc<KeptBook>> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let at = read.iter().position(|kept| kept.number == number)?;
        let kept = read.remove(at);
        read.push(Arc::clone(&kept));
        Some(kept)
    }
}

/// Reads a book at the start, before the pool has anybody to serve.
async fn read_aside(files: Files) -> Result<Result<Book, String>, UnusableBook> {
    let read = tokio::task::spawn_blocking(move || Book::read(&files)).await;
    let read = read.map_err(|_| UnusableBook::Thread)?;
    Ok(read.map_err(|faults| read::first(&faults)))
}

fn built_in_row(book: &Book) -> Option<RuleBook> {
    Some(RuleBook {
        number: 0,
        sha256: sha256(&book.digest)?,
        title: book.name.clone(),
        as_of: book.as_of.to_string(),
        state: RuleBookState::Draft,
        note: format!("built into {}", env!("CARGO_PKG_VERSION")),
        created_by: String::new(),
        requested_by: String::new(),
        approved_by: String::new(),
        reason: String::new(),
        create_time: now_ns(),
        request_time: None,
        activate_time: None,
        retire_time: None,
        signed_by: Vec::new(),
        signature: Vec::new(),
    })
}
