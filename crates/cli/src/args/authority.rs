//! A private authority, enrolment and renewal.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use lightcone_core::Metres;

use super::access::RoleName;
use super::registry::{Place, metres};
use super::tls::TlsArgs;

/// What to do with an authority.
#[derive(Debug, Subcommand)]
pub(crate) enum CaCommand {
    /// Make an authority: a root that stays offline, an issuer that a server may hold, a key of enrolment tokens
    Init {
        /// The folder to make it in
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        /// The name that it answers for; SPIFFE IDs begin with it
        #[arg(long, value_name = "NAME", default_value = "example.org")]
        trust_domain: String,
    },
    /// Make another issuer below the root: before the one that is there ends, or for another server
    Issuer {
        /// The authority's folder
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        /// The folder to write; it must hold no issuer yet
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Make a certificate with its key: certificate.pem, key.pem and bundle.pem
    Issue {
        /// The authority's folder, or an issuer's
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        /// Whose
        #[command(subcommand)]
        whose: Whose,
    },
    /// Show whose certificates are in a file, and how long they hold
    Show {
        /// PEM
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Print an enrolment token: whoever has it enters this landmark or agent, once
    Token {
        /// The authority's folder
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        /// What for
        #[command(subcommand)]
        what: TokenCommand,
    },
}

/// Whose certificate.
#[derive(Debug, Subcommand)]
pub(crate) enum Whose {
    /// A server
    Service {
        /// Its name
        #[arg(value_name = "NAME", default_value = "lightcone")]
        name: String,
        /// A DNS name that it is called by; may be repeated
        #[arg(long, value_name = "NAME")]
        dns: Vec<String>,
        /// An address that it is called by; may be repeated
        #[arg(long, value_name = "ADDRESS")]
        ip: Vec<IpAddr>,
        #[command(flatten)]
        issue: IssueArgs,
    },
    /// A landmark
    Landmark {
        /// The last part of its name, such as oslo-1
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        issue: IssueArgs,
    },
    /// An agent
    Agent {
        /// The last part of its name, such as rack-7
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        issue: IssueArgs,
    },
    /// A program of a tenant
    Tenant {
        /// Whose
        #[arg(value_name = "TENANT")]
        tenant: String,
        /// What it may do
        #[arg(long, value_name = "ROLE")]
        role: RoleName,
        /// What tells it from others of that role
        #[arg(long, value_name = "NAME")]
        name: String,
        #[command(flatten)]
        issue: IssueArgs,
    },
}

/// How a certificate is made.
#[derive(Debug, Args)]
pub(crate) struct IssueArgs {
    /// The folder to write
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// How long it holds
    #[arg(long, value_name = "N", default_value_t = 30)]
    days: u64,
    /// How long it holds, for shorter ones
    #[arg(long, value_name = "N", conflicts_with = "days")]
    hours: Option<u64>,
    /// Replace the files that are there
    #[arg(long)]
    pub(crate) replace: bool,
}

impl IssueArgs {
    /// How long it holds.
    pub(crate) fn life(&self) -> Duration {
        let hours = self.hours.unwrap_or(self.days.saturating_mul(24));
        Duration::from_secs(hours.saturating_mul(3_600))
    }
}

/// What a token enters.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// A landmark: a clock at a known place
    Landmark(Box<TokenLandmarkArgs>),
    /// An agent: the program on a host with chips
    Agent {
        /// The last part of its name, such as rack-7
        #[arg(value_name = "ID")]
        id: String,
        /// Where it is declared to be
        #[arg(long, value_name = "sites/SITE")]
        site: String,
        #[command(flatten)]
        token: TokenArgs,
    },
}

/// Arguments of `ca token landmark`.
#[derive(Debug, Args)]
pub(crate) struct TokenLandmarkArgs {
    /// The last part of its name, such as oslo-1
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Where it stands, in degrees
    #[arg(long, value_name = "LAT,LON", allow_hyphen_values = true)]
    pub(crate) point: Place,
    /// How far from there it may stand; there is no silent zero
    #[arg(long, value_name = "M", value_parser = metres)]
    pub(crate) position_error_m: Metres,
    /// How much longer than measured its round trips may have been, beyond its clock's own bound
    #[arg(long, value_name = "NS", default_value_t = 0)]
    pub(crate) clock_error_ns: u64,
    /// Who runs it
    #[arg(long, value_name = "NAME")]
    pub(crate) operator: String,
    /// Where it stands, as you call the place
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub(crate) site: String,
    /// Who has the keys of the room; else its operator
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub(crate) custodian: String,
    /// Whose machine or rack it is; else its operator's own
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub(crate) hosting_provider: String,
    /// Number of the autonomous system that carries its traffic
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) asn: u32,
    /// The host on which it is a virtual machine, as you call it; else it is a machine
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub(crate) virtual_host: String,
    #[command(flatten)]
    pub(crate) token: TokenArgs,
}

/// What every token has.
#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    /// Whose record it will be
    #[arg(long, value_name = "TENANT")]
    pub(crate) tenant: String,
    /// How long the token can be used, 1 to 24
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) hours: u64,
}

/// What is enrolled.
#[derive(Debug, Subcommand)]
pub(crate) enum EnrolCommand {
    /// A landmark
    Landmark {
        /// Where agents reach it; up to four times
        #[arg(long, value_name = "ADDRESS:PORT", required = true)]
        address: Vec<String>,
        #[command(flatten)]
        enrol: EnrolArgs,
    },
    /// An agent
    Agent {
        #[command(flatten)]
        enrol: EnrolArgs,
    },
}

/// How something is enrolled.
#[derive(Debug, Args)]
pub(crate) struct EnrolArgs {
    /// File of the token, as `lightcone ca token` prints it; `-` reads standard input
    #[arg(value_name = "TOKEN")]
    pub(crate) token: PathBuf,
    /// Folder of its keys and certificate; keys that are there are used
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The service
    #[arg(long, value_name = "URL", env = "LIGHTCONE_SERVER", default_value = "http://127.0.0.1:7443")]
    pub(crate) server: String,
    #[command(flatten)]
    pub(crate) tls: TlsArgs,
}

/// Arguments of `renew`.
#[derive(Debug, Args)]
pub(crate) struct RenewArgs {
    /// Do nothing while the certificate holds for longer than this
    #[arg(long, value_name = "N")]
    pub(crate) hours_left: Option<u64>,
    /// The service
    #[arg(long, value_name = "URL", env = "LIGHTCONE_SERVER", default_value = "http://127.0.0.1:7443")]
    pub(crate) server: String,
    #[command(flatten)]
    pub(crate) tls: TlsArgs,
}
