//! `lightcone policy check`: every mistake of a rule book; else what it holds.

use std::collections::BTreeSet;
use std::io::Write;

use lightcone_policy::force::{self, Force};
use lightcone_policy::rule::{Enforcement, Instrument};
use lightcone_policy::{Book, Date, Stand};
use serde_json::{Value, json};

use super::unverified;
use crate::args::{PolicyCheckArgs, RulesFormat};
use crate::data::book;
use crate::exit::{Exit, Outcome};
use crate::out::{Out, Style, Tone};
use crate::render::{Align, Columns};

/// Checks a book.
pub(crate) fn run(args: &PolicyCheckArgs) -> Outcome<Exit> {
    let folder = args.folder.as_deref();
    let book = book::read(&book::files(folder)?, folder)?;
    let stand = Stand::on(args.on.map_or_else(book::today, Ok)?);
    let mut out = Out::open(None)?;
    let style = out.style();
    match args.output {
        RulesFormat::Table => table(&mut out, &book, &stand, style)?,
        RulesFormat::Json => writeln!(out, "{}", json(&book, &stand))?,
    }
    out.finish()?;
    Ok(Exit::Answered)
}

fn table(out: &mut dyn Write, book: &Book, stand: &Stand, style: Style) -> Outcome<()> {
    writeln!(out, "name    {}", book.name)?;
    writeln!(out, "sha256  {}", book.digest)?;
    writeln!(out, "as of   {}; texts published later were not looked for", book.as_of)?;
    writeln!(out, "since   {}\n", book.since)?;
    let today =
        if book::today().is_ok_and(|today| today == stand.valid_on) { "today" } else { "on that day" };
    let heads = ["text", "known", "in force", "enforced", today, "grade", "title"];
    let mut columns = Columns::new(heads.map(|head| (head, Align::Left)).to_vec());
    for text in &book.instruments {
        let force = force::of(text, stand);
        columns.row(vec![
            (text.id.clone(), Some(Tone::Strong)),
            (text.known.to_string(), None),
            (text.in_force.map_or_else(|| "-".to_owned(), |day| day.to_string()), None),
            (enforced(text, stand.known_on), None),
            (force.words().to_owned(), Some(tone(force))),
            (text.source.grade.words().to_owned(), None),
            (text.title.clone(), None),
        ]);
    }
    columns.write(out, style)?;
    let unverified = unverified::of(book);
    let heading = format!("unverified: {}", unverified.len());
    writeln!(out, "\n{}", style.paint(Tone::Doubt, &heading))?;
    for what in unverified {
        writeln!(out, "  {what}")?;
    }
    Ok(())
}

/// The spans in which a text is applied, by what is known now; what nobody checked has a `?`.
fn enforced(text: &Instrument, known_on: Date) -> String {
    let Some(from) = text.in_force else { return "-".to_owned() };
    let turns = text.phases.iter().flat_map(|phase| [phase.from, phase.to.after()]);
    let turns = turns.filter(|day| *day > from && *day <= text.to && *day < Date::MAX);
    let days: BTreeSet<Date> = turns.chain([from]).collect();
    let mut spans: Vec<(Enforcement, Date, Date)> = Vec::new();
    for day in days {
        let phase = force::phase(text, &Stand { known_on, ..Stand::on(day) });
        let state = phase.map_or(Enforcement::Enforced, |phase| phase.state);
        if let Some((last, _, to)) = spans.last_mut() {
            if *last == state {
                continue;
            }
            *to = day.before();
        }
        spans.push((state, day, text.to));
    }
    let applied = spans.iter().filter_map(|(state, from, to)| match state {
        Enforcement::Enforced => Some(span(*from, *to)),
        Enforcement::Unverified => Some(format!("{}?", span(*from, *to))),
        Enforcement::NotEnforced | Enforcement::Suspended => None,
    });
    let applied: Vec<String> = applied.collect();
    if applied.is_empty() { "never".to_owned() } else { applied.join(", ") }
}

fn span(from: Date, to: Date) -> String {
    if to == Date::MAX { format!("{from}..") } else { format!("{from}..{to}") }
}

const fn tone(force: Force) -> Tone {
    match force {
        Force::InForce | Force::Drafted => Tone::Good,
        Force::Unverified => Tone::Doubt,
        _ => Tone::Faint,
    }
}

fn json(book: &Book, stand: &Stand) -> Value {
    let instruments = book.instruments.iter().map(|text| {
        json!({
            "id": text.id,
            "title": text.title,
            "citation": text.citation,
            "kind": text.kind,
            "known": text.known,
            "in_force": text.in_force,
            "enforced": enforced(text, stand.known_on),
            "force": force::of(text, stand),
            "grade": text.source.grade,
        })
    });
    json!({
        "name": book.name,
        "sha256": book.digest,
        "since": book.since,
        "as_of": book.as_of,
        "on": stand.valid_on,
        "instruments": instruments.collect::<Vec<_>>(),
        "unverified": unverified::of(book),
    })
}
