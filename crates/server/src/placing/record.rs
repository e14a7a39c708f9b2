//! Answers for the record: decisions with their facts, as committed rows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lightcone_policy::replay::Inputs;
use lightcone_policy::{Decision, Law};
use lightcone_store::Request;
use tonic::Status;

use super::{Answer, Court, Placement, Placements, Placing};
use crate::access::Caller;
use crate::clock::now_ns;
use crate::compute::{Errand, Fault};
use crate::decisions::{self, PLACEMENT};
use crate::pace;
use crate::status;
use crate::wire::placement::Place;

impl Placing {
    /// Keeps the decisions on places, and gives the id of each; none where there was nothing to decide by. The same
    /// request again is answered as it was the first time.
    ///
    /// # Errors
    /// The request's id was used for another; the store or the pool has no answer.
    pub(crate) async fn record(
        &self,
        caller: &Caller,
        errand: Errand,
        places: &[Place],
        answered: &mut Placements,
        request: Option<&Request>,
    ) -> Result<Vec<Option<String>>, Status> {
        let rows = self.rows(caller, errand, places, answered).await?;
        let kept = self.store().put_decisions(rows, request).await.map_err(status::store)?;
        let ids: BTreeMap<&str, &lightcone_store::Decision> =
            kept.iter().map(|row| (row.subject.as_str(), row)).collect();
        let mut found = Vec::new();
        for (place, placement) in places.iter().zip(&mut answered.placements) {
            let row = ids.get(place.name().as_str());
            // Of a request that came before, what was answered then stands.
            *placement = match row {
                Some(row) => placement.as_kept(&decisions::opened(row)?, &decisions::inputs(row)?),
                None => placement.undecided(),
            };
            found.push(row.map(|row| row.id.clone()));
        }
        Ok(found)
    }

    async fn rows(
        &self,
        caller: &Caller,
        errand: Errand,
        places: &[Place],
        answered: &Placements,
    ) -> Result<Vec<lightcone_store::Decision>, Status> {
        let mut seen = BTreeSet::new();
        let mut wanted = Vec::new();
        for (place, placement) in places.iter().zip(&answered.placements) {
            let name = place.name();
            if let Some(answer) = &placement.answer
                && placement.outcome.is_some()
                && seen.insert(name.clone())
            {
                wanted.push((name, Arc::clone(answer), placement.verdicts.clone()));
            }
        }
        let (court, subject) = (Arc::clone(&answered.court), Arc::clone(&caller.subject));
        let cost = pace::decision_cost(wanted.len());
        let work = move |stop: &lightcone_pool::Token| {
            let (law, now) = (court.law(), now_ns());
            let row = |(name, answer, verdicts): (String, Arc<Answer>, Vec<String>)| {
                if stop.is_stopped() {
                    return Err(Fault::Stopped);
                }
                let inputs = inputs(&court, &answer, verdicts);
                let decision = decide(&law, &inputs);
                let whose = (subject.tenant.as_str(), subject.id.as_str());
                decisions::to_keep(PLACEMENT, &name, &decision, &inputs, court.book.number, whose, now)
                    .map_err(Fault::from)
            };
            wanted.into_iter().map(row).collect()
        };
        self.context.compute.run(errand, cost, work).await
    }
}

/// The facts of one decision, with the verdicts that it leans on, and of all figures those of its chip.
fn inputs(court: &Court, answer: &Answer, verdicts: Vec<String>) -> Inputs {
    let matter = court.matter();
    let mut transfer = court.transfer(&answer.key);
    transfer.evidence = verdicts;
    let skus = matter.skus.iter().filter(|(name, _)| **name == answer.key.sku);
    Inputs {
        transfer,
        parties: matter.parties.clone(),
        skus: skus.map(|(name, sku)| (name.clone(), sku.clone())).collect(),
        flags: Vec::new(),
    }
}

fn decide(law: &Law<'_>, inputs: &Inputs) -> Decision {
    lightcone_policy::decide::decide(law, &inputs.case())
}

impl Placement {
    /// What was answered when that was decided.
    fn as_kept(&self, decision: &Decision, inputs: &Inputs) -> Self {
        Self {
            outcome: Some(decision.outcome),
            best: Some(decision.best),
            worst: Some(decision.worst),
            rules: decisions::rules(decision),
            missing: decisions::missing(decision),
            verdicts: inputs.transfer.evidence.clone(),
            ..self.clone()
        }
    }

    /// Nothing was decided when it was asked first.
    fn undecided(&self) -> Self {
        if self.outcome.is_none() {
            return self.clone();
        }
        let missing = vec!["there was nothing to decide by when this was asked first: ask anew".to_owned()];
        Self { outcome: None, best: None, worst: None, rules: Vec::new(), missing, ..self.clone() }
    }
}
