#![no_main]
//! See `attest::evidence`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::attest::evidence(data));
