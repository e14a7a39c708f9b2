//! What ran, for the books: checked as it is reported, and summed up in TPP-hours.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lightcone::names::{ChipName, PartyName};
use lightcone::v1;
use lightcone_access::{Act, Kind, Record};
use lightcone_policy::usage::{self, Entry, Period, Total};
use lightcone_policy::{Law, Measure, Stand};
use lightcone_store::{LIST_MAX, PlacedChip, StoreError, Usage, UsageFilter};
use tonic::Status;

use crate::access::Caller;
use crate::compute::{Errand, Fault};
use crate::context::Context;
use crate::limits::{USAGE_LINES_MAX, USAGES_REPORTED_MAX};
use crate::pace;
use crate::papers;
use crate::rules::KeptBook;
use crate::status;
use crate::wire::{self, Violation};

const NS_PER_S: i64 = 1_000_000_000;
/// Overlaps that a report names.
const OVERLAPS_SHOWN_MAX: usize = 100;

/// Whether what is reported names parties and chips that the caller has to do with.
///
/// # Errors
/// NOT_FOUND for the first that it has not.
pub(crate) async fn check(context: &Context, caller: &Caller, usages: &[Usage]) -> Result<(), Status> {
    let store = &*context.store;
    let parties: BTreeSet<String> = usages.iter().map(|usage| usage.party.clone()).collect();
    papers::party_closure(store, &caller.subject.tenant, &parties).await?;
    let chips: BTreeSet<String> =
        usages.iter().map(|usage| usage.chip.clone()).filter(|chip| !chip.is_empty()).collect();
    let chips: Vec<String> = chips.into_iter().collect();
    let found = store.placed(&chips).await.map_err(status::store)?;
    let told: BTreeSet<&String> =
        found.iter().filter(|chip| may_be_told(context, caller, chip)).map(|chip| &chip.chip).collect();
    match chips.iter().find(|chip| !told.contains(chip)) {
        None => Ok(()),
        Some(chip) => Err(status::store(StoreError::NotFound { kind: "chip", id: chip.clone() })),
    }
}

fn may_be_told(context: &Context, caller: &Caller, chip: &PlacedChip) -> bool {
    let record = Record {
        holder: chip.holder.clone(),
        parties: chip.parties.iter().cloned().collect(),
        ..Record::of(Kind::Chip, chip.chip.as_str(), chip.tenant.as_str())
    };
    context.gate.allows(&caller.subject, Act::Tell, &record)
}

/// Sums up what ran in a time, in nanoseconds since 1970, by the rules of a stand.
///
/// # Errors
/// LIMIT_EXCEEDED for more than one report holds; the store or the pool has no answer.
pub(crate) async fn report(
    context: &Arc<Context>,
    caller: &Caller,
    errand: Errand,
    party: Option<String>,
    (begin_ns, end_ns): (i64, i64),
    book: Arc<KeptBook>,
    stand: Stand,
) -> Result<v1::UsageReport, Status> {
    let tenant = caller.subject.tenant.clone();
    let filter = UsageFilter {
        tenant: tenant.clone(),
        party,
        begin_time: begin_ns,
        end_time: end_ns,
        after: None,
        size: LIST_MAX,
    };
    let usages = all(context, filter).await?;
    let kinds = kinds(context, &usages).await?;
    let skus = papers::skus(&*context.store, &tenant).await?;
    let period = Period { begin_s: begin_ns.div_euclid(NS_PER_S), end_s: end_ns.div_euclid(NS_PER_S) };
    let cost = pace::table_cost(usages.len());
    let work = move |_: &_| {
        let law = Law::new(&book.book, stand);
        let mut by_party: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        for usage in usages {
            let entry = entry(usage, &kinds);
            by_party.entry(entry.tenant.clone()).or_default().push(entry);
        }
        let entries: Vec<Entry> = by_party.values().flatten().cloned().collect();
        let all = usage::report(&law, &skus, &entries, period);
        let mut lines = Vec::new();
        for (party, entries) in &by_party {
            let report = usage::report(&law, &skus, entries, period);
            let surely = report.classes.iter().map(|(class, of)| (class.as_str(), &of.surely));
            let none = std::iter::once(("", &report.of_no_class));
            lines.extend(surely.chain(none).filter_map(|(class, total)| line(party, class, total)));
        }
        if lines.len() > USAGE_LINES_MAX {
            return Err(Fault::from(Violation::too_many("lines", lines.len(), USAGE_LINES_MAX)));
        }
        let overlap = |overlap: &usage::Overlap| {
            let usage::Overlap { subject, first, second, seconds } = overlap;
            format!("{} ran for `{first}` and `{second}` at once, {seconds} s", chip_name(subject))
        };
        Ok(v1::UsageReport {
            lines,
            tpp_hours: all.all.tpp_hours.to_string(),
            policy_version: wire::decision::version_name(book.number),
            overlaps: all.overlaps.iter().take(OVERLAPS_SHOWN_MAX).map(overlap).collect(),
        })
    };
    context.compute.run(errand, cost, work).await
}

/// All usages of a filter, page by page.
async fn all(context: &Context, mut filter: UsageFilter) -> Result<Vec<Usage>, Status> {
    let mut usages = Vec::new();
    loop {
        let page = context.store.list_usages(&filter).await.map_err(status::store)?;
        filter.after = page.last().map(|last| last.id.clone());
        let is_end = page.len() < LIST_MAX as usize;
        usages.extend(page);
        if usages.len() > USAGES_REPORTED_MAX {
            return Err(Violation::too_many("usages", usages.len(), USAGES_REPORTED_MAX).into());
        }
        if is_end {
            return Ok(usages);
        }
    }
}

/// The kinds of the chips that ran.
async fn kinds(context: &Context, usages: &[Usage]) -> Result<BTreeMap<String, String>, Status> {
    let chips: BTreeSet<&String> = usages.iter().map(|usage| &usage.chip).collect();
    let chips: Vec<String> = chips.into_iter().filter(|chip| !chip.is_empty()).cloned().collect();
    let mut kinds = BTreeMap::new();
    for some in chips.chunks(lightcone_store::PLACED_MAX) {
        let found = context.store.placed(some).await.map_err(status::store)?;
        kinds.extend(found.into_iter().map(|chip| (chip.chip, chip.sku)));
    }
    Ok(kinds)
}

fn entry(usage: Usage, kinds: &BTreeMap<String, String>) -> Entry {
    let sku = kinds.get(&usage.chip).cloned().unwrap_or(usage.sku);
    Entry {
        id: usage.id,
        subject: usage.chip,
        tenant: usage.party,
        sku,
        units: u64::try_from(usage.units).unwrap_or_default(),
        begin_s: usage.begin_time.div_euclid(NS_PER_S),
        end_s: usage.end_time.div_euclid(NS_PER_S),
        possible: Vec::new(),
    }
}

/// A line, if anything ran.
fn line(party: &str, class: &str, total: &Total) -> Option<v1::UsageLine> {
    let unknown = total.open_unit_hours.values().try_fold(Measure::ZERO, |sum, hours| sum.plus(*hours));
    let unknown = unknown.unwrap_or(Measure::MAX);
    let is_anything = total.tpp_hours > Measure::ZERO || unknown > Measure::ZERO;
    is_anything.then(|| v1::UsageLine {
        party: PartyName { party: party.to_owned() }.to_string(),
        class: class.to_owned(),
        tpp_hours: total.tpp_hours.to_string(),
        unknown_tpp_chip_hours: unknown.to_string(),
    })
}

fn chip_name(id: &str) -> String {
    ChipName { chip: id.to_owned() }.to_string()
}
