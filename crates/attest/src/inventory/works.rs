//! Whether a machine's accelerators can be used, by what it says and what they signed.

use super::{Inventory, is_fatal};
use crate::appraisal::Appraisal;
use crate::kind::Kind;
use crate::time::UnixTime;

/// How long an error of the driver counts, in seconds.
const XID_COUNTS_S: i64 = 24 * 3600;
/// How old an inventory may be, in seconds: as long as errors count.
const INVENTORY_AGE_MAX_S: i64 = XID_COUNTS_S;
/// How far a host's clock may be ahead, in seconds.
const CLOCK_AHEAD_MAX_S: i64 = 300;

/// What is expected of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Accelerators that were enrolled; none where nobody said.
    pub gpus: Option<u32>,
    /// When the accelerators' evidence was appraised; none where it never was.
    pub appraised: Option<UnixTime>,
    /// How old that may be, in seconds.
    pub evidence_age_max_s: i64,
}

impl Default for Expected {
    /// Nothing is known, and evidence lasts a day.
    fn default() -> Self {
        Self { gpus: None, appraised: None, evidence_age_max_s: 24 * 3600 }
    }
}

/// Whether a machine's accelerators can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Working {
    /// In one word.
    pub answer: Answer,
    /// Why not, or why nobody can say. Empty for yes.
    pub why: Vec<String>,
}

/// Whether something works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// As far as the host tells the truth, and the devices signed lately.
    Yes,
    /// Something is missing that must be known first.
    Unknown,
    /// By the host's own word.
    No,
}

impl Answer {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Unknown => "unknown",
            Self::No => "no",
        }
    }
}

/// Yes if the driver is loaded, the accelerators are as many as expected, no fatal error was logged within a day and
/// the devices signed lately. All but the last is the host's word: a no is to be believed more than a yes.
#[must_use]
pub fn works(inventory: &Inventory, appraisals: &[Appraisal], expected: &Expected, now: UnixTime) -> Working {
    let found = [
        age(inventory, now),
        driver(inventory),
        count(inventory, expected),
        xids(inventory, now),
        signed(appraisals, expected, now),
    ];
    let found: Vec<(Answer, String)> = found.into_iter().flatten().collect();
    let answer = found.iter().map(|(answer, _)| *answer).max().unwrap_or(Answer::Yes);
    let why = found.into_iter().filter(|(of, _)| *of == answer).map(|(_, why)| why).collect();
    Working { answer, why }
}

type Found = Option<(Answer, String)>;

fn age(inventory: &Inventory, now: UnixTime) -> Found {
    let age_s = now.as_s().saturating_sub(inventory.taken_s);
    let young = (-CLOCK_AHEAD_MAX_S..=INVENTORY_AGE_MAX_S).contains(&age_s);
    (!young).then(|| (Answer::Unknown, format!("the inventory is {age_s} s old")))
}

fn driver(inventory: &Inventory) -> Found {
    if inventory.system.driver_version.is_some() {
        return None;
    }
    Some(match inventory.system.gpu_count.or(inventory.system.gpus_on_bus) {
        None => (Answer::Unknown, "the host says nothing of accelerators".to_owned()),
        Some(0) => (Answer::No, "the host has no accelerator".to_owned()),
        Some(_) => (Answer::No, "the accelerators' driver is not loaded".to_owned()),
    })
}

fn count(inventory: &Inventory, expected: &Expected) -> Found {
    let wanted = expected.gpus.max(inventory.system.gpus_on_bus);
    match (inventory.system.gpu_count, wanted) {
        (Some(0), _) => Some((Answer::No, "the driver has no accelerator".to_owned())),
        (Some(found), Some(wanted)) if expected.gpus.is_some_and(|gpus| gpus != found) || found < wanted => {
            Some((Answer::No, format!("the driver has {found} of {wanted} accelerators")))
        }
        (None, _) => Some((Answer::Unknown, "the host does not count its accelerators".to_owned())),
        _ => None,
    }
}

fn xids(inventory: &Inventory, now: UnixTime) -> Found {
    let Some(xids) = &inventory.health.xids else {
        return Some((Answer::Unknown, "the host cannot read the driver's errors".to_owned()));
    };
    let recent = |time_s: i64| now.as_s().saturating_sub(time_s) <= XID_COUNTS_S;
    let fatal = xids.iter().rev().find(|xid| is_fatal(xid.code) && recent(xid.time_s))?;
    Some((Answer::No, format!("fatal Xid {} within a day", fatal.code)))
}

fn signed(appraisals: &[Appraisal], expected: &Expected, now: UnixTime) -> Found {
    let is_some = appraisals.iter().any(|one| one.kind == Kind::NvidiaGpu);
    let age_s = expected.appraised.map(|at| now.as_s().saturating_sub(at.as_s()));
    match age_s.filter(|_| is_some) {
        None => Some((Answer::Unknown, "no accelerator signed a report".to_owned())),
        Some(age_s) if age_s > expected.evidence_age_max_s || age_s < -CLOCK_AHEAD_MAX_S => {
            Some((Answer::Unknown, format!("the signed report is {age_s} s old")))
        }
        Some(_) => None,
    }
}
