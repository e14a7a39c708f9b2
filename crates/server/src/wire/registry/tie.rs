//! Ties between chips and agents at the door.

use lightcone::v1;
use lightcone::v1::alert::Kind as AlertKind;
use lightcone_store::{Alert, Chip, ChipTie, Request};

use super::kind::Kind;
use super::{alert, name, once, text};
use crate::limits::{REASON_BYTES_MAX, TIES_SHOWN_MAX};
use crate::wire::{Violation, moment};

/// A tie to be made, and the request that asks for it if it may come twice.
#[derive(Debug)]
pub(crate) struct Pairing {
    pub(crate) tie: ChipTie,
    pub(crate) once: Option<Request>,
}

/// Reads a request that ties a chip.
pub(crate) fn pairing(mut wire: v1::PairChipRequest, now: i64, subject: &str) -> Result<Pairing, Violation> {
    let once = once::once(&mut wire, now, subject)?;
    let v1::PairChipRequest { name, agent, reason, rma, request_id: _ } = wire;
    let tie = ChipTie {
        chip: name::of_kind::<Chip>("name", &name)?,
        agent: name::agent_or_none("agent", &agent)?,
        from_time: now,
        until_time: None,
        reason: text::required("reason", reason, REASON_BYTES_MAX)?,
        rma,
    };
    Ok(Pairing { tie, once })
}

impl Pairing {
    /// The alert that the change raises, unless the store finds that it changes nothing or that a return explains
    /// it.
    pub(crate) fn alert(&self, was: &Chip) -> Alert {
        let agent = |agent: Option<&String>| agent.map_or("no agent".to_owned(), |id| format!("agents/{id}"));
        let detail = format!(
            "serial `{}` was tied to {} and is now tied to {}, without an RMA; the reason given: {}",
            was.serial,
            agent(was.agent.as_ref()),
            agent(self.tie.agent.as_ref()),
            self.tie.reason
        );
        let subject = Chip::name_of(&self.tie.chip);
        alert::alert(AlertKind::PairingChanged, subject, detail, was.tenant.clone(), self.tie.from_time)
    }
}

/// The chip whose ties are asked for.
pub(crate) fn ties_of(wire: &v1::ListChipTiesRequest) -> Result<String, Violation> {
    name::of_kind::<Chip>("parent", &wire.parent)
}

/// Ties in the contract's words; they come from the oldest and are shown from the latest.
pub(crate) fn ties(ties: Vec<ChipTie>) -> v1::ListChipTiesResponse {
    let shown = |tie: ChipTie| v1::ChipTie {
        agent: tie.agent.map(|agent| format!("agents/{agent}")).unwrap_or_default(),
        begin_time: Some(moment::timestamp(tie.from_time)),
        end_time: tie.until_time.map(moment::timestamp),
        reason: tie.reason,
        rma: tie.rma,
    };
    v1::ListChipTiesResponse { ties: ties.into_iter().rev().take(TIES_SHOWN_MAX).map(shown).collect() }
}
