//! One chip, judged by two sets of rules as a placement of today.
//!
//! Nobody says whose work it is, so what a user could change is open: a decision is often REVIEW by both. Therefore the best
//! and the worst case count too, over all users that could be: a chip flips where the outcome or either of them does.
//!
//! What comes out turns on few things: the SKU, the destinations still possible, and whether the claimed place is
//! impossible. So a million chips are some thousands of cases, and each case is judged once.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use lightcone::v1;
use lightcone_policy::compare::{self, Change};
use lightcone_policy::decide::{Case, decide};
use lightcone_policy::party::Parties;
use lightcone_policy::transfer::Transfer;
use lightcone_policy::{Countries, Law, Sku, Stand};
use lightcone_store::{ScannedChip, Seen};

use crate::rules::KeptBook;
use crate::wire::{decision, places};

/// A verdict that speaks of a moment longer ago says nothing of today, in nanoseconds: a day, as of CheckPlacement.
const MAX_AGE_NS: i64 = 86_400 * 1_000_000_000;
/// Cases whose outcome is remembered: some kilobytes each at most.
const REMEMBERED_MAX: usize = 16_384;
/// Rules that a flip names.
const RULES_MAX: usize = 32;
/// Reasons that a flip tells in words.
const WORDS_MAX: usize = 8;

/// A book at a stand.
pub(super) struct Side {
    /// The book.
    pub(super) book: Arc<KeptBook>,
    /// The stand.
    pub(super) stand: Stand,
}

impl Side {
    fn law(&self) -> Law<'_> {
        Law::new(&self.book.book, self.stand.clone())
    }
}

/// What two sets of rules say of a case.
#[derive(Debug)]
pub(super) struct Said {
    /// By the first.
    pub(super) was: v1::Outcome,
    /// By the second.
    pub(super) would_be: v1::Outcome,
    /// Why, where they differ.
    pub(super) flip: Option<(Vec<String>, String)>,
}

/// Judges chips by two sets of rules.
pub(super) struct Judge {
    base: Side,
    draft: Side,
    /// SKUs of the tenant's own, before the book's.
    skus: BTreeMap<String, Sku>,
    now_ns: i64,
    known: RwLock<HashMap<Vec<u8>, Arc<Said>>>,
}

impl Judge {
    /// By these rules, as of a moment.
    pub(super) fn new(base: Side, draft: Side, skus: BTreeMap<String, Sku>, now_ns: i64) -> Self {
        Self { base, draft, skus, now_ns, known: RwLock::default() }
    }

    /// A judge for one slice of work, on one thread.
    pub(super) const fn sitting(&self) -> Sitting<'_> {
        Sitting { judge: self, laws: None, key: Vec::new() }
    }

    fn is_fresh(&self, seen: &Seen) -> bool {
        self.now_ns.saturating_sub(seen.as_of) <= MAX_AGE_NS
    }
}

/// A judge with both sets of rules open, once a case needs them.
pub(super) struct Sitting<'j> {
    judge: &'j Judge,
    laws: Option<[Law<'j>; 2]>,
    key: Vec<u8>,
}

impl Sitting<'_> {
    /// What is said of a chip; none: there is nothing to judge by, whatever the rules.
    pub(super) fn chip(&mut self, chip: &ScannedChip) -> Option<Arc<Said>> {
        let Self { judge, key, .. } = self;
        let seen = chip.seen.as_ref().filter(|seen| judge.is_fresh(seen))?;
        key.clear();
        key.extend_from_slice(chip.sku.as_bytes());
        // No SKU holds a zero byte.
        key.push(0);
        key.extend_from_slice(&seen.places);
        if let Some(said) = judge.known.read().unwrap_or_else(PoisonError::into_inner).get(key) {
            return Some(Arc::clone(said));
        }
        let (possible, claim_impossible) = places::kept(&seen.places)?;
        let said = Arc::new(self.case(&chip.sku, possible, claim_impossible));
        let mut known = self.judge.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < REMEMBERED_MAX {
            known.insert(self.key.clone(), Arc::clone(&said));
        }
        Some(said)
    }

    fn case(&mut self, sku: &str, possible: Countries, claim_impossible: bool) -> Said {
        let judge = self.judge;
        let laws = self.laws.get_or_insert_with(|| [judge.base.law(), judge.draft.law()]);
        let parties = Parties::new();
        let judged = |law: &Law<'_>| {
            let transfer =
                Transfer { claim_impossible, ..Transfer::of_use(sku, possible, law.stand().valid_on) };
            decide(law, &Case { transfer: &transfer, parties: &parties, skus: &judge.skus, flags: &[] })
        };
        let [old, new] = laws.each_ref().map(judged);
        Said {
            was: decision::outcome(old.outcome),
            would_be: decision::outcome(new.outcome),
            flip: compare::flip(&old, &new).map(|flip| why(&flip)),
        }
    }
}

/// Rules that make the difference, and why in words: cases that change first.
fn why(flip: &compare::Flip) -> (Vec<String>, String) {
    let is_rule = |change: Change| !matches!(change, Change::Fact | Change::Flag);
    let mut rules: Vec<String> =
        flip.because.iter().filter(|it| is_rule(it.change)).map(|it| it.of.clone()).collect();
    rules.sort();
    rules.dedup();
    rules.truncate(RULES_MAX);
    let cases = [("best", flip.from.best, flip.to.best), ("worst", flip.from.worst, flip.to.worst)];
    let cases = cases.into_iter().filter(|(_, was, would_be)| was != would_be);
    let cases = cases.map(|(case, was, would_be)| {
        format!("{case} case: {} before, {} then", was.words(), would_be.words())
    });
    let reasons = flip.because.iter().take(WORDS_MAX).map(|it| format!("{}: {}", it.of, it.words));
    (rules, cases.chain(reasons).collect::<Vec<_>>().join("; "))
}
