//! The landmark's bridge: takes connections in, and gives each a socket to the landmark.

use std::io;
use std::net::{SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::select;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;

use crate::carry::{Terms, carry};
use crate::counts::{Counts, add};
use crate::dial::prompt;
use crate::frame::Toward;
use crate::seats::{Seat, Seats};
use crate::source::{Loopbacks, Source, reached};
use crate::{CarrierError, Certificate, Counted, Limits};

/// How long nobody is let in after the system could not: too many open files, most likely.
const BREATH: Duration = Duration::from_millis(100);

/// What an outlet is.
#[derive(Clone, Debug)]
pub struct OutletSettings {
    /// Where it listens, on TCP: the landmark's own address and port, so that a plan need not name two.
    pub listen: SocketAddr,
    /// Where the landmark listens on this host, on UDP. IPv4, because only there has a host enough addresses of its own to
    /// tell strangers apart; what comes in may be IPv6.
    pub landmark: SocketAddrV4,
    /// What it shows.
    pub certificate: Certificate,
    /// What it agrees to (ALPN, RFC 7301) with those who offer something. Empty: anything is ignored.
    pub alpn: Vec<String>,
    /// Bounds on strangers.
    pub limits: Limits,
}

/// A bridge from TLS on TCP to the landmark. Ends when dropped, and all its connections with it.
pub struct Outlet {
    address: SocketAddr,
    counts: Arc<Counts>,
    task: AbortHandle,
}

impl Outlet {
    /// Opens it. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// The address cannot be bound, or the certificate cannot be used.
    pub async fn open(settings: OutletSettings) -> Result<Self, CarrierError> {
        let OutletSettings { listen, landmark, certificate, alpn, limits } = settings;
        let acceptor = TlsAcceptor::from(certificate.config(&alpn)?);
        let failed = |source| CarrierError::Bind { address: listen, source };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let counts = Arc::new(Counts::default());
        let bridge = Bridge {
            acceptor,
            landmark: reached(landmark.into()),
            limits,
            loopbacks: Loopbacks::default(),
            counts: Arc::clone(&counts),
        };
        let task = tokio::spawn(accept(listener, Arc::new(bridge))).abort_handle();
        Ok(Self { address, counts, task })
    }

    /// Where it listens, port included.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has done so far.
    #[must_use]
    pub fn counted(&self) -> Counted {
        self.counts.so_far()
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Bridge {
    acceptor: TlsAcceptor,
    landmark: SocketAddr,
    limits: Limits,
    loopbacks: Loopbacks,
    counts: Arc<Counts>,
}

/// For ever. Its connections go with it.
async fn accept(listener: TcpListener, bridge: Arc<Bridge>) {
    let seats = Seats::new(bridge.limits.connections, bridge.limits.connections_per_source);
    let mut connections = JoinSet::new();
    loop {
        let accepted = select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((stream, from)) => {
                let source = Source::from(from.ip());
                match seats.take(source) {
                    Some(seat) => drop(connections.spawn(serve(Arc::clone(&bridge), stream, source, seat))),
                    None => add(&bridge.counts.refused),
                }
            }
            Err(error) => {
                tracing::warn!(%error, "no connection can be let in for now");
                sleep(BREATH).await;
            }
        }
    }
}

async fn serve(bridge: Arc<Bridge>, stream: TcpStream, source: Source, seat: Seat) {
    let seated = Instant::now();
    if let Err(error) = bridge.serve(stream, source).await {
        tracing::debug!(%error, "connection not carried");
    }
    sleep_until(seated + bridge.limits.seat_min).await;
    drop(seat);
}

impl Bridge {
    async fn serve(&self, stream: TcpStream, source: Source) -> io::Result<()> {
        prompt(&stream);
        let shaken = timeout(self.limits.handshake, self.acceptor.accept(stream)).await;
        let shaken = shaken.unwrap_or_else(|late| Err(late.into()));
        let mut stream = shaken.inspect_err(|_| add(&self.counts.unshaken))?;
        let socket = UdpSocket::bind((self.loopbacks.of(source), 0)).await?;
        socket.connect(self.landmark).await?;
        add(&self.counts.carried);
        let terms = Terms {
            toward: Toward::Landmark,
            idle: Some(self.limits.idle),
            write: self.limits.write,
            per_second: self.limits.datagrams_per_second,
        };
        let end = carry(&mut stream, &socket, &terms, &self.counts).await;
        tracing::debug!(%end, "connection ended");
        self.counts.ended(&end);
        Ok(())
    }
}
