//! Why a report is not taken.

use crate::bytes::Malformed;

/// Why a report is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a report.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Not signed by the landmark's key.
    #[error("the report is not signed by the landmark's key")]
    Signature,
    /// Another session than the one assigned.
    #[error("the report is about another session")]
    Session,
    /// Another landmark than the one assigned.
    #[error("the report is of another landmark")]
    Landmark,
    /// Other keys than those of the session.
    #[error("the report is about another subject: its binding is not the session's")]
    Subject,
    /// Measured from another place than the service reckons with.
    #[error("the report is from position version {reported}, assigned was {expected}")]
    PositionVersion {
        /// What the report says.
        reported: u32,
        /// What was assigned.
        expected: u32,
    },
    /// More challenges than were allowed.
    #[error("{sent} challenges were sent, {limit} were allowed")]
    TooMany {
        /// How many were sent.
        sent: usize,
        /// How many were allowed.
        limit: u16,
    },
    /// A sequence twice.
    #[error("sequence {sequence} is there twice")]
    DuplicateSequence {
        /// Which.
        sequence: u16,
    },
    /// A nonce twice: the second challenge was no surprise.
    #[error("the nonce of sequence {sequence} was used before")]
    NonceReused {
        /// The later of both.
        sequence: u16,
    },
    /// Clock readings that no clock makes.
    #[error("the times of sequence {sequence} are not in an order that can be")]
    TimesImpossible {
        /// Which.
        sequence: u16,
    },
    /// A round trip that counts as lost.
    #[error(
        "the round trip of sequence {sequence} took {rtt_ns} ns; from {limit_ns} ns on it counts as lost"
    )]
    TooSlow {
        /// Which.
        sequence: u16,
        /// The round trip, in nanoseconds.
        rtt_ns: i64,
        /// The limit, in nanoseconds.
        limit_ns: i64,
    },
    /// Sent before or after the session.
    #[error("sequence {sequence} was sent outside the session's window")]
    OutsideWindow {
        /// Which.
        sequence: u16,
    },
    /// The keys that the agent reveals are not those that the landmark used.
    #[error("landmark or packet key differs between report and transcript")]
    KeyMismatch,
    /// The agent says that it never answered this.
    #[error("sequence {sequence} has an answer that the agent never gave")]
    NeverAnswered {
        /// Which.
        sequence: u16,
    },
    /// The agent answered a challenge that the landmark does not report.
    #[error("the agent answered a challenge that the report leaves out")]
    NeverSent,
    /// Both agree about sequences, not about nonces.
    #[error("the challenges of the report are not those that the agent answered")]
    DigestMismatch,
    /// A proof that the key does not make.
    #[error("the proof of sequence {sequence} is not that of the session's key")]
    ProofWrong {
        /// Which.
        sequence: u16,
    },
}
