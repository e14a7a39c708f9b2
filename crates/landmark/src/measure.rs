//! Between the thread with the stopwatch and the rest: work goes in, reports are signed and put where a kill does
//! not reach them, transcripts are signed and handed on.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{SystemTime, UNIX_EPOCH};

use lightcone_probe::assignment::Assignment;
use lightcone_probe::handshake::StaticKey;
use lightcone_probe::plan::{Plan, WINDOW_NS_MAX};
use lightcone_probe::report::Report;
use lightcone_probe::transcript::Transcript;
use lightcone_probe::udp::{Engagement, Event, LandmarkSetup, LandmarkThread, Sockets};
use lightcone_probe::{LandmarkId, SessionId, SigningKey};
use tokio::sync::mpsc::Sender;

use crate::desk::Desk;
use crate::error::LandmarkError;
#[cfg(feature = "attack")]
use crate::lie::Lie;
use crate::mesh::Closing;
use crate::outbox::OutboxError;

/// What the thread may have to say before somebody listens.
const EVENTS_MAX: usize = 1_024;

/// What is put on disk at once, at most.
const TOGETHER_MAX: usize = 256;

/// A report, signed.
struct Signed {
    session: SessionId,
    sent: usize,
    answered: usize,
    body: Vec<u8>,
    signature: [u8; 64],
}

/// The landmark's timed half, with what is signed of it.
pub(crate) struct Measuring {
    thread: LandmarkThread,
    key: StaticKey,
    book: Arc<Book>,
}

/// What a landmark signs with, and where that goes.
pub(crate) struct Clerk {
    pub(crate) signing: SigningKey,
    pub(crate) desk: Desk,
    pub(crate) closings: Sender<Closing>,
    pub(crate) failures: Sender<LandmarkError>,
    #[cfg(feature = "attack")]
    pub(crate) lie: Lie,
}

/// Sessions that were begun: what the service sends again after a break is not done twice.
#[derive(Default)]
struct Book {
    sessions: Mutex<BTreeMap<SessionId, Entry>>,
}

struct Entry {
    /// In nanoseconds since 1970.
    end_ns: i64,
    /// The name of a session that is answered.
    name: Option<String>,
}

impl Measuring {
    /// Starts the threads.
    pub(crate) fn start(
        sockets: Sockets,
        key: StaticKey,
        setup: LandmarkSetup,
        clerk: Clerk,
    ) -> std::io::Result<Self> {
        let (events, said) = sync_channel(EVENTS_MAX);
        let book = Arc::new(Book::default());
        for session in clerk.desk.sessions() {
            book.begin(session, now_ns().saturating_add(WINDOW_NS_MAX), None);
        }
        let thread = LandmarkThread::start(sockets, setup, events)?;
        let shared = Arc::clone(&book);
        // Ends with the thread that it listens to.
        Builder::new().name("lc-clerk".into()).spawn(move || clerk.listen(&said, &shared))?;
        Ok(Self { thread, key, book })
    }

    /// The landmark's name on the wire.
    pub(crate) fn id(&self) -> LandmarkId {
        self.thread.id()
    }

    /// Challenges somebody.
    pub(crate) fn challenge(&self, assignment: Assignment) {
        let session = assignment.session;
        if !self.book.begin(session, assignment.window.not_after_ns, None) {
            tracing::debug!(%session, "assigned again");
        } else if let Err(error) = self.thread.assign(assignment) {
            self.book.forget(session);
            tracing::error!(%session, %error, "not challenged");
        }
    }

    /// Answers another landmark.
    pub(crate) fn answer(&self, name: String, plan: Plan) {
        let (session, end_ns) = (plan.session, plan.window.not_after_ns);
        if !self.book.begin(session, end_ns, Some(name)) {
            tracing::debug!(%session, "planned again");
        } else if let Err(error) = self.thread.engage(Engagement { plan, key: self.key.clone() }) {
            self.book.forget(session);
            tracing::error!(%session, %error, "not answered");
        }
    }
}

impl Book {
    /// Enters a session; whether it is new.
    fn begin(&self, session: SessionId, end_ns: i64, name: Option<String>) -> bool {
        let mut sessions = self.sessions();
        // One that ended this long ago is not sent again.
        let old = now_ns().saturating_sub(WINDOW_NS_MAX);
        sessions.retain(|_, entry| entry.end_ns > old);
        let is_new = !sessions.contains_key(&session);
        if is_new {
            sessions.insert(session, Entry { end_ns, name });
        }
        is_new
    }

    fn forget(&self, session: SessionId) {
        self.sessions().remove(&session);
    }

    fn name(&self, session: SessionId) -> Option<String> {
        self.sessions().get_mut(&session).and_then(|entry| entry.name.take())
    }

    fn sessions(&self) -> MutexGuard<'_, BTreeMap<SessionId, Entry>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clerk {
    /// Listens to the thread until it ends. What was said together is put on disk together: a disk that takes
    /// milliseconds for each time keeps up with any number of sessions.
    fn listen(self, said: &Receiver<Event>, book: &Book) {
        while let Ok(first) = said.recv() {
            let mut signed = Vec::new();
            for event in std::iter::once(first).chain(said.try_iter().take(TOGETHER_MAX)) {
                match event {
                    Event::Reported(report) => signed.push(self.report(report)),
                    Event::Answered(transcript) => self.close(&transcript, book),
                    Event::Failed(error) => self.fail(LandmarkError::Measure { cause: error.to_string() }),
                    other => tell(&other),
                }
            }
            if let Err(error) = self.keep(signed) {
                self.fail(error.into());
            }
        }
    }

    /// Signs a report.
    fn report(&self, report: Report) -> Signed {
        #[cfg(feature = "attack")]
        let report = self.lie.told(report);
        let (body, signature) = report.sign(&self.signing);
        let answered = report.sent.iter().filter(|sent| sent.answer.is_some()).count();
        Signed { session: report.session, sent: report.sent.len(), answered, body, signature: signature.0 }
    }

    /// Puts reports where a kill does not reach them, and says so.
    fn keep(&self, signed: Vec<Signed>) -> Result<(), OutboxError> {
        if signed.is_empty() {
            return Ok(());
        }
        let told: Vec<_> = signed.iter().map(|one| (one.session, one.sent, one.answered)).collect();
        self.desk.put(signed.into_iter().map(|one| (one.body, one.signature)).collect())?;
        for (session, sent, answered) in told {
            tracing::info!(%session, sent, answered, "measured");
        }
        Ok(())
    }

    /// Ends the landmark. A full channel has a failure in it already.
    fn fail(&self, error: LandmarkError) {
        let _ = self.failures.try_send(error);
    }

    /// Signs what was answered to another landmark and hands it on.
    fn close(&self, transcript: &Transcript, book: &Book) {
        let Some(session) = book.name(transcript.session) else { return };
        let (body, signature) = transcript.sign(&self.signing);
        let closing = Closing { session, transcript: body, signature: signature.0.to_vec() };
        if let Err(error) = self.closings.try_send(closing) {
            tracing::error!(session = %transcript.session, %error, "a session between landmarks is not closed");
        }
    }
}

fn tell(event: &Event) {
    match event {
        Event::NotAssigned { session, why } => tracing::error!(%session, %why, "not challenged"),
        Event::NotEngaged { session, why } => tracing::error!(%session, %why, "not answered"),
        Event::Distrusted => tracing::warn!(
            "the system's clock was set or is steered hard: open sessions are measured without kernel stamps"
        ),
        Event::Entered { session, .. } => tracing::debug!(%session, "entered"),
        Event::Established { session, .. } => tracing::debug!(%session, "established"),
        Event::Reported(_) | Event::Answered(_) | Event::Failed(_) => {}
    }
}

/// Now, in nanoseconds since 1970.
fn now_ns() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}
