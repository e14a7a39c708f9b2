//! One direction between two hosts: how late, how unsteady, how lossy.

use std::time::Duration;

use fastrand::Rng;

/// The longest delay one way, and the most that jitter or an attack may add: ten seconds, beyond any path on Earth.
pub const DELAY_MAX: Duration = Duration::from_secs(10);

/// A path one way. The delay is a floor: jitter only adds to it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Path {
    delay: Duration,
    jitter: Jitter,
    loss: f64,
}

/// What a path adds to its delay, drawn anew for each datagram. Datagrams may overtake each other by it, as over
/// several links.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Jitter {
    /// Nothing: datagrams keep their order.
    #[default]
    None,
    /// Evenly from nothing to `most`.
    Uniform {
        /// The most that is added.
        most: Duration,
    },
    /// Often little, seldom much, as queues do; never more than [`DELAY_MAX`].
    Exponential {
        /// What is added on average.
        mean: Duration,
    },
}

impl Path {
    /// A path of this delay, steady and without loss.
    ///
    /// # Errors
    /// [`InvalidPath`] for more than [`DELAY_MAX`].
    pub fn new(delay: Duration) -> Result<Self, InvalidPath> {
        within("delay", delay)?;
        Ok(Self { delay, ..Self::default() })
    }

    /// The same with jitter.
    ///
    /// # Errors
    /// [`InvalidPath`] for a bound or mean of more than [`DELAY_MAX`].
    pub fn with_jitter(self, jitter: Jitter) -> Result<Self, InvalidPath> {
        jitter.check()?;
        Ok(Self { jitter, ..self })
    }

    /// The same with a share of its datagrams lost, 0 to 1.
    ///
    /// # Errors
    /// [`InvalidPath`] for another number, or none.
    pub fn with_loss(self, loss: f64) -> Result<Self, InvalidPath> {
        share("loss", loss)?;
        Ok(Self { loss, ..self })
    }

    /// A path of parts that are known to be within their limits.
    pub(crate) const fn within_limits(delay: Duration, jitter: Jitter) -> Self {
        Self { delay, jitter, loss: 0.0 }
    }

    /// The least delay.
    #[must_use]
    pub fn delay(&self) -> Duration {
        self.delay
    }

    /// What is added to the delay.
    #[must_use]
    pub fn jitter(&self) -> Jitter {
        self.jitter
    }

    /// The share of datagrams lost, 0 to 1.
    #[must_use]
    pub fn loss(&self) -> f64 {
        self.loss
    }

    /// How long one datagram takes, in nanoseconds: the delay at least.
    pub(crate) fn draw_ns(&self, dice: &mut Rng) -> u64 {
        ns(self.delay) + self.jitter.draw_ns(dice)
    }

    /// Whether one datagram is lost.
    pub(crate) fn draws_loss(&self, dice: &mut Rng) -> bool {
        self.loss > 0.0 && dice.f64() < self.loss
    }
}

impl Jitter {
    pub(crate) fn check(self) -> Result<(), InvalidPath> {
        match self {
            Self::None => Ok(()),
            Self::Uniform { most } => within("jitter", most),
            Self::Exponential { mean } => within("mean jitter", mean),
        }
    }

    fn draw_ns(self, dice: &mut Rng) -> u64 {
        match self {
            Self::None => 0,
            Self::Uniform { most } => dice.u64(0..=ns(most)),
            // 1 − f64() is in (0, 1], so the logarithm is finite and at most 0.
            Self::Exponential { mean } => {
                (-(1.0 - dice.f64()).ln() * ns(mean) as f64).min(ns(DELAY_MAX) as f64) as u64
            }
        }
    }
}

/// Whole nanoseconds; as many as there are for a time of centuries.
pub(crate) fn ns(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

pub(crate) fn within(what: &'static str, delay: Duration) -> Result<(), InvalidPath> {
    if delay <= DELAY_MAX { Ok(()) } else { Err(InvalidPath::TooLong { what, delay }) }
}

pub(crate) fn share(what: &'static str, share: f64) -> Result<(), InvalidPath> {
    if (0.0..=1.0).contains(&share) { Ok(()) } else { Err(InvalidPath::NoShare { what, share }) }
}

/// A path that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum InvalidPath {
    /// A delay out of range.
    #[error("{what} {delay:?} is more than {DELAY_MAX:?}")]
    TooLong {
        /// Which delay.
        what: &'static str,
        /// The refused value.
        delay: Duration,
    },
    /// A share out of range.
    #[error("{what} {share} is not a share, 0 to 1")]
    NoShare {
        /// Which share.
        what: &'static str,
        /// The refused value.
        share: f64,
    },
}
