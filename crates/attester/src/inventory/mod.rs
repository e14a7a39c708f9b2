//! What this host says of itself: read from the files in which its system tells of itself, and from NVIDIA's library
//! where it is there. No program is run. All of it is the owner's word; what devices signed travels as evidence.

mod conceal;
pub(crate) mod driver;
mod health;
mod host;
mod log;
mod system;

pub use conceal::Concealer;

use lightcone_attest::UnixTime;
use lightcone_attest::inventory::{AgentFacts, Inventory};

use crate::nvidia::{Accelerators, NoLibrary};
use crate::root::Root;

/// What an inventory is taken from.
#[derive(Clone, Debug)]
pub struct Survey<'a> {
    /// The system's files.
    pub root: &'a Root,
    /// How names leave the host.
    pub concealer: &'a Concealer,
    /// What NVIDIA's library tells, or why it does not.
    pub accelerators: &'a Result<Accelerators, NoLibrary>,
    /// What the agent says of itself.
    pub agent: AgentFacts,
    /// The moment.
    pub now: UnixTime,
}

impl Survey<'_> {
    /// Takes the inventory. What cannot be read is left out.
    #[must_use]
    pub fn take(self) -> Inventory {
        let found = self.accelerators.as_ref().ok();
        let system = system::system(self.root, found);
        let mut agent = self.agent;
        agent.clock_source = agent.clock_source.or_else(|| clock_source(self.root));
        let health = health::health(self.root, found, &system, self.now);
        let mut notes = Vec::new();
        notes.extend(self.accelerators.as_ref().err().map(NoLibrary::to_string));
        if health.xids.is_none() {
            notes.push("no Xids: /dev/kmsg cannot be read without CAP_SYSLOG".to_owned());
        }
        Inventory {
            taken_s: self.now.as_s(),
            identifiers: self.concealer.identifiers(),
            identity: host::identity(self.root, self.concealer, found),
            system,
            health,
            agent,
            notes,
            ..Inventory::default()
        }
    }
}

/// What the kernel's clock runs on.
pub(crate) fn clock_source(root: &Root) -> Option<String> {
    root.text("sys/devices/system/clocksource/clocksource0/current_clocksource")
}
