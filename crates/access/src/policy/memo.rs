//! Decisions that were made, so that the same question is not asked twice of one set. A decision turns on the set, the
//! subject, the action and the record alone: the set is this memo's own, and the key is a digest of all the rest.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::{Decision, Itself, Record, Subject};

/// Parts with a lock of their own.
const SHARDS: usize = 16;
/// The most decisions that a part keeps; then it begins anew.
const KEPT_MAX: usize = 1_024;

/// What a question is kept under.
pub(super) type Key = [u8; 32];

/// Decisions by question.
#[derive(Default)]
pub(super) struct Memo {
    shards: [Mutex<HashMap<Key, Decision>>; SHARDS],
}

impl Memo {
    /// The decision on a question: the one that was made, or a new one.
    pub(super) fn of(&self, key: Key, decide: impl FnOnce() -> Decision) -> Decision {
        let shard = key.first().map_or(0, |byte| usize::from(*byte) % SHARDS);
        let Some(shard) = self.shards.get(shard) else { return decide() };
        let known = shard.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known {
            return known;
        }
        let decision = decide();
        let mut kept = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(key, decision.clone());
        decision
    }
}

/// The key of a question. Every part is told with its length or number, so that no two questions read alike.
pub(super) fn key(subject: &Subject, action: &str, record: Option<&Record>) -> Key {
    // Taken apart whole: a field that is added has to be told here.
    let Subject { id, tenant, is_frozen, roles, areas, itself, proof } = subject;
    let mut hash = Sha256::new();
    let (kind, name) = match itself {
        None => ("", ""),
        Some(Itself::Landmark(id)) => ("landmark", id.as_str()),
        Some(Itself::Agent(id)) => ("agent", id.as_str()),
    };
    for part in [id, tenant, kind, name, proof.as_str(), action] {
        tell(&mut hash, part);
    }
    hash.update([u8::from(*is_frozen)]);
    hash.update(roles.len().to_be_bytes());
    for role in roles {
        tell(&mut hash, role.as_str());
    }
    tell_all(&mut hash, areas);
    if let Some(record) = record {
        let Record { kind, id, tenant, holder, parties, areas, has_open_case } = record;
        for part in [kind.as_str(), id, tenant, holder] {
            tell(&mut hash, part);
        }
        tell_all(&mut hash, parties);
        tell_all(&mut hash, areas);
        hash.update([u8::from(*has_open_case)]);
    }
    hash.finalize().into()
}

fn tell(hash: &mut Sha256, text: &str) {
    hash.update(text.len().to_be_bytes());
    hash.update(text);
}

fn tell_all(hash: &mut Sha256, texts: &BTreeSet<String>) {
    hash.update(texts.len().to_be_bytes());
    for text in texts {
        tell(hash, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Proof, Role};

    #[test]
    fn whatever_differs_has_another_key() {
        let one = |text: &str| BTreeSet::from([text.to_owned()]);
        let subject = Subject { tenant: "ab".to_owned(), ..Subject::nobody() };
        let record = Record::of(Kind::Site, "ab", "c");
        let subjects = [
            subject.clone(),
            Subject { id: "x".to_owned(), ..subject.clone() },
            Subject { tenant: "a".to_owned(), ..subject.clone() },
            Subject { is_frozen: true, ..subject.clone() },
            Subject { roles: BTreeSet::from([Role::Auditor]), ..subject.clone() },
            Subject { roles: BTreeSet::new(), ..subject.clone() },
            Subject { areas: one("SG"), ..subject.clone() },
            Subject { itself: Some(Itself::Agent("x".to_owned())), ..subject.clone() },
            Subject { itself: Some(Itself::Landmark("x".to_owned())), ..subject.clone() },
            Subject { proof: Proof::Token, ..subject.clone() },
        ];
        let records = [
            record.clone(),
            Record { kind: Kind::Chip, ..record.clone() },
            Record { id: "a".to_owned(), tenant: "bc".to_owned(), ..record.clone() },
            Record { tenant: String::new(), holder: "c".to_owned(), ..record.clone() },
            Record { holder: "x".to_owned(), ..record.clone() },
            Record { parties: one("x"), ..record.clone() },
            Record { areas: one("x"), ..record.clone() },
            Record { has_open_case: true, ..record.clone() },
        ];
        let mut keys = BTreeSet::new();
        for subject in &subjects {
            for action in ["see", "tell"] {
                assert!(keys.insert(key(subject, action, None)), "{subject:?}");
                for record in &records {
                    assert!(keys.insert(key(subject, action, Some(record))), "{subject:?} {record:?}");
                }
            }
        }
    }

    #[test]
    fn a_part_that_is_full_begins_anew_and_the_answers_stay() {
        let memo = Memo::default();
        let decision =
            |number: u16| Decision { allowed: number.is_multiple_of(2), rules: vec![number.to_string()] };
        let key = |number: u16| {
            let mut key = [0; 32];
            key[1..3].copy_from_slice(&number.to_be_bytes());
            key
        };
        for number in 0..3_000 {
            assert_eq!(memo.of(key(number), || decision(number)), decision(number));
            assert_eq!(memo.of(key(number), || Decision::DENIED), decision(number), "it was kept");
        }
        let kept: usize = memo.shards.iter().map(|shard| shard.lock().expect("unpoisoned").len()).sum();
        assert!(kept <= KEPT_MAX, "{kept}");
    }
}
