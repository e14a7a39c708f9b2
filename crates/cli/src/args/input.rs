//! Where measurements come from.

use std::path::PathBuf;

use clap::Args;
use lightcone_core::Metres;

/// The two files, and how landmarks are taken from them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct MeshArgs {
    /// CSV file of places: id,name,lat,lon[,country,quality,role,kind,pos_err_km,clock_err_ns,group]
    #[arg(long, value_name = "FILE")]
    pub(crate) nodes: PathBuf,
    /// CSV file of round trips: src,dst,min_rtt_ms; of a pair, the shortest of both directions counts
    #[arg(long, value_name = "FILE")]
    pub(crate) rtt: PathBuf,
    /// How far landmarks may stand from their coordinates; else column pos_err_km says it
    #[arg(long, value_name = "K", value_parser = kilometres)]
    pub(crate) position_error_km: Option<Metres>,
}

/// Kilometres of the command line.
pub(crate) fn kilometres(text: &str) -> Result<Metres, String> {
    let km: f64 = text.parse().map_err(|_| "is not a number of kilometres".to_owned())?;
    Metres::new(km * 1_000.0).map_err(|_| "is not within 0 and 20,100 km".to_owned())
}
