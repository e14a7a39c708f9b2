//! The device agent: runs on the untrusted host, attests fresh session keys and answers challenges.
//!
//! It only dials out. What it can receive is a summons and a plan, signed by a service whose key it was given by
//! hand; what these can make it do is greet the landmarks of the plan, answer their challenges and send a signed
//! transcript. It executes nothing, loads nothing and writes no file. It must not know where it is, what a region is
//! or what was found of it.

mod answer;
mod attend;
mod carrier;
mod config;
mod devices;
mod error;
mod evidence;
mod inventory;
mod keys;
mod plan;
mod relays;
mod run;
mod session;

pub use config::{Config, InvalidSetting};
pub use error::{AgentError, Refused};
pub use run::{Agent, run};
