//! What the parts of checking one report cost on one core, without wire and store.

use std::time::Instant;

use lightcone::v1;
use lightcone_probe::assignment::Assignment;
use lightcone_probe::plan::Window;
use lightcone_probe::report::Report;
use lightcone_probe::{Binding, LandmarkId, SessionId, SigningKey, verify};
use lightcone_tests::Seed;
use lightcone_tests::paper::Met;
use prost::Message as _;

use super::cast::SAMPLES;
use crate::Failure;
use crate::table::Table;

const ROUNDS: u32 = 400;

pub(super) fn measure(table: &mut Table) -> Result<(), Failure> {
    let (mut seed, key) = (Seed::new(3), SigningKey::from_bytes(&[7; 32]));
    let window = Window { probes: SAMPLES, not_before_ns: 1_000_000_000, not_after_ns: 600_000_000_000 };
    let assignment = Assignment {
        session: SessionId([1; 8]),
        landmark: LandmarkId([2; 16]),
        binding: Binding([3; 32]),
        agent_x25519: [4; 32],
        position_version: 1,
        window,
    };
    let met = Met::after(&assignment, SAMPLES, 40_000_000, window.not_before_ns, &mut seed);
    let (body, signature) = met.signed(&key);
    let known = key.verifying_key();
    let frame = v1::SignedReport { sequence: 1, body: body.clone(), signature: signature.0.to_vec() };
    let frame = frame.encode_to_vec();

    let checked = verify::precheck(&body, &signature, &known, &assignment)?;
    verify::complete(&checked, &met.entry)?;
    let ed25519 = ed25519_dalek::Signature::from_bytes(&signature.0);
    table.row("one report on one core", &format!("{} bytes", frame.len()), "");
    table.micros("  its frame decoded", each(|| drop(v1::SignedReport::decode(frame.as_slice()))), "");
    table.micros("  its layout read", each(|| drop(Report::read(&body))), "");
    table.micros("  its signature", each(|| drop(known.verify_strict(&body, &ed25519))), "");
    let precheck = each(|| drop(verify::precheck(&body, &signature, &known, &assignment)));
    table.micros("  signature, layout, times, nonces and digest tree", precheck, "");
    table.micros("  its 64 proofs", each(|| drop(verify::complete(&checked, &met.entry))), "");
    Ok(())
}

/// Microseconds a round.
fn each(mut work: impl FnMut()) -> f64 {
    let began = Instant::now();
    (0..ROUNDS).for_each(|_| work());
    began.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS)
}
