//! A whole server process: runtime, telemetry, signals.

use std::future::Future;
use std::net::SocketAddr;

use tokio::runtime::{Builder, Runtime};
use tokio::signal;

use crate::config::InvalidSetting;
use crate::{Config, Server, telemetry};

/// Why a server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A setting that cannot hold.
    #[error(transparent)]
    Setting(#[from] InvalidSetting),
    /// A port that cannot be had.
    #[error("cannot listen on `{address}`: {cause}; is another server running there?")]
    Listen {
        /// Address and port.
        address: SocketAddr,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A socket that fails.
    #[error("socket fails: {0}")]
    Socket(std::io::Error),
    /// The system gives no threads.
    #[error("cannot start threads: {0}")]
    Threads(std::io::Error),
    /// The pool does not start.
    #[error(transparent)]
    Pool(#[from] lightcone_pool::StartError),
    /// The map is damaged.
    #[error(transparent)]
    Borders(#[from] lightcone_core::borders::CorruptBorders),
    /// The service's certificate cannot be had.
    #[error(transparent)]
    Identity(#[from] lightcone_identity::IdentityError),
    /// Identity providers that cannot be used.
    #[error(transparent)]
    Oidc(#[from] lightcone_oidc::OidcError),
    /// Rules of access that cannot be used.
    #[error(transparent)]
    Rules(#[from] crate::access::UnusableRules),
    /// The rule book that judges cannot be had.
    #[error(transparent)]
    RuleBook(#[from] crate::rules::UnusableBook),
    /// Reference values that cannot be used.
    #[error("{0}")]
    References(String),
    /// The authority cannot be opened.
    #[error("the authority of `authority.folder` cannot be opened: {0}")]
    Authority(#[from] lightcone_identity::authority::AuthorityError),
    /// What measuring needs at its start cannot be had.
    #[error("measuring does not start: {0}")]
    Measuring(String),
    /// The store cannot be had.
    #[error("cannot open the store: {0}")]
    Store(#[from] lightcone_store::StoreError),
    /// The data folder cannot be made.
    #[error("cannot make the data folder `{folder}`: {cause}; choose another with `store.folder`")]
    Folder {
        /// The folder.
        folder: std::path::PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// Another server uses the data folder.
    #[error("the folder `{}` is in use by another server; give each a `store.folder` of its own", folder.display())]
    FolderInUse {
        /// The folder.
        folder: std::path::PathBuf,
    },
    /// The service's key cannot be had.
    #[error("the service's key: {0}")]
    Key(#[from] lightcone_keyring::Error),
    /// Telemetry does not start.
    #[error("telemetry does not start: {0}")]
    Telemetry(String),
    /// A part that needs nothing from outside fails to start.
    #[error("the server fails to start; this is a fault of its own")]
    Start,
}

/// Runs a server until SIGINT or SIGTERM, in this process and with its own threads. Sets up the process's
/// log.
///
/// # Errors
/// The server does not start, or fails.
pub fn run(config: Config) -> Result<(), ServeError> {
    run_until(config, |_| {}, stop_signal)
}

/// Runs a server until `stop` is over; `ready` is shown it once it is bound, and may ask it where.
///
/// # Errors
/// The server does not start, or fails.
pub fn run_until<F>(
    config: Config,
    ready: impl FnOnce(&Server),
    stop: impl FnOnce() -> F,
) -> Result<(), ServeError>
where
    F: Future<Output = ()> + Send,
{
    config.check()?;
    let runtime = runtime(&config)?;
    // Exporters need the runtime to be there already.
    let telemetry = {
        let _entered = runtime.enter();
        telemetry::start(&config.telemetry)?
    };
    let served = runtime.block_on(async {
        let server = Server::bind(config).await?;
        ready(&server);
        server.serve(stop()).await
    });
    runtime.block_on(telemetry.stop());
    served
}

fn runtime(config: &Config) -> Result<Runtime, ServeError> {
    Builder::new_multi_thread()
        .worker_threads(config.io_threads())
        .thread_name("lightcone-io")
        .enable_all()
        .build()
        .map_err(ServeError::Threads)
}

/// SIGINT or, where there is one, SIGTERM.
async fn stop_signal() {
    let interrupted = async {
        if signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    };
    #[cfg(unix)]
    {
        let Ok(mut terminated) = signal::unix::signal(signal::unix::SignalKind::terminate()) else {
            return interrupted.await;
        };
        tokio::select! {
            () = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    interrupted.await;
}
