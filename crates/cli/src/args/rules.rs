//! Export rules: books of them checked, tried and held against one another, and chips classified by them.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use lightcone_policy::Date;

/// What to do with export rules: here, from files, without a server.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Check a rule book: every mistake with file, line and remedy; else what it holds
    Check(PolicyCheckArgs),
    /// Write the built-in rule book into a folder, to begin one's own from
    Show(PolicyShowArgs),
    /// Try the examples that a rule book holds for itself
    Test(PolicyTestArgs),
    /// Decide on a transfer in a file, with every reason; nothing is asked of a server
    Explain(PolicyExplainArgs),
    /// Decide on transfers in files by two versions of the rules: which flip, and why
    Diff(PolicyDiffArgs),
    /// Sign a rule book, or check its signature
    Sign(PolicySignArgs),
}

/// How it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RulesFormat {
    /// For people
    Table,
    /// For programs
    Json,
}

/// What to do with chips by their figures.
#[derive(Debug, Subcommand)]
pub(crate) enum SkuCommand {
    /// Classify a chip under the rules of a day, or of every version, with margins to each line and the next cut needed
    Classify(SkuClassifyArgs),
}

/// Which rule book.
#[derive(Clone, Debug, Args)]
pub(crate) struct BookArgs {
    /// Folder of the rule book; the built-in one if left out
    #[arg(long, value_name = "DIR", help_heading = "Rules")]
    pub(crate) rules: Option<PathBuf>,
}

/// By which rules: a day, what was known, and in which sense.
#[derive(Clone, Debug, Args)]
pub(crate) struct StandArgs {
    /// Rules of this day, such as 2026-01-16; today if left out
    #[arg(long, value_name = "DATE", help_heading = "Rules", conflicts_with = "under")]
    pub(crate) on: Option<Date>,
    /// As known on this day; the same day if left out
    #[arg(long, value_name = "DATE", help_heading = "Rules")]
    pub(crate) known: Option<Date>,
    /// On the first day on which this version was known and counted, such as P08
    #[arg(long, value_name = "ID", help_heading = "Rules")]
    pub(crate) under: Option<String>,
    /// What the text says, whether or not it is enforced
    #[arg(long, help_heading = "Rules")]
    pub(crate) as_written: bool,
    /// Apply this bill or draft as if it were law, such as B2; may be repeated
    #[arg(long, value_name = "ID", help_heading = "Rules")]
    pub(crate) draft: Vec<String>,
}

/// Arguments of `policy check`.
#[derive(Debug, Args)]
pub(crate) struct PolicyCheckArgs {
    /// Folder of the rule book; the built-in one if left out
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// Show how each text stands on this day; today if left out
    #[arg(long, value_name = "DATE")]
    pub(crate) on: Option<Date>,
    /// How to show what it holds
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: RulesFormat,
}

/// Arguments of `policy show`.
#[derive(Debug, Args)]
pub(crate) struct PolicyShowArgs {
    /// Folder to write to; it must be new or empty
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

/// Arguments of `policy test`.
#[derive(Debug, Args)]
pub(crate) struct PolicyTestArgs {
    /// Folder of the rule book; the built-in one if left out
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// How to show it
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: RulesFormat,
}

/// Arguments of `policy explain`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("of").required(true).args(["facts", "example"]))]
pub(crate) struct PolicyExplainArgs {
    /// The transfer, its parties and chips, in the form of the rule book's examples
    #[arg(value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,
    /// An example of the rule book instead, such as h20_to_china; `policy test` lists them
    #[arg(long, value_name = "NAME")]
    pub(crate) example: Option<String>,
    #[command(flatten)]
    pub(crate) book: BookArgs,
    #[command(flatten)]
    pub(crate) stand: StandArgs,
    /// How to show the decision; json: its canonical body, the same bytes everywhere
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: RulesFormat,
    /// End with code 4 unless the outcome is ALLOW
    #[arg(long)]
    pub(crate) exit_code: bool,
}

/// Arguments of `policy diff`.
#[derive(Debug, Args)]
pub(crate) struct PolicyDiffArgs {
    /// Transfers, a file each
    #[arg(value_name = "FILE", required = true)]
    pub(crate) facts: Vec<PathBuf>,
    /// Folder of the rule book before; the built-in one if left out
    #[arg(long, value_name = "DIR", help_heading = "Rules")]
    pub(crate) rules: Option<PathBuf>,
    /// Folder of the rule book after; the same as before if left out
    #[arg(long, value_name = "DIR", help_heading = "Rules")]
    pub(crate) to_rules: Option<PathBuf>,
    /// From this version or day, such as P02 or 2023-11-17; today if left out
    #[arg(long, value_name = "WHEN", help_heading = "Rules")]
    pub(crate) from: Option<String>,
    /// To this version or day, such as P13 or 2026-01-16; today if left out
    #[arg(long, value_name = "WHEN", help_heading = "Rules")]
    pub(crate) to: Option<String>,
    /// Apply this bill or draft after, as if it were law; may be repeated
    #[arg(long, value_name = "ID", help_heading = "Rules")]
    pub(crate) draft: Vec<String>,
    /// How to show it
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: RulesFormat,
    /// End with code 4 when anything flips
    #[arg(long)]
    pub(crate) exit_code: bool,
}

/// Arguments of `policy sign`.
#[derive(Debug, Args)]
pub(crate) struct PolicySignArgs {
    /// Folder of the rule book
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Sign with the key in this file, which `lightcone keys new --kind signing` makes
    #[arg(long, value_name = "FILE", required_unless_present = "check")]
    pub(crate) key: Option<PathBuf>,
    /// Where to write the signature; standard output if left out
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) out: Option<PathBuf>,
    /// Check the signature in this file instead
    #[arg(long, value_name = "FILE", requires = "public_key", conflicts_with = "key")]
    pub(crate) check: Option<PathBuf>,
    /// The public key that it must be by, as `lightcone keys show` prints it
    #[arg(long, value_name = "HEX", requires = "check")]
    pub(crate) public_key: Option<String>,
}

/// Arguments of `sku classify`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").required(true).args(["name", "file", "list"]))]
pub(crate) struct SkuClassifyArgs {
    /// A chip of the rule book, such as H20; see `--list`
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Chips of your own in this file, in the form of the rule book's chips.toml
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// List the chips that the rule book knows
    #[arg(long)]
    pub(crate) list: bool,
    #[command(flatten)]
    pub(crate) book: BookArgs,
    #[command(flatten)]
    pub(crate) stand: StandArgs,
    /// Under every version of the rules, each on the first day on which it was known and counted
    #[arg(long, help_heading = "Rules", conflicts_with_all = ["on", "under", "known"])]
    pub(crate) all: bool,
    /// How to show it
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: RulesFormat,
}
