//! The door: a plan as it travels becomes a plan that may be followed, or is refused. Nothing of a plan is followed
//! before its signature was held against the key that was given by hand.

use std::net::SocketAddr;

use lightcone::v1;
use lightcone_probe::plan::{Plan, PlannedLandmark, Window};
use lightcone_probe::{Binding, LandmarkId, SessionId, Signature, VerifyingKey};
use prost_types::Timestamp;

use crate::error::Refused;

/// What a plan is held against.
pub(crate) struct Attested<'a> {
    /// The session that was summoned.
    pub(crate) session: &'a str,
    /// What its keys were bound by.
    pub(crate) binding: Binding,
    /// Who must have signed.
    pub(crate) verifier: &'a VerifyingKey,
    /// The most landmarks.
    pub(crate) landmarks_max: usize,
}

impl Attested<'_> {
    /// Takes a plan that the verifier signed for this session.
    pub(crate) fn take(&self, wire: &v1::Plan) -> Result<Plan, Refused> {
        if wire.session != self.session {
            return Err(Refused::NotAttested { what: "session" });
        }
        let (count, limit) = (wire.landmarks.len(), self.landmarks_max);
        if count > limit {
            return Err(Refused::Landmarks { count, limit });
        }
        let plan = Plan {
            session: SessionId(array(&wire.session_id, "session_id", "it is 8 bytes")?),
            binding: Binding(array(&wire.binding, "binding", "it is 32 bytes")?),
            window: window(wire)?,
            landmarks: landmarks(&wire.landmarks)?,
        };
        let signature = Signature(array(&wire.signature, "signature", "it is 64 bytes")?);
        let plan = Plan::open(&plan.signing_bytes(), &signature, self.verifier)?;
        if plan.binding != self.binding {
            return Err(Refused::NotAttested { what: "key" });
        }
        Ok(plan)
    }
}

fn window(wire: &v1::Plan) -> Result<Window, Refused> {
    let probes = u16::try_from(wire.probes).map_err(|_| field("probes", "it is 1 to 256"))?;
    Ok(Window {
        probes,
        not_before_ns: nanoseconds(wire.begin_time.as_ref(), "begin_time")?,
        not_after_ns: nanoseconds(wire.end_time.as_ref(), "end_time")?,
    })
}

/// The landmarks, by rising id as they are signed.
fn landmarks(peers: &[v1::plan::Peer]) -> Result<Vec<PlannedLandmark>, Refused> {
    let mut landmarks = peers.iter().map(landmark).collect::<Result<Vec<_>, _>>()?;
    landmarks.sort_by_key(|landmark| landmark.id);
    Ok(landmarks)
}

fn landmark(peer: &v1::plan::Peer) -> Result<PlannedLandmark, Refused> {
    let x25519 = array(&peer.exchange_key, "landmarks.exchange_key", "it is 32 bytes")?;
    let mut landmark = PlannedLandmark { id: LandmarkId::of(&x25519), x25519, v4: None, v6: None };
    for text in &peer.addresses {
        let remedy = "each is address:port of one host";
        let address: SocketAddr = text.parse().map_err(|_| field("landmarks.addresses", remedy))?;
        let ip = address.ip();
        if ip.is_unspecified() || ip.is_multicast() || address.port() == 0 {
            return Err(field("landmarks.addresses", remedy));
        }
        match address {
            SocketAddr::V4(v4) => landmark.v4 = landmark.v4.or(Some(v4)),
            SocketAddr::V6(v6) => landmark.v6 = landmark.v6.or(Some(v6)),
        }
    }
    Ok(landmark)
}

/// A moment in nanoseconds since 1970.
pub(crate) fn nanoseconds(time: Option<&Timestamp>, name: &'static str) -> Result<i64, Refused> {
    let read = |time: &Timestamp| time.seconds.checked_mul(1_000_000_000)?.checked_add(time.nanos.into());
    time.and_then(read).ok_or_else(|| field(name, "it is a moment between 1970 and 2262"))
}

/// Bytes of a fixed length.
pub(crate) fn array<const N: usize>(
    bytes: &[u8],
    name: &'static str,
    remedy: &'static str,
) -> Result<[u8; N], Refused> {
    bytes.try_into().map_err(|_| field(name, remedy))
}

fn field(field: &'static str, remedy: &'static str) -> Refused {
    Refused::Field { message: "plan", field, remedy }
}

#[cfg(test)]
mod tests {
    use lightcone_probe::SigningKey;
    use lightcone_probe::plan::NotOrdered;

    use super::*;

    const SESSION: &str = "agents/a-1/sessions/s-1";
    const BINDING: Binding = Binding([7; 32]);

    fn service() -> SigningKey {
        SigningKey::from_bytes(&[1; 32])
    }

    /// A plan with `count` landmarks as the service would send it, signed by `key`.
    fn plan(count: u8, key: &SigningKey) -> v1::Plan {
        let peer = |index| v1::plan::Peer {
            exchange_key: vec![index; 32],
            addresses: vec!["192.0.2.1:7444".to_owned(), "[2001:db8::1]:7444".to_owned()],
        };
        let mut wire = v1::Plan {
            session: SESSION.to_owned(),
            session_id: vec![3; 8],
            binding: BINDING.0.to_vec(),
            landmarks: (1..=count).map(peer).collect(),
            probes: 64,
            begin_time: Some(Timestamp { seconds: 1_000, nanos: 1 }),
            end_time: Some(Timestamp { seconds: 1_005, nanos: 0 }),
            signature: Vec::new(),
        };
        let unsigned = Plan {
            session: SessionId([3; 8]),
            binding: BINDING,
            window: window(&wire).unwrap(),
            landmarks: landmarks(&wire.landmarks).unwrap(),
        };
        wire.signature = unsigned.sign(key).1.0.to_vec();
        wire
    }

    fn take(wire: &v1::Plan) -> Result<Plan, Refused> {
        let verifier = service().verifying_key();
        Attested { session: SESSION, binding: BINDING, verifier: &verifier, landmarks_max: 3 }.take(wire)
    }

    #[test]
    fn a_signed_plan_is_taken_in_any_order_of_its_landmarks() {
        let mut wire = plan(3, &service());
        let taken = take(&wire).unwrap();
        assert_eq!((taken.landmarks.len(), taken.window.probes), (3, 64));
        assert!(taken.landmarks.iter().all(|landmark| landmark.v4.is_some() && landmark.v6.is_some()));
        wire.landmarks.reverse();
        assert_eq!(take(&wire).unwrap(), taken);
    }

    #[test]
    fn a_plan_of_another_signer_is_refused() {
        let refused = take(&plan(2, &SigningKey::from_bytes(&[2; 32]))).unwrap_err();
        assert!(matches!(refused, Refused::NotOrdered(NotOrdered::Signature)), "{refused}");
    }

    #[test]
    fn a_change_of_any_signed_field_is_refused() {
        let changes: [fn(&mut v1::Plan); 7] = [
            |plan| plan.session_id[0] ^= 1,
            |plan| plan.binding[0] ^= 1,
            |plan| plan.probes = 65,
            |plan| plan.end_time = Some(Timestamp { seconds: 1_006, nanos: 0 }),
            |plan| plan.landmarks[0].exchange_key[0] ^= 1,
            |plan| plan.landmarks[0].addresses[0] = "192.0.2.2:7444".to_owned(),
            |plan| drop(plan.landmarks.pop()),
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let mut wire = plan(2, &service());
            change(&mut wire);
            let refused = take(&wire).unwrap_err();
            assert!(matches!(refused, Refused::NotOrdered(NotOrdered::Signature)), "{index}: {refused}");
        }
    }

    #[test]
    fn a_plan_that_was_not_asked_for_is_refused() {
        let mut other = plan(1, &service());
        other.session = "agents/a-1/sessions/s-2".to_owned();
        assert!(matches!(take(&other), Err(Refused::NotAttested { what: "session" })));
        assert!(matches!(take(&plan(4, &service())), Err(Refused::Landmarks { count: 4, limit: 3 })));
        let verifier = service().verifying_key();
        let expected =
            Attested { session: SESSION, binding: Binding([8; 32]), verifier: &verifier, landmarks_max: 3 };
        assert!(matches!(expected.take(&plan(1, &service())), Err(Refused::NotAttested { what: "key" })));
    }

    #[test]
    fn addresses_that_are_no_host_are_refused() {
        for address in ["0.0.0.0:1", "224.0.0.1:1", "192.0.2.1:0", "[ff02::1]:1", "example.org:1"] {
            let mut wire = plan(1, &service());
            wire.landmarks[0].addresses = vec![address.to_owned()];
            assert!(matches!(take(&wire), Err(Refused::Field { .. })), "{address}");
        }
    }
}
