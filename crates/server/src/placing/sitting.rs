//! One question before its court: every chip judged, every place answered.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use lightcone_policy::Law;
use lightcone_pool::{Cost, Token};

use super::answer::{Placement, Standing, Told};
use super::court::Court;
use super::expand::Expanded;
use crate::compute::Fault;
use crate::pace;

/// Chips that are judged on the thread that serves the call, where at most one decision is new; more are in the pool.
const INLINE_MAX: usize = 32;

/// What is to be answered.
pub(super) struct Sitting {
    court: Arc<Court>,
    expanded: Expanded,
    standings: BTreeMap<String, Standing>,
}

impl Sitting {
    /// Places and their chips, at a moment of verdict time.
    pub(super) fn new(court: Arc<Court>, expanded: Expanded, now_ns: i64, max_age: Duration) -> Self {
        let standing =
            |(id, found)| -> (&String, Standing) { (id, Standing::of(&court, found, now_ns, max_age)) };
        let standings =
            expanded.chips.iter().map(standing).map(|(id, standing)| (id.clone(), standing)).collect();
        Self { court, expanded, standings }
    }

    /// Whether it is too little to be handed to another thread.
    pub(super) fn is_small(expanded: &Expanded) -> bool {
        expanded.chips.len() <= INLINE_MAX
    }

    /// How many decisions are new.
    pub(super) fn open(&self) -> usize {
        let is_open = |standing: &&Standing| match standing {
            Standing::Judge(key, _) => self.court.known(key).is_none(),
            Standing::Unknown(..) => false,
        };
        self.standings.values().filter(is_open).count()
    }

    /// What it is expected to take.
    pub(super) fn cost(expanded: &Expanded) -> Cost {
        pace::table_cost(expanded.chips.len())
    }

    /// One answer for each place, in their order.
    ///
    /// # Errors
    /// It was told to stop.
    pub(super) fn answers(&self, stop: Option<&Token>) -> Result<Vec<Placement>, Fault> {
        let mut law = None;
        let mut told = BTreeMap::new();
        for (id, standing) in &self.standings {
            if stop.is_some_and(Token::is_stopped) {
                return Err(Fault::Stopped);
            }
            told.insert(id, self.told(standing, &mut law));
        }
        let of = |members: &Vec<String>| {
            let told: Vec<&Told> = members.iter().filter_map(|id| told.get(id)).collect();
            Placement::of(&told)
        };
        Ok(self.expanded.members.iter().map(of).collect())
    }

    /// What a chip is answered; the rules are made ready when the first decision is new.
    fn told<'c>(&'c self, standing: &Standing, law: &mut Option<Law<'c>>) -> Told {
        match standing {
            Standing::Unknown(why, sight) => Told { answer: None, why, sight: sight.clone() },
            Standing::Judge(key, sight) => {
                let answer = self.court.known(key).unwrap_or_else(|| {
                    let law = law.get_or_insert_with(|| self.court.law());
                    self.court.decide(law, key.clone())
                });
                Told { answer: Some(answer), why: "", sight: Some(Arc::clone(sight)) }
            }
        }
    }
}
