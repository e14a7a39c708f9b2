//! `lightcone sku classify`: what chips are under export rules.

use std::fs;
use std::io::Write;
use std::path::Path;

use lightcone_policy::classify::Classification;
use lightcone_policy::cut::{Cut, Reach};
use lightcone_policy::{Book, Law, Sku, Stand, cut};
use serde_json::json;

use crate::args::{RulesFormat, SkuClassifyArgs, SkuCommand};
use crate::data::book;
use crate::exit::{Exit, Failure, Outcome};
use crate::out::{Out, Style, Tone, printable};
use crate::render::{Align, Columns, classes};

/// Does what is asked.
pub(crate) fn run(command: &SkuCommand) -> Outcome<Exit> {
    let SkuCommand::Classify(args) = command;
    let book = book::open(&args.book)?;
    let mut out = Out::open(None)?;
    let style = out.style();
    if args.list {
        list(&mut out, &book, args.output, style)?;
    } else {
        let stands = stands(&book, args)?;
        for sku in chips(&book, args)? {
            if args.all && args.output == RulesFormat::Table {
                versions(&mut out, &book, &sku, &stands, style)?;
                continue;
            }
            for (_, stand) in &stands {
                one(&mut out, &Law::new(&book, stand.clone()), &sku, args.output, style)?;
            }
        }
    }
    out.finish()?;
    Ok(Exit::Answered)
}

/// The stands that are asked for, each with what it is called.
fn stands(book: &Book, args: &SkuClassifyArgs) -> Outcome<Vec<(String, Stand)>> {
    if args.all {
        let versions = book.versions().into_iter();
        return Ok(versions.map(|version| (version.id.clone(), version.stand())).collect());
    }
    let stand = book::stand(book, &args.stand)?;
    Ok(vec![(stand.valid_on.to_string(), stand)])
}

fn chips(book: &Book, args: &SkuClassifyArgs) -> Outcome<Vec<Sku>> {
    if let Some(path) = &args.file {
        return own(path);
    }
    let name = args.name.as_deref().unwrap_or_default();
    let found = book.sku(name).cloned();
    let missing = || {
        Failure::usage(format!(
            "`{name}` is no chip of this rule book: --list shows them, --file takes your own"
        ))
    };
    found.map(|sku| vec![sku]).ok_or_else(missing)
}

fn own(path: &Path) -> Outcome<Vec<Sku>> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path);
    let text = text.map_err(|error| Failure::input(format!("cannot read `{shown}`: {error}")))?;
    let chips =
        lightcone_policy::read::chips_of(&shown, &text).map_err(|faults| book::told(&faults, None))?;
    if chips.is_empty() {
        return Err(Failure::input(format!("`{shown}` has no chips: write [[chips]] with their figures")));
    }
    Ok(chips)
}

fn list(out: &mut dyn Write, book: &Book, format: RulesFormat, style: Style) -> Outcome<()> {
    if format == RulesFormat::Json {
        for sku in book.skus.values() {
            writeln!(out, "{}", json!(sku))?;
        }
        return Ok(());
    }
    let heads = ["chip", "maker", "TPP", "memory bandwidth GB/s", "also called"];
    let mut columns = Columns::new(heads.map(|head| (head, Align::Left)).to_vec());
    for sku in book.skus.values() {
        let memory = sku.memory_bandwidth_gbps.as_ref();
        let memory = memory.map_or_else(|| "unknown".to_owned(), |reading| reading.span.to_string());
        columns.row(vec![
            (sku.name.clone(), Some(Tone::Strong)),
            (sku.maker.clone(), None),
            (sku.value(lightcone_policy::sku::Metric::Tpp).span.to_string(), None),
            (memory, None),
            (sku.aliases.join(", "), None),
        ]);
    }
    Ok(columns.write(out, style)?)
}

/// One line a version.
fn versions(
    out: &mut dyn Write,
    book: &Book,
    sku: &Sku,
    stands: &[(String, Stand)],
    style: Style,
) -> Outcome<()> {
    writeln!(out, "{}", style.paint(Tone::Strong, &printable(&sku.name)))?;
    let heads = ["rules", "of", "class", "window", "cut needed, or room"];
    let mut columns = Columns::new(heads.map(|head| (head, Align::Left)).to_vec());
    for (id, stand) in stands {
        let law = Law::new(book, stand.clone());
        let found: Classification = law.classify(sku);
        let (line, tone) = classes::headline(&found);
        let windows = found.windows.iter().filter(|window| window.within.may());
        let windows: Vec<String> = windows.map(classes::window).collect();
        columns.row(vec![
            (id.clone(), Some(Tone::Strong)),
            (stand.valid_on.to_string(), None),
            (line, Some(tone)),
            (windows.join(", "), None),
            (telling(cut::next(&law, sku)), None),
        ]);
    }
    columns.write(out, style)?;
    Ok(writeln!(out)?)
}

/// Of all cuts the one that tells most: one that is enough, else the room that is left, else any.
fn telling(cuts: Vec<Cut>) -> String {
    let rank = |cut: &Cut| match cut.reach {
        Reach::Needed { .. } => 0,
        Reach::Room { .. } => 1,
        Reach::Free | Reach::Never => 2,
    };
    cuts.into_iter().min_by_key(rank).map(|cut| cut.says).unwrap_or_default()
}

fn one(out: &mut dyn Write, law: &Law<'_>, sku: &Sku, format: RulesFormat, style: Style) -> Outcome<()> {
    let (found, cuts) = (law.classify(sku), cut::next(law, sku));
    match format {
        RulesFormat::Table => classes::sheet(out, law, &found, &cuts, style)?,
        RulesFormat::Json => {
            let stand = law.stand();
            writeln!(out, "{}", json!({ "stand": stand, "classification": found, "cuts": cuts }))?;
        }
    }
    Ok(())
}
