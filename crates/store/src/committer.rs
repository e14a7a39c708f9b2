//! Calls that bring reports at the same time share one commit: a commit waits for the disk, and the disk does not
//! care how much it gets. While one group is written the next one gathers, so an idle store adds no wait.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Turn, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::error::StoreError;
use crate::ingest::ingest;
use crate::sql::Database;
use crate::store::{Arrival, Ingested};

/// Calls that may wait; more are held back.
const WAITING_MAX: usize = 1_024;
/// Reports at which a group is full. A single call may bring more.
const GROUP_MAX: usize = 4_096;

type Answer = Result<Vec<Ingested>, StoreError>;

/// A call that waits for its commit.
struct Waiting {
    arrivals: Vec<Arrival>,
    answer: oneshot::Sender<Answer>,
}

/// Gathers calls and commits them.
pub(crate) struct Committer {
    queue: Mutex<Option<mpsc::Sender<Waiting>>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Committer {
    /// Starts as many committing tasks as the engine can make use of.
    pub(crate) fn start(database: &Arc<Database>) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING_MAX);
        let waiting = Arc::new(Turn::new(waiting));
        let task = |_| tokio::spawn(commit_groups(Arc::clone(database), Arc::clone(&waiting)));
        let tasks = (0..database.writers()).map(task).collect();
        Self { queue: Mutex::new(Some(queue)), tasks: Mutex::new(tasks) }
    }

    /// Waits until the reports are committed.
    pub(crate) async fn commit(&self, arrivals: Vec<Arrival>) -> Answer {
        let queue = lock(&self.queue).clone().ok_or(StoreError::Closed)?;
        let (answer, answered) = oneshot::channel();
        queue.send(Waiting { arrivals, answer }).await.map_err(|_| StoreError::Closed)?;
        answered.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Takes no more, and waits until what was taken is answered.
    pub(crate) async fn close(&self) {
        drop(lock(&self.queue).take());
        let tasks = std::mem::take(&mut *lock(&self.tasks));
        for task in tasks {
            // A task that panicked has nothing left to wait for.
            let _ = task.await;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn commit_groups(database: Arc<Database>, waiting: Arc<Turn<mpsc::Receiver<Waiting>>>) {
    // The turn ends when the group is gathered: another task gathers while this one commits.
    while let Some(group) = gather(&mut *waiting.lock().await).await {
        commit_group(&database, group).await;
    }
}

/// All that wait, up to a full group; none when no more will come.
async fn gather(waiting: &mut mpsc::Receiver<Waiting>) -> Option<Vec<Waiting>> {
    let first = waiting.recv().await?;
    let mut reports = first.arrivals.len();
    let mut group = vec![first];
    while reports < GROUP_MAX {
        let Ok(next) = waiting.try_recv() else { break };
        reports += next.arrivals.len();
        group.push(next);
    }
    Some(group)
}

async fn commit_group(database: &Database, group: Vec<Waiting>) {
    let (batches, answers): (Vec<_>, Vec<_>) =
        group.into_iter().map(|waiting| (waiting.arrivals, waiting.answer)).unzip();
    match commit(database, &batches).await {
        Ok(outcomes) => reply(answers, outcomes),
        Err(error) if batches.len() == 1 => reply(answers, vec![Err(error)]),
        // Something in one batch broke the whole group: each by itself, so that only the one fails.
        Err(_) => {
            for (batch, answer) in batches.into_iter().zip(answers) {
                let outcome = commit(database, &[batch])
                    .await
                    .and_then(|outcomes| outcomes.into_iter().next().unwrap_or(Err(StoreError::Closed)));
                reply(vec![answer], vec![outcome]);
            }
        }
    }
}

async fn commit(database: &Database, batches: &[Vec<Arrival>]) -> Result<Vec<Answer>, StoreError> {
    database.transact("ingest-reports", batches, |tx, batches| Box::pin(ingest(tx, batches))).await
}

fn reply(answers: Vec<oneshot::Sender<Answer>>, outcomes: Vec<Answer>) {
    for (answer, outcome) in answers.into_iter().zip(outcomes) {
        // Who went away does not wait for an answer; the rows are committed all the same.
        let _ = answer.send(outcome);
    }
}
