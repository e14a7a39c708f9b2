//! Every attack that is listed, tried out in the box: what is found is what is promised.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use lightcone_rehearsal::{ATTACKS, attack};

#[track_caller]
fn check(name: &str) {
    let scene = ATTACKS.iter().find(|scene| scene.name == name).expect("an attack of that name");
    let folder = tempfile::tempdir().unwrap();
    let tried = attack(scene, folder.path().to_owned()).unwrap();
    assert!(tried.held, "{name}: expected {}, found {}", tried.expected, tried.found);
}

#[test]
fn a_smuggled_chip_is_not_believed() {
    check("smuggle");
}

#[test]
fn added_delay_widens_the_region() {
    check("add-delay");
}

#[test]
fn a_relay_shows_as_delay() {
    check("relay");
}

#[test]
fn answers_without_the_key_count_for_nothing() {
    check("early-answer");
}

#[test]
fn old_answers_count_for_nothing() {
    check("replay");
}

#[test]
fn flipped_bits_count_for_nothing() {
    check("corrupt");
}

#[test]
fn one_lying_landmark_is_absorbed_and_suspended() {
    check("lying-landmark");
}

#[test]
fn a_key_in_two_places_raises_an_alert() {
    check("clone");
}

#[test]
fn silence_is_never_taken_for_an_answer() {
    check("silence");
}

#[test]
fn every_attack_is_tried() {
    // The tests above, by name: a scene without one must not slip in.
    let tried = [
        "smuggle",
        "add-delay",
        "relay",
        "early-answer",
        "replay",
        "corrupt",
        "lying-landmark",
        "clone",
        "silence",
    ];
    assert_eq!(ATTACKS.map(|scene| scene.name), tried);
}
