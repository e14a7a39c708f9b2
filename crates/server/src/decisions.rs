//! Decisions as they are kept: the canonical body, the facts that it was made of, and what made it.

use lightcone_policy::decision::Effect;
use lightcone_policy::replay::Inputs;
use lightcone_policy::{Decision, Outcome};
use sha2::{Digest as _, Sha256};
use tonic::Status;
use uuid::Uuid;

use crate::compute::Fault;
use crate::status;

/// What makes decisions here.
pub(crate) const ENGINE: &str = concat!("lightcone-policy/", env!("CARGO_PKG_VERSION"));
/// The sort of decisions on transfers.
pub(crate) const EXPORT: &str = "EXPORT";
/// The sort of decisions on placements.
pub(crate) const PLACEMENT: &str = "PLACEMENT";

/// A decision or its facts without a text: a fault of our own.
#[derive(Debug, thiserror::Error)]
#[error("a decision has no text: {0}")]
pub(crate) struct Textless(String);

impl From<Textless> for Status {
    fn from(fault: Textless) -> Self {
        status::internal(&fault.to_string())
    }
}

impl From<Textless> for Fault {
    fn from(fault: Textless) -> Self {
        Self::Own(fault.to_string())
    }
}

/// A decision of a sort about a subject, as it is kept.
///
/// # Errors
/// A fault of our own: facts without a text.
pub(crate) fn to_keep(
    kind: &str,
    about: &str,
    decision: &Decision,
    inputs: &Inputs,
    book: i64,
    (tenant, asked_by): (&str, &str),
    now: i64,
) -> Result<lightcone_store::Decision, Textless> {
    let own = |error: &dyn std::fmt::Display| Textless(error.to_string());
    let facts = inputs.canonical().map_err(|error| own(&error))?;
    Ok(lightcone_store::Decision {
        id: Uuid::now_v7().to_string(),
        revision: 0,
        create_time: now,
        tenant: tenant.to_owned(),
        subject: about.to_owned(),
        kind: kind.to_owned(),
        outcome: word(decision.outcome).to_owned(),
        book,
        stand: serde_json::to_string(&decision.stand).map_err(|error| own(&error))?,
        engine: ENGINE.to_owned(),
        canonical: decision.canonical(),
        inputs_sha256: Sha256::digest(&facts).into(),
        inputs: facts,
        asked_by: asked_by.to_owned(),
    })
}

/// The decision that was kept.
///
/// # Errors
/// A row that this version cannot read.
pub(crate) fn opened(row: &lightcone_store::Decision) -> Result<Decision, Status> {
    serde_json::from_slice(&row.canonical).map_err(|error| garbled(row, &error))
}

/// The facts that a decision was made of.
///
/// # Errors
/// A row that this version cannot read.
pub(crate) fn inputs(row: &lightcone_store::Decision) -> Result<Inputs, Status> {
    Inputs::read(&row.inputs).map_err(|error| garbled(row, &error))
}

/// Rules that a decision rests on, once each.
pub(crate) fn rules(decision: &Decision) -> Vec<String> {
    let counts =
        decision.grounds.iter().filter(|ground| ground.applies.may() && ground.effect != Effect::WouldApply);
    let mut rules: Vec<String> = counts.map(|ground| ground.rule.clone()).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// What would settle what is open.
pub(crate) fn missing(decision: &Decision) -> Vec<String> {
    let mut missing: Vec<String> = decision.missing.iter().map(|missing| missing.remedy.clone()).collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allow => "ALLOW",
        Outcome::Review => "REVIEW",
        Outcome::LicenceRequired => "LICENCE_REQUIRED",
        Outcome::Deny => "DENY",
    }
}

fn garbled(row: &lightcone_store::Decision, error: &dyn std::fmt::Display) -> Status {
    status::internal(&format!("decision {} cannot be read: {error}", row.id))
}
