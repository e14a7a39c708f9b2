//! What a server carries, measured from outside: processor time per chip, latencies beside a full bulk lane,
//! goodput beyond capacity, and how soon a killed client's cores are free.
//!
//! ```text
//! cargo bench -p lightcone-tests --bench load -- [--quick] [--landmarks N] [--data FOLDER] [--only NAMES]
//! ```
//!
//! It starts the server as a process of its own, on a free port of this machine. `--data` takes a folder with
//! `nodes.csv` and `rtt.csv` and locates each node by all others; without it the world is made from a seed.
//! NAMES are any of `cost,latency,placement,overload,kill,ingest`, parted by commas. `ingest` needs no landmarks of its own:
//! it brings signed reports of 64 samples to a server on SQLite and, where one answers, on PostgreSQL.

mod cost;
mod flood;
mod ingest;
mod kill;
mod latency;
mod options;
mod overload;
mod placement;
mod processor;
mod rank;
mod served;
mod table;
mod ticks;
mod workload;

use std::error::Error;
use std::process::ExitCode;

use options::{Mode, Options};
use served::Served;
use table::Table;
use workload::Workload;

/// Anything that ends a measurement.
type Failure = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    let ended = Options::read(std::env::args().skip(1)).map_err(Failure::from).and_then(|options| {
        match options.mode {
            Mode::Serve => served::serve(&options),
            Mode::Echo => placement::echo(),
            Mode::Client { ref address } => flood::explained(address, &options),
            Mode::Flood { ref address } => flood::plain(address, &options),
            Mode::Measure => measure(&options),
        }
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            table::complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> Result<(), Failure> {
    // One thread: on two cores every further one is in the way of what is measured.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let workload = Workload::of(options)?;
    let mut table = Table::new(&workload.describe());
    let rank =
        if rank::go_ahead() { "ahead of the server" } else { "beside the server, and so in its figures" };
    table.row("rank of this program, which measures", rank, "");
    runtime.block_on(async {
        if options.wants("cost") {
            cost::measure(&Served::start().await?, &workload, options, &mut table).await?;
        }
        if options.wants("latency") {
            latency::measure(&Served::start().await?, &workload, options, &mut table).await?;
        }
        if options.wants("placement") {
            placement::measure(options, &mut table).await?;
        }
        if options.wants("overload") {
            overload::measure(&Served::start().await?, options, &mut table).await?;
        }
        if options.wants("kill") {
            kill::measure(&Served::start().await?, options, &mut table).await?;
        }
        if options.wants("ingest") {
            ingest::measure(options, &mut table).await?;
        }
        Ok(())
    })
}
