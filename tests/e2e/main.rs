//! The server over the wire: every RPC, every refusal, every limit, and its end.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as loudly as tests; not each is marked as one")]

mod access;
mod attestation;
mod audit;
mod batch;
mod calls;
mod canary;
#[cfg(target_os = "linux")]
mod carrier;
mod connections;
mod drain;
mod enrolment;
mod health;
mod idle;
mod ingest;
mod load;
mod locate;
mod mesh;
mod papers;
mod placement;
mod refusals;
mod registry;
mod rules;
mod sessions;
mod standings;
mod town;
#[cfg(feature = "tpm")]
mod tpm;
mod verdicts;
mod web;
mod whatif;
