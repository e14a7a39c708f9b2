//! `lightcone borders`: the border data that verdicts rest on.

use std::io::Write;

use lightcone_core::area::AreaKind;
use lightcone_core::{Area, AreaId, Borders, WorldviewId};
use serde_json::{Value, json};

use super::embedded_borders;
use crate::args::{BordersArgs, PlainFormat};
use crate::exit::{Exit, Outcome};
use crate::out::{Out, Style, Tone};
use crate::render::{Align, Columns, rows};

/// Shows the borders.
pub(crate) fn run(args: &BordersArgs) -> Outcome<Exit> {
    let borders = embedded_borders()?;
    let mut out = Out::open(None)?;
    let style = out.style();
    match args.output {
        PlainFormat::Table => table(&mut out, &borders, style)?,
        PlainFormat::Json => writeln!(out, "{}", json(&borders))?,
        PlainFormat::Csv => sheet(&mut out, &borders)?,
    }
    out.finish()?;
    Ok(Exit::Answered)
}

fn table(out: &mut dyn Write, borders: &Borders, style: Style) -> Outcome<()> {
    writeln!(out, "version     {}", Borders::VERSION)?;
    writeln!(out, "sha256      {}", Borders::SHA256.trim())?;
    writeln!(out, "areas       {}", borders.areas().len())?;
    writeln!(out, "worldviews  {}\n", WorldviewId::ALL.map(WorldviewId::name).join(", "))?;
    let mut columns = Columns::new(vec![
        ("code", Align::Left),
        ("kind", Align::Left),
        ("destination", Align::Left),
        ("every claimant", Align::Left),
        ("name", Align::Left),
    ]);
    for (id, area) in numbered(borders) {
        let disputed = (area.kind == AreaKind::Disputed).then_some(Tone::Doubt);
        let mapped = |worldview| borders.codes(&borders.destinations(worldview, id)).join(" ");
        columns.row(vec![
            (area.code.clone(), Some(Tone::Strong)),
            (kind(area).to_owned(), disputed),
            (mapped(WorldviewId::Destination), None),
            (mapped(WorldviewId::EveryClaimant), None),
            (area.name.clone(), None),
        ]);
    }
    Ok(columns.write(out, style)?)
}

fn json(borders: &Borders) -> Value {
    let areas: Vec<Value> = numbered(borders)
        .map(|(id, area)| {
            json!({
                "code": area.code,
                "name": area.name,
                "kind": kind(area),
                "administered_by": area.administered_by,
                "claimants": area.claimants,
                "destination": borders.codes(&borders.destinations(WorldviewId::Destination, id)),
                "every_claimant": borders.codes(&borders.destinations(WorldviewId::EveryClaimant, id)),
            })
        })
        .collect();
    json!({
        "version": Borders::VERSION,
        "sha256": Borders::SHA256.trim(),
        "worldviews": WorldviewId::ALL.map(WorldviewId::name),
        "areas": areas,
    })
}

fn sheet(out: &mut dyn Write, borders: &Borders) -> Outcome<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["code", "name", "kind", "destination", "every_claimant"]).map_err(rows::failed)?;
    for (id, area) in numbered(borders) {
        let mapped = |worldview| borders.codes(&borders.destinations(worldview, id)).join(" ");
        let record = [
            area.code.as_str(),
            area.name.as_str(),
            kind(area),
            &mapped(WorldviewId::Destination),
            &mapped(WorldviewId::EveryClaimant),
        ];
        writer.write_record(record).map_err(rows::failed)?;
    }
    Ok(writer.flush()?)
}

fn numbered(borders: &Borders) -> impl Iterator<Item = (AreaId, &Area)> {
    borders.areas().iter().enumerate().filter_map(|(index, area)| Some((AreaId::new(index)?, area)))
}

const fn kind(area: &Area) -> &'static str {
    match area.kind {
        AreaKind::Sea => "sea",
        AreaKind::Iso => "iso",
        AreaKind::Disputed => "disputed",
    }
}
