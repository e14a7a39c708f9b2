//! Whatever comes in, no more goes out, and nothing panics.

#![allow(dead_code, clippy::unwrap_used, reason = "tests; not each uses all of the vector")]

mod vector;

use lightcone_responder::{Challenge, Reply, reflector};
use proptest::prelude::*;

/// Cases a property; the long form multiplies them.
fn cases(short: u32) -> ProptestConfig {
    let factor: u32 = std::env::var("LIGHTCONE_LONG").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(short * factor) }
}

/// Any bytes; and authentic packets of any length and any TLVs, spoilt here and there.
fn datagrams() -> impl Strategy<Value = Vec<u8>> {
    let anything = proptest::collection::vec(any::<u8>(), 0..2_000);
    let tlvs = proptest::collection::vec((0u8..10, 0u16..40, any::<u8>()), 0..20);
    let spoilt = (tlvs, proptest::collection::vec((0usize..400, 0u8..8), 0..3), any::<bool>());
    let made = spoilt.prop_map(|(tlvs, flips, sign)| {
        let mut datagram = vector::challenge().to_vec();
        for (kind, length, value) in tlvs {
            datagram.extend([0, kind]);
            datagram.extend(length.to_be_bytes());
            datagram.extend(std::iter::repeat_n(value, usize::from(length)));
        }
        for (at, bit) in flips {
            if let Some(byte) = datagram.get_mut(at) {
                *byte ^= 1 << bit;
            }
        }
        if sign {
            let tag = vector::stamp_key().tag(&[&datagram[..96]]);
            datagram[96..112].copy_from_slice(&tag);
        }
        datagram
    });
    prop_oneof![anything, made]
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_reply_is_never_longer_than_its_challenge(datagram in datagrams()) {
        let answer = vector::responder().respond(&datagram, vector::SEEN, || vector::T3);
        prop_assert!(answer.is_err() || answer.unwrap().len() == datagram.len());
    }

    #[test]
    fn only_what_opens_is_answered(datagram in datagrams()) {
        let opened = Challenge::open(&datagram, &vector::stamp_key());
        let answer = vector::responder().respond(&datagram, vector::SEEN, || vector::T3);
        prop_assert_eq!(opened.is_ok(), answer.is_ok());
        prop_assert!(Reply::open(&datagram, &vector::stamp_key()).is_err());
    }

    #[test]
    fn a_reflection_is_as_long_as_the_request(datagram in datagrams(), room in 0usize..1_600) {
        let (mut reply, key) = (vec![0; room], vector::stamp_key());
        if let Ok(length) = reflector::plain(&datagram, vector::SEEN, || vector::T3, &mut reply) {
            prop_assert!(length == datagram.len() && length <= room);
        }
        if let Ok(length) = reflector::authenticated(&datagram, &key, vector::SEEN, || vector::T3, &mut reply) {
            prop_assert!(length == datagram.len() && length <= room);
            prop_assert!(key.verifies(&[&reply[..96]], &reply[96..112]));
        }
    }
}
