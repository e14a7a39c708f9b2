//! Classes of a chip, by each version of the rules.

use std::time::Duration;

use lightcone::v1;
use lightcone_policy::cut::{self, Cut, Reach};
use lightcone_policy::rule::Side;
use lightcone_policy::sku::{Market, Sku};
use lightcone_policy::{Book, Law, Stand};
use lightcone_pool::Cost;

use super::decision::{self, shown_stand, truth, version_name};
use super::{Violation, sku};

/// The most versions that are shown: the latest.
pub(crate) const VERSIONS_MAX: usize = 64;
/// The most classes of a version.
const CLASSES_MAX: usize = 64;
/// The most grounds of a version.
const GROUNDS_MAX: usize = 128;
/// The most margins of a version.
const MARGINS_MAX: usize = 256;
/// The most cuts of a version.
const CUTS_MAX: usize = 16;
/// The most that is said to be missing of a version.
const MISSING_MAX: usize = 32;

/// What it takes to classify by so many versions.
pub(crate) fn cost(versions: usize) -> Cost {
    const VERSION: Duration = Duration::from_micros(200);
    Cost::from(VERSION * versions as u32)
}

/// Reads which chip is meant.
pub(crate) fn goods(chip: Option<v1::classify_sku_request::Chip>, book: &Book) -> Result<Sku, Violation> {
    use v1::classify_sku_request::Chip;
    match chip {
        None => Err(Violation::missing("sku", "name a chip of the book, or give `figures`")),
        Some(Chip::Figures(figures)) => {
            sku::to_policy(&figures).map_err(|violation| violation.within("figures"))
        }
        Some(Chip::Sku(name)) => book.sku(&name).cloned().ok_or_else(|| {
            let allowed = "a name or alias of the rule book, such as `H20-96GB`; others by `figures`";
            Violation::invalid("sku", name, allowed)
        }),
    }
}

/// Which classes it is of: at a stand, or by every version of the book.
pub(crate) fn classified(
    book: &Book,
    number: i64,
    goods: Sku,
    stand: Option<Stand>,
) -> v1::ClassifySkuResponse {
    let versions = match stand {
        Some(stand) => vec![classes(book, &goods, stand, "")],
        None => {
            let versions = book.versions();
            let latest = versions.iter().skip(versions.len().saturating_sub(VERSIONS_MAX));
            latest.map(|version| classes(book, &goods, version.stand(), &version.id)).collect()
        }
    };
    v1::ClassifySkuResponse { figures: Some(shown(goods)), versions, policy_version: version_name(number) }
}

fn classes(book: &Book, goods: &Sku, stand: Stand, version: &str) -> v1::SkuClasses {
    let shown_stand = shown_stand(&stand);
    let law = Law::new(book, stand);
    let found = law.classify(goods);
    let mut classes: Vec<v1::ClassFinding> = Vec::new();
    for classed in &found.classes {
        let holds = found.of(&classed.class);
        let is_told = classes.iter().any(|told| told.class == classed.class);
        if !is_told && holds != lightcone_policy::Tri::No && classes.len() < CLASSES_MAX {
            classes.push(v1::ClassFinding { class: classed.class.clone(), holds: truth(holds) as i32 });
        }
    }
    let grounds = found.classes.iter().map(|classed| &classed.ground).chain(&found.would);
    let missing = found.missing.iter().map(|missing| format!("{}: {}", missing.fact, missing.remedy));
    v1::SkuClasses {
        version: version.to_owned(),
        stand: Some(shown_stand),
        classes,
        grounds: grounds.take(GROUNDS_MAX).map(decision::ground).collect(),
        margins: found.margins.iter().take(MARGINS_MAX).map(decision::margin).collect(),
        cuts: cut::next(&law, goods).iter().take(CUTS_MAX).filter_map(shown_cut).collect(),
        missing: missing.take(MISSING_MAX).collect(),
    }
}

/// A cut that has a line: what no change of one figure reaches has none.
fn shown_cut(cut: &Cut) -> Option<v1::NextCut> {
    let (side, line, is_kept, distance) = match cut.reach {
        Reach::Needed { side, line, change, .. } => (side, line, false, change),
        Reach::Room { side, line, left, .. } => (side, line, true, Some(left)),
        Reach::Free | Reach::Never => return None,
    };
    let side = match side {
        Side::AtLeast => ">=",
        Side::Above => ">",
        Side::Below => "<",
        Side::AtMost => "<=",
    };
    Some(v1::NextCut {
        metric: cut.knob.words().to_lowercase().replace(' ', "_"),
        bound: format!("{side} {line}"),
        unit: cut.knob.unit().to_owned(),
        is_kept,
        distance: distance.map(|distance| distance.to_string()).unwrap_or_default(),
    })
}

/// Figures in the contract's words.
fn shown(goods: Sku) -> v1::SkuFigures {
    use v1::sku_figures::Market as Wire;
    let market = match goods.market {
        Market::DataCentre => Wire::DataCentre,
        Market::Other => Wire::Other,
        Market::Unknown => Wire::Unspecified,
    };
    let reading = |reading: lightcone_policy::sku::Reading| v1::Reading {
        value: reading.span.to_string(),
        source: reading.source.source,
        grade: decision::grade(reading.source.grade) as i32,
    };
    let rates = goods.rates.into_iter();
    v1::SkuFigures {
        sku: goods.name,
        aliases: goods.aliases,
        maker: goods.maker,
        market: market as i32,
        rates: rates
            .map(|rate| v1::PeakRate { bits: u32::from(rate.bits), tops: Some(reading(rate.tops)) })
            .collect(),
        die_area_mm2: goods.die_area_mm2.map(reading),
        package_area_mm2: goods.package_area_mm2.map(reading),
        interconnect_gb_per_s: goods.interconnect_gbps.map(reading),
        memory_bandwidth_gb_per_s: goods.memory_bandwidth_gbps.map(reading),
        memory_gb: goods.memory_gb.map(reading),
        note: goods.note,
    }
}
