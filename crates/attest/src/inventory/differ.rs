//! Where a host's word differs from what its devices signed.

use std::collections::BTreeSet;

use super::field::shown;
use super::{CcMode, Inventory};
use crate::appraisal::Appraisal;
use crate::claim;
use crate::kind::Kind;

/// A field in which the host's word is not what a device signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// Its name in the inventory.
    pub field: &'static str,
    /// What the host says.
    pub host: String,
    /// What was signed.
    pub signed: String,
}

/// Where the two differ. What either side leaves out differs from nothing: a host need not tell, and without evidence
/// there is nothing to hold it against.
#[must_use]
pub fn disagreements(inventory: &Inventory, appraisals: &[Appraisal]) -> Vec<Disagreement> {
    let gpus: Vec<&Appraisal> = appraisals.iter().filter(|one| one.kind == Kind::NvidiaGpu).collect();
    let found = [driver(inventory, &gpus), vbios(inventory, &gpus), count(inventory, &gpus)];
    found.into_iter().chain([cc_mode(inventory, &gpus), board(inventory, &gpus)]).flatten().collect()
}

/// One driver serves all accelerators of a host.
fn driver(inventory: &Inventory, gpus: &[&Appraisal]) -> Option<Disagreement> {
    let host = inventory.system.driver_version.iter().map(|version| version.to_uppercase()).collect();
    differ("driver_version", &host, &signed(gpus, claim::DRIVER_VERSION))
}

/// Each accelerator has a VBIOS of its own.
fn vbios(inventory: &Inventory, gpus: &[&Appraisal]) -> Option<Disagreement> {
    let versions = inventory.identity.gpus.iter().filter_map(|gpu| gpu.vbios_version.as_deref());
    let host = versions.map(str::to_uppercase).collect();
    differ("vbios_version", &host, &signed(gpus, claim::VBIOS_VERSION))
}

/// As many accelerators as signed a report.
fn count(inventory: &Inventory, gpus: &[&Appraisal]) -> Option<Disagreement> {
    let signed = gpus.iter().map(|gpu| gpu.instance.as_str()).collect::<BTreeSet<_>>().len();
    let host = inventory.system.gpu_count?;
    (signed > 0 && usize::try_from(host) != Ok(signed)).then(|| Disagreement {
        field: "gpu_count",
        host: host.to_string(),
        signed: signed.to_string(),
    })
}

/// How the accelerators are closed to their host. That tools look in is not signed by this name.
fn cc_mode(inventory: &Inventory, gpus: &[&Appraisal]) -> Option<Disagreement> {
    let host = match inventory.system.cc_mode? {
        CcMode::Unknown => return None,
        CcMode::DevTools => CcMode::On,
        mode => mode,
    };
    let modes = signed(gpus, claim::CONFIDENTIAL_MODE);
    let agrees = |signed: &String| match signed.to_lowercase().as_str() {
        claim::PASSTHROUGH => host == CcMode::On,
        claim::PROTECTED_PCIE => host == CcMode::ProtectedPcie,
        _ => true,
    };
    let other = modes.iter().find(|mode| !agrees(mode))?;
    Some(Disagreement { field: "cc_mode", host: host.name().to_owned(), signed: other.clone() })
}

/// The board by its part number, which holds the project that a report signs: `G520` in `692-2G520-0200-000`. NVML's
/// own number of the board is another one than that of the report, and the last digits follow sales.
fn board(inventory: &Inventory, gpus: &[&Appraisal]) -> Option<Disagreement> {
    let parts = inventory.identity.gpus.iter().filter_map(|gpu| gpu.board_part_number.as_deref());
    let host: BTreeSet<String> = parts.map(str::to_uppercase).collect();
    let missing = |project: &String| !host.iter().any(|part| part.contains(project));
    let signed = signed(gpus, claim::PROJECT).into_iter().find(missing)?;
    (!host.is_empty()).then(|| Disagreement { field: "board_part_number", host: joined(&host), signed })
}

/// What all of them signed by one name, in capitals.
fn signed(gpus: &[&Appraisal], name: &str) -> BTreeSet<String> {
    gpus.iter().filter_map(|gpu| gpu.claims.get(name)).map(|claim| shown(claim).to_uppercase()).collect()
}

/// Whether something was signed that the host, which says something, does not say.
fn differ(field: &'static str, host: &BTreeSet<String>, signed: &BTreeSet<String>) -> Option<Disagreement> {
    (!host.is_empty() && !signed.is_subset(host)).then(|| Disagreement {
        field,
        host: joined(host),
        signed: joined(signed),
    })
}

fn joined(values: &BTreeSet<String>) -> String {
    values.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
