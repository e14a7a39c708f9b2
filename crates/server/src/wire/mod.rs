//! The door: the only place where wire types and the core's meet.

pub(crate) mod access;
pub(crate) mod affiliation;
pub(crate) mod attestation;
mod batch;
pub(crate) mod case;
pub(crate) mod classes;
pub(crate) mod comparison;
pub(crate) mod decision;
pub(crate) mod export;
mod fact;
mod from_wire;
pub(crate) mod inventory;
pub(crate) mod linked;
mod measurement;
mod mesh;
pub(crate) mod moment;
mod numbers;
pub(crate) mod operation;
pub(crate) mod party;
pub(crate) mod placement;
pub(crate) mod places;
pub(crate) mod policy;
mod refusal;
pub(crate) mod registry;
mod session;
pub(crate) mod sku;
pub(crate) mod standing;
mod to_wire;
pub(crate) mod transfer;
mod verdict_record;
mod violation;

pub(crate) use batch::{Brief, Detail, Sheet};
pub(crate) use from_wire::{audit, locate, questions};
pub(crate) use measurement::{ingested, landmark, landmark_checkpoint, measurements, reports, work};
pub(crate) use mesh::{MeshCase, MeshFindings, Suspect, judge_mesh};
pub(crate) use session::{
    Attest, Close, Wanted, agent, agent_checkpoint, agent_or_all, any_session, attest, close, plan, session,
    summons, verdict_name, whole_session,
};
pub(crate) use to_wire::{audited, located};
pub(crate) use verdict_record::{Case, Ruling, Signs, rule, signs_of, ties_alike, verdict};
pub(crate) use violation::Violation;
