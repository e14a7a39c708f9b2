//! The same questions asked of a server. The answer is made back into the core's words, so that every form
//! of output is the same as offline. Records of a server's registry are shown as the wire has them.

mod caller;
mod certifier;
mod client;
mod from_wire;
pub(crate) mod line;
mod registry;
mod shown;
mod to_wire;

pub(crate) use certifier::{Application, Certifier, Granted};
pub(crate) use client::{Ask, Remote};
pub(crate) use registry::Registry;
pub(crate) use shown::Shown;
