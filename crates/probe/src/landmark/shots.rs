//! The challenges of one session: what was sent, and what came back first.

use lightcone_responder::{Challenge, Reply};
use subtle::ConstantTimeEq;

use super::Arrival;
use super::open::ERROR_ESTIMATE;
use crate::clock::{Stamps, is_ordered, round_trip};
use crate::ids::{Nonce, NtpTime, Proof};
use crate::limits::ROUND_TRIP_NS_MAX;
use crate::report::{Answer, Sent};
use crate::schedule::BURST;

/// 128 bytes, so that a session of 256 stays below 40 kB.
struct Record {
    timestamp: NtpTime,
    nonce: Nonce,
    /// What the answer must prove, computed before the challenge went out.
    proof: Proof,
    stamps: Stamps,
    t2: NtpTime,
    t3: NtpTime,
    flags: u32,
    ttl: u8,
    is_sent: bool,
    has_t1: bool,
    answer: Answered,
}

const _: () = assert!(size_of::<Record>() <= 128);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answered {
    Not,
    /// Without the kernel's stamp of the receive.
    Bare,
    Stamped,
}

/// Why a reply with good tags counts for nothing.
pub(super) enum NotCounted {
    /// No challenge is outstanding under its sequence.
    Sequence,
    /// The round trip is too long, or impossible.
    Late,
    /// It does not prove the proof key.
    Proof,
}

pub(super) struct Shots(Vec<Record>);

impl Shots {
    pub(super) fn new(most: usize) -> Self {
        Self(Vec::with_capacity(most))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_all_answered(&self) -> bool {
        self.0.iter().all(|record| record.answer != Answered::Not)
    }

    pub(super) fn add(&mut self, challenge: &Challenge, proof: Proof) {
        self.0.push(Record {
            timestamp: challenge.timestamp,
            nonce: challenge.nonce,
            proof,
            stamps: Stamps { t0: 0, r0: 0, t1: 0, t4: 0, r3: 0, t3: 0 },
            t2: NtpTime(0),
            t3: NtpTime(0),
            flags: 0,
            ttl: 0,
            is_sent: false,
            has_t1: false,
            answer: Answered::Not,
        });
    }

    pub(super) fn sent(&mut self, sequence: u16, t0: i64, r0: i64) {
        if let Some(record) = self.0.get_mut(usize::from(sequence)) {
            (record.stamps.t0, record.stamps.r0) = (t0, r0);
            record.is_sent = true;
        }
    }

    /// Takes the first stamp of a challenge.
    pub(super) fn stamped(&mut self, challenge: &Challenge, t1: i64) {
        let record = usize::try_from(challenge.sequence).ok().and_then(|sequence| self.0.get_mut(sequence));
        let unstamped = record.filter(|record| record.nonce == challenge.nonce && !record.has_t1);
        if let Some(record) = unstamped {
            record.stamps.t1 = t1;
            record.has_t1 = true;
        }
    }

    /// Takes the first good answer to a challenge; the reply's tags are good.
    pub(super) fn answer(&mut self, reply: &Reply, arrival: &Arrival) -> Result<(), NotCounted> {
        let record = usize::try_from(reply.sequence).ok().and_then(|sequence| self.0.get_mut(sequence));
        let outstanding = record.filter(|record| record.is_sent && record.answer == Answered::Not);
        let record = outstanding.ok_or(NotCounted::Sequence)?;
        if !bool::from(record.proof.0.ct_eq(&reply.proof.0)) {
            return Err(NotCounted::Proof);
        }
        if !(0..ROUND_TRIP_NS_MAX).contains(&(arrival.t3 - record.stamps.t0)) {
            return Err(NotCounted::Late);
        }
        record.stamps.t4 = arrival.t4.unwrap_or_default();
        (record.stamps.r3, record.stamps.t3) = (arrival.r3, arrival.t3);
        (record.t2, record.t3) = (reply.t2, reply.t3);
        (record.flags, record.ttl) = (reply.flags, reply.sender_ttl);
        record.answer = if arrival.t4.is_some() { Answered::Stamped } else { Answered::Bare };
        Ok(())
    }

    /// Whether a burst is over and the last 16 answers lowered the minimum by less than `gain_ns`.
    pub(super) fn is_settled(&self, gain_ns: Option<i64>) -> bool {
        let Some(gain_ns) = gain_ns.filter(|_| self.len().is_multiple_of(BURST)) else { return false };
        let answered = || self.0.iter().rev().filter(|record| record.answer != Answered::Not);
        let before = answered().skip(BURST).map(Record::round_trip_ns).min();
        let last = answered().take(BURST).map(Record::round_trip_ns).min();
        before.zip(last).is_some_and(|(before, last)| before.saturating_sub(last) < gain_ns)
    }

    pub(super) fn to_sent(&self, is_distrusted: bool) -> Vec<Sent> {
        let numbered = self.0.iter().zip(0..);
        numbered.map(|(record, sequence)| record.to_sent(sequence, is_distrusted)).collect()
    }
}

impl Record {
    fn is_stamped(&self) -> bool {
        self.has_t1 && self.answer == Answered::Stamped
    }

    /// For the decision to stop only; the verifier computes its own.
    fn round_trip_ns(&self) -> i64 {
        round_trip(&self.stamps, !self.is_stamped()).map_or(i64::MAX, |trip| trip.rtt_ns)
    }

    fn to_sent(&self, sequence: u16, is_distrusted: bool) -> Sent {
        let answer = (self.answer != Answered::Not).then(|| Answer {
            stamps: self.stamps,
            fallback: is_distrusted || !self.is_stamped() || !is_ordered(&self.stamps),
            t2: self.t2,
            t3: self.t3,
            ttl: self.ttl,
            flags: self.flags,
            proof: self.proof,
        });
        let Self { timestamp, nonce, .. } = *self;
        Sent { sequence, timestamp, error_estimate: ERROR_ESTIMATE, nonce, answer }
    }
}
