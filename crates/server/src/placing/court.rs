//! One workload before the rules: its answers are the same for every chip of one kind that may be in the same places.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lightcone_policy::decide::{Case, decide};
use lightcone_policy::party::Parties;
use lightcone_policy::rule::EndUse;
use lightcone_policy::transfer::Transfer;
use lightcone_policy::{Countries, Decision, Law, Sku, Stand};

use crate::decisions;
use crate::rules::KeptBook;

/// Answers that one court keeps: kinds of chips times sets of places.
const ANSWERS_MAX: usize = 1 << 14;

/// How long it goes by the papers that it was opened by: the longest that another process's change goes unseen.
const AGE_MAX: Duration = Duration::from_secs(10);

/// What a decision on a placement turns on, beside the workload and the rules.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    /// The maker's stock-keeping unit.
    pub(crate) sku: String,
    /// Destinations that are still possible.
    pub(crate) possible: Countries,
    /// The owner's claim was found IMPOSSIBLE.
    pub(crate) is_elsewhere: bool,
}

/// A decision, made once, and the facts that it was made of.
#[derive(Debug)]
pub(crate) struct Answer {
    /// What it turns on.
    pub(crate) key: Key,
    /// What the rules say.
    pub(crate) decision: Decision,
    /// Rules that it rests on.
    pub(crate) rules: Vec<String>,
    /// What is missing, in a few words.
    pub(crate) missing: Vec<String>,
}

/// Whose work and what for: what a court is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Matter {
    /// Everybody who takes part, and all owners above them.
    pub(crate) parties: Parties,
    /// Whose work it is, by its id among the parties; empty: nobody said.
    pub(crate) tenant: String,
    /// What for.
    pub(crate) uses: Vec<EndUse>,
    /// Chips of the caller's own, before the book's.
    pub(crate) skus: BTreeMap<String, Sku>,
}

/// One workload before one book at one stand.
pub(crate) struct Court {
    /// The book.
    pub(crate) book: Arc<KeptBook>,
    /// The stand.
    pub(crate) stand: Stand,
    matter: Matter,
    answers: Arc<Mutex<HashMap<Key, Arc<Answer>>>>,
    opened: Instant,
}

impl Court {
    /// A court that has decided nothing yet.
    pub(crate) fn new(book: Arc<KeptBook>, stand: Stand, matter: Matter) -> Self {
        Self { book, stand, matter, answers: Arc::default(), opened: Instant::now() }
    }

    /// The same with the same answers, as of now.
    pub(crate) fn renewed(&self) -> Self {
        Self {
            book: Arc::clone(&self.book),
            stand: self.stand.clone(),
            matter: self.matter.clone(),
            answers: Arc::clone(&self.answers),
            opened: Instant::now(),
        }
    }

    /// Whether another process may have changed the papers that it was opened by.
    pub(crate) fn is_old(&self) -> bool {
        self.opened.elapsed() > AGE_MAX
    }

    /// The answer, if it was given before.
    pub(crate) fn known(&self, key: &Key) -> Option<Arc<Answer>> {
        self.answers().get(key).cloned()
    }

    /// Whether the figures of a chip are known at all.
    pub(crate) fn knows(&self, sku: &str) -> bool {
        self.matter.skus.contains_key(sku) || self.book.book.sku(sku).is_some()
    }

    /// The rules, ready to be asked.
    pub(crate) fn law(&self) -> Law<'_> {
        Law::new(&self.book.book, self.stand.clone())
    }

    /// Decides, and keeps the answer.
    pub(crate) fn decide(&self, law: &Law<'_>, key: Key) -> Arc<Answer> {
        let transfer = self.transfer(&key);
        let case =
            Case { transfer: &transfer, parties: &self.matter.parties, skus: &self.matter.skus, flags: &[] };
        let answer = Arc::new(Answer::of(key.clone(), decide(law, &case)));
        let mut answers = self.answers();
        if answers.len() >= ANSWERS_MAX {
            answers.clear();
        }
        answers.insert(key, Arc::clone(&answer));
        answer
    }

    /// The work as a transfer that moves nothing.
    pub(crate) fn transfer(&self, key: &Key) -> Transfer {
        Transfer {
            // Whoever uses it is the one that receives anything at all.
            consignee: self.matter.tenant.clone(),
            end_user: self.matter.tenant.clone(),
            uses: self.matter.uses.clone(),
            claim_impossible: key.is_elsewhere,
            ..Transfer::of_use(&key.sku, key.possible, self.stand.valid_on)
        }
    }

    /// Whose work and what for.
    pub(crate) fn matter(&self) -> &Matter {
        &self.matter
    }

    fn answers(&self) -> MutexGuard<'_, HashMap<Key, Arc<Answer>>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answer {
    fn of(key: Key, decision: Decision) -> Self {
        let (rules, missing) = (decisions::rules(&decision), decisions::missing(&decision));
        Self { key, decision, rules, missing }
    }
}
