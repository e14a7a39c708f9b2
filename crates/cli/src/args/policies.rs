//! Who may do what on a server: its policies and directory, checked and compared before they are in force.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What to do with policies.
#[derive(Debug, Subcommand)]
pub(crate) enum AccessCommand {
    /// Print the built-in policies, to begin one's own from
    Show(AccessShowArgs),
    /// Check policies and a directory, and show which role may do what
    Check(AccessCheckArgs),
    /// Show what an edit of the policies newly allows, and what it no longer does
    Compare(AccessCompareArgs),
}

/// Arguments of `access show`.
#[derive(Debug, Args)]
pub(crate) struct AccessShowArgs {
    /// Print the schema instead: what policies may speak of
    #[arg(long)]
    pub(crate) schema: bool,
}

/// Arguments of `access check`.
#[derive(Debug, Args)]
pub(crate) struct AccessCheckArgs {
    /// The policies; the built-in ones if left out
    #[arg(value_name = "POLICIES")]
    pub(crate) policies: Option<PathBuf>,
    /// The directory of tenants, machines and people
    #[arg(long, value_name = "FILE")]
    pub(crate) directory: Option<PathBuf>,
}

/// Arguments of `access compare`.
#[derive(Debug, Args)]
pub(crate) struct AccessCompareArgs {
    /// The edited policies
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    /// The policies before; the built-in ones if left out
    #[arg(long, value_name = "OLD")]
    pub(crate) old: Option<PathBuf>,
    /// End with code 4 when something is newly allowed
    #[arg(long)]
    pub(crate) exit_code: bool,
}
