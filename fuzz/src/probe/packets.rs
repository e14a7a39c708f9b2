//! Single datagrams.

use lightcone_probe::control::Control;
use lightcone_responder::reflector;
use lightcone_responder::{
    NtpTime, PACKET_BYTES, Packet, Reply, Responder, Seen, SessionId, SessionKeys, StampKey, prove,
    session_of,
};

use super::input::Input;

pub(crate) const SESSION: SessionId = SessionId([7; 8]);
const SEEN: Seen = Seen { t2: NtpTime(5), ttl: 64 };

/// The control datagrams: what is read is written as a datagram that reads alike.
pub fn control(data: &[u8]) {
    for length in [data.len(), 192, 96, 64, 48] {
        let Some(datagram) = data.get(..length) else { continue };
        let Ok(control) = Control::parse(datagram) else { continue };
        let again = match &control {
            Control::Hello(hello) => hello.to_bytes().to_vec(),
            Control::Retry(retry) => retry.to_bytes().to_vec(),
            Control::Welcome(welcome) => welcome.to_bytes().to_vec(),
            Control::Keep(keep) => keep.to_bytes().to_vec(),
        };
        assert_eq!(again.len(), length);
        assert_eq!(Control::parse(&again), Ok(control));
    }
}

/// The chip: it answers authentic challenges of its session and nothing else, and never at greater length.
pub fn challenge(data: &[u8]) {
    let keys = keys();
    let mut responder = Responder::new(SESSION, keys.clone());
    assert!(responder.respond(data, SEEN, || NtpTime(6)).is_err(), "a challenge without the key");
    let mut input = Input::new(data);
    while !input.is_empty() {
        let packet = sealed(&mut input, *b"LCC1", keys.stamp());
        let answered = responder.answered().count;
        let Ok(reply) = responder.respond(&packet, SEEN, || NtpTime(6)) else {
            assert_eq!(responder.answered().count, answered);
            continue;
        };
        assert_eq!(session_of(&packet), Some(SESSION));
        let read = Reply::open(&reply, keys.stamp()).expect("its own reply");
        assert_eq!(read.proof, prove(&packet, keys.proof()));
        assert_eq!(responder.respond(&packet, SEEN, || NtpTime(6)), Ok(reply));
        assert!(responder.answered().count - answered <= 1);
    }
    assert_eq!(responder.answered().count, responder.answered().sequences.count());
}

/// The landmark's reading of a reply: what is read is sealed as one that reads alike.
pub fn reply(data: &[u8]) {
    let keys = keys();
    assert!(Reply::open(data, keys.stamp()).is_err(), "a reply without the key");
    let packet = sealed(&mut Input::new(data), *b"LCR1", keys.stamp());
    if let Ok(reply) = Reply::open(&packet, keys.stamp()) {
        assert_eq!(Reply::open(&reply.seal(keys.stamp()), keys.stamp()), Ok(reply));
    }
}

/// The plain reflector: never longer than what it reflects, whatever the TLVs say.
pub fn reflector(data: &[u8]) {
    let keys = keys();
    let mut out = [0; reflector::REFLECTED_BYTES_MAX];
    if let Ok(length) = reflector::plain(data, SEEN, || NtpTime(6), &mut out) {
        assert_eq!(length, data.len());
    }
    let mut request = data.to_vec();
    for retag in [false, true] {
        if retag && request.len() >= reflector::AUTHENTICATED_BYTES {
            let tag = keys.stamp().tag(&[&request[..96]]);
            request[96..112].copy_from_slice(&tag);
        }
        let mode = reflector::authenticated(&request, keys.stamp(), SEEN, || NtpTime(6), &mut out);
        if let Ok(length) = mode {
            assert_eq!(length, request.len());
            assert!(keys.stamp().verifies(&[&out[..96]], &out[96..112]));
        }
    }
}

pub(crate) fn keys() -> SessionKeys {
    SessionKeys::schedule(&[1; 32], &[2; 32], &[3; 32])
}

/// A packet of those bytes with good tags, and with everything constant in its place unless the first byte is odd.
fn sealed(input: &mut Input<'_>, kind: [u8; 4], key: &StampKey) -> Packet {
    let is_raw = input.u8() & 1 == 1;
    let mut packet: Packet = input.array::<PACKET_BYTES>();
    if !is_raw {
        packet[112..116].copy_from_slice(&[0, 252, 0, 32]);
        packet[116..120].copy_from_slice(&kind);
        packet[120..128].copy_from_slice(&SESSION.0);
        packet[148..152].copy_from_slice(&[0, 8, 0, 16]);
    }
    let stamp = key.tag(&[&packet[..96]]);
    packet[96..112].copy_from_slice(&stamp);
    let tlvs = key.tag(&[&packet[..4], &packet[112..148]]);
    packet[152..].copy_from_slice(&tlvs);
    packet
}
