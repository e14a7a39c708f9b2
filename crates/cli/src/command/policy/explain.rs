//! `lightcone policy explain`: a decision on a transfer in a file, with every reason.

use std::io::Write;

use lightcone_policy::{Book, Example, Law, Outcome as Says, example};

use crate::args::{PolicyExplainArgs, RulesFormat};
use crate::data::book;
use crate::exit::{Exit, Failure, Outcome};
use crate::out::Out;
use crate::render::decision;

/// Decides, and says why.
pub(crate) fn run(args: &PolicyExplainArgs) -> Outcome<Exit> {
    let folder = args.book.rules.as_deref();
    let files = book::files(folder)?;
    let book: Book = book::read(&files, folder)?;
    let example = match (&args.facts, &args.example) {
        (Some(path), _) => book::facts(path)?,
        (None, Some(name)) => named(&files, name)?,
        (None, None) => return Err(Failure::usage("name a file of facts, or an example with --example")),
    };
    let law = Law::new(&book, book::stand(&book, &args.stand)?);
    let decision = example.decide(&law);
    let mut out = Out::open(None)?;
    let style = out.style();
    match args.output {
        RulesFormat::Table => decision::sheet(&mut out, &example.title, &book, &decision, style)?,
        RulesFormat::Json => {
            out.write_all(&decision.canonical())?;
            writeln!(out)?;
        }
    }
    out.finish()?;
    let is_amiss = args.exit_code && decision.outcome != Says::Allow;
    Ok(if is_amiss { Exit::Amiss } else { Exit::Answered })
}

fn named(files: &lightcone_policy::Files, name: &str) -> Outcome<Example> {
    let path = format!("{}{name}.toml", example::FOLDER);
    let Some(text) = files.get(&path) else {
        let names = files.keys().filter_map(|path| path.strip_prefix(example::FOLDER)?.strip_suffix(".toml"));
        let names: Vec<&str> = names.collect();
        return Err(Failure::usage(format!(
            "`{name}` is no example of this rule book; it has {}",
            names.join(", ")
        )));
    };
    Example::read(&path, text).map_err(|faults| book::told(&faults, None))
}
