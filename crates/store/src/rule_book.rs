//! Rule books: entered, asked for, agreed on by a second subject, retired.

use async_trait::async_trait;

use crate::answer;
use crate::error::StoreError;
use crate::filter::clamp;
use crate::record::{Row as _, RuleBook, RuleBookState, RuleFile};
use crate::request::Request;
use crate::sql::Tx;
use crate::sql_store::SqlStore;
use crate::store::{RULE_FILES_MAX, RuleBooks};
use crate::value::Value;

/// The counter of this table.
const RULE_BOOKS: &str = "rule_books";
const ACTIVE: &str = "WHERE state = 'ACTIVE'";
const REPLACE: &str = "UPDATE rule_books SET state = $2, requested_by = $3, approved_by = $4, reason = $5, \
    request_time = $6, activate_time = $7, retire_time = $8, updated_by = $9 WHERE number = $1";

#[async_trait]
impl RuleBooks for SqlStore {
    async fn put_rule_book(
        &self,
        book: RuleBook,
        files: Vec<RuleFile>,
        request: Option<&Request>,
    ) -> Result<RuleBook, StoreError> {
        check(&files)?;
        let work = (book, files, request);
        self.database
            .transact("put-rule-book", work, |tx, (book, files, request)| {
                Box::pin(put(tx, book, files, *request))
            })
            .await
    }

    async fn settle_rule_book(&self, book: RuleBook, files: Vec<RuleFile>) -> Result<RuleBook, StoreError> {
        check(&files)?;
        let work = (book, files);
        self.database
            .transact("settle-rule-book", work, |tx, (book, files)| Box::pin(settle(tx, book, files)))
            .await
    }

    async fn rule_book(&self, number: i64) -> Result<RuleBook, StoreError> {
        found(&mut self.database.reader().await?, number).await
    }

    async fn rule_files(&self, number: i64) -> Result<Vec<RuleFile>, StoreError> {
        let mut reader = self.database.reader().await?;
        found(&mut reader, number).await?;
        reader.records("WHERE book = $1 ORDER BY path", vec![Value::Int(number)]).await
    }

    async fn active_rule_book(&self) -> Result<Option<RuleBook>, StoreError> {
        active(&mut self.database.reader().await?).await
    }

    async fn list_rule_books(&self, before: Option<i64>, size: u32) -> Result<Vec<RuleBook>, StoreError> {
        let values = vec![Value::Int(before.unwrap_or(i64::MAX)), Value::Int(clamp(size))];
        let tail = "WHERE number < $1 ORDER BY number DESC LIMIT $2";
        self.database.reader().await?.records(tail, values).await
    }

    async fn request_activation(
        &self,
        number: i64,
        by: &str,
        reason: &str,
        time: i64,
    ) -> Result<RuleBook, StoreError> {
        self.database
            .transact("request-activation", (by, reason), move |tx, (by, reason)| {
                Box::pin(ask(tx, number, by, reason, time))
            })
            .await
    }

    async fn approve_activation(&self, number: i64, by: &str, time: i64) -> Result<RuleBook, StoreError> {
        self.database
            .transact("approve-activation", by, move |tx, by| Box::pin(approve(tx, number, by, time)))
            .await
    }
}

fn check(files: &[RuleFile]) -> Result<(), StoreError> {
    let count = files.len();
    if count > RULE_FILES_MAX {
        return Err(StoreError::TooMany { what: "rule files", count, limit: RULE_FILES_MAX });
    }
    Ok(())
}

async fn put(
    tx: &mut Tx,
    book: &RuleBook,
    files: &[RuleFile],
    request: Option<&Request>,
) -> Result<RuleBook, StoreError> {
    if let Some(answer) = answer::before(tx, request).await? {
        return answer.into_iter().next().ok_or_else(|| StoreError::not_found(RuleBook::KIND, ""));
    }
    // Taking none keeps others from theirs: what is there stays so until this ends.
    tx.take(RULE_BOOKS, 0).await?;
    if let Some(same) = same(tx, book).await? {
        let id = same.number.to_string();
        return Err(StoreError::AlreadyExists { kind: RuleBook::KIND, id, field: "sha256" });
    }
    let draft = RuleBook { state: RuleBookState::Draft, activate_time: None, ..book.clone() };
    let kept = enter(tx, draft, files).await?;
    answer::after(tx, request, std::slice::from_ref(&kept)).await?;
    Ok(kept)
}

async fn settle(tx: &mut Tx, book: &RuleBook, files: &[RuleFile]) -> Result<RuleBook, StoreError> {
    tx.take(RULE_BOOKS, 0).await?;
    let active = active(tx).await?;
    if same(tx, book).await?.is_some()
        && let Some(active) = active
    {
        return Ok(active);
    }
    match active {
        Some(active) if !active.created_by.is_empty() => {
            let draft = RuleBook { state: RuleBookState::Draft, activate_time: None, ..book.clone() };
            enter(tx, draft, files).await?;
            return Ok(active);
        }
        Some(active) => retire(tx, active, book.create_time).await?,
        None => {}
    }
    let now = Some(book.create_time);
    enter(tx, RuleBook { state: RuleBookState::Active, activate_time: now, ..book.clone() }, files).await
}

async fn ask(tx: &mut Tx, number: i64, by: &str, reason: &str, time: i64) -> Result<RuleBook, StoreError> {
    tx.take(RULE_BOOKS, 0).await?;
    let book = found(tx, number).await?;
    match book.state {
        RuleBookState::Draft | RuleBookState::Retired => {}
        RuleBookState::Requested if book.requested_by == by => return Ok(book),
        RuleBookState::Requested | RuleBookState::Active => {
            return Err(wrong_state(&book, "DRAFT or RETIRED"));
        }
    }
    let asked = RuleBook {
        state: RuleBookState::Requested,
        requested_by: by.to_owned(),
        approved_by: String::new(),
        reason: reason.to_owned(),
        request_time: Some(time),
        ..book
    };
    write(tx, &asked).await?;
    Ok(asked)
}

async fn approve(tx: &mut Tx, number: i64, by: &str, time: i64) -> Result<RuleBook, StoreError> {
    // Whoever changes which book is active waits here for its turn.
    tx.take(RULE_BOOKS, 0).await?;
    let book = found(tx, number).await?;
    if [&book.requested_by, &book.created_by].iter().any(|first| *first == by) {
        let id = number.to_string();
        return Err(StoreError::SameSubject { kind: RuleBook::KIND, id, subject: by.to_owned() });
    }
    match book.state {
        RuleBookState::Requested => {}
        RuleBookState::Active if book.approved_by == by => return Ok(book),
        _ => return Err(wrong_state(&book, RuleBookState::Requested.as_str())),
    }
    if let Some(active) = active(tx).await? {
        retire(tx, active, time).await?;
    }
    let approved = RuleBook {
        state: RuleBookState::Active,
        approved_by: by.to_owned(),
        activate_time: Some(time),
        ..book
    };
    write(tx, &approved).await?;
    Ok(approved)
}

async fn retire(tx: &mut Tx, active: RuleBook, time: i64) -> Result<(), StoreError> {
    write(tx, &RuleBook { state: RuleBookState::Retired, retire_time: Some(time), ..active }).await
}

async fn found(tx: &mut Tx, number: i64) -> Result<RuleBook, StoreError> {
    let found = tx.records("WHERE number = $1", vec![Value::Int(number)]).await?;
    found.into_iter().next().ok_or_else(|| StoreError::not_found(RuleBook::KIND, &number.to_string()))
}

async fn active(tx: &mut Tx) -> Result<Option<RuleBook>, StoreError> {
    Ok(tx.records(ACTIVE, Vec::new()).await?.into_iter().next())
}

async fn same(tx: &mut Tx, book: &RuleBook) -> Result<Option<RuleBook>, StoreError> {
    let digest = vec![Value::Blob(book.sha256.to_vec())];
    Ok(tx.records("WHERE sha256 = $1", digest).await?.into_iter().next())
}

async fn enter(tx: &mut Tx, book: RuleBook, files: &[RuleFile]) -> Result<RuleBook, StoreError> {
    let number = tx.take(RULE_BOOKS, 1).await? + 1;
    let book = RuleBook { number, ..book };
    let kept = tx.insert(std::slice::from_ref(&book), "", &[]).await;
    kept.map_err(|error| error.of_write(RuleBook::KIND, &number.to_string()))?;
    let files: Vec<RuleFile> = files.iter().map(|file| RuleFile { book: number, ..file.clone() }).collect();
    tx.insert(&files, "", &[]).await?;
    Ok(book)
}

async fn write(tx: &mut Tx, book: &RuleBook) -> Result<(), StoreError> {
    use crate::value::Field as _;
    let values = vec![
        Value::Int(book.number),
        book.state.to_value(),
        book.requested_by.to_value(),
        book.approved_by.to_value(),
        book.reason.to_value(),
        book.request_time.to_value(),
        book.activate_time.to_value(),
        book.retire_time.to_value(),
        tx.author(),
    ];
    tx.execute(REPLACE, values).await.map(drop)
}

fn wrong_state(book: &RuleBook, allowed: &'static str) -> StoreError {
    StoreError::WrongState {
        kind: RuleBook::KIND,
        id: book.number.to_string(),
        found: book.state.as_str().to_owned(),
        allowed,
    }
}
