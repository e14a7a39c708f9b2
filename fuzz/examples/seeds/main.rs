//! Writes the honest part of the corpus: `cargo run --example seeds` in this folder. What the fuzzer found stands beside
//! it.

#[path = "../../../crates/probe/tests/session/mod.rs"]
mod session;

mod attest;
mod oidc;

use std::fs;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use std::path::Path;

use lightcone_probe::clock::StampKind;
use lightcone_probe::control::{Cookie, Hello, Keep, Retry, Welcome};
use lightcone_probe::plan::{Plan, PlannedLandmark};
use lightcone_probe::verify;
use lightcone_probe::{LandmarkId, SessionId};
use lightcone_responder::SessionKeys;

use session::{Session, unhex};

const CHALLENGE: &str = "00000001000000000000000000000000ee3a0c0000000000800110010000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000a7ed05a9b53848c37810abc0715f2e6100fc00204c43433101010101010101010000000112b33b1d7f70b8d6c38bca15414fe5fe0008001001ce4ff60767dba60892ccc5d1bee179";

fn main() -> io::Result<()> {
    packets()?;
    documents()?;
    agent()?;
    landmark()?;
    attest::all()?;
    oidc::all()
}

fn write(target: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(format!("seed-{name}")), bytes)
}

fn packets() -> io::Result<()> {
    let session = SessionId([7; 8]);
    let keys = SessionKeys::schedule(&[1; 32], &[2; 32], &[3; 32]);
    let (cookie, noise) = (Cookie([5; 16]), [6; 60]);
    write("control", "hello", &Hello { session, cookie, noise }.to_bytes())?;
    write("control", "retry", &Retry { session, cookie }.to_bytes())?;
    write("control", "welcome", &Welcome { session, noise }.to_bytes())?;
    write("control", "keep", &Keep::seal(session, 9, keys.stamp()).to_bytes())?;
    let challenge: [u8; 168] = unhex(CHALLENGE);
    let led = [&[0][..], &challenge].concat();
    write("challenge", "one", &led)?;
    let mut next = led.clone();
    next[4] = 2;
    next[132] = 2;
    write("challenge", "two", &[&led[..], &next].concat())?;
    write("challenge", "raw", &[&[1][..], &challenge].concat())?;
    write("reply", "one", &led)?;
    write("reply", "raw", &[&[1][..], &challenge].concat())?;
    write("reflector", "plain", &challenge[..44])?;
    write("reflector", "authenticated", &challenge[..112])?;
    write("reflector", "tlvs", &challenge)?;
    let padded = [&challenge[..44], &[0, 1, 0, 4, 1, 2, 3, 4], &[0, 8, 0, 16], &[0; 16]].concat();
    write("reflector", "padding", &padded)
}

fn documents() -> io::Result<()> {
    for count in [0, 1, 3, 8] {
        let session = Session::of(count);
        write("report", &count.to_string(), &session.report().signing_bytes())?;
        write("transcript", &count.to_string(), &session.transcript().signing_bytes())?;
    }
    let session = Session::of(3);
    let mut report = session.report();
    report.stamp_kind = StampKind::Interface { frame_ns: 1_900 };
    if let Some(answer) = &mut report.sent[1].answer {
        answer.fallback = true;
    }
    write("report", "fallback", &report.signing_bytes())?;
    let mut transcript = session.transcript();
    for id in 0..3 {
        let mut entry = transcript.landmarks[0].clone();
        entry.landmark = LandmarkId([id; 16]);
        transcript.landmarks.push(entry);
    }
    transcript.landmarks.sort_by_key(|entry| entry.landmark);
    write("transcript", "four", &transcript.signing_bytes())?;
    write("orders", "assignment", &session.assignment.signing_bytes())?;
    write("orders", "plan", &plan(&session).signing_bytes())?;
    let (body, signature) = session.report().sign(&session.landmark_key);
    let own = session.landmark_key.verifying_key();
    if let Ok(taken) = verify::precheck(&body, &signature, &own, &session.assignment) {
        write("orders", "kept", &taken.uncorroborated().kept().to_bytes())?;
    }
    Ok(())
}

fn plan(session: &Session) -> Plan {
    let mut landmarks: Vec<PlannedLandmark> = [1, 2, 3].map(planned).into();
    landmarks[1].v4 = None;
    landmarks[2].v6 = None;
    landmarks.sort_by_key(|landmark| landmark.id);
    let assignment = session.assignment;
    Plan { session: assignment.session, binding: assignment.binding, window: assignment.window, landmarks }
}

fn planned(seed: u8) -> PlannedLandmark {
    let x25519 = [seed; 32];
    let v6 = SocketAddrV6::new(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), 862, 0, 0);
    let v4 = SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, seed), 862);
    PlannedLandmark { id: LandmarkId::of(&x25519), x25519, v4: Some(v4), v6: Some(v6) }
}

/// Scripts of steps, as `agent.rs` reads them.
fn agent() -> io::Result<()> {
    let retry = |which: u8| [&[6 + which][..], &[5; 16]].concat();
    let enter = [&[1][..], &retry(0), &retry(1), &[8, 9]].concat();
    let asked = [10, 0, 0, 5, 0, 20, 10, 0, 1, 6, 10, 0, 1, 6, 11, 0, 3, 7, 10, 1, 0, 8];
    write("agent", "enter", &enter)?;
    write("agent", "asked", &[&enter[..], &asked].concat())?;
    let flipped = [12, 0, 33, 0, 2, 9, 12, 4, 200, 0, 2, 9, 10, 0, 2, 9];
    write("agent", "flipped", &[&enter[..], &asked, &flipped].concat())?;
    write("agent", "keeps", &[&enter[..], &[2, 64, 6], &[5; 16], &[2, 64, 14]].concat())?;
    let stranger =
        [&[4, 0, 48][..], &Retry { session: SessionId([7; 8]), cookie: Cookie([1; 16]) }.to_bytes()];
    write("agent", "stranger", &[&stranger.concat()[..], &[5, 1, 3, 1, 2, 3]].concat())
}

/// Scripts of steps, as `landmark.rs` reads them.
fn landmark() -> io::Result<()> {
    let enter = [63, 6, 6];
    let answered = [0, 255, 8, 0, 3, 0, 255, 8, 1, 3, 0, 255, 8, 2, 0, 3, 4, 8, 2, 4, 8, 3, 2];
    write("landmark", "enter", &enter)?;
    write("landmark", "answered", &[&enter[..], &answered].concat())?;
    let stamps = [8, 0, 1, 127, 255, 255, 255, 255, 255, 255, 255, 0, 50, 16, 8, 1, 3];
    write("landmark", "stamps", &[&enter[..], &answered, &stamps].concat())?;
    let moves = [14, 0, 1, 15, 0, 2, 7, 7, 0, 255, 9, 4, 3, 15, 0, 2, 12, 1, 9, 0, 3];
    write("landmark", "moves", &[&enter[..], &answered, &moves].concat())?;
    let many = [2, 1, 8, 0, 3, 8, 1, 3, 8, 2, 3, 8, 3, 3, 8, 4, 3, 8, 5, 3, 8, 6, 3, 8, 7, 3].repeat(3);
    write("landmark", "many", &[&enter[..], &many].concat())
}
