//! Arguments of what runs whole systems on this machine.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Folder for pictures and the store of this run; a demo's folder of before is replaced
    #[arg(long, value_name = "DIR", default_value = "lightcone-demo")]
    pub(crate) out: PathBuf,
    /// Address and port of the service; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(crate) listen: String,
    /// Leave the service up in the end, until ctrl-c
    #[arg(long)]
    pub(crate) keep: bool,
}

/// What to do with attacks.
#[derive(Debug, Subcommand)]
pub(crate) enum AttackCommand {
    /// List them: what is done, what an attacker needs, what must come of it
    List,
    /// Try one, or all, on a system of their own and hold what is found against what must come of it
    Run(AttackRunArgs),
    /// Stand between an agent and a landmark of yours, and do it to their datagrams
    Relay(AttackRelayArgs),
}

/// Arguments of `attack run`.
#[derive(Debug, Args)]
pub(crate) struct AttackRunArgs {
    /// Its name, as listed; `all` for all of them
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
}

/// Arguments of `attack relay`.
#[derive(Debug, Args)]
pub(crate) struct AttackRelayArgs {
    /// Where agents are to send to, as address:port
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: std::net::SocketAddr,
    /// The landmark of yours that it stands in front of, as address:port
    #[arg(long, value_name = "ADDR")]
    pub(crate) landmark: std::net::SocketAddr,
    /// Hold every answer back so long, in milliseconds
    #[arg(long, value_name = "MS", default_value = "0")]
    pub(crate) add_delay_ms: u64,
    /// Lose this share of datagrams, 0 to 1
    #[arg(long, value_name = "SHARE", default_value = "0")]
    pub(crate) lose: f64,
    /// Flip a bit in this share of datagrams, 0 to 1
    #[arg(long, value_name = "SHARE", default_value = "0")]
    pub(crate) corrupt: f64,
    /// Send every answer again this much later, in milliseconds
    #[arg(long, value_name = "MS")]
    pub(crate) replay_ms: Option<u64>,
    /// Answer challenges with made-up proofs this soon, in microseconds
    #[arg(long, value_name = "US")]
    pub(crate) early_us: Option<u64>,
    /// Deliver nothing
    #[arg(long)]
    pub(crate) silence: bool,
}
