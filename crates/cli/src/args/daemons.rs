//! The programs that measure and answer, and their keys.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[cfg(feature = "agent")]
use super::PlainFormat;
use super::TlsArgs;

/// How a daemon tells what it does.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct LogArgs {
    /// What is logged on standard error: a level, or target=level,…
    #[arg(long, value_name = "FILTER", env = "LIGHTCONE_LOG", default_value = "info")]
    pub(crate) log: String,
    /// Form of the log
    #[arg(long, value_name = "FORM", env = "LIGHTCONE_LOG_FORMAT", default_value = "human")]
    pub(crate) log_format: LogFormat,
}

/// Form of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Human,
    /// One object a line
    Json,
}

/// Arguments of `landmark`. Flags win over the environment, which wins over the file.
#[cfg(feature = "landmark")]
#[derive(Clone, Debug, Args)]
pub(crate) struct LandmarkArgs {
    /// TOML file of settings
    #[arg(long, value_name = "FILE", env = "LIGHTCONE_LANDMARK_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Check the settings, print all that hold, defaults included, and end
    #[arg(long)]
    pub(crate) print_config: bool,
    /// The service
    #[arg(long, value_name = "URL", env = "LIGHTCONE_LANDMARK_SERVICE")]
    pub(crate) service: Option<String>,
    /// The name under which it is registered
    #[arg(long = "name", value_name = "landmarks/LANDMARK", env = "LIGHTCONE_LANDMARK_NAME")]
    pub(crate) landmark: Option<String>,
    /// The version of its place that it stands at
    #[arg(long, value_name = "N", env = "LIGHTCONE_LANDMARK_POSITION_VERSION")]
    pub(crate) position_version: Option<u32>,
    /// File of the Ed25519 key that signs reports
    #[arg(long, value_name = "FILE", env = "LIGHTCONE_LANDMARK_SIGNING_KEY")]
    pub(crate) signing_key: Option<PathBuf>,
    /// File of the X25519 key of its handshakes
    #[arg(long, value_name = "FILE", env = "LIGHTCONE_LANDMARK_EXCHANGE_KEY")]
    pub(crate) exchange_key: Option<PathBuf>,
    /// The service's public key, as `lightcone keys show` prints it
    #[arg(long, value_name = "KEY", env = "LIGHTCONE_LANDMARK_VERIFIER_KEY")]
    pub(crate) verifier_key: Option<String>,
    /// IPv4 address and port where agents greet it; empty: none
    #[arg(long, value_name = "ADDR", env = "LIGHTCONE_LANDMARK_LISTEN_V4")]
    pub(crate) listen_v4: Option<String>,
    /// IPv6 address and port where agents greet it; empty: none
    #[arg(long, value_name = "ADDR", env = "LIGHTCONE_LANDMARK_LISTEN_V6")]
    pub(crate) listen_v6: Option<String>,
    /// Folder of the reports that the service does not have yet
    #[arg(long, value_name = "DIR", env = "LIGHTCONE_LANDMARK_DATA")]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) tls: TlsArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,
}

/// Arguments of `agent`. Flags win over the environment, which wins over the file.
#[cfg(feature = "agent")]
#[derive(Clone, Debug, Args)]
#[command(subcommand_negates_reqs = true)]
pub(crate) struct AgentArgs {
    #[command(subcommand)]
    pub(crate) command: Option<AgentCommand>,
    /// TOML file of settings
    #[arg(long, value_name = "FILE", env = "LIGHTCONE_AGENT_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Check the settings, print all that hold, defaults included, and end
    #[arg(long)]
    pub(crate) print_config: bool,
    /// The service
    #[arg(long, value_name = "URL", env = "LIGHTCONE_AGENT_SERVICE")]
    pub(crate) service: Option<String>,
    /// The name under which it is registered
    #[arg(long = "name", value_name = "agents/AGENT", env = "LIGHTCONE_AGENT_NAME")]
    pub(crate) agent: Option<String>,
    /// File of the Ed25519 key that signs evidence
    #[arg(long, value_name = "FILE", env = "LIGHTCONE_AGENT_IDENTITY_KEY")]
    pub(crate) identity_key: Option<PathBuf>,
    /// The service's public key, as `lightcone keys show` prints it
    #[arg(long, value_name = "KEY", env = "LIGHTCONE_AGENT_VERIFIER_KEY")]
    pub(crate) verifier_key: Option<String>,
    /// Local IPv4 address and port to answer from; empty: none
    #[arg(long, value_name = "ADDR", env = "LIGHTCONE_AGENT_BIND_V4")]
    pub(crate) bind_v4: Option<String>,
    /// Local IPv6 address and port to answer from; empty: none
    #[arg(long, value_name = "ADDR", env = "LIGHTCONE_AGENT_BIND_V6")]
    pub(crate) bind_v6: Option<String>,
    /// The most landmarks to answer in one session
    #[arg(long, value_name = "N", env = "LIGHTCONE_AGENT_LANDMARKS_MAX")]
    pub(crate) landmarks_max: Option<usize>,
    #[command(flatten)]
    pub(crate) tls: TlsArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,
}

/// What to do on an agent's host, besides running it.
#[cfg(feature = "agent")]
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum AgentCommand {
    /// Tell what this host can prove, what it lacks, and what to do about it
    Doctor {
        /// How to show it
        #[arg(short, long, value_name = "FORMAT", default_value = "table")]
        output: PlainFormat,
    },
    /// Show that this host's TPM holds the key of its quotes, once, so that they count. Settings as for the agent
    #[cfg(feature = "tpm")]
    Enrol {
        /// Write the measured registers to this file, as an image for reference values
        #[arg(long, value_name = "FILE", requires = "image_name")]
        image_out: Option<PathBuf>,
        /// What to call that image
        #[arg(long, value_name = "NAME")]
        image_name: Option<String>,
    },
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key and print its public half
    New {
        /// What it is for: signing (Ed25519) or exchange (X25519, handshakes)
        #[arg(long, value_name = "KIND")]
        kind: KeyKind,
        /// The file to write; it must not be there yet, and only you can read it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Print the public half of a key
    Show {
        /// The key's file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyKind {
    /// Ed25519: signs reports, evidence, plans
    Signing,
    /// X25519: makes a landmark's handshakes
    Exchange,
}
