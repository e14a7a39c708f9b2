//! Calls that come at the same time share one commit: a commit waits for the disk, and the disk does not care how
//! much it gets. While one group is written the next one gathers, so an idle store adds no wait.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Turn, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::error::StoreError;
use crate::sql::{Database, Tx, Work};

/// Calls that may wait; more are held back.
const WAITING_MAX: usize = 1_024;
/// Rows at which a group is full. A single call may bring more.
const GROUP_MAX: usize = 4_096;

/// A call that can share its transaction with others of its kind.
pub(crate) trait Job: Send + Sync + Sized + 'static {
    /// What the caller is told.
    type Answer: Send + 'static;
    /// The transaction's name.
    const NAME: &'static str;

    /// About how many rows it writes.
    fn rows(&self) -> usize;
    /// Does all jobs in one transaction, with an answer for each. An error is the whole group's: then each is tried
    /// alone, so that it becomes the error of the one whose it is.
    fn do_all<'t>(tx: &'t mut Tx, jobs: &'t [Self]) -> Work<'t, Vec<Result<Self::Answer, StoreError>>>;
}

/// A call that waits for its commit.
struct Waiting<J: Job> {
    job: J,
    answer: oneshot::Sender<Result<J::Answer, StoreError>>,
}

/// Gathers calls and commits them.
pub(crate) struct Committer<J: Job> {
    queue: Mutex<Option<mpsc::Sender<Waiting<J>>>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl<J: Job> Committer<J> {
    /// Starts as many committing tasks as the engine can make use of.
    pub(crate) fn start(database: &Arc<Database>) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING_MAX);
        let waiting = Arc::new(Turn::new(waiting));
        let task = |_| tokio::spawn(commit_groups::<J>(Arc::clone(database), Arc::clone(&waiting)));
        let tasks = (0..database.writers()).map(task).collect();
        Self { queue: Mutex::new(Some(queue)), tasks: Mutex::new(tasks) }
    }

    /// Waits until the job is committed.
    pub(crate) async fn commit(&self, job: J) -> Result<J::Answer, StoreError> {
        let queue = lock(&self.queue).clone().ok_or(StoreError::Closed)?;
        let (answer, answered) = oneshot::channel();
        queue.send(Waiting { job, answer }).await.map_err(|_| StoreError::Closed)?;
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

async fn commit_groups<J: Job>(database: Arc<Database>, waiting: Arc<Turn<mpsc::Receiver<Waiting<J>>>>) {
    // The turn ends when the group is gathered: another task gathers while this one commits.
    while let Some(group) = gather(&mut *waiting.lock().await).await {
        commit_group(&database, group).await;
    }
}

/// All that wait, up to a full group; none when no more will come.
async fn gather<J: Job>(waiting: &mut mpsc::Receiver<Waiting<J>>) -> Option<Vec<Waiting<J>>> {
    let first = waiting.recv().await?;
    let mut rows = first.job.rows();
    let mut group = vec![first];
    while rows < GROUP_MAX {
        let Ok(next) = waiting.try_recv() else { break };
        rows += next.job.rows();
        group.push(next);
    }
    Some(group)
}

async fn commit_group<J: Job>(database: &Database, group: Vec<Waiting<J>>) {
    let (jobs, answers): (Vec<J>, Vec<_>) =
        group.into_iter().map(|waiting| (waiting.job, waiting.answer)).unzip();
    match commit(database, &jobs).await {
        Ok(outcomes) => reply(answers, outcomes),
        Err(error) if jobs.len() == 1 => reply(answers, vec![Err(error)]),
        Err(_) => {
            for (job, answer) in jobs.iter().zip(answers) {
                let outcome = match commit(database, std::slice::from_ref(job)).await {
                    Ok(outcomes) => outcomes,
                    Err(error) => vec![Err(error)],
                };
                reply(vec![answer], outcome);
            }
        }
    }
}

async fn commit<J: Job>(
    database: &Database,
    jobs: &[J],
) -> Result<Vec<Result<J::Answer, StoreError>>, StoreError> {
    database.transact(J::NAME, jobs, |tx, jobs| J::do_all(tx, jobs)).await
}

fn reply<T>(answers: Vec<oneshot::Sender<T>>, outcomes: Vec<T>) {
    for (answer, outcome) in answers.into_iter().zip(outcomes) {
        // Who went away does not wait for an answer; the rows are committed all the same.
        let _ = answer.send(outcome);
    }
}
