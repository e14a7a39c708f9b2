//! Reports and transcripts held against one another: what an honest pair gives is taken, every lie has its name.

#![allow(clippy::unwrap_used, reason = "a test that cannot make its session has failed")]

mod session;

use lightcone_probe::clock::{ClockSource, Fallback, StampKind, Stamps};
use lightcone_probe::report::{ANSWERED_BYTES, CHALLENGES_MAX, HEAD_BYTES, Report, SENT_BYTES};
use lightcone_probe::transcript::{Disowned, Sequences, Transcript};
use lightcone_probe::verify::{self, Checked, KEPT_BYTES, Kept, RTT_NS_MAX, Refusal, tree};
use lightcone_probe::{Binding, LandmarkId, Malformed, Nonce, Proof, SessionId, Signature};

use session::{Session, key, unhex};

fn prechecked(session: &Session, report: &Report) -> Result<verify::Prechecked, Refusal> {
    let (body, signature) = report.sign(&session.landmark_key);
    verify::precheck(&body, &signature, &session.landmark_key.verifying_key(), &session.assignment)
}

/// What becomes of a report that the landmark signed, whatever is in it.
fn judged(session: &Session, report: &Report) -> Result<Checked, Refusal> {
    verify::complete(&prechecked(session, report)?, &session.transcript().landmarks[0])
}

fn altered(change: impl FnOnce(&mut Report)) -> Result<Checked, Refusal> {
    let session = Session::of(8);
    let mut report = session.report();
    change(&mut report);
    judged(&session, &report)
}

fn stamped(change: impl FnOnce(&mut Stamps)) -> Result<Checked, Refusal> {
    altered(|report| change(&mut report.sent[3].answer.as_mut().unwrap().stamps))
}

#[test]
fn an_honest_session_is_taken_and_its_best_two_samples_are_named() {
    let session = Session::of(64);
    let report = session.report();
    let checked = judged(&session, &report).unwrap();
    assert!(checked.corroborated);
    let mut bounds: Vec<(i64, u16)> = report
        .sent
        .iter()
        .filter_map(|sent| sent.answer.map(|answer| (session::flight_ns(&answer.stamps), sent.sequence)))
        .collect();
    bounds.sort_unstable();
    let (best, backup) = (checked.best.unwrap(), checked.backup.unwrap());
    assert_eq!([best.sent.sequence, backup.sent.sequence], [bounds[0].1, bounds[1].1]);
    assert_eq!(best.rtt_ns, bounds[0].0);
    assert!(best.bound_ns() > best.rtt_ns + 4_000 && best.bound_ns() < best.rtt_ns + 8_000);
    assert_eq!(best.at_ns, best.sent.answer.unwrap().stamps.r0);
    let diagnostics = checked.diagnostics;
    assert_eq!((diagnostics.sent, diagnostics.lost(), diagnostics.fallbacks), (64, 7, 0));
    assert_eq!(i64::from(diagnostics.p1_ns), bounds[0].0);
    assert_eq!(i64::from(diagnostics.p50_ns), bounds[bounds.len().div_ceil(2) - 1].0);
    assert!(diagnostics.residence_ns > 0);
}

#[test]
fn the_published_challenge_and_reply_are_rebuilt_byte_by_byte() {
    let session = Session::published();
    let checked = judged(&session, &session.report()).unwrap();
    assert_eq!(checked.best.unwrap().sent.answer.unwrap().proof.0, unhex("76526f4177565e7ff9231e4e8dfa0f3d"));
    let mut report = session.report();
    report.sent[0].answer.as_mut().unwrap().proof.0[15] ^= 1;
    assert_eq!(judged(&session, &report), Err(Refusal::ProofWrong { sequence: 1 }));
}

#[test]
fn what_is_kept_says_the_same_again() {
    let session = Session::of(64);
    let report = session.report();
    let checked = judged(&session, &report).unwrap();
    let bytes = checked.kept().to_bytes();
    assert!(bytes.len() == KEPT_BYTES && KEPT_BYTES <= 300);
    let kept = Kept::read(&bytes).unwrap();
    assert_eq!((kept.best(), kept.backup()), (checked.best, checked.backup));
    assert_eq!((kept.root, kept.diagnostics), (checked.root, checked.diagnostics));
    for bad in [&bytes[1..], &bytes[..KEPT_BYTES - 1], &[&bytes[..], &[0]].concat()] {
        assert!(Kept::read(bad).is_err());
    }
}

#[test]
fn any_sample_can_be_shown_under_the_root_and_no_other() {
    for count in [1, 2, 3, 8, 13, 64] {
        let session = Session::of(count);
        let report = session.report();
        let body = report.signing_bytes();
        let mut rest = &body[HEAD_BYTES..];
        let mut leaves = Vec::new();
        for sent in &report.sent {
            let (leaf, after) =
                rest.split_at(if sent.answer.is_some() { ANSWERED_BYTES } else { SENT_BYTES });
            leaves.push(leaf);
            rest = after;
        }
        let root = prechecked(&session, &report).unwrap().uncorroborated().root;
        for (index, leaf) in leaves.iter().enumerate() {
            let path = tree::path(&leaves, index);
            assert!(tree::holds(&root, leaves.len(), index, leaf, &path));
            assert!(!tree::holds(&root, leaves.len(), index, &leaf[1..], &path));
            assert!(!tree::holds(&root, leaves.len(), index + 1, leaf, &path));
            assert!(count < 2 || !tree::holds(&root, leaves.len(), index, leaf, &path[1..]));
        }
    }
}

#[test]
fn the_tree_is_that_of_rfc_6962() {
    // The empty tree, and those of the first leaves of the RFC's reference implementation.
    assert_eq!(tree::root([]), unhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    let leaves: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let roots = [
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ];
    for (count, root) in roots {
        assert_eq!(tree::root(leaves.into_iter().take(count)), unhex(root), "{count} leaves");
    }
}

#[test]
fn a_report_must_be_the_one_assigned() {
    assert_eq!(altered(|report| report.session.0[7] ^= 1), Err(Refusal::Session));
    assert_eq!(altered(|report| report.landmark.0[0] ^= 1), Err(Refusal::Landmark));
    assert_eq!(altered(|report| report.subject.0[0] ^= 1), Err(Refusal::Subject));
    let version = altered(|report| report.position_version += 1);
    assert_eq!(version, Err(Refusal::PositionVersion { reported: 8, expected: 7 }));
    let mut session = Session::of(8);
    session.assignment.window.probes = 7;
    assert_eq!(judged(&session, &session.report()), Err(Refusal::TooMany { sent: 8, limit: 7 }));
}

#[test]
fn only_the_landmarks_own_signature_counts() {
    let session = Session::of(8);
    let (body, signature) = session.report().sign(&session.landmark_key);
    let (own, other) = (session.landmark_key.verifying_key(), key(99).verifying_key());
    let check = |body: &[u8], signature: &Signature, key| {
        verify::precheck(body, signature, key, &session.assignment).err()
    };
    assert_eq!(check(&body, &signature, &own), None);
    assert_eq!(check(&body, &signature, &other), Some(Refusal::Signature));
    let (_, others) = session.report().sign(&key(99));
    assert_eq!(check(&body, &others, &own), Some(Refusal::Signature));
    for byte in 0..64 {
        let mut signature = signature;
        signature.0[byte] ^= 1;
        assert_eq!(check(&body, &signature, &own), Some(Refusal::Signature));
    }
    for byte in 0..body.len() {
        let mut body = body.clone();
        body[byte] ^= 0x10;
        assert!(check(&body, &signature, &own).is_some(), "byte {byte}");
    }
}

#[test]
fn sequences_and_nonces_are_used_once() {
    let sequence = altered(|report| report.sent[4].sequence = report.sent[3].sequence);
    assert_eq!(sequence, Err(Refusal::DuplicateSequence { sequence: 3 }));
    let nonce = altered(|report| report.sent[6].nonce = report.sent[1].nonce);
    assert_eq!(nonce, Err(Refusal::NonceReused { sequence: 6 }));
    let order = altered(|report| report.sent.swap(1, 2));
    assert_eq!(order, Err(Refusal::Malformed(Malformed::Order { field: "sent", index: 2 })));
}

#[test]
fn times_that_no_clock_shows_are_refused() {
    let impossible = Err(Refusal::TimesImpossible { sequence: 3 });
    assert_eq!(stamped(|stamps| stamps.t3 = stamps.t0 - 1), impossible);
    assert_eq!(stamped(|stamps| stamps.t1 = stamps.r0 - 1), impossible);
    assert_eq!(stamped(|stamps| stamps.t4 = stamps.r3 + 1), impossible);
    assert_eq!(stamped(|stamps| stamps.t4 = stamps.t1 - 1), impossible);
    assert_eq!(stamped(|stamps| (stamps.t0, stamps.t3) = (-5, 5)), impossible);
    assert_eq!(stamped(|stamps| stamps.t3 = i64::MAX), {
        let rtt_ns = i64::MAX - session::BOOT_NS - 3 * session::GAP_NS;
        Err(Refusal::TooSlow { sequence: 3, rtt_ns, limit_ns: RTT_NS_MAX })
    });
}

#[test]
fn a_sample_outside_the_window_is_refused() {
    let outside = Err(Refusal::OutsideWindow { sequence: 3 });
    let moved = |by_ns: i64| {
        stamped(|stamps| {
            for stamp in [&mut stamps.r0, &mut stamps.t1, &mut stamps.t4, &mut stamps.r3] {
                *stamp += by_ns;
            }
        })
    };
    assert_eq!(moved(-60_000_000_000), outside);
    assert_eq!(moved(600_000_000_000), outside);
    assert!(moved(0).is_ok());
}

#[test]
fn a_landmark_that_distrusts_its_stamps_is_timed_by_its_program() {
    let session = Session::of(8);
    let mut report = session.report();
    for sent in &mut report.sent {
        let Some(answer) = &mut sent.answer else { continue };
        (answer.fallback, answer.stamps.t1, answer.stamps.t4) = (true, 0, 0);
    }
    let checked = judged(&session, &report).unwrap();
    let best = checked.best.unwrap();
    let Stamps { t0, t3, .. } = best.sent.answer.unwrap().stamps;
    assert_eq!((best.rtt_ns, best.fallback), (t3 - t0, Some(Fallback::Distrusted)));
    assert_eq!(checked.diagnostics.fallbacks, checked.diagnostics.answered);
    // One whose stamps took too long falls back whether it says so or not.
    let slow = stamped(|stamps| (stamps.r3, stamps.t3) = (stamps.r3 + 6_000_000, stamps.t3 + 6_000_000));
    assert_eq!(slow.unwrap().diagnostics.fallbacks, 1);
}

#[test]
fn an_answer_that_the_agent_never_gave_condemns_the_landmark() {
    let session = Session::of(8);
    let lost = session.report().sent.iter().position(|sent| sent.answer.is_none()).unwrap();
    let mut report = session.report();
    report.sent[lost].answer = report.sent[0].answer;
    assert_eq!(judged(&session, &report), Err(Refusal::NeverAnswered { sequence: lost as u16 }));
}

#[test]
fn nonces_that_the_agent_did_not_see_are_found() {
    assert_eq!(altered(|report| report.sent[2].nonce.0[0] ^= 1), Err(Refusal::DigestMismatch));
    assert_eq!(altered(|report| report.sent.retain(|sent| sent.sequence != 2)), Err(Refusal::NeverSent));
    // What was lost on the way there proves nothing and is bound by nothing.
    let session = Session::of(8);
    let lost = session.report().sent.iter().position(|sent| sent.answer.is_none()).unwrap();
    assert!(altered(|report| report.sent[lost].nonce.0[0] ^= 1).is_ok());
}

#[test]
fn an_answer_that_was_lost_on_the_way_back_is_no_lie() {
    let checked = altered(|report| report.sent[2].answer = None).unwrap();
    assert_eq!(checked.diagnostics.lost(), 2);
}

#[test]
fn keys_must_be_those_that_were_used() {
    let session = Session::of(8);
    let prechecked = prechecked(&session, &session.report()).unwrap();
    let with = |change: fn(&mut lightcone_probe::transcript::TranscriptEntry)| {
        let mut transcript = session.transcript();
        change(&mut transcript.landmarks[0]);
        verify::complete(&prechecked, &transcript.landmarks[0]).err()
    };
    assert_eq!(with(|_| ()), None);
    assert_eq!(with(|entry| entry.stamp_key[0] ^= 1), Some(Refusal::KeyMismatch));
    assert_eq!(with(|entry| entry.landmark.0[0] ^= 1), Some(Refusal::KeyMismatch));
    assert_eq!(with(|entry| entry.proof_key[0] ^= 1), Some(Refusal::ProofWrong { sequence: 0 }));
    assert_eq!(with(|entry| entry.digest[0] ^= 1), Some(Refusal::DigestMismatch));
    assert_eq!(altered(|report| report.stamp_key[31] ^= 1), Err(Refusal::KeyMismatch));
    assert_eq!(altered(|report| report.ssid ^= 1), Err(Refusal::ProofWrong { sequence: 0 }));
}

/// A landmark that signs whatever it likes cannot change one bit of a challenge that was answered, nor of its proof.
#[test]
fn no_bit_of_an_answered_challenge_or_its_proof_can_be_changed() {
    let session = Session::of(2);
    let body = session.report().signing_bytes();
    let entry = &session.transcript().landmarks[0];
    let landmark = session.landmark_key.verifying_key();
    let first = HEAD_BYTES..HEAD_BYTES + ANSWERED_BYTES;
    // The sequence; timestamp, error estimate and nonce; the proof.
    let bound = [0..2, 4..30, ANSWERED_BYTES - 16..ANSWERED_BYTES];
    for byte in bound.into_iter().flatten().map(|at| first.start + at) {
        for bit in 0..8 {
            let mut body = body.clone();
            body[byte] ^= 1 << bit;
            let signature = Signature(ed25519_dalek::Signer::sign(&session.landmark_key, &body).to_bytes());
            let taken = verify::precheck(&body, &signature, &landmark, &session.assignment);
            let taken = taken.and_then(|prechecked| verify::complete(&prechecked, entry));
            assert!(taken.is_err(), "byte {byte} bit {bit}");
        }
    }
}

#[test]
fn silence_is_a_report_that_proves_nothing() {
    let session = Session::of(8);
    let mut report = session.report();
    report.sent.clear();
    report.stamp_key = [0; 32];
    let checked = prechecked(&session, &report).unwrap().uncorroborated();
    assert_eq!((checked.best, checked.backup, checked.corroborated), (None, None, false));
    assert_eq!(Kept::read(&checked.kept().to_bytes()).unwrap().best(), None);
}

#[test]
fn a_full_session_fits_its_limits() {
    let session = Session::of(CHALLENGES_MAX);
    let report = session.report();
    assert!(report.signing_bytes().len() < 40_000);
    assert_eq!(judged(&session, &report).unwrap().diagnostics.sent, 256);
    let mut report = session.report();
    report.sent.push(*report.sent.last().unwrap());
    let remedy = "a session has at most 256 challenges";
    let refused = Err(Refusal::Malformed(Malformed::Value { field: "sent", value: 257, remedy }));
    assert_eq!(judged(&session, &report), refused);
}

#[test]
fn a_transcript_is_taken_from_its_sessions_key_alone() {
    let session = Session::of(8);
    let transcript = session.transcript();
    let (body, signature) = transcript.sign(&session.agent_key);
    let (agent, other) = (session.agent_key.verifying_key(), key(99).verifying_key());
    let open = |body: &[u8], signature, key, id, binding| {
        Transcript::open(body, signature, key, id, binding).map(|opened| opened == transcript)
    };
    let (id, binding) = (transcript.session, transcript.binding);
    assert_eq!(open(&body, &signature, &agent, id, binding), Ok(true));
    assert_eq!(open(&body, &signature, &agent, SessionId([9; 8]), binding), Err(Disowned::Session));
    assert_eq!(open(&body, &signature, &agent, id, Binding([9; 32])), Err(Disowned::Session));
    assert_eq!(open(&body, &signature, &other, id, binding), Err(Disowned::Signature));
    for byte in 0..body.len() {
        let mut body = body.clone();
        body[byte] ^= 1;
        assert!(open(&body, &signature, &agent, id, binding).is_err(), "byte {byte}");
    }
    assert!(transcript.entry(transcript.landmarks[0].landmark).is_some());
    assert!(transcript.entry(LandmarkId([0xff; 16])).is_none());
}

#[test]
fn clocks_and_stamps_of_every_kind_are_written_and_read() {
    let session = Session::of(2);
    let kinds = [StampKind::Program, StampKind::Kernel, StampKind::Interface { frame_ns: 1_900 }];
    for (clock_source, stamp_kind) in
        [ClockSource::Raw, ClockSource::Steered].into_iter().flat_map(|clock| kinds.map(|kind| (clock, kind)))
    {
        let mut report = session.report();
        (report.clock_source, report.stamp_kind) = (clock_source, stamp_kind);
        assert_eq!(Report::read(&report.signing_bytes()), Ok(report.clone()));
        let kept = *prechecked(&session, &report).unwrap().uncorroborated().kept();
        assert_eq!(Kept::read(&kept.to_bytes()), Ok(kept));
    }
}

#[test]
fn a_repeat_or_a_turned_around_network_changes_no_digest() {
    let [one, two] = [(3, Nonce([1; 16])), (4, Nonce([2; 16]))];
    let session = Session::of(0);
    let in_order = session.answers(&[one, two, one]);
    let turned = session.answers(&[two, one]);
    assert_eq!((in_order.digest, in_order.count), (turned.digest, 2));
    assert_eq!(in_order.digest, lightcone_probe::transcript::digest([one, two]));
    assert!(in_order.sequences.contains(3) && !in_order.sequences.contains(5));
    assert_eq!(Sequences::default().count(), 0);
    assert_ne!(Proof([0; 16]), Proof([1; 16]));
}
