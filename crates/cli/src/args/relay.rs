//! Arguments of `relay`.

use std::net::SocketAddr;

use clap::Args;

/// Arguments of `relay`. The first `--listen` leads to the first `--landmark`, the second to the second.
#[derive(Debug, Args)]
pub(crate) struct RelayArgs {
    /// Where agents of the hall are to send to, as address:port; once for each --landmark
    #[arg(long, value_name = "ADDR", required = true)]
    pub(crate) listen: Vec<SocketAddr>,
    /// The landmark that this leads to, as address:port
    #[arg(long, value_name = "ADDR", required = true)]
    pub(crate) landmark: Vec<SocketAddr>,
}
