//! What is met with silence, and why.

#![allow(dead_code, clippy::unwrap_used, reason = "tests; not each uses all of the vector")]

mod vector;

use lightcone_responder::{
    Challenge, Packet, Refused, Reply, Responder, SessionId, SessionKeys, StampKey, session_of,
};

fn ask(responder: &mut Responder, datagram: &[u8]) -> Result<Packet, Refused> {
    responder.respond(datagram, vector::SEEN, || vector::T3)
}

/// Which check finds a flipped bit, by its byte; none is left to a later one.
fn finder(byte: usize) -> Refused {
    match byte {
        0..112 => Refused::StampHmac,
        112..116 | 148..152 => Refused::TlvHeader,
        116..120 => Refused::Kind,
        _ => Refused::TlvHmac,
    }
}

#[test]
fn every_flipped_bit_of_a_challenge_is_refused() {
    let mut responder = vector::responder();
    for (bit, flipped) in vector::flips(vector::challenge()) {
        assert_eq!(ask(&mut responder, &flipped), Err(finder(bit / 8)), "bit {bit}");
    }
    assert_eq!(responder.answered().refused, 1_344);
    assert_eq!(responder.answered().count, 0);
}

#[test]
fn every_flipped_bit_of_a_reply_is_refused() {
    for (bit, flipped) in vector::flips(vector::reply()) {
        assert_eq!(Reply::open(&flipped, &vector::stamp_key()), Err(finder(bit / 8)), "bit {bit}");
    }
}

#[test]
fn the_tlv_tag_covers_the_sequence() {
    // A new tag over the STAMP packet does not make up for the TLVs of another one.
    let key = vector::stamp_key();
    let mut mixed = vector::numbered(2, 9).seal(&key);
    mixed[112..].copy_from_slice(&vector::challenge()[112..]);
    assert_eq!(Challenge::open(&mixed, &key), Err(Refused::TlvHmac));
}

#[test]
fn each_packet_is_refused_in_the_place_of_the_other() {
    assert_eq!(ask(&mut vector::responder(), &vector::reply()), Err(Refused::Kind));
    assert_eq!(Reply::open(&vector::challenge(), &vector::stamp_key()), Err(Refused::Kind));
    // Even to one that holds the stamp key and renames it.
    let mut renamed = vector::challenge();
    renamed[116..120].copy_from_slice(b"LCR1");
    assert_eq!(Reply::open(&renamed, &vector::stamp_key()), Err(Refused::TlvHmac));
}

#[test]
fn another_session_is_refused() {
    let swapped = Challenge { session: SessionId([2; 8]), ..vector::numbered(1, 1) };
    let datagram = swapped.seal(&vector::stamp_key());
    assert_eq!(ask(&mut vector::responder(), &datagram), Err(Refused::Session));
    assert_eq!(session_of(&datagram), Some(SessionId([2; 8])));
}

#[test]
fn another_key_is_refused() {
    let stranger = StampKey::from_bytes([7; 32]);
    let forged = vector::numbered(1, 1).seal(&stranger);
    assert_eq!(ask(&mut vector::responder(), &forged), Err(Refused::StampHmac));
    let other = SessionKeys::new(stranger, vector::proof_key());
    let mut elsewhere = Responder::new(vector::session(), other);
    assert_eq!(ask(&mut elsewhere, &vector::challenge()), Err(Refused::StampHmac));
}

#[test]
fn every_other_length_is_refused() {
    let long = [vector::challenge().as_slice(), &[0; 32]].concat();
    for length in (0..=long.len()).filter(|length| *length != 168) {
        assert_eq!(ask(&mut vector::responder(), &long[..length]), Err(Refused::Length), "{length} bytes");
        assert_eq!(session_of(&long[..length]), None);
    }
}

#[test]
fn numbers_from_256_on_are_refused() {
    let (key, mut responder) = (vector::stamp_key(), vector::responder());
    for (sequence, index) in [(256, 0), (0, 256), (u32::MAX, 0), (0, u32::MAX)] {
        let challenge = Challenge { sequence, index, ..vector::numbered(0, 1) };
        assert_eq!(ask(&mut responder, &challenge.seal(&key)), Err(Refused::Sequence), "{challenge:?}");
    }
    assert!(ask(&mut responder, &vector::numbered(255, 1).seal(&key)).is_ok());
}

#[test]
fn a_sequence_means_one_challenge_for_good() {
    let (key, mut responder) = (vector::stamp_key(), vector::responder());
    assert!(ask(&mut responder, &vector::numbered(3, 1).seal(&key)).is_ok());
    let before = responder.answered();
    assert_eq!(ask(&mut responder, &vector::numbered(3, 2).seal(&key)), Err(Refused::SequenceReused));
    let after = responder.answered();
    assert_eq!((after.digest, after.count, after.refused), (before.digest, 1, 1));
}

#[test]
fn time_is_asked_for_an_answer_only() {
    let (mut responder, mut asked) = (vector::responder(), 0);
    let mut wrong = vector::challenge();
    wrong[40] ^= 1;
    for datagram in [wrong, vector::challenge()] {
        let _ = responder.respond(&datagram, vector::SEEN, || {
            asked += 1;
            vector::T3
        });
    }
    assert_eq!(asked, 1);
}

#[test]
fn reasons_have_their_numbers_and_are_one_line() {
    use Refused::{Kind, Length, Sequence, SequenceReused, Session, StampHmac, TlvHeader, TlvHmac};
    let all = [Length, TlvHeader, Kind, StampHmac, TlvHmac, Session, Sequence, SequenceReused];
    for (number, refused) in (1..).zip(all) {
        assert_eq!(refused as u8, number, "{refused}: firmware reports these numbers");
        let text = refused.to_string();
        assert!(!text.is_empty() && !text.contains('\n') && !text.ends_with('.'), "{text}");
    }
}
