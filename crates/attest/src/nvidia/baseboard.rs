//! Chips that share their switches: one baseboard, hence within metres of each other.

use std::collections::{BTreeMap, BTreeSet};

use super::SWITCH_PREFIX;
use crate::appraisal::Appraisal;
use crate::kind::Kind;

/// Chips on one baseboard. Each GPU signed that it is wired to the same switches; where one chip is, all are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseboard {
    /// The chips that showed evidence, by instance: GPUs, and switches among those below.
    pub chips: BTreeSet<String>,
    /// The switches that every GPU of it names, as [`Appraisal::wired_to`] has them.
    pub switches: BTreeSet<String>,
    /// The kind of system, from what the chips signed: how many GPUs of which model, and how many switches.
    pub system_type: String,
}

/// Groups the GPUs of some appraisals by the switches that they sign to be wired to. GPUs that name none are in no group.
/// Hand in appraisals of one session: chips can be moved from one baseboard to another in between.
#[must_use]
pub fn baseboards(appraisals: &[Appraisal]) -> Vec<Baseboard> {
    let mut groups: BTreeMap<BTreeSet<String>, BTreeMap<&str, &str>> = BTreeMap::new();
    for gpu in appraisals.iter().filter(|appraisal| appraisal.kind == Kind::NvidiaGpu) {
        let switches = switches(gpu);
        if !switches.is_empty() {
            groups.entry(switches).or_default().insert(&gpu.instance, &gpu.model);
        }
    }
    let baseboard = |(switches, gpus): (BTreeSet<String>, BTreeMap<&str, &str>)| {
        let is_of = |appraisal: &&Appraisal| {
            let own = self::switches(appraisal);
            appraisal.kind == Kind::NvidiaSwitch && !own.is_empty() && own.is_subset(&switches)
        };
        let seen = appraisals.iter().filter(is_of).map(|switch| switch.instance.clone());
        Baseboard {
            chips: gpus.keys().map(|gpu| (*gpu).to_owned()).chain(seen).collect(),
            system_type: system_type(gpus.values().copied(), switches.len()),
            switches,
        }
    };
    groups.into_iter().map(baseboard).collect()
}

fn switches(appraisal: &Appraisal) -> BTreeSet<String> {
    appraisal.wired_to.iter().filter(|name| name.starts_with(SWITCH_PREFIX)).cloned().collect()
}

fn system_type<'a>(models: impl Iterator<Item = &'a str>, switches: usize) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for model in models {
        *counts.entry(model).or_default() += 1;
    }
    let gpus: Vec<String> = counts.iter().map(|(model, count)| format!("{count} x {model}")).collect();
    let noun = if switches == 1 { "switch" } else { "switches" };
    format!("{}; {switches} NVLink {noun}", gpus.join(" + "))
}
