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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use lightcone_probe::SigningKey;
    use lightcone_probe::plan::NotOrdered;

    use super::*;
    use crate::Config;

    /// A field, and what makes it wrong.
    type Change = (&'static str, fn(&mut v1::Assignment));

    const OWN: LandmarkId = LandmarkId([5; 16]);

    fn service() -> SigningKey {
        SigningKey::from_bytes(&[1; 32])
    }

    fn settings() -> Settings {
        let key = service().verifying_key().to_bytes();
        let config = Config {
            landmark: "landmarks/oslo-1".to_owned(),
            position_version: 3,
            verifier_key: key.iter().map(|byte| format!("{byte:02x}")).collect(),
            data: PathBuf::from("data"),
            ..Config::default()
        };
        config.settings().unwrap()
    }

    fn at(seconds: i64) -> Option<Timestamp> {
        Some(Timestamp { seconds, nanos: 5 })
    }

    fn assigned() -> v1::Assignment {
        v1::Assignment {
            session_id: vec![1; 8],
            peer_exchange_key: vec![2; 32],
            binding: vec![3; 32],
            probes: 64,
            begin_time: at(1_000),
            end_time: at(1_005),
            position_version: 3,
        }
    }

    fn planned(key: &SigningKey) -> v1::Plan {
        let peer =
            v1::plan::Peer { exchange_key: vec![7; 32], addresses: vec!["[2001:db8::1]:7444".to_owned()] };
        let mut wire = v1::Plan {
            session: "landmarks/oslo-1/sessions/s-1".to_owned(),
            session_id: vec![1; 8],
            binding: vec![3; 32],
            landmarks: vec![peer.clone()],
            probes: 64,
            begin_time: at(1_000),
            end_time: at(1_005),
            signature: Vec::new(),
        };
        let door = Door { message: "plan" };
        let unsigned = Plan {
            session: SessionId([1; 8]),
            binding: Binding([3; 32]),
            window: door.window(64, at(1_000).as_ref(), at(1_005).as_ref()).unwrap(),
            landmarks: vec![door.peer(&peer).unwrap()],
        };
        wire.signature = unsigned.sign(key).1.0.to_vec();
        wire
    }

    #[test]
    fn an_assignment_is_taken_or_refused_by_its_field() {
        let taken = assignment(&assigned(), OWN, &settings()).unwrap();
        assert_eq!((taken.landmark, taken.window.not_before_ns), (OWN, 1_000_000_000_005));
        let changes: [Change; 6] = [
            ("session_id", |wire| wire.session_id.clear()),
            ("peer_exchange_key", |wire| wire.peer_exchange_key.push(0)),
            ("binding", |wire| wire.binding.clear()),
            ("probes", |wire| wire.probes = 257),
            ("begin_time", |wire| wire.begin_time = None),
            ("not_after_ns", |wire| wire.end_time = at(1_601)),
        ];
        for (field, change) in changes {
            let mut wire = assigned();
            change(&mut wire);
            let refused = assignment(&wire, OWN, &settings()).unwrap_err();
            assert!(refused.to_string().contains(field), "{field}: {refused}");
        }
    }

    #[test]
    fn another_place_is_not_measured_from() {
        let wire = v1::Assignment { position_version: 4, ..assigned() };
        assert!(matches!(assignment(&wire, OWN, &settings()), Err(Refused::Moved(4))));
    }

    #[test]
    fn a_plan_is_followed_only_if_the_service_signed_it_for_this_landmark() {
        assert_eq!(plan(&planned(&service()), &settings()).unwrap().landmarks.len(), 1);
        let forged = plan(&planned(&SigningKey::from_bytes(&[2; 32])), &settings());
        assert!(matches!(forged, Err(Refused::NotOrdered(NotOrdered::Signature))));
        let mut moved = planned(&service());
        moved.landmarks[0].addresses = vec!["[2001:db8::2]:7444".to_owned()];
        assert!(matches!(plan(&moved, &settings()), Err(Refused::NotOrdered(NotOrdered::Signature))));
        for session in ["landmarks/oslo-2/sessions/s-1", "agents/a/sessions/s-1", ""] {
            let wire = v1::Plan { session: session.to_owned(), ..planned(&service()) };
            assert!(
                matches!(plan(&wire, &settings()), Err(Refused::Field { field: "session", .. })),
                "{session}"
            );
        }
    }
}
