//! Records of a server's registry: a table of many, a sheet of one.

use std::io::{self, Write};

use super::{Align, Columns};
use crate::args::Kind;
use crate::out::{Style, Tone};
use crate::remote::Shown;

/// What a sheet of a verdict leaves to `-o json`: bytes are nothing for people.
const LEFT_OUT: [&str; 2] = ["canonical", "verdict.engine.borders_sha256"];

/// Writes one line a record.
pub(crate) fn table(out: &mut dyn Write, kind: Kind, records: &[Shown], style: Style) -> io::Result<()> {
    let wanted = columns(kind);
    let heads = wanted.iter().map(|(head, path)| (*head, align(path))).collect();
    let mut columns = Columns::new(heads);
    for record in records {
        let cells = wanted.iter().map(|(_, path)| {
            let text = record.at(path);
            let tone = tone(&text);
            (text, tone)
        });
        columns.row(cells.collect());
    }
    columns.write(out, style)
}

/// Writes one record, a field a line.
pub(crate) fn sheet(out: &mut dyn Write, record: &Shown, style: Style) -> io::Result<()> {
    let fields = record.fields();
    let shown = fields.iter().filter(|(path, _)| !LEFT_OUT.iter().any(|left| path.starts_with(left)));
    let width = shown.clone().map(|(path, _)| path.chars().count()).max().unwrap_or(0);
    for (path, text) in shown {
        let painted = tone(text).map_or_else(|| text.clone(), |tone| style.paint(tone, text));
        writeln!(out, "{path:width$}  {painted}")?;
    }
    Ok(())
}

/// What is written above a column, and where it stands in a record.
type Paths = &'static [(&'static str, &'static str)];

/// Columns of what outsiders are told, of why an agency looks, and of who looked.
const STANDINGS: Paths = &[
    ("chip", "chip"),
    ("contact", "contact"),
    ("possible", "jurisdictions"),
    ("residency", "residency"),
    ("claimed", "claimed_cell"),
    ("until", "epoch_end_time"),
];
const CASES: Paths = &[
    ("name", "name"),
    ("state", "state"),
    ("site", "site"),
    ("asked by", "requested_by"),
    ("agreed by", "approved_by"),
    ("until", "expire_time"),
    ("reason", "reason"),
];
const ACCESSES: Paths = &[
    ("when", "time"),
    ("who", "subject"),
    ("of", "subject_tenant"),
    ("call", "call"),
    ("record", "resource"),
    ("case", "case"),
    ("reason", "reason"),
];

/// Columns of a kind.
const fn columns(kind: Kind) -> Paths {
    match kind {
        Kind::Landmarks => &[
            ("name", "name"),
            ("state", "state"),
            ("operator", "operator"),
            ("group", "group"),
            ("latitude", "point.latitude_deg"),
            ("longitude", "point.longitude_deg"),
            ("± m", "position_error_m"),
            ("version", "position_version"),
            ("addresses", "addresses"),
        ],
        Kind::Sites => &[("name", "name"), ("state", "state"), ("called", "display_name")],
        Kind::Agents => &[
            ("name", "name"),
            ("state", "state"),
            ("site", "site"),
            ("latest session", "latest_session"),
            ("missed", "missed_sessions"),
        ],
        Kind::Chips => {
            &[("name", "name"), ("state", "state"), ("serial", "serial"), ("sku", "sku"), ("agent", "agent")]
        }
        Kind::Sessions => &[
            ("name", "name"),
            ("state", "state"),
            ("summoned", "create_time"),
            ("residency", "residency"),
            ("verdict", "verdict"),
        ],
        Kind::Measurements => &[
            ("landmark", "landmark"),
            ("state", "state"),
            ("rtt ns", "rtt_ns"),
            ("error ns", "clock_error_ns"),
            ("median ns", "median_rtt_ns"),
            ("answered", "answered"),
            ("sent", "sent"),
            ("refusal", "refusal"),
        ],
        Kind::Verdicts => &[
            ("name", "name"),
            ("as of", "as_of"),
            ("residency", "residency"),
            ("headline", "headline"),
            ("superseded by", "superseded_by"),
        ],
        Kind::Alerts => {
            &[("raised", "create_time"), ("kind", "kind"), ("subject", "subject"), ("detail", "detail")]
        }
        Kind::Standings => STANDINGS,
        Kind::Cases => CASES,
        Kind::Accesses => ACCESSES,
        Kind::Policies => &[("version", "version"), ("in force since", "load_time"), ("from", "source")],
    }
}

fn align(path: &str) -> Align {
    let is_number = ["_ns", "_m", "_deg", "sent", "answered", "version", "missed_sessions"]
        .iter()
        .any(|end| path.ends_with(end));
    if is_number { Align::Right } else { Align::Left }
}

/// States are told by colour too.
fn tone(text: &str) -> Option<Tone> {
    match text {
        "ACTIVE" | "PAIRED" | "JUDGED" | "VERIFIED" => Some(Tone::Good),
        "SUSPENDED" | "REFUSED" | "MISSED" => Some(Tone::Bad),
        "PROBATION" | "PENDING" => Some(Tone::Doubt),
        "RETIRED" => Some(Tone::Faint),
        _ => None,
    }
}
