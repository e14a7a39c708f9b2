#![no_main]
//! See `attest::references`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::attest::references(data));
