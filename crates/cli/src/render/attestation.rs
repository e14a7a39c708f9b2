//! An attestation for people and for programs.

use std::io::{self, Write};

use lightcone_attest::nvidia::baseboards;
use lightcone_attest::{Appraisal, Attestation, Check, RefusedPiece};
use serde_json::{Value, json};

use crate::out::{Style, Tone, printable};

/// Width of the left column.
const LABEL_CHARS: usize = 14;
/// The longest claim that is shown, in characters.
const CLAIM_CHARS_MAX: usize = 96;

/// Writes what evidence shows.
pub(crate) fn write(out: &mut dyn Write, attestation: &Attestation, style: Style) -> io::Result<()> {
    let tone = if attestation.residency.is_attested() { Tone::Good } else { Tone::Doubt };
    line(out, "residency", &style.paint(tone, attestation.residency.name()))?;
    for reason in &attestation.reasons {
        line(out, "reason", &format!("{}: {}", style.paint(Tone::Doubt, reason.name()), reason.means()))?;
    }
    let binds = if attestation.binds_session_key() { "bound by this evidence" } else { "not bound" };
    line(out, "session key", binds)?;
    line(out, "references", &attestation.references)?;
    for board in baseboards(&attestation.devices) {
        let chips = match board.chips.len() {
            1 => "1 chip names".to_owned(),
            more => format!("{more} chips share"),
        };
        line(out, "baseboard", &format!("{}: {chips} {} switches", board.system_type, board.switches.len()))?;
    }
    for device in &attestation.devices {
        writeln!(out)?;
        write_device(out, device, style)?;
    }
    Ok(())
}

fn write_device(out: &mut dyn Write, device: &Appraisal, style: Style) -> io::Result<()> {
    writeln!(out, "{}  {}", style.paint(Tone::Strong, device.kind.name()), device.instance)?;
    line(out, "model", &printable(&device.model))?;
    if let Some(code) = &device.code {
        line(out, "image", &printable(&code.name))?;
    }
    line(out, "checked", &names(device.done.iter()))?;
    for check in &device.not_done {
        line(out, "not checked", check.leaves_open())?;
    }
    for (name, claim) in &device.claims {
        let said: String = printable(&claim.to_string()).chars().take(CLAIM_CHARS_MAX).collect();
        writeln!(out, "  {}", style.paint(Tone::Faint, &format!("{name} {said}")))?;
    }
    Ok(())
}

/// Writes why evidence was refused.
pub(crate) fn refused(
    out: &mut dyn Write,
    file: &str,
    refused: &RefusedPiece,
    style: Style,
) -> io::Result<()> {
    line(out, "refused", &style.paint(Tone::Bad, refused.rejection.check.name()))?;
    line(out, "evidence", &format!("{} of `{}`", refused.kind, printable(file)))?;
    line(out, "why", &printable(&refused.rejection.why))
}

/// Writes what evidence shows as one object.
pub(crate) fn json(out: &mut dyn Write, attestation: &Attestation) -> io::Result<()> {
    let boards = baseboards(&attestation.devices);
    let boards: Vec<Value> = boards
        .iter()
        .map(|board| json!({"chips": board.chips, "switches": board.switches, "system_type": board.system_type}))
        .collect();
    let value = json!({
        "verdict": "APPRAISED",
        "residency": attestation.residency.name(),
        "binds_session_key": attestation.binds_session_key(),
        "reasons": attestation.reasons.iter().map(|reason| reason.name()).collect::<Vec<_>>(),
        "references": attestation.references,
        "baseboards": boards,
        "devices": attestation.devices.iter().map(device).collect::<Vec<_>>(),
    });
    writeln!(out, "{value}")
}

fn device(device: &Appraisal) -> Value {
    let claims: serde_json::Map<String, Value> =
        device.claims.iter().map(|(name, claim)| ((*name).to_owned(), claim.to_string().into())).collect();
    json!({
        "format": device.kind.name(),
        "instance": device.instance,
        "model": device.model,
        "residency": device.residency.name(),
        "image": device.code.as_ref().map(|code| &code.name),
        "done": device.done.iter().map(|check| check.name()).collect::<Vec<_>>(),
        "not_done": device.not_done.iter().map(|check| check.name()).collect::<Vec<_>>(),
        "reasons": device.reasons.iter().map(|reason| reason.name()).collect::<Vec<_>>(),
        "claims": claims,
    })
}

/// Writes why evidence was refused, as one object.
pub(crate) fn json_refused(out: &mut dyn Write, file: &str, refused: &RefusedPiece) -> io::Result<()> {
    let value = json!({
        "verdict": "REFUSED",
        "file": file,
        "format": refused.kind.name(),
        "check": refused.rejection.check.name(),
        "why": refused.rejection.why,
    });
    writeln!(out, "{value}")
}

fn names<'a>(checks: impl Iterator<Item = &'a Check>) -> String {
    checks.map(|check| check.name()).collect::<Vec<_>>().join(", ")
}

fn line(out: &mut dyn Write, label: &str, text: &str) -> io::Result<()> {
    writeln!(out, "{label:LABEL_CHARS$}{text}")
}
