//! Programs that hold keys leave no trace of their memory behind.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

use crate::exit::{Failure, Outcome};

/// Turns core dumps off for this process, and keeps others of the same user from reading its memory.
pub(crate) fn leave_no_core() -> Outcome<()> {
    let refused = |error| Failure::machine(format!("cannot turn core dumps off: {error}"));
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).map_err(refused)?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(refused)
}
