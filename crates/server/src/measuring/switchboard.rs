//! Who listens: at most one line an identifier, a new one ends the old.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

/// Events that may wait on a line; one that does not read so many is as good as gone.
const LINE_EVENTS_MAX: usize = 1_024;

/// Lines to those who listen.
#[derive(Debug)]
pub(crate) struct Switchboard<E> {
    lines: Arc<Mutex<Lines<E>>>,
}

#[derive(Debug)]
struct Lines<E> {
    open: HashMap<String, Line<E>>,
    opened: u64,
}

#[derive(Debug)]
struct Line<E> {
    number: u64,
    send: mpsc::Sender<E>,
}

/// One who listens. Dropping it hangs up.
#[derive(Debug)]
pub(crate) struct Listener<E> {
    id: String,
    number: u64,
    lines: Arc<Mutex<Lines<E>>>,
    receive: mpsc::Receiver<E>,
}

impl<E> Default for Switchboard<E> {
    fn default() -> Self {
        Self { lines: Arc::new(Mutex::new(Lines { open: HashMap::new(), opened: 0 })) }
    }
}

impl<E> Switchboard<E> {
    /// Opens a line; one that was there is cut.
    pub(crate) fn listen(&self, id: &str) -> Listener<E> {
        let (send, receive) = mpsc::channel(LINE_EVENTS_MAX);
        let mut lines = lock(&self.lines);
        lines.opened += 1;
        let number = lines.opened;
        lines.open.insert(id.to_owned(), Line { number, send });
        Listener { id: id.to_owned(), number, lines: Arc::clone(&self.lines), receive }
    }

    /// Tells one who listens; says whether there was a line with room.
    pub(crate) fn tell(&self, id: &str, event: E) -> bool {
        lock(&self.lines).open.get(id).is_some_and(|line| line.send.try_send(event).is_ok())
    }

    /// Whether somebody listens.
    pub(crate) fn is_open(&self, id: &str) -> bool {
        lock(&self.lines).open.contains_key(id)
    }

    /// Everybody who listens, in the order of their identifiers.
    pub(crate) fn listening(&self) -> Vec<String> {
        let mut ids: Vec<String> = lock(&self.lines).open.keys().cloned().collect();
        ids.sort_unstable();
        ids
    }
}

impl<E> Listener<E> {
    /// The next event; none once a newer line took this one's place.
    pub(crate) async fn next(&mut self) -> Option<E> {
        self.receive.recv().await
    }
}

impl<E> Drop for Listener<E> {
    fn drop(&mut self) {
        let mut lines = lock(&self.lines);
        if lines.open.get(&self.id).is_some_and(|line| line.number == self.number) {
            lines.open.remove(&self.id);
        }
    }
}

fn lock<E>(lines: &Mutex<Lines<E>>) -> MutexGuard<'_, Lines<E>> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_new_line_cuts_the_old_and_an_old_one_hung_up_leaves_the_new() {
        let board = Switchboard::default();
        let mut first = board.listen("a");
        assert!(board.tell("a", 1) && !board.tell("b", 1));
        let mut second = board.listen("a");
        assert!(board.tell("a", 2));
        assert_eq!((first.next().await, first.next().await), (Some(1), None));
        drop(first);
        assert_eq!((second.next().await, board.listening()), (Some(2), vec!["a".to_owned()]));
        drop(second);
        assert!(!board.is_open("a"));
    }

    #[test]
    fn who_does_not_read_is_not_told() {
        let board = Switchboard::default();
        let _deaf = board.listen("a");
        let told = (0..=LINE_EVENTS_MAX).filter(|_| board.tell("a", ())).count();
        assert_eq!(told, LINE_EVENTS_MAX);
    }
}
