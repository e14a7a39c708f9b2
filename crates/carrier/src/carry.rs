//! The loop of both bridges: datagrams out of a stream into a socket, and back.

use std::fmt;
use std::future::pending;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::UdpSocket;
use tokio::select;
use tokio::time::{Instant, sleep_until, timeout};

use crate::counts::{Counts, add};
use crate::frame::{FRAME_BYTES_MAX, Frames, Garbage, HEADER_BYTES, Toward};
use crate::pace::Pace;

/// How a bridge carries.
pub(crate) struct Terms {
    /// Which way what comes out of the stream goes.
    pub(crate) toward: Toward,
    /// Without a whole datagram from the stream for this long it ends; none: never.
    pub(crate) idle: Option<Duration>,
    /// A datagram that the stream does not take within this ends it.
    pub(crate) write: Duration,
    /// Datagrams from the stream.
    pub(crate) per_second: u32,
}

/// Why a stream is carried no further.
#[derive(Debug)]
pub(crate) enum End {
    Closed,
    Garbage(u16),
    Idle,
    Stuck,
    Broken(io::Error),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the other end closed it"),
            Self::Garbage(length) => write!(f, "{length} is no length of the protocol"),
            Self::Idle => f.write_str("nothing came for long"),
            Self::Stuck => f.write_str("a datagram was not taken in time"),
            Self::Broken(error) => error.fmt(f),
        }
    }
}

impl From<Garbage> for End {
    fn from(garbage: Garbage) -> Self {
        Self::Garbage(garbage.0)
    }
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

/// Carries until the stream ends. The socket is connected to the end of the protocol that is on this host.
pub(crate) async fn carry<S>(stream: &mut S, socket: &UdpSocket, terms: &Terms, counts: &Counts) -> End
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match attempt(stream, socket, terms, counts).await {
        Ok(()) => End::Closed,
        Err(end) => end,
    }
}

async fn attempt<S>(stream: &mut S, socket: &UdpSocket, terms: &Terms, counts: &Counts) -> Result<(), End>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut frames = Frames::new(terms.toward);
    let mut pace = Pace::new(terms.per_second);
    let mut heard = Instant::now();
    // One byte more than the longest, so that a longer one is not taken for it.
    let mut frame = [0; FRAME_BYTES_MAX + 1];
    loop {
        select! {
            read = stream.read(frames.space()) => {
                let read = read?;
                if read == 0 {
                    return Ok(());
                }
                frames.put(read);
                while let Some(datagram) = frames.next()? {
                    pace.take().await;
                    hand_over(socket, datagram).await;
                    add(&counts.taken);
                    heard = Instant::now();
                }
            }
            got = socket.recv(&mut frame[HEADER_BYTES..]) => {
                // An error is word that the other socket is closed just now: its datagrams are lost.
                if let Some(length) = got.ok().filter(|length| terms.toward.back().has(*length)) {
                    frame[..HEADER_BYTES].copy_from_slice(&(length as u16).to_be_bytes());
                    put(stream, &frame[..HEADER_BYTES + length], terms.write).await?;
                    add(&counts.put);
                }
            }
            () = silence(heard, terms.idle) => return Err(End::Idle),
        }
    }
}

/// What cannot be sent is lost, as datagrams are.
async fn hand_over(socket: &UdpSocket, datagram: &[u8]) {
    let _ = socket.send(datagram).await;
}

async fn put<S: AsyncWrite + Unpin>(stream: &mut S, frame: &[u8], within: Duration) -> Result<(), End> {
    let written = timeout(within, async {
        stream.write_all(frame).await?;
        stream.flush().await
    });
    Ok(written.await.map_err(|_| End::Stuck)??)
}

async fn silence(heard: Instant, idle: Option<Duration>) {
    match idle {
        Some(idle) => sleep_until(heard + idle).await,
        None => pending().await,
    }
}
