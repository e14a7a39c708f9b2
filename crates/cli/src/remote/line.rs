//! A connection that commands share: a runtime, a channel, and how refusals are told.

use std::time::Duration;

use lightcone_identity::dial::{self, DialError};
use lightcone_identity::{Credentials, TlsSettings};
use tokio::runtime::{Builder, Runtime};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

use super::caller::Caller;
use crate::args::WayArgs;
use crate::exit::{Failure, Outcome};
use crate::{out, stop};

/// How long one call may take.
const CALL_TIMEOUT: Duration = Duration::from_secs(60);
/// How often ctrl-c is looked for while the server works.
const STOP_INTERVAL: Duration = Duration::from_millis(50);

/// A connection.
pub(crate) struct Line {
    runtime: Runtime,
    channel: Wire,
}

/// A channel on which every call says who calls.
pub(crate) type Wire = InterceptedService<Channel, Caller>;

impl Line {
    /// Connects to a server such as `http://127.0.0.1:7443`, as a program: with a certificate or as nobody.
    pub(crate) fn connect(url: &str, tls: &TlsSettings) -> Outcome<Self> {
        Self::open(runtime()?, url, tls, Caller::nobody())
    }

    /// Connects to a server as whoever the command line, or else the login says.
    pub(crate) fn connect_as(url: &str, way: &WayArgs) -> Outcome<Self> {
        let runtime = runtime()?;
        let caller = runtime.block_on(stoppable(Caller::of(way, url)))??;
        Self::open(runtime, url, &way.tls.settings(), caller)
    }

    fn open(runtime: Runtime, url: &str, tls: &TlsSettings, caller: Caller) -> Outcome<Self> {
        if dial::is_exposed(url) {
            out::note(&format!(
                "note: {url} is not TLS: everyone on the way can read and change what is said; use https"
            ));
        }
        let credentials = runtime.block_on(Credentials::open(tls));
        let credentials = credentials.map_err(|error| Failure::input(error.to_string()))?;
        let channel = runtime.block_on(stoppable(dial::connect(url, &credentials)))?;
        let channel = channel.map_err(|error| not_reached(&error))?;
        Ok(Self { runtime, channel: InterceptedService::new(channel, caller) })
    }

    /// The channel, for clients.
    pub(crate) fn channel(&self) -> Wire {
        self.channel.clone()
    }

    /// Runs something until it is done or someone presses ctrl-c.
    pub(crate) fn wait<T>(&self, work: impl Future<Output = T>) -> Outcome<T> {
        self.runtime.block_on(stoppable(work))
    }

    /// Makes a call.
    pub(crate) fn call<T>(
        &self,
        call: impl Future<Output = Result<tonic::Response<T>, Status>>,
    ) -> Outcome<T> {
        self.wait(call)?.map(tonic::Response::into_inner).map_err(|status| refused(&status))
    }
}

fn runtime() -> Outcome<Runtime> {
    let built = Builder::new_current_thread().enable_all().build();
    built.map_err(|error| Failure::machine(format!("cannot start the network: {error}")))
}

/// Why there is no connection.
fn not_reached(error: &DialError) -> Failure {
    match error {
        DialError::Connect { .. } => Failure::server(format!("{error}; is `lightcone serve` running there?")),
        _ => Failure::usage(format!("--server {error}")),
    }
}

/// A request that does not wait for ever.
pub(crate) fn limited<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(CALL_TIMEOUT);
    request
}

/// Runs something until it is done or someone presses ctrl-c.
pub(crate) async fn stoppable<T>(work: impl Future<Output = T>) -> Outcome<T> {
    let pressed = async {
        while !stop::pressed() {
            tokio::time::sleep(STOP_INTERVAL).await;
        }
    };
    tokio::select! {
        done = work => Ok(done),
        () = pressed => Err(Failure::interrupted()),
    }
}

/// What a server's refusal says.
pub(crate) fn refused(status: &Status) -> Failure {
    let reason =
        status.get_details_error_info().map_or_else(String::new, |info| format!(" ({})", info.reason));
    let message = if status.message().is_empty() { status.code().description() } else { status.message() };
    // Without a reason of the service's own it is the way to it that failed.
    let is_away = status.code() == Code::Unavailable && reason.is_empty();
    let what = if is_away { "the server cannot be reached" } else { "the server refused" };
    Failure::server(format!("{what}: {message}{reason}"))
}
