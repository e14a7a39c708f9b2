//! The agent's bridge: an address on this host that stands for a landmark.

use std::future::pending;
use std::net::{Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::sleep;
use tokio_rustls::client::TlsStream;

use crate::carry::{Terms, carry};
use crate::counts::Counts;
use crate::frame::Toward;
use crate::source::{Loopbacks, reached};
use crate::{CarrierError, Limits, Way};

/// The first wait before a connection that broke is opened again; each further one is twice as long, plus chance.
const REDIAL_MIN: Duration = Duration::from_millis(250);
/// The longest of these waits, before chance.
const REDIAL_MAX: Duration = Duration::from_secs(10);
/// Datagrams that may have waited at a socket while there was no connection.
const STALE_MAX: usize = 4_096;

/// How it stands with an inlet.
#[derive(Clone, Debug)]
pub enum State {
    /// The first connection is being opened. Datagrams wait for it.
    Opening,
    /// It carries.
    Carrying,
    /// The connection broke and is opened again. Datagrams are lost.
    Broken,
    /// It could not be opened so far. It is tried again.
    Unreachable(Arc<CarrierError>),
}

/// An address that stands for a landmark, for one agent. The bridge ends when this is dropped.
pub struct Inlet {
    address: SocketAddr,
    state: watch::Receiver<State>,
    task: AbortHandle,
}

impl Inlet {
    /// Opens a bridge to the landmark's outlet, which listens on TCP where the landmark listens on UDP: at one of these
    /// addresses, tried in turn. `agent` is where the agent's socket is bound; nobody else is let in. The connection
    /// comes about beside; one that breaks is opened again. Where the landmark sees the agent then changes, as behind a
    /// NAT that forgot it, and the agent's next KEEP repairs that.
    ///
    /// Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`CarrierError::NoAddress`] or [`CarrierError::Bind`].
    pub async fn open(way: &Way, landmark: &[SocketAddr], agent: SocketAddr) -> Result<Self, CarrierError> {
        if landmark.is_empty() {
            return Err(CarrierError::NoAddress);
        }
        let socket = beside(agent).await?;
        let address = socket.local_addr().map_err(|source| CarrierError::Bind { address: agent, source })?;
        let (say, state) = watch::channel(State::Opening);
        let bridge = Bridge { way: way.clone(), landmark: landmark.to_vec(), socket, say };
        let task = tokio::spawn(bridge.keep()).abort_handle();
        Ok(Self { address, state, task })
    }

    /// Where the agent finds the landmark. Of the family of the agent's own address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How it stands, and how that changes.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// Waits until it carries, or an attempt has failed.
    ///
    /// # Errors
    /// Why the attempt failed. There will be others.
    pub async fn ready(&self) -> Result<(), Arc<CarrierError>> {
        let mut state = self.state();
        let known = state.wait_for(|state| matches!(state, State::Carrying | State::Unreachable(_))).await;
        match known.as_deref() {
            Ok(State::Unreachable(error)) => Err(Arc::clone(error)),
            // The task says something before it ends, and it ends with this.
            _ => Ok(()),
        }
    }
}

impl Drop for Inlet {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Bridge {
    way: Way,
    landmark: Vec<SocketAddr>,
    socket: UdpSocket,
    say: watch::Sender<State>,
}

impl Bridge {
    async fn keep(self) {
        let Limits { write, datagrams_per_second, .. } = Limits::default();
        // A landmark may have nothing to say for minutes; a connection that is dead is found by what the agent says.
        let terms = Terms { toward: Toward::Agent, idle: None, write, per_second: datagrams_per_second };
        loop {
            let (mut stream, landmark) = self.dial().await;
            self.say.send_replace(State::Carrying);
            let end = carry(&mut stream, &self.socket, &terms, &Counts::default()).await;
            tracing::debug!(%landmark, %end, "connection ended");
            self.say.send_replace(State::Broken);
        }
    }

    /// Tries until there is a connection. The first attempt is made at once, unless one broke just before.
    async fn dial(&self) -> (TlsStream<TcpStream>, SocketAddr) {
        let is_first = matches!(*self.say.borrow(), State::Opening);
        let waits = ExponentialBuilder::default().with_min_delay(REDIAL_MIN).with_max_delay(REDIAL_MAX);
        let mut waits = waits.without_max_times().with_jitter().build();
        for (attempt, &landmark) in self.landmark.iter().cycle().enumerate() {
            if attempt > 0 || !is_first {
                sleep(waits.next().unwrap_or(REDIAL_MAX)).await;
            }
            match self.way.dial(landmark).await {
                Ok(stream) => {
                    if !is_first {
                        self.forget_stale();
                    }
                    return (stream, landmark);
                }
                Err(error) => {
                    tracing::warn!(%landmark, %error, "not reached");
                    self.say.send_replace(State::Unreachable(Arc::new(error)));
                }
            }
        }
        pending().await
    }

    /// What the agent said meanwhile is answered to nobody any more.
    fn forget_stale(&self) {
        for _ in 0..STALE_MAX {
            if self.socket.try_recv(&mut [0; 1]).is_err() {
                return;
            }
        }
    }
}

/// A socket that hears nobody but the agent. Of its own address where there are many, so that the agent's bounds on one
/// landmark do not touch another.
async fn beside(agent: SocketAddr) -> Result<UdpSocket, CarrierError> {
    let agent = reached(agent);
    let address = match agent {
        SocketAddr::V4(_) => SocketAddr::from((Loopbacks::default().of(()), 0)),
        SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
    };
    let failed = |source| CarrierError::Bind { address, source };
    let socket = UdpSocket::bind(address).await.map_err(failed)?;
    socket.connect(agent).await.map_err(failed)?;
    Ok(socket)
}
