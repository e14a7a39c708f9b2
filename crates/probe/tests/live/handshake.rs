//! The handshake, byte for byte, and who is not let in.

use lightcone_probe::chance::{Chance, Seeded};
use lightcone_probe::handshake::{Initiator, StaticKey, Tie, welcome};
use lightcone_probe::tai64n::Tai64n;
use lightcone_probe::{Binding, LandmarkId, SessionId};

/// The published vector; test values only.
const AGENT: &str = "fc60ff9c68922dfb57201a296e17971a76fb529296e62761b3d454881ec73f8d";
const LANDMARK: &str = "95be18a7d64c6a7d4ef8e16e43e822d60f084c30f5444ff9944e36a03e052d71";
const AGENT_EPHEMERAL: &str = "ba78de5347e8e38f61163f342e87e9989f5e96449442ae64d752b4fd64488778";
const LANDMARK_EPHEMERAL: &str = "51b029c9b576923e6f8c7b4f2739bc21d7fdc9b4e651984e91719ca5c5bc8a9b";
const AGENT_PUBLIC: &str = "cfd8e0792d815ef47477134590358fe0306e99dcf2e9749c8758ca99b43e2d27";
const LANDMARK_PUBLIC: &str = "04c52c7fab18cddf86b972061b5ddaf6880ec98c058da3d05ac2d1136362512c";
const PROLOGUE: &str = "6c69676874636f6e652f6b6b2f763100a105d39c99daec24a7b31cf79e9aab2929858efc74a85e6c974391396e1eb8f1111111111111111111111111111111110101010101010101";
const MESSAGE_1: &str = "b8ec6d7f4ee6b25db6f258f99bee57ba8ed382b470bb187f890708dfa5c8de6e06c035b6608994ffb68b29945ee5423f95366d936ee1bce223456e42";
const MESSAGE_2: &str = "7fb569e48b16f1fbf2fde099b63e40089ddb0747dbbaa7306b959be52f15de64571d933408975adda00671c6eaeb2be7e5d5dcaed5f69df54a74a54d";
const STAMP_KEY: &str = "d1f6ee0d5bd42d0779a63be2adcc87be4d65c740eac863c031d7f21e3d1ed2ad";
const PROOF_KEY: &str = "9df328680831ee62827f55659fce6e15eb3baecb0d8da9e0b17b80c50f30ec98";
const NEVER: Tai64n = Tai64n([0; 12]);

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    assert_eq!(text.len(), 2 * N);
    std::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
}

fn key(text: &str) -> StaticKey {
    StaticKey::from_bytes(bytes(text))
}

fn tie() -> Tie {
    let binding = Binding(bytes("a105d39c99daec24a7b31cf79e9aab2929858efc74a85e6c974391396e1eb8f1"));
    Tie { binding, landmark: LandmarkId([0x11; 16]), session: SessionId([1; 8]) }
}

fn begin(tie: &Tie) -> (Initiator, [u8; 60]) {
    Initiator::start(&key(AGENT), &bytes(LANDMARK_PUBLIC), tie, bytes(AGENT_EPHEMERAL), NEVER).unwrap()
}

fn answer(tie: &Tie, message: &[u8; 60]) -> Option<[u8; 60]> {
    let ephemeral = bytes(LANDMARK_EPHEMERAL);
    let welcomed = welcome(&key(LANDMARK), &bytes(AGENT_PUBLIC), tie, message, ephemeral, NEVER);
    welcomed.ok().map(|welcomed| welcomed.message)
}

#[test]
fn the_vector_is_met_byte_for_byte() {
    assert_eq!(key(AGENT).public(), bytes(AGENT_PUBLIC));
    assert_eq!(key(LANDMARK).public(), bytes(LANDMARK_PUBLIC));
    assert_eq!(tie().prologue(), bytes(PROLOGUE));
    let (mut initiator, message) = begin(&tie());
    assert_eq!(message, bytes(MESSAGE_1));
    let ephemeral = bytes(LANDMARK_EPHEMERAL);
    let welcomed = welcome(&key(LANDMARK), &bytes(AGENT_PUBLIC), &tie(), &message, ephemeral, NEVER).unwrap();
    assert_eq!(welcomed.message, bytes(MESSAGE_2));
    assert_eq!(welcomed.stamp, NEVER);
    let keys = initiator.finish(&welcomed.message).unwrap();
    for keys in [keys, welcomed.keys] {
        assert_eq!(keys.stamp().as_bytes(), &bytes(STAMP_KEY));
        assert_eq!(keys.proof().as_bytes(), &bytes(PROOF_KEY));
    }
}

#[test]
fn every_flipped_bit_of_either_message_is_refused_and_the_true_one_still_taken() {
    let (mut initiator, message) = begin(&tie());
    let answered = answer(&tie(), &message).unwrap();
    for bit in 0..message.len() * 8 {
        let flip = |mut bytes: [u8; 60]| {
            bytes[bit / 8] ^= 1 << (bit % 8);
            bytes
        };
        // X25519 ignores the highest bit of a public key; the transcript hash does not.
        assert_eq!(answer(&tie(), &flip(message)), None, "bit {bit} of message 1");
        assert!(initiator.finish(&flip(answered)).is_err(), "bit {bit} of message 2");
    }
    assert!(initiator.finish(&answered).is_ok());
}

#[test]
fn another_key_session_landmark_or_binding_is_refused() {
    let (_, message) = begin(&tie());
    let others = [
        Tie { session: SessionId([2; 8]), ..tie() },
        Tie { landmark: LandmarkId([0x12; 16]), ..tie() },
        Tie { binding: Binding([0; 32]), ..tie() },
    ];
    for other in others {
        assert_eq!(answer(&other, &message), None, "{other:?}");
    }
    let other = StaticKey::from_bytes(Seeded::new(&[3; 32]).array());
    let expecting = welcome(&key(LANDMARK), &other.public(), &tie(), &message, [5; 32], NEVER);
    assert!(expecting.is_err(), "message of another agent");
    let opened = welcome(&other, &bytes(AGENT_PUBLIC), &tie(), &message, [5; 32], NEVER);
    assert!(opened.is_err(), "message for another landmark");
    let (_, again) = Initiator::start(&other, &bytes(LANDMARK_PUBLIC), &tie(), [6; 32], NEVER).unwrap();
    assert_eq!(answer(&tie(), &again), None, "an agent without the key");
}

#[test]
fn a_key_is_not_shown() {
    assert_eq!(format!("{:?}", key(AGENT)), "StaticKey(secret)");
}

#[test]
fn labels_rise_with_time() {
    let times = [-1, 0, 1, 999_999_999, 1_000_000_000, 1_790_000_000_000_000_000];
    let labels: Vec<_> = times.map(Tai64n::from_unix_ns).to_vec();
    assert!(labels.is_sorted_by(|a, b| a < b), "{labels:?}");
    assert_eq!(labels[1].0, bytes("400000000000000a00000000"));
}
