//! Every document is written in one way and read in no other.

#![allow(clippy::unwrap_used, reason = "a test that cannot make its session has failed")]

mod session;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

use lightcone_probe::assignment::{self, Assignment};
use lightcone_probe::binding::{binding, closing_nonce, context};
use lightcone_probe::plan::{self, NotOrdered, Plan, PlannedLandmark, WINDOW_NS_MAX, Window};
use lightcone_probe::report::{self, Report};
use lightcone_probe::transcript::{self, Transcript};
use lightcone_probe::verify::{KEPT_BYTES, Kept};
use lightcone_probe::{Binding, LandmarkId, Malformed, SessionId};
use proptest::prelude::*;

use session::{Session, key, unhex};

fn landmark(seed: u8) -> PlannedLandmark {
    let x25519 = [seed; 32];
    PlannedLandmark {
        id: LandmarkId::of(&x25519),
        x25519,
        v4: Some(SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, seed), 862)),
        v6: None,
    }
}

fn plan() -> Plan {
    let mut landmarks: Vec<PlannedLandmark> = (1..6).map(landmark).collect();
    landmarks[1].v6 = Some(SocketAddrV6::new(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 7), 862, 0, 0));
    (landmarks[2].v4, landmarks[2].v6) = (None, landmarks[1].v6);
    landmarks.sort_by_key(|landmark| landmark.id);
    let window = Window {
        probes: 64,
        not_before_ns: 1_790_000_000_000_000_000,
        not_after_ns: 1_790_000_060_000_000_000,
    };
    Plan { session: SessionId([7; 8]), binding: Binding([4; 32]), window, landmarks }
}

#[test]
fn each_document_has_the_length_that_is_said() {
    let session = Session::of(8);
    let (head, sent, answered) = (report::HEAD_BYTES, report::SENT_BYTES, report::ANSWERED_BYTES);
    assert_eq!(session.report().signing_bytes().len(), head + 7 * answered + sent);
    let transcript = transcript::HEAD_BYTES + transcript::ENTRY_BYTES;
    assert_eq!(session.transcript().signing_bytes().len(), transcript);
    assert_eq!(plan().signing_bytes().len(), plan::HEAD_BYTES + 5 * plan::LANDMARK_BYTES);
    assert_eq!(session.assignment.signing_bytes().len(), assignment::BYTES);
}

#[test]
fn what_was_written_is_read() {
    let session = Session::of(8);
    assert_eq!(Report::read(&session.report().signing_bytes()), Ok(session.report()));
    assert_eq!(Transcript::read(&session.transcript().signing_bytes()), Ok(session.transcript()));
    assert_eq!(Plan::read(&plan().signing_bytes()), Ok(plan()));
    assert_eq!(Assignment::read(&session.assignment.signing_bytes()), Ok(session.assignment));
}

/// What reads a document and writes it again.
type Again = fn(&[u8]) -> Result<Vec<u8>, Malformed>;

/// One document of each kind, and how it is read and written again.
fn documents() -> [(Vec<u8>, Again); 5] {
    let session = Session::of(8);
    let (body, signature) = session.report().sign(&session.landmark_key);
    let own = session.landmark_key.verifying_key();
    let taken = lightcone_probe::verify::precheck(&body, &signature, &own, &session.assignment).unwrap();
    [
        (body, |bytes| Report::read(bytes).map(|it| it.signing_bytes())),
        (session.transcript().signing_bytes(), |bytes| Transcript::read(bytes).map(|it| it.signing_bytes())),
        (plan().signing_bytes(), |bytes| Plan::read(bytes).map(|it| it.signing_bytes())),
        (session.assignment.signing_bytes(), |bytes| Assignment::read(bytes).map(|it| it.signing_bytes())),
        (taken.uncorroborated().kept().to_bytes(), |bytes| Kept::read(bytes).map(|it| it.to_bytes())),
    ]
}

#[test]
fn a_document_that_ends_early_or_late_is_none() {
    for (bytes, again) in documents() {
        assert_eq!(again(&bytes), Ok(bytes.clone()));
        for length in 0..bytes.len() {
            assert!(again(&bytes[..length]).is_err(), "{length} of {}", bytes.len());
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(again(&longer), Err(Malformed::Trailing { count: 1 }));
    }
}

#[test]
fn no_document_is_read_as_another() {
    for (at, (bytes, _)) in documents().iter().enumerate() {
        for (other, (_, again)) in documents().iter().enumerate() {
            assert_eq!(again(bytes).is_ok(), at == other);
        }
    }
}

proptest! {
    /// Whatever is read is written as the same bytes: no document has two forms, and no bytes bring a reader down.
    #[test]
    fn bytes_that_are_read_are_the_only_form(
        kind in 0..5_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let (mut bytes, again) = documents()[kind].clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(written) = again(&bytes) {
            prop_assert_eq!(written, bytes);
        }
    }
}

#[test]
fn a_plan_is_held_to_its_rules() {
    let changed = |change: fn(&mut Plan)| {
        let mut plan = plan();
        change(&mut plan);
        Plan::read(&plan.signing_bytes()).err()
    };
    let field = |error: Option<Malformed>| match error {
        Some(Malformed::Value { field, .. } | Malformed::Order { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(changed(|_| ()), None);
    assert_eq!(field(changed(|plan| plan.landmarks.swap(0, 1))), "landmarks");
    assert_eq!(field(changed(|plan| plan.landmarks[1] = plan.landmarks[0])), "landmarks");
    assert_eq!(field(changed(|plan| plan.landmarks[0].x25519[0] ^= 1)), "landmark");
    assert_eq!(field(changed(|plan| (plan.landmarks[0].v4, plan.landmarks[0].v6) = (None, None))), "port");
    assert_eq!(field(changed(|plan| plan.window.probes = 0)), "probes");
    assert_eq!(field(changed(|plan| plan.window.probes = 257)), "probes");
    let times = |before: i64, after: i64| {
        let window = Window { probes: 1, not_before_ns: before, not_after_ns: after };
        Plan::read(&Plan { window, ..plan() }.signing_bytes()).is_ok()
    };
    assert!(times(0, 1) && times(5, 5 + WINDOW_NS_MAX));
    assert!(!times(5, 5) && !times(5, 6 + WINDOW_NS_MAX) && !times(-1, 5) && !times(i64::MIN, i64::MAX));
}

#[test]
fn plans_and_assignments_are_the_services_own() {
    let (service, other) = (key(3), key(4).verifying_key());
    let own = service.verifying_key();
    let (body, signature) = plan().sign(&service);
    assert_eq!(Plan::open(&body, &signature, &own), Ok(plan()));
    assert_eq!(Plan::open(&body, &signature, &other), Err(NotOrdered::Signature));
    assert_eq!(Plan::open(&body[1..], &signature, &own), Err(NotOrdered::Signature));
    let assignment = Session::of(1).assignment;
    let (body, signature) = assignment.sign(&service);
    assert_eq!(Assignment::open(&body, &signature, &own), Ok(assignment));
    assert_eq!(Assignment::open(&body, &signature, &other), Err(NotOrdered::Signature));
}

/// The published vector; test values only.
#[test]
fn the_binding_is_that_of_the_published_vector() {
    let made = binding(
        &unhex("1bf865efdbbae39e3d173e75b3c8e8ee86ad02f0c28ac77d604d6a7c852ddc5b"),
        &unhex("cfd8e0792d815ef47477134590358fe0306e99dcf2e9749c8758ca99b43e2d27"),
        &unhex("cd1b7793e8834dfe53b776cb8816d0fdc4b588dc7429210e1d09ed54398a4e20"),
        &unhex("289cc11156c0adc8a8740c3b16ef181a98176c332dbc719f6a6cb97b6a2e99dd"),
    );
    assert_eq!(made.0, unhex("1187ea0f501007dec2fab7e202ca3ae00afce027f6a7de1c6ebdc3838cd7747d"));
    assert_ne!(closing_nonce(&made, b"one"), closing_nonce(&made, b"other"));
}

#[test]
fn ids_that_run_together_give_other_contexts() {
    assert_ne!(context("ab", "c", None), context("a", "bc", None));
    assert_ne!(context("a", "b", None), context("a", "b", Some(&[1; 32])));
    assert_eq!(context("a", "b", None), context("a", "b", Some(&[0; 32])));
}

#[test]
fn what_is_kept_is_at_most_300_bytes_a_landmark() {
    const { assert!(KEPT_BYTES <= 300) }
}
