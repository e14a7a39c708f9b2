//! Hostile clients beside good ones: what part of their calls the good ones still get answered in time, what the
//! server takes up, and how soon it hangs up on those who say nothing.
//!
//! ```text
//! cargo bench -p lightcone-tests --bench hostile -- [--seconds N] [--long] [--only NAMES]
//! ```
//!
//! It starts a server as a process of its own and calls it at a fixed rate; then it is attacked, one way after another,
//! each by a process that stands back for all others and comes from eight addresses, the good clients' own among them.
//! On a machine of few cores even so an attacker takes time from the server. How much is measured by the same attack
//! on a process that only reads: what a server elsewhere would not lose. `--long` attacks for a minute each.
//!
//! It fails if good clients get less than 90 % of what they get in peace and less than 90 % of what they get while the
//! other process is attacked, or if a connection that says nothing lives for more than 10 seconds.

mod attack;
mod frames;
mod good;
mod options;
mod report;
mod served;
mod sink;

use std::error::Error;
use std::process::ExitCode;

use attack::Attack;
use good::{Good, Heard};
use options::{Mode, Options};
use report::Report;
use served::Served;

/// Anything that ends a measurement.
type Failure = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    let ended = Options::read(std::env::args().skip(1)).map_err(Failure::from).and_then(|options| {
        match options.mode {
            Mode::Serve => served::serve().map(|()| true),
            Mode::Sink => sink::read_on().map(|()| true),
            Mode::Attack { attack, target } => attack::run(attack, target, options.lasts).map(|()| true),
            Mode::Measure => measure(&options),
        }
    });
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            report::complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// Whether all held.
fn measure(options: &Options) -> Result<bool, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (served, sink) = (Served::server()?, Served::sink()?);
        let good = Good::of(&served).await?;
        good.calls(options.lasts).await?;
        let peace = good.calls(options.lasts).await?;
        let mut report = Report::new(&peace, served.memory_mib());
        for attack in Attack::ALL.into_iter().filter(|attack| options.wants(attack.as_str())) {
            let control = beside(&good, attack, &sink, options).await?;
            let heard = beside(&good, attack, &served, options).await?;
            report.row(attack, &heard, &control, served.memory_mib());
        }
        Ok(report.holds())
    })
}

/// Calls while that process is attacked; and what the attacker said at its end.
async fn beside(
    good: &Good,
    attack: Attack,
    target: &Served,
    options: &Options,
) -> Result<(Heard, String), Failure> {
    let attacker = served::attacker(attack, target, options.lasts)?;
    let heard = good.calls(options.lasts).await?;
    let said = tokio::task::spawn_blocking(move || attacker.wait_with_output()).await??;
    Ok((heard, String::from_utf8_lossy(&said.stdout).trim().to_owned()))
}
