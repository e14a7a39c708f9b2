//! `lightcone agent doctor`: what this host can prove, what it lacks, and what to do about it.

use std::io::Write;

use lightcone_attester::doctor::{Built, Report, State, examine};
use lightcone_attester::{Root, nvidia};
use serde_json::json;

use crate::args::PlainFormat;
use crate::exit::{Exit, Outcome};
use crate::out::{Out, Style, Tone};

/// Looks over this host.
pub(crate) fn run(output: PlainFormat) -> Outcome<Exit> {
    let report = examine(&Root::system(), &nvidia::accelerators(), Built::here());
    let mut out = Out::open(None)?;
    let style = out.style();
    match output {
        PlainFormat::Table => table(&mut out, &report, style)?,
        PlainFormat::Json => writeln!(out, "{}", json(&report))?,
        PlainFormat::Csv => csv(&mut out, &report)?,
    }
    out.finish()?;
    Ok(Exit::Answered)
}

fn table(out: &mut dyn Write, report: &Report, style: Style) -> std::io::Result<()> {
    for row in &report.rows {
        let tone = match row.state {
            State::Available => Tone::Good,
            State::Missing | State::NotBuilt => Tone::Faint,
            State::Forbidden => Tone::Bad,
        };
        let state = style.paint(tone, &format!("{:11}", row.state.name()));
        writeln!(out, "{:19}{state}{}", row.subject, row.why)?;
        if !row.remedy.is_empty() {
            writeln!(out, "{:30}{}", "", style.paint(Tone::Faint, &row.remedy))?;
        }
    }
    writeln!(out)?;
    let residency = report.residency.name();
    writeln!(out, "This host can reach {residency}, once its code is in signed reference values.")?;
    let Some(next) = &report.next else { return Ok(()) };
    writeln!(out, "{} takes one of these:", next.residency.name())?;
    next.any_of.iter().try_for_each(|way| writeln!(out, "  {way}"))
}

fn json(report: &Report) -> serde_json::Value {
    let rows = report.rows.iter().map(|row| {
        json!({"subject": row.subject, "state": row.state.name(), "why": row.why, "remedy": row.remedy})
    });
    let next =
        report.next.as_ref().map(|next| json!({"residency": next.residency.name(), "any_of": next.any_of}));
    json!({
        "rows": rows.collect::<Vec<_>>(),
        "residency": report.residency.name(),
        "next": next,
    })
}

fn csv(out: &mut dyn Write, report: &Report) -> Outcome<()> {
    let mut writer = csv::Writer::from_writer(out);
    let failed = |error: csv::Error| crate::exit::Failure::machine(format!("cannot write rows: {error}"));
    writer.write_record(["subject", "state", "why", "remedy"]).map_err(failed)?;
    for row in &report.rows {
        writer.write_record([row.subject, row.state.name(), &row.why, &row.remedy]).map_err(failed)?;
    }
    writer.flush()?;
    Ok(())
}
