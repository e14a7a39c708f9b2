//! The outbox as the parts of the landmark share it: who measures puts reports in, who uploads takes them out.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lightcone::v1::SignedReport;
use lightcone_probe::SessionId;
use lightcone_probe::report::Report;
use tokio::sync::Notify;

use crate::outbox::{Outbox, OutboxError};

/// A shared outbox. Its calls wait for the disk: they are made where that is allowed.
#[derive(Clone)]
pub(crate) struct Desk {
    inner: Arc<Inner>,
}

struct Inner {
    outbox: Mutex<Outbox>,
    filled: Notify,
    calling: tokio::sync::Mutex<()>,
}

impl Desk {
    pub(crate) fn new(outbox: Outbox) -> Self {
        Self {
            inner: Arc::new(Inner {
                outbox: Mutex::new(outbox),
                filled: Notify::new(),
                calling: tokio::sync::Mutex::default(),
            }),
        }
    }

    /// Puts signed reports in; they are on disk when this returns.
    pub(crate) fn put(&self, signed: Vec<(Vec<u8>, [u8; 64])>) -> Result<(), OutboxError> {
        self.outbox().append(signed)?;
        self.inner.filled.notify_one();
        Ok(())
    }

    /// The sessions of the reports that wait.
    pub(crate) fn sessions(&self) -> Vec<SessionId> {
        let outbox = self.outbox();
        let reports = outbox.bodies().filter_map(|body| Report::read(body).ok());
        reports.map(|report| report.session).collect()
    }

    /// What is to be sent next.
    pub(crate) fn next(&self, count: usize, bytes: u64) -> Vec<SignedReport> {
        self.outbox().next(count, bytes)
    }

    /// One call at a time tells what the service has, so that no older word comes after a newer one.
    pub(crate) async fn call(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.inner.calling.lock().await
    }

    /// Takes note of what the service has for good.
    pub(crate) async fn acknowledge(&self, durable: i64) -> Result<(), OutboxError> {
        let desk = self.clone();
        let noted = tokio::task::spawn_blocking(move || desk.outbox().acknowledge(durable)).await;
        noted.unwrap_or(Ok(())) // it ends otherwise only with the process
    }

    /// Waits until a report was put in since the last wait.
    pub(crate) async fn filled(&self) {
        self.inner.filled.notified().await;
    }

    /// A panic elsewhere leaves the outbox as it was before or after a call, both of which are whole.
    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.inner.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
