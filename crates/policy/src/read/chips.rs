//! Chips by their published figures, each with its unit, source and grade.

use crate::fault::Fault;
use crate::limits::{self, BITS_MAX, Figure};
use crate::measure::{Measure, Span};
use crate::read::text::{Table, Text, Value, shown};
use crate::sku::{Goods, Market, Rate, Reading, Sku};
use crate::source::Source;
use crate::spot::Spot;

const KEYS: [&str; 12] = [
    "name",
    "aliases",
    "maker",
    "goods",
    "market",
    "rates",
    "die_area",
    "package_area",
    "interconnect",
    "memory_bandwidth",
    "memory",
    "note",
];
const FIGURE_KEYS: [&str; 4] = ["is", "grade", "source", "read"];
const RATE_KEYS: [&str; 5] = ["bits", "tops", "grade", "source", "read"];
/// Units that are mistaken for others: what was written, what is meant, how many of it, and why.
const CONFUSED: [(&str, &str, u64, &str); 6] = [
    ("TB/s", "GB/s", 1_000, "a TB is 1000 GB"),
    ("TFLOPS", "TOPS", 1, "a floating-point operation is an operation"),
    ("PFLOPS", "TOPS", 1_000, "a PFLOPS is 1000 TOPS"),
    ("POPS", "TOPS", 1_000, "a POPS is 1000 TOPS"),
    ("cm2", "mm2", 100, "a cm2 has 100 mm2"),
    ("mm²", "mm2", 1, "the unit is written so"),
];

impl Sku {
    /// Reads chips of a user's own file, written as `chips.toml` of a book is.
    ///
    /// # Errors
    /// Every mistake, by line.
    pub fn read_all(path: &str, content: &str) -> Result<Vec<Self>, Vec<Fault>> {
        let text = Text::new(path, content);
        let chips = read(&text);
        let (faults, _) = text.into_notes();
        if faults.is_empty() { Ok(chips.into_iter().map(|(sku, _)| sku).collect()) } else { Err(faults) }
    }
}

/// Reads all chips of a file, each with the place where it begins.
pub(crate) fn read(text: &Text<'_>) -> Vec<(Sku, Spot)> {
    let Some(parsed) = text.parse() else { return Vec::new() };
    let root = Table::root(text, &parsed, &["chips"]);
    let chips = root.list("chips").into_iter();
    chips.filter_map(|value| Some((chip(value)?, value.spot()))).collect()
}

/// Reads one chip.
pub(crate) fn chip(value: Value<'_, '_>) -> Option<Sku> {
    let table = value.table(&KEYS)?;
    let figure = |key, figure| table.get(key).and_then(|value| self::figure(value, figure));
    let goods: Option<Goods> = table.get("goods").map_or(Some(Goods::default()), |value| value.word());
    let market: Option<Market> = table.get("market").map_or(Some(Market::default()), |value| value.word());
    let rates = table.list("rates").into_iter().filter_map(rate).collect();
    let sku = Sku {
        name: table.prose("name")?,
        aliases: table.words("aliases"),
        maker: table.prose("maker")?,
        goods: goods?,
        market: market?,
        rates,
        die_area_mm2: figure("die_area", limits::DIE_AREA),
        package_area_mm2: figure("package_area", limits::PACKAGE_AREA),
        interconnect_gbps: figure("interconnect", limits::INTERCONNECT),
        memory_bandwidth_gbps: figure("memory_bandwidth", limits::MEMORY_BANDWIDTH),
        memory_gb: figure("memory", limits::MEMORY),
        note: table.prose_or_empty("note"),
    };
    for wrong in sku.impossible() {
        table.note(format!("`{}`: {}", wrong.field, wrong.what), wrong.remedy);
    }
    Some(sku)
}

fn figure(value: Value<'_, '_>, figure: Figure) -> Option<Reading> {
    let table = value.table(&FIGURE_KEYS)?;
    let span = table.need("is").and_then(|value| span(value, figure));
    let source: Option<Source> = table.source();
    Some(Reading { span: span?, source: source? })
}

fn rate(value: Value<'_, '_>) -> Option<Rate> {
    let table = value.table(&RATE_KEYS)?;
    let bits = table.need("bits").and_then(bits);
    let span = table.need("tops").and_then(|value| span(value, limits::RATE));
    let source = table.source();
    Some(Rate { bits: bits?, tops: Reading { span: span?, source: source? } })
}

fn bits(value: Value<'_, '_>) -> Option<u16> {
    let number = value.measure()?;
    let bits = (1..=BITS_MAX).find(|bits| Measure::whole(u64::from(*bits)) == number);
    if bits.is_none() {
        value.note(
            format!("`{number}` is no bit length"),
            format!("write a whole number from 1 to {BITS_MAX}"),
        );
    }
    bits
}

/// Reads `814 mm2` or `320..400 TOPS`.
fn span(value: Value<'_, '_>, figure: Figure) -> Option<Span> {
    let written = value.string()?;
    let (number, unit) = written.trim().split_once(' ').unwrap_or((written.trim(), ""));
    let (lo, hi) = number.split_once("..").unwrap_or((number, number));
    let Some((lo, hi)) = lo.parse::<Measure>().ok().zip(hi.parse::<Measure>().ok()) else {
        let remedy = format!("write a plain decimal or a span, such as `320..400 {}`", figure.unit);
        value.note(format!("`{}` is no quantity", shown(number)), remedy);
        return None;
    };
    let span = Span { lo, hi: Some(hi) };
    if unit.trim() != figure.unit {
        wrong_unit(value, figure, span, unit.trim());
        return None;
    }
    if let Some(wrong) = figure.refuse(span) {
        value.note(wrong.what, wrong.remedy);
        return None;
    }
    Some(span)
}

fn wrong_unit(value: Value<'_, '_>, figure: Figure, span: Span, unit: &str) {
    let right = figure.unit;
    let write = |span: Span, times: u64| {
        let end = |measure: Measure| String::from(measure.times(times));
        match span.hi {
            Some(hi) if hi != span.lo => format!("write `{}..{} {right}`", end(span.lo), end(hi)),
            _ => format!("write `{} {right}`", end(span.lo)),
        }
    };
    if unit.is_empty() {
        value.note(format!("`{}` has no unit", shown(&span.to_string())), write(span, 1));
        return;
    }
    let what = format!("`{}` is the wrong unit of `{}`", shown(unit), figure.name);
    let confused = CONFUSED.iter().find(|(wrong, meant, ..)| *wrong == unit && *meant == right);
    let remedy = if right == "TOPS" && unit.contains("spars") {
        "a rate that skips zeros is not taken: write the dense rate in TOPS, most often half of it".to_owned()
    } else if let Some((.., times, why)) = confused {
        format!("{why}: {}", write(span, *times))
    } else {
        format!("state it in {right}")
    };
    value.note(what, remedy);
}

#[cfg(test)]
#[path = "chips_tests.rs"]
mod tests;
