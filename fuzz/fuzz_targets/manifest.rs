#![no_main]
//! See `attest::manifest`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::attest::manifest(data));
