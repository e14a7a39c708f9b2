//! The fallback carrier, for agents in halls that let no UDP out. A program built without the feature `carrier` does not
//! offer it, and says so when it is asked to.

#[cfg_attr(not(feature = "carrier"), path = "absent.rs")]
mod tls;

pub(crate) use tls::{Listen, listen, offer};
