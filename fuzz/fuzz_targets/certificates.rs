#![no_main]
//! See `attest::certificates`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::attest::certificates(data));
