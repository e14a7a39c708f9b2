//! Lines as they are written: `tpp >= 4800 TPP`.

use num_rational::Ratio;

use crate::measure::Measure;
use crate::read::near;
use crate::read::text::{Value, shown};
use crate::rule::{Bound, Side};
use crate::sku::Metric;

/// Units that are mistaken for a metric's own: written, meant, factor to the right one, and why.
const CONFUSED: [(&str, &str, (i128, i128), &str); 14] = [
    ("TB/s", "GB/s", (1000, 1), "a TB is 1000 GB"),
    ("MB/s", "GB/s", (1, 1000), "a GB is 1000 MB"),
    ("Gb/s", "GB/s", (1, 8), "these are bits; a byte has 8"),
    ("Gbit/s", "GB/s", (1, 8), "these are bits; a byte has 8"),
    ("Gbps", "GB/s", (1, 8), "these are bits; a byte has 8"),
    ("Tb/s", "GB/s", (1000, 8), "these are bits; a byte has 8"),
    ("Tbit/s", "GB/s", (1000, 8), "these are bits; a byte has 8"),
    ("Tbps", "GB/s", (1000, 8), "these are bits; a byte has 8"),
    ("GiB/s", "GB/s", (1_073_741_824, 1_000_000_000), "a GiB is 1.073741824 GB"),
    ("GBps", "GB/s", (1, 1), "the unit is written so"),
    ("TPP/cm2", "TPP/mm2", (1, 100), "a cm2 has 100 mm2"),
    ("TPP/mm²", "TPP/mm2", (1, 1), "the unit is written so"),
    ("GB/s/mm²", "GB/s/mm2", (1, 1), "the unit is written so"),
    ("TB/s/mm2", "GB/s/mm2", (1000, 1), "a TB is 1000 GB"),
];
/// The largest numerator of a mended number that is shown: a decimal of it is computed without overflow.
const SHOWN_BELOW: i128 = 10_i128.pow(24);
const TOPS: [&str; 5] = ["TOPS", "TFLOPS", "MacTOPS", "TOP/s", "TFLOP/s"];

/// Reads a line. What is wrong with it is noted.
pub(crate) fn read(value: Value<'_, '_>) -> Option<Bound> {
    let written = value.string()?;
    let mut parts = written.split_whitespace();
    let (Some(metric), Some(side), Some(line)) = (parts.next(), parts.next(), parts.next()) else {
        let remedy = "write metric, side, number and unit, such as `tpp >= 4800 TPP`";
        value.note(format!("`{}` is no line", shown(written)), remedy);
        return None;
    };
    let metric = self::metric(value, metric);
    let side = self::side(value, side);
    let line = measure(value, line);
    let rest: Vec<_> = parts.collect();
    let (metric, line) = (metric?, line?);
    unit(value, metric, line, &rest)?;
    Some(Bound { metric, side: side?, line })
}

/// A line as it is written.
pub(crate) fn write(bound: &Bound) -> String {
    let Bound { metric, side, line } = bound;
    format!("{} {} {} {}", metric.name(), sign(*side), String::from(*line), metric.unit())
}

/// Reads a number with its unit apart, such as `26_900_000 TPP` or `50 %`, of which the unit must be this one.
pub(crate) fn amount(value: Value<'_, '_>, unit: &str) -> Option<Measure> {
    let written = value.string()?;
    let (number, found) = written.split_once(' ').unwrap_or((written, ""));
    let number = measure(value, number)?;
    if found.trim() != unit {
        let what = if found.is_empty() {
            format!("`{}` has no unit", shown(written))
        } else {
            format!("`{}` is the wrong unit", shown(found.trim()))
        };
        value.note(what, format!("write `{} {unit}`", String::from(number)));
        return None;
    }
    Some(number)
}

/// Reads a share such as `50 %`, in parts per million.
pub(crate) fn share_ppm(value: Value<'_, '_>) -> Option<u32> {
    let percent = amount(value, "%")?;
    let ppm = percent.ratio() * Ratio::from_integer(10_000);
    let whole = ppm.is_integer().then(|| u32::try_from(ppm.to_integer()).ok()).flatten();
    let share = whole.filter(|ppm| (1..=1_000_000).contains(ppm));
    if share.is_none() {
        let what = format!("`{} %` is no share", String::from(percent));
        value.note(what, "write more than 0 % and at most 100 %, with at most 4 digits after the point");
    }
    share
}

/// A side as it is written.
pub(crate) const fn sign(side: Side) -> &'static str {
    match side {
        Side::AtLeast => ">=",
        Side::Above => ">",
        Side::Below => "<",
        Side::AtMost => "<=",
    }
}

fn metric(value: Value<'_, '_>, name: &str) -> Option<Metric> {
    let metric = Metric::ALL.into_iter().find(|metric| metric.name() == name);
    if metric.is_none() {
        let remedy = near::remedy(name, Metric::ALL.iter().map(|metric| metric.name()), "write");
        value.note(format!("`{}` is no metric", shown(name)), remedy);
    }
    metric
}

fn side(value: Value<'_, '_>, written: &str) -> Option<Side> {
    let sides = [Side::AtLeast, Side::Above, Side::Below, Side::AtMost];
    let side = sides.into_iter().find(|side| sign(*side) == written);
    if side.is_none() {
        value.note(format!("`{}` is no side of a line", shown(written)), "write >=, >, < or <=");
    }
    side
}

fn measure(value: Value<'_, '_>, written: &str) -> Option<Measure> {
    let line = written.parse().ok();
    if line.is_none() {
        value.note(format!("`{}` is no quantity", shown(written)), "write a plain decimal, such as 5.92");
    }
    line
}

/// Whether the unit is the metric's own.
fn unit(value: Value<'_, '_>, metric: Metric, line: Measure, rest: &[&str]) -> Option<()> {
    let right = metric.unit();
    let name = metric.name();
    let number = String::from(line);
    match rest {
        [unit] if *unit == right => return Some(()),
        [] => {
            value.note(format!("the line of `{name}` has no unit"), format!("write `{number} {right}`"));
        }
        [unit] if right == "TPP" && TOPS.contains(unit) => value.note(
            format!("`{unit}` is the wrong unit of `{name}`"),
            "multiply by the bit length: TPP is TOPS times bits, so that 300 TOPS at 8 bits are 2400 TPP",
        ),
        [unit] => wrong_unit(value, metric, line, unit),
        [_, more @ ..] => {
            value.note(format!("`{}` follows the unit", shown(&more.join(" "))), "write one line a text");
        }
    }
    None
}

fn wrong_unit(value: Value<'_, '_>, metric: Metric, line: Measure, unit: &str) {
    let right = metric.unit();
    let what = format!("`{}` is the wrong unit of `{}`", shown(unit), metric.name());
    let confused = CONFUSED.iter().find(|(wrong, meant, ..)| *wrong == unit && *meant == right);
    let mended = confused.and_then(|(.., (by, of), why)| {
        let meant = line.ratio() * Ratio::new(*by, *of);
        let meant = (*meant.numer() < SHOWN_BELOW).then(|| Measure::of_ratio(meant)).flatten()?;
        Some(format!("{why}: write `{} {right}`", String::from(meant)))
    });
    let area = right.strip_suffix('2').is_some_and(|length| length == unit);
    let remedy = match mended {
        Some(mended) => mended,
        None if area => format!("this is a length, an area is meant: write `{right}`"),
        None => format!("state it in {right}"),
    };
    value.note(what, remedy);
}
