//! Ctrl-c as a flag that long work looks at.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::exit::Failure;

static PRESSED: AtomicBool = AtomicBool::new(false);

/// Takes ctrl-c and the signals to end over. The second one ends the program at once.
pub(crate) fn listen() -> Result<(), Failure> {
    ctrlc::set_handler(|| {
        if PRESSED.swap(true, Ordering::Relaxed) {
            std::process::exit(crate::exit::Exit::Interrupted as i32);
        }
    })
    .map_err(|error| Failure::machine(format!("cannot take over ctrl-c: {error}")))
}

/// Whether to stop.
pub(crate) fn pressed() -> bool {
    PRESSED.load(Ordering::Relaxed)
}

/// A failure when it is time to stop.
pub(crate) fn check() -> Result<(), Failure> {
    if pressed() { Err(Failure::interrupted()) } else { Ok(()) }
}
