//! `lightcone keys`: keys in files, made and shown. Only public halves are ever printed.

use std::io::Write;
use std::path::Path;

use lightcone_keyring::{Error, ExchangeIdentity, SigningIdentity};

use crate::args::{KeyKind, KeysCommand};
use crate::exit::{Exit, Failure, Outcome};
use crate::out::Out;

/// Does what is asked.
pub(crate) fn run(command: &KeysCommand) -> Outcome<Exit> {
    let public = match command {
        KeysCommand::New { kind, out } => new(*kind, out)?,
        KeysCommand::Show { file } => show(file)?,
    };
    let mut out = Out::open(None)?;
    writeln!(out, "{public}")?;
    out.finish()?;
    Ok(Exit::Answered)
}

fn new(kind: KeyKind, out: &Path) -> Outcome<String> {
    let made = match kind {
        KeyKind::Signing => SigningIdentity::create(out).map(|key| key.public_text()),
        KeyKind::Exchange => ExchangeIdentity::create(out).map(|key| key.public_text()),
    };
    made.map_err(|error| match error {
        Error::Exists { .. } => Failure::usage(error.to_string()),
        error => Failure::machine(error.to_string()),
    })
}

fn show(file: &Path) -> Outcome<String> {
    let shown = match SigningIdentity::load(file) {
        Ok(key) => Ok(key.public_text()),
        // Of another kind, perhaps; what neither kind takes is told as the first one told it.
        Err(error @ Error::Malformed { .. }) => {
            ExchangeIdentity::load(file).map(|key| key.public_text()).map_err(|_| error)
        }
        Err(error) => Err(error),
    };
    shown.map_err(|error| Failure::input(error.to_string()))
}
