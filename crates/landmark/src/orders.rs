//! The door: what the service sends becomes an assignment or a plan that may be followed, or is refused.

use std::net::SocketAddr;

use lightcone::names::MeshSessionName;
use lightcone::v1;
use lightcone_probe::assignment::Assignment;
use lightcone_probe::plan::{Plan, PlannedLandmark, Window};
use lightcone_probe::{Binding, LandmarkId, SessionId, Signature};
use prost_types::Timestamp;

use crate::config::Settings;
use crate::error::Refused;

/// Takes leave to challenge somebody.
pub(crate) fn assignment(
    wire: &v1::Assignment,
    own: LandmarkId,
    settings: &Settings,
) -> Result<Assignment, Refused> {
    let door = Door { message: "assignment" };
    let told = u32::try_from(wire.position_version)
        .map_err(|_| door.field("position_version", "versions begin with 1"))?;
    if told != settings.position_version {
        return Err(Refused::Moved(told));
    }
    let assignment = Assignment {
        session: SessionId(door.array(&wire.session_id, "session_id", "it is 8 bytes")?),
        landmark: own,
        binding: Binding(door.array(&wire.binding, "binding", "it is 32 bytes")?),
        agent_x25519: door.array(&wire.peer_exchange_key, "peer_exchange_key", "it is 32 bytes")?,
        position_version: told,
        window: door.window(wire.probes, wire.begin_time.as_ref(), wire.end_time.as_ref())?,
    };
    // The canonical form has the limits; reading it back is to keep to them.
    Assignment::read(&assignment.signing_bytes()).map_err(|error| Refused::NotOrdered(error.into()))
}

/// Takes leave to answer another landmark, signed by the service.
pub(crate) fn plan(wire: &v1::Plan, settings: &Settings) -> Result<Plan, Refused> {
    let door = Door { message: "plan" };
    let own = MeshSessionName::parse(&wire.session)
        .is_ok_and(|session| session.landmark == settings.landmark.landmark);
    if !own {
        return Err(
            door.field("session", "it is one of this landmark, landmarks/{landmark}/sessions/{session}")
        );
    }
    let mut landmarks =
        wire.landmarks.iter().map(|peer| door.peer(peer)).collect::<Result<Vec<_>, Refused>>()?;
    landmarks.sort_by_key(|landmark| landmark.id);
    let plan = Plan {
        session: SessionId(door.array(&wire.session_id, "session_id", "it is 8 bytes")?),
        binding: Binding(door.array(&wire.binding, "binding", "it is 32 bytes")?),
        window: door.window(wire.probes, wire.begin_time.as_ref(), wire.end_time.as_ref())?,
        landmarks,
    };
    let signature = Signature(door.array(&wire.signature, "signature", "it is 64 bytes")?);
    Ok(Plan::open(&plan.signing_bytes(), &signature, &settings.verifier)?)
}

/// Names the message in what it refuses.
struct Door {
    message: &'static str,
}

impl Door {
    const fn field(&self, field: &'static str, remedy: &'static str) -> Refused {
        Refused::Field { message: self.message, field, remedy }
    }

    fn array<const N: usize>(
        &self,
        bytes: &[u8],
        name: &'static str,
        remedy: &'static str,
    ) -> Result<[u8; N], Refused> {
        bytes.try_into().map_err(|_| self.field(name, remedy))
    }

    fn window(
        &self,
        probes: u32,
        begin: Option<&Timestamp>,
        end: Option<&Timestamp>,
    ) -> Result<Window, Refused> {
        Ok(Window {
            probes: u16::try_from(probes).map_err(|_| self.field("probes", "it is 1 to 256"))?,
            not_before_ns: self.nanoseconds(begin, "begin_time")?,
            not_after_ns: self.nanoseconds(end, "end_time")?,
        })
    }

    fn nanoseconds(&self, time: Option<&Timestamp>, name: &'static str) -> Result<i64, Refused> {
        let read = |time: &Timestamp| time.seconds.checked_mul(1_000_000_000)?.checked_add(time.nanos.into());
        time.and_then(read).ok_or_else(|| self.field(name, "it is a moment between 1970 and 2262"))
    }

    fn peer(&self, peer: &v1::plan::Peer) -> Result<PlannedLandmark, Refused> {
        let x25519 = self.array(&peer.exchange_key, "landmarks.exchange_key", "it is 32 bytes")?;
        let mut landmark = PlannedLandmark { id: LandmarkId::of(&x25519), x25519, v4: None, v6: None };
        for text in &peer.addresses {
            let is_host = |address: &SocketAddr| {
                !address.ip().is_unspecified() && !address.ip().is_multicast() && address.port() != 0
            };
            let address = text.parse().ok().filter(is_host);
            match address
                .ok_or_else(|| self.field("landmarks.addresses", "each is address:port of one host"))?
            {
                SocketAddr::V4(v4) => landmark.v4 = landmark.v4.or(Some(v4)),
                SocketAddr::V6(v6) => landmark.v6 = landmark.v6.or(Some(v6)),
            }
        }
        Ok(landmark)
    }
}
