//! What a comparison counts, and the digest over what flips.

use std::collections::BTreeMap;

use lightcone::v1;
use prost::Message as _;
use sha2::{Digest as _, Sha256};

/// The most rules that are told by how many flips name them.
const CAUSES_MAX: usize = 256;

/// Outcomes by which, and rules by flips.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    outcomes: BTreeMap<(i32, i32), u64>,
    causes: BTreeMap<String, u64>,
}

impl Tally {
    /// Counts a subject, and the rules by which it flips.
    pub(super) fn count(&mut self, was: v1::Outcome, would_be: v1::Outcome, rules: &[String]) {
        *self.outcomes.entry((was as i32, would_be as i32)).or_default() += 1;
        for rule in rules {
            match self.causes.get_mut(rule) {
                Some(count) => *count += 1,
                None => drop(self.causes.insert(rule.clone(), 1)),
            }
        }
    }

    /// Adds another's counts.
    pub(super) fn add(&mut self, other: Self) {
        for (pair, count) in other.outcomes {
            *self.outcomes.entry(pair).or_default() += count;
        }
        for (rule, count) in other.causes {
            *self.causes.entry(rule).or_default() += count;
        }
    }

    /// As it is kept with a shard, all rules among it.
    pub(super) fn encode(&self) -> Vec<u8> {
        self.told(usize::MAX).encode_to_vec()
    }

    /// What [`Tally::encode`] gave.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, prost::DecodeError> {
        let kept = v1::Comparison::decode(bytes)?;
        let outcomes = kept.outcomes.iter().map(|it| ((it.was, it.would_be), it.count)).collect();
        Ok(Self { outcomes, causes: kept.causes.into_iter().map(|it| (it.rule, it.count)).collect() })
    }

    /// As it is told at the end: rules by flips, most first.
    pub(super) fn result(&self) -> Vec<u8> {
        self.told(CAUSES_MAX).encode_to_vec()
    }

    fn told(&self, causes_max: usize) -> v1::Comparison {
        let outcome =
            |(&(was, would_be), &count): (&(i32, i32), &u64)| v1::FlipCount { was, would_be, count };
        let cause = |(rule, &count): (&String, &u64)| v1::FlipCause { rule: rule.clone(), count };
        let mut causes: Vec<v1::FlipCause> = self.causes.iter().map(cause).collect();
        causes.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.rule.cmp(&other.rule)));
        causes.truncate(causes_max);
        v1::Comparison {
            outcomes: self.outcomes.iter().map(outcome).collect(),
            causes,
            ..v1::Comparison::default()
        }
    }
}

/// SHA-256 over flips in order, each as its length and bytes.
#[derive(Default)]
pub(super) struct FlipsDigest(Sha256);

impl FlipsDigest {
    /// Takes the next flip in.
    pub(super) fn take(&mut self, body: &[u8]) {
        self.0.update((body.len() as u64).to_be_bytes());
        self.0.update(body);
    }

    /// 64 hexadecimal digits.
    pub(super) fn end(self) -> String {
        hex::encode(self.0.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_in_any_order_and_come_back_as_they_were() {
        let (allow, review) = (v1::Outcome::Allow, v1::Outcome::Review);
        let (mut one, mut other) = (Tally::default(), Tally::default());
        one.count(allow, review, &["P02".to_owned()]);
        other.count(allow, allow, &[]);
        other.count(allow, review, &["P02".to_owned(), "P01".to_owned()]);
        let (mut first, mut second) = (one.clone(), other.clone());
        first.add(other);
        second.add(one);
        assert_eq!(first, second);
        assert_eq!(Tally::decode(&first.encode()).unwrap(), first);
        let told = v1::Comparison::decode(first.result().as_slice()).unwrap();
        let causes: Vec<_> = told.causes.iter().map(|it| (it.rule.as_str(), it.count)).collect();
        assert_eq!(causes, [("P02", 2), ("P01", 1)]);
        assert_eq!(told.outcomes.iter().map(|it| it.count).sum::<u64>(), 3);
    }

    #[test]
    fn the_digest_tells_where_a_flip_ends() {
        let digest = |bodies: &[&[u8]]| {
            let mut digest = FlipsDigest::default();
            bodies.iter().for_each(|body| digest.take(body));
            digest.end()
        };
        assert_ne!(digest(&[b"ab", b"c"]), digest(&[b"a", b"bc"]));
        assert_ne!(digest(&[b"a", b"b"]), digest(&[b"b", b"a"]));
    }
}
