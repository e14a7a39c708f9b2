//! A foreign table of country groups as text, so that it can be checked.
//!
//! One membership a line: `group,country,from,to,meaning`, the last three of which may be empty. `counts as CN,HK` says
//! that Hong Kong counts as China, `beside D:5,MO` that Macau is named apart. The first line names the columns.

use crate::book::Membership;
use crate::country::Country;
use crate::date::Date;
use crate::fault::Fault;
use crate::groups_check::{Entry, Table};
use crate::iso;
use crate::source::{Grade, Source};
use crate::spot::Spot;

/// The first line of a table.
pub const HEADER: &str = "group,country,from,to,meaning";
/// The most lines of a table.
pub const LINES_MAX: usize = 100_000;

impl Table {
    /// Reads a table.
    ///
    /// # Errors
    /// Every line that is none.
    pub fn of_csv(file: &str, text: &str) -> Result<Self, Vec<Fault>> {
        let mut table = Self { spot: Spot::file(file), ..Self::default() };
        let spot = |line| Spot { file: file.to_owned(), line, column: 0 };
        let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
        if lines.next().map(|(_, line)| line) != Some(HEADER) {
            return Err(vec![
                spot(1).fault("the first line does not name the columns", format!("write `{HEADER}`")),
            ]);
        }
        let mut faults = Vec::new();
        for (at, line) in lines.filter(|(_, line)| !line.is_empty()) {
            if at > LINES_MAX {
                faults.push(spot(at).fault("there are too many lines", format!("write at most {LINES_MAX}")));
                break;
            }
            faults.extend(table.line(line, spot(at)).err());
        }
        if faults.is_empty() { Ok(table) } else { Err(faults) }
    }

    fn line(&mut self, line: &str, spot: Spot) -> Result<(), Fault> {
        let mut parts = line.splitn(5, ',').map(str::trim);
        let mut next = || parts.next().unwrap_or_default();
        let (group, country, from, to, meaning) = (next(), next(), next(), next(), next());
        let meaning = meaning.trim_matches('"');
        if !meaning.is_empty() {
            self.meanings.push((group.to_owned(), meaning.to_owned(), spot.clone()));
        }
        if country.is_empty() && !meaning.is_empty() {
            return Ok(());
        }
        let country = code(country, &spot)?;
        if let Some(as_which) = group.strip_prefix("counts as ") {
            self.treated.push((country, code(as_which, &spot)?));
        } else if let Some(beside) = group.strip_prefix("beside ") {
            self.apart.push((country, beside.to_owned()));
        } else {
            let (from, to) = (day(from, Date::MIN, &spot)?, day(to, Date::MAX, &spot)?);
            let source = Source { grade: Grade::U, source: spot.file.clone(), read: None };
            let member = Membership { country, within: true, from, to, known: Date::MIN, source };
            self.entries.push(Entry { group: group.to_owned(), member, spot });
        }
        Ok(())
    }
}

fn code(written: &str, spot: &Spot) -> Result<Country, Fault> {
    let country = written.parse().ok().filter(|country| iso::is_code(*country));
    let fault = || spot.fault(format!("`{written}` is the code of no country"), "write a code of ISO 3166-1");
    country.ok_or_else(fault)
}

fn day(written: &str, absent: Date, spot: &Spot) -> Result<Date, Fault> {
    if written.is_empty() {
        return Ok(absent);
    }
    written
        .parse()
        .map_err(|_| spot.fault(format!("`{written}` is no day"), "write it as 2026-02-03, or nothing"))
}
