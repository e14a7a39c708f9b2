//! Clients that send without end, each a process of its own.

use std::process::{Child, Command, Stdio};

use futures_util::StreamExt as _;
use futures_util::future::try_join_all;
use futures_util::stream;
use lightcone::v1;
use lightcone::v1::location_service_client::LocationServiceClient;

use crate::Failure;
use crate::options::Options;
use crate::served::Served;
use crate::workload::Workload;

/// Streams of a client that fills the bulk lane.
const STREAMS: usize = 2;

/// Starts one.
pub(crate) fn start(
    mut program: Command,
    mode: &str,
    served: &Served,
    options: &Options,
) -> Result<Child, Failure> {
    let landmarks = options.landmarks.to_string();
    Ok(program.args([mode, &served.url, "--landmarks", &landmarks]).stdin(Stdio::null()).spawn()?)
}

/// Is one that fills the bulk lane.
pub(crate) fn plain(address: &str, options: &Options) -> Result<(), Failure> {
    send(address, options, None, STREAMS)
}

/// Is one whose verdicts are explained, many milliseconds each.
pub(crate) fn explained(address: &str, options: &Options) -> Result<(), Failure> {
    let settings = v1::Settings { explain: true, liars: Some(3), ..v1::Settings::default() };
    send(address, options, Some(settings), 1)
}

fn send(
    address: &str,
    options: &Options,
    settings: Option<v1::Settings>,
    streams: usize,
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let workload = Workload::of(options)?;
    let send = |_| async {
        let frames = std::iter::once(workload.header(settings.clone())).chain(workload.frames(usize::MAX));
        let mut client = LocationServiceClient::connect(address.to_owned()).await?;
        let mut answers = client.batch_locate(stream::iter(frames)).await?.into_inner();
        while let Some(answer) = answers.next().await {
            answer?;
        }
        Ok::<(), Failure>(())
    };
    runtime.block_on(try_join_all((0..streams).map(send)))?;
    Ok(())
}
