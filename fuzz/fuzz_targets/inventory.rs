#![no_main]
//! See `attest::inventory`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::attest::inventory(data));
