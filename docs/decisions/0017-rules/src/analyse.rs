//! What can be said of the class table without a case: between two neighbouring lines nothing changes, so one
//! point stands for each cell of the grid, and the grid is all chips there can be.

use crate::exact::Ratio;
use crate::load::Rules;
use std::collections::BTreeMap;

/// A cell: performance and density from a line to before the next, and the use.
struct Cell {
    tpp: usize,
    pd: usize,
    centre: bool,
}

/// The lines of one or two tables, with zero.
struct Grid {
    tpp: Vec<Ratio>,
    pd: Vec<Ratio>,
}

impl Grid {
    fn new(tables: &[&Rules]) -> Self {
        let mut grid = Self { tpp: vec![Ratio::ZERO], pd: vec![Ratio::ZERO] };
        for table in tables {
            let [tpp, pd] = table.cuts();
            grid.tpp.extend(tpp);
            grid.pd.extend(pd);
        }
        for lines in [&mut grid.tpp, &mut grid.pd] {
            lines.sort_unstable();
            lines.dedup();
        }
        grid
    }

    fn cells(&self) -> impl Iterator<Item = Cell> {
        let columns = (0..self.tpp.len()).flat_map(|tpp| (0..self.pd.len()).map(move |pd| (tpp, pd)));
        columns.flat_map(|(tpp, pd)| [true, false].map(|centre| Cell { tpp, pd, centre }))
    }

    fn say(&self, cell: &Cell) -> String {
        let range = |name: &str, lines: &[Ratio], at: usize| match lines.get(at + 1) {
            Some(next) => format!("{} <= {name} < {next}", lines[at]),
            None => format!("{} <= {name}", lines[at]),
        };
        let tpp = range("TPP", &self.tpp, cell.tpp);
        format!(
            "{tpp}, {}, {}",
            range("PD", &self.pd, cell.pd),
            if cell.centre { "data centre" } else { "other" }
        )
    }
}

/// Cells in which more than one class fits, so that their order decides.
pub(crate) fn overlaps(rules: &Rules) -> Vec<String> {
    let grid = Grid::new(&[rules]);
    let several = grid
        .cells()
        .filter(|cell| cell.centre && rules.fits(grid.tpp[cell.tpp], grid.pd[cell.pd]).count() > 1);
    several.map(|cell| grid.say(&cell)).collect()
}

/// Cells at or above the lowest line of performance that no class covers.
pub(crate) fn gaps(rules: &Rules) -> Vec<String> {
    let grid = Grid::new(&[rules]);
    let free = grid.cells().filter(|cell| {
        cell.centre && cell.tpp > 0 && rules.class(grid.tpp[cell.tpp], grid.pd[cell.pd], true) == "none"
    });
    free.map(|cell| grid.say(&cell)).collect()
}

/// Cells whose class an edit changes.
pub(crate) fn diff(before: &Rules, after: &Rules) -> Vec<String> {
    let grid = Grid::new(&[before, after]);
    let changes = grid.cells().filter_map(|cell| {
        let at = |rules: &Rules| rules.class(grid.tpp[cell.tpp], grid.pd[cell.pd], cell.centre).to_owned();
        let (was, is) = (at(before), at(after));
        (was != is).then(|| format!("{}: {was} -> {is}", grid.say(&cell)))
    });
    changes.collect()
}

/// For each lower class, the least that must fall: performance below a line, density below a line.
pub(crate) fn next_cuts(rules: &Rules, tpp: Ratio, pd: Ratio, centre: bool) -> BTreeMap<String, Vec<String>> {
    let now = rules.class(tpp, pd, centre);
    let Grid { tpp: tpps, pd: pds } = Grid::new(&[rules]);
    // A choice is where to land and which line to pass; the last is to stay.
    let choices = |lines: &[Ratio], at: Ratio| {
        let pairs = lines.windows(2).filter(|pair| pair[1] <= at).map(|pair| (pair[0], Some(pair[1])));
        pairs.chain([(at, None)]).collect::<Vec<_>>()
    };
    let mut found: BTreeMap<String, Vec<[Option<Ratio>; 2]>> = BTreeMap::new();
    for (low_tpp, tpp_below) in choices(&tpps, tpp).into_iter().rev() {
        for (low_pd, pd_below) in choices(&pds, pd).into_iter().rev() {
            let class = rules.class(low_tpp, low_pd, centre);
            let ways = found.entry(class.to_owned()).or_default();
            let less = |one: Option<Ratio>, other: Option<Ratio>| match (one, other) {
                (None, _) => true,
                (Some(one), Some(other)) => one >= other,
                (Some(_), None) => false,
            };
            if class != now && !ways.iter().any(|way| less(way[0], tpp_below) && less(way[1], pd_below)) {
                ways.push([tpp_below, pd_below]);
            }
        }
    }
    found.retain(|_, ways| !ways.is_empty());
    let say = |way: [Option<Ratio>; 2]| {
        let parts = [("TPP", way[0]), ("PD", way[1])];
        let parts = parts.iter().filter_map(|(of, below)| below.map(|line| format!("{of} < {line}")));
        parts.collect::<Vec<_>>().join(" and ")
    };
    found.into_iter().map(|(class, ways)| (class, ways.into_iter().map(say).collect())).collect()
}
