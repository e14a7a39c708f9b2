//! Who one is to a server, what one may do, and why an agency looks.

use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use super::registry::ServerArgs;

/// Arguments of `whoami`.
#[derive(Debug, Args)]
pub(crate) struct WhoamiArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// Arguments of `can-i`.
#[derive(Debug, Args)]
pub(crate) struct CanIArgs {
    /// The call, such as SiteService/CreateSite
    #[arg(value_name = "CALL")]
    pub(crate) call: String,
    /// The record that it is about, such as sites/jurong
    #[arg(value_name = "NAME", default_value = "", hide_default_value = true)]
    pub(crate) resource: String,
    /// Ask for a subject with this role alone; yours, or any for auditors and supervisors
    #[arg(long, value_name = "ROLE")]
    pub(crate) as_role: Option<RoleName>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// A role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleName {
    /// Runs data centres
    SiteOwner,
    /// Sells chips
    OrderDesk,
    /// Looks after a buyer's rights
    BuyersCounsel,
    /// A landmark's daemon
    Landmark,
    /// Runs landmarks
    LandmarkOperator,
    /// An agent beside chips
    Agent,
    /// Places work
    Scheduler,
    /// Visits sites
    Inspector,
    /// Works on cases of an agency
    Analyst,
    /// Answers for an agency's analysts
    Supervisor,
    /// Looks at what was done
    Auditor,
    /// Anyone
    Public,
}

/// What to do with a case.
#[derive(Debug, Subcommand)]
pub(crate) enum CaseCommand {
    /// Ask for a case on a site; a second person has to agree
    Request(RequestCaseArgs),
    /// Agree to a case that somebody else asked for
    Approve(CaseArgs),
    /// End a case; what it was about is sealed again
    Close(CaseArgs),
}

/// Arguments of `case request`.
#[derive(Debug, Args)]
pub(crate) struct RequestCaseArgs {
    /// What it is about
    #[arg(value_name = "sites/SITE")]
    pub(crate) site: String,
    /// Why; the site's owner reads it with every look
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// How many days it is to be open, 1 to 30
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub(crate) days: u64,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

impl RequestCaseArgs {
    /// How long it is to be open.
    pub(crate) fn duration(&self) -> Duration {
        Duration::from_secs(self.days.saturating_mul(86_400))
    }
}

/// Arguments of `case approve` and `case close`.
#[derive(Debug, Args)]
pub(crate) struct CaseArgs {
    /// The case
    #[arg(value_name = "cases/CASE")]
    pub(crate) case: String,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}
