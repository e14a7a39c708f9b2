//! Whether somebody sets or bends `REALTIME`, the clock of the kernel's stamps.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::errno::Errno;
use nix::libc;
use nix::sys::time::{TimeSpec, TimeValLike};
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};

/// Microseconds of a tick that is not bent, at 100 ticks a second, which is what user space sees on all of Linux.
const TICK_NOMINAL: libc::c_long = 10_000;
/// A time that is never reached, in seconds since 1970: the year 2100.
const NEVER_S: i64 = 4_102_444_800;

/// Watches `REALTIME`. Its descriptor becomes readable when the clock was set.
pub struct Steering {
    timer: TimerFd,
}

impl Steering {
    /// Begins to watch.
    ///
    /// # Errors
    /// The system has no such timers.
    pub fn watch() -> io::Result<Self> {
        let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
        let steering = Self { timer: TimerFd::new(ClockId::CLOCK_REALTIME, flags)? };
        steering.arm()?;
        Ok(steering)
    }

    /// Whether the clock was set since the last call.
    ///
    /// # Errors
    /// The timer cannot be armed again.
    pub fn has_stepped(&self) -> io::Result<bool> {
        let mut expired = [0; 8];
        match nix::unistd::read(&self.timer, &mut expired) {
            Err(Errno::EAGAIN | Errno::EINTR) => Ok(false),
            // ECANCELED: set. Anything else is not understood and counts as set.
            _ => {
                self.arm()?;
                Ok(true)
            }
        }
    }

    /// Whether the clock's tick is not nominal: it may run up to a tenth too fast or too slow. A system that does not
    /// say counts as bent.
    #[must_use]
    pub fn is_bent(&self) -> bool {
        tick() != Some(TICK_NOMINAL)
    }

    fn arm(&self) -> io::Result<()> {
        let flags = TimerSetTimeFlags::TFD_TIMER_ABSTIME | TimerSetTimeFlags::TFD_TIMER_CANCEL_ON_SET;
        loop {
            match self.timer.set(Expiration::OneShot(TimeSpec::seconds(NEVER_S)), flags) {
                // The clock was set before: said once, and the timer is armed.
                Err(Errno::ECANCELED | Errno::EINTR) => {}
                other => return Ok(other?),
            }
        }
    }
}

impl AsFd for Steering {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.timer.as_fd()
    }
}

#[expect(unsafe_code, reason = "no library reads the tick")]
fn tick() -> Option<libc::c_long> {
    // SAFETY: `timex` is plain integers, for which zero is a value; modes 0 asks and changes nothing.
    let mut timex: libc::timex = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is to a live `timex` of the size that the kernel writes.
    let state = unsafe { libc::adjtimex(&raw mut timex) };
    (state >= 0).then_some(timex.tick)
}
