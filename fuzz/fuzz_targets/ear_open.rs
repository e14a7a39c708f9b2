#![no_main]
//! See `attest::ear_open`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::attest::ear_open(data));
