//! Sessions that are open, and those of late: what reports and transcripts are held against without asking the
//! store for each.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lightcone_probe::transcript::Transcript;
use lightcone_store::{Session, SessionState, SubjectKind};
use tokio::sync::Notify;

/// Sessions that are over and still remembered: late reports find them here.
const RECENT_MAX: usize = 8_192;

/// A session as it is now.
#[derive(Debug)]
pub(crate) struct View {
    /// As the store has it.
    pub(crate) record: Session,
    /// What the agent says happened, once it does.
    pub(crate) transcript: Option<Transcript>,
}

/// A session that reports are for.
#[derive(Debug)]
pub(crate) struct Open {
    /// Its identifier.
    pub(crate) id: String,
    /// Its identifier on the wire.
    pub(crate) wire_id: [u8; 8],
    /// Told whenever the view changes or a report arrives.
    pub(crate) changed: Notify,
    /// Held while its state changes: one change at a time, store and view together.
    pub(crate) turn: tokio::sync::Mutex<()>,
    view: Mutex<Arc<View>>,
    arrived: Mutex<BTreeSet<String>>,
}

impl View {
    /// The view of a record. A transcript that the store kept was checked when it came.
    pub(crate) fn of(record: Session) -> Self {
        let transcript = Transcript::read(&record.transcript).ok();
        Self { record, transcript }
    }
}

impl Open {
    fn new(record: Session) -> Self {
        Self {
            id: record.id.clone(),
            wire_id: record.wire_id,
            changed: Notify::new(),
            turn: tokio::sync::Mutex::new(()),
            view: Mutex::new(Arc::new(View::of(record))),
            arrived: Mutex::default(),
        }
    }

    /// As it is now.
    pub(crate) fn view(&self) -> Arc<View> {
        Arc::clone(&lock(&self.view))
    }

    /// Takes over what the store has now.
    pub(crate) fn set(&self, record: Session) -> Arc<View> {
        let view = Arc::new(View::of(record));
        *lock(&self.view) = Arc::clone(&view);
        self.changed.notify_waiters();
        view
    }

    /// A landmark's report is kept.
    pub(crate) fn arrive(&self, landmark: &str) {
        if lock(&self.arrived).insert(landmark.to_owned()) {
            self.changed.notify_waiters();
        }
    }

    /// Whether every landmark that was to measure has reported.
    pub(crate) fn has_all(&self) -> bool {
        let view = self.view();
        let arrived = lock(&self.arrived);
        view.record.landmarks.iter().all(|landmark| arrived.contains(landmark))
    }

    /// Its resource name.
    pub(crate) fn name(&self) -> String {
        name_of(&self.view().record)
    }
}

/// The resource name of a session.
pub(crate) fn name_of(record: &Session) -> String {
    let kind = match record.subject_kind {
        SubjectKind::Agent => "agents",
        SubjectKind::Landmark => "landmarks",
    };
    format!("{kind}/{}/sessions/{}", record.subject, record.id)
}

/// The sessions that are known without asking the store.
#[derive(Debug, Default)]
pub(crate) struct Desk(Mutex<Shelves>);

#[derive(Debug, Default)]
struct Shelves {
    by_id: HashMap<String, Arc<Open>>,
    by_wire_id: HashMap<[u8; 8], Arc<Open>>,
    /// The open session of each agent or landmark that answers.
    live: HashMap<String, Arc<Open>>,
    recent: VecDeque<Arc<Open>>,
}

impl Desk {
    /// Puts a session on the desk that somebody watches over; one that is there already stays as it is.
    pub(crate) fn put(&self, record: Session) -> Arc<Open> {
        let mut shelves = lock(&self.0);
        let (open, is_new) = shelves.place(record);
        let view = open.view();
        if is_new && view.record.subject_kind == SubjectKind::Agent {
            shelves.live.insert(view.record.subject.clone(), Arc::clone(&open));
        }
        open
    }

    /// Remembers a session for a while that nobody watches over: one that was asked for, or that a late report names.
    pub(crate) fn recall(&self, record: Session) -> Arc<Open> {
        let mut shelves = lock(&self.0);
        let (open, is_new) = shelves.place(record);
        if is_new {
            shelves.age(Arc::clone(&open));
        }
        open
    }

    /// The session of that identifier.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Open>> {
        lock(&self.0).by_id.get(id).cloned()
    }

    /// The session of that identifier on the wire.
    pub(crate) fn find_wire(&self, wire_id: [u8; 8]) -> Option<Arc<Open>> {
        lock(&self.0).by_wire_id.get(&wire_id).cloned()
    }

    /// The open session of an agent.
    pub(crate) fn of_agent(&self, agent: &str) -> Option<Arc<Open>> {
        lock(&self.0).live.get(agent).cloned()
    }

    /// Every session that a landmark measures or answers in and that is attested.
    pub(crate) fn attested(&self) -> Vec<Arc<Open>> {
        let all: Vec<Arc<Open>> = lock(&self.0).by_id.values().cloned().collect();
        all.into_iter().filter(|open| open.view().record.state == SessionState::Attested).collect()
    }

    /// A session is over: it is remembered for a while.
    pub(crate) fn finish(&self, open: &Arc<Open>) {
        let mut shelves = lock(&self.0);
        let subject = &open.view().record.subject;
        if shelves.live.get(subject).is_some_and(|live| live.id == open.id) {
            shelves.live.remove(subject);
        }
        shelves.age(Arc::clone(open));
    }
}

impl Shelves {
    /// Finds or makes the session's place; says whether it was made.
    fn place(&mut self, record: Session) -> (Arc<Open>, bool) {
        if let Some(open) = self.by_id.get(&record.id) {
            return (Arc::clone(open), false);
        }
        let open = Arc::new(Open::new(record));
        self.by_id.insert(open.id.clone(), Arc::clone(&open));
        self.by_wire_id.insert(open.wire_id, Arc::clone(&open));
        (open, true)
    }

    fn age(&mut self, open: Arc<Open>) {
        self.recent.push_back(open);
        while self.recent.len() > RECENT_MAX {
            let Some(oldest) = self.recent.pop_front() else { return };
            self.by_id.remove(&oldest.id);
            self.by_wire_id.remove(&oldest.wire_id);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
