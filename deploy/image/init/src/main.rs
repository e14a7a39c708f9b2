//! The first process of the agent's image: mounts, tells what was measured, loads modules and forbids more, brings the
//! network up, then keeps `lightcone agent` running under a user that may do nothing. There is no shell to fall into:
//! whatever fails is told on the console, and the machine starts again.

mod agent;
mod console;
mod failure;
mod host;
mod modules;
mod mounts;
mod network;
mod registers;

use std::convert::Infallible;
use std::thread;
use std::time::Duration;

use rustix::system::{RebootCommand, reboot};

use crate::console::say;
use crate::failure::Failure;
use crate::host::Host;

/// How long a failure can be read on the console before the machine starts again.
const PAUSE: Duration = Duration::from_secs(10);

fn main() {
    let Err(failure) = start();
    say(format_args!("{failure}; the machine starts again in {} s", PAUSE.as_secs()));
    thread::sleep(PAUSE);
    if let Err(error) = reboot(RebootCommand::Restart) {
        say(format_args!("it does not: {error}"));
    }
}

/// Never comes back but with what went wrong.
fn start() -> Result<Infallible, Failure> {
    mounts::mount()?;
    registers::tell();
    modules::load()?;
    mounts::mount_late();
    let host = Host::read()?;
    modules::seal()?;
    network::up(&host)?;
    mounts::seal()?;
    agent::keep(&host)
}
