//! Which figures a chip can have. What is outside is a slip of the pen or of the unit, and is refused.

use crate::measure::{Measure, Span};
use crate::sku::{Rate, Reading, Sku};

/// The most bits of an operation.
pub const BITS_MAX: u16 = 128;
/// The most rates of a chip.
pub const RATES_MAX: usize = 32;
/// The most names of a chip besides its own.
pub const ALIASES_MAX: usize = 32;
/// The most bytes of a name of a chip or maker.
pub const NAME_BYTES_MAX: usize = 100;
/// The most bytes of a note or source.
pub const NOTE_BYTES_MAX: usize = 2_000;

/// A figure of a chip: what it is called, its unit, and how much is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its key in files.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// The most.
    pub max: u64,
    /// Whether it can be zero.
    pub zero: bool,
}

/// A dense peak rate.
pub const RATE: Figure = Figure { name: "tops", unit: "TOPS", max: 10_000_000, zero: true };
/// Area of logic dies.
pub const DIE_AREA: Figure = Figure { name: "die_area", unit: "mm2", max: 1_000_000, zero: false };
/// Area of the package of a stack of memory.
pub const PACKAGE_AREA: Figure = Figure { name: "package_area", unit: "mm2", max: 1_000_000, zero: false };
/// Transfer rate to other chips.
pub const INTERCONNECT: Figure = Figure { name: "interconnect", unit: "GB/s", max: 10_000_000, zero: true };
/// Bandwidth of memory.
pub const MEMORY_BANDWIDTH: Figure =
    Figure { name: "memory_bandwidth", unit: "GB/s", max: 10_000_000, zero: true };
/// Size of memory.
pub const MEMORY: Figure = Figure { name: "memory", unit: "GB", max: 1_000_000, zero: true };

/// A figure that no chip can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}`: {what}: {remedy}")]
pub struct Impossible {
    /// The field of the chip.
    pub field: String,
    /// What is wrong, with the value that was found.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl Figure {
    /// What is wrong with a figure; none: it can be.
    #[must_use]
    pub fn refuse(&self, span: Span) -> Option<Impossible> {
        let Self { name, unit, max, zero } = *self;
        let wrong = |what: String, remedy: String| Some(Impossible { field: name.to_owned(), what, remedy });
        let largest = span.hi.unwrap_or(span.lo);
        if span.hi.is_some_and(|hi| hi < span.lo) {
            return wrong(
                format!("`{span}` ends before it begins"),
                "write the smaller number first".to_owned(),
            );
        }
        if largest > Measure::whole(max) {
            let remedy = format!("write at most {max} {unit}: look whether the unit is {unit}");
            return wrong(format!("`{largest}` is more than any chip has"), remedy);
        }
        if !zero && span.lo == Measure::ZERO {
            return wrong(
                format!("`{span}` begins at zero"),
                "leave it out where it is not known".to_owned(),
            );
        }
        None
    }
}

impl Sku {
    /// All figures that no chip can have: what comes from outside is refused with them.
    #[must_use]
    pub fn impossible(&self) -> Vec<Impossible> {
        let figure = |figure: Figure, reading: &Option<Reading>| {
            reading.as_ref().and_then(|reading| figure.refuse(reading.span))
        };
        let figures = [
            figure(DIE_AREA, &self.die_area_mm2),
            figure(PACKAGE_AREA, &self.package_area_mm2),
            figure(INTERCONNECT, &self.interconnect_gbps),
            figure(MEMORY_BANDWIDTH, &self.memory_bandwidth_gbps),
            figure(MEMORY, &self.memory_gb),
        ];
        let rates = self.rates.iter().flat_map(|rate| rate.impossible());
        figures.into_iter().flatten().chain(rates).chain(self.too_much()).collect()
    }

    fn too_much(&self) -> Vec<Impossible> {
        let count = |field: &str, found: usize, max: usize, of: &str| {
            (found > max).then(|| Impossible {
                field: field.to_owned(),
                what: format!("{found} {of}"),
                remedy: format!("give at most {max}"),
            })
        };
        let nameless = self.name.trim().is_empty().then(|| Impossible {
            field: "name".to_owned(),
            what: "it is empty".to_owned(),
            remedy: "give the chip a name".to_owned(),
        });
        let aliases = self.aliases.iter().map(String::len).max().unwrap_or(0);
        [
            nameless,
            count("name", self.name.len(), NAME_BYTES_MAX, "bytes"),
            count("maker", self.maker.len(), NAME_BYTES_MAX, "bytes"),
            count("aliases", self.aliases.len(), ALIASES_MAX, "names"),
            count("aliases", aliases, NAME_BYTES_MAX, "bytes"),
            count("rates", self.rates.len(), RATES_MAX, "rates"),
            count("note", self.note.len(), NOTE_BYTES_MAX, "bytes"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Rate {
    fn impossible(&self) -> Option<Impossible> {
        let bits = (!(1..=BITS_MAX).contains(&self.bits)).then(|| Impossible {
            field: "bits".to_owned(),
            what: format!("`{}` bits", self.bits),
            remedy: format!("write 1 to {BITS_MAX}"),
        });
        bits.or_else(|| RATE.refuse(self.tops.span))
    }
}
