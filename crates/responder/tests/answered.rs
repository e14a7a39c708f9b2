//! What a session says that it answered.

#![allow(dead_code, clippy::unwrap_used, reason = "tests; not each uses all of the vector")]

mod vector;

use lightcone_responder::Sequences;
use sha2::{Digest, Sha256};

#[test]
fn answers_are_counted_once_and_digested_by_rising_sequence() {
    let (key, mut responder) = (vector::stamp_key(), vector::responder());
    for number in [7, 0, 255, 8] {
        let challenge = vector::numbered(number, number as u8).seal(&key);
        let first = responder.respond(&challenge, vector::SEEN, || vector::T3).unwrap();
        let again = responder.respond(&challenge, vector::SEEN, || vector::T3).unwrap();
        assert_eq!(first, again);
    }
    let mut expected = Sha256::new();
    for number in [0u32, 7, 8, 255] {
        expected.update(number.to_be_bytes());
        expected.update([number as u8; 16]);
    }
    let answered = responder.answered();
    assert_eq!((answered.count, answered.repeated, answered.refused), (4, 4, 0));
    assert_eq!(answered.digest, <[u8; 32]>::from(expected.finalize()));
    let listed: Vec<u32> = (0..300).filter(|sequence| answered.sequences.contains(*sequence)).collect();
    assert_eq!(listed, [0, 7, 8, 255]);
    let mut bits = [0; 32];
    (bits[0], bits[1], bits[31]) = (0b1000_0001, 1, 0b1000_0000);
    assert_eq!(answered.sequences, Sequences(bits));
}

#[test]
fn a_whole_session_is_answered() {
    let (key, mut responder) = (vector::stamp_key(), vector::responder());
    for number in 0..256 {
        let challenge = vector::numbered(number, number as u8).seal(&key);
        assert!(responder.respond(&challenge, vector::SEEN, || vector::T3).is_ok());
    }
    assert_eq!(responder.answered().count, 256);
    assert_eq!(responder.answered().sequences, Sequences([0xff; 32]));
}

#[test]
fn an_empty_session_has_the_digest_of_nothing() {
    let answered = vector::responder().answered();
    assert_eq!(answered.digest, <[u8; 32]>::from(Sha256::digest([])));
    assert_eq!(answered.count, 0);
}

#[test]
fn a_session_is_as_small_as_it_says() {
    let bytes = size_of::<lightcone_responder::Responder>();
    assert!((4_096..4_608).contains(&bytes), "{bytes} bytes");
}
