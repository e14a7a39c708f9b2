//! What this host could prove, what it lacks, and what to do about it.

mod accelerator;
mod clock;
mod confidential;
mod tpm;

use lightcone_attest::{Kind, Residency};

use crate::nvidia::{Accelerators, NoLibrary};
use crate::root::{Access, Root};

/// What this program was built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Built {
    /// Evidence of a TPM.
    pub tpm: bool,
    /// Reports of AMD SEV-SNP.
    pub sev_snp: bool,
    /// Quotes of Intel TDX.
    pub tdx: bool,
    /// NVIDIA's library.
    pub nvml: bool,
}

impl Built {
    /// What this library was built with. A program that leaves more out says so.
    #[must_use]
    pub const fn here() -> Self {
        Self { tpm: cfg!(feature = "tpm"), sev_snp: true, tdx: true, nvml: cfg!(feature = "nvml") }
    }
}

/// What was found, thing by thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// One row each format of evidence, then what helps timing.
    pub rows: Vec<Row>,
    /// The highest residency that this host could prove, once its code is in signed reference values.
    pub residency: Residency,
    /// What the next higher one takes; none where nothing higher is to be had.
    pub next: Option<Next>,
}

/// One thing that was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// A format of evidence by its name, or what else it is.
    pub subject: &'static str,
    /// How it is.
    pub state: State,
    /// Why.
    pub why: String,
    /// What to do about it; empty where there is nothing to do.
    pub remedy: String,
}

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It can be used.
    Available,
    /// It is not there, or not turned on.
    Missing,
    /// It is there, and the agent may not use it.
    Forbidden,
    /// This program was built without it.
    NotBuilt,
}

/// The next step up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// The residency.
    pub residency: Residency,
    /// What it takes, any one of these.
    pub any_of: Vec<String>,
}

impl State {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Missing => "missing",
            Self::Forbidden => "forbidden",
            Self::NotBuilt => "not built",
        }
    }
}

impl Row {
    fn new(subject: &'static str, state: State, why: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { subject, state, why: why.into(), remedy: remedy.into() }
    }

    fn not_built(subject: &'static str, feature: &str) -> Self {
        let remedy = format!("build it with `--features {feature}`");
        Self::new(subject, State::NotBuilt, format!("built without feature {feature}"), remedy)
    }
}

impl Report {
    /// The row of a format of evidence.
    #[must_use]
    pub fn of(&self, kind: Kind) -> Option<&Row> {
        self.rows.iter().find(|row| row.subject == kind.name())
    }

    /// The formats of evidence that this host offers.
    #[must_use]
    pub fn offered(&self) -> Vec<Kind> {
        Kind::ALL.into_iter().filter(|kind| Self::has(&self.rows, *kind)).collect()
    }

    fn has(rows: &[Row], kind: Kind) -> bool {
        rows.iter().any(|row| row.subject == kind.name() && row.state == State::Available)
    }
}

/// Looks over a system. Devices are opened and closed again; none is asked for anything.
#[must_use]
pub fn examine(root: &Root, accelerators: &Result<Accelerators, NoLibrary>, built: Built) -> Report {
    let software = "the agent's own key: says who answers, and nothing of where";
    let rows = vec![
        Row::new(Kind::Software.name(), State::Available, software, ""),
        tpm::row(root, built),
        confidential::snp(root, built),
        confidential::tdx(root, built),
        accelerator::gpu(root, accelerators, built),
        accelerator::switch(root),
        clock::source(root),
        clock::timestamps(root),
    ];
    let residency = highest(&rows);
    let next = next(&rows, residency);
    Report { rows, residency, next }
}

/// What the formats that are there reach, at best.
fn highest(rows: &[Row]) -> Residency {
    let has = |kind| Report::has(rows, kind);
    match (has(Kind::SevSnp) || has(Kind::Tdx), has(Kind::NvidiaGpu), has(Kind::Tpm2Quote)) {
        (true, true, _) => Residency::R3,
        (true, false, _) => Residency::R2,
        (false, _, true) => Residency::R1,
        (false, _, false) => Residency::R0,
    }
}

/// What it takes to reach one more: the remedies of the formats that lead there.
fn next(rows: &[Row], residency: Residency) -> Option<Next> {
    let (residency, leading): (_, &[Kind]) = match residency {
        Residency::R0 => (Residency::R1, &[Kind::Tpm2Quote]),
        Residency::R1 => (Residency::R2, &[Kind::SevSnp, Kind::Tdx]),
        Residency::R2 => (Residency::R3, &[Kind::NvidiaGpu]),
        // A key in the accelerator itself takes firmware that no maker ships.
        Residency::R3 | Residency::R4 => return None,
    };
    let leads = |row: &&Row| leading.iter().any(|kind| kind.name() == row.subject);
    let any_of = rows.iter().filter(leads).map(|row| format!("{}: {}", row.subject, row.remedy)).collect();
    Some(Next { residency, any_of })
}

/// The row of a device that is there, by whether it opens.
fn device(subject: &'static str, access: Access, name: &str, why: String, missing: Row) -> Row {
    match access {
        Access::Open => Row::new(subject, State::Available, why, ""),
        Access::Forbidden => Row::new(
            subject,
            State::Forbidden,
            format!("/{name} is there, and the agent may not open it"),
            format!("give the agent's user read and write access to /{name}, by its group or a rule of udev"),
        ),
        Access::Missing => missing,
    }
}
