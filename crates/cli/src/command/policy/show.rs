//! `lightcone policy show`: the built-in rule book, to begin one's own from.

use std::fs;
use std::path::Path;

use lightcone_policy::{built_in, digest};

use crate::args::PolicyShowArgs;
use crate::exit::{Exit, Failure, Outcome};
use crate::out::note;

/// Writes it.
pub(crate) fn run(args: &PolicyShowArgs) -> Outcome<Exit> {
    let folder = &args.folder;
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) || folder.is_file() {
        let folder = folder.display();
        return Err(Failure::usage(format!("`{folder}` is there and not empty: name a new folder")));
    }
    let files = built_in::files();
    for (path, text) in &files {
        write(&folder.join(path), text)?;
    }
    note(&format!("wrote {} files to `{}`, sha256 {}", files.len(), folder.display(), digest::of(&files)));
    Ok(Exit::Answered)
}

fn write(path: &Path, text: &str) -> Outcome<()> {
    let above = path.parent().map_or(Ok(()), fs::create_dir_all);
    above
        .and_then(|()| fs::write(path, text))
        .map_err(|error| Failure::machine(format!("cannot write `{}`: {error}", path.display())))
}
