//! The plain reflector, byte by byte, against RFC 8762 section 4.3 and RFC 8972 section 4.

#![allow(dead_code, clippy::unwrap_used, reason = "tests; not each uses all of the vector")]

mod vector;

use lightcone_responder::reflector::{self, Unreflected};
use lightcone_responder::{Reply, StampKey};

const SENDER_TIME: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

/// Sequence 5, SSID 0xabcd, error estimate 0x8001, in the layout of RFC 8762 section 4.2.1.
fn plain_request(tlvs: &[u8]) -> Vec<u8> {
    let mut request = [&[0, 0, 0, 5], SENDER_TIME.as_slice(), &[0x80, 1, 0xab, 0xcd]].concat();
    request.resize(44, 0xee); // must be zero, and is ignored
    [request.as_slice(), tlvs].concat()
}

/// The same in the layout of section 4.2.2, with its tag.
fn authenticated_request(key: &StampKey, tlvs: &[u8]) -> Vec<u8> {
    let mut request = [&[0, 0, 0, 5], [0xee; 12].as_slice(), &SENDER_TIME, &[0x80, 1, 0xab, 0xcd]].concat();
    request.resize(96, 0xee);
    let tag = key.tag(&[&request]);
    [request.as_slice(), &tag, tlvs].concat()
}

fn reflect_plain(request: &[u8]) -> Result<Vec<u8>, Unreflected> {
    let mut reply = vec![0x55; 2_000];
    let length = reflector::plain(request, vector::SEEN, || vector::T3, &mut reply)?;
    reply.truncate(length);
    Ok(reply)
}

fn reflect(request: &[u8], key: &StampKey) -> Result<Vec<u8>, Unreflected> {
    let mut reply = vec![0x55; 2_000];
    let length = reflector::authenticated(request, key, vector::SEEN, || vector::T3, &mut reply)?;
    reply.truncate(length);
    Ok(reply)
}

/// A type 8 TLV over the sequence 5 and what stands before it.
fn with_tag(key: &StampKey, before: &[u8]) -> Vec<u8> {
    let tag = key.tag(&[&[0, 0, 0, 5], before]);
    [before, &[0x80, 8, 0, 16], &tag].concat()
}

#[test]
fn an_unauthenticated_reply_is_laid_out_as_rfc_8762_says() {
    let reply = reflect_plain(&plain_request(&[])).unwrap();
    let expected = [
        &[0, 0, 0, 5],
        vector::T3.0.to_be_bytes().as_slice(),
        &[0, 1, 0xab, 0xcd],
        &vector::SEEN.t2.0.to_be_bytes(),
        &[0, 0, 0, 5],
        &SENDER_TIME,
        &[0x80, 1, 0, 0, 57, 0, 0, 0],
    ]
    .concat();
    assert_eq!(reply, expected);
}

#[test]
fn an_authenticated_reply_is_laid_out_as_rfc_8762_says() {
    let key = vector::stamp_key();
    let reply = reflect(&authenticated_request(&key, &[]), &key).unwrap();
    let expected = [
        &[0, 0, 0, 5],
        [0; 12].as_slice(),
        &vector::T3.0.to_be_bytes(),
        &[0, 1, 0xab, 0xcd, 0, 0, 0, 0],
        &vector::SEEN.t2.0.to_be_bytes(),
        &[0; 8],
        &[0, 0, 0, 5],
        &[0; 12],
        &SENDER_TIME,
        &[0x80, 1, 0, 0, 0, 0, 0, 0, 57],
        &[0; 15],
    ]
    .concat();
    assert_eq!(reply[..96], expected);
    assert_eq!(reply[96..], key.tag(&[&expected]));
}

#[test]
fn flags_say_what_was_not_understood_or_malformed() {
    let padding = [0x80, 1, 0, 2, 0xaa, 0xbb];
    let unknown = [0, 252, 0, 1, 0xcc];
    let short = [0, 1, 0, 9, 0xdd]; // says nine bytes, has one
    let reply = reflect_plain(&plain_request(&[padding.as_slice(), &unknown, &short].concat())).unwrap();
    let (padding, unknown) = ([0, 1, 0, 2, 0xaa, 0xbb], [0x80, 252, 0, 1, 0xcc]);
    assert_eq!(reply[44..], [padding.as_slice(), &unknown, &[0x40, 1, 0, 9, 0xdd]].concat());
    let rest = reflect_plain(&plain_request(&[0xaa, 0xbb, 0xcc])).unwrap();
    assert_eq!(rest[44..], [0xaa, 0xbb, 0xcc], "fewer bytes than a header are copied");
}

#[test]
fn a_good_tag_over_tlvs_is_renewed() {
    let key = vector::stamp_key();
    let padding = [0x80, 1, 0, 1, 0xaa];
    let tlvs = [with_tag(&key, &[0, 252, 0, 1, 0xcc]), padding.to_vec()].concat();
    let reply = reflect(&authenticated_request(&key, &tlvs), &key).unwrap();
    let flagged = [0x80, 252, 0, 1, 0xcc];
    let tag = key.tag(&[&[0, 0, 0, 5], &flagged]);
    assert_eq!(reply[112..], [flagged.as_slice(), &[0, 8, 0, 16], &tag, &[0, 1, 0, 1, 0xaa]].concat());
}

#[test]
fn a_wrong_or_missing_tag_flags_every_tlv_and_renews_nothing() {
    let key = vector::stamp_key();
    let mut wrong = with_tag(&key, &[0, 252, 0, 1, 0xcc]);
    *wrong.last_mut().unwrap() ^= 1;
    let reply = reflect(&authenticated_request(&key, &wrong), &key).unwrap();
    (wrong[0], wrong[5]) = (0xa0, 0x20);
    assert_eq!(reply[112..], wrong);

    let missing = reflect(&authenticated_request(&key, &[0, 252, 0, 1, 0xcc]), &key).unwrap();
    assert_eq!(missing[112..], [0xa0, 252, 0, 1, 0xcc]);

    let early = [with_tag(&key, &[]), vec![0, 252, 0, 1, 0xcc]].concat();
    let reply = reflect(&authenticated_request(&key, &early), &key).unwrap();
    assert_eq!((reply[112], reply[132]), (0x20, 0xa0), "a tag may be followed by padding only");

    let twice = with_tag(&key, &with_tag(&key, &[]));
    let reply = reflect(&authenticated_request(&key, &twice), &key).unwrap();
    assert_eq!((reply[112], reply[132]), (0x20, 0x20), "there is one tag");
}

#[test]
fn a_tag_of_another_length_is_malformed() {
    let key = vector::stamp_key();
    for length in [0u8, 15, 17] {
        let tlv = [vec![0x80, 8, 0, length], vec![0xaa; usize::from(length)]].concat();
        let reply = reflect(&authenticated_request(&key, &tlv), &key).unwrap();
        assert_eq!(reply[112], 0x60, "length {length}: malformed, and no integrity");
        assert_eq!(reply[113..], tlv[1..]);
    }
}

#[test]
fn padding_needs_no_tag() {
    let key = vector::stamp_key();
    let reply = reflect(&authenticated_request(&key, &[0x80, 1, 0, 1, 0xaa]), &key).unwrap();
    assert_eq!(reply[112..], [0, 1, 0, 1, 0xaa]);
}

#[test]
fn a_reflected_challenge_of_ours_is_no_reply() {
    let key = vector::stamp_key();
    let reply = reflect(&vector::challenge(), &key).unwrap();
    assert_eq!(reply.len(), 168);
    assert_eq!((reply[112], reply[148]), (0x80, 0), "TLV 252 comes back as not understood");
    assert_eq!(reply[116..148], vector::challenge()[116..148], "with the nonce unchanged");
    assert!(key.verifies(&[&reply[..4], &reply[112..148]], &reply[152..]), "and a tag of its own");
    assert!(Reply::open(&reply, &key).is_err());
}

#[test]
fn requests_that_are_no_stamp_packets_get_nothing() {
    let key = vector::stamp_key();
    let whole = authenticated_request(&key, &[]);
    assert_eq!(reflect_plain(&whole[..43]), Err(Unreflected::Short));
    assert_eq!(reflect(&whole[..111], &key), Err(Unreflected::Short));
    assert_eq!(reflect_plain(&vec![0; 1_473]), Err(Unreflected::Long));
    assert_eq!(reflect_plain(&vec![0; 1_472]).unwrap().len(), 1_472);
    for bit in 0..112 * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(reflect(&flipped, &key), Err(Unreflected::StampHmac), "bit {bit}");
    }
    let mut narrow = [0; 111];
    let kept = reflector::authenticated(&whole, &key, vector::SEEN, || vector::T3, &mut narrow);
    assert_eq!(kept, Err(Unreflected::Long));
}
