//! Byte for byte what the protocol says, both ways.

#![allow(dead_code, clippy::unwrap_used, reason = "tests; not each uses all of the vector")]

mod vector;

use lightcone_responder::flags::CARRIED;
use lightcone_responder::{Challenge, Nonce, NtpTime, Proof, Reply, SessionKeys, prove, proves, session_of};

#[test]
fn the_key_schedule_is_exact() {
    let keys = SessionKeys::schedule(
        &vector::field("handshake_hash"),
        &vector::field("split_k1"),
        &vector::field("split_k2"),
    );
    assert_eq!(keys.stamp().as_bytes(), &vector::field("k_stamp"));
    assert_eq!(keys.proof().as_bytes(), &vector::field("k_proof"));
}

#[test]
fn the_challenge_is_exact() {
    let expected = Challenge { nonce: Nonce(vector::field("nonce")), ..vector::numbered(1, 0) };
    assert_eq!(Challenge::open(&vector::challenge(), &vector::stamp_key()), Ok(expected));
    assert_eq!(expected.seal(&vector::stamp_key()), vector::challenge());
    assert_eq!(session_of(&vector::challenge()), Some(vector::session()));
}

#[test]
fn the_reply_is_exact() {
    let expected = Reply {
        sequence: 1,
        t3: vector::T3,
        error_estimate: 1,
        ssid: 0x1001,
        t2: vector::SEEN.t2,
        sender_sequence: 1,
        sender_timestamp: NtpTime(0xee3a_0c00_0000_0000),
        sender_error_estimate: 0x8001,
        sender_ttl: 57,
        session: vector::session(),
        flags: 0,
        proof: prove(&vector::challenge(), &vector::proof_key()),
    };
    assert_eq!(Reply::open(&vector::reply(), &vector::stamp_key()), Ok(expected));
    assert_eq!(expected.seal(&vector::stamp_key()), vector::reply());
}

#[test]
fn the_responder_gives_the_reply() {
    let reply = vector::responder().respond(&vector::challenge(), vector::SEEN, || vector::T3);
    assert_eq!(reply, Ok(vector::reply()));
}

#[test]
fn what_is_said_of_replies_is_in_each_and_changes_no_proof() {
    let mut saying = vector::responder().saying(CARRIED);
    let reply = saying.respond(&vector::challenge(), vector::SEEN, || vector::T3).unwrap();
    let plain = Reply::open(&vector::reply(), &vector::stamp_key()).unwrap();
    assert_eq!(Reply::open(&reply, &vector::stamp_key()), Ok(Reply { flags: CARRIED, ..plain }));
}

#[test]
fn a_proof_is_of_one_challenge_and_of_one_key() {
    let Proof(bytes) = prove(&vector::challenge(), &vector::proof_key());
    assert!(proves(&Proof(bytes), &vector::challenge(), &vector::proof_key()));
    let stranger = lightcone_responder::ProofKey::from_bytes([7; 32]);
    assert!(!proves(&Proof(bytes), &vector::challenge(), &stranger));
    for (bit, other) in vector::flips(vector::challenge()) {
        assert!(!proves(&Proof(bytes), &other, &vector::proof_key()), "bit {bit} of the challenge");
    }
    for bit in 0..128 {
        let mut wrong = bytes;
        wrong[bit / 8] ^= 1 << (bit % 8);
        assert!(!proves(&Proof(wrong), &vector::challenge(), &vector::proof_key()), "bit {bit} of the proof");
    }
}

#[test]
fn what_must_be_zero_is_ignored_and_proven_all_the_same() {
    let (key, at_fault) = (vector::stamp_key(), [4, 15, 28, 95]);
    let mut challenge = vector::challenge();
    for at in at_fault {
        challenge[at] = 0xff;
    }
    let tag = key.tag(&[&challenge[..96]]);
    challenge[96..112].copy_from_slice(&tag);
    assert_eq!(Challenge::open(&challenge, &key), Challenge::open(&vector::challenge(), &key));

    let reply = vector::responder().respond(&challenge, vector::SEEN, || vector::T3).unwrap();
    let proof = Reply::open(&reply, &key).unwrap().proof;
    assert!(proves(&proof, &challenge, &vector::proof_key()), "the proof is over the bytes as received");
    assert!(!proves(&proof, &vector::challenge(), &vector::proof_key()));
}

#[test]
fn nothing_shows_a_key() {
    let keys = SessionKeys::new(vector::stamp_key(), vector::proof_key());
    assert_eq!(format!("{keys:?}"), "SessionKeys { stamp: StampKey(…), proof: ProofKey(…) }");
    assert_eq!(
        format!("{:?}", vector::responder()),
        "Responder { session: SessionId(0101010101010101), .. }"
    );
}
