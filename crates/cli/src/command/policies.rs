//! `lightcone access`: policies and directory of a server, checked and compared before they are in force.

use std::fs;
use std::io::{Read as _, Write};
use std::path::Path;

use lightcone_access::grid::{Change, Grid};
use lightcone_access::{DIRECTORY_BYTES_MAX, Directory, POLICIES_BYTES_MAX, Policy};

use crate::args::{AccessCheckArgs, AccessCommand, AccessCompareArgs, AccessShowArgs};
use crate::exit::{Exit, Failure, Outcome};
use crate::out::{Out, printable};

/// Does what is asked.
pub(crate) fn run(command: &AccessCommand) -> Outcome<Exit> {
    match command {
        AccessCommand::Show(args) => show(args),
        AccessCommand::Check(args) => check(args),
        AccessCommand::Compare(args) => compare(args),
    }
}

fn show(args: &AccessShowArgs) -> Outcome<Exit> {
    let built_in = policies(None)?;
    let mut out = Out::open(None)?;
    write!(out, "{}", if args.schema { Policy::schema() } else { built_in.text() })?;
    out.finish()?;
    Ok(Exit::Answered)
}

fn check(args: &AccessCheckArgs) -> Outcome<Exit> {
    let policy = policies(args.policies.as_deref())?;
    if let Some(path) = &args.directory {
        let text = read(path, DIRECTORY_BYTES_MAX)?;
        Directory::parse(&text)
            .map_err(|invalid| Failure::input(format!("{}: {invalid}", path.display())))?;
    }
    let mut out = Out::open(None)?;
    writeln!(out, "{}", Grid::calls(&policy))?;
    write!(out, "{}", Grid::records(&policy))?;
    writeln!(out, "\ns see, t tell, c change, v vouch, u use")?;
    out.finish()?;
    Ok(Exit::Answered)
}

fn compare(args: &AccessCompareArgs) -> Outcome<Exit> {
    let (old, new) = (policies(args.old.as_deref())?, policies(Some(&args.new))?);
    let told = compared(&old, &new)?;
    let mut out = Out::open(None)?;
    let parts = [("newly allowed", &told.newly_allowed), ("no longer allowed", &told.no_longer)];
    for (title, lines) in parts {
        let end = if lines.is_empty() { " nothing" } else { "" };
        writeln!(out, "{title}:{end}")?;
        for line in lines {
            writeln!(out, "  {}", printable(line))?;
        }
    }
    writeln!(out, "\n{}", told.ground)?;
    out.finish()?;
    Ok(if args.exit_code && !told.newly_allowed.is_empty() { Exit::Amiss } else { Exit::Answered })
}

/// How two sets differ.
struct Compared {
    newly_allowed: Vec<String>,
    no_longer: Vec<String>,
    /// What that rests on.
    ground: String,
}

/// By proof, where there is what it takes.
#[cfg(feature = "scrutiny")]
fn compared(old: &Policy, new: &Policy) -> Outcome<Compared> {
    use lightcone_scrutiny::{Difference, Prover, ScrutinyError};

    let lines = |difference: Difference, by: &Policy| {
        let line = |witness: &lightcone_scrutiny::Witness| {
            format!("{witness}; by {}", witness.decision(by).rules.join(", "))
        };
        difference.newly_allowed.iter().map(line).collect()
    };
    let prove = async {
        let mut prover = Prover::start()?;
        let newly_allowed = lines(prover.difference(old, new).await?, new);
        let no_longer = lines(prover.difference(new, old).await?, old);
        Ok(Compared {
            newly_allowed,
            no_longer,
            ground:
                "One example for each call or act, and each role that suffices. Proven over all subjects and \
                     records: nothing changes with any other call or act."
                    .to_owned(),
        })
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.map_err(|error| Failure::machine(error.to_string()))?.block_on(prove) {
        Ok(told) => Ok(told),
        Err(error @ ScrutinyError::Solver(_)) => Ok(by_grids(old, new, &error.to_string())),
        Err(error) => Err(Failure::machine(error.to_string())),
    }
}

#[cfg(not(feature = "scrutiny"))]
fn compared(old: &Policy, new: &Policy) -> Outcome<Compared> {
    Ok(by_grids(old, new, "this program was built without the feature `scrutiny`"))
}

/// By one subject a role, which shows what was meant and not all that is allowed.
fn by_grids(old: &Policy, new: &Policy, lacking: &str) -> Compared {
    let grids = [(Grid::calls(old), Grid::calls(new)), (Grid::records(old), Grid::records(new))];
    let changes: Vec<Change> = grids.iter().flat_map(|(old, new)| old.changes(new)).collect();
    let line = |change: &Change, from: &str, to: &str| {
        let more: String = to.chars().filter(|letter| !from.contains(*letter) && *letter != '.').collect();
        (!more.is_empty()).then(|| format!("{} by {}: {more}", change.row, change.role))
    };
    let lines = |newly: bool| {
        let lines = changes.iter().filter_map(|change| {
            let (from, to) = (&change.before, &change.after);
            if newly { line(change, from, to) } else { line(change, to, from) }
        });
        lines.collect()
    };
    Compared {
        newly_allowed: lines(true),
        no_longer: lines(false),
        ground: format!(
            "This is no proof: one subject was tried for each role, and a rule may allow others more. For a proof: {lacking}."
        ),
    }
}

/// The policies in a file, or those that are built in.
fn policies(path: Option<&Path>) -> Outcome<Policy> {
    let Some(path) = path else {
        return Policy::built_in().map_err(|invalid| Failure::machine(invalid.to_string()));
    };
    let (name, text) = (path.display().to_string(), read(path, POLICIES_BYTES_MAX)?);
    Policy::parse_files(&[(&name, &text)]).map_err(|invalid| {
        let faults: Vec<String> = invalid.faults().iter().map(ToString::to_string).collect();
        Failure::input(faults.join("\n"))
    })
}

fn read(path: &Path, bytes_max: usize) -> Outcome<String> {
    let read = || {
        let mut text = String::new();
        // One byte more than is taken, so that what is too long is told as such.
        fs::File::open(path)?.take(bytes_max as u64 + 1).read_to_string(&mut text)?;
        Ok::<_, std::io::Error>(text)
    };
    read().map_err(|error| Failure::input(format!("{}: {error}", path.display())))
}
