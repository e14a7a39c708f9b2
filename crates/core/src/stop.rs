//! Work that can be called off: kernels ask now and then whether anyone still waits for them.

use core::fmt;

/// The work was called off before it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("work was called off before it was done")]
pub struct Stopped;

/// Asks whether the work is to end.
#[derive(Clone, Copy, Default)]
pub(crate) struct Stop<'a>(Option<&'a dyn Fn() -> bool>);

impl<'a> Stop<'a> {
    pub(crate) fn when(stop: &'a dyn Fn() -> bool) -> Self {
        Self(Some(stop))
    }

    pub(crate) fn check(self) -> Result<(), Stopped> {
        match self.0 {
            Some(stop) if stop() => Err(Stopped),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Stop<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Stop(asked)" } else { "Stop(never)" })
    }
}
