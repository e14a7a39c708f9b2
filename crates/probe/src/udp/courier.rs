//! How work gets to a blocked thread, and what it has to say gets away without blocking it.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use nix::sys::eventfd::{EfdFlags, EventFd};

use super::{Event, Unavailable};
use crate::agent::Engagement;
use crate::assignment::Assignment;

/// Assignments and plans that may wait.
const COMMANDS_MAX: usize = 4_096;
/// Events that nobody takes; beyond it no new work is taken either.
const UNSENT_MAX: usize = 4_096;

/// What a thread is told.
pub(super) enum Command {
    Assign(Assignment),
    Engage(Box<Engagement>),
}

/// The other threads' end.
pub(super) struct Handle {
    commands: SyncSender<Command>,
    bell: Arc<EventFd>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// The thread's own end.
pub(super) struct Desk {
    commands: Receiver<Command>,
    bell: Arc<EventFd>,
    over: Arc<AtomicBool>,
    events: SyncSender<Event>,
    /// Said, but not yet taken: the channel is full.
    unsent: VecDeque<Event>,
}

/// Both ends.
pub(super) fn desk(events: SyncSender<Event>) -> io::Result<(Handle, Desk)> {
    let (sender, commands) = sync_channel(COMMANDS_MAX);
    let bell = Arc::new(EventFd::from_flags(EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC)?);
    let over = Arc::new(AtomicBool::new(false));
    let handle = Handle { commands: sender, bell: Arc::clone(&bell), over: Arc::clone(&over), thread: None };
    Ok((handle, Desk { commands, bell, over, events, unsent: VecDeque::new() }))
}

impl Handle {
    pub(super) fn runs(&mut self, thread: JoinHandle<()>) {
        self.thread = Some(thread);
    }

    pub(super) fn give(&self, command: Command) -> Result<(), Unavailable> {
        self.commands.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => Unavailable::Full,
            TrySendError::Disconnected(_) => Unavailable::Ended,
        })?;
        self.bell.write(1).map(drop).map_err(|_| Unavailable::Full)
    }
}

impl Drop for Handle {
    /// Stops the thread and waits for it.
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        self.over.store(true, Ordering::Release);
        // Full: it rings already.
        let _ = self.bell.write(1);
        // A panic of the thread has been printed by its hook; there is nothing to add while dropping.
        let _ = thread.join();
    }
}

impl Desk {
    /// Whether the thread is to end.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// The next command. New work waits while too much is unsaid.
    pub(super) fn next(&self) -> Option<Command> {
        if self.unsent.len() >= UNSENT_MAX { None } else { self.commands.try_recv().ok() }
    }

    /// Says something. Never blocks: what the channel does not take is kept until [`Self::flush`].
    pub(super) fn say(&mut self, event: Event) {
        self.unsent.push_back(event);
        self.flush();
    }

    /// Hands on what the channel now takes; whether something is left.
    pub(super) fn flush(&mut self) -> bool {
        while let Some(event) = self.unsent.pop_front() {
            match self.events.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => {
                    self.unsent.push_front(event);
                    return true;
                }
                // Nobody listens any more.
                Err(TrySendError::Disconnected(_)) => self.unsent.clear(),
            }
        }
        false
    }

    /// Silences the bell.
    pub(super) fn heard(&self) {
        // EAGAIN: it was silent.
        let _ = self.bell.read();
    }
}

impl AsFd for Desk {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }
}
