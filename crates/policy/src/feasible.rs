//! Whether any chip within the figures keeps several lines at once: linear inequalities over the figures, decided exactly
//! by eliminating one figure after the other (Fourier and Motzkin).

use num_rational::Ratio;

use crate::exact;
use crate::figures::Figures;
use crate::measure::Span;
use crate::rule::{Bound, Side};
use crate::sku::Metric;

type Exact = Ratio<i128>;

/// The most inequalities that are carried: more than any rule makes. Beyond, the answer is that it may be.
const INEQUALITIES_MAX: usize = 512;
const FIGURES: usize = 5;
const TPP: usize = 0;
const DIE_AREA: usize = 1;
const INTERCONNECT: usize = 2;
const MEMORY: usize = 3;
const PACKAGE_AREA: usize = 4;

/// A weighted sum of the figures and a constant is at least, or more than, zero.
#[derive(Clone, Debug)]
struct Inequality {
    weights: [Exact; FIGURES],
    constant: Exact,
    strict: bool,
}

/// Whether a chip within the figures can be on the named side of every line (`true`) or off it (`false`). Where numbers
/// are too large to tell, it can.
pub(crate) fn can_be(figures: &Figures, lines: &[(Bound, bool)]) -> bool {
    let mut inequalities: Vec<Inequality> = boxed(figures).collect();
    inequalities.extend(lines.iter().map(|(bound, kept)| Inequality::of(bound, *kept)));
    for figure in 0..FIGURES {
        match eliminate(&inequalities, figure) {
            Some(rest) if rest.len() <= INEQUALITIES_MAX => inequalities = rest,
            _ => return true,
        }
    }
    inequalities.iter().all(|left| if left.strict { left.constant > ZERO } else { left.constant >= ZERO })
}

const ZERO: Exact = Ratio::new_raw(0, 1);
const ONE: Exact = Ratio::new_raw(1, 1);

/// The bounds of each figure. Areas are more than nothing.
fn boxed(figures: &Figures) -> impl Iterator<Item = Inequality> {
    let spans = [
        (TPP, figures.tpp),
        (DIE_AREA, figures.die_area),
        (INTERCONNECT, figures.interconnect),
        (MEMORY, figures.memory_bandwidth),
        (PACKAGE_AREA, figures.package_area),
    ];
    spans.into_iter().flat_map(|(figure, Span { lo, hi })| {
        let is_area = figure == DIE_AREA || figure == PACKAGE_AREA;
        let strict = is_area && lo.ratio() == ZERO;
        let below = Inequality { constant: -lo.ratio(), strict, ..Inequality::single(figure, ONE) };
        let above = hi.map(|hi| Inequality { constant: hi.ratio(), ..Inequality::single(figure, -ONE) });
        std::iter::once(below).chain(above)
    })
}

impl Inequality {
    const fn single(figure: usize, weight: Exact) -> Self {
        let mut weights = [ZERO; FIGURES];
        weights[figure] = weight;
        Self { weights, constant: ZERO, strict: false }
    }

    /// A line that is kept, or not.
    fn of(bound: &Bound, kept: bool) -> Self {
        let line = bound.line.ratio();
        let (positive, other) = match bound.metric {
            Metric::Tpp => (TPP, None),
            Metric::PerformanceDensity => (TPP, Some((DIE_AREA, -line))),
            Metric::Interconnect => (INTERCONNECT, None),
            Metric::MemoryBandwidth => (MEMORY, None),
            Metric::TotalBandwidth => (MEMORY, Some((INTERCONNECT, ONE))),
            Metric::MemoryBandwidthDensity => (MEMORY, Some((PACKAGE_AREA, -line))),
        };
        // A density is compared by its area: bandwidth - line x area, without a constant.
        let is_density = matches!(bound.metric, Metric::PerformanceDensity | Metric::MemoryBandwidthDensity);
        let mut above =
            Self { constant: if is_density { ZERO } else { -line }, ..Self::single(positive, ONE) };
        if let Some((figure, weight)) = other {
            above.weights[figure] = weight;
        }
        let (is_above, strict) = match (bound.side, kept) {
            (Side::AtLeast, true) | (Side::Below, false) => (true, false),
            (Side::Above, true) | (Side::AtMost, false) => (true, true),
            (Side::Below, true) | (Side::AtLeast, false) => (false, true),
            (Side::AtMost, true) | (Side::Above, false) => (false, false),
        };
        if !is_above {
            above.weights = above.weights.map(|weight| -weight);
            above.constant = -above.constant;
        }
        Self { strict, ..above }
    }
}

/// What remains without a figure: every inequality that bounds it below together with every one that bounds it above.
/// None: a number is too large.
fn eliminate(inequalities: &[Inequality], figure: usize) -> Option<Vec<Inequality>> {
    let (with, mut rest): (Vec<_>, Vec<_>) =
        inequalities.iter().cloned().partition(|inequality| inequality.weights[figure] != ZERO);
    let (below, above): (Vec<_>, Vec<_>) =
        with.into_iter().partition(|inequality| inequality.weights[figure] > ZERO);
    for low in &below {
        for high in &above {
            rest.push(together(low, high, figure)?);
        }
    }
    Some(rest)
}

/// Two inequalities, weighted so that the figure falls out.
fn together(low: &Inequality, high: &Inequality, figure: usize) -> Option<Inequality> {
    let (by_low, by_high) = (-high.weights[figure], low.weights[figure]);
    let sum = |a: Exact, b: Exact| exact::add(exact::mul(a, by_low)?, exact::mul(b, by_high)?);
    let mut weights = [ZERO; FIGURES];
    for (at, weight) in weights.iter_mut().enumerate() {
        *weight = sum(low.weights[at], high.weights[at])?;
    }
    let constant = sum(low.constant, high.constant)?;
    Some(Inequality { weights, constant, strict: low.strict || high.strict })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Measure;
    use crate::sku::Sku;

    fn line(metric: Metric, side: Side, line: &str) -> Bound {
        Bound { metric, side, line: line.parse().unwrap() }
    }

    fn exactly(value: u64) -> Span {
        Span::exactly(Measure::whole(value))
    }

    #[test]
    fn density_and_performance_hang_together_by_the_area() {
        let mut figures = Figures::of(&Sku::default());
        (figures.tpp, figures.die_area) =
            (exactly(2_000), Span { lo: Measure::whole(400), hi: Some(Measure::whole(700)) });
        let dense = line(Metric::PerformanceDensity, Side::AtLeast, "5");
        let light = line(Metric::PerformanceDensity, Side::Below, "3");
        assert!(can_be(&figures, &[(dense, true)]), "2000 by 400 is 5");
        assert!(can_be(&figures, &[(light, true)]), "2000 by 700 is less than 3");
        assert!(!can_be(&figures, &[(dense, true), (light, true)]), "no area is both");
        figures.die_area.lo = Measure::whole(401);
        assert!(!can_be(&figures, &[(dense, true)]));
    }

    #[test]
    fn bandwidths_hang_together_by_their_sum() {
        let figures = Figures::of(&Sku::default());
        let sum = line(Metric::TotalBandwidth, Side::AtLeast, "1700");
        let memory = line(Metric::MemoryBandwidth, Side::AtLeast, "1400");
        let links = line(Metric::Interconnect, Side::AtLeast, "300");
        assert!(!can_be(&figures, &[(sum, true), (memory, false), (links, false)]), "parts below, sum below");
        assert!(can_be(&figures, &[(sum, true), (memory, false), (links, true)]));
        assert!(!can_be(&figures, &[(sum, false), (memory, true), (links, true)]));
    }

    #[test]
    fn a_line_itself_is_on_one_side_only() {
        let mut figures = Figures::of(&Sku::default());
        figures.tpp = exactly(4_800);
        for (side, kept) in
            [(Side::AtLeast, true), (Side::Above, false), (Side::Below, false), (Side::AtMost, true)]
        {
            let bound = line(Metric::Tpp, side, "4800");
            assert_eq!(
                (can_be(&figures, &[(bound, true)]), can_be(&figures, &[(bound, false)])),
                (kept, !kept)
            );
        }
    }

    #[test]
    fn an_area_is_more_than_nothing_and_too_large_numbers_are_possible() {
        let mut figures = Figures::of(&Sku::default());
        figures.die_area = Span { lo: Measure::ZERO, hi: Some(Measure::ZERO) };
        assert!(!can_be(&figures, &[]), "no chip has no area");
        figures = Figures::of(&Sku::default());
        figures.tpp = Span::exactly(Measure::MAX);
        let bound = line(Metric::PerformanceDensity, Side::Below, "0.000000000001");
        assert!(can_be(&figures, &[(bound, true)]));
    }
}
