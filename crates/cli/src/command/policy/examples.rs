//! `lightcone policy test`: the examples that a rule book holds for itself.

use std::io::Write;
use std::path::Path;

use lightcone_policy::example::{self, Checked};
use serde_json::{Value, json};

use crate::args::{PolicyTestArgs, RulesFormat};
use crate::data::book;
use crate::exit::{Exit, Outcome};
use crate::out::{Out, Style, Tone};
use crate::render::decision::said;
use crate::render::{Align, Columns};

/// Tries every example.
pub(crate) fn run(args: &PolicyTestArgs) -> Outcome<Exit> {
    let folder = args.folder.as_deref();
    let files = book::files(folder)?;
    let book = book::read(&files, folder)?;
    let checked = example::run(&book, &files).map_err(|faults| book::told(&faults, folder))?;
    let mut out = Out::open(None)?;
    let style = out.style();
    match args.output {
        RulesFormat::Table => table(&mut out, &checked, folder, style)?,
        RulesFormat::Json => {
            for checked in &checked {
                writeln!(out, "{}", json(checked))?;
            }
        }
    }
    out.finish()?;
    let has_failed = checked.iter().any(|checked| !checked.wrong.is_empty());
    Ok(if has_failed { Exit::Amiss } else { Exit::Answered })
}

fn table(out: &mut dyn Write, checked: &[Checked], folder: Option<&Path>, style: Style) -> Outcome<()> {
    let heads = ["", "example", "rules of", "says"];
    let mut columns = Columns::new(heads.map(|head| (head, Align::Left)).to_vec());
    for checked in checked {
        let (word, tone) = if checked.wrong.is_empty() { ("ok", Tone::Good) } else { ("WRONG", Tone::Bad) };
        columns.row(vec![
            (word.to_owned(), Some(tone)),
            (checked.name.clone(), None),
            (checked.at.clone(), None),
            (checked.said.map_or_else(|| "-".to_owned(), said), None),
        ]);
    }
    columns.write(out, style)?;
    for checked in checked {
        let file = folder.map_or_else(String::new, |folder| format!("{}/", folder.display()));
        for wrong in &checked.wrong {
            let spot = &checked.spot;
            writeln!(out, "{file}{}:{}:{}: {wrong}", spot.file, spot.line, spot.column)?;
        }
    }
    let wrong = checked.iter().filter(|checked| !checked.wrong.is_empty()).count();
    writeln!(out, "\n{} of {} came out as expected", checked.len() - wrong, checked.len())?;
    Ok(())
}

fn json(checked: &Checked) -> Value {
    json!({
        "example": checked.name,
        "title": checked.title,
        "file": checked.spot.file,
        "line": checked.spot.line,
        "at": checked.at,
        "said": checked.said,
        "wrong": checked.wrong,
    })
}
