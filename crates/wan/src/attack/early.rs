//! Answering before the chip does.

use std::time::Duration;

use super::InvalidAttack;
use super::fate::{Crossing, Fate};
use crate::PROBE_BYTES;
use crate::path::{ns, within};

/// Answers each challenge from near the landmark, before the chip can; the chip's own answer comes later. Needs: a
/// host near the landmark that sees the challenge, such as one that the chip's owner rents and routes through. It
/// has no key, so it can only guess.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EarlyAnswer {
    /// How long after the challenge was sent the answer is there.
    pub after: Duration,
    /// What it answers.
    pub forgery: Forgery,
}

/// What one without the key can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgery {
    /// The last answer that was seen in the session, unchanged; nothing while none was.
    Recorded,
    /// The last answer that was seen in the session with chance in its last 36 bytes, where proof and seal are;
    /// nothing while none was.
    RandomProof,
    /// Chance throughout.
    Random,
    /// The challenge itself, as a reflector sends it back.
    Echo,
}

impl EarlyAnswer {
    pub(super) const NAME: &str = "early-answer";
    pub(super) const NEEDS: &str = "a host near the landmark that sees the challenge";

    pub(super) fn check(&self) -> Result<(), InvalidAttack> {
        Ok(within("delay of an answer", self.after)?)
    }

    pub(super) fn bend(&self, fate: &mut Fate, crossing: &Crossing<'_>) {
        if crossing.bytes == PROBE_BYTES {
            fate.answer = Some((ns(self.after), self.forgery));
        }
    }
}
