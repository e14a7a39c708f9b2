//! TLS on a socket that was let in.

use std::time::{Instant, SystemTime};

use lightcone_identity::{Identity, Peer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::caps::Place;
use super::speech::Speech;

/// Why no hands were shaken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoHandshake {
    /// It took too long, the wait for a turn among it.
    Late,
    /// It is none, or a certificate that is not accepted.
    Refused,
}

impl NoHandshake {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Refused => "refused",
        }
    }
}

/// Shakes hands until then, and finds out who is at the other end, if it says so.
pub(super) async fn shake(
    socket: TcpStream,
    identity: &Identity,
    speech: Speech,
    place: &Place,
    until: Instant,
) -> Result<(TlsStream<TcpStream>, Option<Peer>), NoHandshake> {
    let shaken = async {
        let _turn = place.turn().await.ok_or(NoHandshake::Late)?;
        let acceptor = TlsAcceptor::from(speech.tls(identity));
        acceptor.accept(socket).await.map_err(|error| refused(&error))
    };
    let stream = tokio::time::timeout_at(until.into(), shaken).await.map_err(|_| NoHandshake::Late)??;
    let chain = stream.get_ref().1.peer_certificates();
    // The handshake looked at it already; what is kept is who it is.
    let peer = chain.map(|chain| identity.peer(chain, SystemTime::now()));
    let peer = peer.transpose().map_err(|error| refused(&error))?;
    Ok((stream, peer))
}

fn refused(error: &dyn std::error::Error) -> NoHandshake {
    tracing::debug!(error = %error, "no handshake");
    NoHandshake::Refused
}
